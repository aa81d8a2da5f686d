"""The frames behind a trajectory: what is drawn and what is tabled are the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby, pairwise

import polars as pl

from indicators.definition import Accumulation, MeasureType
from indicators.monitor import Judged
from indicators.period import year_end
from indicators.plan import Recurrence
from indicators.series import Actual, Observation, segments
from indicators.target import Target
from indicators.trajectory import RequiredPath

__all__ = ["Break", "Trajectory", "reported", "trajectory_of"]

_STEPS = 60  # points along a curved path
_LINE = {"day": pl.Date, "value": pl.Float64, "segment": pl.Int32}
_POINTS = {**_LINE, "expected": pl.Float64, "definition": pl.Int32, "flash": pl.Boolean}
_PATH = {"day": pl.Date, "value": pl.Float64, "piece": pl.Int32}


@dataclass(frozen=True, slots=True)
class Break:
    """Where a new definition that does not compare takes over: `day` lies between the points it parts."""

    day: date
    version: int


@dataclass(frozen=True, slots=True)
class Trajectory:
    """Everything a trajectory chart draws, in the indicator's unit.

    `points`: day, value, segment, expected, definition, flash. `line`: the points, each run with where it starts
    from. `path`: day, value, piece (a yearly flow has one a year). `holes`: pairs of points with missing ones
    between. `goals`: where a yearly flow has to be at the ends of the other years.
    """

    points: pl.DataFrame
    line: pl.DataFrame
    path: pl.DataFrame
    holes: pl.DataFrame
    breaks: Sequence[Break]
    baseline: tuple[date, float] | None
    target: tuple[date, float]
    goals: Sequence[tuple[date, float]]
    provisional: bool

    @property
    def empty(self) -> bool:
        """Whether there is neither a path nor a figure to draw."""
        return self.points.is_empty() and self.path.is_empty()


@lru_cache(maxsize=256)
def trajectory_of(one: Judged) -> Trajectory:
    """The frames of one judged target, on the terms it is judged: its year, its restated baseline."""
    target = one.assessment.target
    turns = _turns(one)
    actuals = [a for a in one.history if _shown(a, one, turns)]
    runs = [run for turn in turns for run in _runs(one, turn, actuals)]
    pieces = list(enumerate(_pieces(runs, target)))
    starts = {id(turn.start) for turn in turns}
    required = {turn.until: turn.path for turn in turns}
    flash = {end for end, seen in reported(one).items() if seen.vintage == "flash"}
    rows = [
        {
            "day": a.day,
            "value": a.value,
            "expected": _expected(a, required, target),
            "segment": number,
            "definition": a.definition,
            "flash": a.day in flash,
        }
        for number, piece in pieces
        for a in piece
        if id(a) not in starts
    ]
    line = [(a.day, a.value, number) for number, piece in pieces for a in piece]
    known = target.d0 is not None and target.baseline is not None and not one.target.accumulates
    return Trajectory(
        points=pl.DataFrame(rows, schema=_POINTS),
        line=pl.DataFrame(line, schema=_LINE, orient="row"),
        path=_path([turn.path for turn in turns if turn.path is not None]),
        holes=_holes(turns, one, actuals),
        breaks=_breaks(one, actuals),
        baseline=(target.d0, target.baseline) if known else None,  # type: ignore[arg-type]
        target=(target.d1, target.low),
        goals=[(turn.until, target.low) for turn in turns if turn.until != target.d1],
        provisional=target.path() is None,
    )


def reported(one: Judged) -> dict[date, Observation]:
    """The figure behind each point: of a flow's quarter and its year to date, which end together, the second."""
    ranked = sorted(one.observations, key=lambda o: o.accumulation is not Accumulation.PERIOD)
    return {seen.period.end: seen for seen in ranked}


# -- turns: a yearly flow takes as many as its plan has years, everything else one -------------------------------


@dataclass(frozen=True, slots=True)
class _Turn:
    """One way from a start to an end, and what is required along it."""

    since: date
    until: date
    start: Actual | None
    path: RequiredPath | None


def _turns(one: Judged) -> list[_Turn]:
    target = one.assessment.target
    if one.target.recurrence is Recurrence.YEARLY:
        return [_year(one, year) for year in _years(one)]
    start = None
    if target.d0 is not None and target.baseline is not None:
        start = Actual(target.d0, target.baseline, target.definitions[0])
    path = target.path() or one.assessment.provisional
    return [_Turn(target.d0 or date.min, target.d1, start, path)]


def _years(one: Judged) -> range:
    """The years of a yearly flow's plan."""
    seen = [a.day.year for a in one.history]
    first = one.target.start.year if one.target.start else min([*seen, one.target.d1.year])
    return range(first, one.target.d1.year + 1)


def _year(one: Judged, year: int) -> _Turn:
    """From 0 on the last day before a year to the target on its last."""
    before = year_end(year - 1)
    start = Actual(before, 0.0, one.assessment.target.definitions[0])
    return _Turn(before, year_end(year), start, one.target.in_year(year).path())


def _shown(actual: Actual, one: Judged, turns: Sequence[_Turn]) -> bool:
    if one.target.recurrence is Recurrence.YEARLY:
        return any(turn.since < actual.day <= turn.until for turn in turns)
    return actual.day > turns[0].since


def _within(turn: _Turn, one: Judged, actuals: Sequence[Actual]) -> list[Actual]:
    yearly = one.target.recurrence is Recurrence.YEARLY
    return [a for a in actuals if a.day > turn.since and (not yearly or a.day <= turn.until)]


def _expected(actual: Actual, required: dict[date, RequiredPath | None], target: Target) -> float | None:
    until = min((end for end in required if end >= actual.day), default=None)
    path = required[until] if until is not None else None
    return path.at(actual.day) if path is not None and actual.definition in target.definitions else None


# -- lines ------------------------------------------------------------------------------------------------------


def _runs(one: Judged, turn: _Turn, actuals: Sequence[Actual]) -> Sequence[Sequence[Actual]]:
    """Stretches of one turn with nothing missing in them; a count of titles holds until the next."""
    mine = _within(turn, one, actuals)
    if not mine:
        return []
    from_start = [*([turn.start] if turn.start else []), *mine]
    if one.definition.measure is MeasureType.TITLES:
        return [from_start]
    return segments(from_start, quarterly=any(a.day.month != 12 for a in mine))


def _pieces(runs: Sequence[Sequence[Actual]], target: Target) -> Iterator[Sequence[Actual]]:
    """Runs cut where the definition breaks: a line is never drawn across."""
    for run in runs:
        for _, piece in groupby(run, key=lambda a: 0 if a.definition in target.definitions else a.definition):
            yield list(piece)


def _path(required: Sequence[RequiredPath]) -> pl.DataFrame:
    """The paths as points: their own corners, and enough between them for a curve or steps."""
    rows = [(day, path.at(day), piece) for piece, path in enumerate(required) for day in _corners(path)]
    return pl.DataFrame(rows, schema=_PATH, orient="row")


def _corners(required: RequiredPath) -> list[date]:
    days = {day for day, _ in required.points}
    if required.shape in ("geometric", "step"):
        span = (required.end - required.start).days
        days |= {date.fromordinal(required.start.toordinal() + span * i // _STEPS) for i in range(_STEPS)}
    return sorted(days)


def _holes(turns: Sequence[_Turn], one: Judged, actuals: Sequence[Actual]) -> pl.DataFrame:
    gaps = [gap for turn in turns for gap in pairwise(_runs(one, turn, actuals))]
    rows = []
    for number, (before, after) in enumerate(gaps):
        rows += [(number, before[-1].day, before[-1].value), (number, after[0].day, after[0].value)]
    schema = {"hole": pl.Int32, "day": pl.Date, "value": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _breaks(one: Judged, actuals: Sequence[Actual]) -> list[Break]:
    found = []
    for before, after in pairwise(actuals):
        if before.definition != after.definition:
            versions = one.indicator.definitions
            told = next((d.effective_from for d in versions if d.version == after.definition), after.day)
            day = told if before.day < told <= after.day else date.fromordinal((_ordinals(before, after)) // 2)
            found.append(Break(day, after.definition))
    return found


def _ordinals(before: Actual, after: Actual) -> int:
    return before.day.toordinal() + after.day.toordinal()
