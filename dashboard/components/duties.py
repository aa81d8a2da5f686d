"""Who owes which return: one body's own, the grid of bodies and periods, and asking for what is missing."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import acts, answers, session
from dashboard.components.markup import Cell, empty, esc, heading, table
from dashboard.components.returns import tag
from dashboard.figures import calendar
from dashboard.i18n import Words
from indicators.period import Period
from ingest.course import Return
from ingest.people import Action, may

__all__ = ["chase", "grid", "mine", "summary"]


def _tag(one: Return, w: Words) -> str:
    """Where a return stands, in a word; what is late or need not come says so first."""
    if one.waived:
        return f'<span class="zb-tag" title="{esc(one.waived)}">{esc(w("duty.waived"))}</span>'
    if one.overdue:
        return f'<span class="zb-tag error">{esc(w("duty.overdue"))}</span>'
    return tag(one.state, w) + (f' <span class="zb-tag warning">{esc(w("duty.late"))}</span>' if one.late else "")


def _count(one: Return, w: Words) -> str:
    """How many of the figures owed are there; a return may be about matters alone."""
    if one.owed:
        return f"{one.sent} / {one.owed}"
    return w("duty.matters", count=one.matters) if one.matters else w("duty.optional")


def _due(one: Return, w: Words) -> str:
    return w("duty.at", day=calendar(one.due.day, w), hour=one.due.hour)


def mine(found: Sequence[Return], w: Words) -> str:
    """What the reader's own bodies owe, the nearest due first."""
    if not found:
        return heading(w("duty.mine")) + empty(w("duty.nothing"), w("duty.nothing_hint"))
    header = [
        Cell(w("duty.organisation")),
        Cell(w("duty.period")),
        Cell(w("duty.due")),
        Cell(w("duty.sent"), "n"),
        Cell(w("duty.state")),
        Cell(w("duty.reminded"), "wide"),
    ]
    rows = [
        [
            Cell(one.organisation.name(w.language)),
            Cell(one.period.name(w.language), "nowrap"),
            Cell(_due(one, w), "nowrap"),
            Cell(_count(one, w), "n strong"),
            Cell(_tag(one, w), "nowrap", markup=True),
            Cell(w("duty.times", count=one.reminded) if one.reminded else "—", "wide"),
        ]
        for one in found
    ]
    open_ones = sum(not one.complete and not one.waived for one in found)
    return heading(w("duty.mine"), w("duty.mine_note", count=open_ones)) + table(header, rows, fold=True)


def summary(found: Sequence[Return], w: Words) -> str:
    """应报, 已报, 迟报, 逾期未报, 免报, in numbers."""
    due = [one for one in found if not one.waived]
    counts = {
        "owed": len(due),
        "complete": sum(one.complete for one in due),
        "late": sum(one.late for one in due),
        "overdue": sum(one.overdue for one in due),
        "waived": len(found) - len(due),
    }
    numbers = (
        f'<div class="zb-count"><b>{n}</b><span>{esc(w(f"duty.count_{k}"))}</span></div>' for k, n in counts.items()
    )
    return f'<div class="zb-counts">{"".join(numbers)}</div>'


def grid(found: Sequence[Return], periods: Sequence[Period], w: Words) -> str:
    """A line for each body, a column for each period: where its return stands, and how much of it is there."""
    if not found:
        return empty(w("duty.none"), w("duty.none_hint"))
    cells = {(one.organisation.id, one.period): one for one in found}
    bodies = {one.organisation.id: one.organisation for one in found}
    dues = {one.period: _due(one, w) for one in found}
    header = [Cell(w("duty.organisation"))]
    header += [
        Cell(f"{esc(p.name(w.language))}<br><small>{esc(dues.get(p, ''))}</small>", markup=True) for p in periods
    ]
    rows = [
        [Cell(body.name(w.language), "strong"), *(_cell(cells.get((key, period)), w) for period in periods)]
        for key, body in bodies.items()
    ]
    return f'<div class="zb-grid">{table(header, rows)}</div>'


def _cell(one: Return | None, w: Words) -> Cell:
    if one is None:
        return Cell("—")
    reminded = f" · {esc(w('duty.reminded_short', count=one.reminded))}" if one.reminded else ""
    count = "" if one.waived else f"<br><small>{esc(_count(one, w))}{reminded}</small>"
    return Cell(_tag(one, w) + count, "nowrap", markup=True)


def chase(found: Sequence[Return], w: Words) -> None:
    """Ask a body for its return, or let it off; and the list of what is missing as a file."""
    missing = [one for one in found if not one.waived and not one.complete]
    st.html(heading(w("duty.chase"), w("duty.chase_note")))
    st.download_button(
        w("duty.export"),
        lambda: answers.reminders(missing, w.language),
        file_name=f"reminders-{session.now():%Y%m%d}.csv",
        mime="text/csv",
        key="reminders_download",
        disabled=not missing,
    )
    allowed = may(session.user(), Action.REMIND)
    if not allowed:
        st.html(f'<p class="zb-note">{esc(w("duty.wrong_role"))}</p>')
        return
    if not missing:
        return
    names = {f"{one.organisation.id}|{one.period.code}": one for one in missing}
    one = st.selectbox(
        w("duty.which"),
        list(names),
        format_func=lambda key: f"{names[key].organisation.name(w.language)} · {names[key].period.name(w.language)}",
        key="chase_which",
    )
    st.text_input(w("duty.note"), key="chase_note", max_chars=500)
    chosen = names[one]
    with st.container(horizontal=True):
        st.button(
            w("duty.remind"),
            key="remind",
            type="primary",
            on_click=acts.remind,
            args=(chosen.organisation.id, chosen.period, "chase_note", w),
        )
        st.button(
            w("duty.waive"),
            key="waive",
            on_click=acts.waive,
            args=(chosen.organisation.id, chosen.period, "chase_note", w),
        )
