"""The frames behind a trajectory: what is drawn and what is tabled are the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby, pairwise

import polars as pl

from indicators.definition import MeasureType
from indicators.monitor import Judged
from indicators.series import Actual, segments
from indicators.target import Target
from indicators.trajectory import RequiredPath

__all__ = ["Trajectory", "trajectory_of"]

_STEPS = 60  # points along a curved path


@dataclass(frozen=True, slots=True)
class Trajectory:
    """Everything a trajectory chart draws, in the indicator's unit.

    `points`: day, value, expected, segment, period. `path`: day, value. `breaks`: first days of a new
    definition among the points. `holes`: pairs of points with missing ones between.
    """

    points: pl.DataFrame
    path: pl.DataFrame
    holes: pl.DataFrame
    breaks: Sequence[date]
    baseline: tuple[date, float] | None
    target: tuple[date, float]
    provisional: bool


@lru_cache(maxsize=256)
def trajectory_of(one: Judged) -> Trajectory:
    """The frames of one judged target, on the terms it is judged: its year, its restated baseline."""
    target = one.assessment.target
    path = target.path()
    required = path or one.assessment.provisional
    actuals = [a for a in one.history if target.d0 is None or a.day > target.d0]
    known = not one.target.accumulates and target.d0 is not None and target.baseline is not None
    start = [Actual(target.d0, target.baseline)] if known else []  # type: ignore[arg-type]
    runs = _runs(one, [*start, *actuals])
    rows = [
        {
            "day": a.day,
            "value": a.value,
            "expected": required.at(a.day)
            if required and a.day <= required.end and a.definition in target.definitions
            else None,
            "segment": number,
            "definition": a.definition,
        }
        for number, piece in enumerate(_pieces(runs, target))
        for a in piece
        if a not in start
    ]
    schema = {"day": pl.Date, "value": pl.Float64, "expected": pl.Float64, "segment": pl.Int32, "definition": pl.Int32}
    return Trajectory(
        points=pl.DataFrame(rows, schema=schema),
        path=_path(required),
        holes=_holes(runs),
        breaks=_breaks(actuals),
        baseline=(start[0].day, start[0].value) if start else None,
        target=(target.d1, target.low),
        provisional=path is None,
    )


def _runs(one: Judged, actuals: Sequence[Actual]) -> Sequence[Sequence[Actual]]:
    """Stretches with nothing missing in them; a count of titles holds until the next."""
    if one.definition.measure is MeasureType.TITLES:
        return [actuals]
    return segments(actuals, quarterly=any(a.day.month != 12 for a in actuals))


def _pieces(runs: Sequence[Sequence[Actual]], target: Target) -> Iterator[Sequence[Actual]]:
    """Runs cut where the definition breaks: a line is never drawn across."""
    for run in runs:
        for _, piece in groupby(run, key=lambda a: 0 if a.definition in target.definitions else a.definition):
            yield list(piece)


def _path(required: RequiredPath | None) -> pl.DataFrame:
    """The path as points: its own corners, and enough between them for a curve or steps."""
    if required is None:
        return pl.DataFrame(schema={"day": pl.Date, "value": pl.Float64})
    days = {day for day, _ in required.points}
    if required.shape in ("geometric", "step"):
        span = (required.end - required.start).days
        days |= {date.fromordinal(required.start.toordinal() + span * i // _STEPS) for i in range(_STEPS)}
    return pl.DataFrame({"day": sorted(days), "value": [required.at(day) for day in sorted(days)]})


def _holes(runs: Sequence[Sequence[Actual]]) -> pl.DataFrame:
    rows = []
    for number, (before, after) in enumerate(pairwise(runs)):
        rows += [(number, before[-1].day, before[-1].value), (number, after[0].day, after[0].value)]
    schema = {"hole": pl.Int32, "day": pl.Date, "value": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _breaks(actuals: Sequence[Actual]) -> list[date]:
    pairs = pairwise(actuals)
    return [after.day for before, after in pairs if before.definition != after.definition]
