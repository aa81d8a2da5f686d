"""A year to date beside its single quarter or month, a ratio beside the figures it is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicators.catalogue import Catalogue
from indicators.definition import MeasureType, Part
from indicators.problem import Severity
from indicators.store import Store
from ingest.consistency import related
from ingest.settings import Settings
from ingest.words import explain
from tests import builders as make
from tests.desk import Desk, asked
from tests.returns import codes, csv

pytestmark = pytest.mark.usefixtures("in_process")

FLOW = "biohealth-value-added"
OURS = {"ytd_equals_period", "ytd_disagrees_period", "ratio_disagrees_beside"}


@pytest.fixture
def desk(store: Store, settings: Settings, tmp_path: Path) -> Desk:
    return Desk(store, settings, tmp_path)


def sums(*figures: tuple[str, str, str], **every: str) -> bytes:
    """Figures of a flow, as (period, 累计 or 本期, value)."""
    rows = ({"period": period, "accumulation": how, "value": value} for period, how, value in figures)
    return csv(*rows, **{"indicator": FLOW, **every})


def ours(desk: Desk, raw: bytes) -> list[tuple[str, int | None]]:
    return [(p.code, p.row) for p in desk.check(raw).problems if p.code in OURS]


# -- the year to date is no single quarter ---------------------------------------------------------------------


def test_D24_a_half_year_equal_to_its_second_quarter_is_asked_about(desk: Desk) -> None:
    found = desk.check(sums(("2022Q2", "本期", "98.5"), ("2022年上半年", "", "98.50")))
    assert asked(found) == [("ytd_equals_period", 3, False)]
    (problem,) = found.problems
    assert (problem.severity, problem.column, problem.found) == (Severity.WARNING, "value", "98.50")
    assert problem.facts == {"value": "98.5", "when": "2022Q2"}
    assert explain(problem)["zh"].startswith("2022Q2 的本年累计与本期数都是 98.5,可能抄成了同一个数")
    assert desk.check(sums(("2022Q2", "本期", "98.5"), ("2022Q2", "累计", "98.5"), note="一季度停产")).accepted


@pytest.mark.parametrize(
    "figures",
    [
        [("2022Q1", "本期", "90")],
        [("2022Q1", "累计", "90")],
        [("2022Q2", "本期", "0"), ("2022Q2", "累计", "0")],
        [("2022Q2", "本期", "90"), ("2022Q2", "累计", "180")],
        [("2022Q2", "本期", "90"), ("2022Q3", "累计", "90")],
        [("2022Q2", "本期", "90"), ("2022Q2", "累计", "—")],
        [("2022Q1", "累计", "0"), ("2022Q2", "本期", "90"), ("2022Q2", "累计", "90")],
    ],
    ids=["first quarter", "no single one", "nothing yet", "sound", "another end", "no value", "nothing before"],
)
def test_what_says_nothing_against_a_year_to_date(desk: Desk, figures: list[tuple[str, str, str]]) -> None:
    assert ours(desk, sums(*figures)) == []


def test_a_month_is_no_year_to_date_either(desk: Desk) -> None:
    assert ours(desk, sums(("2022-05", "本期", "30"), ("2022年1-5月", "", "30"))) == [("ytd_equals_period", 3)]
    assert ours(desk, sums(("2022-01", "本期", "30"))) == []


def test_regions_and_indicators_are_apart(desk: Desk) -> None:
    single = {"period": "2022Q2", "accumulation": "本期", "value": "90", "indicator": FLOW}
    total = single | {"accumulation": "累计"}
    assert ours(desk, csv(single, total | {"region": "440100"})) == []
    assert ours(desk, csv(single, total | {"indicator": "biomedicine-revenue"})) == []


@pytest.mark.parametrize(
    ("approved", "sent"),
    [("本期", "累计"), ("累计", "本期")],
    ids=["the year to date is new", "the quarter is new"],
)
def test_the_other_figure_may_be_approved(desk: Desk, approved: str, sent: str) -> None:
    desk.approve(sums(("2022Q2", approved, "90")))
    assert ours(desk, sums(("2022Q2", sent, "90"))) == [("ytd_equals_period", 2)]
    assert ours(desk, sums(("2022Q2", sent, "90"), ("2022Q2", approved, "80"))) == []


def test_what_was_explained_and_approved_is_not_doubted_again(desk: Desk) -> None:
    desk.approve(sums(("2022Q2", "本期", "90"), ("2022Q2", "累计", "90"), note="一季度停产"))
    again = sums(("2022Q2", "本期", "90"), ("2022Q2", "累计", "90"), ("2023Q1", "累计", "80"))
    assert desk.check(again).problems == ()


# -- the year to date and the one before it --------------------------------------------------------------------


def test_D24_a_year_to_date_that_is_not_the_sum_is_asked_about(desk: Desk) -> None:
    found = desk.check(sums(("2022Q1", "累计", "80"), ("2022Q2", "本期", "90"), ("2022Q2", "累计", "180.5")))
    assert asked(found) == [("ytd_disagrees_period", 4, False)]
    assert found.problems[0].facts == {
        "ytd": "180.5",
        "before": "80",
        "when": "2022Q1",
        "computed": "100.5",
        "period": "2022Q2",
        "single": "90",
    }
    assert explain(found.problems[0])["zh"].startswith("本年累计 180.5 减去上一期的累计 80(2022Q1)得 100.5")


@pytest.mark.parametrize(
    ("before", "single", "ytd", "differs"),
    [
        ("80", "90", "170", False),
        ("80", "90", "171", False),  # half of 1 for each of the three
        ("80", "90", "172", True),
        ("80", "90", "168", True),
        ("80.0", "90.0", "170.1", False),
        ("80.0", "90.0", "170.2", True),
        ("80.0", "90.0", "171", True),
    ],
)
def test_the_three_may_be_off_by_half_of_each_last_digit(
    desk: Desk, before: str, single: str, ytd: str, differs: bool
) -> None:
    found = ours(desk, sums(("2022Q1", "累计", before), ("2022Q2", "本期", single), ("2022Q2", "累计", ytd)))
    assert found == [("ytd_disagrees_period", 4)] * differs


def test_a_figure_in_another_unit_leaves_its_own_room(desk: Desk) -> None:
    before = {"period": "2022Q1", "accumulation": "累计", "value": "80.00"}
    single = {"period": "2022Q2", "accumulation": "本期", "value": "90.00"}

    def of_half(value: str) -> list[tuple[str, int | None]]:
        total = {"period": "2022Q2", "accumulation": "累计", "value": value, "unit": "万元"}
        return ours(desk, csv(before, single, total, indicator=FLOW))

    assert of_half("1700100") == []
    assert of_half("1700102") == [("ytd_disagrees_period", 4)]


def test_quarters_and_months_have_the_one_before_of_their_own_kind(desk: Desk) -> None:
    months = [("2022年1-5月", "", "140"), ("2022-06", "本期", "30"), ("2022年上半年", "", "170")]
    quarters = [("2022Q1", "累计", "80"), ("2022Q2", "本期", "90")]
    assert ours(desk, sums(*months, *quarters)) == []
    assert ours(desk, sums(*months, quarters[0], ("2022Q2", "本期", "96"))) == [("ytd_disagrees_period", 4)]
    assert ours(desk, sums(("2022年1-5月", "", "149"), *months[1:], *quarters)) == [("ytd_disagrees_period", 4)]


def test_a_year_closes_with_its_fourth_quarter_and_opens_anew(desk: Desk) -> None:
    year = [("2022年前三季度", "", "270"), ("2022Q4", "本期", "90"), ("2022", "", "360"), ("2023Q1", "累计", "85")]
    assert ours(desk, sums(*year)) == []
    assert ours(desk, sums(year[0], ("2022Q4", "本期", "80"), *year[2:])) == [("ytd_disagrees_period", 4)]


@pytest.mark.parametrize(
    ("approved", "sent"),
    [
        ([("2022Q1", "累计", "80"), ("2022Q2", "本期", "90")], ("2022Q2", "累计", "190")),
        ([("2022Q1", "累计", "80"), ("2022Q2", "累计", "190")], ("2022Q2", "本期", "90")),
        ([("2022Q2", "本期", "90"), ("2022Q2", "累计", "190")], ("2022Q1", "累计", "80")),
    ],
    ids=["the year to date", "the quarter", "the one before"],
)
def test_whichever_is_new_is_asked(
    desk: Desk, approved: list[tuple[str, str, str]], sent: tuple[str, str, str]
) -> None:
    desk.approve(sums(*approved))
    assert ours(desk, sums(sent)) == [("ytd_disagrees_period", 2)]
    desk.approve(sums(sent, note="一季度数已修订"))
    assert ours(desk, sums(sent)) == []


def test_equal_to_its_quarter_is_told_once_though_the_sum_is_wrong_too(desk: Desk) -> None:
    figures = [("2022Q1", "累计", "80"), ("2022Q2", "本期", "90"), ("2022Q2", "累计", "90")]
    assert ours(desk, sums(*figures)) == [("ytd_equals_period", 4)]
    desk.approve(sums(*figures[1:], note="核实"))
    assert ours(desk, sums(figures[0])) == [("ytd_disagrees_period", 2)]


# -- a ratio beside its parts ----------------------------------------------------------------------------------

BEDS = {"indicator": "beds", "value": "160000"}
PEOPLE = {"indicator": "常住人口", "value": "2000"}  # 万人
RATIO = {"indicator": "beds-per-1000", "value": "8.00"}


def test_D24_a_ratio_that_its_parts_beside_it_do_not_give_is_asked_about(desk: Desk) -> None:
    found = desk.check(csv(RATIO | {"value": "7.00"}, BEDS, PEOPLE))
    assert asked(found) == [("ratio_disagrees_beside", 2, False)]
    (problem,) = found.problems
    assert (problem.severity, problem.column, problem.found) == (Severity.WARNING, "value", "7.00")
    assert problem.facts == {
        "ratio": "7 张/千人",
        "ratio_zh": "每千人口医疗卫生机构床位数",
        "ratio_en": "Beds in medical institutions per 1,000 people",
        "top": "160000 张",
        "top_zh": "医疗卫生机构床位数",
        "top_en": "Beds in medical institutions",
        "bottom": "2000 万人",
        "bottom_zh": "常住人口",
        "bottom_en": "Resident population",
        "computed": "8",
    }
    assert "“医疗卫生机构床位数”160000 张 ÷“常住人口”2000 万人 得 8" in explain(problem)["zh"]
    assert desk.check(csv(RATIO | {"value": "7.00"}, BEDS, PEOPLE, note="按年平均人口计算")).accepted


@pytest.mark.parametrize(
    ("cells", "differs"),
    [
        ({"value": "8.00"}, False),
        ({"value": "8.08"}, False),  # 1 %
        ({"value": "8.09"}, True),
        ({"value": "7.92"}, False),
        ({"value": "7.91"}, True),
        ({"value": "8"}, False),
        ({"value": "80", "unit": "张/万人"}, False),
        ({"value": "90", "unit": "张/万人"}, True),
    ],
)
def test_one_in_a_hundred_may_be_a_matter_of_the_population(desk: Desk, cells: dict[str, str], differs: bool) -> None:
    assert ours(desk, csv(RATIO | cells, BEDS, PEOPLE)) == [("ratio_disagrees_beside", 2)] * differs


@pytest.mark.parametrize(
    ("ratio", "beds", "people", "differs"),
    [
        ({"value": "8.25"}, {"value": "16", "unit": "万张"}, {}, False),  # 15.5 to 16.5 are 7.75 to 8.25
        ({"value": "8.25"}, {"value": "16.0", "unit": "万张"}, {}, True),
        ({"value": "8.1"}, {}, {"value": "0.20", "unit": "亿人"}, False),
        ({"value": "8.1"}, {}, {"value": "0.2000", "unit": "亿人"}, True),
    ],
)
def test_the_last_digits_of_the_parts_count_too(
    desk: Desk, ratio: dict[str, str], beds: dict[str, str], people: dict[str, str], differs: bool
) -> None:
    found = ours(desk, csv(RATIO | ratio, BEDS | beds, PEOPLE | people))
    assert found == [("ratio_disagrees_beside", 2)] * differs


@pytest.mark.parametrize(
    "rows",
    [
        [BEDS],
        [BEDS, PEOPLE | {"period": "2019"}],
        [BEDS, PEOPLE | {"period": "2022"}],
        [BEDS | {"period": "2020"}, PEOPLE],
        [BEDS | {"region": "440100"}, PEOPLE],
        [BEDS | {"value": "***"}, PEOPLE],
        [BEDS, PEOPLE | {"value": "0"}],
        [{"numerator": "140000", "denominator": "20000000", "indicator": "beds-per-1000", "region": "440100"}],
    ],
    ids=[
        "one part",
        "too long ago",
        "later",
        "another year",
        "another region",
        "no value",
        "nobody lives there",
        "another ratio's own parts",
    ],
)
def test_a_ratio_whose_parts_are_not_both_beside_it(desk: Desk, rows: list[dict[str, str]]) -> None:
    assert ours(desk, csv(RATIO | {"value": "7.00"}, *rows)) == []


def test_the_population_of_the_last_year_end_is_the_one_beside_a_quarter(desk: Desk) -> None:
    quarter = [RATIO | {"period": "2022Q3", "value": "7.00"}, BEDS | {"period": "2022Q3"}]
    found = desk.check(csv(*quarter, PEOPLE))
    assert asked(found) == [("ratio_disagrees_beside", 2, False)]
    assert "“常住人口”2000 万人(2021) 得 8" in explain(found.problems[0])["zh"]
    desk.approve(csv(PEOPLE))
    assert ours(desk, csv(*quarter)) == [("ratio_disagrees_beside", 2)]


@pytest.mark.parametrize(("value", "differs"), [("8.16", False), ("8.17", True), ("7.84", False), ("7.83", True)])
def test_an_older_population_may_be_off_by_two_in_a_hundred(desk: Desk, value: str, differs: bool) -> None:
    quarter = [RATIO | {"period": "2022Q3", "value": value}, BEDS | {"period": "2022Q3"}]
    assert ours(desk, csv(*quarter, PEOPLE)) == [("ratio_disagrees_beside", 2)] * differs


def test_of_several_year_ends_the_latest_counts(desk: Desk) -> None:
    rows = [RATIO | {"period": "2022"}, BEDS | {"period": "2022"}, PEOPLE | {"value": "1000"}]
    assert ours(desk, csv(*rows)) == [("ratio_disagrees_beside", 2)]
    assert ours(desk, csv(*rows, PEOPLE | {"period": "2022"})) == []


def test_figures_are_said_in_the_unit_of_the_sheet(desk: Desk) -> None:
    said = {"unit": "万元", "accumulation": "累计"}
    rows = [{"period": "2022Q1", "value": "400000", **said}, {"period": "2022Q2", "value": "900000", **said}]
    single = {"period": "2022Q2", "value": "300000", "unit": "万元", "accumulation": "本期"}
    (problem,) = [p for p in desk.check(csv(*rows, single, indicator=FLOW)).problems if p.code in OURS]
    assert {problem.facts[name] for name in ("ytd", "before", "computed", "single")} == {
        *("900000 万元", "400000 万元", "500000 万元", "300000 万元")
    }


def test_a_ratio_that_brings_its_parts_is_left_to_them(desk: Desk) -> None:
    own = {"numerator": "140000", "denominator": "20000000"}
    assert ours(desk, csv(RATIO | {"value": "7.00"} | own, BEDS, PEOPLE)) == []
    assert ours(desk, csv(RATIO | {"value": ""} | own, BEDS, PEOPLE)) == []


@pytest.mark.parametrize(
    ("approved", "sent"),
    [([BEDS, PEOPLE], RATIO), ([RATIO, PEOPLE], BEDS), ([RATIO, BEDS], PEOPLE)],
    ids=["the ratio", "its numerator", "its denominator"],
)
def test_whichever_of_ratio_and_parts_is_new_is_asked(
    desk: Desk, approved: list[dict[str, str]], sent: dict[str, str]
) -> None:
    desk.approve(csv(*approved))
    assert ours(desk, csv(sent)) == []
    wrong = sent | {"value": f"{float(sent['value']) * 0.9:g}"}
    assert ours(desk, csv(wrong)) == [("ratio_disagrees_beside", 2)]
    desk.approve(csv(wrong, note="核实"))
    assert codes(desk.check(csv(wrong)).problems) == ["nothing_new"]


# -- which figures are needed ----------------------------------------------------------------------------------


def test_what_is_needed_beside_an_indicator_of_the_catalogue(untouched: Store) -> None:
    catalogue = untouched.catalogue()
    beside = related(catalogue)
    assert beside["beds-municipal-public-per-1000"] == {"beds-per-1000"}
    assert beside["beds-per-1000"] == {"beds", "resident-population"}
    assert beside["resident-population"] == {
        *("beds", "beds-per-1000", "doctors", "doctors-per-1000", "nurses", "nurses-per-1000")
    }
    assert beside["life-expectancy"] == set()
    assert set(beside) == set(catalogue.indicators)


@pytest.mark.parametrize(
    ("part", "level", "found"),
    [
        (Part("病床", "张"), {}, True),
        (Part("病 床", "张"), {"unit": "万张"}, True),
        (Part("病床", "个"), {}, False),
        (Part("病房", "张"), {}, False),
        (Part("病床", "张"), {"measure": MeasureType.FLOW}, False),
    ],
    ids=["its name", "in another unit", "another dimension", "another name", "a flow"],
)
def test_a_part_is_an_indicator_of_that_name_counted_at_an_instant(
    part: Part, level: dict[str, str], found: bool
) -> None:
    ratio = make.indicator(make.ratio_definition(numerator=part), id="ratio", name_zh="比率", name_en="Ratio")
    beds = make.indicator(make.definition(**level), name_zh="病床")
    people = make.indicator(make.definition(unit="万人"), id="people", name_zh="常住人口", name_en="People")
    both = Catalogue({one.id: one for one in (ratio, beds, people)})
    assert related(both)["ratio"] == ({"beds", "people"} if found else set())


def test_a_part_counted_in_one_unit_and_then_in_another_is_left_alone() -> None:
    ratio = make.indicator(make.ratio_definition(), id="ratio", name_zh="比率", name_en="Ratio")
    beds = make.indicator(make.definition(), make.definition(2, unit="万张"), name_zh="床位")
    people = make.indicator(make.definition(unit="万人"), id="people", name_zh="常住人口", name_en="People")
    assert related(Catalogue({one.id: one for one in (ratio, beds, people)}))["ratio"] == set()
