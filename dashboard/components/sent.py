"""What the reader has sent or is about to send: each return with its state, its steps, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import acts, answers, session
from dashboard.components import sending
from dashboard.components.markup import empty, esc, heading
from dashboard.components.returns import moment, tag
from dashboard.i18n import Words
from indicators.period import Period
from ingest.submission import SIGNERS, Signers, State, state_of

__all__ = ["drafts", "head", "late", "mine", "steps"]

_SHOWN = 12  # the newest; older ones are in the ledger


def drafts(found: pl.DataFrame, w: Words) -> None:
    """Files kept and not yet sent: sign them, or delete them."""
    for row in found.iter_rows(named=True):
        with st.container(key=f"sent_{row['id']}", horizontal=True, vertical_alignment="center"):
            st.html(head(row, w, tag(State.DRAFT, w)))
            with st.popover(w("course.sign_draft"), key=f"open_{row['id']}"):
                known = Signers(row["filled_by"], row["statistics_head"], row["organisation_head"])
                sending.names(f"draft_{row['id']}", known, w)
                st.button(
                    w("sign.send"),
                    key=f"send_{row['id']}",
                    type="primary",
                    on_click=acts.send_draft,
                    args=(row["id"], f"draft_{row['id']}", w),
                )
            st.button(
                w("course.discard"),
                key=f"discard_{row['id']}",
                type="tertiary",
                on_click=acts.discard,
                args=(row["id"], w),
            )


def mine(found: pl.DataFrame, waiting_drafts: pl.DataFrame, w: Words) -> None:
    """The reader's returns, newest first; one that still waits may be taken back."""
    st.html(heading(w("course.title")))
    if found.is_empty() and waiting_drafts.is_empty():
        st.html(empty(w("course.none"), w("course.none_hint")))
        return
    drafts(waiting_drafts, w)
    who = session.user().name
    for row in found.head(_SHOWN).iter_rows(named=True):
        state = state_of(row["decision"], row["released"])
        with st.container(key=f"sent_{row['id']}", horizontal=True, vertical_alignment="center"):
            st.html(head(row, w, tag(state, w), late(row, w), _reason(row)) + steps(row["id"], w))
            if state is State.WAITING and row["submitted_by"] == who:
                st.button(
                    w("course.withdraw"),
                    key=f"withdraw_{row['id']}",
                    on_click=acts.withdraw,
                    args=(row["id"], w),
                )


def head(row: Mapping[str, Any], w: Words, *marks: str) -> str:
    """A return in two lines: its file with marks, and what is known of it."""
    who = row["submitted_by"] if "submitted_by" in row else row["drafted_by"]
    first = " ".join((f"<b>{esc(row['file_name'])}</b>", *filter(None, marks)))
    return f'<div class="zb-sent">{first}</div><div class="zb-note">{esc(_told(row, who, w))}</div>'


def late(row: Mapping[str, Any], w: Words) -> str:
    """The mark of a return that came too late."""
    return f'<span class="zb-tag warning">{esc(w("duty.late"))}</span>' if row["late"] else ""


def _reason(row: Mapping[str, Any]) -> str:
    return f'<span class="zb-note">{esc(row["reason"])}</span>' if row["reason"] else ""


def _told(row: Mapping[str, Any], who: str, w: Words) -> str:
    """Whose return it is, when it came from whom, what is in it and who signed."""
    organisation = session.catalogue().organisations.get(row["organisation"])
    parts = [
        organisation.name(w.language) if organisation else "",
        row["form"],
        Period.parse(row["period"]).name(w.language) if row["period"] else "",
        w("review.by" if "submitted_by" in row else "course.kept", who=who, when=moment(row["recorded_at"], w)),
        w("course.due", when=moment(row["due_at"], w)) if row["due_at"] else "",
        w("course.figures", count=row["rows"]),
        w("course.matters", count=row["matters"]) if row.get("matters") else "",
        w("course.explained", count=row["explained"]) if row.get("explained") else "",
        _signed(row, w),
    ]
    return " · ".join(filter(None, parts))


def _signed(row: Mapping[str, Any], w: Words) -> str:
    names = [row[signer] for signer in SIGNERS if row[signer]]
    return w("course.signed", names=w("course.and").join(names)) if names else w("course.unsigned")


def steps(submission: str, w: Words) -> str:
    """Everything that happened to it: when, who, what and why."""
    rows = "".join(
        f"<li>{moment(row['when'], w)} · {esc(row['who'])} · {esc(w('course.step_' + row['what']))}"
        f"{': ' + esc(row['why']) if row['why'] else ''}</li>"
        for row in answers.steps(submission).iter_rows(named=True)
    )
    return f'<details class="zb-steps"><summary>{esc(w("course.steps"))}</summary><ol>{rows}</ol></details>'
