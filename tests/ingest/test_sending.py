"""Sending a return: signed, with its evidence, at once or as a draft first; never twice, never half."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from indicators.period import Period
from indicators.store import Entry, Store
from ingest import sending
from ingest.check import Checked
from ingest.checking import check_file
from ingest.form.forms import FormId
from ingest.people import Forbidden, Role, User
from ingest.settings import Settings
from ingest.submission import UNSIGNED, Decision, Refused, Signers
from ingest.workflow import Attachment, Receipt, decide, discard, draft, send_draft, submit, withdraw
from tests.forms import YUEXIU, matter, reporting
from tests.returns import codes, csv

pytestmark = pytest.mark.usefixtures("in_process")

ZHOU = User("zhou", Role.STATISTICIAN, "chengdu-health")
SIGNED = Signers("张三", "李四", "王五")
Act = Callable[..., Any]


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    return tmp_path / "uploads"


@pytest.fixture
def send(store: Store, settings: Settings, wang: User, uploads: Path) -> Act:
    def one(raw: bytes = csv(), *, user: User = wang, name: str = "六月.csv", **more: Any) -> Receipt:
        return submit(store, settings, name=name, raw=raw, user=user, uploads=uploads, **more)

    return one


@pytest.fixture
def keep(store: Store, settings: Settings, wang: User, uploads: Path) -> Act:
    def one(raw: bytes = csv(), *, user: User = wang) -> Receipt:
        return draft(store, settings, name="六月.csv", raw=raw, user=user, uploads=uploads)

    return one


@pytest.fixture
def send_kept(store: Store, settings: Settings, wang: User, uploads: Path) -> Act:
    def one(kept: str, *, user: User = wang, **more: Any) -> Receipt:
        return send_draft(store, settings, draft=kept, user=user, uploads=uploads, **more)

    return one


@pytest.fixture
def as_form(monkeypatch: pytest.MonkeyPatch) -> Act:
    """Whatever is checked from now on is the return of a body on our form, with what its other sheets say."""

    def one(*, signers: Signers = UNSIGNED, number: str = "ZB-J01", **more: Any) -> None:
        on = FormId(number, "chengdu-health", Period.quarter(2024, 1))

        def checked(*asked: Any, **given: Any) -> Checked:
            return replace(check_file(*asked, **given), form=on, signers=signers, **more)

        monkeypatch.setattr(sending, "check_file", checked)

    return one


def all_of(store: Store, question: str) -> list[dict[str, Any]]:
    by = "drafted_by" if question == "drafts" else "submitted_by"
    return store.ask(question, id=None, sha256=None, **{by: None}).to_dicts()


def acts(store: Store) -> list[str]:
    return store.ask("ledger", most=1000).sort("entry")["action"].to_list()[1:]


# -- signing ---------------------------------------------------------------------------------------------------


def test_a_file_that_is_no_form_bears_the_name_of_its_sender(store: Store, send: Act) -> None:
    send()
    (row,) = all_of(store, "submissions")
    assert (row["organisation"], row["form"], row["period"], row["due_at"]) == ("chengdu-health", "", "2021", None)
    assert (row["filled_by"], row["statistics_head"], row["organisation_head"]) == ("wang", "", "")


def test_a_file_of_several_periods_says_none(store: Store, send: Act) -> None:
    send(csv({}, {"period": "2022", "value": "82"}))
    assert [row["period"] for row in all_of(store, "submissions")] == [""]


def test_a_form_bears_its_period_its_hour_and_three_names(store: Store, send: Act, as_form: Act) -> None:
    as_form(signers=Signers("张三", "李四"))
    send(signers=Signers("", "", " 王五 "))
    (row,) = all_of(store, "submissions")
    assert (row["organisation"], row["form"], row["period"]) == ("chengdu-health", "ZB-J01", "2024Q1")
    assert row["due_at"] == datetime(2024, 4, 5, 4)  # noon in Chengdu
    assert row["late"] is True
    assert (row["filled_by"], row["statistics_head"], row["organisation_head"]) == ("张三", "李四", "王五")


def test_the_name_given_goes_before_the_one_in_the_file(store: Store, send: Act, as_form: Act) -> None:
    as_form(signers=SIGNED)
    send(signers=Signers("赵六"))
    assert [row["filled_by"] for row in all_of(store, "submissions")] == ["赵六"]


def test_a_form_that_lacks_a_signature_is_not_stored(store: Store, send: Act, as_form: Act, uploads: Path) -> None:
    as_form(signers=Signers("张三"))
    with pytest.raises(Refused, match="not signed by its head of statistics, head of the organisation"):
        send()
    assert (acts(store), uploads.exists()) == ([], False)


def test_a_form_of_another_office_has_no_hour_we_know(store: Store, send: Act, as_form: Act) -> None:
    as_form(signers=SIGNED, number="XY-Z99")
    send()
    (row,) = all_of(store, "submissions")
    assert (row["form"], row["due_at"], row["late"]) == ("XY-Z99", None, False)


# -- evidence --------------------------------------------------------------------------------------------------


def test_evidence_is_kept_under_its_hash_and_never_read(store: Store, send: Act, uploads: Path) -> None:
    pieces = [Attachment("批复\u202e.pdf", b"=1+1\0"), Attachment("../../名单.xlsx", b"PK"), Attachment("空.txt", b"")]
    receipt = send(attachments=pieces)
    told = store.ask("submission_attachments", submission=receipt.submission).sort("bytes", descending=True)
    assert told.select("file_name", "bytes").rows() == [("批复�.pdf", 5), ("名单.xlsx", 2), ("空.txt", 0)]
    for piece, digest in zip(pieces, told["sha256"], strict=True):
        assert (uploads / digest).read_bytes() == piece.raw
    assert len(list(uploads.iterdir())) == 4


def test_too_much_evidence_is_refused_before_anything_is_stored(
    store: Store, send: Act, settings: Settings, uploads: Path
) -> None:
    with pytest.raises(Refused, match="21 pieces of evidence, at most 20"):
        send(attachments=[Attachment(f"{n}.txt", b"x") for n in range(21)])
    big = Attachment("照片.jpg", b"x" * (settings.upload_bytes + 1))
    with pytest.raises(Refused, match="照片.jpg” is 10.0 MB, over the limit of 10 MB") as refused:
        send(attachments=[big])
    assert "请压缩或拆分" in refused.value.zh
    assert (acts(store), uploads.exists()) == ([], False)
    assert send(attachments=[Attachment(f"{n}.txt", b"x") for n in range(20)]).submission


# -- once ------------------------------------------------------------------------------------------------------


def test_A28_the_same_bytes_by_two_people_are_stored_once(store: Store, send: Act) -> None:
    first = send()
    again = send(user=ZHOU, attachments=[Attachment("a.txt", b"a")])
    assert (again.submission, codes(again.checked.problems)) == (first.submission, ["already_submitted"])
    assert len(all_of(store, "submissions")) == 1
    assert store.ask("submission_attachments", submission=first.submission).is_empty()


@pytest.mark.parametrize(
    "saved", [csv().replace(b"\n", b"\r\n"), csv(value="81.760"), csv().decode().encode("utf-16")], ids=str
)
def test_A29_the_same_figures_in_other_bytes_are_stored_once(store: Store, send: Act, saved: bytes) -> None:
    send()
    again = send(saved, user=ZHOU)
    assert again.submission == ""
    assert codes(again.checked.problems)[-2:] == ["waiting_same", "nothing_new"]
    assert again.checked.problems[-2].facts["who"] == "wang"
    assert acts(store) == ["submit"]


@pytest.mark.parametrize("other", [{"value": "81.77"}, {"vintage": "年报"}], ids=["value", "vintage"])
def test_A29_other_figures_wait_until_the_first_are_decided_on(store: Store, send: Act, other: dict[str, str]) -> None:
    send()
    second = send(csv(other), user=ZHOU)
    assert (second.submission, codes(second.checked.problems)) == ("", ["waiting_elsewhere"])
    assert acts(store) == ["submit", "submit_refused"]


def test_A29_two_at_once_with_the_same_figures_are_one(
    store: Store, send: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_: object) -> None:
        monkeypatch.undo()
        send(csv().replace(b"\n", b"\r\n"), user=ZHOU)

    monkeypatch.setattr(sending, "keep", meanwhile)
    with pytest.raises(Refused, match="someone else has sent or decided on the figure"):
        send()
    assert [row["submitted_by"] for row in all_of(store, "submissions")] == ["zhou"]


@pytest.mark.parametrize("back", ["return", "withdraw", "void"])
def test_what_came_back_may_be_sent_again(store: Store, send: Act, wang: User, li: User, back: str) -> None:
    first = send().submission
    if back == "void":
        decide(store, submission=first, decision=Decision.APPROVE, user=li)
    by = wang if back == "withdraw" else li
    decide(store, submission=first, decision=Decision(back), user=by, reason="单位")
    again = send().submission
    assert again not in ("", first)
    assert [row["decision"] for row in all_of(store, "submissions")] == ["", back]


# -- drafts ----------------------------------------------------------------------------------------------------


def test_a_draft_keeps_the_bytes_and_no_figure(store: Store, keep: Act, uploads: Path) -> None:
    made = keep().submission
    assert (uploads / hashlib.sha256(csv()).hexdigest()).read_bytes() == csv()
    (row,) = all_of(store, "drafts")
    assert (row["id"], row["drafted_by"], row["rows"], row["period"]) == (made, "wang", 1, "2021")
    assert (row["sent"], row["discarded"]) == (False, False)
    assert acts(store) == ["draft"]
    assert all_of(store, "submissions") == []
    assert store.ask("staged", submission=made).is_empty()


def test_a_draft_of_a_form_says_which(store: Store, keep: Act, as_form: Act) -> None:
    as_form(signers=Signers("张三"))
    keep()
    (row,) = all_of(store, "drafts")
    assert (row["form"], row["period"], row["filled_by"]) == ("ZB-J01", "2024Q1", "张三")
    assert row["due_at"] == datetime(2024, 4, 5, 4)


def test_the_same_bytes_by_the_same_person_are_one_draft(store: Store, keep: Act) -> None:
    assert keep().submission == keep().submission != keep(user=ZHOU).submission
    assert acts(store) == ["draft", "draft"]


def test_a_bad_file_is_no_draft(store: Store, keep: Act, uploads: Path) -> None:
    receipt = keep(csv(value="x"))
    assert (receipt.submission, receipt.checked.accepted) == ("", False)
    assert (acts(store), uploads.exists()) == (["draft_refused"], False)
    assert json.loads(store.ask("ledger", most=1)["detail"][0]) == {"file": "六月.csv", "problems": 1}


def test_a_file_with_nothing_new_is_no_draft(store: Store, keep: Act, send: Act, li: User) -> None:
    decide(store, submission=send().submission, decision=Decision.APPROVE, user=li)
    receipt = keep(csv() + b"\n")
    assert (receipt.submission, codes(receipt.checked.problems)) == ("", ["nothing_new"])
    assert all_of(store, "drafts") == []


def test_what_was_sent_is_answered_by_its_submission(keep: Act, send: Act) -> None:
    first = send().submission
    again = keep()
    assert (again.submission, codes(again.checked.problems)) == (first, ["already_submitted"])


def test_a_draft_is_sent_under_its_own_id(store: Store, keep: Act, send_kept: Act) -> None:
    made = keep().submission
    assert send_kept(made, signers=SIGNED, attachments=[Attachment("a.txt", b"a")]).submission == made
    (row,) = all_of(store, "submissions")
    assert (row["id"], row["file_name"], row["filled_by"]) == (made, "六月.csv", "张三")
    assert store.ask("staged", submission=made)["value"].to_list() == [81.76]
    assert store.ask("submission_attachments", submission=made)["file_name"].to_list() == ["a.txt"]
    assert [row["sent"] for row in all_of(store, "drafts")] == [True]


def test_a_file_drafted_and_then_sent_is_the_draft(store: Store, keep: Act, send: Act) -> None:
    assert keep().submission == send().submission
    assert [row["sent"] for row in all_of(store, "drafts")] == [True]


def test_anothers_draft_of_the_same_bytes_stays_theirs(store: Store, keep: Act, send: Act, send_kept: Act) -> None:
    made = keep().submission
    sent = send(user=ZHOU).submission
    assert sent != made
    assert send_kept(made).submission == sent
    assert [row["sent"] for row in all_of(store, "drafts")] == [False]


def test_a_draft_is_judged_anew_when_it_is_sent(
    store: Store, keep: Act, send: Act, send_kept: Act, wang: User, li: User
) -> None:
    made = keep().submission
    decide(store, submission=send(csv(value="81.5")).submission, decision=Decision.APPROVE, user=li)
    receipt = send_kept(made)
    assert (receipt.submission, codes(receipt.checked.problems)) == ("", ["value_changes_approved"])
    assert acts(store)[-1] == "submit_refused"
    discard(store, draft=made, user=wang)  # and it can still be given up


@pytest.mark.parametrize("act", ["send", "discard"])
def test_only_its_drafter_sends_or_discards_a_draft(store: Store, keep: Act, send_kept: Act, act: str) -> None:
    made = keep().submission
    with pytest.raises(Forbidden, match="only whoever drafted it"):
        send_kept(made, user=ZHOU) if act == "send" else discard(store, draft=made, user=ZHOU)
    with pytest.raises(Forbidden, match="may not submit"):
        li = User("wang", Role.REVIEWER)
        send_kept(made, user=li) if act == "send" else discard(store, draft=made, user=li)
    assert acts(store) == ["draft"]


def test_a_draft_given_up_is_gone_and_may_be_made_again(store: Store, keep: Act, send_kept: Act, wang: User) -> None:
    made = keep().submission
    discard(store, draft=made, user=wang)
    assert [row["discarded"] for row in all_of(store, "drafts")] == [True]
    for act in (lambda: send_kept(made), lambda: discard(store, draft=made, user=wang)):
        with pytest.raises(Refused, match="this draft was discarded"):
            act()
    again = keep().submission
    assert again != made
    assert send_kept(again).submission == again


def test_a_draft_that_is_not_there(store: Store, send_kept: Act, wang: User) -> None:
    for act in (lambda: send_kept("0000"), lambda: discard(store, draft="0000", user=wang)):
        with pytest.raises(Refused, match="there is no draft 0000"):
            act()


def test_a_sent_draft_is_no_draft_any_more(store: Store, keep: Act, send_kept: Act, wang: User) -> None:
    made = keep().submission
    send_kept(made)
    with pytest.raises(Refused, match="sent already"):
        discard(store, draft=made, user=wang)
    withdraw(store, submission=made, user=wang)
    with pytest.raises(Refused, match="this draft was sent already: upload the file again"):
        send_kept(made)
    assert keep().submission not in ("", made)


@pytest.mark.parametrize("how", ["gone", "changed"])
def test_a_draft_whose_bytes_are_not_there_any_more_is_not_sent(
    store: Store, keep: Act, send_kept: Act, uploads: Path, how: str
) -> None:
    made = keep().submission
    file = uploads / hashlib.sha256(csv()).hexdigest()
    file.unlink() if how == "gone" else file.write_bytes(b"x")
    with pytest.raises(OSError, match=r"No such file|has changed: put it back from a backup"):
        send_kept(made)
    assert all_of(store, "submissions") == []


# -- stopped, or twice at once ---------------------------------------------------------------------------------


class Stopped(BaseException):
    """What a page that is closed in the middle of its run looks like."""


@pytest.mark.parametrize("table", ["submission", "figure", "finding", "signing", "attachment"])
def test_F03_stopped_while_storing_nothing_is_there_and_the_next_write_works(
    store: Store, keep: Act, send_kept: Act, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    made = keep().submission
    before, add = store.last_entry(), Entry.add

    def broken(entry: Entry, into: str, rows: Any) -> None:
        if into == table:
            raise Stopped
        add(entry, into, rows)

    monkeypatch.setattr(Entry, "add", broken)
    with pytest.raises(Stopped):
        send_kept(made, attachments=[Attachment("a.txt", b"a")])
    monkeypatch.undo()
    assert (store.last_entry(), all_of(store, "submissions")) == (before, [])
    assert store.ask("staged", submission=made).is_empty()
    assert send_kept(made).submission == made


def test_F03_a_double_click_sends_a_draft_once(store: Store, keep: Act, send_kept: Act) -> None:
    made = keep().submission
    start = threading.Barrier(4)

    def click(_: int) -> str:
        start.wait()
        try:
            return str(send_kept(made).submission)
        except Refused:
            return made

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(click, range(4))) == {made}
    assert [row["id"] for row in all_of(store, "submissions")] == [made]
    assert store.ask("staged", submission=made).height == 1
    assert acts(store) == ["draft", "submit"]


def test_F03_a_draft_given_up_while_it_is_sent_is_not_sent(
    store: Store, keep: Act, send_kept: Act, wang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = keep().submission
    monkeypatch.setattr(sending.secrets, "token_hex", lambda _: "another")
    seen, asked = [], sending._open_draft

    def meanwhile(*given: Any) -> str:
        found = asked(*given)
        if not seen:
            seen.append(found)
            discard(store, draft=made, user=wang)
        return found

    monkeypatch.setattr(sending, "_open_draft", meanwhile)
    with pytest.raises(Refused, match="the draft of this file has just changed"):
        send_kept(made)
    assert (seen, all_of(store, "submissions")) == ([made], [])


def test_F03_two_drafts_at_once_are_one(store: Store, keep: Act, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(*_: object) -> None:
        monkeypatch.undo()
        keep()

    monkeypatch.setattr(sending, "keep", meanwhile)
    with pytest.raises(Refused, match="has just been drafted or submitted"):
        keep()
    assert len(all_of(store, "drafts")) == 1


# -- whose form it is ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["submit", "draft"])
def test_E03_a_statistician_sends_the_form_of_no_other_body(
    store: Store, settings: Settings, uploads: Path, act: str
) -> None:
    """No figure stands on it that would give it away."""
    raw = reporting(matter("yuexiu-2021/1", "under_way", None, "", "进行中"))

    def one(user: User) -> Receipt:
        sending = {"submit": submit, "draft": draft}[act]
        receipt: Receipt = sending(store, settings, name="表.xlsx", raw=raw, user=user, uploads=uploads)
        return receipt

    with pytest.raises(Forbidden, match=f"zhou may submit for chengdu-health only, not for {YUEXIU}") as forbidden:
        one(ZHOU)
    assert "只能为本单位" in forbidden.value.zh
    assert store.ask("submissions", id=None, sha256=None, submitted_by=None).is_empty()
    own = one(User("sun", Role.STATISTICIAN, YUEXIU))
    assert own.checked.form is not None
    assert own.checked.form.organisation == YUEXIU
