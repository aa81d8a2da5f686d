"""Forms as they come back: small ones put together by hand, and issued ones filled in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from indicators.period import Period
from ingest.form.forms import form_id, read_forms
from ingest.form.sheets import LAGGING, MATTERS
from tests.office import opened, rows, saved
from tests.workbooks import book

HEALTH, YUEXIU = "chengdu-health", "yuexiu-science-industry"
BEDS = "beds-per-1000@510100"
TABLE = ["指标名称", "代码", "本期", "本年累计", "备注"]
MATTER = "yuexiu-2021/task-01"


def id_of(organisation: str = HEALTH, period: str = "2024Q1", form: str = "quarterly") -> str:
    return form_id(organisation, Period.parse(period), read_forms()[form])


def form(
    *figures: Sequence[Any],
    own: str | None = None,
    period: str = "2024年一季度",
    lines: Iterable[Sequence[Any]] = (),
    matters: Iterable[Sequence[Any]] = (),
    lagging: Iterable[Sequence[Any]] = (),
    **more: Any,
) -> bytes:
    """A form of a few rows; `lines`: further ones above the table. Its other sheets only where they have rows."""
    called = id_of() if own is None else own
    sheets: dict[str, Any] = {}
    for name, columns, given in (("事项进展", MATTERS, matters), ("滞后说明", LAGGING, lagging)):
        if table := [*given]:
            sheets[name] = [[name], list(columns), *table]
    head = [[f"表单编号:{called}" if called else "规划监测指标季报表"], [f"报告期:{period}"], *lines]
    return book([*head, TABLE, *figures], **sheets, **more)


def reporting(*matters: Sequence[Any], **more: Any) -> bytes:
    """A form of a body that has matters to report on."""
    return form(**{"own": id_of(YUEXIU, "2022Q4"), "period": "2022年四季度", "matters": matters, **more})


def matter(code: str, *answers: Any) -> list[Any]:
    """A row of 事项进展: 完成情况, 完成日期, 佐证, 说明."""
    return [code, "事项", "2025年底前", *answers]


def lag(code: str, *answers: Any) -> list[Any]:
    """A row of 滞后说明: 进展, 原因, 措施."""
    return [code, "指标", "滞后", *answers]


def without(raw: bytes, *names: str, identifier: str = "") -> bytes:
    """The workbook less these sheets; `identifier`: what its properties say."""
    made = opened(raw)
    for name in names:
        del made[name]
    made.properties.identifier = identifier
    return saved(made)


# -- issued forms ------------------------------------------------------------------------------------------


def answer(sheet: Worksheet, answers: Mapping[str, Mapping[str, Any]]) -> None:
    """Fill in cells: code of a row → title → what is entered."""
    key = "编号" if "编号" in [cell.value for row in sheet.iter_rows() for cell in row] else "代码"
    table = rows(sheet, key)
    for code, cells in answers.items():
        for title, value in cells.items():
            table[code][title].value = value


def turned(made: Workbook) -> None:
    """Move a form about as people do: rows upside down, columns from right to left, sheets in another order."""
    for sheet in made.worksheets:
        _turn(sheet)
    made._sheets.reverse()
    made.active = 0


def _turn(sheet: Worksheet) -> None:
    top = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value in ("代码", "编号", "含义与口径"))
    table = [[(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows(min_row=top)]
    end = next((n for n, row in enumerate(table) if not any(value for value, _ in row)), len(table))
    fixed = 2 if ("甲", "General") in table[1] else 1
    for number, line in enumerate([*table[:fixed], *reversed(table[fixed:end])], start=top):
        for column, (value, shown) in enumerate(reversed(line), start=1):
            cell = sheet.cell(number, column)
            cell.value, cell.number_format = value, shown


def signed(sheet: Worksheet, **names: str | date) -> None:
    """Write behind the labels below the table: 填表人="王五"."""
    for label, value in names.items():
        cell = next(
            c for row in sheet.iter_rows() for c in row if isinstance(c.value, str) and c.value.startswith(label)
        )
        place = {1: 2, 4: 6, 8: 9}[cell.column]
        sheet.cell(cell.row, place).value = value
