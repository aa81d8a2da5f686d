"""One cell, one number: read where there is one reading, with a notice where it was not plain; else refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.numbers import GRAMMAR, MISSING, Number, half_digit, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [("7", 7.0), ("+7", 7.0), ("-1.5", -1.5), ("0.000001", 1e-6), ("007", 7.0), (" 7 ", 7.0), ("12.50", 12.5)],
)
def test_D05_a_plain_number_is_read_exactly(text: str, value: float) -> None:
    assert read_number(text, "张") == Number(value)


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("\uff11\uff12.5", "张", 12.5),
        ("12\uff0e5", "张", 12.5),
        ("\uff0d7", "张", -7.0),
        ("\u22125", "张", -5.0),
        ("1,234", "张", 1234.0),
        ("1,234,567.25", "张", 1234567.25),
        ("-1,234", "张", -1234.0),
        ("1\uff0c234", "张", 1234.0),
        ("12%", "%", 12.0),
        ("12 %", "%", 12.0),
        ("12\uff05", "%", 12.0),
        ("\u00a07", "张", 7.0),
        ("7\u3000", "张", 7.0),
        ("7.34张", "张", 7.34),
        ("7.34 张", "张", 7.34),
        ("7.34张", "张/千人", 7.34),
        ("7.34张/千人", "张/千人", 7.34),
        ("15.37万张", "万张", 15.37),
        ("81.76岁", "岁", 81.76),
    ],
    ids=ascii,
)
def test_D07_a_number_with_one_reading_is_read_with_a_notice(text: str, unit: str, value: float) -> None:
    assert read_number(text, unit) == Number(value, noticed=True)


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("", "张", "value_empty"),
        (" \u3000\u00a0", "张", "value_empty"),
        ("12%", "张", "number_percent"),
        ("12%", "‰", "number_percent"),
        ("12%", "", "number_percent"),
        ("1 234", "张", "number_two_readings"),
        ("1.234,5", "张", "number_two_readings"),
        ("1,5", "张", "number_two_readings"),
        ("0,123", "张", "number_two_readings"),
        ("12,34,567", "张", "number_two_readings"),
        ("1,2345", "张", "number_two_readings"),
        ("1'234", "张", "number_two_readings"),
        ("1_000", "张", "number_two_readings"),
        ("1.2.3", "张", "number_two_readings"),
        ("1.", "张", "number_two_readings"),
        (".5", "张", "number_unreadable"),
        ("1.2E+05", "张", "number_scientific"),
        ("1e309", "张", "number_scientific"),
        ("1E-400", "张", "number_scientific"),
        ("1E5", "张", "number_scientific"),
        ("nan", "张", "number_not_finite"),
        ("NaN", "张", "number_not_finite"),
        ("Inf", "张", "number_not_finite"),
        ("-Infinity", "张", "number_not_finite"),
        ("9007199254740993", "张", "number_too_long"),
        ("123456789012345.123456", "张", "number_too_long"),
        ("0.1234567", "张", "number_too_long"),
        ("1,234,567,890,123,456", "张", "number_too_long"),
        ("TRUE", "张", "number_boolean"),
        ("否", "张", "number_boolean"),
        ("#DIV/0!", "张", "number_unreadable"),
        ("#N/A", "张", "number_unreadable"),
        ("#REF!", "张", "number_unreadable"),
        ("#VALUE!", "张", "number_unreadable"),
        ("n/a", "张", "number_unreadable"),
        ("$5", "张", "number_unreadable"),
        ("5元", "张", "number_unreadable"),
        ("15.37张", "万张", "number_unreadable"),
        ("1.5万", "张", "number_unreadable"),
        ("٣", "张", "number_unreadable"),
        ("7²", "张", "number_unreadable"),
        ("1-3", "张", "number_unreadable"),
        ("七", "张", "number_unreadable"),
        ("=1+1", "张", "number_unreadable"),
        ("1" * 5000, "张", "number_too_long"),
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_D06_D08_D09_D13_a_cell_without_one_reading_is_refused(text: str, unit: str, code: str) -> None:
    assert read_number(text, unit) == Number(problem=code)


@pytest.mark.parametrize("text", ["-0", "-0.0", "\u22120", "-0.00"])
def test_D10_minus_nothing_is_nothing(text: str) -> None:
    assert str(read_number(text, "张").value) == "0.0"


def test_D11_digits_are_given_back_as_they_came() -> None:
    for text in ("0.3", "123456789012345", "999999999.123456", "123456789012345.5"):
        value = read_number(text, "张").value
        assert value is not None
        assert f"{value:.{len(text.partition('.')[2])}f}" == text


@pytest.mark.parametrize(("mark", "meaning"), MISSING.items())
def test_D23_a_mark_keeps_its_meaning_and_is_never_nothing(mark: str, meaning: str) -> None:
    assert read_number(mark, "张") == read_number(f" {mark}\u3000", "张") == Number(missing=meaning)


@given(st.text(max_size=20), st.sampled_from(["张", "%", "张/千人", ""]))
def test_any_cell_has_exactly_one_of_value_mark_or_problem(text: str, unit: str) -> None:
    number = read_number(text, unit)
    assert (number.value is not None) + bool(number.missing) + bool(number.problem) == 1


@given(st.from_regex(re.compile(GRAMMAR.replace("$", r"\Z"))))
def test_what_the_grammar_takes_is_read_back_or_said_to_be_too_long(text: str) -> None:
    number = read_number(text, "张")
    assert number.problem in ("", "number_too_long")
    if number.value is not None:
        assert not number.noticed
        assert float(text) == number.value


@pytest.mark.parametrize(
    ("text", "half"),
    [
        ("7", 0.5),
        ("7.34", 0.005),
        ("7.340", 0.0005),
        ("7.34张", 0.005),
        ("\uff17.3", 0.05),
        ("1,234.5", 0.05),
        ("70%", 0.5),
    ],
)
def test_half_of_the_last_printed_digit(text: str, half: float) -> None:
    assert half_digit(text) == pytest.approx(half)
