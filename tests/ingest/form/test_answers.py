"""Matters and explanations as people write them: what is taken, what is asked again, what is nothing new."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from indicators.problem import Problem, Severity
from indicators.store import Store
from ingest.check import Checked
from ingest.checking import check_file
from ingest.form.answers import read_day
from ingest.form.filled import said
from ingest.people import User
from ingest.settings import Settings
from ingest.submission import Decision, Signers
from ingest.words import explain
from ingest.workflow import Receipt, decide, submit
from tests.desk import ANYONE
from tests.forms import BEDS, MATTER, YUEXIU, form, id_of, lag, matter, reporting
from tests.office import opened, saved
from tests.returns import codes, csv, places

pytestmark = pytest.mark.usefixtures("in_process")

Check = Callable[[bytes], Checked]
OTHER, ELSEWHERE = "yuexiu-2021/task-04", "qinhuangdao-2017/private-investment"
DONE = ("已完成", "2022-11-30", "越府〔2022〕3号")
FULL = ["每千人口医疗卫生机构床位数", BEDS, 8, None, "核实"]
NURSES = ["每千人口注册护士数", "nurses-per-1000@510100", 4, None, "核实"]
EXPLAINED = ("新增床位2000张", "两个项目延期", "6月底前完工")


@pytest.fixture
def check(untouched: Store, settings: Settings) -> Check:
    return lambda raw: check_file(untouched, settings, name="季报.xlsx", raw=raw)


@pytest.fixture
def behind(store: Store, settings: Settings, wang: User, li: User, tmp_path: Path) -> Store:
    """A store in which the beds of Chengdu lag."""
    raw = csv(indicator="beds-per-1000", period="2023Q4", value="7.6", note="核实")
    receipt = submit(store, settings, name="a.csv", raw=raw, user=wang, uploads=tmp_path)
    decide(store, submission=receipt.submission, decision=Decision.APPROVE, user=li)
    return store


@pytest.fixture
def late(behind: Store, settings: Settings) -> Check:
    """Check a form of the body whose beds lag."""
    return lambda raw: check_file(behind, settings, name="季报.xlsx", raw=raw)


def refused(checked: Checked) -> list[Problem]:
    assert not checked.accepted
    return [problem for problem in checked.problems if problem.blocks]


def changed(raw: bytes, name: str, change: Callable[[Worksheet], object]) -> bytes:
    made = opened(raw)
    change(made[name])
    return saved(made)


# -- milestones and tasks ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "state", "done_on"),
    [
        (("已完成", date(2022, 11, 30), "越府〔2022〕3号"), "done", date(2022, 11, 30)),
        (("已完成", datetime(2022, 11, 30, 9, 30), "验收单.pdf"), "done", date(2022, 11, 30)),
        ((" 已完成 ", "2022年11月30日", "3号"), "done", date(2022, 11, 30)),
        (("推进中",), "under_way", None),
        (("未完成", None, None, "待批"), "not_started", None),
        (("不再实施", "—", "", "越府〔2022〕9号"), "dropped", None),
    ],
)
def test_how_a_matter_stands(check: Check, answers: tuple[Any, ...], state: str, done_on: date | None) -> None:
    checked = check(reporting(matter(MATTER, *answers)))
    assert checked.accepted, checked.problems
    assert (checked.rows, checked.says_nothing) == (0, False)
    (row,) = checked.matters.iter_rows(named=True)
    assert (row["row"], row["plan"], row["commitment"]) == (3, "yuexiu-2021", "task-01")
    assert (row["state"], row["done_on"]) == (state, done_on)


def test_the_frame_is_the_table_of_the_store(check: Check, untouched: Store) -> None:
    checked = check(reporting(matter(MATTER, *DONE, "如期")))
    table = untouched.ask("matters", organisation="")
    assert checked.matters.columns == ["row", *table.columns]
    assert checked.explanations.columns == ["row", *untouched.ask("explanations", organisation="", period="").columns]
    (row,) = checked.matters.rows()
    assert row == (3, "yuexiu-2021", "task-01", "done", date(2022, 11, 30), "越府〔2022〕3号", "如期")


def test_blank_rows_are_no_news(check: Check) -> None:
    rows = [
        matter(MATTER),
        matter(OTHER, "—", "", "无", "略"),
        ["注:以上为牵头事项"],
        matter("yuexiu-2021/task-06", "推进中"),
    ]
    checked = check(reporting(*rows))
    assert (checked.accepted, checked.matters["commitment"].to_list()) == (True, ["task-06"])


@pytest.mark.parametrize(
    ("answers", "place"),
    [
        (("快了",), ("state_unknown", 3, "D 完成情况", "快了")),
        (("", "2022-11-30", "3号"), ("state_unknown", 3, "D 完成情况", "")),
        (("已完成", None, "3号"), ("matter_incomplete", 3, "E 完成日期", "")),
        (("已完成", "2022-11-30"), ("matter_incomplete", 3, "F 佐证(文号或文件)", "")),
        (("已完成", "2022-11-30", "无。"), ("matter_incomplete", 3, "F 佐证(文号或文件)", "无。")),
        (("不再实施",), ("matter_incomplete", 3, "G 说明", "")),
        (("推进中", "2022-12-31"), ("matter_not_done", 3, "E 完成日期", "2022-12-31")),
        (("已完成", "年底", "3号"), ("date_unreadable", 3, "E 完成日期", "年底")),
        (("已完成", 44895, "3号"), ("date_unreadable", 3, "E 完成日期", "44895")),
        (("已完成", date(2098, 1, 1), "3号"), ("date_future", 3, "E 完成日期", "2098-01-01")),
        (("推进中", None, None, "建\u202e设"), ("text_control", 3, "G 说明", "建\u202e设")),
        (("推进中", None, None, "字" * 2001), ("text_too_long", 3, "G 说明", "字" * 2001)),
    ],
)  # fmt: skip
def test_what_is_asked_again(check: Check, answers: tuple[Any, ...], place: tuple[str, int, str, str]) -> None:
    problems = refused(check(reporting(matter(MATTER, *answers))))
    assert places(problems) == [place]
    assert {problem.sheet for problem in problems} == {"事项进展"}


def test_a_done_matter_without_anything_misses_both(check: Check) -> None:
    problems = refused(check(reporting(matter(MATTER, "已完成"))))
    assert [explain(problem)["zh"] for problem in problems] == [
        "完成情况为“已完成”的,须填写“完成日期”(“无”“略”等不算)。请补填。",
        "完成情况为“已完成”的,须填写“佐证”(“无”“略”等不算)。请补填。",
    ]


@pytest.mark.parametrize(
    ("written", "code", "found", "mend"),
    [
        ("yuexiu-2021/task-1", "answer_unknown", "yuexiu-2021/task-1", "您是否想写“yuexiu-2021/task-"),
        ("abc", "answer_unknown", "abc", "请从目录中复制"),
        ("qinhuangdao-2017/day-care", "answer_unknown", "qinhuangdao-2017/day-care", "表上没有"),
        (ELSEWHERE, "row_not_on_form", ELSEWHERE, "2022年四季度应报之列"),
        (None, "key_empty", "A3", "“编号”"),
    ],
)
def test_a_matter_that_is_not_on_the_form(check: Check, written: str | None, code: str, found: str, mend: str) -> None:
    problems = refused(check(reporting([written, "事项", "", "推进中"], matter(MATTER))))
    assert places(problems) == [(code, 3, "A 编号", found)]
    assert mend in explain(problems[0])["zh"]


def test_the_same_matter_twice(check: Check) -> None:
    (problem,) = refused(check(reporting(matter(MATTER, *DONE), matter(OTHER), matter(MATTER.upper(), "推进中"))))
    assert (problem.code, problem.row, problem.column, problem.facts["first"]) == ("answer_twice", 5, "A 编号", "3")
    assert check(reporting(matter(MATTER, *DONE), matter(MATTER))).accepted


def test_columns_are_known_by_their_titles(check: Check) -> None:
    def shuffle(sheet: Worksheet) -> None:
        titles = ["说明", "佐 证", "完成日期", "填表备忘", "编号", "完成情况(下拉)"]
        for column, (name, value) in enumerate(
            zip(titles, ["如期", "3号", "2022-11-30", "x", MATTER, "已完成"], strict=True), start=1
        ):
            sheet.cell(2, column).value, sheet.cell(3, column).value = name, value
        sheet.delete_cols(7)

    checked = check(changed(reporting(matter(MATTER, "x")), "事项进展", shuffle))
    assert checked.matters.rows() == [(3, "yuexiu-2021", "task-01", "done", date(2022, 11, 30), "3号", "如期")]
    assert ("column_ignored", 2, "D 填表备忘", "填表备忘") in places(checked.problems)


@pytest.mark.parametrize(
    ("cell", "value", "place"),
    [
        ("F2", "备查", ("column_missing", 2, "佐证", "")),
        ("H2", "说明(补)", ("column_twice", 2, "H 说明(补)", "说明(补)")),
        ("H3", "一期", ("column_blank", 2, "H", "")),
        ("D3", "#N/A", ("cell_error", 3, "D 完成情况", "#N/A")),
        ("G3", "=A3", ("formula_empty", 3, "G 说明", "G3")),
    ],
)
def test_what_is_wrong_with_the_sheet(check: Check, cell: str, value: str, place: Any) -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet[cell] = value

    found = refused(check(changed(reporting(matter(MATTER, *DONE)), "事项进展", spoil)))
    assert place in places(found)
    assert {problem.sheet for problem in found} == {"事项进展"}


def test_merged_answers_are_refused_and_merged_notes_are_not(check: Check) -> None:
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("G3:G4")
        sheet.merge_cells("A9:G9")

    raw = reporting(matter(MATTER, *DONE), matter(OTHER, "推进中"))
    assert places(refused(check(changed(raw, "事项进展", merge)))) == [("cells_merged", 3, "G 说明", "G3:G4")]


def test_hidden_rows_are_read_and_told(check: Check) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[3].hidden = True

    checked = check(changed(reporting(matter(MATTER, *DONE)), "事项进展", hide))
    assert checked.matters.height == 1
    assert ("rows_hidden", 3, "", "3") in places(checked.problems)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-05", date(2024, 3, 5)),
        ("2024-3-5", date(2024, 3, 5)),
        ("2024/3/5", date(2024, 3, 5)),
        ("2024.3.5", date(2024, 3, 5)),
        ("2024年3月5日", date(2024, 3, 5)),
        (" 2024 年 3 月 5 日 ", date(2024, 3, 5)),
        ("2024-03-05 10:00:00", date(2024, 3, 5)),
        ("2024-02-30", None),
        ("2024年3月", None),
        ("24-03-05", None),
        ("\u0662024-03-05", None),
    ],
)
def test_days_as_people_write_them(text: str, day: date | None) -> None:
    assert read_day(text) == day


@pytest.mark.parametrize(
    "text", ["", " ", "\u3000", "—", "……", "/", "***", "无", "无。", "(略)", "同上", "N/A", "n.a.", "0", "暂 无"]
)
def test_a_mere_placeholder_says_nothing(text: str) -> None:
    assert said(text) == ""


@pytest.mark.parametrize("text", ["无进展", "略有增长", "3号", "无障碍设施已完工", "10"])
def test_short_texts_still_say_something(text: str) -> None:
    assert said(f" {text} ") == text


# -- what is new ---------------------------------------------------------------------------------------------


SIGNED = Signers("张三", "李四", "王五")


@pytest.fixture
def send(store: Store, settings: Settings, tmp_path: Path) -> Callable[..., Receipt]:
    def one(raw: bytes) -> Receipt:
        return submit(store, settings, name="季报.xlsx", raw=raw, user=ANYONE, uploads=tmp_path, signers=SIGNED)

    return one


def test_only_what_is_new_is_reported(send: Callable[..., Receipt]) -> None:
    first = send(reporting(matter(MATTER, *DONE), matter(OTHER, "推进中", None, None, "招标")))
    assert first.submission
    again = send(reporting(matter(OTHER, "推进中", None, None, "招标"), matter(MATTER, *DONE), 备查=[["x"]]))
    assert (again.submission, again.checked.accepted) == ("", True)
    assert "nothing_new" in codes(again.checked.problems)
    more = send(reporting(matter(MATTER, *DONE), matter(OTHER, "推进中", None, None, "开工")))
    assert more.checked.matters["note"].to_list() == ["开工"]


@pytest.mark.parametrize(
    ("decision", "stands"),
    [("return", False), ("withdraw", False), ("void", False), ("approve", True), ("archive", True)],
)
def test_what_was_sent_back_was_not_reported(
    send: Callable[..., Receipt], store: Store, decision: str, stands: bool
) -> None:
    sent = send(reporting(matter(MATTER, *DONE)))
    with store.entry(actor="li", action=decision) as entry:
        line = {"submission": sent.submission, "decision": decision, "decided_by": "li", "reason": ""}
        entry.add("decision", [line])
    assert store.ask("matters", organisation=YUEXIU).height == stands
    assert store.ask("matters", organisation="chengdu-health").is_empty()
    again = send(reporting(matter(MATTER, *DONE), 备查=[["x"]]))
    assert again.checked.matters.is_empty() == stands


def test_the_last_report_counts(send: Callable[..., Receipt]) -> None:
    course = [(("推进中",), 1), (DONE, 1), (("推进中",), 1), (("推进中", None, None, "略"), 0)]
    for number, (answers, new) in enumerate(course):
        checked = send(reporting(matter(MATTER, *answers), 备查=[[number]])).checked
        assert (checked.accepted, checked.matters.height) == (True, new)


# -- what lags -------------------------------------------------------------------------------------------------


def test_what_lags_is_explained(late: Check, behind: Store) -> None:
    checked = late(form(FULL, lagging=[lag(BEDS, *EXPLAINED)]))
    assert checked.accepted, checked.problems
    assert checked.explanations.rows() == [(3, "beds-per-1000", "510100", "2024Q1", *EXPLAINED)]


@pytest.mark.parametrize(
    ("answers", "what", "column"),
    [
        ((), "进展、原因、措施", "D 进展"),
        (("新增床位", "无", "抓紧"), "原因", "E 原因"),
        (("新增床位", "延期", "略"), "措施", "F 措施"),
        (("1", "——", "抓紧"), "进展、原因", "D 进展"),
    ],
)
def test_a_form_is_refused_without_progress_reason_and_measures(
    late: Check, answers: tuple[str, ...], what: str, column: str
) -> None:
    (problem,) = refused(late(form(FULL, lagging=[lag(BEDS, *answers)])))
    assert (problem.code, problem.sheet, problem.row, problem.column) == ("explanation_missing", "滞后说明", 3, column)
    assert f"“每千人口医疗卫生机构床位数”进度滞后,“{what}”没有填写" in explain(problem)["zh"]
    assert "进展 (progress)" in explain(problem)["en"]


@pytest.mark.parametrize("sheet", ["", "滞后说明"])
def test_taking_the_row_or_the_sheet_away_does_not_help(late: Check, sheet: str) -> None:
    other = [lag("nurses-per-1000@510100", *EXPLAINED)] if sheet else []
    (problem,) = refused(late(form(FULL, lagging=other)))
    assert (problem.code, problem.sheet, problem.row) == ("explanation_row_missing", sheet, None)
    assert "“滞后说明”中没有这一行(beds-per-1000@510100)" in explain(problem)["zh"]


def test_a_form_of_matters_alone_must_explain_too(late: Check) -> None:
    assert codes(refused(late(form(NURSES)))) == ["explanation_row_missing"]
    assert codes(refused(late(form(lagging=[lag(BEDS, "新增床位")])))) == ["explanation_missing"]


def test_an_unfilled_form_need_not_explain(late: Check) -> None:
    checked = late(form(FULL[:2], lagging=[lag(BEDS)]))
    assert checked.accepted and "form_blank" in codes(checked.problems)


def test_explanations_alone_are_a_return(late: Check) -> None:
    checked = late(form(lagging=[lag(BEDS, *EXPLAINED)]))
    assert (checked.accepted, checked.rows, checked.says_nothing) == (True, 0, False)


def test_what_does_not_lag_is_kept_with_a_notice(late: Check) -> None:
    rows = [lag(BEDS, *EXPLAINED), lag("nurses-per-1000@510100", "新增护士", "", "继续招聘")]
    checked = late(form(FULL, lagging=rows))
    (problem,) = (p for p in checked.problems if p.code == "explanation_unasked")
    assert (problem.severity, problem.row, problem.column) == (Severity.NOTICE, 4, "A 代码")
    assert checked.accepted and checked.explanations["progress"].to_list() == ["新增床位2000张", "新增护士"]


def test_explanations_of_what_is_not_on_the_form(late: Check) -> None:
    rows = [lag(BEDS, *EXPLAINED), lag("beds-per-1000@51010", *EXPLAINED), lag("yx-theme-parks@440104", *EXPLAINED)]
    assert places(refused(late(form(FULL, lagging=rows)))) == [
        ("answer_unknown", 4, "A 代码", "beds-per-1000@51010"),
        ("row_not_on_form", 5, "A 代码", "yx-theme-parks@440104"),
    ]


def test_the_same_indicator_twice_and_a_blank_double(late: Check) -> None:
    assert late(form(FULL, lagging=[lag(BEDS), lag(BEDS, *EXPLAINED), lag(BEDS)])).accepted
    (problem,) = refused(late(form(FULL, lagging=[lag(BEDS, *EXPLAINED), lag(BEDS, *EXPLAINED)])))
    assert (problem.code, problem.row) == ("answer_twice", 4)


def test_a_spoilt_header_is_told_once(late: Check) -> None:
    def spoil(sheet: Worksheet) -> None:
        sheet["E2"] = "缘由"

    found = refused(late(changed(form(FULL, lagging=[lag(BEDS, *EXPLAINED)]), "滞后说明", spoil)))
    assert places(found) == [("column_missing", 2, "原因", "")]


def test_the_same_explanation_of_the_same_period_is_nothing_new(behind: Store, send: Callable[..., Receipt]) -> None:
    assert send(form(FULL, lagging=[lag(BEDS, *EXPLAINED)])).checked.explanations.height == 1
    again = send(form(lagging=[lag(BEDS, *EXPLAINED)]))
    assert (again.checked.accepted, again.submission, again.checked.explanations.height) == (True, "", 0)
    later = send(form(period="2024年二季度", own=id_of(period="2024Q2"), lagging=[lag(BEDS, *EXPLAINED)]))
    assert later.checked.explanations["period"].to_list() == ["2024Q2"]
    assert behind.ask("explanations", organisation="chengdu-health", period="2024Q2").height == 1


def test_a_file_that_is_no_form_explains_nothing(late: Check) -> None:
    checked = late(form(FULL, own=""))
    assert (checked.accepted, checked.form) == (True, None)


def test_other_files_stay_as_they_are(late: Check, behind: Store, settings: Settings) -> None:
    checked = check_file(behind, settings, name="a.csv", raw=csv(indicator="beds-per-1000", value="8", note="核实"))
    assert (checked.form, checked.matters.is_empty(), checked.explanations.is_empty()) == (None, True, True)
