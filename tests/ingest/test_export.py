"""Tables for spreadsheets: read as they are meant, never run."""

from __future__ import annotations

import pytest

from ingest.export import csv_bytes, harmless


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x"], ids=ascii
)
def test_D28_text_that_would_be_run_is_made_harmless(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", [-1.5, 0, None, "成都", "", "a=1"], ids=str)
def test_D28_the_rest_stays_as_it_is(value: object) -> None:
    assert harmless(value) == value


def test_a_table_is_csv_as_excel_reads_it() -> None:
    raw = csv_bytes(["单位", "数"], [["=1+1", -1.5], ["甲,乙", None]])
    assert raw.decode("utf-8") == '\ufeff单位,数\r\n\'=1+1,-1.5\r\n"甲,乙",\r\n'
