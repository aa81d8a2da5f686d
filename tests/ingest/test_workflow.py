"""The only functions that write: each one transaction, one line of the ledger, all or nothing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from indicators.catalogue import CatalogueError, CatalogueKind
from indicators.store import Store
from ingest import checking, sending
from ingest.checking import check_file, today
from ingest.importing import import_file, initialise
from ingest.people import Forbidden, Role, User
from ingest.settings import SHIPPED, Settings
from ingest.submission import Decision, Refused
from ingest.workflow import Receipt, add_person, decide, submit
from tests.conftest import Texts
from tests.returns import codes, csv, filled

pytestmark = pytest.mark.usefixtures("in_process")

Send = Callable[..., Receipt]


@pytest.fixture
def send(store: Store, settings: Settings, wang: User, tmp_path: Path) -> Send:
    def one(raw: bytes = csv(), *, name: str = "六月.csv", user: User = wang, origin: str = "reported") -> Receipt:
        return submit(store, settings, name=name, raw=raw, user=user, uploads=tmp_path / "uploads", origin=origin)

    return one


def ledger(store: Store) -> list[tuple[str, str, str]]:
    """What was done since the catalogue was loaded, oldest first."""
    told = store.ask("ledger", most=1000).sort("entry")
    return list(told.filter(pl.col("action") != "init").select("actor", "action", "subject").iter_rows())


def submissions(store: Store) -> pl.DataFrame:
    return store.ask("submissions", id=None, sha256=None, submitted_by=None)


def approve(store: Store, receipt: Receipt, user: User) -> None:
    decide(store, submission=receipt.submission, decision=Decision.APPROVE, user=user)


# -- submitting ------------------------------------------------------------------------------------------------


def test_a_return_is_kept_staged_and_entered(store: Store, send: Send, tmp_path: Path) -> None:
    raw = csv({}, {"period": "2022", "value": "…"}, note="普查", vintage="年报", published_on="2022-03-25")
    receipt = send(raw)
    kept = tmp_path / "uploads" / hashlib.sha256(raw).hexdigest()
    assert kept.read_bytes() == raw
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]
    assert oct(kept.parent.stat().st_mode)[-3:] == "700"
    assert ledger(store) == [("wang", "submit", receipt.submission)]
    row = submissions(store).row(0, named=True)
    assert (row["id"], row["file_name"], row["rows"], row["origin"]) == (receipt.submission, "六月.csv", 2, "reported")
    staged = store.ask("staged", submission=receipt.submission)
    assert staged.select("value", "missing", "found").rows() == [(81.76, "", "81.76"), (None, "below_unit", "…")]
    assert staged["published_on"].to_list() == [date(2022, 3, 25)] * 2
    assert store.approved().is_empty()


def test_E0_a_refused_return_leaves_one_line_and_nothing_else(store: Store, send: Send, tmp_path: Path) -> None:
    raw = csv({"value": "x"}, {"value": "96", "period": "2022"})
    receipt = send(raw)
    assert (receipt.submission, receipt.checked.accepted) == ("", False)
    assert ledger(store) == [("wang", "submit_refused", hashlib.sha256(raw).hexdigest())]
    detail = store.ask("ledger", most=1)["detail"][0]
    assert json.loads(detail) == {"file": "六月.csv", "problems": 2}
    assert submissions(store).is_empty()
    assert not (tmp_path / "uploads").exists()


def test_A28_the_same_bytes_twice_are_stored_once(store: Store, send: Send) -> None:
    first = send()
    zhou = User("zhou", Role.STATISTICIAN, "chengdu-health")
    for again in (send(), send(name="other.csv"), send(user=zhou)):
        assert again.submission == first.submission
        assert again.checked.accepted
        assert codes(again.checked.problems) == ["already_submitted"]
        assert again.checked.problems[0].facts["who"] == "wang"
    assert submissions(store).height == 1
    assert len(ledger(store)) == 1


def test_the_time_of_the_first_sending_is_told_where_the_office_is(store: Store, send: Send) -> None:
    send()
    at = submissions(store)["recorded_at"][0].replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo("Asia/Shanghai"))
    assert send().checked.problems[0].facts["when"] == f"{at:%Y-%m-%d %H:%M}"


def test_what_was_sent_back_may_be_sent_again(store: Store, send: Send, li: User) -> None:
    first = send()
    decide(store, submission=first.submission, decision=Decision.RETURN, user=li, reason="单位")
    second = send()
    assert second.submission not in ("", first.submission)
    assert submissions(store)["decision"].to_list() == ["", "return"]


def test_A29_the_same_figures_in_other_bytes_are_nothing_new_once_approved(store: Store, send: Send, li: User) -> None:
    approve(store, send(), li)
    again = send(csv().replace(b"\n", b"\r\n"))
    assert (again.submission, codes(again.checked.problems)) == ("", ["nothing_new"])
    assert submissions(store).height == 1


def test_only_what_is_new_is_staged(store: Store, send: Send, li: User) -> None:
    approve(store, send(csv({}, {"period": "2020", "value": "81.5"})), li)
    receipt = send(csv({}, {"period": "2020", "value": "81.4", "note": "订正"}, {"period": "2022", "value": "82"}))
    assert store.ask("staged", submission=receipt.submission).select("row", "period").rows() == [
        (3, "2020"),
        (4, "2022"),
    ]
    assert submissions(store)["rows"].to_list() == [2, 2]


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STATISTICIAN, Role.OPERATOR}))
def test_only_a_statistician_may_send(store: Store, send: Send, role: Role) -> None:
    with pytest.raises(Forbidden, match="may not submit"):
        send(user=User("x", role))
    assert ledger(store) == []


def test_demonstration_figures_never_enter_a_real_store(store: Store, send: Send) -> None:
    with pytest.raises(Refused, match="demonstration figures cannot enter a real store"):
        send(origin="demo")
    assert ledger(store) == []


def test_demonstration_figures_enter_their_own(
    shipped: Texts, settings: Settings, wang: User, li: User, tmp_path: Path
) -> None:
    demo = filled(Store(":memory:", kind="demo"), shipped)
    receipt = submit(demo, settings, name="a.csv", raw=csv(), user=wang, uploads=tmp_path, origin="demo")
    approve(demo, receipt, li)
    assert demo.approved()["origin"].to_list() == ["demo"]
    demo.close()


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\王\\六月.csv", "六月.csv"),
        ("x" * 300 + ".csv", "x" * 255),
        ("\u202efdp.csv", "�fdp.csv"),
        ("<img onerror=alert(1)>.csv", "<img onerror=alert(1)>.csv"),
        ("a\0b\n.csv", "a�b .csv"),
        ("con.csv", "con.csv"),
        ("😀.csv", "😀.csv"),
        ("\udcff.csv", "�.csv"),
        ("..csv", "..csv"),
    ],
    ids=ascii,
)
def test_A26_a_file_name_is_a_label_and_never_a_path(
    store: Store, send: Send, tmp_path: Path, name: str, label: str
) -> None:
    assert send(name=name).submission
    assert submissions(store)["file_name"].to_list() == [label]
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == [hashlib.sha256(csv()).hexdigest()]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()], ids=["error", "stopped"])
def test_F03_stopped_in_the_middle_nothing_is_submitted(
    store: Store, send: Send, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(pl, "lit", broken)
    with pytest.raises(type(error)):
        send()
    monkeypatch.undo()
    assert ledger(store) == []
    assert submissions(store).is_empty()
    assert send().submission


def test_bytes_are_kept_whole_or_not_at_all(
    store: Store, send: Send, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="no space left"):
        send()
    assert not (tmp_path / "uploads" / hashlib.sha256(csv()).hexdigest()).exists()
    assert submissions(store).is_empty()


def test_F12_the_same_bytes_at_once_are_stored_once(store: Store, send: Send) -> None:
    start = threading.Barrier(6)

    def one(number: int) -> str:
        start.wait()
        try:
            return send(user=User(f"user {number}", Role.STATISTICIAN, "chengdu-health")).submission
        except Refused as refused:
            assert "same file" in refused.en
            return "refused"

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(one, range(6)))
    assert submissions(store).height == 1
    (only,) = submissions(store)["id"]
    assert set(told) <= {only, "refused"}
    assert only in told
    assert store.ask("staged", submission=only).height == 1
    assert len(ledger(store)) == 1


def test_F12_the_second_of_two_at_once_is_refused_inside_its_transaction(
    store: Store, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(*_: object) -> None:
        monkeypatch.undo()
        send(user=User("zhou", Role.STATISTICIAN, "chengdu-health"))

    monkeypatch.setattr(sending, "keep", meanwhile)
    with pytest.raises(Refused, match="has just been submitted"):
        send()
    assert submissions(store)["submitted_by"].to_list() == ["zhou"]
    assert len(ledger(store)) == 1


def test_F12_overlapping_returns_of_two_people_never_mix(store: Store, send: Send, li: User) -> None:
    mine = send(csv({}, {"period": "2022", "value": "82"}))
    zhou = User("zhou", Role.STATISTICIAN, "chengdu-health")
    theirs = send(csv({"value": "81.8"}, {"period": "2022", "value": "82.2"}), user=zhou)
    assert (theirs.submission, codes(theirs.checked.problems)) == ("", ["waiting_elsewhere"] * 2)
    approve(store, mine, li)
    held = store.approved()
    assert held.select("value", "submission").rows() == [(81.76, mine.submission), (82.0, mine.submission)]


# -- deciding --------------------------------------------------------------------------------------------------


def test_a_decision_is_one_line(store: Store, send: Send, li: User) -> None:
    receipt = send()
    approve(store, receipt, li)
    assert ledger(store)[-1] == ("li", "approve", receipt.submission)
    assert store.approved()["approved_by"].to_list() == ["li"]


@pytest.mark.parametrize("user", [User("wang", Role.REVIEWER), User("zhao", Role.PUBLISHER)], ids=["own", "no right"])
def test_a_decision_that_is_not_allowed_leaves_nothing(store: Store, send: Send, user: User) -> None:
    receipt = send()
    before = ledger(store)
    with pytest.raises(Forbidden):
        approve(store, receipt, user)
    assert ledger(store) == before
    assert store.approved().is_empty()


def test_a_decision_on_nothing_is_refused(store: Store, li: User) -> None:
    with pytest.raises(Refused, match="there is no submission 0000"):
        decide(store, submission="0000", decision=Decision.APPROVE, user=li)


def test_a_decision_is_taken_once_even_by_two_at_once(store: Store, send: Send) -> None:
    receipt = send()
    start = threading.Barrier(4)

    def one(number: int) -> bool:
        start.wait()
        try:
            approve(store, receipt, User(f"li {number}", Role.REVIEWER))
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(one, range(4))) == 1
    assert len(ledger(store)) == 2


# -- the catalogue ---------------------------------------------------------------------------------------------


def test_the_catalogue_is_loaded_once(empty: Store) -> None:
    assert initialise(empty) > 30
    entries = empty.last_entry()
    assert initialise(empty) == 0
    assert empty.last_entry() == entries == 1
    assert "chengdu-145" in empty.catalogue().plans


def test_a_file_that_ships_later_is_added(empty: Store, shipped: Texts) -> None:
    filled(empty, [t for t in shipped if t[0] is not CatalogueKind.PLAN])
    assert initialise(empty) == sum(k is CatalogueKind.PLAN for k, _, _ in shipped)


def test_an_imported_text_outlives_the_shipped_one(store: Store, chen: User) -> None:
    text = body(store, "life-expectancy").replace("usual_change = 1", "usual_change = 2")
    import_file(store, path_name="x.toml", text=text, user=chen, document="")
    assert initialise(store) == 0
    assert store.catalogue().indicators["life-expectancy"].current.usual_change == 2


def body(store: Store, name: str) -> str:
    return next(text for _, n, text in store.catalogue_texts() if n == name)


def imported(store: Store, user: User, text: str, *, document: str = "", name: str = "x.toml") -> list[str]:
    return import_file(store, path_name=name, text=text, user=user, document=document)


def test_an_unchanged_file_changes_nothing(store: Store, chen: User) -> None:
    for name in ("chengdu-145", "beds", "cn-schedule"):
        assert imported(store, chen, body(store, name)) == []
    assert imported(store, chen, body(store, "regions"), name="regions.csv") == []
    assert imported(store, chen, body(store, "organisations"), name="organisations.csv") == []
    assert imported(store, chen, "# a remark\n" + body(store, "beds")) == []
    assert ledger(store) == []


def test_a_changed_target_needs_the_document_that_allows_it(store: Store, chen: User) -> None:
    text = body(store, "chengdu-145").replace("target_value = 82.42", "target_value = 82.5")
    assert text != body(store, "chengdu-145")
    for document in ("", "  "):
        with pytest.raises(Refused, match="a changed target, definition or rule needs the document") as refused:
            imported(store, chen, text, document=document)
        assert "--document" in refused.value.zh
    assert ledger(store) == []
    before = store.ask("last_entry")["recorded_at"][0]
    assert imported(store, chen, text, document="成府发〔2024〕1号") == [
        "chengdu-145/life-expectancy: target_value: 82.42 → 82.5"
    ]
    assert store.catalogue().plans["chengdu-145"].commitment("life-expectancy").target_value == 82.5
    was = store.catalogue(known_on=before).plans["chengdu-145"].commitment("life-expectancy")
    assert was.target_value == 82.42
    row = store.ask("catalogue", known_on=datetime(2999, 1, 1)).filter(pl.col("id") == "chengdu-145").row(0, named=True)
    assert (row["version"], row["document"]) == (2, "成府发〔2024〕1号")
    assert "82.42 → 82.5" in store.ask("ledger", most=1)["detail"][0]


def test_versions_count_up(store: Store, chen: User) -> None:
    for value in (2, 3, 4):
        text = body(store, "life-expectancy")
        text = text.replace(f"usual_change = {value - 1}", f"usual_change = {value}")
        (told,) = imported(store, chen, text)
        assert told == f"life-expectancy/1: usual_change: {value - 1}.0 → {value}.0"
    newest = store.ask("catalogue", known_on=datetime(2999, 1, 1)).filter(pl.col("id") == "life-expectancy")
    assert newest["version"].to_list() == [4]


NEW = """
[[commitments]]
id = "one-more"
kind = "task"
name_zh = "任务"
name_en = "Task"
quotes = [
    { section = "一", text = "做" },
]
"""


def test_a_new_commitment_is_named_and_needs_no_document(store: Store, chen: User) -> None:
    assert imported(store, chen, body(store, "chengdu-145") + NEW) == ["chengdu-145/one-more: added"]


def test_a_removed_commitment_needs_a_document(store: Store, chen: User) -> None:
    before = body(store, "chengdu-145")
    imported(store, chen, before + NEW)
    with pytest.raises(Refused):
        imported(store, chen, before)
    assert imported(store, chen, before, document="x") == ["chengdu-145/one-more: removed"]


def test_a_changed_title_of_a_plan_is_a_new_version(store: Store, chen: User) -> None:
    text = body(store, "chengdu-145").replace('short_en = "Chengdu', 'short_en = "City of Chengdu')
    (told,) = imported(store, chen, text)
    assert re.fullmatch("plan chengdu-145: short_en: Chengdu.* → City of Chengdu.*", told)


def test_a_new_file_is_told_as_new(store: Store, chen: User) -> None:
    text = body(store, "life-expectancy")
    for name in ("人均预期寿命", "Life expectancy at birth", "life-expectancy"):
        text = text.replace(name, f"{name}-2")
    text = text[: text.index("aliases")] + text[text.index("owner") :]
    assert imported(store, chen, text) == ["indicator life-expectancy-2: new"]


@pytest.mark.parametrize(
    ("name", "old", "new", "file"),
    [
        ("regions", "Chengdu,city", "Chengdu City,city", "r.csv"),
        ("organisations", "市卫健委", "卫健委", "o.csv"),
        ("beds", "note_en", "note_en", "commitments.toml"),
    ],
)
def test_the_kind_of_a_file_is_told_by_what_it_holds(
    store: Store, chen: User, name: str, old: str, new: str, file: str
) -> None:
    text = body(store, name)
    # words of another kind in a sentence mislead nobody
    text = text.replace('text_en = "', 'text_en = "The commitments: ') if name == "beds" else text.replace(old, new, 1)
    (told,) = imported(store, chen, text, name=file, document="统发〔2024〕2号")
    assert told.startswith(f"{name}/")
    assert " → " in told


def test_a_changed_rule_says_so_by_its_version_and_its_document(store: Store, chen: User) -> None:
    text = body(store, "cn-schedule").replace("nearly_from = 0.95", "nearly_from = 0.9")
    with pytest.raises(Refused, match="must exceed 1"):
        imported(store, chen, text, document="办发〔2024〕3号")
    newer = text.replace("version = 1", "version = 2")
    with pytest.raises(Refused, match="needs the document"):
        imported(store, chen, newer)
    assert imported(store, chen, newer, document="办发〔2024〕3号") == [
        "rule cn-schedule: version: 1 → 2",
        "rule cn-schedule: settings.nearly_from: 0.95 → 0.9",
    ]


def test_a_definition_in_force_is_edited_only_with_a_document(store: Store, chen: User) -> None:
    text = body(store, "beds").replace('text_zh = "', 'text_zh = "(新)')
    with pytest.raises(Refused, match="needs the document"):
        imported(store, chen, text)
    (told,) = imported(store, chen, text, document="统发〔2024〕2号")
    assert re.fullmatch(r"beds/1: text_zh: .+ → \(新\).+", told)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("x.toml", "id =", "rule: not TOML"),
        ("x.toml", "[[commitments]]\nid =", "plan: not TOML"),
        ("x.toml", "[[definitions]]\nid =", "indicator: not TOML"),
        ("x.toml", 'id = "x"', "rule: version: Field required"),
        ("r.csv", "code,name\n1,2\n", "Region: columns must be code"),
        ("r.csv", "a,b\n1,2\n", "Organisation: columns must be id"),
        ("r.csv", "", "Organisation: columns must be id"),
    ],
)
def test_a_bad_catalogue_file_is_refused(store: Store, chen: User, file: str, text: str, says: str) -> None:
    with pytest.raises(CatalogueError, match=says):
        imported(store, chen, text, name=file)
    assert ledger(store) == []


def test_a_file_that_breaks_the_rest_is_refused(store: Store, chen: User) -> None:
    text = body(store, "organisations").replace("chengdu-health,", "chengdu-healthy,")
    with pytest.raises(CatalogueError, match="unknown organisation chengdu-health"):
        imported(store, chen, text, name="organisations.csv")
    assert store.last_entry() == 1


def test_only_an_administrator_may_import(store: Store, wang: User) -> None:
    with pytest.raises(Forbidden, match="may not import"):
        imported(store, wang, body(store, "beds"))


# -- people ----------------------------------------------------------------------------------------------------


def test_people_are_entered_by_an_administrator(store: Store, chen: User, wang: User) -> None:
    add_person(store, name="li", role=Role.REVIEWER, organisation="x", active=True, user=chen)
    assert store.ask("people").select("name", "role", "organisation", "active").rows() == [
        ("li", "reviewer", "x", True)
    ]
    assert ledger(store) == [("chen", "person", "li")]
    with pytest.raises(Forbidden, match="may not administer"):
        add_person(store, name="wang", role=Role.ADMINISTRATOR, organisation="", active=True, user=wang)
    assert store.ask("people").height == 1


# -- the rest --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("zone", "day"), [("Asia/Shanghai", date(2024, 7, 1)), ("UTC", date(2024, 6, 30))])
def test_today_is_where_the_office_is(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, zone: str, day: date
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: ZoneInfo | None = None) -> datetime:  # type: ignore[override]
            return datetime(2024, 6, 30, 20, tzinfo=ZoneInfo("UTC")).astimezone(tz)

    monkeypatch.setattr(checking, "datetime", Clock)
    assert today(settings.model_copy(update={"timezone": zone})) == day


def test_a_check_and_a_submit_say_the_same(store: Store, settings: Settings, send: Send) -> None:
    raw = csv({"value": "96"}, {"period": "2022", "value": "1,5"})
    assert check_file(store, settings, name="a.csv", raw=raw).problems == send(raw).checked.problems


def test_the_shipped_files_are_what_init_reads(shipped: Texts) -> None:
    assert (SHIPPED / "plans" / "chengdu-145.toml").read_text(encoding="utf-8") in [t for _, _, t in shipped]
