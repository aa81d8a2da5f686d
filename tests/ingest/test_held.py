"""What is approved, released or waiting already, and what that leaves to be sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from indicators.problem import Severity
from indicators.store import Store
from ingest import sending
from ingest.held import conflicts
from ingest.people import Role, User
from ingest.release import release
from ingest.settings import Settings
from ingest.submission import Decision, Refused
from ingest.words import explain
from tests.desk import ANYONE, HEALTH, PUBLISHER, Desk, asked, changes
from tests.returns import codes, csv

pytestmark = pytest.mark.usefixtures("in_process")

SUN = User("sun", Role.STATISTICIAN, "chengdu-health")
OTHER = {"value": "81.8"}
LATER = {"period": "2022", "value": "82"}


@pytest.fixture
def desk(store: Store, settings: Settings, tmp_path: Path) -> Desk:
    return Desk(store, settings, tmp_path)


def submissions(desk: Desk) -> pl.DataFrame:
    return desk.store.ask("submissions", id=None, sha256=None, submitted_by=None)


# -- the same again --------------------------------------------------------------------------------------------


def test_D18_what_is_approved_already_is_unchanged_and_no_longer_doubted(desk: Desk) -> None:
    desk.approve(csv({"value": "96", "note": "百岁老人之乡"}))
    found = desk.check(csv({"value": "96"}))
    assert (changes(found), asked(found)) == (["unchanged"], [("nothing_new", None, False)])


def test_D18_a_figure_that_leaves_its_vintage_out_and_repeats_the_value_says_nothing_new(desk: Desk) -> None:
    desk.approve(csv(vintage="年报"))
    assert changes(desk.check(csv())) == ["unchanged"]
    assert changes(desk.check(csv(vintage="快报", note="x"))) == ["changed"]
    assert changes(desk.check(csv(OTHER, note="x"))) == ["changed"]


def test_A29_what_waits_already_is_not_stored_twice(desk: Desk) -> None:
    first = desk.send(csv({}, LATER), user=HEALTH)
    again = desk.send(csv({}, LATER, note="又报一次"), user=SUN)
    assert (again.submission, again.checked.accepted) == ("", True)
    assert codes(again.checked.problems) == ["waiting_same", "nothing_new"]
    assert submissions(desk)["id"].to_list() == [first.submission]
    told = again.checked.problems[0]
    assert (told.severity, told.facts["submission"], told.facts["who"]) == (Severity.NOTICE, first.submission, "zhou")
    assert explain(told)["zh"].startswith(f"2 个数据与正在等待审核的报送 {first.submission}(zhou,20")


def test_only_what_is_new_beside_what_waits_is_staged(desk: Desk) -> None:
    first = desk.send(csv({}), user=HEALTH)
    second = desk.send(csv({}, LATER), user=SUN)
    assert second.checked.count("waiting") == second.checked.count("new") == 1
    assert desk.store.ask("staged", submission=second.submission)["period"].to_list() == ["2022"]
    desk.decide(first.submission)
    desk.decide(second.submission)
    assert desk.store.approved()["submission"].to_list() == [first.submission, second.submission]


def test_a_doubt_that_was_answered_is_not_raised_again_while_its_figure_waits(desk: Desk) -> None:
    desk.send(csv({"value": "96", "note": "百岁老人之乡"}))
    assert codes(desk.check(csv({"value": "96"})).problems) == ["waiting_same", "nothing_new"]


# -- something else waits --------------------------------------------------------------------------------------


def test_F12_another_figure_that_waits_stands_in_the_way(desk: Desk) -> None:
    first = desk.send(csv({}, LATER), user=HEALTH)
    found = desk.check(csv(OTHER, LATER), user=SUN)
    assert (changes(found), found.accepted) == (["new", "waiting"], False)
    problem = next(p for p in found.problems if p.code == "waiting_elsewhere")
    assert (problem.severity, problem.row, problem.found) == (Severity.ERROR, 2, "81.8")
    assert {k: problem.facts[k] for k in ("held", "submission", "who")} == {
        "held": "81.76",
        "submission": first.submission,
        "who": "zhou",
    }
    assert "请等待审核结果" in explain(problem)["zh"]
    assert desk.send(csv(OTHER, LATER), user=SUN).submission == ""


def test_F12_ones_own_figure_that_waits_is_to_be_withdrawn(desk: Desk) -> None:
    desk.send(csv({"value": "—"}), user=HEALTH)
    (problem,) = desk.check(csv({}), user=HEALTH).problems
    assert problem.facts["held"] == "—"
    assert explain(problem)["zh"].endswith("这是您自己的报送,请先撤回再报。")
    assert explain(problem)["en"].endswith("It is your own: withdraw it first.")


@pytest.mark.parametrize("other", [{}, {"value": "…"}, OTHER], ids=["vintage", "missing", "value"])
def test_a_waiting_figure_differs_by_value_mark_or_vintage(desk: Desk, other: dict[str, str]) -> None:
    desk.send(csv(vintage="快报"))
    assert codes(desk.check(csv(other, vintage="年报")).problems)[-1] == "waiting_elsewhere"


def test_what_was_sent_back_no_longer_waits(desk: Desk) -> None:
    first = desk.send(csv())
    desk.decide(first.submission, Decision.RETURN)
    assert desk.check(csv(OTHER)).accepted


def test_the_approved_figure_again_is_unchanged_whatever_waits_to_replace_it(desk: Desk) -> None:
    desk.approve(csv())
    desk.send(csv(OTHER, note="订正"))
    found = desk.check(csv())
    assert (changes(found), found.accepted) == (["unchanged"], True)


# -- released --------------------------------------------------------------------------------------------------


def test_D19_an_approved_figure_that_is_not_released_changes_with_a_note(desk: Desk) -> None:
    desk.approve(csv())
    assert asked(desk.check(csv(OTHER))) == [("value_changes_approved", 2, False)]
    assert asked(desk.check(csv(OTHER, note="订正"))) == [("value_changes_approved", 2, True)]


def test_D20_a_released_figure_is_locked(desk: Desk) -> None:
    desk.release(csv())
    for note in ("", "订正"):
        (problem,) = desk.check(csv(OTHER, note=note)).problems
        assert (problem.severity, problem.code, problem.row, problem.column) == (
            Severity.ERROR,
            "released_locked",
            2,
            "value",
        )
        assert problem.facts == {"previous": "81.76", "release": "1", "known_zh": "未注明", "known_en": "not stated"}
        assert "不能直接改为 81.8" in explain(problem)["zh"]
    assert desk.send(csv(OTHER, note="订正")).submission == ""
    assert desk.store.approved()["value"].to_list() == [81.76]


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ("", "快报", False),
        ("", "年报", True),
        ("", "修订", True),
        ("快报", "", False),
        ("快报", "快报", False),
        ("快报", "年报", True),
        ("快报", "修订", True),
        ("年报", "快报", False),
        ("年报", "年报", False),
        ("年报", "修订", True),
        ("修订", "年报", False),
        ("修订", "修订", True),
    ],
)
def test_D20_a_released_figure_is_revised_by_vintage_and_reason(
    desk: Desk, before: str, after: str, allowed: bool
) -> None:
    desk.release(csv(vintage=before))
    assert codes(desk.check(csv(OTHER, vintage=after)).problems) == ["released_locked"]
    found = desk.check(csv(OTHER, vintage=after, note="普查后修订"))
    assert found.accepted == allowed
    assert asked(found) == [("value_changes_approved", 2, True) if allowed else ("released_locked", 2, False)]


def test_D20_a_revision_is_the_next_release(desk: Desk) -> None:
    desk.release(csv())
    desk.release(csv(OTHER, vintage="修订", note="普查后修订"))
    held = desk.store.ask("published", indicators=None, regions=None, ends=None)
    assert held.select("value", "vintage", "number").rows() == [(81.8, "revised", 2)]
    (problem,) = desk.check(csv(vintage="年报", note="x")).problems
    assert problem.facts == {"previous": "81.8", "release": "2", "known_zh": "修订", "known_en": "revised"}


def test_D20_what_was_released_stays_locked_while_its_revision_awaits_release(desk: Desk) -> None:
    desk.release(csv())
    desk.approve(csv(OTHER, vintage="修订", note="普查后修订"))
    again = csv({"value": "81.9"}, note="再订正")
    assert codes(desk.check(again).problems) == ["released_locked"]
    back = desk.check(csv(vintage="修订", note="以已发布数为准"))
    assert (back.accepted, asked(back)) == (True, [("value_changes_approved", 2, True)])


def test_D20_a_missing_mark_is_locked_like_a_value(desk: Desk) -> None:
    desk.release(csv(value="***"))
    (problem,) = desk.check(csv(note="x")).problems
    assert (problem.code, problem.facts["previous"]) == ("released_locked", "***")
    assert desk.check(csv(vintage="修订", note="解密")).accepted
    assert changes(desk.check(csv(value="***"))) == ["unchanged"]


def test_a_released_figure_may_be_confirmed_by_a_higher_vintage(desk: Desk) -> None:
    desk.release(csv(vintage="快报"))
    found = desk.check(csv(vintage="年报"))
    assert (found.accepted, changes(found), found.problems) == (True, ["changed"], ())


def test_the_vintage_of_a_released_figure_does_not_fall(desk: Desk) -> None:
    desk.release(csv(vintage="年报"))
    (problem,) = desk.check(csv(vintage="快报", note="x")).problems
    assert (problem.severity, problem.code, problem.column, problem.found) == (
        Severity.ERROR,
        "released_vintage_lower",
        "vintage",
        "flash",
    )
    assert changes(desk.check(csv())) == ["unchanged"]


def test_a_lower_vintage_of_an_approved_value_needs_a_reason_even_if_the_value_stays(desk: Desk) -> None:
    desk.approve(csv(vintage="年报"))
    assert asked(desk.check(csv(vintage="快报"))) == [("vintage_lower", 2, False)]


def test_other_figures_of_a_released_period_may_still_come(desk: Desk) -> None:
    desk.release(csv())
    assert desk.check(csv({"indicator": "health-literacy", "value": "29.58"}, LATER)).accepted


def test_D20_what_a_release_locked_since_it_was_sent_is_not_approved(desk: Desk) -> None:
    desk.approve(csv())
    waiting = desk.send(csv(OTHER, LATER, note="订正")).submission
    release(desk.store, user=PUBLISHER, as_of=date(2024, 12, 31))
    with pytest.raises(Refused, match=r"Release 1 published 81\.76"):
        desk.decide(waiting)
    desk.decide(waiting, Decision.RETURN)
    desk.approve(csv(OTHER, LATER, vintage="修订", note="订正"))


# -- at the same moment ----------------------------------------------------------------------------------------


def test_nothing_in_the_way_is_no_conflict(desk: Desk) -> None:
    checked = desk.check(csv({}, LATER))
    desk.approve(csv({"indicator": "health-literacy", "value": "29.58"}))
    assert conflicts(desk.store, desk.settings, checked.fresh, user=HEALTH) == []
    assert conflicts(desk.store, desk.settings, pl.DataFrame(), user=HEALTH) == []


@pytest.mark.parametrize(
    ("meanwhile", "code"),
    [
        (lambda desk: desk.send(csv({})), "changed_meanwhile"),
        (lambda desk: desk.send(csv(OTHER)), "waiting_elsewhere"),
        (lambda desk: desk.approve(csv({})), "changed_meanwhile"),
        (lambda desk: desk.approve(csv(OTHER)), "changed_meanwhile"),
        (lambda desk: desk.release(csv(OTHER)), "released_locked"),
    ],
    ids=["same sent", "another sent", "same approved", "another approved", "another released"],
)
def test_F12_what_came_in_the_way_is_named_row_by_row(
    desk: Desk, meanwhile: Callable[[Desk], object], code: str
) -> None:
    checked = desk.check(csv({}, LATER))
    meanwhile(desk)
    found = conflicts(desk.store, desk.settings, checked.fresh, user=HEALTH)
    assert [(p.code, p.row) for p in found] == [(code, 2)]


def test_F12_an_approved_value_that_moved_again_is_a_conflict(desk: Desk) -> None:
    desk.approve(csv({}))
    checked = desk.check(csv(OTHER, note="订正"))
    desk.approve(csv({"value": "81.9"}, note="订正"))
    assert codes(conflicts(desk.store, desk.settings, checked.fresh, user=HEALTH)) == ["changed_meanwhile"]


def test_F12_a_figure_sent_between_check_and_storing_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(*_: object) -> None:
        monkeypatch.undo()
        desk.send(csv(OTHER, LATER), user=SUN)

    monkeypatch.setattr(sending, "keep", meanwhile)
    with pytest.raises(Refused, match=r"gives 81\.8 for the same figure") as refused:
        desk.send(csv({}), user=HEALTH)
    assert "81.76" in refused.value.zh
    assert submissions(desk)["submitted_by"].to_list() == ["sun"]


def test_F12_another_figure_sent_meanwhile_is_no_reason_to_refuse(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def meanwhile(*_: object) -> None:
        monkeypatch.undo()
        desk.send(csv(LATER), user=SUN)

    monkeypatch.setattr(sending, "keep", meanwhile)
    assert desk.send(csv({}), user=HEALTH).submission


@pytest.mark.parametrize("same", [False, True], ids=["other values", "same values"])
def test_F12_of_overlapping_returns_at_once_one_is_stored_and_none_mix(desk: Desk, same: bool) -> None:
    """Five people, overlapping keys, one instant; five rounds, each on years of its own."""
    for turn in range(5):
        years = [str(2015 + turn), str(2020 + turn)]
        before = submissions(desk).height
        start = threading.Barrier(5)

        def one(number: int, years: list[str] = years, start: threading.Barrier = start, turn: int = turn) -> str:
            value = "81.5" if same else f"8{number}.5"
            rows = [{"indicator": "life-expectancy", "period": year, "value": value} for year in years]
            own = {"indicator": "health-literacy", "period": str(2016 + turn), "value": "20"}
            raw = csv(*rows, *([own] if number == 0 else []), note=f"{turn} {number}")
            start.wait()
            try:
                return desk.send(raw, user=User(f"user {number}", Role.STATISTICIAN, "chengdu-health")).submission
            except Refused:
                return ""

        with ThreadPoolExecutor(5) as pool:
            told = [submission for submission in pool.map(one, range(5)) if submission]
        assert submissions(desk).height - before == len(told)
        held = desk.store.ask("waiting", indicators=["life-expectancy"], regions=None, ends=None).filter(
            pl.col("period_end").dt.year().cast(pl.String).is_in(years)
        )
        assert held["submission"].n_unique() == 1, "rows of two senders are mixed"
        stored = [desk.store.ask("staged", submission=submission) for submission in told]
        keys = pl.concat(stored).select("indicator", "region", "period_end")
        assert keys.is_unique().all(), "a figure waits twice"
        for submission in told:
            desk.decide(submission)


def test_the_sender_of_a_waiting_figure_is_named_where_the_office_is(desk: Desk) -> None:
    desk.send(csv({}), user=ANYONE)
    (problem,) = desk.check(csv(OTHER)).problems
    at = submissions(desk)["recorded_at"][0] + timedelta(hours=8)
    assert (problem.facts["who"], problem.facts["when"]) == ("wang", f"{at:%Y-%m-%d %H:%M}")
