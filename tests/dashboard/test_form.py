"""The form on the 填报 page: whose it is, for which quarter, and the sender's own file back with its cells marked."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from dashboard import answers, session
from dashboard.i18n import words
from indicators.period import Period
from ingest import demo
from ingest.checking import check_file
from ingest.people import Role
from ingest.settings import SHIPPED
from ingest.terminal import Place
from tests.pages import opened


def test_a_statistician_asks_for_the_form_of_their_own_body(shown: Place) -> None:
    page = opened("submit", role=Role.STATISTICIAN)
    offered = next(box for box in page.selectbox if box.key == "form_organisation")
    assert offered.options == ["市卫健委"]
    assert next(box for box in page.selectbox if box.key == "form_period").options[0] == "2025年一季度"
    assert words("zh")("form.title") in "".join(element.proto.body for element in page.get("html"))


def test_the_form_holds_the_bodys_own_rows(shown: Place) -> None:
    book = load_workbook(io.BytesIO(answers.form("chengdu-health", Period.quarter(2025, 1), demo.PEOPLE[Role.LEADER])))
    texts = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert "nurses-per-1000@510100" in texts
    assert any(text.startswith("报告期:2025年一季度") for text in texts)
    assert not any(text.startswith("visitors@") for text in texts)  # another body's


def test_the_senders_file_comes_back_marked(shown: Place) -> None:
    raw = (SHIPPED / "examples" / "return-bad.csv").read_bytes()
    checked = check_file(shown.store, shown.settings, name="return-bad.csv", raw=raw)
    book = load_workbook(io.BytesIO(answers.marked(checked, "return-bad.csv", raw)))
    told = [str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert any("2025Q5" in text for text in told)


def test_the_last_quarters_are_offered_and_none_to_come(real: Place) -> None:
    offered = answers.recent_periods()
    assert len(offered) == 8
    assert offered == sorted(offered, reverse=True)
    assert all(period.end < Period.day(session.default_day()).end for period in offered)
