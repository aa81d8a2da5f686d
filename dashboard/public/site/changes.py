"""What a release changed, as rows: figures corrected, with old and new value, and statuses, with what caused them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard.charts.palette import STATUS
from dashboard.figures import amount
from dashboard.i18n import Words
from dashboard.public.book import Book
from dashboard.public.site.summing import region_name
from indicators.period import Period

__all__ = ["Again", "Changed", "Corrected", "changed_by", "corrected_again", "corrected_by", "told"]

_MISSING = ("below_unit", "not_applicable", "suppressed")


@dataclass(frozen=True, slots=True)
class Corrected:
    """One figure that was replaced. `link`: the page it is on, "" where there is none any more."""

    name: str
    link: str
    region: str
    period: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class Again:
    """One figure that more than one release replaced: (the release, old value, new value), the oldest first."""

    last: Corrected
    steps: Sequence[tuple[int, str, str]]


@dataclass(frozen=True, slots=True)
class Changed:
    """One target that is judged otherwise; `before` or `after` is "" where it was not, or is no longer, judged."""

    name: str
    link: str
    region: str
    before: str
    after: str
    causes: str


def corrected_by(book: Book, w: Words, number: int | None = None) -> list[Corrected]:
    """The corrections of a release, of the book's own unless numbered."""
    rows = book.snapshot.corrections().filter(pl.col("release") == (number or book.release.number))
    return [_corrected(row, book, w) for row in rows.iter_rows(named=True)]


def corrected_again(book: Book, w: Words) -> list[Again]:
    """What was corrected more than once, so that between two releases only the net change is left."""
    rows = book.snapshot.corrections().sort("release", maintain_order=True)
    key = ("indicator", "region", "period_end", "accumulation")
    found = []
    for same in rows.partition_by(key, maintain_order=True):
        if same.height > 1:
            steps = [(row["release"], _corrected(row, book, w)) for row in same.iter_rows(named=True)]
            told = [(release, one.before, one.after) for release, one in steps]
            found.append(Again(steps[-1][1], told))
    return found


def changed_by(book: Book, w: Words, number: int | None = None) -> list[Changed]:
    """The status changes of a release, of the book's own unless numbered."""
    rows = book.snapshot.status_changes().filter(pl.col("release") == (number or book.release.number))
    names = {(one.plan.id, one.commitment.id): one for judged in book.judged.values() for one in judged}
    found = []
    for row in rows.iter_rows(named=True):
        judged = names.get((row["plan"], row["commitment"]))
        name = judged.commitment.name(w.language) if judged else _indicator_name(row, book, w)
        found.append(
            Changed(
                name=name,
                link=_link(row, book),
                region=region_name(row["region"], book, w),
                before=_known(row["before"]),
                after=_known(row["after"]),
                causes=_causes(row["causes"], bool(row["together"]), w),
            )
        )
    return found


def told(book: Book, w: Words) -> str:
    """What a release did, in a sentence."""
    facts = book.release
    if len(book.releases) == 1:
        return w("public.told_first", figures=facts.figures)
    changes = book.snapshot.status_changes().filter(pl.col("release") == facts.number).height
    return w("public.told", figures=facts.figures, corrections=facts.corrections, changes=changes)


def _corrected(row: Mapping[str, Any], book: Book, w: Words) -> Corrected:
    def shown(value: float | None, missing: str | None) -> str:
        if value is None:
            return w(f"public.missing_{missing}") if missing in _MISSING else w("indicator.none")
        indicator = book.catalogue.indicators.get(row["indicator"])
        return f"{value:g}" if indicator is None else amount(value, indicator.definition_at(row["period_end"]), w)

    return Corrected(
        name=_indicator_name(row, book, w),
        link=_link(row, book),
        region=region_name(row["region"], book, w),
        period=_period(row, book, w),
        before=shown(row["before_value"], row["before_missing"]),
        after=shown(row["after_value"], row["after_missing"]),
        reason=row["reason"] or "",
    )


def _period(row: Mapping[str, Any], book: Book, w: Words) -> str:
    indicator = book.catalogue.indicators.get(row["indicator"])
    stock = indicator is None or indicator.current.measure != "flow"
    named = Period.parse(row["period"]).name(w.language, instant=stock)
    covers = {"ytd": w("indicator.covers_ytd"), "period": w("indicator.covers_period")}.get(row["accumulation"] or "")
    return named if covers is None else f"{named} {covers}"


def _indicator_name(row: Mapping[str, Any], book: Book, w: Words) -> str:
    indicator = book.catalogue.indicators.get(row["indicator"])
    return str(row["indicator"]) if indicator is None else indicator.name(w.language)


def _link(row: Mapping[str, Any], book: Book) -> str:
    subject = book.subjects.get((row["indicator"], row["region"]))
    return "" if subject is None else subject.address


def _known(status: str | None) -> str:
    return status if status and status in STATUS else ""


def _causes(codes: Iterable[str] | str | None, together: bool, w: Words) -> str:
    names = codes.split(",") if isinstance(codes, str) else list(codes or ())
    said = w("overview.joined").join(w.get(f"since.{code}", code) for code in names if code)
    return f"{said} ({w('since.together')})" if together and len(names) > 1 else said
