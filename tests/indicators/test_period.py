"""Periods as people write them, and what they are afterwards."""

from __future__ import annotations

from datetime import date

import pytest

from indicators.period import (
    Period,
    PeriodKind,
    quarter_end,
    quarters_between,
    shift,
    year_end,
    year_progress,
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2024", "2024"),
        ("2024年", "2024"),
        ("2024年度", "2024"),
        ("2024年全年", "2024"),
        ("2024年末", "2024"),
        ("2024年底", "2024"),
        ("2024年一季度", "2024Q1"),
        ("2024年第三季度", "2024Q3"),
        ("2024年4季度末", "2024Q4"),
        ("2024Q1", "2024Q1"),
        ("2024-q2", "2024Q2"),
        ("2024年Q3", "2024Q3"),
        ("2024年上半年", "2024H1"),
        ("2024H1", "2024H1"),
        ("2024年前三季度", "2024M1-9"),
        ("2024年前3季度", "2024M1-9"),
        ("2024年1-5月", "2024M1-5"),
        ("2024年1—5月", "2024M1-5"),
        ("2024年1至5月份", "2024M1-5"),
        ("2024年1-3月", "2024Q1"),
        ("2024年1-6月", "2024H1"),
        ("2024年1-9月", "2024M1-9"),
        ("2024年1-12月", "2024"),
        ("2024M1-11", "2024M1-11"),
        ("2024年3月", "2024-03"),
        ("2024年11月份", "2024-11"),
        ("2024-03", "2024-03"),
        ("202403", "2024-03"),
        ("2024.03", "2024-03"),
        ("2020-11-01", "2020-11-01"),
        ("2020/11/1", "2020-11-01"),
        ("2020年11月1日", "2020-11-01"),
        ("截至2024年末", "2024"),
        ("截止2024年一季度", "2024Q1"),
        ("截止到2024年6月30日", "2024-06-30"),
        (" 2024 年 一季度 ", "2024Q1"),
        ("２０２４年１－５月", "2024M1-5"),
    ],
)
def test_read_as_written(text: str, code: str) -> None:
    assert Period.parse(text).code == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "一季度",
        "1-3",
        "45292",
        "2024Q5",
        "2024Q0",
        "2024年13月",
        "2024年1-13月",
        "2024-02-30",
        "2024年下半年",
    ]
    + ["2024.1", "1824", "2124", "2024-2025", "2024年5季度", "nan"],
)
def test_no_reading_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="is not a period") as refused:
        Period.parse(text)
    assert repr(text) in str(refused.value)


@pytest.mark.parametrize(
    ("period", "start", "end", "kind", "to_date"),
    [
        (Period.year(2024), date(2024, 1, 1), date(2024, 12, 31), PeriodKind.YEAR, True),
        (Period.half(2024), date(2024, 1, 1), date(2024, 6, 30), PeriodKind.HALF, True),
        (Period.nine_months(2024), date(2024, 1, 1), date(2024, 9, 30), PeriodKind.NINE_MONTHS, True),
        (Period.quarter(2024, 1), date(2024, 1, 1), date(2024, 3, 31), PeriodKind.QUARTER, True),
        (Period.quarter(2024, 2), date(2024, 4, 1), date(2024, 6, 30), PeriodKind.QUARTER, False),
        (Period.months(2024, 5), date(2024, 1, 1), date(2024, 5, 31), PeriodKind.MONTHS, True),
        (Period.month(2024, 2), date(2024, 2, 1), date(2024, 2, 29), PeriodKind.MONTH, False),
        (Period.month(2024, 12), date(2024, 12, 1), date(2024, 12, 31), PeriodKind.MONTH, False),
        (Period.day(date(2024, 1, 1)), date(2024, 1, 1), date(2024, 1, 1), PeriodKind.DAY, False),
    ],
    ids=lambda value: value.code if isinstance(value, Period) else "",
)
def test_its_days(period: Period, start: date, end: date, kind: PeriodKind, to_date: bool) -> None:
    assert (period.start, period.end, period.kind, period.to_date) == (start, end, kind, to_date)


def test_half_a_year_is_never_the_second_quarter() -> None:
    half, second = Period.parse("2024年上半年"), Period.parse("2024年二季度")
    assert half.end == second.end
    assert half != second
    assert half < second, "of one end, the longer comes first"


def test_orders_by_end() -> None:
    codes = ["2024", "2023Q4", "2024Q1", "2024H1", "2024-02"]
    ordered = [period.code for period in sorted(map(Period.parse, codes))]
    assert ordered == ["2023Q4", "2024-02", "2024Q1", "2024H1", "2024"]


@pytest.mark.parametrize(
    ("code", "chinese", "english"),
    [
        ("2024", "2024年", "2024"),
        ("2024H1", "2024年上半年", "H1 2024"),
        ("2024M1-9", "2024年前三季度", "Q1–Q3 2024"),
        ("2024Q3", "2024年三季度", "Q3 2024"),
        ("2024M1-5", "2024年1–5月", "Jan–May 2024"),
        ("2024-12", "2024年12月", "Dec 2024"),
        ("2020-11-01", "2020年11月1日", "1 Nov 2020"),
    ],
)
def test_names(code: str, chinese: str, english: str) -> None:
    period = Period.parse(code)
    assert (period.name(), period.name("en")) == (chinese, english)


def test_a_stock_of_a_year_is_named_by_its_end() -> None:
    year = Period.year(2024)
    assert (year.name(instant=True), year.name("en", instant=True)) == ("2024年末", "end 2024")
    assert Period.quarter(2024, 4).name(instant=True) == "2024年四季度"


@pytest.mark.parametrize("number", [0, 5])
def test_a_year_has_four_quarters(number: int) -> None:
    with pytest.raises(ValueError, match="quarter is 1 to 4"):
        Period.quarter(2024, number)


@pytest.mark.parametrize("number", [0, 13])
def test_a_year_has_twelve_months(number: int) -> None:
    with pytest.raises(ValueError, match="month is 1 to 12"):
        Period.month(2024, number)


def test_ends_after_it_starts() -> None:
    with pytest.raises(ValueError, match="cannot start after it ends"):
        Period(date(2024, 1, 1), date(2024, 1, 2), PeriodKind.DAY)


@pytest.mark.parametrize(
    ("day", "is_end"),
    [
        (date(2024, 3, 31), True),
        (date(2024, 12, 31), True),
        (date(2024, 3, 30), False),
        (date(2024, 4, 30), False),
    ],
)
def test_quarter_end(day: date, is_end: bool) -> None:
    assert quarter_end(day) is is_end


@pytest.mark.parametrize(
    ("start", "end", "quarters"),
    [
        (year_end(2020), year_end(2025), 20),
        (year_end(2020), date(2021, 3, 31), 1),
        (date(2021, 9, 30), date(2022, 3, 31), 2),
        (date(2021, 3, 31), year_end(2020), -1),
    ],
)
def test_quarters_between(start: date, end: date, quarters: int) -> None:
    assert quarters_between(start, end) == quarters


@pytest.mark.parametrize(
    ("day", "share"),
    [
        (date(2024, 3, 31), 0.25),
        (date(2024, 6, 30), 0.5),
        (year_end(2024), 1.0),
        (date(2024, 2, 1), 32 / 366),
        (date(2023, 2, 1), 32 / 365),
    ],
)
def test_share_of_the_year(day: date, share: float) -> None:
    assert year_progress(day) == share


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        (date(2024, 6, 30), -12, date(2023, 6, 30)),
        (date(2024, 6, 30), 1, date(2024, 7, 31)),
        (date(2024, 9, 30), 3, year_end(2024)),
        (year_end(2024), 3, date(2025, 3, 31)),
        (date(2025, 2, 28), -12, date(2024, 2, 29)),
        (date(2024, 2, 29), -12, date(2023, 2, 28)),
        (date(2024, 1, 30), 1, date(2024, 2, 29)),
        (date(2020, 11, 1), -12, date(2019, 11, 1)),
    ],
)
def test_shift_keeps_the_end_of_a_month(day: date, months: int, moved: date) -> None:
    assert shift(day, months=months) == moved
