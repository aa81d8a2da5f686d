"""Releasing: what would go out and what it corrects, from when the public may know, and the releases there were."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import streamlit as st

from dashboard import acts, session
from dashboard.components import returns
from dashboard.components.markup import Cell, empty, esc, heading, table
from dashboard.figures import number
from dashboard.i18n import Words
from indicators.catalogue import Catalogue
from indicators.period import Period
from ingest.people import Action, may
from ingest.release import Ready

__all__ = ["made", "ready"]

_MOST = 20  # corrections that are shown before they are only counted


def ready(found: Ready, catalogue: Catalogue, w: Words) -> None:
    """Publish everything approved: at once, or from a time on."""
    allowed = may(session.user(), Action.RELEASE)
    count, corrections = found.going.height, found.corrections.height
    st.html(heading(w("review.releasable", count=count) if count else w("review.nothing_to_release")))
    if not allowed:
        st.html(f'<p class="zb-note">{esc(w("review.wrong_role_release"))}</p>')
    if found.left_out and allowed:
        st.html(f'<p class="zb-note">{esc(w("review.left_out", count=len(found.left_out)))}</p>')
    if corrections:
        st.html(_corrections(found.corrections, catalogue, w))
    blocked = not (allowed and count)
    st.text_area(
        w("review.release_note_required" if corrections else "review.release_note"),
        key="release_note",
        disabled=blocked,
        max_chars=500,
        height=80,
        help=w("review.release_note_help"),
    )
    if not blocked:
        st.datetime_input(
            w("review.embargo"),
            value=None,
            min_value=session.clock().replace(tzinfo=None),
            key="release_embargo",
            format="YYYY-MM-DD",
            help=w("review.embargo_help"),
        )
    st.button(
        w("review.release"),
        key="release",
        type="primary",
        disabled=blocked,
        on_click=acts.publish,
        args=("release_note", "release_embargo", w),
    )


def _corrections(rows: pl.DataFrame, catalogue: Catalogue, w: Words) -> str:
    """What the public was told, and what it would be told instead."""
    header = [
        Cell(w("review.corrected_figure")),
        Cell(w("review.was_told"), "n"),
        Cell(w("review.will_tell"), "n"),
    ]
    cells = [
        [
            Cell(_figure(row["indicator"], row["region"], row["period"], catalogue, w)),
            Cell(_value(row["value_told"], row["indicator"], catalogue), "n"),
            Cell(_value(row["value"], row["indicator"], catalogue), "n strong"),
        ]
        for row in rows.head(_MOST).iter_rows(named=True)
    ]
    more = rows.height - _MOST
    told = f'<p class="zb-note">{esc(w("submit.more", count=more))}</p>' if more > 0 else ""
    note = f'<p class="zb-note">{esc(w("review.corrections", count=rows.height))}</p>'
    return note + table(header, cells) + told


def _figure(indicator: str, region: str, period: str, catalogue: Catalogue, w: Words) -> str:
    named = catalogue.indicators.get(indicator)
    name = named.name(w.language) if named else indicator
    place = catalogue.regions[region].name(w.language) if region in catalogue.regions else region
    return f"{place} · {name} · {Period.parse(period).name(w.language)}"


def _value(value: float | None, indicator: str, catalogue: Catalogue) -> str:
    named = catalogue.indicators.get(indicator)
    return "…" if value is None else number(value, named.current.decimals if named else 2)


def made(known: pl.DataFrame, w: Words) -> str:
    """The releases there were, and whether the public has them."""
    header = [
        Cell(w("review.number"), "n"),
        Cell(w("review.when")),
        Cell(w("review.figures"), "n"),
        Cell(w("review.who")),
        Cell(w("review.state")),
        Cell(w("review.note"), "wide"),
    ]
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        [
            Cell(row["number"], "n strong"),
            Cell(returns.moment(row["recorded_at"], w), "nowrap"),
            Cell(row["figures"], "n"),
            Cell(row["released_by"]),
            Cell(_state(row["public_from"], w, frozen=row["frozen"], now=now)),
            Cell(row["note"], "wide"),
        ]
        for row in known.iter_rows(named=True)
    ]
    if not rows:
        return empty(w("overview.no_release"), w("review.no_release_hint"))
    return table(header, rows, fold=True) + _site(w)


def _site(w: Words) -> str:
    """Where the public reads it."""
    settings = session.place().settings
    if not settings.public_side:
        return ""
    address = esc(settings.public_url)
    there = f'<a href="{address}" target="_blank" rel="noopener">{address}</a>'
    return f'<p class="zb-note">{esc(w("review.public_site"))} {there}</p>'


def _state(public_from: datetime, w: Words, *, frozen: bool, now: datetime) -> str:
    if public_from > now:
        return w("review.public_from", when=returns.moment(public_from, w))
    return w("review.public" if frozen else "review.freezing")
