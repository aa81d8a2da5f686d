"""Reporting periods 报告期: parsing what people write, ordering, end dates, names in both languages.

A period is a stretch of days. What identifies a figure is the *end* of that stretch (method.md §7), so a
stock of `2024Q4`, `2024年末` and `2024` is one instant, while 上半年 is never the second quarter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

__all__ = ["Period", "PeriodKind", "quarter_end", "quarters_between", "shift", "year_end", "year_progress"]


class PeriodKind(StrEnum):
    """How long a period is and where in its year it lies; the code spoken in files and addresses."""

    YEAR = "year"
    HALF = "half"  # 上半年: January to June, year to date
    NINE_MONTHS = "nine_months"  # 前三季度: January to September, year to date
    QUARTER = "quarter"
    MONTHS = "months"  # 1-n月: January to month n, year to date
    MONTH = "month"
    DAY = "day"  # a census date is a period of its own kind


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def year_end(year: int) -> date:
    """31 December of `year`: the date a plan's “2025年” stands for."""
    return date(year, 12, 31)


def quarter_end(day: date) -> bool:
    """Whether `day` is the last day of a calendar quarter."""
    return day.month % 3 == 0 and day == _month_end(day.year, day.month)


def quarters_between(start: date, end: date) -> int:
    """Whole quarters from one quarter end to another; negative when `end` is earlier."""
    return (end.year - start.year) * 4 + (end.month - start.month) // 3


def shift(day: date, *, months: int) -> date:
    """`day` moved by whole months, back when negative; the last of a month stays the last of its month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    end = _month_end(year, month + 1)
    last = day == _month_end(day.year, day.month)
    return end if last or day.day > end.day else end.replace(day=day.day)


def year_progress(day: date) -> float:
    """Share of its calendar year elapsed at `day`: quarters at quarter ends (0.25, 0.5, …), else days."""
    if quarter_end(day):
        return day.month / 12
    days = (year_end(day.year) - year_end(day.year - 1)).days
    return (day - year_end(day.year - 1)).days / days


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A reporting period. Orders by its end, then by its start (longer first).

    `number` is the quarter (1–4), the month (1–12) or the last month of 1–n月; 0 for the other kinds.
    """

    end: date
    start: date
    kind: PeriodKind
    number: int = 0

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"a period cannot start after it ends: {self.start} > {self.end}")

    # -- making ----------------------------------------------------------------------------------------

    @classmethod
    def year(cls, year: int) -> Period:
        return cls(year_end(year), date(year, 1, 1), PeriodKind.YEAR)

    @classmethod
    def quarter(cls, year: int, number: int) -> Period:
        if not 1 <= number <= 4:
            raise ValueError(f"a quarter is 1 to 4, not {number}")
        return cls(_month_end(year, number * 3), date(year, number * 3 - 2, 1), PeriodKind.QUARTER, number)

    @classmethod
    def month(cls, year: int, number: int) -> Period:
        if not 1 <= number <= 12:
            raise ValueError(f"a month is 1 to 12, not {number}")
        return cls(_month_end(year, number), date(year, number, 1), PeriodKind.MONTH, number)

    @classmethod
    def months(cls, year: int, last: int) -> Period:
        """January to month `last`; 1–6月 and 1–9月 are 上半年 and 前三季度, 1–3月 the first quarter."""
        named = {3: cls.quarter(year, 1), 6: cls.half(year), 9: cls.nine_months(year), 12: cls.year(year)}
        if last in named:
            return named[last]
        return cls(cls.month(year, last).end, date(year, 1, 1), PeriodKind.MONTHS, last)

    @classmethod
    def half(cls, year: int) -> Period:
        return cls(date(year, 6, 30), date(year, 1, 1), PeriodKind.HALF)

    @classmethod
    def nine_months(cls, year: int) -> Period:
        return cls(date(year, 9, 30), date(year, 1, 1), PeriodKind.NINE_MONTHS)

    @classmethod
    def day(cls, day: date) -> Period:
        return cls(day, day, PeriodKind.DAY)

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a period as Chinese statistics write it: `2024年一季度`, `2024Q1`, `2024年上半年`, `2024-03`…

        Raises ValueError, naming the text, for anything with no reading or more than one (`2024Q5`, `1-3`,
        an Excel serial number, a period without its year).
        """
        clean = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
        clean = re.sub(r"^截[至止]到?", "", clean).translate(_DASHES)
        for pattern, build in _GRAMMAR:
            if match := pattern.fullmatch(clean):
                try:
                    return build(*match.groups())
                except ValueError as error:
                    raise ValueError(f"{text!r} is not a period: {error}") from None
        raise ValueError(f"{text!r} is not a period; write for example 2024Q1, 2024年上半年 or 2024")

    # -- asking ----------------------------------------------------------------------------------------

    @property
    def to_date(self) -> bool:
        """Whether it runs from 1 January, so that a flow over it is the year to date 本年累计."""
        return self.kind is not PeriodKind.DAY and (self.start.month, self.start.day) == (1, 1)

    @property
    def code(self) -> str:
        """The one canonical text of the period; `Period.parse(p.code) == p`."""
        year = self.end.year
        match self.kind:
            case PeriodKind.YEAR:
                return f"{year}"
            case PeriodKind.HALF:
                return f"{year}H1"
            case PeriodKind.NINE_MONTHS:
                return f"{year}M1-9"
            case PeriodKind.QUARTER:
                return f"{year}Q{self.number}"
            case PeriodKind.MONTHS:
                return f"{year}M1-{self.number}"
            case PeriodKind.MONTH:
                return f"{year}-{self.number:02d}"
            case PeriodKind.DAY:
                return self.end.isoformat()

    def name(self, language: str = "zh", *, instant: bool = False) -> str:
        """What to print, `zh` or `en`; with `instant`, a year is its end (2024年末), as for stocks."""
        year = self.end.year
        chinese = language == "zh"
        match self.kind:
            case PeriodKind.YEAR if instant:
                return f"{year}年末" if chinese else f"end {year}"
            case PeriodKind.YEAR:
                return f"{year}年" if chinese else f"{year}"
            case PeriodKind.HALF:
                return f"{year}年上半年" if chinese else f"H1 {year}"
            case PeriodKind.NINE_MONTHS:
                return f"{year}年前三季度" if chinese else f"Q1–Q3 {year}"
            case PeriodKind.QUARTER:
                return f"{year}年{'一二三四'[self.number - 1]}季度" if chinese else f"Q{self.number} {year}"
            case PeriodKind.MONTHS:
                return f"{year}年1–{self.number}月" if chinese else f"Jan–{_MONTHS[self.number - 1]} {year}"
            case PeriodKind.MONTH:
                return f"{year}年{self.number}月" if chinese else f"{_MONTHS[self.number - 1]} {year}"
            case PeriodKind.DAY:
                day = self.end
                return f"{year}年{day.month}月{day.day}日" if chinese else f"{day.day} {_MONTHS[day.month - 1]} {year}"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−~～至", "-"))
_NUMERALS = {"一": 1, "二": 2, "三": 3, "四": 4, "1": 1, "2": 2, "3": 3, "4": 4}


def _day(year: str, month: str, day: str) -> Period:
    return Period.day(date(int(year), int(month), int(day)))


_YEAR = r"((?:19|20)[0-9]{2})"
_FORMS: list[tuple[str, Callable[..., Period]]] = [
    (_YEAR + r"年?(?:全年|末|底|年末|年底|度)?", lambda y: Period.year(int(y))),
    (_YEAR + r"年?-?第?([一二三四1-4])季度?末?", lambda y, q: Period.quarter(int(y), _NUMERALS[q])),
    (_YEAR + r"年?-?[Qq]([0-9])", lambda y, q: Period.quarter(int(y), int(q))),
    (_YEAR + r"年?(?:上半年|-?[Hh]1)", lambda y: Period.half(int(y))),
    (_YEAR + r"年?(?:前三季度?|前3季度?)", lambda y: Period.nine_months(int(y))),
    (_YEAR + r"年?(?:1-|M1-)([0-9]{1,2})(?:月份?)?末?", lambda y, m: Period.months(int(y), int(m))),
    (_YEAR + r"年([0-9]{1,2})月份?[末底]?", lambda y, m: Period.month(int(y), int(m))),
    (_YEAR + r"[-./]?([0-9]{2})", lambda y, m: Period.month(int(y), int(m))),
    (_YEAR + r"[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", _day),
    (_YEAR + r"年([0-9]{1,2})月([0-9]{1,2})日", _day),
]
_GRAMMAR = [(re.compile(pattern), build) for pattern, build in _FORMS]
