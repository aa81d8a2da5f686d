"""Tables for spreadsheets: read as they are meant, never run."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import polars as pl
import pytest

from ingest.export import Sheet, Stencil, csv_bytes, frame_csv, harmless, workbook
from tests.office import opened


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"], ids=ascii
)
def test_D28_text_that_would_be_run_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", [-1.5, 0, None, "成都", "", "a=1"], ids=str)
def test_D28_the_rest_stays_as_it_is(value: object) -> None:
    assert harmless(value) == value


def test_a_table_is_csv_as_excel_reads_it() -> None:
    raw = csv_bytes(["单位", "数"], [["=1+1", -1.5], ["甲,乙", None]])
    assert raw.decode("utf-8") == '\ufeff单位,数\r\n\'=1+1,-1.5\r\n"甲,乙",\r\n'


def test_D28_a_frame_is_the_same_csv() -> None:
    frame = pl.DataFrame({"单位": ["=1+1", "甲,乙"], "数": [-1.5, None], "日": [date(2024, 12, 31), None]})
    assert frame_csv(frame) == csv_bytes(frame.columns, frame.iter_rows())


# -- workbooks of one form ------------------------------------------------------------------------------------------

AT = datetime(2025, 1, 20, 9, 0)
ROWS: Sequence[Sequence[object]] = [
    ["2024年", date(2024, 12, 31), 7.876, 3],
    ["=1+1", None, -0.5, 0],
    [" <b>&\x01\n", date(1999, 1, 1), None, 10**9],
    ["长" * 100, None, 1e-7, -2],
]


def sheet(rows: Sequence[Sequence[object]]) -> Sheet:
    return Sheet("数据 <&>", ["期", "日", "值", "个"], rows, {2: 2})


def test_a_stencil_fills_in_what_openpyxl_would_write() -> None:
    found = opened(Stencil([sheet(ROWS)], at=AT, mark="示例 & 数据").filled([sheet(ROWS)]))
    wanted = opened(workbook([sheet(ROWS)], at=AT, mark="示例 & 数据"))
    (ours,), (theirs,) = found.worksheets, wanted.worksheets
    assert (ours.title, ours.freeze_panes) == (theirs.title, theirs.freeze_panes)
    assert ours.oddHeader.center.text == theirs.oddHeader.center.text
    assert [c.width for c in ours.column_dimensions.values()] == [c.width for c in theirs.column_dimensions.values()]
    for one, other in zip(ours.iter_rows(), theirs.iter_rows(), strict=True):
        for cell, same in zip(one, other, strict=True):
            assert (cell.value, cell.data_type) == (same.value, same.data_type), cell.coordinate
            looks = ("number_format", "quotePrefix", "font", "alignment")
            told = [[repr(getattr(it, look)) for look in looks] for it in (cell, same) if it.value is not None]
            assert not told or told[0] == told[1], cell.coordinate


def test_D28_a_stencil_never_writes_a_formula() -> None:
    page = opened(Stencil([sheet([])], at=AT).filled([sheet(ROWS)])).worksheets[0]
    assert page["A3"].value == "=1+1"
    assert page["A3"].data_type == "s"
    assert page["A3"].quotePrefix


def test_the_same_rows_are_the_same_bytes_whenever_they_are_filled_in() -> None:
    one, other = (Stencil([sheet([]), sheet([])], at=AT).filled([sheet(ROWS), sheet([])]) for _ in range(2))
    assert one == other
    assert opened(one).properties.modified == AT
