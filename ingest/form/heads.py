"""The lines above and below the table of a return that came back: whose it is, of which period, who signed it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from indicators.problem import Problem, Severity
from ingest.form.answers import read_day
from ingest.form.sheets import CODE
from ingest.reader.sheet import Grid, letters
from ingest.reader.spoken import INVISIBLE
from ingest.submission import UNSIGNED, Signers

__all__ = ["Heads", "Line", "read_heads"]

_LABELS: Mapping[str, str] = {
    "填报单位": "sender",
    "报告期": "period",
    **dict.fromkeys(("填表人", "填报人"), "filled_by"),
    **dict.fromkeys(("统计负责人(审核人)", "审核人(统计负责人)", "统计负责人", "审核人"), "statistics_head"),
    "单位负责人": "organisation_head",
    "报出日期": "reported_on",
    **dict.fromkeys(("行政区划代码", "表号", "制定机关", "批准文号", "有效期至", "计量单位", "联系电话"), ""),
}
_SEAL = "(加盖单位公章)"
_LABEL = re.compile(
    rf"(?<!\S)(?:({'|'.join(sorted(map(re.escape, _LABELS), key=len, reverse=True))})\s*:|{re.escape(_SEAL)})"
)
_BLANK = re.compile(r"(?:20)?[_\s.…—/年月日-]*|.*__.*")  # a line to write on
_LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class Line:
    """What a label is followed by, and the cell it stands in."""

    text: str
    sheet: str = ""
    row: int | None = None
    column: str = ""

    def problem(self, code: str, **facts: str) -> Problem:
        return Problem(Severity.ERROR, code, self.sheet, self.row, self.column, self.text, facts)


@dataclass(frozen=True, slots=True)
class Heads:
    """The lines that matter; `problems`: of those that cannot be kept as they are."""

    sender: Line | None = None
    period: Line | None = None
    signers: Signers = UNSIGNED
    problems: tuple[Problem, ...] = ()


def read_heads(grid: Grid | None, *, today: date) -> Heads:
    """The lines of the sheet of figures, whether a name stands behind its label or in a cell of its own."""
    found: dict[str, Line] = {}
    for line in _lines(grid) if grid else ():
        found.setdefault(*line)
    names = {name: found[name] for name in ("filled_by", "statistics_head", "organisation_head") if name in found}
    problems = [problem for line in names.values() for problem in _unfit(line)]
    reported = found.get("reported_on")
    day = read_day(reported.text) if reported else None
    if reported and day is None:
        problems.append(reported.problem("date_unreadable"))
    elif reported and day and day > today:
        problems.append(reported.problem("date_future", today=f"{today}"))
    signers = Signers(**{name: line.text for name, line in names.items()}, reported_on=day)
    return Heads(found.get("sender"), found.get("period"), signers, tuple(problems))


def _lines(grid: Grid) -> Iterator[tuple[str, Line]]:
    """(what the label asks for, what follows it) of every label that something follows."""
    for row, cells in grid.rows:
        if any(CODE.fullmatch(text.strip()) for text in cells):
            continue  # a row of the table: its cells are the sender's own words
        whole = unicodedata.normalize("NFKC", "\t".join(text.replace("\t", " ") for text in cells))
        labels = [*_LABEL.finditer(whole)]
        ends = [*(label.start() for label in labels[1:]), len(whole)]
        for label, end in zip(labels, ends, strict=False):
            text = whole[label.end() : end]
            name = _LABELS.get(label[1] or "", "")
            if name and not _BLANK.fullmatch(text.strip()):
                at = whole[: label.end() + len(text) - len(text.lstrip())].count("\t")
                yield name, Line(" ".join(text.split()), grid.name, row, letters(at))


def _unfit(line: Line) -> Iterator[Problem]:
    if INVISIBLE.search(line.text):
        yield line.problem("text_control")
    elif len(line.text) > _LONGEST_NAME:
        yield line.problem("text_too_long", most=str(_LONGEST_NAME))
