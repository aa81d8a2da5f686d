"""Five workbooks as offices send them. What is said of each is enough to mend it: nothing else is looked at."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from indicators.problem import Severity
from indicators.store import Store
from ingest.check import Checked
from ingest.checking import check_file
from ingest.settings import Settings
from ingest.words import explain

pytestmark = pytest.mark.usefixtures("in_process")

LIFE, BEDS, NURSES = "人均预期寿命", "每千人口医疗卫生机构床位数", "每千常住人口拥有注册护士数"
YEARS = ("2019", "2020", "2021")
FLOW, SHARE = "生物医药健康产业增加值", "普惠托位占比"


@dataclass(frozen=True)
class Messy:
    """A workbook, what is said of it (row, column, code), how that is mended cell by cell, and what is then read."""

    rows: Sequence[Sequence[Any]]
    said: set[tuple[int | None, str, str]]
    mends: dict[str, Any]
    read: set[tuple[str, str, str, str, float | None]]
    merges: Sequence[str] = ()
    unmerge: Sequence[str] = ()
    shown: dict[str, str] = field(default_factory=dict)
    more: dict[str, str] = field(default_factory=dict)  # name of a further sheet → its state


def _titles() -> list[list[Any]]:
    return [
        ["卫生健康事业发展情况", *[None] * 5, "表    号:JK-J-01"],
        [None, *[None] * 5, "制定机关:××市卫生健康委员会"],
        ["综合机关名称:成都市卫生健康委员会", *[None] * 5, "批准文号:成统制〔2023〕12号"],
        ["行政区划代码:510100        2024年一季度", *[None] * 5, "有效期至:2026年6月"],
        [None, *[None] * 5, "计量单位:见表内"],
    ]


MESSY = {
    "a quarterly form with two levels, broken formulas and a signature": Messy(
        rows=[
            *_titles(),
            ["指标名称", "计量\n单位", "代码", "本 期", "本年累计", "上年同期累计", "同比增速(%)", "备 注"],
            ["甲", "乙", "丙", 1, 2, 3, 4, 5],
            ["一、医疗卫生"],
            [BEDS, "张/千人", "01", 9.2, None, 9.1, "=D9/0", None],
            ["    其中:" + NURSES, "人/千人", "02", "5.1 左右", None, 5, None, None],
            [LIFE, "岁", "03", "=AVERAGE(D9:D10)", None, 81, None, None],
            ["二、健康产业"],
            [FLOW, "亿元", "04", None, "1,234.5", 1100, None, None],
            ["单位负责人:李某", None, "统计负责人:王某", None, "填表人:赵某", None, "报出日期:2024年4月8日"],
            ["说明:1.统计范围为全市;2.本表审核关系:01≥02。"],
        ],
        said={(10, "D 本 期", "number_unreadable"), (11, "D 本 期", "formula_empty")},
        mends={"D10": 5.1, "D11": 82},
        read={
            ("beds-per-1000", "510100", "2024Q1", "", 9.2),
            ("nurses-per-1000", "510100", "2024Q1", "", 5.1),
            ("life-expectancy", "510100", "2024Q1", "", 82.0),
            ("biohealth-value-added", "510100", "2024Q1", "ytd", 1234.5),
        },
        merges=["A1:F1"],
    ),
    "a yearbook page: years across, keys merged, marks and footnotes, a hidden copy": Messy(
        rows=[
            ["2-5 居民健康主要指标(2019—2021年)"],
            ["单位:岁"],
            ["地 区", "指 标", "年份", None, None],
            [None, None, "2019年", "2020年", "2021年"],
            ["成都市", LIFE, 81.0, 81.5, "81.8*"],
            ["广州市", LIFE, 82.0, "…", None],
            [None, LIFE + "①", 82.2, 82.5, 82.9],
            ["注:①为调整后口径。"],
            ["资料来源:市卫生健康委员会。"],
        ],
        said={(5, "E 年份 2021年", "number_unreadable"), (7, "A 地 区", "key_empty")},
        mends={"E5": 81.8, "A7": "柳州市"},
        read={
            *(
                ("life-expectancy", "510100", year, "", value)
                for year, value in zip(YEARS, (81, 81.5, 81.8), strict=True)
            ),
            *(
                ("life-expectancy", "440100", year, "", value)
                for year, value in zip(YEARS[:2], (82, None), strict=True)
            ),
            *(
                ("life-expectancy", "450200", year, "", value)
                for year, value in zip(YEARS, (82.2, 82.5, 82.9), strict=True)
            ),
        },
        merges=["A1:E1", "A3:A4", "B3:B4", "C3:E3"],
        more={"旧表": "hidden"},
    ),
    "districts across with a total, a percentage format and merged figures": Messy(
        rows=[
            ["成都市2021年区(市)县托育情况"],
            ["指标名称", "计量单位", "锦江区", "青羊区", "合计"],
            [SHARE, "%", 0.555, 0.61, 0.58],
            [LIFE, "岁", 82.1, None, 82],
            ["合  计", None, 1, 2, 3],
            ["数据来源:区卫健局"],
        ],
        said={(4, "C 锦江区", "cells_merged")},
        mends={"D4": 82.3},
        read={
            ("inclusive-childcare-share", "510104", "2021", "", 55.5),
            ("inclusive-childcare-share", "510105", "2021", "", 61.0),
            ("life-expectancy", "510104", "2021", "", 82.1),
            ("life-expectancy", "510105", "2021", "", 82.3),
        },
        merges=["C4:D4"],
        unmerge=["C4:D4"],
        shown={"C3": "0.0%", "D3": "0.0%"},
    ),
    "a long list typed by hand, with dates that Excel made and a name mistyped": Messy(
        rows=[
            ["地区", "指标", "报告期", "数值", "单位", "累计方式", "备注"],
            ["成都市", LIFE, date(2021, 12, 31), 81.8, "岁", None, None],
            ["成都帀", LIFE, "2020年末", 81.5, "岁", None, None],
            ["成都市", FLOW, "2021年上半年", 4.1, "亿元", "本期", None],
            ["成都市", FLOW, "2021年二季度", 2.2, "亿元", None, None],
            ["成都市", SHARE, "2021", 60, "‰", None, None],
            ["成都市", LIFE, 45382, True, "岁", None, None],
        ],
        said={
            (3, "A 地区", "region_unknown"),
            (4, "F 累计方式", "accumulation_contradicts"),
            (5, "F 累计方式", "accumulation_needed"),
            (7, "C 报告期", "period_unreadable"),
            (7, "D 数值", "number_boolean"),
        },
        mends={"A3": "成都市", "F4": "本年累计", "F5": "本期", "C7": "2019", "D7": 81, "D6": 600},
        read={
            ("life-expectancy", "510100", "2021-12-31", "", 81.8),
            ("life-expectancy", "510100", "2020", "", 81.5),
            ("biohealth-value-added", "510100", "2021H1", "ytd", 4.1),
            ("biohealth-value-added", "510100", "2021Q2", "period", 2.2),
            ("inclusive-childcare-share", "510100", "2021", "", 60.0),
            ("life-expectancy", "510100", "2019", "", 81.0),
        },
    ),
    "no period anywhere, a column twice and none named": Messy(
        rows=[
            ["成都市居民健康统计"],
            ["指标", "数值", "单位", "单位", None],
            [LIFE, 81.8, "岁", "岁", "初步"],
        ],
        said={(2, "D 单位", "column_twice"), (2, "E", "column_blank"), (2, "period", "column_missing")},
        mends={"D2": "来源", "D3": "公报", "E2": "备注", "A1": "成都市2021年居民健康统计"},
        read={("life-expectancy", "510100", "2021", "", 81.8)},
    ),
}


@pytest.fixture
def check(untouched: Store, settings: Settings) -> Callable[[bytes], Checked]:
    return lambda raw: check_file(untouched, settings, name="一季度.xlsx", raw=raw)


def drawn(messy: Messy, *, mended: bool) -> bytes:
    made = Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "报表"
    for line in messy.rows:
        sheet.append(list(line))
    for cell, shown in messy.shown.items():
        sheet[cell].number_format = shown
    for area in messy.merges:
        if not (mended and area in messy.unmerge):
            sheet.merge_cells(area)
    for cell, value in messy.mends.items() if mended else ():
        sheet[cell].value = value
    for name, state in messy.more.items():
        made.create_sheet(name).sheet_state = state
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize("name", MESSY)
def test_what_is_said_names_each_cell_to_mend(check: Callable[[bytes], Checked], name: str) -> None:
    checked = check(drawn(MESSY[name], mended=False))
    errors = [p for p in checked.problems if p.severity is Severity.ERROR]
    assert {(p.row, p.column, p.code) for p in errors} == MESSY[name].said
    for problem in errors:
        said = explain(problem)
        assert said["sheet"] == "报表"
        assert said["zh"].endswith("。") or said["zh"].endswith("?")


@pytest.mark.parametrize("name", MESSY)
def test_mended_as_it_says_it_is_read(check: Callable[[bytes], Checked], name: str) -> None:
    checked = check(drawn(MESSY[name], mended=True))
    assert [(p.code, p.row, p.column) for p in checked.problems if p.severity is Severity.ERROR] == []
    found = set(checked.figures.select("indicator", "region", "period", "accumulation", "value").iter_rows())
    assert found == MESSY[name].read
