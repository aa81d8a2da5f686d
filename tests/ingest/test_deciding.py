"""Deciding on returns: taken back, voided, archived, approved together; and every step kept with who, when and why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from indicators.store import Store
from ingest import workflow
from ingest.course import history
from ingest.people import Forbidden, Role, User
from ingest.release import release
from ingest.settings import Settings
from ingest.submission import Decision, Refused, State, state_of
from ingest.workflow import approve_clean, archive, decide, discard, draft, submit, void, withdraw
from tests.returns import csv

pytestmark = pytest.mark.usefixtures("in_process")

OPERATOR = User("boss", Role.OPERATOR)
END_2021 = date(2021, 12, 31)
Act = Callable[..., str]


@pytest.fixture
def send(store: Store, settings: Settings, wang: User, tmp_path: Path) -> Act:
    def one(raw: bytes = csv(), *, user: User = wang) -> str:
        return submit(store, settings, name="a.csv", raw=raw, user=user, uploads=tmp_path).submission

    return one


@pytest.fixture
def approved(store: Store, send: Act, li: User) -> Act:
    def one(raw: bytes = csv(), *, user: User | None = None) -> str:
        made = send(raw) if user is None else send(raw, user=user)
        decide(store, submission=made, decision=Decision.APPROVE, user=li)
        return made

    return one


def state(store: Store, submission: str) -> State:
    row = store.ask("submissions", id=submission, sha256=None, submitted_by=None).row(0, named=True)
    return state_of(row["decision"], row["released"])


def held(store: Store, known_on: datetime | None = None) -> list[tuple[str, float]]:
    return store.approved(known_on=known_on).select("period", "value").rows()


def now(store: Store) -> datetime:
    at: datetime = store.ask("last_entry")["recorded_at"][0]
    return at


# -- taken back ------------------------------------------------------------------------------------------------


def test_what_waits_is_taken_back_by_its_sender(store: Store, send: Act, wang: User, li: User) -> None:
    made = send()
    with pytest.raises(Forbidden, match="may not submit"):
        withdraw(store, submission=made, user=li)
    withdraw(store, submission=made, user=wang, reason="单位有误")
    assert state(store, made) is State.WITHDRAWN
    with pytest.raises(Refused, match="already withdrawn; it cannot be decided"):
        decide(store, submission=made, decision=Decision.APPROVE, user=li)
    assert held(store) == []


def test_E22_whoever_sent_it_neither_approves_nor_voids_it(store: Store, send: Act, li: User) -> None:
    made = send(user=OPERATOR)
    with pytest.raises(Forbidden, match="whoever submitted cannot decide"):
        decide(store, submission=made, decision=Decision.APPROVE, user=OPERATOR)
    assert approve_clean(store, submissions=[made], user=OPERATOR) == ([], {made: "own"})
    decide(store, submission=made, decision=Decision.APPROVE, user=li)
    with pytest.raises(Forbidden, match="whoever submitted cannot decide"):
        void(store, submission=made, user=OPERATOR, reason="x")
    assert held(store) == [("2021", 81.76)]


# -- voided ----------------------------------------------------------------------------------------------------


def test_what_is_voided_no_longer_holds_and_what_held_before_does(
    store: Store, approved: Act, li: User, wang: User
) -> None:
    approved(csv(), user=wang)
    wrong = approved(csv({"value": "81.5", "note": "订正"}, {"period": "2022", "value": "82", "note": "新"}))
    before = now(store)
    assert held(store) == [("2021", 81.5), ("2022", 82)]
    void(store, submission=wrong, user=li, reason="误报区县数")
    assert state(store, wrong) is State.VOIDED
    assert held(store) == held(store, now(store)) == [("2021", 81.76)]
    # and what was known a moment before is still known to have been known
    assert held(store, before) == held(store, now(store) - timedelta(microseconds=1)) == [("2021", 81.5), ("2022", 82)]


def test_what_is_voided_is_in_no_history_revision_or_release(store: Store, approved: Act, li: User, zhao: User) -> None:
    first = approved()
    wrong = approved(csv({"value": "81.5", "note": "订正"}))
    before, asked = now(store), {"indicator": "life-expectancy", "region": "510100"}
    void(store, submission=wrong, user=li, reason="误报")
    told = store.ask("history", **asked, known_on=datetime(2999, 1, 1))
    assert told["submission"].to_list() == [first]
    assert store.ask("history", **asked, known_on=before)["submission"].to_list() == [wrong, first]
    assert store.revisions(regions=["510100"], indicators=["life-expectancy"]).is_empty()
    assert store.revisions(regions=["510100"], indicators=["life-expectancy"], known_on=before).height == 1
    assert store.ask("unreleased")["submission"].to_list() == [first]
    assert release(store, user=zhao, as_of=END_2021).figures == 1
    assert state(store, wrong) is State.VOIDED


def test_what_is_released_is_not_voided_any_more(store: Store, approved: Act, li: User, zhao: User) -> None:
    made = approved()
    release(store, user=zhao, as_of=END_2021)
    with pytest.raises(Refused, match="is released; only one that is approved can be voided"):
        void(store, submission=made, user=li, reason="x")
    with pytest.raises(Refused, match="voiding needs a reason"):
        void(store, submission=approved(csv(period="2022", value="82")), user=li, reason=" ")
    assert held(store) == [("2021", 81.76), ("2022", 82)]


# -- archived --------------------------------------------------------------------------------------------------


def test_a_released_file_is_archived_and_its_figures_still_hold(
    store: Store, approved: Act, li: User, zhao: User
) -> None:
    made = approved()
    with pytest.raises(Refused, match="only one that is released can be archived"):
        archive(store, submission=made, user=zhao)
    release(store, user=zhao, as_of=END_2021)
    with pytest.raises(Forbidden, match="may not release"):
        archive(store, submission=made, user=li)
    archive(store, submission=made, user=zhao)
    assert state(store, made) is State.ARCHIVED
    assert store.approved().select("value", "released").rows() == [(81.76, True)]
    for act in (
        lambda: archive(store, submission=made, user=zhao),
        lambda: void(store, submission=made, user=li, reason="x"),
    ):
        with pytest.raises(Refused, match="is archived; only one"):
            act()


# -- approved together -----------------------------------------------------------------------------------------


def test_what_asks_for_no_look_is_approved_together(store: Store, send: Act, approved: Act, li: User) -> None:
    approved()
    done = approved(csv(period="2022", value="82"))
    clean = [send(csv(period="2020", value="81.5")), send(csv(period="2019", value="81.1"))]
    replaces = send(csv(value="81.5", note="订正"))
    strange = send(csv(period="2018", value="96", note="普查"))
    own = send(csv(period="2017", value="80.5"), user=User("li", Role.STATISTICIAN, "chengdu-health"))
    wanted = [*clean, replaces, strange, own, done, "0000", clean[0]]
    assert approve_clean(store, submissions=wanted, user=li) == (
        clean,
        {replaces: "explained", strange: "explained", own: "own", done: "not_waiting", "0000": "not_found"},
    )
    assert {state(store, one) for one in clean} == {State.APPROVED}
    assert {state(store, one) for one in (replaces, strange, own)} == {State.WAITING}


def test_what_replaces_an_approved_mark_wants_a_look_of_its_own(
    store: Store, send: Act, approved: Act, li: User
) -> None:
    approved(csv(value="…"))
    figure, other = send(), send(csv(period="2020", value="81.5"))
    assert approve_clean(store, submissions=[figure, other], user=li) == ([other], {figure: "replaces"})
    assert held(store) == [("2020", 81.5), ("2021", None)]


def test_a_return_without_figures_replaces_nothing(store: Store, li: User) -> None:
    line = {"id": "matters", "sha256": "m", "file_name": "a.xlsx", "submitted_by": "wang", "rows": 0}
    with store.entry(actor="wang", action="submit") as entry:
        entry.add("submission", [{**line, "origin": "reported"}])
    assert approve_clean(store, submissions=["matters"], user=li) == (["matters"], {})


def test_approving_together_is_for_reviewers(store: Store, send: Act, wang: User) -> None:
    made = send()
    with pytest.raises(Forbidden, match="may not decide"):
        approve_clean(store, submissions=[made], user=wang)
    assert state(store, made) is State.WAITING


def test_one_that_someone_decides_on_meanwhile_is_left(
    store: Store, send: Act, li: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, looked = send(), workflow.unclean

    def meanwhile(*given: Any) -> Any:
        found = looked(*given)
        decide(store, submission=made, decision=Decision.RETURN, user=User("zhou", Role.REVIEWER), reason="x")
        return found

    monkeypatch.setattr(workflow, "unclean", meanwhile)
    assert approve_clean(store, submissions=[made], user=li) == ([], {made: "not_waiting"})
    assert state(store, made) is State.RETURNED


# -- what happened ---------------------------------------------------------------------------------------------


def steps(store: Store, submission: str) -> list[tuple[str, str, str]]:
    told = history(store, submission)
    assert told.columns == ["when", "who", "what", "why"]
    assert told["when"].is_sorted() and told["when"].dtype == pl.Datetime("us")
    return told.select("who", "what", "why").rows()


def test_every_step_says_who_and_why(
    store: Store, settings: Settings, send: Act, wang: User, li: User, zhao: User, tmp_path: Path
) -> None:
    made = draft(store, settings, name="a.csv", raw=csv(), user=wang, uploads=tmp_path).submission
    assert send() == made
    decide(store, submission=made, decision=Decision.APPROVE, user=li)
    release(store, user=zhao, note="2021年", as_of=END_2021)
    archive(store, submission=made, user=zhao)
    assert steps(store, made) == [
        ("wang", "drafted", ""),
        ("wang", "submitted", ""),
        ("li", "approved", ""),
        ("zhao", "released", "2021年"),
        ("zhao", "archived", ""),
    ]


def test_the_side_paths_are_steps_too(
    store: Store, settings: Settings, send: Act, approved: Act, wang: User, li: User, tmp_path: Path
) -> None:
    back, taken = send(), send(csv(period="2020", value="81.5"))
    decide(store, submission=back, decision=Decision.RETURN, user=li, reason="单位")
    withdraw(store, submission=taken, user=wang, reason="重报")
    wrong = approved(csv(period="2019", value="81.1"))
    void(store, submission=wrong, user=li, reason="误报")
    given_up = draft(store, settings, name="b.csv", raw=csv(period="2018", value="80"), user=wang, uploads=tmp_path)
    discard(store, draft=given_up.submission, user=wang)
    assert steps(store, back)[1:] == [("li", "returned", "单位")]
    assert steps(store, taken)[1:] == [("wang", "withdrawn", "重报")]
    assert steps(store, wrong)[1:] == [("li", "approved", ""), ("li", "voided", "误报")]
    assert steps(store, given_up.submission) == [("wang", "drafted", ""), ("wang", "discarded", "")]
    assert steps(store, "0000") == []
