"""A form that comes back: which it is, whatever was done to the file, and what its sheets and lines say."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook

from indicators.period import Period
from indicators.problem import Severity
from indicators.store import Store
from ingest import checking
from ingest.annotate import annotate
from ingest.check import Checked
from ingest.checking import check_file
from ingest.form.forms import FormId, form_id, read_forms
from ingest.form.sheets import Part, ids_in, part_of, title
from ingest.marking import SHEET
from ingest.people import User
from ingest.reader import child_xlsx
from ingest.settings import Settings
from ingest.submission import UNSIGNED, Decision, Signers
from ingest.template import issue
from ingest.words import explain
from ingest.workflow import decide, submit
from tests.desk import ANYONE
from tests.forms import (
    BEDS,
    HEALTH,
    MATTER,
    TABLE,
    YUEXIU,
    answer,
    form,
    id_of,
    lag,
    matter,
    reporting,
    signed,
    turned,
    without,
)
from tests.office import needs_soffice, opened, saved, through_libreoffice
from tests.returns import codes, csv, filled, places
from tests.workbooks import HEADER, ROW, book, cells, packed

pytestmark = pytest.mark.usefixtures("in_process")

Check = Callable[[bytes], Checked]
TODAY = date(2026, 11, 21)
FULL = ["每千人口医疗卫生机构床位数", BEDS, 8, None, "核实"]
DONE = ("已完成", "2022-11-30", "越府〔2022〕3号")


@pytest.fixture
def check(untouched: Store, settings: Settings) -> Check:
    return lambda raw: check_file(untouched, settings, name="季报.xlsx", raw=raw)


def said(checked: Checked) -> list[str]:
    """What was found, less what every form says."""
    return [code for code in codes(checked.problems) if code != "period_above"]


def form_of(checked: Checked) -> tuple[str, str, str] | None:
    found = checked.form
    return (found.number, found.organisation, found.period.code) if found else None


def changed(raw: bytes, change: Callable[[Workbook], object]) -> bytes:
    made = opened(raw)
    change(made)
    return saved(made)


# -- which form it is --------------------------------------------------------------------------------------


def test_a_form_says_whose_it_is(check: Check) -> None:
    checked = check(form(FULL))
    assert checked.form == FormId("ZB-J01", HEALTH, Period.quarter(2024, 1))
    assert (checked.rows, checked.accepted, said(checked)) == (1, True, [])


@pytest.mark.parametrize(
    "line",
    [
        [id_of()],
        ["成都市卫生健康委员会  2024年一季度  " + id_of()],
        ["表单编号:", id_of()],
        ["", "表单编号 : " + id_of().replace("-", "—").upper()],
        [f"表单编号:{id_of()}", "表号:ZB-J01"],
    ],
    ids=["alone", "after a name", "beside its label", "retyped", "before another"],
)
def test_the_id_is_found_in_any_cell(check: Check, line: list[str]) -> None:
    assert form_of(check(form(FULL, own="", lines=[line]))) == ("ZB-J01", HEALTH, "2024Q1")
    below = book([["报告期:2024年一季度"], TABLE, FULL, [], line])
    assert form_of(check(below)) == ("ZB-J01", HEALTH, "2024Q1")


def test_a_form_keeps_its_id_in_the_properties_too(check: Check) -> None:
    raw = without(form(FULL, own=""), identifier=id_of())
    assert form_of(check(raw)) == ("ZB-J01", HEALTH, "2024Q1")
    assert form_of(check(without(form(FULL), identifier=id_of("chengdu-sports")))) == ("ZB-J01", HEALTH, "2024Q1")
    assert "form_id_wrong" in said(check(without(form(FULL, own=""), identifier=id_of()[:-1] + "4")))


def test_a_table_with_codes_and_no_id_is_read_as_any_other(check: Check) -> None:
    checked = check(form(FULL, own=""))
    assert (checked.form, checked.signers, checked.accepted) == (None, UNSIGNED, True)
    assert checked.figures.height == 1


def test_an_id_in_a_note_is_no_id_of_the_form(check: Check) -> None:
    noted = [*FULL[:4], id_of(period="2023Q4")]
    assert form_of(check(form(noted))) == ("ZB-J01", HEALTH, "2024Q1")
    assert check(form(noted, own="")).form is None


@pytest.mark.parametrize(
    "wrong", [id_of()[:-1] + "4", id_of()[:-3], "ZB-J01", "(见上)", id_of("chengdu-heath")[:-2] + "83"]
)
def test_a_wrong_id_is_named_with_its_cell(check: Check, wrong: str) -> None:
    checked = check(form(FULL, own=wrong))
    assert not checked.accepted and checked.form is None
    problem = next(p for p in checked.problems if p.code == "form_id_wrong")
    assert (problem.sheet, problem.row, problem.column) == ("Sheet", 1, "A")


def test_a_form_of_which_no_sheet_has_an_id(check: Check) -> None:
    checked = check(reporting(matter(MATTER, *DONE), own=""))
    assert (said(checked), checked.accepted) == (["form_id_missing", "sheets_added"], False)


def test_sheets_of_two_returns_in_one_workbook(check: Check) -> None:
    def another(made: Workbook) -> None:
        made["事项进展"]["A1"] = f"越秀区  2022年三季度  {id_of(YUEXIU, '2022Q3')}"

    checked = check(changed(reporting(matter(MATTER, *DONE)), another))
    (problem,) = (p for p in checked.problems if p.blocks)
    assert (problem.code, problem.sheet, problem.row, problem.column) == ("form_ids_differ", "事项进展", 1, "A")
    assert (problem.facts["elsewhere"], problem.facts["other"]) == ("Sheet", id_of(YUEXIU, "2022Q4"))


def test_a_form_of_another_cadence(check: Check) -> None:
    quarterly = replace(read_forms()["quarterly"], number="ZB-N01")
    assert said(check(form(FULL, own=form_id(HEALTH, Period.quarter(2024, 1), quarterly)))) == ["form_unknown"]


# -- an old form filled in for a new period ------------------------------------------------------------------


def test_last_quarters_form_with_a_new_period(check: Check) -> None:
    checked = check(form(FULL, period="2024年二季度"))
    (problem,) = (p for p in checked.problems if p.blocks)
    assert places([problem]) == [("form_period_disagrees", 2, "A", "2024年二季度")]
    assert "成都市卫生健康委员会2024年一季度" in explain(problem)["zh"]
    assert "Q1 2024" in explain(problem)["en"]


def test_a_row_of_another_period_is_named(check: Check) -> None:
    raw = book(
        [
            [f"表单编号:{id_of()}"],
            ["指标名称", "代码", "报告期", "本期", "备注"],
            [FULL[0], BEDS, "2024年一季度", 8, "核实"],
            ["每千人口注册护士数", "nurses-per-1000@510100", "2024年二季度", 9, "核实"],
        ]
    )
    problems = [p for p in check(raw).problems if p.blocks]
    assert places(problems) == [("form_period_disagrees", 4, "C 报告期", "2024Q2")]


@pytest.mark.parametrize("period", ["2024年1-3月", "2024Q1", "2024年3月"])
def test_a_period_may_be_written_otherwise(check: Check, period: str) -> None:
    assert "form_period_disagrees" not in said(check(form(FULL, period=period)))


def test_a_period_that_is_none_is_told_once(check: Check) -> None:
    checked = check(form(FULL, period="二O二四年一季度"))
    assert not checked.accepted and "form_period_disagrees" not in said(checked)


@pytest.mark.parametrize(("name", "wrong"), [("成都市卫生健康委员会", False), ("成都市体育局", True), ("我委", False)])
def test_another_bodys_form(check: Check, name: str, wrong: bool) -> None:
    checked = check(form(FULL, lines=[[f"填报单位:{name}"]]))
    found = [p for p in checked.problems if p.blocks]
    assert places(found) == ([("form_sender_disagrees", 3, "A", name)] if wrong else [])


def test_figures_that_the_form_does_not_ask_for(check: Check) -> None:
    other = ["主题园区", "yx-theme-parks@440104", 3, None, "核实"]
    problems = [p for p in check(form(FULL, other)).problems if p.blocks]
    assert places(problems) == [("row_not_on_form", 5, "B 代码", "yx-theme-parks@440104")]


def test_a_form_comes_back_after_it_expired(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "today", lambda _: date(2028, 1, 4))
    checked = check_file(store, settings, name="a.xlsx", raw=form(FULL))
    (problem,) = (p for p in checked.problems if p.code == "form_expired_since")
    assert checked.accepted and problem.severity is Severity.NOTICE
    assert "ZB-J01 已于 2027-12-31 失效;2024年一季度" in explain(problem)["zh"]
    assert "form_expired" in said(
        check_file(store, settings, name="a.xlsx", raw=form(FULL, own=id_of(period="2027Q4")))
    )


# -- which sheet is what -------------------------------------------------------------------------------------


def test_sheets_are_known_by_what_they_hold(check: Check) -> None:
    def rename(made: Workbook) -> None:
        made["事项进展"].title = "Sheet9"
        made["Sheet"].title = "一季度"
        made._sheets.reverse()

    checked = check(changed(reporting(matter(MATTER, *DONE)), rename))
    assert checked.matters["commitment"].to_list() == ["task-01"]
    assert (checked.accepted, said(checked)) == (True, [])


def test_a_sheet_of_the_senders_own_is_named(check: Check) -> None:
    checked = check(form(FULL, 底稿=[["合计", 12]], 去年=[TABLE, [*FULL[:2], 7]]))
    (problem,) = (p for p in checked.problems if p.code == "sheets_added")
    assert problem.facts["found"] == "底稿、去年"
    assert checked.figures["value"].to_list() == [8]


def test_two_sheets_of_the_same_part(check: Check) -> None:
    again = [[f"表单编号:{id_of()}"], ["报告期:2024年一季度"], TABLE, FULL]
    problem = next(p for p in check(form(FULL, 副本=again)).problems if p.blocks)
    assert (problem.code, problem.found, problem.facts["part"]) == ("form_sheet_twice", "Sheet、副本", "报表")


def test_a_cover_that_repeats_the_id_is_no_second_form(check: Check) -> None:
    assert said(check(form(FULL, 封面=[[f"表单编号:{id_of()}"], ["季报"]]))) == ["sheets_added"]


def test_a_form_whose_header_was_spoilt_is_still_the_form(check: Check) -> None:
    raw = book(
        [[f"表单编号:{id_of()}"], ["报告期:2024年一季度", "510100"], ["指标", "地区", "数值"], [FULL[0], "510100", 8]]
    )
    assert form_of(check(raw)) == ("ZB-J01", HEALTH, "2024Q1")


@pytest.mark.parametrize("name", ["Sheet", "事项进展"])
def test_a_hidden_sheet_of_the_form_is_not_read_and_that_is_said(check: Check, name: str) -> None:
    def hide(made: Workbook) -> None:
        made[name].sheet_state = "hidden"
        made.active = 1 if name == "Sheet" else 0
        made["事项进展"]["A1"] = id_of(YUEXIU, "2022Q4")

    checked = check(changed(reporting(matter(MATTER, *DONE)), hide))
    problem = next(p for p in checked.problems if p.blocks)
    assert (problem.code, problem.found) == ("form_sheet_hidden", name)
    assert "sheets_hidden_too" not in said(checked)


def test_another_hidden_sheet_is_told(check: Check) -> None:
    checked = check(form(FULL, lagging=[lag(BEDS)], 底稿=[["x"]], hidden=["底稿"]))
    (problem,) = (p for p in checked.problems if p.code == "sheets_hidden_too")
    assert dict(problem.facts) == {"found": "底稿", "read": "Sheet、滞后说明"}


def test_without_its_figures_a_form_still_reports_matters(check: Check) -> None:
    raw = without(reporting(matter(MATTER, *DONE)), "Sheet", identifier=id_of(YUEXIU, "2022Q4"))
    checked = check(raw)
    assert (checked.accepted, checked.rows, checked.matters.height) == (True, 0, 1)
    assert said(checked) == ["form_no_figures"]


def test_an_empty_form_has_nothing_to_send(check: Check, untouched: Store) -> None:
    checked = check(issue(untouched, organisation=HEALTH, period="2024Q1", today=TODAY)[1])
    assert (checked.accepted, checked.says_nothing) == (True, True)
    assert set(said(checked)) == {"template_unfilled", "form_blank"}
    empty = issue(untouched, organisation="yuexiu-health", period="2022Q1", today=TODAY)[1]
    assert said(check(empty)) == ["form_blank"]


def test_limits_count_all_sheets_together(check: Check, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    raw = reporting(*(matter(MATTER) for _ in range(30)))
    for name, most, code in (("CHARACTERS", 600, "sheet_too_full"), ("CELLS", 100, "sheet_too_full")):
        with monkeypatch.context() as patch:
            patch.setattr(child_xlsx, name, most)
            (problem,) = check(raw).problems
            assert (problem.code, problem.sheet) == (code, "事项进展")
    with monkeypatch.context() as patch:
        patch.setattr(child_xlsx, "AROUND", 0)
        few = Settings(home=settings.home, upload_rows=32)
        (problem,) = check_file(filled(Store(":memory:"), []), few, name="a.xlsx", raw=raw).problems
        assert (problem.code, problem.sheet, problem.facts["most"]) == ("too_many_rows", "事项进展", "32")


@pytest.mark.parametrize(
    "broken", [cells('<row r="2"/><row r="1"/>'), cells('<row r="1"><c r="A1" t="s"><v>99</v></c></row>')]
)
def test_a_damaged_sheet_of_another_workbook_is_never_passed_over(check: Check, broken: str) -> None:
    raw = book([HEADER, ROW], 目录=[["x"]])
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        contents = {name: package.read(name) for name in package.namelist()}
    second = packed(contents | {"xl/worksheets/sheet2.xml": broken})
    assert [(p.code, p.sheet) for p in check(second).problems] == [("workbook_damaged", "目录")]
    first = packed(contents | {"xl/worksheets/sheet1.xml": broken})
    assert [(p.code, p.sheet) for p in check(first).problems] == [("workbook_damaged", "Sheet")]


# -- the list of problems that came back ---------------------------------------------------------------------


def test_a_marked_form_may_be_sent_again(check: Check, settings: Settings) -> None:
    raw = reporting(matter(MATTER, "快了"))
    marked = opened(annotate("季报.xlsx", raw, check(raw).problems, settings))
    assert marked.sheetnames[0] == SHEET
    sheet = marked["事项进展"]
    row = next(cell.row for cell in sheet["A"] if cell.value == MATTER)
    sheet.cell(row, 4).value = "推进中"
    checked = check(saved(marked))
    assert (checked.accepted, said(checked)) == (True, [])
    assert checked.matters["state"].to_list() == ["under_way"]


def test_any_marked_file_may_be_sent_again(check: Check, settings: Settings) -> None:
    raw = book([HEADER, [*ROW[:3], "n/a"]])
    marked = opened(annotate("a.xlsx", raw, check(raw).problems, settings))
    marked["Sheet"]["D2"] = 81.76
    checked = check(saved(marked))
    assert (checked.accepted, said(checked)) == (True, [])
    text = opened(annotate("a.csv", csv({"value": "n/a"}), [], settings))
    assert check(saved(text)).rows == 1


def test_nothing_but_the_list_is_no_return(check: Check, settings: Settings) -> None:
    alone = annotate("a.doc", b"x", check(b"x").problems, settings)
    assert codes(check(alone).problems) == ["header_missing"]


# -- who signed ----------------------------------------------------------------------------------------------


def test_names_stand_in_the_cells_beside_their_labels(check: Check, untouched: Store) -> None:
    made = opened(issue(untouched, organisation=HEALTH, period="2024Q1", today=TODAY)[1])
    assert check(saved(made)).signers == UNSIGNED
    signed(made["报表"], 单位负责人="张三", 统计负责人="李四", 填表人=" 王 五 ", 报出日期=date(2024, 4, 3))
    assert check(saved(made)).signers == Signers("王 五", "李四", "张三", date(2024, 4, 3))


@pytest.mark.parametrize(
    "lines",
    [
        [["单位负责人:张三  统计负责人(审核人):李四  填表人:王五  联系电话:86700000 报出日期:2024年4月3日"]],
        [["单位负责人:张三", "审核人:李四"], ["填报人:", "", "王五", "(加盖单位公章)", "报出日期:2024.4.3"]],
        [["填报人:王五"], ["报出日期:", "2024/4/3"], ["统计负责人:李四"], ["单位负责人:", "张三", "联系电话:"]],
    ],
)
def test_names_are_read_however_they_stand(check: Check, lines: list[list[str]]) -> None:
    checked = check(form(FULL, lines=lines))
    assert checked.signers == Signers("王五", "李四", "张三", date(2024, 4, 3))


def test_lines_to_write_on_are_no_names(check: Check) -> None:
    lines = [["单位负责人:______", "审核人:____ 填表人: — 报出日期:20__年__月__日"], ["统计负责人:…"]]
    assert check(form(FULL, lines=[["报出日期:20  年  月  日"]])).signers == UNSIGNED
    assert check(form(FULL, lines=lines)).signers == UNSIGNED


def test_a_note_that_names_someone_signs_nothing(check: Check) -> None:
    assert check(form([*FULL[:4], "审核人:李四 已核"])).signers == UNSIGNED


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("填表人:王\u202e五", "text_control"),
        ("审核人:" + "李" * 101, "text_too_long"),
        ("报出日期:四月三日", "date_unreadable"),
        ("报出日期:2098-04-03", "date_future"),
    ],
)
def test_what_cannot_be_kept_of_a_signature(check: Check, line: str, code: str) -> None:
    problem = next(p for p in check(form(FULL, lines=[["", line]])).problems if p.blocks)
    assert (problem.code, problem.row, problem.column) == (code, 3, "B")


# -- the words themselves ------------------------------------------------------------------------------------


def test_titles_are_compared_without_brackets_and_spaces() -> None:
    assert title("佐证 (文号或文件)") == title("佐\n证") == "佐证"


def test_other_tables_are_no_part_of_a_form() -> None:
    mine = [["编号", "任务", "完成情况", "完成日期"], ["2024/15", "x", "好", ""]]
    assert part_of(mine) == (None, False)
    assert part_of([mine[0], [MATTER]]) == (Part.MATTERS, False)
    assert part_of([["编号", "名称"], [MATTER]]) == (None, False)


def test_a_label_without_an_id_says_nothing() -> None:
    assert list(ids_in(["表单编号:", "", "有效期至:2027年12月"])) == []
    assert list(ids_in(["表单编号:", "", "见附件"])) == [(2, "见附件")]


# -- the whole way -------------------------------------------------------------------------------------------


@pytest.fixture
def lagging(store: Store, settings: Settings, li: User, tmp_path: Path) -> Store:
    """A store in which two indicators of a body in Yuexiu lag."""
    names = ("yx-superior-supported-projects", "yx-training-exchange-events")
    rows = ({"indicator": name, "value": "0"} for name in names)
    raw = csv(*rows, region="440104", period="2021", accumulation="本年累计", note="核实")
    receipt = submit(store, settings, name="a.csv", raw=raw, user=ANYONE, uploads=tmp_path)
    decide(store, submission=receipt.submission, decision=Decision.APPROVE, user=li)
    return store


def complete(store: Store) -> Workbook:
    """An issued form with something in each of its sheets."""
    blank, raw = issue(store, organisation=YUEXIU, period="2022Q4", today=TODAY)
    made = opened(raw)
    assert [line.owed.code for line in blank.lagging] == [
        "yx-superior-supported-projects@440104",
        "yx-training-exchange-events@440104",
    ]
    answer(made["报表"], {"yx-theme-parks@440104": {"本期": 1, "备注": "首个园区挂牌"}})
    tasks = [task.code for task in blank.matters]
    evidence = "佐证(文号或文件)"
    answer(
        made["事项进展"],
        {
            tasks[0]: {"完成情况": "已完成", "完成日期": date(2022, 11, 30), evidence: "越府〔2022〕3号"},
            tasks[1]: {"完成情况": "已完成", "完成日期": "2022年9月5日", evidence: "验收报告.pdf", "说明": "一期"},
            tasks[2]: {"完成情况": "推进中", "说明": "完成招标,\n年底开工"},
            tasks[3]: {"完成情况": "未完成"},
            tasks[4]: {"完成情况": "不再实施", "说明": "越府〔2022〕9号调整"},
        },
    )
    explained = {"进展": "已签约两个", "原因": "资金到位晚", "措施": "一季度内拨付"}
    answer(made["滞后说明"], {line.owed.code: explained for line in blank.lagging})
    signed(made["报表"], 单位负责人="张三", 统计负责人="李四", 填表人="王五", 报出日期=date(2023, 1, 4))
    return made


def told(checked: Checked) -> tuple[Any, ...]:
    """All that a return says, wherever in the file it stood."""
    frames = (checked.matters, checked.explanations, checked.figures.select("indicator", "region", "value", "note"))
    apart = [frame.select(pl.exclude("row")) for frame in frames]
    return (form_of(checked), checked.signers, *(sorted(frame.iter_rows(), key=str) for frame in apart))


def test_what_is_filled_in_is_what_is_read(lagging: Store, settings: Settings) -> None:
    checked = check_file(lagging, settings, name="季报.xlsx", raw=saved(complete(lagging)))
    assert checked.accepted, [p for p in checked.problems if p.blocks]
    which, signers, matters, explanations, figures = told(checked)
    assert which == ("ZB-J01", YUEXIU, "2022Q4")
    assert signers == Signers("王五", "李四", "张三", date(2023, 1, 4))
    assert [
        (state, done_on, evidence, note)
        for _, _, state, done_on, evidence, note in sorted(matters, key=lambda m: str(m[2:]))
    ] == [
        ("done", date(2022, 11, 30), "越府〔2022〕3号", ""),
        ("done", date(2022, 9, 5), "验收报告.pdf", "一期"),
        ("dropped", None, "", "越府〔2022〕9号调整"),
        ("not_started", None, "", ""),
        ("under_way", None, "", "完成招标,\n年底开工"),
    ]
    assert explanations[0] == (
        "yx-superior-supported-projects",
        "440104",
        "2022Q4",
        "已签约两个",
        "资金到位晚",
        "一季度内拨付",
    )
    assert len(explanations) == 2
    assert figures == [("yx-theme-parks", "440104", 1.0, "首个园区挂牌")]


def test_rows_columns_and_sheets_may_be_moved(lagging: Store, settings: Settings) -> None:
    made = complete(lagging)
    before = check_file(lagging, settings, name="季报.xlsx", raw=saved(made))
    turned(made)
    made.properties.identifier = None
    after = check_file(lagging, settings, name="季报.xlsx", raw=saved(made))
    assert made.worksheets[0].title == "指标解释"
    assert after.accepted, [p for p in after.problems if p.blocks]
    assert told(after) == told(before)


@needs_soffice
@pytest.mark.parametrize("moved", [False, True], ids=["as issued", "moved about"])
def test_libreoffice_may_save_it(lagging: Store, settings: Settings, tmp_path: Path, moved: bool) -> None:
    made = complete(lagging)
    before = check_file(lagging, settings, name="季报.xlsx", raw=saved(made))
    if moved:
        turned(made)
    raw = through_libreoffice(saved(made), tmp_path)
    after = check_file(lagging, settings, name="季报.xlsx", raw=raw)
    assert after.accepted, [p for p in after.problems if p.blocks]
    assert told(after) == told(before)


def test_what_was_sent_is_stored_with_who_signed_it(lagging: Store, settings: Settings, tmp_path: Path) -> None:
    raw = saved(complete(lagging))
    receipt = submit(lagging, settings, name="季报.xlsx", raw=raw, user=ANYONE, uploads=tmp_path)
    assert receipt.submission
    assert lagging.ask("matters", organisation=YUEXIU).height == 5
    assert lagging.ask("explanations", organisation=YUEXIU, period="2022Q4").height == 2
