"""The first sheet of a return: the table of figures, with the form's own lines above and below it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from openpyxl.cell.cell import Cell
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from indicators.definition import Definition, MeasureType, Range
from ingest.form.blank import Blank, Line, words
from ingest.form.entry import a_number, range_text
from ingest.form.form_lines import FIRST, LAST, draw_head, draw_notes, draw_signatures
from ingest.form.owed import Owed
from ingest.form.paper import (
    ACCENT,
    EMPTY,
    MUTED,
    SHADE,
    comment,
    font,
    frame,
    lines_of,
    lock,
    opened,
    page,
    put,
    span,
    tall,
    widths,
)

__all__ = ["TITLES", "draw_figures"]

# title → its column and width; the reader of returns knows the columns by these titles
TITLES = {
    "指标名称": ("A", 34),
    "计量单位": ("B", 10),
    "代码": ("C", 29),
    "本期": ("D", 13),
    "本年累计": ("E", 13),
    "上年同期": ("F", 12),
    "上期": ("G", 12),
    "分子": ("H", 14),
    "分母": ("I", 15),
    "备注": ("J", 26),
}
_ORDINALS = ("甲", "乙", "丙", *(str(n) for n in range(1, len(TITLES) - 2)))
_CHINESE = "一二三四五六七八九十"


def draw_figures(sheet: Worksheet, blank: Blank) -> None:
    """The whole sheet, locked but for the cells to fill in."""
    sheet.title = words()["sheet"]["figures"]
    widths(sheet, [width for _, width in TITLES.values()])
    header = draw_head(sheet, blank)
    last = _table(sheet, blank, header)
    last = draw_signatures(sheet, blank, last + 2)
    last = draw_notes(sheet, blank, last + 2)
    sheet.freeze_panes = f"B{header + 2}"
    sheet.print_area = f"{FIRST}1:{LAST}{last}"
    mark = words()["figures"]["sample"] if blank.sample else ""
    right = f"{blank.organisation.name_zh} {blank.period.name()}"
    page(sheet, titles=(header, header + 1), left=blank.id, right=right, mark=mark)
    lock(sheet)


def _table(sheet: Worksheet, blank: Blank, header: int) -> int:
    """Header, ordinals and rows; returns the last row."""
    for (title, (letter, _)), ordinal in zip(TITLES.items(), _ORDINALS, strict=True):
        put(sheet, f"{letter}{header}", title, style=font(bold=True, colour="FFFFFF"), align="center")
        put(sheet, f"{letter}{header + 1}", ordinal, style=font(8, colour=MUTED), align="center")
    frame(sheet[header], fill=ACCENT)
    frame(sheet[header + 1], fill=SHADE)
    sheet.row_dimensions[header].height = 24
    row = header + 1
    if not blank.lines:
        row += 1
        frame(span(sheet, row, FIRST, LAST))
        put(sheet, f"A{row}", words()["figures"]["empty"], style=font(colour=MUTED))
        return row
    groups = groupby(blank.lines, key=lambda line: (line.owed.region, line.owed.indicator.domain))
    several = len({line.owed.region for line in blank.lines}) > 1
    for number, ((region, domain), lines) in enumerate(groups):
        row += 1
        name = words()["domain"].get(domain, domain)
        place = f" · {blank.catalogue.regions[region].name_zh}" if several else ""
        put(sheet, f"A{row}", f"{_ordinal(number)}、{name}{place}", style=font(bold=True, colour=ACCENT))
        frame(sheet[f"{FIRST}{row}:{LAST}{row}"][0], fill=SHADE)
        sheet.row_dimensions[row].height = 20
        for line in lines:
            row += 1
            _row(sheet, row, line)
    return row


def _ordinal(number: int) -> str:
    """一, 二, … 十, 十一, …"""
    tens, ones = divmod(number + 1, 10)
    if number < len(_CHINESE):
        return _CHINESE[number]
    return ("" if tens == 1 else _CHINESE[tens - 1]) + "十" + (_CHINESE[ones - 1] if ones else "")


def _row(sheet: Worksheet, row: int, line: Line) -> None:
    owed, meaning = line.owed, line.owed.definition
    cells = {title: f"{letter}{row}" for title, (letter, _) in TITLES.items()}
    name = put(sheet, cells["指标名称"], owed.indicator.name_zh, wrap=True)
    comment(name, "\n".join(_explained(owed)))
    put(sheet, cells["计量单位"], meaning.unit, align="center", fit=True)
    put(sheet, cells["代码"], owed.code, style=font(8, colour=MUTED), wrap=True)
    figures = _format(meaning.decimals)
    for title in ("本期", "本年累计"):
        put(sheet, cells[title], None, align="right", number=figures)
    for title, known in (("上年同期", line.last_year), ("上期", line.previous)):
        put(sheet, cells[title], known, style=font(colour=MUTED), align="right", number=figures)
    frame(sheet[row])
    frame([sheet[cells["上年同期"]], sheet[cells["上期"]]], fill=SHADE)
    value, other = _asked(meaning)
    opened(sheet[cells[value]], optional=owed.optional)
    frame([sheet[cells[other]]], fill=EMPTY)
    sheet.add_data_validation(_asking(owed, cells[value], title=value))
    _parts(sheet, owed, cells)
    put(sheet, cells["备注"], None, wrap=True, number="@")
    opened(sheet[cells["备注"]], optional=True)
    tall(sheet, row, max(lines_of(owed.indicator.name_zh, 33), lines_of(owed.code, 38)), least=20.5)


def _parts(sheet: Worksheet, owed: Owed, cells: dict[str, str]) -> None:
    """Numerator and denominator: open with their units where the definition has them, else grey."""
    meaning = owed.definition
    for title, part in (("分子", meaning.numerator), ("分母", meaning.denominator)):
        cell: Cell = sheet[cells[title]]
        if part is None:
            frame([cell], fill=EMPTY)
            continue
        decimals = 2 if part.unit[0] in "万亿千百" else 0  # what is counted one by one has none
        put(sheet, cells[title], None, align="right", number=f'{_format(decimals)}" {part.unit}"')
        opened(cell, optional=owed.optional)
        asked = words()["ask"]["part"].format(name=part.name, unit=part.unit)
        wrong = words()["ask"]["part_error"].format(unit=part.unit)
        sheet.add_data_validation(a_number(Range(low=0), cells[title], title=title, asked=asked, wrong=wrong))


def _format(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def _explained(owed: Owed) -> Iterator[str]:
    """The 口径 of a row, as its comment says it."""
    say, meaning = words()["comment"], owed.definition
    yield say["meaning"].format(text=meaning.text_zh)
    yield say["unit"].format(unit=meaning.unit)
    if meaning.numerator and meaning.denominator:
        times = f"×{meaning.factor:g}" if meaning.factor != 1 else ""
        yield say["formula"].format(numerator=meaning.numerator, denominator=meaning.denominator, factor=times)
    if meaning.possible != Range():
        yield say["range"].format(range=range_text(meaning.possible))
    if meaning.source:
        yield say["source"].format(source=meaning.source)
    if owed.optional:
        yield say["optional"]


def _asked(meaning: Definition) -> tuple[str, str]:
    """The column a figure goes into, and the one that stays empty: flows are told as the year to date."""
    return ("本年累计", "本期") if meaning.measure is MeasureType.FLOW else ("本期", "本年累计")


def _asking(owed: Owed, place: str, *, title: str) -> DataValidation:
    """A number within the possible range. It warns and does not bar: 无此项数据 is written “—”."""
    meaning, say = owed.definition, words()["ask"]
    asked = say["value"].format(name=owed.indicator.name_zh, unit=meaning.unit, decimals=meaning.decimals)
    asked += words()["figures"]["optional"] if owed.optional else ""
    wrong = say["value_error"].format(range=range_text(meaning.possible), unit=meaning.unit)
    return a_number(meaning.possible, place, title=title, asked=asked, wrong=wrong, bar=False)
