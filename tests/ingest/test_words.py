"""Problems in words: every code has its sentence in both languages, and every sentence its cause."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from indicators.problem import Problem, Severity
from indicators.store import Store
from ingest import read as reading
from ingest import words
from ingest.checking import check_file
from ingest.people import User
from ingest.settings import SHIPPED, Settings
from ingest.submission import Decision
from ingest.words import SHOWN, clip, explain, phrase, report, visible
from ingest.workflow import Receipt, decide, submit
from tests.conftest import Texts
from tests.returns import csv, filled, table
from tests.workbooks import HEADER, ROW, book, cells, figure, packed, parts, workbook

pytestmark = pytest.mark.usefixtures("in_process")

FOLDER = Path(words.__file__).parent
MESSAGES: dict[str, dict[str, str]] = tomllib.loads((FOLDER / "messages.toml").read_text(encoding="utf-8"))
FLOW = {"indicator": "biohealth-value-added", "value": "100"}
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


MERGE = '<mergeCell ref="A1:A2"/>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LIFE, FLOW_ZH = "人均预期寿命", "生物医药健康产业增加值"

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
    "sheet_empty": sheet(数据=[HEADER, ROW]),
    "sheets_hidden": ("a.xlsx", packed(parts(state="hidden"))),
    "sheets_other": sheet(HEADER, ROW, 目录=[["x"]]),
    "sheets_hidden_too": sheet(HEADER, ROW, 目录=[["x"]], hidden=["目录"]),
    "cell_not_finite": ("a.xlsx", workbook(figure("NaN"))),
    "header_missing": sheet(["a", "b"], ["c", "d"]),
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
AFTER_APPROVAL = {"value_changes_approved", "vintage_lower", "nothing_new"}
# said by other means than a file's content
ELSEWHERE = {"reader_died", "reader_busy", "already_submitted"}
# said of a history; see tests/ingest/history
HISTORY = {"number_not_plain", *(code for code in MESSAGES if code.startswith("history_"))}
PHRASES = {"hint", "hint_letter", "hint_none", "mean_below_unit", "mean_not_applicable", "mean_suppressed"}
PHRASES |= {code for code in MESSAGES if code.startswith("counted_")}


@pytest.fixture
def lived(store: Store, settings: Settings, wang: User, li: User, tmp_path: Path) -> Store:
    """A store where one figure is approved."""
    raw = csv({"period": "2019", "value": "81"}, vintage="修订")
    receipt = submit(store, settings, name="a.csv", raw=raw, user=wang, uploads=tmp_path)
    decide(store, submission=receipt.submission, decision=Decision.APPROVE, user=li)
    return store


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
    found = check_file(lived, settings, name=name, raw=raw)
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
    "_problem": (3, "code"),
    "Number": (2, "problem"),
    "phrase": (0, "code"),
}


def test_every_code_in_the_code_has_its_sentence() -> None:
    found = set()
    for file in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLED:
                place, keyword = CALLED[node.func.id]
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
    ours = {"value_or_reason", "period_end"}  # a check's name and a column's
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
        "核对指标和单位",
        "Check indicator and unit",
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
