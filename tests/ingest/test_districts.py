"""The districts of a city added up against the city's own figure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from indicators.problem import Severity
from indicators.store import Store
from ingest.arithmetic import neighbours
from ingest.settings import Settings
from ingest.words import explain
from tests.desk import Desk, asked
from tests.returns import codes, csv

pytestmark = pytest.mark.usefixtures("in_process")

CITY = "130300"  # 秦皇岛, of seven districts
DISTRICTS = ("130302", "130303", "130304", "130306", "130321", "130322", "130324")
ZONE = "130371"


@pytest.fixture
def desk(store: Store, settings: Settings, tmp_path: Path) -> Desk:
    return Desk(store, settings, tmp_path)


def beds(figures: Mapping[str, str], **every: str) -> bytes:
    """Hospital beds at the end of 2021 by region."""
    rows = ({"region": region, "value": value} for region, value in figures.items())
    return csv(*rows, **{"indicator": "beds", **every})


def each(value: str = "100") -> dict[str, str]:
    return dict.fromkeys(DISTRICTS, value)


def test_only_the_city_and_its_districts_are_looked_up_beside_a_figure(desk: Desk) -> None:
    catalogue = desk.store.catalogue()
    around = {CITY, *DISTRICTS}
    assert neighbours(catalogue, {CITY}) == around
    assert neighbours(catalogue, {DISTRICTS[0]}) == around
    assert neighbours(catalogue, {ZONE}) == {ZONE}  # a zone overlaps the districts and adds up to nothing


def test_D24_districts_that_do_not_add_up_to_their_city_are_asked_about(desk: Desk) -> None:
    found = desk.check(beds({CITY: "720", **each()}))
    assert asked(found) == [("districts_differ", 2, False)]
    (problem,) = found.problems
    assert (problem.severity, problem.found) == (Severity.WARNING, "720")
    assert problem.facts == {
        "city_zh": "秦皇岛市",
        "city_en": "Qinhuangdao",
        "sum": "700",
        "total": "720",
        "difference": "-20",
        "count": "7",
        "expected": "7",
    }
    assert explain(problem)["zh"].startswith("秦皇岛市各区县合计为 700,全市数为 720,相差 -20")
    noted = desk.check(beds({CITY: "720", **each()}, note="含市属医院"))
    assert (noted.accepted, asked(noted)) == (True, [("districts_differ", 2, True)])


@pytest.mark.parametrize(
    ("city", "district", "differs"),
    [
        ("700", "100", False),
        ("704", "100", False),  # half of 1 for the city and each of seven districts
        ("696", "100", False),
        ("705", "100", True),
        ("695", "100", True),
        ("700.4", "100.0", False),
        ("700.5", "100.0", True),
        ("0", "0", False),
    ],
)
def test_the_sum_may_be_off_by_half_of_each_last_digit(desk: Desk, city: str, district: str, differs: bool) -> None:
    found = desk.check(beds({CITY: city, **each(district)}))
    assert ("districts_differ" in codes(found.problems)) == differs


def test_a_figure_in_a_coarse_unit_leaves_more_room(desk: Desk) -> None:
    """0.07 万张 may be anything from 650 to 750 beds, 0.0700 万张 only from 699.5 to 700.5."""
    rows = [{"region": region, "value": "104"} for region in DISTRICTS]

    def of_city(value: str, unit: str) -> list[str]:
        return codes(desk.check(csv({"region": CITY, "value": value, "unit": unit}, *rows, indicator="beds")).problems)

    assert of_city("0.07", "万张") == []
    assert of_city("0.0700", "万张") == ["districts_differ"]
    assert of_city("７００", "") == ["number_read_as", "districts_differ"]


def test_with_some_districts_missing_only_too_much_is_asked_about(desk: Desk) -> None:
    some = dict.fromkeys(DISTRICTS[:3], "300")
    assert desk.check(beds({CITY: "1000", **some})).problems == ()
    found = desk.check(beds({CITY: "890", **some}))
    assert asked(found) == [("districts_exceed", 2, False)]
    assert {k: found.problems[0].facts[k] for k in ("count", "expected", "sum")} == {
        "count": "3",
        "expected": "7",
        "sum": "900",
    }
    assert desk.check(beds({CITY: "899", **some})).problems == ()


def test_negative_figures_do_not_exceed(desk: Desk) -> None:
    every = {"indicator": "resident-population", "period": "2021"}
    below = desk.check(csv({"region": CITY, "value": "-5"}, {"region": DISTRICTS[0], "value": "-1"}, **every))
    assert "districts_exceed" not in codes(below.problems)


def test_a_citys_approved_figure_is_held_against_the_districts_sent(desk: Desk) -> None:
    desk.approve(beds({CITY: "720"}))
    found = desk.check(beds(each()))
    assert asked(found) == [("districts_differ", 2, False)]
    assert found.problems[0].found == "100"


def test_the_last_districts_complete_the_sum(desk: Desk) -> None:
    first, second = dict(list(each().items())[:4]), dict(list(each().items())[4:])
    desk.approve(beds({CITY: "720", **first}))
    assert asked(desk.check(beds(second))) == [("districts_differ", 2, False)]


def test_what_is_sent_goes_before_what_was_approved(desk: Desk) -> None:
    desk.approve(beds({CITY: "720", **each()}, note="含市属"))
    assert codes(desk.check(beds({CITY: "700"}, note="订正")).problems) == ["value_changes_approved"]


def test_what_was_explained_and_approved_is_not_asked_again(desk: Desk) -> None:
    desk.approve(beds({CITY: "720", **each()}, note="含市属"))
    assert codes(desk.check(beds({CITY: "720", **each()})).problems) == ["nothing_new"]


@pytest.mark.parametrize(
    "raw",
    [
        beds({CITY: "720", ZONE: "900", **each("103")}),
        beds(each()),
        beds({CITY: "7"}),
        beds({CITY: "7.2", **each("5")}, indicator="beds-per-1000"),
        beds({"510000": "5", "510100": "9"}),
        beds({CITY: "***", **each()}),
        beds({CITY: "100"}) + b"130302,beds,2022,200\n",
    ],
    ids=["a zone overlaps", "no city", "no district", "a ratio", "a province", "no value", "another year"],
)
def test_what_cannot_be_added_up_is_left_alone(desk: Desk, raw: bytes) -> None:
    assert not {"districts_differ", "districts_exceed"} & set(codes(desk.check(raw).problems))
