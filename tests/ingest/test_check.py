"""What a schema cannot know: bounds, slips, arithmetic, and what was known before."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import polars as pl
import pytest

from indicators.problem import Problem, Severity
from indicators.store import Store
from ingest import check, checking, normalise
from ingest.check import Checked
from ingest.checking import check_file
from ingest.people import User
from ingest.settings import SHIPPED, Settings
from ingest.submission import Decision
from ingest.words import explain
from ingest.workflow import decide, submit
from tests.returns import PUBLISHED, codes, csv, places, table, years

pytestmark = pytest.mark.usefixtures("in_process")

SHARED = SHIPPED.parents[1] / "shared" / "data" / "published_actuals.csv"
BEDS = {"indicator": "beds-per-1000", "value": "7.5"}
FLOW = {"indicator": "biohealth-value-added", "value": "100", "accumulation": "本年累计"}
Check = Callable[[bytes], Checked]


@pytest.fixture
def checked(store: Store, settings: Settings) -> Check:
    return lambda raw: check_file(store, settings, name="a.csv", raw=raw)


@pytest.fixture
def approved(store: Store, settings: Settings, wang: User, li: User, tmp_path: Any) -> Callable[[bytes], str]:
    """Submit and approve a return."""

    def through(raw: bytes) -> str:
        receipt = submit(store, settings, name="a.csv", raw=raw, user=wang, uploads=tmp_path / "uploads")
        assert receipt.checked.accepted, [explain(p) for p in receipt.checked.problems]
        decide(store, submission=receipt.submission, decision=Decision.APPROVE, user=li)
        return receipt.submission

    return through


def said(checked: Checked) -> list[tuple[Severity, str, int | None]]:
    return [(p.severity, p.code, p.row) for p in checked.problems]


def test_a_plain_return_is_accepted(checked: Check) -> None:
    found = checked(csv())
    assert (found.accepted, found.problems, found.rows) == (True, (), 1)
    assert (found.count("new"), found.count("changed"), found.count("unchanged")) == (1, 0, 0)


@pytest.mark.parametrize("path", [PUBLISHED, SHARED], ids=["shipped", "as received"])
def test_the_published_figures_are_accepted(checked: Check, path: Any) -> None:
    if not path.is_file():
        pytest.skip(f"not beside the repository: {path}")
    found = checked(path.read_bytes())
    assert (found.accepted, found.rows, found.count("new")) == (True, 57, 57)
    assert not any(p.blocks for p in found.problems)


def test_a_file_that_is_not_read_is_judged_too(checked: Check) -> None:
    found = checked(b"")
    assert (found.accepted, found.rows, codes(found.problems)) == (False, 0, ["file_empty"])
    assert found.fresh.is_empty()
    assert found.count("new") == 0


def test_a_header_that_is_wrong_still_counts_the_rows(checked: Check) -> None:
    found = checked(csv({}, {"period": "2022"}, without=["value"]))
    assert (found.accepted, found.rows, codes(found.problems)) == (False, 2, ["column_missing"])
    assert found.fresh.is_empty()


@pytest.mark.parametrize(
    "raw",
    [csv({"value": "abc"}), csv({"period": "?"}, {"region": "?"}), csv({}, {}, {}, indicator="?")],
    ids=["one bad row", "two bad rows", "three unknown"],
)
def test_a_file_of_nothing_but_bad_rows_is_answered(checked: Check, raw: bytes) -> None:
    found = checked(raw)
    assert not found.accepted
    assert found.problems
    assert found.count("new") == 0
    assert found.fresh.is_empty()


def test_problems_name_the_column_as_the_sheet_does(checked: Check) -> None:
    header = ["地区", "指标", "报告期", "数值", "版本", "备注"]
    raw = table(
        header, [["成都", "人均预期寿命", "2098", "8176", "年报", ""], ["成都", "人均预期寿命", "2098", "81", "", ""]]
    )
    assert {(p.code, p.column) for p in checked(raw).problems} == {
        ("twice_in_file", "报告期"),
        ("period_future", "报告期"),
        ("value_impossible", "数值"),
    }


# -- bounds and slips ------------------------------------------------------------------------------------------


def test_D16_a_period_that_is_not_over_is_refused(checked: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "today", lambda settings: date(2024, 6, 29))
    raw = csv({"period": "2024Q1"}, {"period": "2024Q2"}, {"period": "2024"}, **BEDS)
    assert places(checked(raw).problems) == [
        ("period_future", 3, "period", "2024Q2"),
        ("period_future", 4, "period", "2024"),
    ]
    monkeypatch.setattr(checking, "today", lambda settings: date(2024, 6, 30))
    assert places(checked(raw).problems) == [("period_future", 4, "period", "2024")]


def test_D16_years_ahead_is_refused_like_any_period_to_come(checked: Check) -> None:
    found = checked(csv({"period": str(date.today().year + 4)}, {"period": f"{date.today().year + 1}Q1"}, **BEDS))
    assert said(found) == [(Severity.ERROR, "period_future", 2), (Severity.ERROR, "period_future", 3)]


def test_D16_a_period_before_the_definition_is_in_force_is_asked_about(checked: Check) -> None:
    found = checked(csv({"period": "2014", "value": "80.1"}, {"period": "2015", "value": "80.5"}))
    assert said(found) == [(Severity.WARNING, "period_before_definition", 2)]
    assert (found.problems[0].column, found.problems[0].facts) == ("period", {"first": "2015-01-01"})
    assert "当时的口径" in explain(found.problems[0])["zh"]
    assert checked(csv({"period": "2014", "note": "按当时口径,户籍人口"})).accepted
    assert codes(checked(csv({"period": "2014", "value": "801"})).problems) == ["value_impossible"]


def test_a_yearly_indicator_inside_a_year_is_asked_about_once(checked: Check) -> None:
    places_of = [{"region": "510100"}, {"region": "武侯区"}, {"period": "2021"}, {"period": "2022年3月"}]
    found = checked(csv(*({"period": "2021Q2", **row} for row in places_of), note="快报"))
    assert [(p.severity, p.code, p.row, p.found) for p in found.problems] == [
        (Severity.WARNING, "period_not_due", 2, "2021Q2"),
        (Severity.WARNING, "period_not_due", 5, "2022-03"),
    ]
    assert found.accepted  # by its notes
    (alone,) = checked(csv(period="2021Q2")).problems
    assert alone.blocks and "这是 2020 年末(全年)的数吗" in explain(alone)["zh"]
    (nothing,) = [p for p in checked(csv(period="2021Q2", value="—")).problems if p.code == "period_not_due"]
    assert not nothing.blocks
    census = {"indicator": "常住人口", "period": "2020-11-01", "value": "2093", "note": "普查时点"}
    assert checked(csv(census)).problems == ()
    assert checked(csv({"period": "2021Q2", **BEDS})).problems == ()


@pytest.mark.parametrize(
    ("value", "severity", "code"),
    [
        ("101", Severity.ERROR, "value_impossible"),
        ("39.99", Severity.ERROR, "value_impossible"),
        ("-81", Severity.ERROR, "value_impossible"),
        ("96", Severity.WARNING, "value_unusual"),
        ("59", Severity.WARNING, "value_unusual"),
        ("100", Severity.WARNING, "value_unusual"),
    ],
)
def test_D24_a_value_outside_its_bounds(checked: Check, value: str, severity: Severity, code: str) -> None:
    found = checked(csv({"value": value}))
    assert said(found) == [(severity, code, 2)]
    assert not found.accepted
    bounds = {"value_impossible": "40–100 岁", "value_unusual": "60–95 岁"}[code]
    assert bounds in explain(found.problems[0])["zh"]


@pytest.mark.parametrize("value", ["60", "95"])
def test_the_bounds_themselves_are_inside(checked: Check, value: str) -> None:
    assert checked(csv({"value": value})).problems == ()


def test_an_open_bound_is_shown_open(checked: Check) -> None:
    (problem,) = checked(csv({"indicator": "biohealth-value-added", "value": "-5"})).problems
    assert problem.code == "value_impossible"
    assert problem.facts["range"].startswith("0–")


def test_D24_a_warning_is_lifted_by_a_note(checked: Check) -> None:
    found = checked(csv({"value": "96", "note": "百岁老人之乡"}))
    assert found.accepted
    assert [(p.code, p.explained, p.blocks) for p in found.problems] == [("value_unusual", True, False)]


def test_a_note_does_not_lift_an_error(checked: Check) -> None:
    assert not checked(csv({"value": "101", "note": "真的"})).accepted


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("7.5", "0.75", ["value_unusual", "value_slipped"]),
        ("2", "16.1", ["value_unusual", "value_slipped"]),
        ("7.5", "7.6", []),
    ],
    ids=["a tenth", "eight times", "usual"],
)
def test_D24_a_slipped_digit_is_asked_about(checked: Check, before: str, now: str, expected: list[str]) -> None:
    found = checked(
        csv({"period": "2020", "value": before}, {"period": "2021", "value": now}, indicator="beds-per-1000")
    )
    assert codes(found.problems) == expected
    if expected:
        assert found.problems[1].facts["previous"] == before
        assert found.problems[1].facts["when"] == "2020"


def test_a_share_typed_as_a_fraction_is_asked_about(checked: Check) -> None:
    """0.7 in a column of % that was 70: asked, never guessed."""
    rows = {"indicator": "family-doctor-signup-rate"}
    found = checked(csv({"period": "2020", "value": "70"}, {"period": "2021", "value": "0.7"}, **rows))
    assert "value_slipped" in codes(found.problems)
    assert found.figures["value"].to_list() == [70.0, 0.7]


def test_the_one_before_may_be_the_one_approved(checked: Check, approved: Callable[[bytes], str]) -> None:
    approved(csv({"period": "2020", "value": "7.5"}, indicator="beds-per-1000"))
    found = checked(csv({"period": "2021", "value": "75"}, indicator="beds-per-1000"))
    assert codes(found.problems) == ["value_impossible", "value_slipped"]
    assert found.problems[1].facts == {"previous": "7.5", "when": "2020", "times": "10"}


def test_another_region_is_no_predecessor(checked: Check) -> None:
    raw = csv(
        {"period": "2020", "region": "440100", "value": "40", "note": "x"},
        {"period": "2021", "value": "4"},
        indicator="beds-per-1000",
    )
    assert codes(checked(raw).problems) == ["value_unusual"]


def test_an_impossible_figure_does_not_put_the_next_one_in_doubt(checked: Check) -> None:
    raw = csv({"period": "2020", "value": "817"}, {"period": "2021", "value": "81.7"})
    assert places(checked(raw).problems) == [("value_impossible", 2, "value", "817")]


def test_D24_a_change_of_sign_is_asked_about(checked: Check) -> None:
    rows = {"indicator": "biohealth-value-added", "accumulation": "本年累计"}
    raw = csv({"period": "2020", "value": "5"}, {"period": "2021", "value": "-5"}, **rows)
    assert "value_sign" in codes(checked(raw).problems)


def test_a_bigger_step_than_usual_is_asked_about(checked: Check) -> None:
    found = checked(csv({"period": "2020", "value": "81.5"}, {"period": "2021", "value": "83"}))
    assert said(found) == [(Severity.WARNING, "value_jump", 3)]
    assert found.problems[0].facts == {"previous": "81.5", "when": "2020", "change": "+1.5", "usual": "1"}


def test_a_year_to_date_does_not_fall_within_its_year(checked: Check) -> None:
    raw = csv({"period": "2021Q1"}, {"period": "2021年上半年", "value": "90"}, **FLOW)
    assert codes(checked(raw).problems) == ["ytd_falls"]


def test_a_new_year_starts_low(checked: Check) -> None:
    raw = csv({"period": "2021", "value": "1000"}, {"period": "2022Q1", "value": "90"}, **FLOW)
    assert checked(raw).problems == ()


# -- parts -----------------------------------------------------------------------------------------------------


def ratio(**cells: str) -> bytes:
    return csv({"indicator": "beds-per-1000", "denominator": "20000000", **cells})


def test_a_ratio_is_computed_from_its_parts(checked: Check) -> None:
    found = checked(ratio(value="", numerator="150000"))
    assert (found.accepted, found.problems) == (True, ())
    assert found.figures["value"].to_list() == [7.5]


def test_a_whole_file_of_parts_needs_no_value_column(checked: Check, approved: Callable[[bytes], str]) -> None:
    raw = csv(
        {"period": "2020"}, indicator="beds-per-1000", numerator="150000", denominator="20000000", without=["value"]
    )
    approved(raw)
    assert codes(checked(raw).problems) == ["nothing_new"]


@pytest.mark.parametrize(
    ("value", "unit"),
    [("7.5", ""), ("7.50", ""), ("7.5", "张/千人"), ("75", "张/万人"), ("75.0", "张/万人"), ("8", ""), ("7.5张", "")],
)
def test_a_stated_ratio_may_differ_by_its_rounding(checked: Check, value: str, unit: str) -> None:
    assert "ratio_disagrees" not in codes(checked(ratio(value=value, unit=unit, numerator="150000")).problems)


@pytest.mark.parametrize(
    ("value", "unit"),
    [("7.51", ""), ("7.6", ""), ("6", "张/千人"), ("75.1", "张/万人"), ("7.51张", ""), ("\uff17.51", "")],
)
def test_a_stated_ratio_that_disagrees_is_refused(checked: Check, value: str, unit: str) -> None:
    found = checked(ratio(value=value, unit=unit, numerator="150000"))
    problem = next(p for p in found.problems if p.code == "ratio_disagrees")
    assert (problem.row, problem.column, problem.found) == (2, "value", value)
    assert problem.facts == {"computed": "7.5", "numerator": "150000", "denominator": "20000000"}


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        ({"value": "7.5", "numerator": ""}, ("part_alone", 2, "numerator")),
        ({"value": "7.5", "numerator": "1", "denominator": ""}, ("part_alone", 2, "numerator")),
        ({"value": "7.5", "numerator": "1", "denominator": "0"}, ("denominator_zero", 2, "denominator")),
        ({"value": "", "numerator": "1", "denominator": "0"}, ("denominator_zero", 2, "denominator")),
        ({"value": "", "numerator": "1", "denominator": ""}, ("value_empty", 2, "value")),
        ({"value": "", "numerator": "…"}, ("value_empty", 2, "value")),
    ],
)
def test_parts_that_give_no_ratio(checked: Check, cells: dict[str, str], wanted: tuple[str, int, str]) -> None:
    found = checked(ratio(**cells))
    assert wanted in [(p.code, p.row, p.column) for p in found.problems if p.severity is Severity.ERROR]
    assert not found.accepted


def test_a_ratio_that_is_suppressed_is_not_computed(checked: Check) -> None:
    found = checked(ratio(value="***", numerator="150000"))
    assert found.accepted
    assert found.figures.select("value", "missing").row(0) == (None, "suppressed")


def test_parts_of_an_indicator_without_parts(checked: Check) -> None:
    found = checked(csv(numerator="1", denominator="2"))
    assert said(found) == [(Severity.NOTICE, "part_on_other", 2)]
    assert found.accepted
    found = checked(csv({"value": ""}, numerator="1", denominator="2"))
    assert (Severity.ERROR, "value_empty", 2) in said(found)


def nested(part: str, total: str, **both: str) -> bytes:
    return csv(
        {"indicator": "beds-municipal-public-per-1000", "value": part},
        {"indicator": "beds-per-1000", "value": total},
        **both,
    )


@pytest.mark.parametrize(("part", "total"), [("1.93", "7.34"), ("7.34", "7.34"), ("7.3", "7.26")])
def test_a_part_may_be_as_large_as_its_total(checked: Check, part: str, total: str) -> None:
    assert "part_exceeds_total" not in codes(checked(nested(part, total, note="x")).problems)


@pytest.mark.parametrize(
    ("part", "total", "unit"), [("7.4", "7.26", ""), ("7.35", "7.34", ""), ("73.5", "73.4", "张/万人")]
)
def test_a_part_larger_than_its_total_is_refused(checked: Check, part: str, total: str, unit: str) -> None:
    found = checked(nested(part, total, unit=unit, note="x"))
    problem = next(p for p in found.problems if p.code == "part_exceeds_total")
    assert (problem.row, problem.found) == (2, part)
    assert problem.facts["total"] == "每千人口医疗卫生机构床位数"


@pytest.mark.parametrize(("numerator", "accepted"), [("150000", True), ("150001", False)])
def test_a_computed_part_has_no_rounding_to_lean_on(checked: Check, numerator: str, accepted: bool) -> None:
    parts = {"indicator": "beds-municipal-public-per-1000", "numerator": numerator, "denominator": "20000000"}
    found = checked(csv({"value": "", **parts}, {"indicator": "beds-per-1000", "value": "7.5"}, note="x"))
    assert ("part_exceeds_total" not in codes(found.problems)) == accepted


def test_a_part_is_held_against_an_approved_total(checked: Check, approved: Callable[[bytes], str]) -> None:
    approved(csv({"indicator": "beds-per-1000", "value": "7.34"}))
    found = checked(csv({"indicator": "beds-municipal-public-per-1000", "value": "7.5", "note": "x"}))
    assert "part_exceeds_total" in codes(found.problems)


# -- against what is known -------------------------------------------------------------------------------------


def test_D17_the_same_figure_twice_names_both_rows(checked: Check) -> None:
    for second in ("81.76", "82"):
        found = checked(csv({}, {"period": "2020"}, {"value": second, "period": "2021年末"}))
        assert places(found.problems) == [("twice_in_file", 4, "period", "2021")]
        assert "第 2 行" in explain(found.problems[0])["zh"]


def test_D18_what_is_known_already_is_nothing_new(checked: Check, approved: Callable[[bytes], str]) -> None:
    approved(csv(vintage="年报"))
    found = checked(csv(vintage="年报", note="再报一次"))
    assert (found.accepted, codes(found.problems), found.count("unchanged")) == (True, ["nothing_new"], 1)
    assert found.fresh.is_empty()


def test_D19_a_change_of_what_is_approved_needs_a_reason(checked: Check, approved: Callable[[bytes], str]) -> None:
    approved(csv())
    found = checked(csv({"value": "81.8"}))
    assert said(found) == [(Severity.WARNING, "value_changes_approved", 2)]
    assert found.problems[0].facts == {"previous": "81.76"}
    explained = checked(csv({"value": "81.8", "note": "订正"}, {"period": "2020", "value": "81.5"}))
    assert explained.accepted
    assert (explained.count("changed"), explained.count("new")) == (1, 1)
    assert explained.figures["known_value"].to_list() == [81.76, None]


@pytest.mark.parametrize(("first", "second"), [("81.76", "—"), ("—", "81.76")], ids=["taken back", "filled in"])
def test_a_value_and_a_missing_mark_are_different_answers(
    checked: Check, approved: Callable[[bytes], str], first: str, second: str
) -> None:
    approved(csv(value=first))
    found = checked(csv(value=second, note="订正"))
    assert found.count("changed") == 1
    assert codes(found.problems).count("value_changes_approved") == (first == "81.76")


def test_a_better_vintage_of_the_same_value_is_a_change(checked: Check, approved: Callable[[bytes], str]) -> None:
    approved(csv(vintage="快报"))
    found = checked(csv(vintage="年报"))
    assert (found.accepted, found.problems, found.count("changed")) == (True, (), 1)


def test_a_lower_vintage_needs_a_reason(checked: Check, approved: Callable[[bytes], str]) -> None:
    approved(csv(vintage="修订"))
    found = checked(csv({"value": "81.8"}, vintage="快报"))
    assert codes(found.problems) == ["value_changes_approved", "vintage_lower"]
    assert "修订" in explain(found.problems[1])["zh"]
    assert checked(csv({"value": "81.8", "note": "口径调整"}, vintage="快报")).accepted


def test_a_check_stores_nothing(store: Store, settings: Settings) -> None:
    before = store.last_entry()
    for raw in (csv(), csv({"value": "x"}), b""):
        check_file(store, settings, name="a.csv", raw=raw)
    assert store.last_entry() == before
    assert not settings.home.exists()


# -- many ------------------------------------------------------------------------------------------------------


def test_D30_of_many_problems_all_are_counted(checked: Check) -> None:
    found = checked(years(*["x"] * 25, start=2001) + b"".join(b"510100,?%d,2021,1\n" % n for n in range(500)))
    assert len(found.problems) == 525


def test_a_good_and_a_bad_example_ship_with_the_program(checked: Check) -> None:
    examples = SHIPPED / "examples"
    if not examples.is_dir():
        pytest.skip("no examples yet")
    good = checked((examples / "return-good.csv").read_bytes())
    assert good.accepted
    bad = checked((examples / "return-bad.csv").read_bytes())
    assert not bad.accepted
    assert len(set(codes(bad.problems))) >= 5


TEXTS = [
    "",
    " ",
    "成都市",
    "510100",
    "人均预期寿命",
    "beds-per-1000",
    "2021",
    "2021Q2",
    "—",
    "1,234",
    "7.5",
    "NaN",
    "\u200b",
    "-1",
    "9" * 16,
]
TEXTS += ["本期", "%", "张", "2024-03-01", "0", "修订", "biohealth-value-added", "=1+1", "x" * 3000, "😀"]


def test_whatever_the_cells_hold_the_answer_is_a_judgement(checked: Check) -> None:
    """Every cell of every row drawn at random from a pool of good and bad texts."""
    draw = random.Random(20241231)
    header = [
        "region",
        "indicator",
        "period",
        "value",
        "unit",
        "accumulation",
        "vintage",
        "numerator",
        "denominator",
        "published_on",
        "contributors",
        "note",
    ]
    likely = {
        "region": ["510100"],
        "indicator": ["beds-per-1000", "biohealth-value-added"],
        "period": ["2021", "2021Q2"],
        "value": ["7.5", ""],
    }
    for _ in range(40):
        rows = [
            [draw.choice(TEXTS if draw.random() < 0.4 else likely.get(name, [""])) for name in header]
            for _ in range(draw.randint(1, 6))
        ]
        found = checked(table(header, rows))
        assert all(explain(p)["zh"] and explain(p)["en"] for p in found.problems)
        if found.accepted:
            values = found.figures.filter(pl.col("value").is_not_null())["value"]
            assert values.is_finite().all()
            assert found.figures.filter(pl.col("value").is_null() & (pl.col("missing") == "")).is_empty()


def test_a_problem_is_one_of_three_kinds() -> None:
    made = partial(Problem, code="value_unusual")
    assert made(Severity.ERROR).blocks
    assert made(Severity.WARNING).blocks
    assert not made(Severity.WARNING, explained=True).blocks
    assert not made(Severity.NOTICE).blocks


# -- a return in pieces ------------------------------------------------------------------------------------

FAMILIES = (
    {"indicator": "beds", "value": "9986", "period": "2024"},
    {"indicator": "resident-population", "value": "158.94", "unit": "万人", "period": "2024"},
    {"indicator": "beds-per-1000", "value": "5.14", "period": "2024"},
    {"indicator": "tcm-beds-per-1000", "value": "6.2", "period": "2024"},
    {"indicator": "life-expectancy", "value": "8.176", "period": "2024"},
    {"indicator": "life-expectancy", "value": "80.1", "period": "2023"},
    {"indicator": "没有这个指标", "value": "1", "period": "2024"},
    {"indicator": "biohealth-value-added", "value": "10", "period": "2024上半年", "accumulation": "本年累计"},
    {"indicator": "biohealth-value-added", "value": "10", "period": "2024Q2", "accumulation": "本期"},
    {"indicator": "nurses-per-1000", "value": "３．３", "period": "2024"},
)


@pytest.mark.parametrize("most", [1, 2, 3])
def test_a_return_judged_in_pieces_is_judged_as_one(checked: Check, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    raw = csv(*FAMILIES, *FAMILIES[4:5])
    whole = checked(raw)
    assert {"ratio_disagrees_beside", "part_exceeds_total", "ytd_equals_period", "indicator_unknown"} <= {
        p.code for p in whole.problems
    }
    monkeypatch.setattr(normalise, "_AT_ONCE", most)
    monkeypatch.setattr(check, "_AT_ONCE", most)
    pieces = checked(raw)
    assert pieces.figures.equals(whole.figures)
    assert sorted(map(str, pieces.problems)) == sorted(map(str, whole.problems))
