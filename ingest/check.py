"""What a schema cannot know: the catalogue's bounds and dates, and what every other rule finds, put together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

import polars as pl

from indicators.catalogue import Catalogue
from indicators.definition import Frequency, Range
from indicators.problem import Problem, Severity
from ingest import arithmetic, consistency
from ingest.form.forms import FormId
from ingest.held import (
    NEWS,
    Held,
    against,
    compare,
    lowers,
    obstacles,
    replaces,
    same_as_waiting,
    vintage_facts,
    waiting_same,
)
from ingest.plausible import Stillness, doubts, outside, values_repeat
from ingest.rule import Row, Rule, figure, shown
from ingest.submission import UNSIGNED, Signers

__all__ = ["Checked", "check", "compare"]


@dataclass(frozen=True, slots=True)
class Checked:
    """A return that has been read and judged.

    `figures`: the rows as `ingest.schema.Figures` with `known_value` and `change` (new, changed; unchanged where
    the same is approved, waiting where the same waits for review); empty when the file could not be read. `rows`:
    data rows found in the file. `form`: what the form's id says, None for a file that is no form of ours;
    `signers`: who signed on it. `matters` and `explanations`: what its other sheets newly report, as the tables
    `matter_report` and `explanation` without entry and submission.
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
        return not self.blocking

    @property
    def blocking(self) -> int:
        """How many problems refuse the file."""
        return sum(problem.blocks for problem in self.problems)

    @property
    def fresh(self) -> pl.DataFrame:
        """The figures that say something new."""
        return self.figures if self.figures.is_empty() else self.figures.filter(pl.col("change").is_in(NEWS))

    def count(self, change: str) -> int:
        """How many figures are `new`, `changed`, `unchanged` or `waiting`."""
        return 0 if self.figures.is_empty() else int((self.figures["change"] == change).sum())

    @property
    def says_nothing(self) -> bool:
        """Whether approving it would change nothing."""
        return self.fresh.is_empty() and self.matters.is_empty() and self.explanations.is_empty()


_AT_ONCE = 20_000  # figures judged together, so that memory does not follow the size of a return


class Ask(Protocol):
    """What the store holds of some indicators in some regions, and of periods by their ends."""

    def __call__(self, *, indicators: Set[str], regions: Set[str], ends: Set[date]) -> Held: ...


def check(figures: pl.DataFrame, catalogue: Catalogue, ask: Ask, *, today: date) -> tuple[pl.DataFrame, list[Problem]]:
    """Judge normalised figures against the catalogue and what the store holds of them and those related.

    Returns the figures as `Checked` has them, ratios computed from their parts where no value was stated, and the
    problems; a warning on a row with a note is marked explained. What is approved or waits already was judged when
    it came, and is not doubted again. Indicators are judged some at a time, none without those it is held against.
    """
    related, placed = consistency.related(catalogue), figures.with_row_index("at")
    judged = [
        _judge(placed.filter(pl.col("indicator").is_in(batch)), catalogue, ask, related=related, today=today)
        for batch in _batches(figures, related)
    ]
    told = pl.concat([batch.figures for batch in judged]).sort("at").drop("at")
    problems = [problem for batch in judged for problem in batch.problems]
    problems += values_repeat([batch.still for batch in judged])
    problems += same_as_waiting([batch.waiting for batch in judged])
    return figures.with_columns(told.get_columns()), problems


@dataclass(frozen=True, slots=True)
class _Judged:
    """Some of a return's figures by `at`, their place in it, with what is to be said of the return as a whole."""

    figures: pl.DataFrame
    problems: list[Problem]
    still: Stillness
    waiting: pl.DataFrame


def _judge(
    figures: pl.DataFrame, catalogue: Catalogue, ask: Ask, *, related: Mapping[str, Collection[str]], today: date
) -> _Judged:
    """Every rule over some of a return's figures."""
    frame, problems = arithmetic.ratios(_with_catalogue(figures, catalogue))
    sent = set(frame["indicator"])
    holds = ask(
        indicators=sent.union(*(related[i] for i in sent)),
        regions=arithmetic.neighbours(catalogue, set(frame["region"])),
        ends=set(frame["period_end"]),
    )
    frame = against(frame, holds)
    problems += _not_due(frame)
    for rule in _rules(today):
        problems += rule.problems(frame)
    doubted, still = doubts(frame, holds.approved)
    problems += doubted
    problems += arithmetic.parts(frame, catalogue, holds.approved)
    problems += arithmetic.districts(frame, catalogue, holds.approved)
    problems += consistency.flows(frame, holds.approved) + consistency.levels(frame, catalogue, holds.approved)
    problems += obstacles(frame)
    told = frame.select("at", "value", "known_value", "change")
    return _Judged(told, problems, still, waiting_same(frame))


def _batches(figures: pl.DataFrame, related: Mapping[str, Collection[str]]) -> Iterator[set[str]]:
    """The indicators of a return, some at a time, none without those it is held against."""
    sizes = dict(figures["indicator"].value_counts().iter_rows())
    batch: set[str] = set()
    for family in _families(sizes, related):
        if batch and sum(sizes[i] for i in batch | family) > _AT_ONCE:
            yield batch
            batch = set()
        batch |= family
    yield batch


def _families(indicators: Iterable[str], related: Mapping[str, Collection[str]]) -> Iterator[set[str]]:
    """Indicators that are held against each other, directly or through others."""
    left = set(indicators)
    beside: dict[str, set[str]] = {i: set() for i in left}
    for one in left:
        for other in left & set(related[one]):
            beside[one].add(other)
            beside[other].add(one)
    for first in sorted(left):
        family, reached = set(), {first} & left
        while reached:
            family |= reached
            reached = set().union(*(beside[i] for i in reached)) - family
        if family:
            left -= family
            yield family


def _with_catalogue(figures: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Join each row's definition: bounds, factor, whether it has parts, usual change, measure, decimals, dates."""
    used = set(figures["indicator"].unique())
    bounds = ["possible_low", "possible_high", "usual_low", "usual_high", "usual_change"]
    schema: dict[str, Any] = {"indicator": pl.String, "definition": pl.Int32, "own_unit": pl.String}
    schema |= {"factor": pl.Float64, "has_parts": pl.Boolean, **dict.fromkeys(bounds, pl.Float64)}
    schema |= {"measure": pl.String, "decimals": pl.Int32, "frequency": pl.String, "in_force_from": pl.Date}
    rows = [
        (
            *(i.id, d.version, d.unit, d.factor, d.numerator is not None),
            *(d.possible.low, d.possible.high, d.usual.low, d.usual.high, d.usual_change),
            *(d.measure.value, d.decimals, d.frequency.value, d.effective_from),
        )
        for i in catalogue.indicators.values()
        if i.id in used
        for d in i.definitions
    ]
    known = pl.DataFrame(rows, schema=schema, orient="row")
    return figures.join(known, on=["indicator", "definition"], how="left", maintain_order="left")


# -- rules over a row --------------------------------------------------------------------------------------


def _rules(today: date) -> tuple[Rule, ...]:
    new = pl.col("change").is_in(NEWS)
    unusual = outside("usual") & ~outside("possible")
    early = (pl.col("period_end") < pl.col("in_force_from")) & ~outside("possible")
    return (
        Rule(Severity.ERROR, "period", "period_future", pl.col("period_end") > today),
        Rule(Severity.WARNING, "period", "period_before_definition", new & early, _in_force_facts),
        Rule(Severity.ERROR, "value", "value_impossible", outside("possible"), _bounds("possible")),
        Rule(Severity.WARNING, "value", "value_unusual", new & unusual, _bounds("usual")),
        Rule(Severity.WARNING, "value", "value_changes_approved", replaces(), _known_facts),
        Rule(Severity.WARNING, "vintage", "vintage_lower", lowers(), vintage_facts),
    )


def _bounds(name: str) -> Callable[[Row], dict[str, str]]:
    def facts(row: Row) -> dict[str, str]:
        bounds = Range(row[f"{name}_low"], row[f"{name}_high"])
        low = "" if bounds.low is None else figure(bounds.low)
        high = "" if bounds.high is None else figure(bounds.high)
        return {"range": f"{low}–{high}", "unit": row["own_unit"], "value": figure(row["value"])}

    return facts


def _in_force_facts(row: Row) -> Mapping[str, str]:
    return {"first": row["in_force_from"].isoformat()}


def _known_facts(row: Row) -> dict[str, str]:
    (previous,) = shown([row["known_value"]], found=row["found"], unit=row["unit"], value=row["value"])
    return {"previous": previous}


def _not_due(frame: pl.DataFrame) -> list[Problem]:
    """Each yearly indicator sent for a period inside a year, once: asked about where it brings a figure that is new.

    A census day is a period of its own.
    """
    end = pl.col("period_end").dt
    inside = ~((end.month() == 12) & (end.day() == 31)) & ~pl.col("period").str.contains("^[0-9-]{10}$")
    yearly = (
        frame.lazy()
        .filter(pl.col("frequency") == Frequency.YEAR.value)
        .select("indicator", "period", "period_end", "row", "found", "vintage", "note", "value", "change")
    )
    firsts = yearly.unique(["indicator", "period"], keep="first", maintain_order=True).filter(inside).collect()
    asked = pl.col("value").is_not_null() & pl.col("change").is_in(NEWS)
    return [
        *Rule(Severity.WARNING, "period", "period_not_due", asked, _year_end).problems(firsts),
        *Rule(Severity.NOTICE, "period", "period_not_due", ~asked, _year_end).problems(firsts),
    ]


def _year_end(row: Row) -> dict[str, str]:
    return {"year": str(row["period_end"].year - 1)}
