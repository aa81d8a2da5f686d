"""What stands beside the figures of a trajectory: values that were revised, paths that were, notes with a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

import polars as pl

from indicators.revisions import Recorded, Revision, revisions, usual
from indicators.target import Target

__all__ = ["Beside", "Note", "PathVersion", "beside"]


class Note(Protocol):
    """A dated note of an indicator's owner."""

    @property
    def day(self) -> date: ...
    @property
    def kind(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def link(self) -> str: ...


class PathVersion(Protocol):
    """A target as it stood until it was edited."""

    @property
    def until(self) -> datetime: ...
    @property
    def target(self) -> Target: ...
    @property
    def document(self) -> str: ...
    @property
    def reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything drawn that is no point and no path of today; equal ones give the same drawing.

    `usual`: the median size of the indicator's past revisions, in its unit; None where there were none.
    """

    revisions: tuple[Revision, ...] = ()
    paths: tuple[PathVersion, ...] = ()
    notes: tuple[Note, ...] = ()
    usual: float | None = None


def beside(history: pl.DataFrame, *, notes: Sequence[Note] = (), paths: Sequence[PathVersion] = ()) -> Beside:
    """What stands beside a target's figures, from every value they ever had (`history`, newest first)."""
    records = [
        Recorded(row["period_end"], row["value"], row["approved_at"], row["vintage"], row["accumulation"] or "")
        for row in reversed(list(history.iter_rows(named=True)))
    ]
    found = revisions(records)
    return Beside(found, tuple(paths), tuple(notes), usual(found))
