"""What may be true and yet asks for a word: slips, signs, jumps, figures that stand still, figures out of character.

All are warnings, lifted by the note of their row. Only figures that say something new are asked about. A figure is
held against the latest earlier one of its series (indicator, region, accumulation), approved or in the same file;
what a series is like is told by approved figures alone, for what a file brings is no history yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from indicators.problem import Problem, Severity
from ingest.columns import KEY
from ingest.held import NEWS
from ingest.rule import Row, Rule, figure, finding, shown

__all__ = ["SLIP", "Stillness", "doubts", "falls", "jumped", "outside", "slipped", "values_repeat"]

SLIP = 8.0  # a figure this many times the last one, or this fraction of it, looks like a slipped digit
_MOVES = 4  # changes a series must have made before one can be out of character
_ALIKE = 3  # rows that must all repeat the last figure to look copied
_SERIES = ["indicator", "region", "accumulation"]
_NEEDED = ["row", *KEY, "period", "value", "definition", "found", "unit", "vintage", "note"]
_NEEDED += ["possible_low", "possible_high", "usual_change", "measure", "decimals"]
_NO_SERIES = ["titles", "milestone"]  # counts that stand still by nature


@dataclass(frozen=True, slots=True)
class Stillness:
    """How many figures of some could repeat the one before them, and the rows that do."""

    comparable: int = 0
    same: pl.DataFrame = field(default_factory=pl.DataFrame)


def doubts(frame: pl.DataFrame, known: pl.DataFrame) -> tuple[list[Problem], Stillness]:
    """Every doubt about the figures of `frame` (with `change` and their definition) beside approved `known`.

    Whether all figures of a return stand still is for `values_repeat` to say, which sees them all.
    """
    asked = _with_previous(frame, known)
    found = [one for rule in _RULES for one in rule.problems(asked)]
    if known.is_empty():
        return found, Stillness()
    history = _history(known)
    still = _still(asked, history)
    alone = Rule(Severity.WARNING, "value", "value_repeats", _TELLING, _previous_facts)
    return found + list(alone.problems(still.same)) + list(_beyond(asked, known, history)), still


def outside(name: str) -> pl.Expr:
    """Whether a value lies outside the definition's bounds `possible` or `usual`."""
    low = (pl.col("value") < pl.col(f"{name}_low")).fill_null(False)
    return low | (pl.col("value") > pl.col(f"{name}_high")).fill_null(False)


def _with_previous(frame: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """What is new of `frame`, by row, with the latest earlier figure of its series (`previous…`)."""
    sound = ~outside("possible")  # an impossible figure says nothing about the next one
    taken = [*KEY, "value", "period", "definition"]
    sent = frame.lazy().filter(sound).select(*taken, approved=pl.col("change") == "unchanged").collect()
    approved = known.select(*taken, pl.lit(True).alias("approved")).join(sent, on=KEY, how="anti")
    earlier = (
        pl.concat([approved, sent])
        .filter(pl.col("value").is_not_null())
        .select(
            *_SERIES,
            previous_end="period_end",
            previous="value",
            previous_period="period",
            previous_definition="definition",
            previous_approved="approved",
        )
        .sort("previous_end")
    )
    return (
        frame.lazy()
        .filter(pl.col("change").is_in(NEWS))
        .select(_NEEDED)
        .collect()
        .sort("period_end")
        .join_asof(
            earlier,
            left_on="period_end",
            right_on="previous_end",
            by=_SERIES,
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .sort("row")
    )


# -- against the figure before -----------------------------------------------------------------------------


def slipped() -> pl.Expr:
    times = pl.col("value") / pl.col("previous")
    both = (pl.col("value") != 0) & (pl.col("previous") != 0) & (times > 0)
    # the first quarter's year to date is naturally far below the year before's total
    new_year = (pl.col("accumulation") == "ytd") & ~_same_year()
    return (both & ((times >= SLIP) | ((times <= 1 / SLIP) & ~new_year))).fill_null(False)


def jumped() -> pl.Expr:
    return ((pl.col("value") - pl.col("previous")).abs() > pl.col("usual_change")).fill_null(False)


def _same_year() -> pl.Expr:
    return pl.col("period_end").dt.year() == pl.col("previous_end").dt.year()


def falls() -> pl.Expr:
    return (pl.col("accumulation") == "ytd") & _same_year() & (pl.col("value") < pl.col("previous"))


def _previous_facts(row: Row) -> dict[str, str]:
    (previous,) = shown([row["previous"]], found=row["found"], unit=row["unit"], value=row["value"])
    return {"previous": previous, "when": row["previous_period"]}


def _slip_facts(row: Row) -> dict[str, str]:
    return {**_previous_facts(row), "times": f"{row['value'] / row['previous']:.3g}"}


def _jump_facts(row: Row) -> dict[str, str]:
    change = f"{row['value'] - row['previous']:+.6g}"
    return {**_previous_facts(row), "change": change, "usual": figure(row["usual_change"])}


_RULES = (
    Rule(Severity.WARNING, "value", "value_slipped", slipped(), _slip_facts),
    Rule(Severity.WARNING, "value", "value_sign", pl.col("value") * pl.col("previous") < 0, _previous_facts),
    Rule(Severity.WARNING, "value", "value_jump", jumped() & ~slipped(), _jump_facts),
    Rule(Severity.WARNING, "value", "ytd_falls", falls(), _previous_facts),
)


# -- against what the series is like -----------------------------------------------------------------------


def _history(known: pl.DataFrame) -> pl.DataFrame:
    """Every approved figure with a value beside the one before it in its series: `before`, `before_end`, `months`.

    A change of definition starts a new series.
    """
    series = [*_SERIES, "definition"]
    return (
        known.filter(pl.col("value").is_not_null())
        .sort("period_end")
        .select(
            *KEY,
            "definition",
            "value",
            before=pl.col("value").shift(1).over(series),
            before_end=pl.col("period_end").shift(1).over(series),
        )
        .with_columns(months=_months("before_end"))
    )


def _months(before: str) -> pl.Expr:
    """Calendar months from the period end in column `before` to `period_end`."""
    end, start = pl.col("period_end").dt, pl.col(before).dt
    return (end.year() - start.year()) * 12 + end.month().cast(pl.Int32) - start.month().cast(pl.Int32)


_TELLING = (pl.col("accumulation") == "ytd") | (pl.col("decimals") > 0)  # whose repetition is told by itself


def _still(asked: pl.DataFrame, history: pl.DataFrame) -> Stillness:
    """Figures that repeat the approved one before them, at most a year earlier, as if copied from the last return.

    A year to date that does not move within its year, or a figure printed with decimals that repeats all of them,
    is asked about by itself. Never asked about are 0, the bounds of what is possible (a coverage of 100 %), titles,
    and a series that has stood still before: a number of hospitals.
    """
    ytd = pl.col("accumulation") == "ytd"
    within_year = pl.when(ytd).then(pl.col("period_end").dt.year() == pl.col("before_end").dt.year()).otherwise(True)
    stood = history.filter((pl.col("value") == pl.col("before")) & within_year).select(_SERIES).unique()
    bound = pl.col("previous").eq(pl.col("possible_low")) | pl.col("previous").eq(pl.col("possible_high"))
    comparable = (
        asked.filter(
            pl.col("previous_approved"),
            pl.col("value").is_not_null(),
            pl.col("previous") != 0,
            ~bound.fill_null(False),
            ~pl.col("measure").is_in(_NO_SERIES),
            pl.when(ytd).then(_same_year()).otherwise(_months("previous_end") <= 12),
        )
        .join(stood, on=_SERIES, how="anti")
        .sort("row")
    )
    return Stillness(comparable.height, comparable.filter(pl.col("value") == pl.col("previous")))


def values_repeat(stillness: Sequence[Stillness]) -> list[Problem]:
    """One doubt where three or more figures of a return could be compared and all of them repeat.

    A note on any of them answers.
    """
    same = [still.same for still in stillness if still.same.height]
    count = sum(frame.height for frame in same)
    if not _ALIKE <= count == sum(still.comparable for still in stillness):
        return []
    rows = pl.concat(same).sort("row")
    first = rows.row(0, named=True) | {"note": "".join(rows["note"])}
    return [finding(first, Severity.WARNING, "value", "values_repeat", {"count": str(count)})]


def _beyond(asked: pl.DataFrame, known: pl.DataFrame, history: pl.DataFrame) -> Iterator[Problem]:
    """Changes more than twice the largest that the series ever made, once it has moved four times.

    Like is held against like. A level, or a single quarter's flow: its change over the same number of months, and
    one last digit more; left alone where the definition states a usual change. A year to date: its growth on the
    same months a year earlier, and five percentage points more.
    """
    same = [*_SERIES, "definition", "months"]
    move = (pl.col("value") - pl.col("before")).abs()
    largest = history.filter(move > 0).group_by(same).agg(moves=pl.len(), largest=move.max())
    level = (
        asked.filter(pl.col("accumulation") != "ytd", pl.col("usual_change").is_null(), ~slipped())
        .with_columns(months=_months("previous_end"), moved=pl.col("value") - pl.col("previous"))
        .filter(pl.col("definition") == pl.col("previous_definition"))
        .join(largest.filter(pl.col("moves") >= _MOVES), on=same)
    )
    digit = pl.lit(10.0).pow(-pl.col("decimals").cast(pl.Float64))
    beyond = pl.col("moved").abs() > (2 * pl.col("largest") + digit) * (1 + 1e-9)
    yield from Rule(Severity.WARNING, "value", "value_out_of_character", beyond, _level_facts).problems(level)

    values = [*_SERIES, "definition", "period_end"]
    flows = pl.concat([known.select(*values, "value", "period"), asked.select(*values, "value", "period")])
    flows = flows.filter(pl.col("accumulation") == "ytd", pl.col("value") > 0).unique(values, keep="last")
    grown = (pl.col("value") / pl.col("previous") - 1).alias("growth")
    past = _year_before(known.filter(pl.col("accumulation") == "ytd", pl.col("value") > 0), flows).with_columns(grown)
    usual = past.filter(pl.col("growth") != 0).group_by(*_SERIES, "definition")
    most = usual.agg(moves=pl.len(), largest=pl.col("growth").abs().max()).filter(pl.col("moves") >= _MOVES)
    yearly = _year_before(asked.filter(pl.col("accumulation") == "ytd").drop("previous", "previous_period"), flows)
    yearly = yearly.with_columns(grown).join(most, on=[*_SERIES, "definition"])
    faster = pl.col("growth").abs() > (2 * pl.col("largest") + 0.05) * (1 + 1e-9)
    yield from Rule(Severity.WARNING, "value", "growth_out_of_character", faster, _growth_facts).problems(yearly)


def _year_before(frame: pl.DataFrame, flows: pl.DataFrame) -> pl.DataFrame:
    """Rows of `frame` that have a figure for the same months a year earlier, as `previous`, `previous_period`."""
    when = {"year": pl.col("period_end").dt.year(), "month": pl.col("period_end").dt.month()}
    on = [*_SERIES, "definition", "year", "month"]
    earlier = flows.with_columns(year=pl.col("period_end").dt.year() + 1, month=when["month"])
    earlier = earlier.select(*on, previous="value", previous_period="period")
    return frame.with_columns(**when).join(earlier, on=on)


def _level_facts(row: Row) -> dict[str, str]:
    told = {"change": f"{row['moved']:+.6g}", "largest": f"{row['largest']:.6g}", "moves": str(row["moves"])}
    return _previous_facts(row) | told


def _growth_facts(row: Row) -> dict[str, str]:
    told = {"growth": f"{100 * row['growth']:+.1f}", "largest": f"{100 * row['largest']:.1f}"}
    return _previous_facts(row) | told | {"moves": str(row["moves"])}
