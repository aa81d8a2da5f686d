"""The sheets of a return: what each asks for by title, and how it is told wherever it stands in a workbook.

Needs nothing but Python: the reader's child looks at workbooks with it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

__all__ = ["CODE", "DASHES", "LAGGING", "MATTERS", "MEANINGS", "Part", "header_of", "ids_in", "part_of", "title"]


class Part(StrEnum):
    """A sheet of a return, or the list of problems that came back with it."""

    FIGURES = "figures"  # 报表
    MATTERS = "matters"  # 事项进展
    LAGGING = "lagging"  # 滞后说明
    MEANINGS = "meanings"  # 指标解释
    PROBLEMS = "problems"  # 问题清单


# title → width; the reader of returns knows the columns by these titles
MATTERS = {"编号": 28, "事项": 52, "时限": 21, "完成情况": 12, "完成日期": 14, "佐证(文号或文件)": 30, "说明": 36}
LAGGING = {"代码": 30, "指标": 32, "现状": 36, "进展": 34, "原因": 34, "措施": 34}
MEANINGS = {"名称": 28, "含义与口径": 84, "分子及单位": 26, "分母及单位": 26, "资料来源": 40}

CODE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:@[0-9]{6,12}|/[a-z0-9]+(?:-[a-z0-9]+)*)")  # of a row, as issued
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
# a title that the header must have, others of which it must have so many, and whether a sheet with it must show
# a code or a form id too, since other tables look like it
_TOLD: Mapping[Part, tuple[str, frozenset[str], int, bool]] = {
    Part.FIGURES: ("代码", frozenset(("本期", "本年累计")), 1, True),
    Part.MATTERS: ("编号", frozenset(("完成情况", "完成日期", "佐证", "说明")), 2, True),
    Part.LAGGING: ("代码", frozenset(("进展", "原因", "措施")), 2, True),
    Part.MEANINGS: ("名称", frozenset(("含义与口径",)), 1, False),
    Part.PROBLEMS: ("程度", frozenset(("问题与改法",)), 1, False),
}
_ID = re.compile(
    r"(?:^|\s)([A-Z]{2}\s*-\s*[A-Z][0-9]{2}\s*-\s*(?:19|20)[0-9]{2}(?:Q[1-4])?(?:\s*-\s*[A-Z0-9]+)+)\s*$", re.IGNORECASE
)
_LABEL = re.compile(r"表单编号\s*:\s*")


def title(text: str) -> str:
    """A title as it is compared: in one piece, without what it says in brackets."""
    plain = unicodedata.normalize("NFKC", text).partition("(")[0]
    return "".join(plain.split()).casefold()


def header_of(part: Part, rows: Sequence[Sequence[str]]) -> int | None:
    """The place of the row that has this part's titles, None where no row has."""
    key, others, least, _ = _TOLD[part]
    for place, cells in enumerate(rows):
        titles = {title(text) for text in cells}
        if key in titles and len(titles & others) >= least:
            return place
    return None


def part_of(rows: Sequence[Sequence[str]]) -> tuple[Part | None, bool]:
    """Which part of a return the first rows of a sheet are, whatever it is called; and whether a form id is there."""
    bears = any(True for cells in rows for _ in ids_in(cells))
    for part, (key, _, _, shown) in _TOLD.items():
        place = header_of(part, rows)
        if place is None:
            continue
        at = [title(text) for text in rows[place]].index(key)
        if not shown or bears or any(at < len(cells) and CODE.fullmatch(cells[at].strip()) for cells in rows[place:]):
            return part, bears
    return None, bears


def ids_in(cells: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(column, text) of all that is a form id or is called one. A coded row has none: its cells are the sender's."""
    if any(CODE.fullmatch(text.strip()) for text in cells):
        return
    labelled = False
    for at, text in enumerate(cells):
        plain = unicodedata.normalize("NFKC", text).translate(DASHES).strip()
        if not plain:
            continue
        label = _LABEL.match(plain)
        rest = plain[label.end() :] if label else plain
        if found := _ID.search(rest):
            yield at, found[1]
        elif rest and (label or labelled) and ":" not in rest:
            yield at, rest
        labelled = label is not None and not rest
