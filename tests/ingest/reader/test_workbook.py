"""Workbooks as they are sent: what is read of them, and what is refused before it can do harm."""

from __future__ import annotations

import resource
import socket
import stat
import time
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from indicators.problem import Problem, Severity
from indicators.store import Store
from ingest import read as reading
from ingest.check import Checked
from ingest.checking import check_file
from ingest.people import User
from ingest.reader import outline as outlining
from ingest.settings import Settings
from ingest.submission import Decision
from ingest.words import explain
from ingest.workflow import decide, submit
from tests.returns import codes, csv, places
from tests.workbooks import (
    HEADER,
    ROW,
    book,
    cells,
    figure,
    long_form,
    packed,
    parts,
    row,
    swollen,
    workbook,
)

Check = Callable[..., Checked]
MB = 2**20


@pytest.fixture
def check(untouched: Store, settings: Settings) -> Check:
    """Check a workbook in the real child."""

    def of(raw: bytes, name: str = "六月.xlsx") -> Checked:
        return check_file(untouched, settings, name=name, raw=raw)

    return of


@pytest.fixture
def quick(check: Check, in_process: None) -> Check:
    """The same without the child, for what is not about it."""
    return check


def refused(checked: Checked) -> Problem:
    assert not checked.accepted
    (problem,) = (p for p in checked.problems if p.blocks)
    assert problem.severity is Severity.ERROR
    return problem


def value(checked: Checked) -> Any:
    assert [p for p in checked.problems if p.blocks] == []
    (found,) = checked.figures["value"].to_list()
    return found


def test_a_workbook_in_long_form_is_read_by_the_child(check: Check) -> None:
    checked = check(long_form())
    assert (checked.accepted, checked.problems, checked.rows) == (True, (), 1)
    found = checked.figures.row(0, named=True)
    assert (found["row"], found["indicator"], found["region"], found["value"]) == (
        2,
        "life-expectancy",
        "510100",
        81.76,
    )


def test_the_same_figures_are_read_from_a_workbook_and_from_text(quick: Check) -> None:
    text = quick(csv(), "a.csv").figures
    assert quick(long_form(["510100", "life-expectancy", "2021", 81.76])).figures.equals(text)


# -- A: the file -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_A01_an_empty_file(quick: Check, name: str) -> None:
    assert refused(quick(b"", name)).code == "file_empty"
    assert refused(quick(b" \n", name)).code == "file_empty"


def test_A02_a_header_and_nothing_else(quick: Check) -> None:
    assert refused(quick(book([HEADER]))).code == "no_rows"
    assert refused(quick(book([]))).code == "no_rows"
    assert refused(quick(book([HEADER], 数据=[ROW]))).code == "sheet_empty"


def test_A03_one_byte_too_many(check: Check, settings: Settings) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refused(check(b"PK" + b"\0" * (settings.upload_bytes - 1))).code == "file_too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 * 1024


@pytest.mark.parametrize(
    "raw",
    [
        csv(),
        b"<html><body><table><tr><td>1</td></tr></table></body></html>",
        b"%PDF-1.7\n1 0 obj",
        b"\x89PNG\r\n\x1a\n",
        b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR",
        packed({"a.txt": "x"}),
        packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"}),
        packed({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x00"}),
        packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}),
    ],
    ids=["csv", "html", "pdf", "png", "eicar", "zip", "docx", "xlsb inside", "ods inside"],
)
def test_A05_what_is_called_a_workbook_but_is_none(quick: Check, raw: bytes) -> None:
    problem = refused(quick(raw))
    assert problem.code == "not_workbook"
    assert "另存为 .xlsx" in explain(problem)["zh"]


def test_A06_a_workbook_called_csv(quick: Check) -> None:
    assert refused(quick(long_form(), "a.csv")).code == "not_csv"


@pytest.mark.parametrize("ending", [".xls", ".xlsb", ".ods", ".xlsm", ".et", ".XLS"])
def test_A07_another_kind_is_told_to_be_saved_as_xlsx(quick: Check, ending: str) -> None:
    said = explain(refused(quick(long_form(), f"六月{ending}")))
    assert said["code"] == "file_kind"
    assert "另存为" in said["zh"] and ".xlsx" in said["zh"]
    assert "save as" in said["en"]


def test_A07_an_old_workbook_under_a_new_name(quick: Check) -> None:
    assert refused(quick(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)).code == "workbook_legacy"


def test_A08_a_password(quick: Check) -> None:
    raw = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    problem = refused(quick(raw))
    assert problem.code == "workbook_encrypted"
    assert "密码" in explain(problem)["zh"]


def one_cell(place: str, number: int) -> str:
    return cells(row(1, *HEADER), f'<row r="{number}"><c r="{place}"><v>1</v></c></row>')


def test_A09_one_value_in_the_last_cell_there_is(check: Check) -> None:
    started = time.monotonic()
    problem = refused(check(workbook(one_cell("XFD1048576", 1048576))))
    assert (problem.code, problem.row, problem.facts["cell"]) == ("sheet_too_wide", 1048576, "XFD1048576")
    assert time.monotonic() - started < 5
    assert check(long_form()).accepted


def test_A10_a_sheet_that_says_it_is_huge(check: Check) -> None:
    sheet = figure("81.76").replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    checked = check(workbook(sheet))
    assert (checked.accepted, checked.rows) == (True, 1)


def test_A11_one_row_at_the_very_end_is_read_as_what_it_is(check: Check) -> None:
    sheet = figure("81.76").replace("</sheetData>", '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')
    checked = check(workbook(sheet))
    assert checked.accepted
    assert [(p.code, p.row, p.found) for p in checked.problems] == [("row_heading", 1048576, "1")]


@pytest.mark.parametrize(
    ("place", "number"), [("A4294967295", 4294967295), ("ZZZZZZZ1", 2), ("A5", 2), ("a2", 2), ("2A", 2)]
)
def test_A12_a_place_that_cannot_be(quick: Check, place: str, number: int) -> None:
    assert refused(quick(workbook(one_cell(place, number)))).code == "workbook_damaged"


def timed(check: Check, raw: bytes, seconds: float = 20) -> Problem:
    """What a bomb is refused with, in time and with the parent's memory flat."""
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    problem = refused(check(raw))
    assert time.monotonic() - started < seconds
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40 * 1024
    return problem


def test_A13_a_bomb_of_spaces(check: Check) -> None:
    assert timed(check, swollen(200 * MB), 3).code == "workbook_too_large"


def test_A14_a_bomb_of_one_long_text(check: Check) -> None:
    long = b"<sst><si><t>" + b"A" * (30 * MB) + b"</t></si></sst>"
    raw = packed(parts() | {"xl/sharedStrings.xml": long})
    assert timed(check, raw, 3).code == "workbook_too_large"


def test_A15_a_bomb_of_many_cells(check: Check) -> None:
    sheet = cells(*(["<row>" + "<c><v>1</v></c>" * 90 + "</row>"] * 30_000))
    assert timed(check, workbook(sheet)).code == "workbook_too_large"


def test_A15_more_cells_than_are_read(quick: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outlining, "CELLS", 8)
    assert quick(long_form()).accepted
    assert refused(quick(long_form(ROW, ROW))).code == "sheet_too_full"


def test_A16_one_text_said_over_and_over(check: Check) -> None:
    raw = packed(
        _with_strings(
            cells(*(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 3000))), "字" * 32_000
        )
    )
    assert timed(check, raw).code == "sheet_too_full"


def _with_strings(sheet: str, text: str) -> dict[str, str | bytes]:
    made = parts(sheet)
    relation = (
        '<Relationship Id="rId2" Target="sharedStrings.xml" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    )
    made["xl/_rels/workbook.xml.rels"] = str(made["xl/_rels/workbook.xml.rels"]).replace("</Relationships>", relation)
    made["[Content_Types].xml"] = str(made["[Content_Types].xml"]).replace(
        "</Types>",
        '<Override PartName="/xl/sharedStrings.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return made | {"xl/sharedStrings.xml": f'<sst xmlns="{main}"><si><t>{text}</t></si></sst>'}


def test_A16_a_text_longer_than_a_cell_can_hold(quick: Check) -> None:
    problem = refused(
        quick(packed(_with_strings(cells(row(1, "x"), '<row r="2"><c t="s"><v>0</v></c></row>'), "x" * 32_768)))
    )
    assert (problem.code, problem.row) == ("cell_too_long", 2)


@pytest.mark.parametrize("says", [1000, 200 * MB], ids=["small", "true"])
def test_A17_a_header_that_lies_about_the_size(check: Check, says: int) -> None:
    assert timed(check, swollen(200 * MB, says=says), 5).code in ("workbook_damaged", "workbook_too_large")


def test_A18_too_many_parts(quick: Check) -> None:
    raw = packed(parts() | {f"xl/media/{n}.png": b"" for n in range(1000)})
    problem = refused(quick(raw))
    assert (problem.code, problem.facts["count"]) == ("workbook_parts", "1005")


DOCTYPES = {
    "billion laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
    "a file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
    "an address": '<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/x">]>',
    "lower case": "<!doctype x>",
}


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
@pytest.mark.parametrize("doctype", DOCTYPES)
def test_A19_entities(quick: Check, part: str, doctype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("a connection"))
    good = parts()
    text = str(good.get(part, "<sst/>"))
    problem = refused(quick(packed(good | {part: '<?xml version="1.0"?>' + DOCTYPES[doctype] + text + "&a;"})))
    assert (problem.code, problem.found) == ("workbook_entities", part)


def test_A19_entities_beyond_the_first_piece(quick: Check) -> None:
    text = " " * 65_530 + "<!DOCTYPE x>" + figure("1")
    assert refused(quick(workbook(text))).code == "workbook_entities"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gb18030"])
def test_A19_a_part_in_another_encoding(quick: Check, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + figure("1")
    assert refused(quick(workbook(text.encode(encoding)))).code == "workbook_entities"


@pytest.mark.parametrize(
    "name", ["../../x.xml", "/etc/x", "xl/../../y", "C:\\x", "a\\..\\b", "xl/workbook.xml", "XL/Workbook.xml"]
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_A20_names_that_leave_the_package_or_stand_twice(quick: Check, name: str, tmp_path: Path) -> None:
    raw = packed([*parts().items(), (zipfile.ZipInfo(name), "<x/>")])
    assert refused(quick(raw)).code == "workbook_names"
    assert list(tmp_path.iterdir()) == []


def test_A20_a_link(quick: Check) -> None:
    link = zipfile.ZipInfo("xl/link.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert refused(quick(packed([*parts().items(), (link, "/etc/passwd")]))).code == "workbook_names"


def test_A21_a_damaged_file(quick: Check) -> None:
    raw = long_form()
    sheet = figure("81.76")
    broken = bytearray(packed(parts()))
    at = broken.index(b"xl/worksheets/sheet1.xml") + 40
    broken[at] ^= 0xFF
    for damaged in (raw[: len(raw) // 2], raw[:-10], bytes(broken), workbook(sheet[:-40]), workbook("<worksheet/>x")):
        assert refused(quick(damaged)).code in ("workbook_damaged", "not_workbook")


def test_A21_parts_that_are_missing(quick: Check) -> None:
    for missing in parts():
        rest = {name: text for name, text in parts().items() if name != missing}
        if missing != "_rels/.rels":
            assert refused(quick(packed(rest))).code in ("workbook_damaged", "not_workbook")


@pytest.mark.parametrize(
    "part",
    ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/embeddings/oleObject1.bin", "xl/activeX/a.xml"],
)
def test_A22_what_runs_or_reaches_out(quick: Check, part: str) -> None:
    problem = refused(quick(packed(parts() | {part: b"x"})))
    assert (problem.code, problem.found) == ("workbook_active", part)


def test_A23_ten_bombs_at_once_and_a_good_file(check: Check) -> None:
    bomb = swollen(160 * MB)
    with ThreadPoolExecutor(11) as pool:
        sent = [pool.submit(check, bomb) for _ in range(10)] + [pool.submit(check, long_form())]
        *bombs, good = [one.result() for one in sent]
    assert {refused(one).code for one in bombs} <= {"workbook_too_large", "reader_busy"}
    assert good.accepted


@pytest.mark.parametrize(
    "script", ["import os; os.kill(os.getpid(), 9)", "import time; time.sleep(30)", "x = bytearray(2**31)"]
)
def test_A24_a_reader_that_dies(
    untouched: Store, settings: Settings, script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "child.py"
    file.write_text(script, encoding="utf-8")
    monkeypatch.setattr(reading, "_XLSX_CHILD", file)
    hasty = settings.model_copy(update={"reader_seconds": 1})
    started = time.monotonic()
    assert refused(check_file(untouched, hasty, name="a.xlsx", raw=long_form())).code == "reader_died"
    assert time.monotonic() - started < 10
    monkeypatch.undo()
    assert check_file(untouched, settings, name="a.xlsx", raw=long_form()).accepted


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd.xlsx", "x" * 300 + ".xlsx", "\u202exslx.xlsx", "a\0.xlsx", "😀.XLSX"]
)
def test_A26_a_name_is_only_asked_for_its_ending(quick: Check, name: str) -> None:
    assert quick(long_form(), name).accepted


def test_A28_A29_the_same_workbook_twice_is_stored_once(
    store: Store, settings: Settings, wang: User, li: User, tmp_path: Path, in_process: None
) -> None:
    raw = long_form()

    def send(raw: bytes) -> tuple[str, list[str]]:
        receipt = submit(store, settings, name="a.xlsx", raw=raw, user=wang, uploads=tmp_path)
        return receipt.submission, codes(receipt.checked.problems)

    first, said = send(raw)
    assert said == []
    assert send(raw) == (first, ["already_submitted"])
    decide(store, submission=first, decision=Decision.APPROVE, user=li)
    # A29: saved again by another program, other bytes, the same figures
    saved_again = workbook(figure("81.760"))
    assert saved_again != raw
    assert send(saved_again) == ("", ["nothing_new"])


# -- C: headers and sheets ---------------------------------------------------------------------------------------


def test_C01_a_missing_column_is_named_beside_those_found(quick: Check) -> None:
    problem = refused(quick(book([HEADER[:3], ROW[:3]])))
    assert (problem.code, problem.sheet, problem.row, problem.column) == ("column_missing", "Sheet", 1, "value")
    assert problem.facts["have"] == "地区, 指标, 报告期"


def test_C01_no_header_at_all(quick: Check) -> None:
    problem = refused(quick(book([["1", "2"], ["3", "4"], ROW])))
    assert problem.code == "header_missing"
    assert "成都市" in problem.facts["have"]


def test_C02_a_column_of_ones_own(quick: Check) -> None:
    checked = quick(book([[*HEADER, "同比增速(%)"], [*ROW, 3]]))
    assert checked.accepted
    assert places(checked.problems) == [("column_ignored", 1, "E 同比增速(%)", "同比增速(%)")]


def test_C03_a_column_twice_names_both(quick: Check) -> None:
    problem = refused(quick(book([[*HEADER, "数值"], [*ROW, 3]])))
    assert (problem.code, problem.facts) == ("column_twice", {"first": "D", "second": "E"})


def test_C04_a_header_written_otherwise(quick: Check) -> None:
    checked = quick(book([["地 区", "指\n标", " 报告期 ", "\uff36alue"], ROW]))
    assert checked.accepted
    assert set(codes(checked.problems)) == {"column_read_as"}
    assert refused(quick(book([[*HEADER, "备\u200b注"], [*ROW, ""]]))).code == "text_control"


def test_C05_no_header_over_data(quick: Check) -> None:
    problem = refused(quick(book([[*HEADER, None], [*ROW, "x"]])))
    assert (problem.code, problem.column, problem.facts) == ("column_blank", "E", {"first": "E"})
    assert quick(book([[*HEADER, None], [*ROW, " "]])).accepted


def test_C06_a_table_that_starts_at_C4(quick: Check) -> None:
    rows = [["成都市卫生健康统计"], [], [], [None, None, *HEADER], [None, None, *ROW], [None, None, *ROW[:3], "x"]]
    checked = quick(book(rows))
    assert [(p.code, p.row, p.column) for p in checked.problems if p.blocks] == [("number_unreadable", 6, "F 数值")]


def merged(area: str) -> Callable[[Worksheet], None]:
    return lambda sheet: sheet.merge_cells(area)


def test_C07_merged_keys_are_read_and_told(quick: Check) -> None:
    rows = [HEADER, ["成都市", *ROW[1:]], [None, "人均预期寿命", "2020", 81.5]]
    checked = quick(book(rows, merged("A2:A3")))
    assert checked.accepted
    assert checked.figures["region"].to_list() == ["510100", "510100"]
    assert places(checked.problems) == [("merged_read", 2, "A 地区", "A2:A3")]


def test_C07_empty_keys_that_are_not_merged_name_their_cells(quick: Check) -> None:
    rows = [HEADER, ROW, *([None, "人均预期寿命", str(year), 81.5] for year in (2018, 2019, 2020))]
    problem = refused(quick(book(rows)))
    assert (problem.code, problem.row, problem.column, problem.found) == ("key_empty", 3, "A 地区", "A3:A5")


@pytest.mark.parametrize("area", ["D2:D3", "C2:D2", "C2:D3"])
def test_C07_merged_figures_are_refused(quick: Check, area: str) -> None:
    rows = [HEADER, ROW, ["成都市", "人均预期寿命", "2020", 81.5]]
    problem = refused(quick(book(rows, merged(area))))
    assert (problem.code, problem.found, problem.row) == ("cells_merged", area, 2)


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_C08_a_hidden_sheet_is_never_read(quick: Check, state: str) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.sheet_state = state

    raw = book([HEADER, [*ROW[:3], 1]], hide, 报表=[HEADER, ROW], 目录=[["x"]])
    checked = quick(raw)
    assert value(checked) == 81.76
    assert [(p.code, p.sheet, dict(p.facts)) for p in checked.problems] == [
        ("sheets_other", "报表", {"found": "目录", "read": "报表"}),
        ("sheets_hidden_too", "报表", {"found": "Sheet", "read": "报表"}),
    ]


def test_C08_nothing_but_hidden_sheets(quick: Check) -> None:
    assert refused(quick(packed(parts(figure("1"), state="hidden")))).code == "sheets_hidden"


def test_C09_hidden_rows_and_columns_are_read_and_told(quick: Check) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[9].hidden = True
        sheet.column_dimensions["D"].hidden = True

    checked = quick(book([HEADER, ROW, ["成都市", "人均预期寿命", "2020", 81.5]], hide))
    assert checked.figures.height == 2
    assert places(checked.problems) == [("rows_hidden", 3, "", "3"), ("columns_hidden", 2, "", "D 数值")]


def test_C10_a_header_that_is_computed(quick: Check) -> None:
    problem = refused(quick(book([[*HEADER, '="备"&"注"'], [*ROW, ""]])))
    assert (problem.code, problem.found, problem.row) == ("header_computed", "E1", 1)
    sheet = figure("1").replace("</row><row", '<c r="E1" t="e"><v>#REF!</v></c></row><row')
    assert "header_computed" in codes(quick(workbook(sheet)).problems)


def test_C11_the_order_of_columns_is_free(quick: Check) -> None:
    assert value(quick(book([HEADER[::-1], ROW[::-1]]))) == 81.76


# -- D: cells ----------------------------------------------------------------------------------------------------


def test_D01_a_text_far_down_is_named(quick: Check) -> None:
    rows = [["成都市", "人均预期寿命", f"{1950 + n % 50}-{n % 12 + 1:02d}-{n % 28 + 1:02d}", 81.0] for n in range(1600)]
    rows[1500][3] = "n/a"
    found = [p for p in quick(book([HEADER, *rows])).problems if p.code == "number_unreadable"]
    assert places(found) == [("number_unreadable", 1502, "D 数值", "n/a")]


@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#REF!", "#VALUE!", "#NAME?"])
def test_D02_an_error_cell_is_named(quick: Check, error: str) -> None:
    problem = refused(quick(workbook(figure(error, kind="e"))))
    assert places([problem]) == [("cell_error", 2, "D 数值", error)]
    assert refused(quick(workbook(figure(error, kind="e", formula="1/0")))).code == "cell_error"


def test_D02_every_error_is_named_and_none_that_is_not_read(quick: Check) -> None:
    rows = [[*HEADER, "同比"], *([*ROW[:2], str(year), "#N/A", "#DIV/0!"] for year in (2019, 2020))]
    found = [(p.row, p.column) for p in quick(book(rows)).problems if p.blocks]
    assert found == [(2, "D 数值"), (3, "D 数值")]


def test_D03_a_formula_with_a_stored_result(quick: Check) -> None:
    checked = quick(workbook(figure("81.76", formula="80+1.76")))
    assert value(checked) == 81.76
    assert [(p.severity, p.code, p.row, p.column, p.found) for p in checked.problems] == [
        (Severity.NOTICE, "formula_read", 2, "D 数值", "D2")
    ]


def test_D03_a_computed_number_has_more_digits_than_are_kept(quick: Check) -> None:
    checked = quick(workbook(figure("81.33333333333333", formula="244/3")))
    assert value(checked) == 81.333333
    assert ("number_rounded", 2, "D 数值", "81.3333333333333") in places(checked.problems)


def test_D04_a_formula_without_a_result(quick: Check) -> None:
    problem = refused(quick(book([HEADER, [*ROW[:3], "=80+1.76"]])))
    assert places([problem]) == [("formula_empty", 2, "D 数值", "D2")]


def test_D05_a_number_stored_as_text(quick: Check) -> None:
    checked = quick(book([HEADER, [*ROW[:3], "81.50"]]))
    assert value(checked) == 81.5


@pytest.mark.parametrize(
    ("text", "read", "code"),
    [
        ("1,234", 1234.0, "number_read_as"),
        ("1\uff0c234", 1234.0, "number_read_as"),
        ("\uff11\uff12.5", 12.5, "number_read_as"),
        ("\u22125", -5.0, "number_read_as"),
        ("\u00a07", 7.0, "number_read_as"),
        ("7.5亿元", 7.5, "number_read_as"),
        ("1_000", None, "number_two_readings"),
        ("1 234", None, "number_two_readings"),
        ("1.234,5", None, "number_two_readings"),
        ("12%", None, "number_percent"),
        ("$5", None, "number_unreadable"),
    ],
    ids=ascii,
)
def test_D07_cells_of_text_with_one_reading_or_two(quick: Check, text: str, read: float | None, code: str) -> None:
    row_of_flow = ["成都市", "生物医药健康产业增加值", "2021", text]
    checked = quick(book([HEADER, row_of_flow]))
    assert codes(p for p in checked.problems if p.code.startswith("number")) == [code]
    if read is not None:
        assert checked.figures["value"].to_list() == [read]


def percent(shown: str, number: float, indicator: str = "普惠托位占比") -> bytes:
    def adjust(sheet: Worksheet) -> None:
        sheet["D2"].number_format = shown

    return book([HEADER, ["成都市", indicator, "2021", number]], adjust)


def test_D07_a_cell_shown_as_percent_is_its_hundredfold(quick: Check) -> None:
    checked = quick(percent("0.0%", 0.555))
    assert value(checked) == 55.5
    assert places(checked.problems) == [("number_read_as", 2, "D 数值", "55.5%")]
    assert refused(quick(percent("0%", 0.7, "人均预期寿命"))).code == "number_percent"
    assert value(quick(percent('0.0"%"', 55.5))) == 55.5


@pytest.mark.parametrize("literal", ["NaN", "INF", "-Infinity", "1e309", "1E-400", "0x1F", "１２"])
def test_D09_a_number_that_is_none(quick: Check, literal: str) -> None:
    problem = refused(quick(workbook(figure(literal))))
    assert (problem.code, problem.row, problem.facts["cell"], problem.found) == (
        "cell_not_finite",
        2,
        "D2",
        literal,
    )


@pytest.mark.parametrize(
    ("literal", "read"),
    [("81.76", 81.76), ("8.176E1", 81.76), ("81.760000000000005", 81.76), ("0.81760000000000000E+02", 81.76)],
)
def test_D11_digits_come_as_they_were_typed(quick: Check, literal: str, read: float) -> None:
    assert value(quick(workbook(figure(literal)))) == read


@pytest.mark.parametrize("literal", ["9007199254740993", "1E20", "0.0000001234"])
def test_D11_more_digits_than_can_be_kept_are_refused(quick: Check, literal: str) -> None:
    assert refused(quick(workbook(figure(literal)))).code == "number_too_long"


def test_D11_a_sum_of_tenths_is_three_tenths(quick: Check) -> None:
    checked = quick(book([HEADER, ["成都市", "生物医药健康产业增加值", "2021", 0.1 + 0.2]]))
    assert checked.figures["value"].to_list() == [0.3]


@pytest.mark.parametrize(("found", "period"), [(2021, "2021"), ("2021", "2021"), (202106, "2021-06")])
def test_D12_a_period_that_is_a_number(quick: Check, found: object, period: str) -> None:
    checked = quick(book([HEADER, ["成都市", "人均预期寿命", found, 81.7]]))
    assert checked.figures["period"].to_list() == [period]


@pytest.mark.parametrize("code", ["007", "1e5", True, "TRUE"])
def test_D12_a_code_stays_as_it_is_written(quick: Check, code: object) -> None:
    problem = refused(quick(book([HEADER, [code, *ROW[1:]]])))
    assert (problem.code, problem.found) == ("region_unknown", str(code).upper() if code is True else code)


@pytest.mark.parametrize("truth", [True, False])
def test_D13_a_truth_is_no_number(quick: Check, truth: bool) -> None:
    problem = refused(quick(book([HEADER, [*ROW[:3], truth]])))
    assert (problem.code, problem.found) == ("number_boolean", str(truth).upper())


def test_D14_a_serial_number_is_no_period(quick: Check) -> None:
    problem = refused(quick(book([HEADER, ["成都市", "人均预期寿命", 45382, 81.7]])))
    assert places([problem]) == [("period_unreadable", 2, "C 报告期", "45382")]


@pytest.mark.parametrize("day", [date(2021, 12, 31), datetime(2021, 12, 31)])
def test_D14_a_date_is_a_day(quick: Check, day: date) -> None:
    checked = quick(book([HEADER, ["成都市", "人均预期寿命", day, 81.7]]))
    assert checked.figures["period"].to_list() == ["2021-12-31"]


def test_D14_dates_counted_from_1904(quick: Check) -> None:
    def adjust(sheet: Worksheet) -> None:
        sheet.parent.epoch = CALENDAR_MAC_1904

    raw = book([HEADER, ["成都市", "人均预期寿命", date(2021, 12, 31), 81.7]], adjust)
    assert quick(raw).figures["period"].to_list() == ["2021-12-31"]


@pytest.mark.parametrize("text", ["2024Q5", "2024Q0", "24Q1", "1-3"])
def test_D15_what_is_no_period(quick: Check, text: str) -> None:
    assert refused(quick(book([HEADER, ["成都市", "人均预期寿命", text, 81.7]]))).code == "period_unreadable"


def test_D15_months_that_became_a_date_are_asked_about(quick: Check) -> None:
    checked = quick(book([HEADER, ["成都市", "人均预期寿命", date(2024, 3, 1), 81.7]]))
    assert ("period_first_of_month", 2, "C 报告期", "2024-03-01") in places(checked.problems)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2024年一季度", "2024Q1"),
        ("2024年第1季度", "2024Q1"),
        ("2024-Q1", "2024Q1"),
        ("\uff12\uff10\uff12\uff14\uff31\uff11", "2024Q1"),
        ("2024年1-3月", "2024Q1"),
        ("2024年上半年", "2024H1"),
        ("2024年末", "2024"),
    ],
    ids=ascii,
)
def test_D15_what_is_a_period(quick: Check, text: str, period: str) -> None:
    checked = quick(book([HEADER, ["成都市", "人均预期寿命", text, 81.7]]))
    assert checked.figures["period"].to_list() == [period]


def test_D19_another_value_needs_its_reason(
    store: Store, settings: Settings, wang: User, li: User, tmp_path: Path, in_process: None
) -> None:
    receipt = submit(store, settings, name="a.xlsx", raw=long_form(), user=wang, uploads=tmp_path)
    decide(store, submission=receipt.submission, decision=Decision.APPROVE, user=li)
    other = [*ROW[:3], 81.9]
    refused_one = check_file(store, settings, name="b.xlsx", raw=long_form(other))
    assert [(p.code, p.sheet, p.row, p.column) for p in refused_one.problems] == [
        ("value_changes_approved", "Sheet", 2, "D 数值")
    ]
    explained = book([[*HEADER, "备注"], [*other, "年报订正"]])
    assert check_file(store, settings, name="b.xlsx", raw=explained).accepted


def test_D17_the_same_figure_twice_names_both_rows(quick: Check) -> None:
    problem = refused(quick(book([HEADER, ROW, ROW])))
    assert (problem.code, problem.row, problem.facts["first"]) == ("twice_in_file", 3, "2")


@pytest.mark.parametrize("empty", [None, "", " ", "\u3000"])
def test_D23_a_value_that_is_empty(quick: Check, empty: object) -> None:
    problem = refused(quick(book([HEADER, [*ROW[:3], empty]])))
    assert (problem.code, problem.row, problem.column) == ("value_empty", 2, "D 数值")


def test_D23_a_mark_keeps_its_meaning(quick: Check) -> None:
    checked = quick(book([HEADER, [*ROW[:3], "…"], ["成都市", "人均预期寿命", "2020", "—"]]))
    assert checked.figures["missing"].to_list() == ["below_unit", "not_applicable"]
    assert checked.figures["value"].to_list() == [None, None]
