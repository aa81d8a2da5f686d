"""Numbers as they are printed."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dashboard import figures
from dashboard.i18n import words
from indicators.definition import MeasureType
from tests import builders as make

ZH, EN = words("zh"), words("en")
BEDS = make.definition(decimals=2, unit="张/千人", unit_en="beds per 1,000")
SHARE = make.definition(decimals=1, unit="%")


@pytest.mark.parametrize(
    ("value", "decimals", "printed"),
    [
        (7.866, 2, "7.87"),
        (0.125, 2, "0.13"),  # half up, where binary rounding would say 0.12
        (2.675, 2, "2.68"),
        (-0.125, 2, "−0.13"),
        (1234567.5, 0, "1,234,568"),
        (-0.004, 2, "0.00"),  # no negative zero
        (0.1 + 0.2, 1, "0.3"),
    ],
)
def test_numbers_have_the_decimals_of_the_definition_rounded_half_up(value: float, decimals: int, printed: str) -> None:
    assert figures.number(value, decimals) == printed


@pytest.mark.parametrize(
    ("value", "printed"), [(0.24, "+0.24"), (-0.24, "−0.24"), (0.0, "0.00"), (0.001, "0.00")], ids=str
)
def test_a_difference_carries_a_true_sign_and_zero_none(value: float, printed: str) -> None:
    assert figures.number(value, 2, signed=True) == printed


@pytest.mark.parametrize(
    ("share", "decimals", "printed"), [(0.552, 1, "55.2%"), (0.8, 0, "80%"), (-0.0625, 1, "−6.3%")], ids=str
)
def test_a_share_is_printed_in_percent(share: float, decimals: int, printed: str) -> None:
    assert figures.percent(share, decimals) == printed


def test_points_have_no_sign() -> None:
    assert figures.points(-24.79) == figures.points(24.79) == "24.8"


def test_an_amount_has_its_unit_in_the_readers_language() -> None:
    assert figures.amount(7.87, BEDS, ZH) == "7.87 张/千人"
    assert figures.amount(7.87, BEDS, EN) == "7.87 beds per 1,000"
    assert figures.amount(53.5, SHARE, ZH) == figures.amount(53.5, SHARE, EN) == "53.5%"


def test_a_unit_without_an_english_name_is_printed_as_it_is() -> None:
    assert figures.amount(3, make.definition(unit="张"), EN) == "3 张"


@pytest.mark.parametrize(
    ("value", "printed"),
    [(0.11, "+0.11 张/千人"), (0.004, "+0.004 张/千人"), (-0.00047, "−0.00047 张/千人"), (0.0, "0.00 张/千人")],
    ids=str,
)
def test_a_difference_too_small_for_its_decimals_keeps_two_digits(value: float, printed: str) -> None:
    assert figures.change(value, BEDS, ZH, signed=True) == printed


def test_a_difference_of_percentages_is_in_points() -> None:
    assert figures.change(1.5, SHARE, ZH) == "1.5 个百分点"
    assert figures.change(1.5, SHARE, EN) == "1.5 points"


def test_a_narrow_place_drops_the_unit_but_not_the_points() -> None:
    assert figures.short_change(-0.24, BEDS, ZH) == "−0.24"
    assert figures.short_change(-1.5, SHARE, ZH) == "−1.5 个百分点"


@pytest.mark.parametrize(
    ("low", "high", "operator", "printed"),
    [
        (8.3, 8.3, ">=", "8.30"),  # levels are printed bare, as the plan prints them
        (8.3, 8.3, ">", ">8.30"),
        (8.3, 8.3, "<", "<8.30"),
        (8.3, 8.3, "<=", "≤8.30"),
        (30, 50, "range", "30.00–50.00"),
    ],
)
def test_a_target_is_printed_with_its_operator(low: float, high: float, operator: str, printed: str) -> None:
    assert figures.target_text(low, high, operator, BEDS) == printed


@pytest.mark.parametrize(
    ("day", "measure", "zh", "en"),
    [
        (date(2024, 12, 31), MeasureType.STOCK, "2024年末", "end 2024"),
        (date(2024, 12, 31), MeasureType.FLOW, "2024年", "2024"),
        (date(2024, 12, 31), None, "2024年末", "end 2024"),
        (date(2024, 9, 30), MeasureType.STOCK, "2024年三季度", "Q3 2024"),
        (date(2020, 11, 1), MeasureType.STOCK, "2020年11月1日", "1 Nov 2020"),
    ],
    ids=["level", "flow", "any", "quarter", "census"],
)
def test_a_period_end_is_named_in_words(day: date, measure: MeasureType | None, zh: str, en: str) -> None:
    assert figures.day_name(day, ZH, measure=measure) == zh
    assert figures.day_name(day, EN, measure=measure) == en


def test_a_day_and_an_hour_are_written_in_the_manner_of_the_language() -> None:
    at = datetime(2025, 1, 20, 9, 5)
    assert figures.calendar(at.date(), ZH) == "2025-01-20"
    assert figures.calendar(at.date(), EN) == "20 Jan 2025"
    assert figures.hour(at, ZH) == "2025-01-20 09:05"
    assert figures.hour(at, EN) == "20 Jan 2025, 09:05"
