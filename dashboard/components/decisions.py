"""The reviewer's queue and the publisher's one action."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import acts, answers, session
from dashboard.components import returns
from dashboard.components.markup import Cell, empty, esc, heading, table
from dashboard.i18n import Words
from indicators.catalogue import Catalogue
from ingest.people import Action, may
from ingest.submission import Decision

__all__ = ["queue", "release", "releases"]


def queue(waiting: pl.DataFrame, catalogue: Catalogue, w: Words) -> None:
    """Every submission that waits, with its difference and the two decisions."""
    if waiting.is_empty():
        st.html(empty(w("review.none"), w("review.none_hint")))
        return
    allowed = may(session.user(), Action.DECIDE)
    if not allowed:
        st.info(w("review.wrong_role", role=w(f"role.{session.user().role}")))
    for row in waiting.iter_rows(named=True):
        told = w("review.by", who=row["submitted_by"], when=returns.moment(row["recorded_at"]))
        st.html(f'<p class="zb-note"><b>{esc(row["file_name"])}</b> · {esc(told)}</p>')
        st.html(returns.difference(answers.staged(row["id"]), catalogue, w))
        key = f"reason_{row['id']}"
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.button(
                w("review.approve"),
                key=f"approve_{row['id']}",
                type="primary",
                disabled=not allowed,
                on_click=acts.decide,
                args=(row["id"], Decision.APPROVE, key, w),
            )
            st.text_input(w("review.reason"), key=key, disabled=not allowed, max_chars=500)
            st.button(
                w("review.return"),
                key=f"return_{row['id']}",
                disabled=not allowed,
                on_click=acts.decide,
                args=(row["id"], Decision.RETURN, key, w),
            )


def release(unreleased: pl.DataFrame, w: Words) -> None:
    """Publish everything approved."""
    allowed = may(session.user(), Action.RELEASE)
    count = unreleased.height
    line = w("review.releasable", count=count) if count else w("review.nothing_to_release")
    st.html(heading(line))
    if not allowed:
        st.html(f'<p class="zb-note">{esc(w("review.wrong_role_release"))}</p>')
    st.text_input(w("review.release_note"), key="release_note", disabled=not (allowed and count), max_chars=500)
    st.button(
        w("review.release"),
        key="release",
        type="primary",
        disabled=not (allowed and count),
        on_click=acts.publish,
        args=("release_note", w),
    )


def releases(known: pl.DataFrame, w: Words) -> str:
    """The releases there were."""
    header = [
        Cell(w("review.number"), "n"),
        Cell(w("review.when")),
        Cell(w("review.figures"), "n"),
        Cell(w("review.who")),
    ]
    rows = [
        [
            Cell(row["number"], "n strong"),
            Cell(returns.moment(row["recorded_at"]), "nowrap"),
            Cell(row["figures"], "n"),
            Cell(row["released_by"]),
        ]
        for row in known.iter_rows(named=True)
    ]
    return table(header, rows) if rows else empty(w("overview.no_release"), "")
