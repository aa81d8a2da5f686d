"""What stands above and below the table of a return: the form's own lines, the signatures, what to know."""

from __future__ import annotations

from datetime import date

from openpyxl.worksheet.worksheet import Worksheet

from indicators.period import PeriodKind
from ingest.form.blank import Blank, words
from ingest.form.entry import a_day
from ingest.form.paper import ACCENT, INK, MUTED, font, lines_of, opened, put, span

__all__ = ["FIRST", "LAST", "draw_head", "draw_notes", "draw_signatures"]

FIRST, LAST = "A", "J"  # columns of the table


def draw_head(sheet: Worksheet, blank: Blank) -> int:
    """Title and the form's lines; returns the row of the header."""
    form, until = blank.form, blank.form.valid_until
    span(sheet, 1, FIRST, LAST)
    put(sheet, "A1", form.title_zh, style=font(16, bold=True), align="center")
    sheet.row_dimensions[1].height = 28
    left = [
        f"填报单位:{blank.organisation.name_zh}",
        f"行政区划代码:{blank.region}",
        f"报告期:{blank.period.name()}",
        f"表单编号:{blank.id}",
        words()["figures"]["sample"] if blank.sample else "",
    ]
    right = [
        f"表号:{form.number}",
        f"制定机关:{blank.authority}",
        f"批准文号:{form.approval}",
        f"有效期至:{until.year}年{until.month}月",
        "计量单位:见表内",
    ]
    for row, (one, other) in enumerate(zip(left, right, strict=True), start=2):
        span(sheet, row, "H", LAST)
        if one:
            put(sheet, f"A{row}", one, style=font(bold=row == 6, colour=ACCENT if row == 6 else INK), boxed=False)
        put(sheet, f"H{row}", other, fit=True)
        sheet.row_dimensions[row].height = 17
    return 8


def draw_signatures(sheet: Worksheet, blank: Blank, row: int) -> int:
    """Who answers for it, each beside a cell for the name; returns the last row."""
    places = [
        ("单位负责人:", "A", "A", "B", "C"),
        ("统计负责人(审核人):", "D", "E", "F", "G"),
        ("填表人:", "H", "H", "I", "J"),
    ]
    more = [
        ("联系电话:", "A", "A", "B", "C"),
        ("报出日期:", "D", "E", "F", "G"),
        ("(加盖单位公章)", "H", "H", "I", "J"),
    ]
    for number, line in enumerate((places, more)):
        here = row + number
        sheet.row_dimensions[here].height = 24
        for label, first, last, begin, end in line:
            if first != last:
                span(sheet, here, first, last)
            put(sheet, f"{first}{here}", f"{label} ", align="right", fit=True)
            if label.startswith("("):
                continue
            dated = label.startswith("报出日期")
            put(sheet, f"{begin}{here}", None, number='yyyy"年"m"月"d"日"' if dated else "@")
            for cell in span(sheet, here, begin, end):
                opened(cell)
    sheet.add_data_validation(a_day(f"F{row + 1}", until=date(2099, 12, 31), wrong=words()["ask"]["reported_error"]))
    return row + 1


def draw_notes(sheet: Worksheet, blank: Blank, row: int) -> int:
    """说明: scope, due hour, checks and how to fill in; returns the last row."""
    say = words()["notes"]
    names = {line.owed.indicator.id: line.owed.indicator for line in blank.lines}
    parts = "".join(
        say["part"].format(part=one.name_zh, total=names[one.part_of].name_zh)
        for one in names.values()
        if one.part_of in names
    )
    notes = [
        say["fill"],
        say["none"],
        say["known"],
        say["scope"].format(scope=blank.form.scope_zh),
        say["due"].format(due=blank.due.text()),
        say["checks"].format(parts=parts),
    ]
    if blank.period.kind is PeriodKind.YEAR:
        notes[2] = notes[2].replace(",一季度无上期", "")
    for number, text in enumerate(notes, start=1):
        here = row + number - 1
        span(sheet, here, FIRST, LAST)
        put(
            sheet, f"A{here}", f"说明{number}:{text}", style=font(9, colour=MUTED), wrap=True, middle=False, boxed=False
        )
        sheet.row_dimensions[here].height = 13.5 * lines_of(text, 178)
    return row + len(notes) - 1
