"""Problems in words: every code has its sentence in both languages, and every sentence its cause."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from indicators.period import Period
from indicators.problem import Problem, Severity
from indicators.store import Store
from ingest import read as reading
from ingest import words
from ingest.checking import check_file
from ingest.form.forms import form_id, read_forms
from ingest.people import Role, User
from ingest.settings import SHIPPED, Settings
from ingest.words import SHOWN, clip, explain, phrase, report, visible
from ingest.workflow import Receipt, submit
from tests.conftest import Texts
from tests.desk import Desk
from tests.forms import BEDS, MATTER, TABLE, YUEXIU, form, id_of, lag, matter, reporting, without
from tests.returns import csv, filled, table
from tests.workbooks import HEADER, ROW, book, cells, figure, packed, parts, workbook

pytestmark = pytest.mark.usefixtures("in_process")

FOLDER = Path(words.__file__).parent
MESSAGES: dict[str, dict[str, str]] = tomllib.loads((FOLDER / "messages.toml").read_text(encoding="utf-8"))
FLOW_ID = "biohealth-value-added"
FLOW = {"indicator": FLOW_ID, "value": "100"}
RATIO = {"indicator": "beds-per-1000", "value": "7.5"}
HEAD = b"region,indicator,period,value\n"

# what must be sent for a sentence to be said: code → a file (or its name and a file)
CAUSES: dict[str, bytes | tuple[str, bytes]] = {
    "file_empty": b"",
    "file_too_large": b"x" * 10_000_001,
    "file_kind": ("六月.xls", csv()),
    "not_csv": b"PK\x03\x04",
    "read_as_gb18030": csv(region="成都市").decode().encode("gb18030"),
    "read_as_utf16": csv().decode().encode("utf-16"),
    "encoding_unknown": csv(note="成都") + b"\xff\n",
    "nul_byte": csv(note="\0"),
    "delimiter": csv(delimiter=";"),
    "no_rows": HEAD,
    "too_many_rows": HEAD + b"1,2,3,4\n" * 100_001,
    "too_many_columns": b"," * 200,
    "row_width": csv() + b"1,2\n",
    "quote_open": csv() + b'"1,2,3,4\n',
    "cell_too_long": csv(note="x" * 40_000),
    "column_missing": csv(without=["value"]),
    "column_twice": table(["region", "区域", "indicator", "period", "value"], [["1", "1", "1", "1", "1"]]),
    "column_blank": table(["region", "indicator", "period", "value", ""], [["1"] * 5]),
    "column_ignored": csv(填表人="王"),
    "column_read_as": csv().replace(b"value", b"VALUE"),
    "text_control": csv(note="\u202e"),
    "text_too_long": csv(note="字" * 2001),
    "indicator_unknown": csv(indicator="人均预期寿名"),
    "region_unknown": csv(region="?"),
    "region_disagrees": csv(region_code="440100"),
    "period_unreadable": csv(period="24Q1"),
    "period_future": csv(period="2098"),
    "period_day_of_flow": csv(FLOW, period="2021-06-15"),
    "period_first_of_month": csv(period="2021-03-01"),
    "value_empty": csv(value=""),
    "number_unreadable": csv(value="n/a"),
    "number_two_readings": csv(value="1,5"),
    "number_scientific": csv(value="1E5"),
    "number_percent": csv(value="12%"),
    "number_too_long": csv(value="1" * 16),
    "number_boolean": csv(value="TRUE"),
    "number_not_finite": csv(value="NaN"),
    "number_read_as": csv(value="81.76岁"),
    "value_missing_mark": csv(value="…"),
    "unit_unknown": csv(unit="斗"),
    "unit_other_dimension": csv(unit="张"),
    "accumulation_unknown": csv(FLOW, accumulation="每季"),
    "accumulation_needed": csv(FLOW, period="2021Q2"),
    "accumulation_contradicts": csv(FLOW, period="2021年上半年", accumulation="本期"),
    "accumulation_ignored": csv(accumulation="本期"),
    "vintage_unknown": csv(vintage="终稿"),
    "date_unreadable": csv(published_on="昨天"),
    "count_unreadable": csv(contributors="几个"),
    "part_alone": csv(RATIO, numerator="1"),
    "part_on_other": csv(numerator="1", denominator="2"),
    "denominator_zero": csv(RATIO, numerator="1", denominator="0"),
    "ratio_disagrees": csv(RATIO, numerator="1", denominator="2"),
    "value_impossible": csv(value="101"),
    "value_unusual": csv(value="96"),
    "value_slipped": csv({"period": "2020"}, {"value": "0.75"}, indicator="beds-per-1000", value="7.5"),
    "value_sign": csv({"period": "2020"}, {"value": "-5"}, indicator="biohealth-value-added", value="5"),
    "value_jump": csv({"period": "2020"}, {"value": "83"}, value="81"),
    "ytd_falls": csv({"period": "2021Q1"}, {"period": "2021年上半年", "value": "90"}, **FLOW),
    "part_exceeds_total": csv(RATIO, {"indicator": "beds-municipal-public-per-1000", "value": "7.6"}),
    "twice_in_file": csv({}, {}),
    "value_changes_approved": csv({"period": "2019", "value": "81.1"}, vintage="快报"),
    "vintage_lower": csv({"period": "2019", "value": "81.1"}, vintage="快报"),
    "nothing_new": csv({"period": "2019", "value": "81"}, vintage="修订"),
}
TITLED = ["成都市2021年统计表"]
WIDE = ["指标", "2020", "2021"]
FORM = ["指标名称", "代码", "本期", "本年累计"]


def sheet(*rows: Sequence[Any], adjust: Callable[[Worksheet], None] | None = None, **more: Any) -> tuple[str, bytes]:
    return "六月.xlsx", book(rows, adjust, **more)


def merging(area: str) -> Callable[[Worksheet], None]:
    return lambda sheet: sheet.merge_cells(area)


def _hide_row(sheet: Worksheet) -> None:
    sheet.row_dimensions[2].hidden = True


def _hide_column(sheet: Worksheet) -> None:
    sheet.column_dimensions["D"].hidden = True


LIFE, FLOW_ZH = "人均预期寿命", "生物医药健康产业增加值"
SIXTY = [["地区", "指标", *(f"{year}年" for year in range(1960, 2020))], ["成都市", LIFE, *[81] * 60]]
OF_FOUR = ["成都市", LIFE, 81, 81, 81, 81]
MERGE = '<mergeCell ref="A1:A2"/>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

CAUSES |= {
    "not_workbook": ("a.xlsx", csv()),
    "workbook_encrypted": ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le")),
    "workbook_legacy": ("a.xlsx", OLE),
    "workbook_damaged": ("a.xlsx", book()[:-50]),
    "workbook_parts": ("a.xlsx", packed(parts() | {f"xl/{n}": "" for n in range(1000)})),
    "workbook_names": ("a.xlsx", packed(parts() | {"../x": ""})),
    "workbook_active": ("a.xlsx", packed(parts() | {"xl/vbaProject.bin": ""})),
    "workbook_entities": ("a.xlsx", workbook("<!DOCTYPE x>")),
    "workbook_too_large": ("a.xlsx", workbook(" " * 3_000_000)),
    "sheet_too_wide": sheet(HEADER, [*ROW, *[None] * 100, 1]),
    "sheet_too_full": ("a.xlsx", workbook(cells(more="<mergeCells>" + MERGE * 20_001 + "</mergeCells>"))),
    "sheet_empty": sheet(HEADER, 数据=[HEADER]),
    "sheets_read": sheet(HEADER, ROW, 二=[HEADER, [*ROW[:2], "2020", 81]]),
    "sheets_too_many": (
        "a.xlsx",
        book(SIXTY, **{f"表{n}": SIXTY for n in range(35)}),
    ),
    "sheets_hidden": ("a.xlsx", packed(parts(state="hidden"))),
    "sheets_other": sheet(HEADER, ROW, 目录=[["x"]]),
    "sheets_hidden_too": sheet(HEADER, ROW, 目录=[["x"]], hidden=["目录"]),
    "cell_not_finite": ("a.xlsx", workbook(figure("NaN"))),
    "header_missing": sheet(["a", "b"], ["c", "d"]),
    "column_of_a_period": sheet(["地区", "指标", "2021年", "7-9月"], ["成都市", LIFE, 81, 82]),
    "column_unknown": sheet(["地区", "报告期", LIFE, "每千人护士数"], ["成都市", "2021", 81, 5]),
    "period_out_of_order": sheet(["地区", "指标", "2024年12月", "2025年3月", "2024年6月", "2025年9月"], OF_FOUR),
    "indicator_above": sheet([f"2021年{LIFE}"], ["地区", "数值"], ["成都市", 81]),
    "growth_disagrees": sheet([*HEADER, "上年同期", "同比增长(%)"], [*ROW[:3], 81, 80, 7.4]),
    "period_made_a_date": sheet(["地区", "指标", "累计"], [None, None, date(2021, 1, 6)], ["成都市", FLOW_ZH, 1]),
    "value_beside_before": sheet([*HEADER, "上年同期"], [*ROW[:3], 81, 8.1]),
    "header_computed": sheet([*HEADER, "=1"], ROW),
    "period_above": sheet(TITLED, ["地区", "指标", "数值"], ["成都市", LIFE, 81]),
    "region_above": sheet(TITLED, ["指标", "报告期", "数值"], [LIFE, "2021", 81]),
    "unit_above": sheet(["单位:岁"], HEADER, ROW),
    "row_comment": ("a.csv", csv() + b"# x,,,\n"),
    "row_header_again": sheet(HEADER, ROW, HEADER),
    "row_heading": sheet(HEADER, ["一、人口"], ROW),
    "row_blank": sheet(["地区", *WIDE], ["成都市", LIFE], ["成都市", "常住人口", 1, 2]),
    "row_total": sheet(HEADER, ROW, ["合计", LIFE, "2021", 1]),
    "row_after_end": sheet(HEADER, ["注:x"], ROW),
    "table_ended": sheet(HEADER, ROW, ["注:x"]),
    "cells_blank": sheet(["地区", *WIDE], ["成都市", LIFE, 81]),
    "template_unfilled": sheet(["报告期:2021年"], FORM, [LIFE, "life-expectancy@510100"]),
    "code_unreadable": sheet(["报告期:2021年"], FORM, [LIFE, "life-expectancy@510100", 81], [LIFE, "x", 81]),
    "name_read_as": sheet(HEADER, ["成都市", f"其中:{LIFE}", "2021", 81]),
    "period_and_ytd": sheet(["报告期:2021年一季度"], FORM, [FLOW_ZH, "biohealth-value-added@510100", 1, 2]),
    "key_empty": sheet(HEADER, ROW, [None, *ROW[1:]]),
    "cell_error": sheet(HEADER, [*ROW[:3], "#N/A"]),
    "formula_empty": sheet(HEADER, [*ROW[:3], "=1"]),
    "formula_read": ("a.xlsx", workbook(figure("81", formula="80+1"))),
    "number_rounded": ("a.xlsx", workbook(figure("81.1234567"))),
    "cells_merged": sheet(HEADER, ROW, [*ROW[:2], "2020", 81], adjust=merging("D2:D3")),
    "merged_read": sheet(HEADER, ROW, [None, ROW[1], "2020", 81], adjust=merging("A2:A3")),
    "rows_hidden": sheet(HEADER, ROW, adjust=_hide_row),
    "columns_hidden": sheet(HEADER, ROW, adjust=_hide_column),
}
QUARTERLY, Q1 = read_forms()["quarterly"], Period.quarter(2024, 1)
ID, FULL = id_of(), [LIFE, BEDS, 8, None, "核实"]
DONE = ("已完成", "2022-11-30", "越府〔2022〕3号")


def back(*rows: Sequence[Any], **more: Any) -> tuple[str, bytes]:
    return "季报.xlsx", form(*rows, **more)


def stands(*answers: Any, code: str = MATTER) -> tuple[str, bytes]:
    return "季报.xlsx", reporting(matter(code, *answers))


CAUSES |= {
    "sheets_added": back(FULL, 备查=[["x"]]),
    "form_sheet_hidden": back(FULL, lagging=[lag(BEDS)], hidden=["滞后说明"]),
    "form_sheet_twice": back(FULL, 副本=[[f"表单编号:{ID}"], TABLE, FULL]),
    "form_id_missing": back(FULL, own="", lagging=[lag(BEDS)]),
    "form_id_wrong": back(FULL, own=ID[:-1] + "4"),
    "form_ids_differ": back(FULL, 副本=[[f"表单编号:{id_of(period='2023Q4')}"], TABLE, FULL]),
    "form_unknown": back(FULL, own=form_id("chengdu-health", Q1, replace(QUARTERLY, number="ZB-J77"))),
    "form_organisation_unknown": back(FULL, own=id_of("nobody")),
    "form_nothing_owed": back(FULL, own=id_of("national-statistics")),
    "form_expired": back(FULL, own=id_of(period="2027Q4")),
    "form_period_disagrees": back(FULL, period="2024年二季度"),
    "form_sender_disagrees": back(FULL, lines=[["填报单位:成都市体育局"]]),
    "form_no_figures": (
        "a.xlsx",
        without(reporting(matter(MATTER, *DONE)), "Sheet", identifier=id_of(YUEXIU, "2022Q4")),
    ),
    "form_blank": back([LIFE, BEDS]),
    "row_not_on_form": back(FULL, [LIFE, "yx-theme-parks@440104", 1]),
    "answer_unknown": stands(*DONE, code="yuexiu-2021/task-1"),
    "answer_twice": ("a.xlsx", reporting(matter(MATTER, *DONE), matter(MATTER, "推进中"))),
    "state_unknown": stands("快了"),
    "matter_incomplete": stands("已完成", "2022-11-30", "略"),
    "matter_not_done": stands("推进中", "2022-11-30"),
    "date_future": stands("已完成", "2098-01-01", "越府〔2022〕3号"),
    "explanation_missing": back(FULL, lagging=[lag(BEDS, "新增床位", "无", "加快建设")]),
    "explanation_row_missing": back(FULL),
    "explanation_unasked": back(FULL, lagging=[lag("nurses-per-1000@510100", "新增护士", "招聘难", "扩大招聘")]),
}
CITY, DISTRICTS = "秦皇岛", ("海港", "山海关", "北戴河", "抚宁", "青龙", "昌黎", "卢龙")
COUNTED = ("beds", "doctors", "nurses")
CAUSES |= {
    "period_before_definition": csv(period="2014"),
    "period_not_due": csv(period="2021Q2"),
    "period_older_than_filled": sheet(
        ["2021年度", "填报日期:2023年1月16日"], ["地区", "指标", "数值"], ["成都市", LIFE, 81]
    ),
    "ratio_differs_from_row": sheet(
        ["地区", "报告期", "普惠托位占比", "普惠", "托位"],
        *(["成都市", str(2015 + n), 40 + 5 * n + 9 * (n == 5), (8 + n) * (n + 1), 20 * (n + 1)] for n in range(6)),
    ),
    "indicator_is_part": csv({"indicator": "普惠托位", "value": "8"}, {}, indicator="普惠托位占比", value="60"),
    "districts_exceed": csv({"region": CITY, "value": "1"}, {"region": "海港"}, indicator="beds", value="3"),
    "districts_differ": csv(*({"region": r} for r in (CITY, *DISTRICTS)), indicator="beds", value="100"),
    "ytd_equals_period": csv({"accumulation": "本期"}, {"accumulation": "累计"}, **FLOW, period="2021Q2"),
    "ytd_disagrees_period": csv(
        FLOW | {"period": "2021Q1", "value": "50"},
        FLOW | {"period": "2021Q2", "value": "60", "accumulation": "本期"},
        FLOW | {"period": "2021年上半年"},
    ),
    "ratio_disagrees_beside": csv(
        RATIO, {"indicator": "beds", "value": "160000"}, {"indicator": "常住人口", "value": "2000"}
    ),
    "not_yours": csv(indicator="nursing-beds-share", value="55"),
    "organisation_none": csv(),
    "organisation_unknown": csv(),
    "waiting_same": csv({"period": "2016", "value": "80"}),
    "waiting_elsewhere": csv({"period": "2016", "value": "80.1"}),
    "released_locked": csv({"period": "2017", "value": "80.4"}, vintage="年报"),
    "released_vintage_lower": csv({"period": "2017", "value": "80.5"}, vintage="快报"),
    "value_repeats": csv({"period": "2020", "value": "81"}),
    "values_repeat": csv(*({"indicator": i} for i in COUNTED), period="2022Q1", value="5000"),
    "value_out_of_character": csv(RATIO | {"period": "2022Q1", "value": "8.5"}),
    "growth_out_of_character": csv(FLOW | {"period": "2022", "value": "300"}),
}
AFTER_APPROVAL = {"value_changes_approved", "vintage_lower", "nothing_new", "waiting_same", "waiting_elsewhere"}
AFTER_APPROVAL |= {"released_locked", "released_vintage_lower", "value_repeats", "values_repeat"}
AFTER_APPROVAL |= {"value_out_of_character", "growth_out_of_character"}
AFTER_APPROVAL |= {"explanation_missing", "explanation_row_missing"}
SENDERS = {
    "not_yours": "chengdu-health",
    "organisation_none": "",
    "organisation_unknown": "chengdu-weather",
}
# said by other means than a file's content
ELSEWHERE = {"reader_died", "reader_busy", "already_submitted", "changed_meanwhile", "form_expired_since"}
PHRASES = {"hint_owner", "hint_no_owner", "hint_wait", "hint_withdraw", "hint_twice_alike", "hint_twice_differ"}
PHRASES |= {"hint", "hint_letter", "hint_none", "mean_below_unit", "mean_not_applicable", "mean_suppressed"}
# said of a history; see tests/ingest/history
HISTORY = {"number_not_plain", *(code for code in MESSAGES if code.startswith("history_"))}
PHRASES |= {code for code in MESSAGES if code.startswith("counted_")}


@pytest.fixture(scope="module")
def lived(shipped: Texts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store where something is released, something approved and something waits."""
    made = filled(Store(":memory:"), shipped)
    folder = tmp_path_factory.mktemp("lived")
    desk = Desk(made, Settings(home=folder), folder / "uploads")
    desk.release(csv({"period": "2017", "value": "80.5"}, vintage="年报"))
    desk.approve(csv({"period": "2019", "value": "81"}, vintage="修订"))
    lagging = {"indicator": "beds-per-1000", "period": "2023Q4", "value": "7.6", "note": "核实"}
    desk.approve(csv(lagging, vintage="修订"))
    desk.approve(csv(*({"indicator": i} for i in COUNTED), period="2021Q4", value="5000"))
    desk.approve(csv(*({"period": f"2021Q{n}", "value": f"7.{n}"} for n in range(1, 5)), {"period": "2020"}, **RATIO))
    desk.approve(csv(*({"period": str(2016 + n), "value": str(100 + 10 * n)} for n in range(6)), indicator=FLOW_ID))
    desk.send(csv({"period": "2016", "value": "80"}))
    yield made
    made.close()


@pytest.fixture(scope="module")
def untouched(shipped: Texts) -> Iterator[Store]:
    """One store for whoever only reads."""
    made = filled(Store(":memory:"), shipped)
    yield made
    made.close()


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


# -- every sentence --------------------------------------------------------------------------------------------


def test_every_code_has_its_cause_here() -> None:
    assert set(CAUSES) | ELSEWHERE | HISTORY | PHRASES == set(MESSAGES)


@pytest.mark.parametrize("code", CAUSES)
def test_a_file_that_makes_a_code_be_said(code: str, settings: Settings, request: pytest.FixtureRequest) -> None:
    sent = CAUSES[code]
    lived: Store = request.getfixturevalue("lived" if code in AFTER_APPROVAL else "untouched")
    name, raw = sent if isinstance(sent, tuple) else ("a.csv", sent)
    user = User("sun", Role.STATISTICIAN, SENDERS[code]) if code in SENDERS else None
    found = check_file(lived, settings, name=name, raw=raw, user=user)
    problem = next((p for p in found.problems if p.code == code), None)
    assert problem is not None, [p.code for p in found.problems]
    assert placeholders(MESSAGES[code]["zh"] + MESSAGES[code]["en"]) <= {"found", *problem.facts}
    said = explain(problem)
    for language in ("zh", "en"):
        assert "{" not in said[language]
    assert re.search("[\u4e00-\u9fff]", said["zh"])


@pytest.mark.parametrize("code", ["reader_died", "reader_busy"])
def test_what_a_busy_or_dead_parser_makes_be_said(code: str) -> None:
    problem = reading._unreadable(code).problem
    assert explain(problem)["zh"] == MESSAGES[code]["zh"]
    assert explain(problem)["en"] == MESSAGES[code]["en"]


def test_what_the_same_file_twice_makes_be_said(store: Store, settings: Settings, wang: User, tmp_path: Path) -> None:
    def send() -> Receipt:
        return submit(store, settings, name="a.csv", raw=csv(), user=wang, uploads=tmp_path)

    send()
    (problem,) = send().checked.problems
    said = explain(problem)
    assert problem.code == "already_submitted"
    assert re.search(r"已由 wang 于 \d{4}-\d\d-\d\d \d\d:\d\d 报送", said["zh"])
    assert re.search(r"sent by wang at \d{4}", said["en"])


@pytest.mark.parametrize("code", MESSAGES)
def test_a_sentence_stands_in_both_languages_with_the_same_facts(code: str) -> None:
    both = MESSAGES[code]
    assert set(both) == {"zh", "en"}
    facts = [{re.sub("_(zh|en)$", "", name) for name in placeholders(text)} for text in both.values()]
    assert facts[0] == facts[1]
    if code not in PHRASES:
        assert both["zh"].endswith(("。", "{hint_zh}"))
        assert both["en"].endswith(".") or "{hint" in both["en"] or both["en"].endswith("?")


def _constants(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[a-z_]+" for part in node.values
            )


def test_every_sentence_is_said_somewhere_in_the_code() -> None:
    said = {text for file in FOLDER.rglob("*.py") for text in _constants(ast.parse(file.read_text(encoding="utf-8")))}
    patterns = [text for text in said if "[a-z_]+" in text]
    unsaid = [code for code in MESSAGES if code not in said and not any(re.fullmatch(p, code) for p in patterns)]
    assert unsaid == []


# where a code stands in a call: name of what is called → its position, or the keyword
CALLED: dict[str, tuple[int, str]] = {
    "Problem": (1, "code"),
    "say": (1, "code"),
    "Refused": (0, "code"),
    "_unreadable": (0, "code"),
    "finding": (3, "code"),
    "Rule": (2, "code"),
    "Number": (2, "problem"),
    "phrase": (0, "code"),
    "problem": (0, "code"),  # of a row or a line
}


def test_every_code_in_the_code_has_its_sentence() -> None:
    found = set()
    for file in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            name = (
                called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
            )
            if isinstance(node, ast.Call) and name in CALLED:
                place, keyword = (0, "code") if (name, file.parent.name) == ("Rule", "history") else CALLED[name]
                given = [*node.args[place : place + 1], *(k.value for k in node.keywords if k.arg == keyword)]
                found |= {text for value in given for text in _constants(value)}
            if isinstance(node, ast.Return | ast.Tuple | ast.Assign) and file.name in (
                "numbers.py",
                "check.py",
                "schema.py",
            ):
                found |= {
                    t for t in _constants(node) if re.fullmatch("(number|value|part|ytd|vintage|period)_[a-z_]+", t)
                }
    found = {text for text in found if re.fullmatch("[a-z0-9]+_[a-z0-9_]+", text)}
    ours = {"value_or_reason", "period_end", "unit_text", "own_unit"}  # a check's name and columns'
    assert len(found) > 40
    assert found - ours <= set(MESSAGES)


# -- one file with many errors ---------------------------------------------------------------------------------

COLUMNS = ["地区", "指标", "报告期", "数值", "单位", "累计方式", "发布日期", "备注"]
# twelve kinds of errors: cells, then where it is, what is quoted, and what the mend speaks of in each language
SAMPLE: list[tuple[list[str], str, str, str, str, str]] = [
    (
        ["成都帀", "人均预期寿命", "2001", "81", "", "", "", ""],
        "region_unknown",
        "地区",
        "成都帀",
        "成都",
        "Did you mean",
    ),
    (
        ["成都", "人均预期寿名", "2002", "81", "", "", "", ""],
        "indicator_unknown",
        "指标",
        "人均预期寿名",
        "人均预期寿命",
        "人均预期寿命",
    ),
    (
        ["成都", "人均预期寿命", "24Q1", "81", "", "", "", ""],
        "period_unreadable",
        "报告期",
        "24Q1",
        "请写成",
        "Write 2024Q1",
    ),
    (
        ["成都", "人均预期寿命", "2098", "81", "", "", "", ""],
        "period_future",
        "报告期",
        "2098",
        "请检查年份",
        "Check the year",
    ),
    (
        ["成都", "人均预期寿命", "2003", "八十一", "", "", "", ""],
        "number_unreadable",
        "数值",
        "八十一",
        "只写阿拉伯数字",
        "Write digits",
    ),
    (
        ["成都", "人均预期寿命", "2004", "81,5", "", "", "", ""],
        "number_two_readings",
        "数值",
        "81,5",
        "1234.5",
        "1234.5",
    ),
    (
        ["成都", "人均预期寿命", "2005", "8.1E1", "", "", "", ""],
        "number_scientific",
        "数值",
        "8.1E1",
        "单元格格式",
        "Format the cell",
    ),
    (["成都", "人均预期寿命", "2006", "", "", "", "", ""], "value_empty", "数值", "", "删去该行", "Leave the row out"),
    (
        ["成都", "人均预期寿命", "2007", "817", "", "", "", ""],
        "value_impossible",
        "数值",
        "817",
        "40–100 岁",
        "40–100 岁",
    ),
    (
        ["成都", "人均预期寿命", "2008", "81", "张", "", "", ""],
        "unit_other_dimension",
        "单位",
        "张",
        "核对指标",
        "check the indicator",
    ),
    (
        ["成都", "生物医药健康产业增加值", "2021Q2", "81", "", "", "", ""],
        "accumulation_needed",
        "累计方式",
        "2021Q2",
        "累计方式",
        "Fill in",
    ),
    (
        ["成都", "人均预期寿命", "2010", "81", "", "", "昨天", ""],
        "date_unreadable",
        "发布日期",
        "昨天",
        "2024-03-14",
        "2024-03-14",
    ),
    (["成都", "人均预期寿命", "2010", "81", "", "", "", ""], "twice_in_file", "报告期", "2010", "第 13 行", "row 13"),
    (
        ["成都", "人均预期寿命", "2012", "81", "", "", "", "a\u202eb"],
        "text_control",
        "备注",
        "a\u202eb",
        "重新手工输入",
        "Type the cell anew",
    ),
]


def test_a_file_with_many_kinds_of_errors_says_for_each_where_what_and_how_to_mend(
    store: Store, settings: Settings
) -> None:
    found = check_file(store, settings, name="六月.csv", raw=table(COLUMNS, [texts for texts, *_ in SAMPLE]))
    assert not found.accepted
    said = report(found.problems)
    assert [(p["row"], p["code"]) for p in said] == [(n, code) for n, (_, code, *_) in enumerate(SAMPLE, start=2)]
    for problem, (_, _, column, text, mend_zh, mend_en) in zip(said, SAMPLE, strict=True):
        assert (problem["column"], problem["found"]) == (column, clip(text))
        assert mend_zh in problem["zh"]
        assert mend_en in problem["en"]
        if problem["code"] not in ("twice_in_file", "text_control"):  # these quote the other row, or cannot
            assert clip(text) in problem["zh"]
            assert clip(text) in problem["en"]


# -- showing ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("七", "七"),
        ("a\nb\tc", "a b c"),
        ("a\u202eb", "a�b"),
        ("\x00\x1b[31m", "��[31m"),
        ("\ud800", "�"),
        ("\u00a07", " 7"),
        ("x" * 80, "x" * 80),
        ("x" * 81, "x" * 79 + "…"),
    ],
    ids=ascii,
)
def test_a_cell_is_repeated_in_one_short_line(text: str, shown: str) -> None:
    assert clip(text) == shown
    assert visible(clip(text)) == shown


def test_a_fact_is_clipped_but_our_own_hint_is_whole() -> None:
    long = "长" * 200
    facts = {"region": long, "hint_zh": long, "hint_en": long}
    said = explain(Problem(Severity.ERROR, "region_disagrees", found=long, facts=facts))
    assert said["zh"].count("长") == 2 * 79
    assert explain(Problem(Severity.ERROR, "region_unknown", found="x", facts=facts))["zh"].count("长") == 200


def test_D27_what_looks_like_code_is_repeated_as_it_is() -> None:
    nasty = "<script>alert(1)</script> {found} {0} ![](http://x) $x$"
    said = explain(Problem(Severity.ERROR, "number_unreadable", found=nasty))
    assert nasty in said["zh"]
    assert nasty in said["en"]


def test_a_problem_as_it_is_printed() -> None:
    problem = Problem(Severity.WARNING, "value_sign", "表1", 7, "数值", "-5", {"previous": "5", "when": "2020"}, True)
    said: dict[str, Any] = explain(problem)
    assert list(said) == ["severity", "sheet", "row", "column", "code", "found", "explained", "zh", "en"]
    assert (said["severity"], said["sheet"], said["row"], said["explained"]) == ("warning", "表1", 7, True)
    assert phrase("hint", "en", guess="beds") == "Did you mean “beds”?"


def test_D30_the_first_problems_are_shown_by_row_and_errors_before_notices() -> None:
    notices = [Problem(Severity.NOTICE, "nothing_new", row=n) for n in range(1, 301)]
    warnings = [Problem(Severity.WARNING, "nothing_new", row=n) for n in range(301, 401)]
    errors = [Problem(Severity.ERROR, "nothing_new", row=n) for n in range(500, 350, -1)]
    said = report([*notices, *warnings, *errors])
    assert len(said) == SHOWN == 200
    assert [p["row"] for p in said if p["severity"] == "error"] == list(range(351, 501))
    assert [p["row"] for p in said if p["severity"] == "warning"] == list(range(301, 351))
    assert [p["row"] for p in said] == sorted(p["row"] for p in said)
    assert [p["row"] for p in report(notices[:3] + [Problem(Severity.ERROR, "file_empty")])] == [None, 1, 2, 3]


def test_the_shipped_folder_is_the_repositorys() -> None:
    assert (SHIPPED / "regions.csv").is_file()
