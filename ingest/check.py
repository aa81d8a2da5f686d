"""What a schema cannot know: the catalogue's bounds, the arithmetic of a row, and what was known before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from indicators.catalogue import Catalogue
from indicators.definition import Range
from indicators.problem import Problem, Severity
from ingest.columns import KEY
from ingest.form.forms import FormId
from ingest.numbers import half_digit, read_number
from ingest.submission import UNSIGNED, Signers

__all__ = [
    "Checked",
    "changed",
    "check",
    "compare",
    "falls",
    "jumped",
    "lower_vintage",
    "outside",
    "slipped",
]

_SLIP = 8.0  # a figure this many times the last one, or this fraction of it, looks like a slipped digit
_RANK = {"": 1, "flash": 1, "annual": 2, "revised": 3}  # method.md §7
_VINTAGE_ZH = {"": "未注明", "flash": "快报", "annual": "年报", "revised": "修订"}


@dataclass(frozen=True, slots=True)
class Checked:
    """A return that has been read and judged.

    `figures`: the rows as `ingest.schema.Figures` with `change` (new, changed, unchanged) and `known_value`;
    empty when the file could not be read. `rows`: data rows found in the file. `form`: what the form's id says,
    None for a file that is no form of ours; `signers`: who signed on it. `matters` and `explanations`: what its
    other sheets newly report, as the tables `matter_report` and `explanation` without entry and submission.
    """

    figures: pl.DataFrame
    problems: tuple[Problem, ...]
    rows: int
    form: FormId | None = None
    signers: Signers = UNSIGNED
    matters: pl.DataFrame = field(default_factory=pl.DataFrame)
    explanations: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def accepted(self) -> bool:
        return not any(problem.blocks for problem in self.problems)

    @property
    def fresh(self) -> pl.DataFrame:
        """The figures that say something new."""
        return self.figures if self.figures.is_empty() else self.figures.filter(pl.col("change") != "unchanged")

    def count(self, change: str) -> int:
        """How many figures are `new`, `changed` or `unchanged`."""
        return 0 if self.figures.is_empty() else int((self.figures["change"] == change).sum())

    @property
    def says_nothing(self) -> bool:
        """Whether approving it would change nothing."""
        return self.fresh.is_empty() and self.matters.is_empty() and self.explanations.is_empty()


def check(
    figures: pl.DataFrame, catalogue: Catalogue, known: pl.DataFrame, *, today: date
) -> tuple[pl.DataFrame, list[Problem]]:
    """Judge normalised figures against the catalogue and the approved figures `known`.

    Returns the figures, ratios computed from their parts where no value was stated, and the problems; a warning
    on a row with a note is marked explained.
    """
    frame = _with_catalogue(figures, catalogue)
    frame, problems = _ratios(frame)
    frame = _with_previous(frame, known)
    rules: list[tuple[Severity, str, str, pl.Expr, Callable[[Mapping[str, Any]], dict[str, str]]]] = [
        (Severity.ERROR, "period", "period_future", pl.col("period_end") > today, lambda r: {}),
        (Severity.ERROR, "value", "value_impossible", outside("possible"), _bounds("possible")),
        (Severity.WARNING, "value", "value_unusual", outside("usual") & ~outside("possible"), _bounds("usual")),
        (Severity.WARNING, "value", "value_slipped", slipped(), _slip_facts),
        (Severity.WARNING, "value", "value_sign", pl.col("value") * pl.col("previous") < 0, _previous_facts),
        (Severity.WARNING, "value", "value_jump", jumped() & ~slipped(), _jump_facts),
        (Severity.WARNING, "value", "ytd_falls", falls(), _previous_facts),
        (Severity.WARNING, "value", "value_changes_approved", changed(), _known_facts),
        (Severity.WARNING, "vintage", "vintage_lower", lower_vintage(), _vintage_facts),
    ]
    for severity, column, code, holds, facts in rules:
        for row in frame.filter(holds.fill_null(False)).iter_rows(named=True):
            problems.append(_problem(row, severity, column, code, facts(row)))
    problems += _parts(frame, catalogue, known)
    return frame.select(figures.columns), problems


def compare(figures: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """`figures` with `known_value` and `change`: what approving them would do to what is known."""
    before = known.select(*KEY, known_value="value", known_missing="missing", known_vintage="vintage")
    joined = figures.join(before, on=KEY, how="left", maintain_order="left")
    same = (
        pl.col("value").eq_missing(pl.col("known_value"))
        & pl.col("missing").eq_missing(pl.col("known_missing"))
        & pl.col("vintage").eq_missing(pl.col("known_vintage"))
    )
    change = (
        pl.when(pl.col("known_missing").is_null()).then(pl.lit("new")).when(same).then(pl.lit("unchanged"))
    ).otherwise(pl.lit("changed"))
    return joined.with_columns(change.alias("change")).drop("known_missing", "known_vintage")


# -- facts of each row -------------------------------------------------------------------------------------


def _with_catalogue(figures: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Join each row's definition: bounds, factor, units of the parts, usual change."""
    used = set(figures["indicator"].unique())
    bounds = ["possible_low", "possible_high", "usual_low", "usual_high", "usual_change"]
    schema: dict[str, Any] = {"indicator": pl.String, "definition": pl.Int32, "own_unit": pl.String}
    schema |= {"factor": pl.Float64, "has_parts": pl.Boolean, **dict.fromkeys(bounds, pl.Float64)}
    rows = [
        (
            *(i.id, d.version, d.unit, d.factor, d.numerator is not None),
            *(d.possible.low, d.possible.high, d.usual.low, d.usual.high, d.usual_change),
        )
        for i in catalogue.indicators.values()
        if i.id in used
        for d in i.definitions
    ]
    known = pl.DataFrame(rows, schema=schema, orient="row")
    return figures.join(known, on=["indicator", "definition"], how="left", maintain_order="left")


def _with_previous(frame: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Join the latest earlier figure of the same series (approved, or in this file) and the one it replaces."""
    series = ["indicator", "region", "accumulation"]
    sound = frame.filter(~outside("possible"))  # an impossible figure says nothing about the next one
    earlier = (
        pl.concat([known.select(*KEY, "value", "period"), sound.select(*KEY, "value", "period")])
        .filter(pl.col("value").is_not_null())
        .unique(KEY, keep="last")
        .select(*series, previous_end="period_end", previous="value", previous_period="period")
        .sort("previous_end")
    )
    before = known.select(*KEY, known_value="value", known_vintage="vintage")
    return (
        frame.sort("period_end")
        .join_asof(
            earlier,
            left_on="period_end",
            right_on="previous_end",
            by=series,
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .join(before, on=KEY, how="left")
        .sort("row")
    )


# -- rules over a row --------------------------------------------------------------------------------------


def outside(name: str) -> pl.Expr:
    low = (pl.col("value") < pl.col(f"{name}_low")).fill_null(False)
    return low | (pl.col("value") > pl.col(f"{name}_high")).fill_null(False)


def slipped() -> pl.Expr:
    times = pl.col("value") / pl.col("previous")
    both = (pl.col("value") != 0) & (pl.col("previous") != 0) & (times > 0)
    # the first quarter's year to date is naturally far below the year before's total
    new_year = (pl.col("accumulation") == "ytd") & (pl.col("period_end").dt.year() > pl.col("previous_end").dt.year())
    return (both & ((times >= _SLIP) | ((times <= 1 / _SLIP) & ~new_year))).fill_null(False)


def jumped() -> pl.Expr:
    return ((pl.col("value") - pl.col("previous")).abs() > pl.col("usual_change")).fill_null(False)


def falls() -> pl.Expr:
    same_year = pl.col("period_end").dt.year() == pl.col("previous_end").dt.year()
    return (pl.col("accumulation") == "ytd") & same_year & (pl.col("value") < pl.col("previous"))


def changed() -> pl.Expr:
    return pl.col("known_value").is_not_null() & pl.col("value").ne_missing(pl.col("known_value"))


def lower_vintage() -> pl.Expr:
    rank = pl.col("vintage").replace_strict(_RANK, default=0, return_dtype=pl.Int8)
    known = pl.col("known_vintage").replace_strict(_RANK, default=0, return_dtype=pl.Int8)
    return changed() & (rank < known)


def _figure(value: float) -> str:
    return f"{value:.15g}"


def _bounds(name: str) -> Callable[[Mapping[str, Any]], dict[str, str]]:
    def facts(row: Mapping[str, Any]) -> dict[str, str]:
        bounds = Range(row[f"{name}_low"], row[f"{name}_high"])
        low = "" if bounds.low is None else _figure(bounds.low)
        high = "" if bounds.high is None else _figure(bounds.high)
        return {"range": f"{low}–{high}", "unit": row["own_unit"]}

    return facts


def _previous_facts(row: Mapping[str, Any]) -> dict[str, str]:
    return {"previous": _figure(row["previous"]), "when": row["previous_period"]}


def _slip_facts(row: Mapping[str, Any]) -> dict[str, str]:
    return {**_previous_facts(row), "times": f"{row['value'] / row['previous']:.3g}"}


def _jump_facts(row: Mapping[str, Any]) -> dict[str, str]:
    change = f"{row['value'] - row['previous']:+.6g}"
    return {**_previous_facts(row), "change": change, "usual": _figure(row["usual_change"])}


def _known_facts(row: Mapping[str, Any]) -> dict[str, str]:
    return {"previous": _figure(row["known_value"])}


def _vintage_facts(row: Mapping[str, Any]) -> dict[str, str]:
    return {"known": _VINTAGE_ZH[row["known_vintage"]]}


def _problem(row: Mapping[str, Any], severity: Severity, column: str, code: str, facts: Mapping[str, str]) -> Problem:
    found = row["period"] if column == "period" else row["vintage"] if column == "vintage" else row["found"]
    explained = severity is Severity.WARNING and bool(row["note"])
    return Problem(severity, code, row=row["row"], column=column, found=found, facts=facts, explained=explained)


# -- arithmetic --------------------------------------------------------------------------------------------


def _ratios(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Problem]]:
    """Compute values from their parts; a stated value must agree within half its last printed digit."""
    top, bottom = pl.col("numerator"), pl.col("denominator")
    if frame["numerator"].null_count() == frame["denominator"].null_count() == frame.height:
        return frame, []
    problems = []
    unused = frame.filter(~pl.col("has_parts") & (top.is_not_null() | bottom.is_not_null()))
    for row in unused.iter_rows(named=True):
        problems.append(_problem(row, Severity.NOTICE, "numerator", "part_on_other", {}))
    mine = frame.filter(pl.col("has_parts") & (top.is_not_null() | bottom.is_not_null()))
    for row in mine.iter_rows(named=True):
        problems += _ratio_problems(row)
    waiting = pl.col("value").is_null() & (pl.col("missing") == "")
    for row in frame.filter(waiting & ~pl.col("has_parts")).iter_rows(named=True):
        problems.append(_problem(row, Severity.ERROR, "value", "value_empty", {}))
    usable = pl.col("has_parts") & top.is_not_null() & bottom.is_not_null() & (bottom != 0)
    computed = (top / bottom * pl.col("factor")).round_sig_figs(15)
    value = pl.when(waiting & usable).then(computed).otherwise(pl.col("value"))
    return frame.with_columns(value.alias("value")), problems


def _ratio_problems(row: Mapping[str, Any]) -> Iterator[Problem]:
    if row["numerator"] is None or row["denominator"] is None:
        yield _problem(row, Severity.ERROR, "numerator", "part_alone", {})
    elif row["denominator"] == 0:
        yield _problem(row, Severity.ERROR, "denominator", "denominator_zero", {})
    elif row["value"] is not None:
        computed = row["numerator"] / row["denominator"] * row["factor"]
        if abs(row["value"] - computed) > _rounding(row) * (1 + 1e-9):
            yield _problem(row, Severity.ERROR, "value", "ratio_disagrees", {"computed": f"{computed:.6g}"})


def _rounding(row: Mapping[str, Any]) -> float:
    """Half of the last digit the cell prints, in the definition's unit; none where the value was computed."""
    if not row["found"]:
        return 0.0
    printed = read_number(row["found"], row["unit"]).value
    return half_digit(row["found"]) * (abs(row["value"] / printed) if printed else 1.0)


def _parts(frame: pl.DataFrame, catalogue: Catalogue, known: pl.DataFrame) -> list[Problem]:
    """A 其中 row must not exceed its total, within half of the last printed digit."""
    totals = {i.id: i.part_of for i in catalogue.indicators.values() if i.part_of}
    mine = frame.filter(pl.col("indicator").is_in(list(totals)))
    if mine.is_empty():
        return []
    place = ["region", "period_end", "accumulation"]
    everything = pl.concat([known.select(*KEY, "value"), frame.select(*KEY, "value")]).unique(KEY, keep="last")
    total = everything.select(*place, whole="indicator", total="value")
    joined = mine.with_columns(pl.col("indicator").replace_strict(totals, return_dtype=pl.String).alias("whole")).join(
        total, on=[*place, "whole"]
    )
    problems = []
    for row in joined.filter(pl.col("value") > pl.col("total")).iter_rows(named=True):
        if row["value"] - row["total"] > _rounding(row) * (1 + 1e-9):
            facts = {"total": catalogue.indicators[row["whole"]].name_zh, "previous": _figure(row["total"])}
            problems.append(_problem(row, Severity.ERROR, "value", "part_exceeds_total", facts))
    return problems
