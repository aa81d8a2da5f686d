"""What a cell of a return takes: a number in a range, a choice, a day, a sentence; in Chinese, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.datavalidation import DataValidation

from indicators.definition import Range

__all__ = ["a_choice", "a_day", "a_number", "a_sentence", "range_text"]

_BIGGEST = 1e15
_FIRST_DAY = date(2000, 1, 1)


def range_text(bounds: Range) -> str:
    """A range as the message beside a cell says it."""
    if bounds.low is None and bounds.high is None:
        return "任意大小"
    if bounds.high is None:
        return f"不小于{bounds.low:g}"
    return f"不大于{bounds.high:g}" if bounds.low is None else f"{bounds.low:g}至{bounds.high:g}之间"


def a_number(bounds: Range, places: str, *, title: str, asked: str, wrong: str, bar: bool = True) -> DataValidation:
    """A number within `bounds`; `bar`: nothing else can be entered, else it can after a warning."""
    low = -_BIGGEST if bounds.low is None else bounds.low
    high = _BIGGEST if bounds.high is None else bounds.high
    return _made(
        "decimal",
        places,
        title=title,
        wrong=wrong,
        between=(f"{low:.15g}", f"{high:.15g}"),
        errorStyle="stop" if bar else "warning",
        showInputMessage=True,
        promptTitle=title,
        prompt=asked[:250],
    )


def a_choice(places: str, choices: Sequence[str], *, wrong: str) -> DataValidation:
    """One of a few words, from a drop-down."""
    return _made("list", places, title="完成情况", wrong=wrong, formula1=f'"{",".join(choices)}"')


def a_day(places: str, *, until: date, wrong: str) -> DataValidation:
    """A date of this century, `until` included."""
    return _made("date", places, title="日期", wrong=wrong, between=(_serial(_FIRST_DAY), _serial(until)))


def a_sentence(places: str) -> DataValidation:
    """A text that must not be missing."""
    return _made(
        "textLength",
        places,
        title="说明",
        wrong="应为2至2000字。",
        between=("2", "2000"),
        allow_blank=False,
        showInputMessage=True,
        promptTitle="必填",
        prompt="请用一两句话写明。",
    )


def _serial(day: date) -> str:
    """A day as spreadsheets count it."""
    return str(int(to_excel(day)))


def _made(
    kind: str, places: str, *, title: str, wrong: str, between: tuple[str, str] | None = None, **more: Any
) -> DataValidation:
    if between:
        more |= {"operator": "between", "formula1": between[0], "formula2": between[1]}
    more = {"allow_blank": True, "errorStyle": "stop", **more}
    return DataValidation(
        type=kind, sqref=places, showErrorMessage=True, errorTitle=f"{title}填写有误", error=wrong[:220], **more
    )
