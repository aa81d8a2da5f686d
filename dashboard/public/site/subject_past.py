"""What became of a subject's figures and statuses, release by release."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.charts.palette import STATUS
from dashboard.figures import calendar, number
from dashboard.i18n import Words
from dashboard.public.book import Book, Subject
from dashboard.public.site.subject_figures import period_name

__all__ = ["Corrected", "Turned", "corrections", "status_changes"]


@dataclass(frozen=True, slots=True)
class Corrected:
    """A published figure that a later release replaced, as printed."""

    release: int
    number: str
    day: str
    period: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Turned:
    """A status that a release changed; `before` and `after` are codes, "" where there was none."""

    release: int
    number: str
    day: str
    target: str
    before: str
    after: str
    why: str


def corrections(subject: Subject, book: Book, w: Words) -> list[Corrected]:
    """Old value, new value and reason, newest release first."""
    decimals = subject.indicator.current.decimals
    return [
        Corrected(
            row["release"],
            w("subject.number", number=row["release"]),
            _day(row["release"], book, w),
            period_name(row, subject, w),
            _said(row["before_value"], row["before_missing"] or "", decimals, w),
            _said(row["after_value"], row["after_missing"] or "", decimals, w),
            row["reason"] or w("indicator.none"),
        )
        for row in subject.corrections.iter_rows(named=True)
    ]


def status_changes(subject: Subject, book: Book, w: Words) -> list[Turned]:
    """Each change of status with its causes in words, newest release first."""
    names = {
        (one.plan.id, one.commitment.id): f"{one.plan.short(w.language)} · {one.commitment.name(w.language)}"
        for one in subject.judged
    }
    several = len(names) > 1
    return [
        Turned(
            row["release"],
            w("subject.number", number=row["release"]),
            _day(row["release"], book, w),
            names.get((row["plan"], row["commitment"]), row["commitment"]) if several else "",
            row["before"] if row["before"] in STATUS else "",
            row["after"] if row["after"] in STATUS else "",
            _why(row, w),
        )
        for row in subject.changes.iter_rows(named=True)
    ]


def _why(row: Mapping[str, Any], w: Words) -> str:
    """新数据、修订(共同所致)."""
    causes = [w(f"since.{cause}") for cause in (row["causes"] or "").split(",") if cause]
    told = w("overview.joined").join(causes)
    if len(causes) < 2:
        return told or w("indicator.none")
    how = w("since.together" if row["together"] else "since.each_enough")
    return w("subject.causes", causes=told, how=how)


def _said(value: float | None, missing: str, decimals: int, w: Words) -> str:
    if value is not None:
        return number(value, decimals)
    return w("drawing.closed") if missing == "suppressed" else w("indicator.none")


def _day(number_: int, book: Book, w: Words) -> str:
    found = next((release.released_on for release in book.releases if release.number == number_), None)
    return calendar(found, w) if found else ""
