"""The reviewer's queue, what is approved and may still be voided, and the publisher's actions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import acts, answers, session
from dashboard.components import returns, sent
from dashboard.components.markup import Cell, empty, esc, heading, table
from dashboard.i18n import Words
from indicators.catalogue import Catalogue
from ingest.people import Action, may
from ingest.submission import Decision, State, state_of

__all__ = ["approved", "archive", "queue"]

_SHOWN = 20  # returns listed; the terminal lists them all


def queue(waiting: pl.DataFrame, catalogue: Catalogue, w: Words) -> None:
    """Every return that waits, the nearest due first, with its difference and the two decisions."""
    if waiting.is_empty():
        st.html(empty(w("review.none"), w("review.none_hint")))
        return
    allowed = may(session.user(), Action.DECIDE)
    if not allowed:
        st.info(w("review.wrong_role", role=w(f"role.{session.user().role}")))
    _together(waiting, allowed, w)
    for row in waiting.sort("due_at", "recorded_at", nulls_last=True).iter_rows(named=True):
        with st.container(key=f"card_{row['id']}"):
            _one(row, catalogue, allowed, w)


def _together(waiting: pl.DataFrame, allowed: bool, w: Words) -> None:
    """Approve at once what explains nothing and replaces nothing."""
    clean = answers.clean(waiting)
    if len(clean) < 2:
        return
    with st.container(key="together", horizontal=True, vertical_alignment="center"):
        st.html(f'<span class="zb-text">{esc(w("review.clean", count=len(clean)))}</span>', width="content")
        st.button(
            w("review.approve_clean", count=len(clean)),
            key="approve_clean",
            disabled=not allowed,
            on_click=acts.approve_clean,
            args=(clean, w),
        )


def _one(row: Mapping[str, Any], catalogue: Catalogue, allowed: bool, w: Words) -> None:
    st.html(sent.head(row, w, sent.late(row, w)))
    figures = answers.staged(row["id"])
    st.html(
        returns.difference(figures, catalogue, w)
        + returns.findings(answers.findings(row["id"]), answers.notes(figures), w)
        + returns.matters(answers.matters(row["id"]), w)
        + returns.explanations(answers.explanations(row["id"]), w)
        + _attached(answers.attachments(row["id"]), w)
        + sent.steps(row["id"], w)
    )
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


def _attached(files: pl.DataFrame, w: Words) -> str:
    if files.is_empty():
        return ""
    header = [Cell(w("review.attached")), Cell(w("review.bytes"), "n"), Cell("SHA-256", "wide")]
    rows = [
        [Cell(row["file_name"]), Cell(f"{row['bytes'] / 1024:,.1f} KB", "n"), Cell(row["sha256"][:16] + "…", "wide")]
        for row in files.iter_rows(named=True)
    ]
    return table(header, rows, fold=True)


def approved(known: pl.DataFrame, w: Words) -> None:
    """Approved and not yet released: a reviewer may still void it, with a reason."""
    mine = [r for r in known.iter_rows(named=True) if state_of(r["decision"], r["released"]) is State.APPROVED]
    if not mine:
        return
    with st.container(key="card_approved"):
        st.html(heading(w("review.approved"), w("review.approved_note")))
        for row in mine[:_SHOWN]:
            _voidable(row, w)


def _voidable(row: Mapping[str, Any], w: Words) -> None:
    with st.container(key=f"sent_{row['id']}", horizontal=True, vertical_alignment="center"):
        st.html(sent.head(row, w) + sent.steps(row["id"], w))
        if not may(session.user(), Action.DECIDE):
            return
        key = f"void_reason_{row['id']}"
        with st.popover(w("review.void"), key=f"open_void_{row['id']}"):
            st.text_input(w("review.void_reason"), key=key, max_chars=500)
            st.button(
                w("review.void"),
                key=f"void_{row['id']}",
                on_click=acts.decide,
                args=(row["id"], Decision.VOID, key, w),
            )


def archive(known: pl.DataFrame, w: Words) -> None:
    """Released returns that a publisher may close."""
    mine = [r for r in known.iter_rows(named=True) if state_of(r["decision"], r["released"]) is State.RELEASED]
    if not mine or not may(session.user(), Action.RELEASE):
        return
    with st.container(key="card_archive"):
        st.html(heading(w("review.archive"), w("review.archive_note")))
        for row in mine[:_SHOWN]:
            with st.container(key=f"sent_{row['id']}", horizontal=True, vertical_alignment="center"):
                st.html(sent.head(row, w))
                st.button(
                    w("review.archive_one"),
                    key=f"archive_{row['id']}",
                    on_click=acts.decide,
                    args=(row["id"], Decision.ARCHIVE, "", w),
                )
