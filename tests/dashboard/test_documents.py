"""An indicator taken along: a workbook that runs nothing, a picture that says all it needs to alone."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as Xml
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest
from openpyxl import load_workbook
from PIL import Image

from dashboard import documents
from dashboard.charts import picture
from dashboard.charts.palette import LIGHT
from dashboard.charts.trajectory import drawing
from dashboard.documents import Dossier
from dashboard.i18n import words
from indicators.catalogue import Catalogue, read_folder
from indicators.monitor import Judged
from ingest import export
from ingest.settings import SHIPPED
from tests import builders as make
from tests.judged import BEDS, TODAY, judged

FORMULA = '=HYPERLINK("http://x","点")'
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
needs_font = pytest.mark.skipif(not picture.can_write_chinese(), reason="no CJK font on this machine: fonts-noto-cjk")
SHIPPED_CATALOGUE = Catalogue.of(read_folder(SHIPPED))


def past(**changes: Any) -> pl.DataFrame:
    """Two approvals of one period, newest first."""
    row = {
        "period": "2024",
        "period_end": date(2024, 12, 31),
        "accumulation": "",
        "value": 7.87,
        "vintage": "flash",
        "source": "卫健委",
        "note": FORMULA,
        "submitted_by": "@填报人",
        "submitted_at": datetime(2025, 1, 10, tzinfo=UTC).replace(tzinfo=None),
        "approved_by": "审核人",
        "approved_at": datetime(2025, 1, 12, tzinfo=UTC).replace(tzinfo=None),
        "origin": "reported",
        "released": True,
    }
    return pl.DataFrame([row | changes, row | {"value": 7.8, "released": False}])


def taken(one: Judged | None = None, language: str = "zh") -> Dossier:
    one = one or judged(BEDS)
    return Dossier(one, past(), make.rule(), SHIPPED_CATALOGUE, TODAY, words(language))


def spec(one: Judged, language: str = "zh") -> dict[str, Any]:
    found = drawing(one, w=words(language), ground=LIGHT)
    assert found is not None
    return found


# -- XLSX ------------------------------------------------------------------------------------------------------


def opened(of: Dossier) -> Any:
    return load_workbook(io.BytesIO(documents.workbook(of)))


def test_a_workbook_has_figures_their_meaning_and_their_history() -> None:
    book = opened(taken())
    assert book.sheetnames == ["数据", "口径与来源", "修订历史"]
    assert all(page.freeze_panes == "A2" for page in book)
    figures = book["数据"]
    newest = [cell.value for cell in figures[2]]
    assert newest[:3] == ["2024年末", datetime(2024, 12, 31), 7.87]
    assert newest[3] == pytest.approx(8.108)
    assert figures["C2"].number_format == "#,##0.00"
    assert figures["B2"].number_format == "yyyy-mm-dd"
    meaning = {row[0].value: row[1].value for row in book["口径与来源"].iter_rows()}
    assert meaning["目标"] == "8.30 张/千人 (2025-12-31)"
    assert meaning["判定规则"].startswith("时序进度")
    assert "完成目标增量的 55.2%" in meaning["判断"] and "**" not in meaning["判断"]
    assert meaning["截至"] == datetime(2024, 12, 31)
    assert [row[1].value for row in book["修订历史"].iter_rows(min_row=2)] == [7.87, 7.8]


def test_nothing_in_a_workbook_is_a_formula() -> None:
    book = opened(taken())
    cells = [cell for page in book for row in page.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert FORMULA in {cell.value for cell in cells}  # still what was written, and only text
    assert all(cell.quotePrefix for cell in cells if isinstance(cell.value, str) and cell.value.startswith(("=", "@")))


def test_a_workbook_in_english_is_english() -> None:
    assert opened(taken(language="en")).sheetnames == ["Figures", "Definition and source", "Revisions"]


def test_generated_figures_are_marked_on_every_sheet() -> None:
    book = opened(taken(judged(BEDS, origin="demo")))
    assert all("示例数据" in page.oddHeader.center.text for page in book)
    assert "示例数据,非真实统计结果" in {cell.value for cell in book["口径与来源"]["B"]}
    assert not any(page.oddHeader.center.text for page in opened(taken()))


def test_what_a_cell_cannot_hold_is_left_out() -> None:
    book = load_workbook(io.BytesIO(export.workbook([export.Sheet("表", ["a"], [["x\x00\x1fy" + "长" * 40_000]])])))
    text = book["表"]["A2"].value
    assert text.startswith("xy长") and len(text) == 32_767


def test_csv_has_its_mark_for_excel_and_no_formula() -> None:
    raw = documents.csv_bytes(judged(BEDS), past())
    assert raw.startswith(b"\xef\xbb\xbf")
    header, first, _ = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    assert dict(zip(header, first, strict=True))["note"] == "'" + FORMULA


# -- pictures --------------------------------------------------------------------------------------------------


def said(drawn: bytes) -> list[str]:
    return ["".join(text.itertext()) for text in Xml.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]


@LANGUAGES
def test_an_svg_says_where_what_how_it_stands_and_from_where(language: str) -> None:
    one = judged(BEDS, origin="demo")
    of = taken(one, language)
    texts = said(picture.svg(spec(one, language), documents.told(of)))
    whole = "".join(texts)
    assert documents.told(of).title in texts
    assert of.w("download.mark") in texts
    assert TODAY.isoformat() in whole
    assert "55.2%" in whole and "**" not in whole
    assert of.w("chart.path") in texts  # the chart's own words are text too


def test_an_svg_names_fonts_to_fall_back_on_and_fetches_nothing() -> None:
    drawn = picture.svg(spec(judged(BEDS)), documents.told(taken()))
    assert "Noto Sans CJK SC" in drawn.decode() and "sans-serif" in drawn.decode()
    assert b"href" not in drawn and b"<script" not in drawn and b"@import" not in drawn


def test_names_from_data_are_text_in_a_picture() -> None:
    told = replace(documents.told(taken()), title="<script>&\x00" + "长" * 900)
    drawn = picture.svg(spec(judged(BEDS)), told)
    assert b"<script" not in drawn
    assert sum(text.count("长") for text in said(drawn)) < 400


def test_long_lines_are_broken_within_the_sheet_and_never_before_a_closing_mark() -> None:
    lines = list(picture._wrapped("每千人口医疗卫生机构床位数,达到目标。" * 8, 15, 300))
    assert len(lines) > 5
    assert not any(line.startswith((",", "。")) for line in lines)
    assert all(picture.text_width(line, 15) <= 300 + 15 for line in lines)


@needs_font
def test_a_png_is_twice_its_size_and_opaque() -> None:
    shown = Image.open(io.BytesIO(picture.png(spec(judged(BEDS)), documents.told(taken()))))
    assert shown.width == 1920 and 1000 < shown.height < 1600
    assert shown.convert("RGBA").getextrema()[3] == (255, 255)


@needs_font
def test_chinese_in_a_png_is_chinese_and_no_row_of_boxes() -> None:
    """Two different signs look different, and neither looks as a sign that no font has."""
    drawn = {
        sign: picture._png(picture._sheet([picture._text(sign, 4, 30, 24)], 40, 40), 1.0)
        for sign in ("健", "康", "\U0010fffd")
    }
    assert len(set(drawn.values())) == 3
    inked = [sum(Image.open(io.BytesIO(one)).convert("L").histogram()[:128]) for one in drawn.values()]
    assert min(inked[:2]) > 60


def test_where_no_font_has_chinese_it_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "_png", lambda drawn, scale: b"tofu")
    assert picture.can_write_chinese.__wrapped__() is False
