"""A table while it is read: the figures that each row may hold, and what was found so far."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from indicators.catalogue import fold
from indicators.problem import Problem, Severity
from ingest.reader.above import Above
from ingest.reader.column import Column
from ingest.reader.heading import Heading
from ingest.reader.sheet import Area, Grid
from ingest.reader.spoken import Spoken, is_sum

__all__ = ["CODED", "FIGURES", "Slot", "Table", "cell"]

CODED = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)@([0-9]{6,12})")  # a row's code: indicator@region
FIGURES = ("value", "numerator", "denominator")
_EXPECTED = frozenset(("row_heading", "table_ended"))  # of a form we drew ourselves nobody needs to be told
_NOTHING: Mapping[str, str] = {}


def cell(cells: list[str], column: Column | None) -> str:
    """A cell's text in a row, trimmed; '' where there is none."""
    return cells[column.at].strip() if column and column.at < len(cells) else ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One figure that each row may hold: its columns for the value and its two parts."""

    place: int
    value: Column | None
    numerator: Column | None = None
    denominator: Column | None = None

    @property
    def columns(self) -> list[Column]:
        return [c for c in (self.value, self.numerator, self.denominator) if c]

    @property
    def fixed(self) -> Mapping[str, str]:
        return self.columns[0].fixed if self.columns else _NOTHING


@dataclass
class Table:
    """A table while it is read: what is known of it, and the figures and problems found so far."""

    grid: Grid
    heading: Heading
    above: Above
    spoken: Spoken
    slots: list[Slot]
    template: bool
    at: list[int] = field(default_factory=list)
    figures: list[tuple[str, ...]] = field(default_factory=list)  # as COLUMNS
    notices: list[Problem] = field(default_factory=list)
    refused: list[Problem] = field(default_factory=list)
    empty: dict[str, list[int]] = field(default_factory=dict)  # role → rows whose key is empty
    texts: Mapping[int, list[str]] = field(init=False)  # row number → its cells
    _areas: dict[int, list[Area]] = field(default_factory=dict, init=False)
    before: dict[str, str] = field(default_factory=dict)  # role → the text of the latest row that has one
    renamed: set[str] = field(default_factory=set)  # names of regions that were read as another's
    leant_on: set[str] = field(default_factory=set)  # what was taken from the lines above

    def __post_init__(self) -> None:
        self.texts = dict(self.grid.rows)

    def merged(self, row: int, column: Column) -> Area | None:
        """The merged cells that a cell is part of."""
        areas = self._areas.get(column.at)
        if areas is None:
            across = [area for area in self.grid.areas if area.left <= column.at <= area.right]
            areas = self._areas[column.at] = sorted(across, key=lambda area: area.top)
        place = bisect_right(areas, row, key=lambda area: area.top) - 1
        return areas[place] if place >= 0 and row <= areas[place].bottom else None

    def counts_all(self, total: str) -> bool:
        """Whether a total is the whole region's: 全市 is, 合计 where each of its districts has a row."""
        if not is_sum(total) or self.above.region is None:
            return True
        names, column = self.spoken.catalogue.region_names, self.heading.one("region")
        whole = names.get(fold(self.above.region.text))
        regions = self.spoken.catalogue.regions.values()
        parts = {r.code for r in regions if r.parent == whole and r.level == "district"}
        return bool(parts) and parts <= {names.get(fold(cell(cells, column))) for _, cells in self.grid.rows}

    def fixed(self, role: str) -> bool:
        """Whether the header itself says it of every figure."""
        return all(role in slot.fixed for slot in self.slots)

    def notice(self, code: str, row: int, column: Column | None = None, **facts: str) -> None:
        if self.template and code in _EXPECTED:
            return
        self.notices.append(_said(Severity.NOTICE, code, row, column, facts))

    def refuse(self, code: str, row: int, column: Column | None = None, **facts: str) -> None:
        self.refused.append(_said(Severity.ERROR, code, row, column, facts))


def _said(severity: Severity, code: str, row: int, column: Column | None, facts: dict[str, str]) -> Problem:
    found = facts.pop("found", "")
    return Problem(severity, code, row=row, column=column.label if column else "", found=found, facts=facts)
