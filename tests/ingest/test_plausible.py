"""Doubts that a note answers: figures that stand still, figures out of character. Slips and signs: test_check.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicators.problem import Severity
from indicators.store import Store
from ingest import check
from ingest.settings import Settings
from ingest.words import explain
from tests.desk import Desk, asked
from tests.returns import codes, csv

pytestmark = pytest.mark.usefixtures("in_process")

BEDS = {"indicator": "beds-per-1000"}
DEATHS = {"indicator": "infant-mortality"}
HOSPITAL_BEDS = {"indicator": "beds"}  # a count
FLOW = {"indicator": "biohealth-value-added", "accumulation": "本年累计"}


@pytest.fixture
def desk(store: Store, settings: Settings, tmp_path: Path) -> Desk:
    return Desk(store, settings, tmp_path)


def quarters(*values: str, year: int = 2022, **every: str) -> bytes:
    """One figure a quarter, from the first quarter of `year` on; nothing where a value is ''."""
    named = [(f"{year + n // 4}Q{n % 4 + 1}", value) for n, value in enumerate(values)]
    return csv(*({"period": period, "value": value} for period, value in named if value), **every)


# -- equal to the last period ----------------------------------------------------------------------------------


def test_D24_a_figure_with_decimals_that_repeats_the_last_is_asked_about(desk: Desk) -> None:
    desk.approve(quarters("7.85", "7.94", **BEDS))
    found = desk.check(csv({"period": "2022Q3", "value": "7.940"}, **BEDS))
    assert asked(found) == [("value_repeats", 2, False)]
    assert found.problems[0].severity is Severity.WARNING
    assert found.problems[0].facts == {"previous": "7.94", "when": "2022Q2"}
    assert "可能误抄了上期数" in explain(found.problems[0])["zh"]
    assert desk.check(csv({"period": "2022Q3", "value": "7.94", "note": "核实无误"}, **BEDS)).accepted
    assert desk.check(csv({"period": "2022Q3", "value": "7.95"}, **BEDS)).problems == ()


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (quarters("7.85", "7.85", note="x", **BEDS), csv({"period": "2022Q3", "value": "7.85"}, **BEDS)),
        (quarters("", "5000", **HOSPITAL_BEDS), csv({"period": "2022Q3", "value": "5000"}, **HOSPITAL_BEDS)),
        (csv({"period": "2020", "value": "7.85"}, **BEDS), csv({"period": "2021Q1", "value": "7.86"}, **BEDS)),
        (csv({"period": "2020", "value": "7.85"}, **BEDS), csv({"period": "2022", "value": "7.85"}, **BEDS)),
        (
            csv({"value": "0.00"}, indicator="infant-mortality"),
            csv({"value": "0", "period": "2022"}, indicator="infant-mortality"),
        ),
        (
            csv({"value": "100"}, indicator="township-village-coverage"),
            csv({"value": "100.0", "period": "2022"}, indicator="township-village-coverage"),
        ),
        (
            csv({"value": "2"}, indicator="whole-area-tourism-zones"),
            csv({"value": "2", "period": "2022"}, indicator="whole-area-tourism-zones"),
        ),
        (csv({"value": "81.5"}), csv({"value": "—", "period": "2022"})),
    ],
    ids=["it stood still before", "a count", "it moved", "years ago", "nothing", "full coverage", "titles", "no value"],
)
def test_what_may_well_stand_still_is_not_asked_about(desk: Desk, before: bytes, now: bytes) -> None:
    desk.approve(before)
    assert [p.code for p in desk.check(now).problems if p.severity is Severity.WARNING] == []


def test_quarters_of_one_file_may_be_equal(desk: Desk) -> None:
    assert desk.check(quarters("7.85", "7.85", "7.85", **BEDS)).problems == ()


def test_the_last_return_sent_along_does_not_hide_that_it_was_copied(desk: Desk) -> None:
    desk.approve(quarters("7.85", **BEDS))
    assert asked(desk.check(quarters("7.85", "7.85", **BEDS))) == [("value_repeats", 3, False)]


def test_D24_a_year_to_date_that_does_not_move_is_asked_about(desk: Desk) -> None:
    desk.approve(quarters("90", "", **FLOW))
    found = desk.check(csv({"period": "2022年上半年", "value": "90"}, **FLOW))
    assert asked(found) == [("value_repeats", 2, False)]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (quarters("90", "180", "270", "360", **FLOW), quarters("360", year=2023, **FLOW)),
        (quarters("0", **FLOW), csv({"period": "2022年上半年", "value": "0"}, **FLOW)),
    ],
    ids=["of another year", "nothing yet"],
)
def test_a_year_to_date_that_had_no_reason_to_move(desk: Desk, before: bytes, now: bytes) -> None:
    desk.approve(before)
    assert "value_repeats" not in codes(desk.check(now).problems)


def test_a_year_to_date_of_every_year_alike_has_not_stood_still(desk: Desk) -> None:
    """Whole years that end alike say nothing of a quarter that adds nothing."""
    desk.approve(csv({"period": "2020", "value": "90"}, {"period": "2021", "value": "90"}, **FLOW))
    desk.approve(quarters("30", **FLOW))
    assert "value_repeats" in codes(desk.check(csv({"period": "2022年上半年", "value": "30"}, **FLOW)).problems)


COUNTS = ("beds", "doctors", "nurses")


def counts(period: str, *values: str, notes: tuple[str, ...] = ("", "", "", "")) -> bytes:
    rows = zip((*COUNTS, "biohealth-value-added"), values, notes, strict=False)
    return csv(
        *({"indicator": i, "value": v, "note": n} for i, v, n in rows),
        period=period,
        accumulation="",
    )


def test_D24_a_return_that_repeats_the_last_one_throughout_is_asked_about_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.approve(counts("2022Q1", "5000", "3000", "4000"))
    found = desk.check(counts("2022Q2", "5000", "3000", "4000"))
    assert asked(found) == [("values_repeat", 2, False)]
    assert found.problems[0].facts == {"count": "3"}
    monkeypatch.setattr(check, "_AT_ONCE", 1)  # and so it is when its indicators are judged one after another
    assert asked(desk.check(counts("2022Q2", "5000", "3000", "4000"))) == [("values_repeat", 2, False)]
    assert asked(desk.check(counts("2022Q2", "5000", "3000", "4000", notes=("", "", "无变动")))) == [
        ("values_repeat", 2, True)
    ]


@pytest.mark.parametrize("values", [("5000", "3000"), ("5000", "3000", "4001")], ids=["two alike", "one moved"])
def test_some_counts_may_be_as_they_were(desk: Desk, values: tuple[str, ...]) -> None:
    desk.approve(counts("2022Q1", "5000", "3000", "4000"))
    assert desk.check(counts("2022Q2", *values)).problems == ()


def test_a_return_that_repeated_once_with_a_reason_is_not_asked_again(desk: Desk) -> None:
    desk.approve(counts("2022Q1", "5000", "3000", "4000"))
    desk.approve(counts("2022Q2", "5000", "3000", "4000", notes=("无变动", "", "")))
    assert desk.check(counts("2022Q3", "5000", "3000", "4000")).problems == ()


# -- out of character ------------------------------------------------------------------------------------------


def test_D24_a_change_beyond_the_series_own_history_is_asked_about(desk: Desk) -> None:
    desk.approve(quarters("7.10", "7.15", "7.22", "7.26", "7.30", **BEDS))
    row = {"period": "2023Q2", "value": "7.46"}
    found = desk.check(csv(row, **BEDS))
    assert asked(found) == [("value_out_of_character", 2, False)]
    assert found.problems[0].facts == {
        "previous": "7.3",
        "when": "2023Q1",
        "change": "+0.16",
        "largest": "0.07",
        "moves": "4",
    }
    assert desk.check(csv(row | {"note": "新院区启用"}, **BEDS)).accepted
    # twice the largest and one last digit: 0.15
    assert desk.check(csv(row | {"value": "7.45"}, **BEDS)).problems == ()
    assert codes(desk.check(csv(row | {"value": "7.10"}, **BEDS)).problems) == ["value_out_of_character"]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (quarters("7.10", "7.15", "7.22", "7.26", **BEDS), {"period": "2023Q1", "value": "9"}),
        (quarters("7.10", "7.15", "7.15", "7.22", "7.26", note="x", **BEDS), {"period": "2023Q2", "value": "9"}),
        (quarters("7.10", "7.15", "7.22", "7.26", "7.30", **BEDS), {"period": "2023Q4", "value": "9"}),
    ],
    ids=["too few changes", "too few that moved", "over other months"],
)
def test_a_short_history_has_no_character(desk: Desk, before: bytes, now: dict[str, str]) -> None:
    desk.approve(before)
    assert desk.check(csv(now, **BEDS)).problems == ()


def test_a_stated_usual_change_goes_before_history(desk: Desk) -> None:
    desk.approve(csv(*({"period": str(2016 + n), "value": f"81.{n}"} for n in range(6))))
    assert desk.check(csv({"period": "2022", "value": "82.4"})).problems == ()
    assert codes(desk.check(csv({"period": "2022", "value": "82.6"})).problems) == ["value_jump"]


def test_a_slip_is_not_told_twice(desk: Desk) -> None:
    desk.approve(quarters("7.10", "7.15", "7.22", "7.26", "7.30", **BEDS))
    found = desk.check(csv({"period": "2023Q2", "value": "0.73"}, **BEDS))
    assert codes(found.problems) == ["value_unusual", "value_slipped"]


def test_a_change_of_definition_is_no_change_of_the_figure(desk: Desk) -> None:
    """常住人口 was counted anew by the census of 2020: its definition changed."""
    indicator = {"indicator": "常住人口", "region": "440100"}
    growing = [{"period": str(2015 + n), "value": str(1400 + 10 * n)} for n in range(5)]
    desk.approve(csv(*growing, **indicator))
    assert desk.check(csv({"period": "2020", "value": "1800"}, **indicator)).problems == ()
    revised = desk.check(csv({"period": "2019", "value": "1800"}, **indicator))
    assert codes(revised.problems) == ["value_changes_approved", "value_out_of_character"]


def test_D24_a_year_to_date_is_held_against_the_same_months_a_year_earlier(desk: Desk) -> None:
    desk.approve(quarters("100", "220", "330", "450", year=2021, **FLOW))
    desk.approve(quarters("110", "231", "363", "486", year=2022, **FLOW))
    row = {"period": "2023Q1", "value": "150"}
    found = desk.check(csv(row, **FLOW))
    assert asked(found) == [("growth_out_of_character", 2, False)]
    assert found.problems[0].facts == {
        "previous": "110",
        "when": "2022Q1",
        "growth": "+36.4",
        "largest": "10.0",
        "moves": "4",
    }
    # twice ten per cent and five points: a quarter more
    assert desk.check(csv(row | {"value": "137.5"}, **FLOW)).problems == ()
    assert codes(desk.check(csv(row | {"value": "80"}, **FLOW)).problems) == ["growth_out_of_character"]


def test_a_year_to_date_without_growth_behind_it_has_no_character(desk: Desk) -> None:
    desk.approve(quarters("100", "220", "330", "450", year=2021, **FLOW))
    assert desk.check(quarters("190", year=2022, **FLOW)).problems == ()
    desk.approve(quarters("100", "220", "330", "450", year=2022, **FLOW))
    assert desk.check(quarters("190", year=2023, **FLOW)).problems == ()


def test_a_year_to_date_may_be_held_against_a_year_earlier_in_its_own_file(desk: Desk) -> None:
    desk.approve(quarters("100", "220", "330", "450", "110", "231", "363", "486", year=2020, **FLOW))
    rows = quarters("120", "", "", "", "240", year=2022, **FLOW)
    assert asked(desk.check(rows)) == [("growth_out_of_character", 3, False)]
