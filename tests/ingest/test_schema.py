"""The last look before figures are believed: what the model refuses, and that it really looks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandera.polars as pa
import polars as pl
import pytest

from indicators.problem import Problem, Severity
from ingest.schema import KEY, Figures, failures
from tests.returns import FIGURE, codes, places

TYPES = {
    "row": pl.Int32,
    "definition": pl.Int32,
    "value": pl.Float64,
    "numerator": pl.Float64,
    "denominator": pl.Float64,
    "published_on": pl.Date,
    "contributors": pl.Int32,
}


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    """Figures of different years, one for each of `rows`, plain but for what is given."""
    plain = [
        FIGURE | {"row": n, "period": str(2000 + n), "period_end": date(2000 + n, 12, 31)} | row
        for n, row in enumerate(rows, start=2)
    ]
    order = list(Figures.to_schema().columns)
    return pl.DataFrame(plain, infer_schema_length=None, schema_overrides=TYPES).select(order)


def test_good_figures_pass() -> None:
    good = frame({}, {"value": None, "missing": "suppressed"}, {"value": None, "numerator": 1.0, "denominator": 2.0})
    assert failures(good, []) == []
    assert failures(frame({}).clear(), []) == []


@pytest.mark.parametrize("column", ["value", "numerator", "denominator"])
@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")], ids=str)
def test_D09_nan_and_infinity_never_pass(column: str, number: float) -> None:
    found = failures(frame({}, {column: number}, {}), [])
    assert [(p.severity, p.code, p.row, p.column) for p in found] == [(Severity.ERROR, "number_not_finite", 3, column)]


def test_a_lazy_frame_would_let_nan_through() -> None:
    """Why `failures` hands pandera a DataFrame: of a LazyFrame it checks the columns' types and nothing else."""
    bad = frame({"value": float("nan")})
    Figures.validate(bad.lazy(), lazy=True).collect()
    with pytest.raises(pa.errors.SchemaErrors):
        Figures.validate(bad, lazy=True)
    assert codes(failures(bad, [])) == ["number_not_finite"]


def test_D17_the_same_figure_twice_names_both_rows() -> None:
    same = {"period": "2021", "period_end": date(2021, 12, 31)}
    found = failures(frame(same, {}, same | {"value": 9.0}, same), [])
    assert places(found) == [("twice_in_file", 4, "period", "2021"), ("twice_in_file", 5, "period", "2021")]
    assert [p.facts["first"] for p in found] == ["2", "2"]
    assert [set(p.facts) for p in found] == [{"first", "other", "value", "hint_zh", "hint_en"}] * 2
    differ, alike = (p.facts["hint_en"] for p in found)
    assert differ.startswith("Find out which is right") and alike.startswith("Both say the same")


@pytest.mark.parametrize("column", KEY)
def test_figures_that_differ_in_their_key_are_two(column: str) -> None:
    same = {"period_end": date(2021, 12, 31)}
    other: dict[str, Any] = {
        "indicator": "nurses",
        "region": "440100",
        "period_end": date(2021, 9, 30),
        "accumulation": "ytd",
    }
    assert failures(frame(same, same | {column: other[column]}), []) == []


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ({"value": None}, "value_empty", "value"),
        ({"value": None, "numerator": 1.0}, "value_empty", "value"),
        ({"value": 1.0, "missing": "suppressed"}, "value_empty", "value"),
        ({"contributors": -1}, "count_unreadable", "contributors"),
        ({"indicator": None}, "number_unreadable", "indicator"),
        ({"missing": "lost"}, "value_empty", "value"),
    ],
)
def test_a_row_the_model_refuses(row: dict[str, Any], code: str, column: str) -> None:
    found = failures(frame({}, row), [])
    assert (code, 3, column) in [(p.code, p.row, p.column) for p in found]
    assert {p.row for p in found} == {3}


def test_a_row_already_named_is_not_named_twice() -> None:
    error = Problem(Severity.ERROR, "number_unreadable", row=2)
    warning = Problem(Severity.WARNING, "value_unusual", row=3)
    bad = frame({"value": None}, {"value": None})
    assert [p.row for p in failures(bad, [error, warning])] == [3]


def test_a_frame_that_is_not_ours_is_our_mistake() -> None:
    with pytest.raises(AssertionError, match="the frame itself is wrong"):
        failures(frame({}).drop("note"), [])
