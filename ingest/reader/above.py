"""What stands above a table: its title, and lines such as 报告期:, 区划代码:, 单位:."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from indicators.catalogue import Catalogue, fold
from indicators.period import Period
from indicators.problem import Problem, Severity
from indicators.units import known
from ingest.reader.sheet import letters
from ingest.reader.spoken import Spoken, converts

__all__ = ["Above", "Line", "read_above"]

_LABELS = {
    **dict.fromkeys(("报告期", "报告时间", "报告期别", "时期", "期别", "所属期", "统计时间", "数据时间"), "period"),
    **dict.fromkeys(("period", "时间", "报送期"), "period"),
    **dict.fromkeys(("区划代码", "行政区划代码", "行政区划", "地区", "地区代码", "所属地区", "region"), "region"),
    **dict.fromkeys(("单位", "计量单位", "数据单位", "金额单位", "unit"), "unit"),
    **dict.fromkeys(("填报单位", "综合机关名称", "综合机关名称填报单位", "填报机构", "报送单位"), "sender"),
    **dict.fromkeys(("编制单位", "填报单位盖章", "填报部门", "制表单位"), "sender"),
    **dict.fromkeys(("指标", "指标名称", "indicator"), "indicator"),
    **dict.fromkeys(("附", "附表", "续表"), "free"),
}
_IN_TABLE = ("见表内", "见表", "详见表内")
_LABELLED = re.compile(r"([^::]{1,20}?)\s*[::]\s*(.*)", re.DOTALL)
_UNITS = re.compile("[、,,;;/和及]")
# a period written with spaces between its parts: 2025年  三  季度
_SPREAD = re.compile(
    r"(?:19|20)[0-9]{2}\s*年\s*(?:第?\s*[一二三四1-4]\s*季\s*度?|上\s*半\s*年|前\s*三\s*季\s*度|[0-9]{1,2}\s*月|度)"
)
_PERIOD = re.compile(
    r"(?:19|20)[0-9]{2}\s*年?\s*(?:第?[一二三四1-4]\s*季度|上半年|前三季度|-?[Qq][1-4]"
    r"|1\s*[-–—~至]\s*[0-9]{1,2}\s*月份?|[0-9]{1,2}\s*月份?末?|年?[末底]|度|全年)?(?![0-9])"
)


@dataclass(frozen=True, slots=True)
class Line:
    """Something said above the table, and the cell that says it."""

    text: str
    row: int
    column: str


@dataclass(frozen=True, slots=True)
class Above:
    """What the lines above a table say of all of it."""

    period: Line | None = None
    region: Line | None = None
    unit: Line | None = None
    year: int | None = None
    indicator: Line | None = None

    def say(self, names: Collection[str]) -> list[Problem]:
        """A notice for each of period, region, unit that the table took from here."""
        lines = [("period_above", self.period), ("region_above", self.region), ("unit_above", self.unit)]
        lines.append(("indicator_above", self.indicator))
        return [
            Problem(Severity.NOTICE, code, row=line.row, column=line.column, found=line.text)
            for code, line in lines
            if line and code.removesuffix("_above") in names
        ]

    def unit_for(self, wanted: str) -> str:
        """The unit said above that measures what `wanted` does; where several are said and none does, all of them."""
        if self.unit is None:
            return ""
        said = [self.unit.text] if known(self.unit.text) else _UNITS.split(self.unit.text)
        fitting = [unit for unit in said if converts(unit, wanted)]
        return fitting[0] if len(fitting) == 1 else self.unit.text


def read_above(rows: Sequence[tuple[int, list[str]]], catalogue: Catalogue, *, sheet: str = "") -> Above:
    """Period, region, unit and indicator from labelled lines, else from the title where it names exactly one.

    `sheet`: the sheet's own name, the last place where an indicator may be named.
    """
    said: dict[str, Line] = {}
    free: list[Line] = []
    for kind, line in _lines(rows):
        if kind == "free":
            free.append(line)
        else:
            said.setdefault(kind, line)
    period = said.get("period") or _only([line for text in free for line in _periods(text)])
    senders = [said["sender"]] if "sender" in said else []
    region = said.get("region") or _only(_regions(free, catalogue)) or _only(_regions(senders, catalogue))
    unit = said.get("unit")
    if unit and not known(unit.text) and (fold(unit.text) in _IN_TABLE or not all(map(known, _UNITS.split(unit.text)))):
        unit = None
    year = _year(period.text) if period else None
    indicator = said.get("indicator") or _indicator(free, catalogue)
    if indicator is None and sheet:
        indicator = _indicator([Line(sheet, rows[0][0] if rows else 1, "A")], catalogue)
    return Above(period, region, unit, year, indicator)


def _lines(rows: Sequence[tuple[int, list[str]]]) -> Iterator[tuple[str, Line]]:
    """Each piece of text above the table: (what its label asks for, 'free' without a label or 'other', the piece)."""
    for row, cells in rows:
        label = ""
        for column, cell in enumerate(cells):
            joined = _SPREAD.sub(lambda found: "".join(found[0].split()), cell)
            for piece in filter(None, re.split(r"[ \u00a0]{2,}|[\u3000\t\n]+", joined.strip())):
                found = _LABELLED.fullmatch(piece)
                if found:
                    label, text = found[1], found[2]
                elif not label and _kind(piece):
                    label, text = piece, ""
                else:
                    text = piece
                if text:
                    kind = (_kind(label) or "other") if label else "free"
                    yield kind, Line(text.strip(), row, letters(column))
                    label = ""


def _kind(label: str) -> str:
    return _LABELS.get(re.sub(r"[()()]", "", fold(label)), "")


def _only(lines: Sequence[Line]) -> Line | None:
    """The one thing said, however often; None where there are several."""
    return lines[0] if len({line.text for line in lines}) == 1 else None


def _periods(line: Line) -> Iterator[Line]:
    for found in _PERIOD.finditer(line.text):
        text = "".join(found[0].split())
        if Spoken(Catalogue()).period(text):
            yield Line(text, line.row, line.column)


def _regions(lines: Sequence[Line], catalogue: Catalogue) -> list[Line]:
    """Full names of regions within the texts; the longest where one holds another."""
    names = [r.name_zh for r in catalogue.regions.values() if len(r.name_zh) > 2]
    found = []
    for line in lines:
        within = [name for name in names if name in line.text]
        longest = [name for name in within if not any(name != other and name in other for other in within)]
        found += [Line(name, line.row, line.column) for name in longest]
    return found


def _indicator(lines: Sequence[Line], catalogue: Catalogue) -> Line | None:
    """The one indicator that the texts name; None for none or several."""
    names = [name for name in catalogue.indicator_names if len(name) > 3]
    found = []
    for line in lines:
        within = [name for name in names if name in fold(line.text)]
        longest = [name for name in within if not any(name != other and name in other for other in within)]
        found += [Line(name, line.row, line.column) for name in longest]
    return found[0] if len({catalogue.indicator_names[line.text] for line in found}) == 1 else None


def _year(text: str) -> int | None:
    try:
        return Period.parse(text).end.year
    except ValueError:
        return None
