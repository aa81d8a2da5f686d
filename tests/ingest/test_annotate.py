"""The sender's own file back: marked, commented, listed, and without anything that computes."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from indicators.problem import Problem, Severity
from indicators.store import Store
from ingest import marking
from ingest.annotate import annotate
from ingest.checking import check_file
from ingest.marking import LISTED, SHEET
from ingest.settings import Settings
from ingest.template import issue
from tests.office import needs_soffice, opened, rows, saved, through_libreoffice
from tests.returns import csv, table

ERROR, WARNING, NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
EMPTY = Problem(ERROR, "value_empty", row=2, column="数值", found="")


def book(*lines: list[Any], title: str = "报表") -> Workbook:
    made = Workbook()
    made.active.title = title
    for line in lines:
        made.active.append(line)
    return made


def plain() -> Workbook:
    return book(["指标", "数值"], ["床位数", 5], ["医师数", -7])


def back(given: Workbook, *problems: Problem, settings: Settings) -> Workbook:
    return opened(annotate("六月.xlsx", saved(given), problems, settings))


# -- marks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("column", ["数值", "B", "B 数值", " 数 值"])
def test_a_cell_is_marked_and_says_what_is_wrong(settings: Settings, column: str) -> None:
    cell = back(plain(), Problem(ERROR, "value_empty", row=3, column=column), settings=settings)["报表"]["B3"]
    assert cell.fill.fgColor.rgb == "00F8D7D3"
    assert cell.comment.text.startswith("【错误】数值为空")
    assert cell.value == -7


def test_the_nearest_title_above_speaks_for_a_cell(settings: Settings) -> None:
    given = book(["数值", ""], ["指标", "数值"], ["床位数", 5])
    sheet = back(given, Problem(ERROR, "value_empty", row=3, column="数值"), settings=settings)["报表"]
    assert sheet["B3"].comment and not sheet["A3"].comment


def test_without_a_known_column_the_row_is_marked(settings: Settings) -> None:
    sheet = back(plain(), Problem(ERROR, "value_empty", row=2, column="不存在"), settings=settings)["报表"]
    assert sheet["A2"].comment


def test_several_problems_share_a_cell_and_its_own_comment_stays(settings: Settings) -> None:
    given = plain()
    given.active["B2"].comment = Comment("口径:年末数", "x")
    told = [EMPTY, Problem(WARNING, "value_sign", row=2, column="数值", facts={"previous": "1", "when": "2023"})]
    text = back(given, *told, settings=settings)["报表"]["B2"].comment.text
    assert text.index("【错误】") < text.index("【须说明】") < text.index("口径:年末数")


def test_a_merged_cell_is_marked_at_its_corner(settings: Settings) -> None:
    given = plain()
    given.active.merge_cells("B2:B3")
    sheet = back(given, Problem(ERROR, "value_empty", row=3, column="数值"), settings=settings)["报表"]
    assert sheet["B2"].comment


def test_a_problem_of_another_sheet_marks_that_sheet(settings: Settings) -> None:
    given = plain()
    given.create_sheet("二").append(["数值"])
    made = back(given, Problem(ERROR, "value_empty", sheet="二", row=1, column="A"), settings=settings)
    assert made["二"]["A1"].comment and not made["报表"]["A1"].comment


def test_rows_beyond_the_sheet_are_only_listed(settings: Settings) -> None:
    made = back(plain(), Problem(ERROR, "value_empty", row=999_999, column="数值"), settings=settings)
    assert made["报表"].max_row == 3
    assert made[SHEET].max_row == 5


def test_protection_and_layout_stay(store: Store, settings: Settings) -> None:
    blank, raw = issue(store, organisation="chengdu-health", period="2024Q1", today=date(2026, 11, 21))
    row = next(iter(rows(opened(raw)["报表"], "代码").values()))["代码"].row
    problem = Problem(ERROR, "value_empty", sheet="报表", row=row, column="D 本期")
    made = opened(annotate("季报.xlsx", raw, [problem], settings))
    assert made.sheetnames == [SHEET, "报表", "指标解释"]
    before, after = opened(raw)["报表"], made["报表"]
    assert after.protection.sheet and after.freeze_panes == before.freeze_panes
    assert not after[f"D{row}"].protection.locked and after[f"D{row}"].comment
    assert len(after.data_validations.dataValidation) == len(before.data_validations.dataValidation)
    assert blank.id in "".join(str(cell.value) for cell in after["A"])


# -- the list ----------------------------------------------------------------------------------------------


def test_the_list_comes_first_and_names_everything(settings: Settings) -> None:
    told = [
        EMPTY,
        Problem(NOTICE, "no_rows"),
        Problem(WARNING, "value_sign", row=3, column="B", found="-7", facts={"previous": "1", "when": "2023"}),
        Problem(WARNING, "value_empty", row=3, column="A", explained=True),
    ]
    made = back(plain(), *told, settings=settings)
    assert made.sheetnames[0] == SHEET and made.active.title == SHEET
    assert [sheet.title for sheet in made if sheet.sheet_view.tabSelected] == [SHEET]
    lines = [[cell.value for cell in row] for row in made[SHEET].iter_rows(min_row=5)]
    assert [line[1] for line in lines] == ["提示", "错误", "须说明", "已说明"]
    assert [line[2:6] for line in lines[1:3]] == [["报表", "2", "数值", None], ["报表", "3", "B", "-7"]]
    assert "没有数据请删去该行" in lines[1][6] and "The value is empty" in lines[1][7]
    assert made[SHEET]["D6"].hyperlink.location == "'报表'!A2"


def test_a_list_has_an_end_and_says_the_total(settings: Settings) -> None:
    many = [Problem(ERROR, "value_empty", row=n, column="数值") for n in range(1, LISTED + 10)]
    sheet = back(plain(), *many, settings=settings)[SHEET]
    assert sheet.max_row == LISTED + 4
    assert f"共 {LISTED + 9} 个问题,列出前 {LISTED} 个" in sheet["A2"].value


def test_a_file_annotated_before_gets_a_new_list(settings: Settings) -> None:
    once = annotate("a.xlsx", saved(plain()), [EMPTY], settings)
    twice = opened(annotate("a.xlsx", once, [EMPTY, EMPTY], settings))
    assert twice.sheetnames == [SHEET, "报表"]
    assert twice[SHEET].max_row == 6


# -- nothing computes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", '=HYPERLINK("http://x")', "+1", "-1+cmd|' /C calc'!A0", "@SUM(1)", "=cmd|x"])
def test_formulas_come_back_as_text(settings: Settings, text: str) -> None:
    cell = back(book(["数值"], [text]), EMPTY, settings=settings)["报表"]["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == (text, "s", True)


@needs_soffice
def test_another_program_does_not_compute_them_either(settings: Settings, tmp_path: Any) -> None:
    raw = annotate("a.xlsx", saved(book(["数值"], ["=40+2"])), [EMPTY], settings)
    assert opened(through_libreoffice(raw, tmp_path))["报表"]["A2"].value == "=40+2"


def test_what_could_reach_out_is_taken_out(settings: Settings) -> None:
    given = plain()
    sheet = given.active
    sheet["A2"].hyperlink = "http://example.org/"
    sheet.conditional_formatting.add("A1:B9", FormulaRule(formula=["WEBSERVICE(1)"]))
    sheet.add_data_validation(DataValidation(type="custom", formula1="INDIRECT(A1)", sqref="B2"))
    sheet.add_data_validation(DataValidation(type="list", formula1='"是,否"', sqref="B3"))
    given.defined_names["x"] = DefinedName("x", attr_text="WEBSERVICE(1)")
    for place in (sheet, given.create_chartsheet("图")):
        chart = BarChart()
        chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=3))
        place.add_chart(chart)
    raw = annotate("a.xlsx", saved(given), [EMPTY], settings)
    made = opened(raw)
    assert not made.defined_names and not made.chartsheets
    assert made["报表"]["A2"].hyperlink is None and not list(made["报表"].conditional_formatting)
    assert [one.formula1 for one in made["报表"].data_validations.dataValidation] == ['"是,否"']
    parts = zipfile.ZipFile(io.BytesIO(raw))
    assert not [name for name in parts.namelist() if "chart" in name]
    assert not [name for name in parts.namelist() if name.endswith(".xml") and b"WEBSERVICE" in parts.read(name)]


# -- other files -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_becomes_a_workbook_of_text(settings: Settings, encoding: str, delimiter: str) -> None:
    raw = table(["指标", "数值"], [["=1+1", "-5"], ["床位", ""]], delimiter).decode().encode(encoding)
    made = opened(annotate("六月.CSV", raw, [Problem(ERROR, "value_empty", row=3, column="数值")], settings))
    sheet = made["报送数据"]
    assert [[cell.value for cell in row] for row in sheet] == [["指标", "数值"], ["=1+1", "-5"], ["床位", None]]
    assert sheet["A2"].data_type == "s" and sheet["A2"].quotePrefix
    assert sheet["B3"].comment


def test_a_long_csv_is_cut_and_says_so(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(marking, "_CSV_ROWS", 3)
    told = [{"word": "错误", "sheet": "", "row": 5, "column": "数值", "found": "", "zh": "空", "en": "empty"}]
    made = opened(marking.mark(table(["数值"], [[str(n)] for n in range(9)]), told, 1, table=True))
    assert made["报送数据"].max_row == 3
    assert "只附前 3 行" in made[SHEET]["A2"].value


def test_what_the_check_says_of_a_csv_is_found_in_it(store: Store, settings: Settings) -> None:
    raw = csv({"value": "abc"}, {"period": "2022", "region": "成都布"})
    problems = check_file(store, settings, name="a.csv", raw=raw).problems
    sheet = opened(annotate("a.csv", raw, problems, settings))["报送数据"]
    assert sheet["D2"].comment and sheet["A3"].comment


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.xlsx", b"junk"),
        ("a.xlsx", b""),
        ("a.csv", b"\xff\xff\x00"),
        ("a.xls", b"\xd0\xcf\x11\xe0"),
        ("no ending", b"x"),
    ],
)
def test_a_file_that_cannot_be_read_gets_the_list_alone(settings: Settings, name: str, raw: bytes) -> None:
    made = opened(annotate(name, raw, [EMPTY], settings))
    assert made.sheetnames == [SHEET]
    assert "原文件无法附上标注" in made[SHEET]["A2"].value


def test_a_package_that_must_not_be_parsed_is_not(settings: Settings) -> None:
    raw = io.BytesIO(saved(plain()))
    with zipfile.ZipFile(raw, "a") as package:
        package.writestr("xl/vbaProject.bin", b"x")
    assert opened(annotate("a.xlsx", raw.getvalue(), [EMPTY], settings)).sheetnames == [SHEET]


def test_a_writer_without_enough_memory_gives_the_list_alone(settings: Settings) -> None:
    small = settings.model_copy(update={"reader_megabytes": 24})
    assert opened(annotate("a.xlsx", saved(plain()), [EMPTY], small)).sheetnames == [SHEET]


def test_a_cell_with_what_no_workbook_holds(settings: Settings) -> None:
    made = opened(annotate("a.csv", "指标,数值\n床\x01位,1\n".encode(), [EMPTY], settings))
    assert made["报送数据"]["A2"].value == "床�位"
