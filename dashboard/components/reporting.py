"""Completeness of reporting: a line for each body of a plan, a square for each return it owes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.components.markup import Cell, empty, esc, heading, table
from dashboard.figures import calendar
from dashboard.i18n import Words
from indicators.monitor import Judged
from indicators.period import Period
from ingest.course import Return

__all__ = ["reporting"]

_SIGNS = {"sent": "✓", "late": "✓…", "open": "·", "overdue": "!", "waived": "–"}
_NAMED = 4  # returns listed before “and so many more”


def reporting(
    found: Sequence[Return],
    judged: Sequence[Judged],
    periods: Sequence[Period],
    w: Words,
    *,
    place: str,
    day: date,
    over: bool,
) -> str:
    """The grid, what its signs mean, and by name which returns are overdue; how old the figures are, in one line.

    `found`: the returns of the plan's own bodies; `periods`: oldest first; `place`: what its bodies
    need not say of themselves; `day`: today; `over`: whether the plan is.
    """
    parts = [heading(w("overview.reporting"), w("overview.reporting_note", when=calendar(day, w)))]
    if found:
        parts += [_grid(found, periods, place, w), _legend(found, w), _overdue(found, w)]
    else:
        none = empty(w("duty.none"), w("duty.none_hint"))
        parts.append(empty(w("overview.over"), w("overview.over_hint")) if over else none)
    stale, never = sum(o.assessment.stale for o in judged), sum(o.assessment.actual is None for o in judged)
    parts.append(f'<p class="zb-note">{esc(w("overview.ages", total=len(judged), stale=stale, never=never))}</p>')
    return "".join(parts)


def kind(one: Return) -> str:
    """Where a return stands, as far as a reader of the plan must know."""
    if one.waived:
        return "waived"
    if one.complete:
        return "late" if one.late else "sent"
    return "overdue" if one.overdue else "open"


def _grid(found: Sequence[Return], periods: Sequence[Period], place: str, w: Words) -> str:
    bodies = {one.organisation.id: one.organisation for one in found}
    cells = {(one.organisation.id, one.period): one for one in found}
    shown = [p for p in periods if any(one.period == p for one in found)]
    header = [Cell(w("overview.owner")), *(Cell(_short(p), "c") for p in shown)]
    rows = [
        [
            Cell(body.name(w.language).removeprefix(place + " ")),
            *(_cell(cells.get((key, period)), w) for period in shown),
        ]
        for key, body in bodies.items()
    ]
    return f'<div class="zb-reporting">{table(header, rows)}</div>'


def _short(period: Period) -> str:
    """2024Q4 as 24Q4, a year as it is."""
    return period.code[2:] if "Q" in period.code else period.code


def _cell(one: Return | None, w: Words) -> Cell:
    if one is None:
        return Cell("", "c")
    found = kind(one)
    name = f"{one.period.name(w.language)}: {w(f'overview.reported_{found}')}"
    return Cell(
        f'<span class="zb-sent-{found}" role="img" title="{esc(name)}" aria-label="{esc(name)}">{_SIGNS[found]}</span>',
        "c",
        markup=True,
    )


def _legend(found: Sequence[Return], w: Words) -> str:
    seen = [name for name in _SIGNS if any(kind(one) == name for one in found)]
    told = "".join(
        f'<span><span class="zb-sent-{name}" aria-hidden="true">{_SIGNS[name]}</span> '
        f"{esc(w(f'overview.reported_{name}'))}</span>"
        for name in seen
    )
    return f'<div class="zb-note zb-legend">{told}</div>'


def _overdue(found: Sequence[Return], w: Words) -> str:
    missing = [one for one in found if kind(one) == "overdue"]
    if not missing:
        return ""
    names = [_named(one, w) for one in missing[:_NAMED]]
    more = w("overview.missing_more", count=len(missing)) if len(missing) > _NAMED else ""
    told = w("overview.overdue_list", names=w("overview.joined").join(names), more=more)
    return f'<p class="zb-overdue">{esc(told)}</p>'


def _named(one: Return, w: Words) -> str:
    body, period = one.organisation.name(w.language), one.period.name(w.language)
    return w("overview.overdue_one", body=body, period=period, due=calendar(one.due.day, w))
