"""What a release changed about an indicator: figures that are new, figures that were corrected, the status."""

from __future__ import annotations

from datetime import datetime, time

import polars as pl

from dashboard.charts.beside import Beside
from dashboard.components.markup import Cell, card, esc, heading, table
from dashboard.figures import day_name, number
from dashboard.i18n import Words
from dashboard.public.explore.table import missing_words
from dashboard.public.explore.view import View
from dashboard.public.site.layout import tongue
from indicators.causes import Cause
from indicators.revisions import Recorded, Revision
from indicators.rules import Status
from indicators.store.snapshot import ReleaseFacts

__all__ = ["beside", "previous", "told"]

_LISTED = 6  # periods named of those that are new


def previous(view: View) -> ReleaseFacts | None:
    """The release before the one that is shown."""
    earlier = [one for one in view.book.releases if one.number < view.book.release.number]
    return max(earlier, key=lambda one: one.number, default=None)


def beside(view: View) -> Beside:
    """The values that this release corrected, to be drawn as hollow marks where the comparison is asked for."""
    before = previous(view)
    if not view.against or before is None:
        return Beside()
    then, now = (datetime.combine(one.released_on, time()) for one in (before, view.book.release))
    steps = [
        Revision(
            Recorded(row["period_end"], row["before_value"], then, "", row["accumulation"]),
            Recorded(row["period_end"], row["after_value"], now, "", row["accumulation"]),
        )
        for row in _corrections(view).iter_rows(named=True)
        if row["before_value"] is not None and row["after_value"] is not None
    ]
    return Beside(revisions=tuple(steps))


def told(view: View, w: Words) -> str:
    """The card of the comparison; nothing where none is asked for."""
    if not view.against:
        return ""
    before = previous(view)
    if before is None:
        return card(f'<p class="zb-note">{esc(w("explore.since_first"))}</p>', "since")
    parts = [_new(view, w), _corrected(view, w), *_statuses(view, w)]
    inside = "".join(part for part in parts if part) or f'<p class="zb-note">{esc(w("explore.since_none"))}</p>'
    return card(heading(w("explore.since", number=before.number)) + inside, "since")


def _this(frame: pl.DataFrame, view: View) -> pl.DataFrame:
    return frame.filter(pl.col("release") == view.book.release.number)


def _corrections(view: View) -> pl.DataFrame:
    return _this(view.subject.corrections, view)


def _new(view: View, w: Words) -> str:
    """Periods that had no figure before."""
    corrected = set(_corrections(view).select("period_end", "accumulation").iter_rows())
    measure = view.subject.indicator.current.measure
    came = _this(view.subject.figures, view).select("period_end", "accumulation").iter_rows()
    days = sorted({end for end, accumulation in came if (end, accumulation) not in corrected}, reverse=True)
    if not days:
        return ""
    names = w("overview.joined").join(day_name(day, w, measure=measure) for day in days[:_LISTED])
    names = w("explore.since_more", periods=names) if len(days) > _LISTED else names
    return f'<p class="zb-text">{esc(w("explore.since_new", count=len(days), periods=names))}</p>'


def _corrected(view: View, w: Words) -> str:
    """Each corrected figure with what it was, what it is, and why."""
    found = _corrections(view)
    if found.is_empty():
        return ""
    definition = view.subject.indicator.current

    def printed(value: float | None, missing: str | None) -> str:
        return missing_words(missing or "", w) if value is None else number(value, definition.decimals)

    rows = [
        [
            Cell(day_name(row["period_end"], w, measure=definition.measure)),
            Cell(printed(row["before_value"], row["before_missing"]), "n old"),
            Cell(printed(row["after_value"], row["after_missing"]), "n strong"),
            Cell(tongue(row["reason"] or "", w), markup=True),
        ]
        for row in found.iter_rows(named=True)
    ]
    before, after = w("explore.since_before"), w("explore.since_after")
    header = [Cell(w("indicator.period")), Cell(before, "n"), Cell(after, "n"), Cell(w("explore.since_reason"))]
    return table(header, rows)


def _statuses(view: View, w: Words) -> list[str]:
    """How the status of the target changed, and what caused it."""
    if view.one is None or view.plan is None:
        return []
    mine = _this(view.subject.changes, view).filter(
        plan=view.plan.id, commitment=view.one.commitment.id, region=view.one.region
    )
    return [
        f'<p class="zb-text">{esc(_status(row["before"], row["after"], row["causes"], view, w))}</p>'
        for row in mine.iter_rows(named=True)
    ]


def _status(before: str | None, after: str, causes: str | None, view: View, w: Words) -> str:
    rule = view.book.rule
    now = rule.word(Status(after), w.language)
    if not before:
        return w("explore.since_appeared", after=now)
    why = [w(f"since.{Cause(cause.strip())}") for cause in (causes or "").split(",") if cause.strip()]
    named = w("overview.joined").join(why) or w("indicator.none")
    return w("explore.since_status", before=rule.word(Status(before), w.language), after=now, causes=named)
