"""The chart as a file of its own: everything a reader needs is in it, and nothing else is needed to show it."""

from __future__ import annotations

import re
import struct
import xml.etree.ElementTree as Xml
from dataclasses import replace

import pytest

from dashboard.charts.picture import can_write_chinese, rasterised
from dashboard.i18n import words
from dashboard.public.drawing import chart_svg
from tests import builders as make
from tests.judged import BEDS, QUARTERLY
from tests.published import book, subject

ZH, EN = words("zh"), words("en")
SOURCED = make.definition(**QUARTERLY | {"source": "卫生资源统计"})


def written(svg: str) -> list[str]:
    """The lines of words of a picture."""
    return [text.text or "" for text in Xml.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_it_says_what_it_is_how_it_stands_from_whom_and_where_it_stays() -> None:
    beds = subject(BEDS, SOURCED)
    told = written(chart_svg(beds, book(beds), ZH))
    assert told[:2] == ["成都市 · “十四五”卫生健康发展规划", "每千人口床位数"]
    assert told[2].startswith("▼ 滞后。2024年末 7.87 张/千人")
    assert told[-3:] == [
        "数据来源:市卫健委季报 · 发布机构:成都市卫生健康委员会",
        "第 2 次发布,2025-02-20 · 数据截至 2024-12-31 · 判定规则:时序进度 第1版",
        "固定网址:https://data.example/releases/2/indicators/beds/510100/",
    ]
    assert {"目标 8.30", "基期 7.34", "7.87"} <= set(told)


def test_in_english_too() -> None:
    beds = subject(BEDS, replace(SOURCED, source=""))
    told = " ".join(written(chart_svg(beds, book(beds), EN)))
    assert "Hospital beds" in told
    assert "Behind" in told
    assert "https://data.example/releases/2/en/indicators/beds/510100/" in told


def test_a_demonstration_is_marked_before_anything_else() -> None:
    beds = subject(BEDS, SOURCED)
    told = written(chart_svg(beds, book(beds, demo=True), ZH))
    assert told[0] == "演示网站,非正式发布"
    assert "演示网站,非正式发布" not in written(chart_svg(beds, book(beds), ZH))


def test_it_reaches_for_nothing_outside_itself() -> None:
    beds = subject(BEDS)
    drawn = chart_svg(beds, book(beds), ZH)
    assert not re.search(r"href|url\(|<style|<script|<image|@import| class=", drawn)


def test_hostile_words_stay_words() -> None:
    evil = "<script>alert(1)</script>\"'&\x07"
    beds = subject(BEDS, replace(SOURCED, source=evil))
    beds = replace(beds, indicator=replace(beds.indicator, name_zh=evil))
    drawn = chart_svg(beds, book(beds), ZH)
    assert "<script" not in drawn
    assert written(drawn)[1].startswith("<script>alert(1)")


def test_nothing_to_draw_is_no_file() -> None:
    beds = subject({}, promised=False)
    assert chart_svg(beds, book(beds), ZH) == ""


@pytest.mark.skipif(not can_write_chinese(), reason="no Chinese font on this machine")
def test_as_a_picture_it_is_as_wide_as_a_preview_of_a_link() -> None:
    beds = subject(BEDS)
    raw = rasterised(chart_svg(beds, book(beds), ZH), scale=1.25)
    assert raw.startswith(b"\x89PNG")
    assert struct.unpack(">I", raw[16:20]) == (1200,)
