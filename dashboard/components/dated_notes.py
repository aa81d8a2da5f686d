"""Dated notes on an indicator: listed for everyone, written and withdrawn by the body that owns it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import acts, answers, session
from dashboard.components.markup import esc
from dashboard.figures import calendar
from dashboard.i18n import Words
from dashboard.session import View
from indicators.annotation import Annotation, AnnotationKind
from indicators.catalogue import Catalogue
from indicators.monitor import Judged
from ingest.annotating import EARLIEST, LONGEST, may_annotate

__all__ = ["drawn", "listed"]

_FIELDS = ("annotation_day", "annotation_kind", "annotation_text", "annotation_link")


def drawn(one: Judged, asked: View, w: Words) -> None:
    """What happened, under the chart that numbers it; and, for whoever owns the indicator, where to say so."""
    catalogue = session.catalogue(asked.known_on)
    notes = answers.dated_notes(one, asked)
    owner = may_annotate(catalogue, session.user(), indicator=one.indicator.id, region=one.region)
    if notes:
        st.html(listed(notes, catalogue, w))
    elif owner:
        st.html(f'<p class="zb-note">{esc(w("annotation.none"))}</p>')
    if owner:
        _form(one, notes, w)


def listed(found: Sequence[Annotation], catalogue: Catalogue, w: Words) -> str:
    """The notes as the chart numbers them, oldest first: day, kind, what happened, where to read of it, who says so."""
    told = "".join(f"<li>{_note(one, catalogue, w)}</li>" for one in found)
    title = f'<h2 class="zb-h3">{esc(w("annotation.title"))}</h2>'
    return f'{title}<ol class="zb-annotations">{told}</ol>'


def _note(one: Annotation, catalogue: Catalogue, w: Words) -> str:
    body = catalogue.organisations.get(one.organisation)
    who = w("annotation.by", who=one.by, body=body.name(w.language) if body else one.organisation)
    link = ""
    if one.link:
        name = esc(w("annotation.read"))
        link = f' <a href="{esc(one.link)}" target="_blank" rel="noopener noreferrer">{name}</a>'
    return (
        f'<time datetime="{one.day.isoformat()}">{calendar(one.day, w)}</time> '
        f'<span class="zb-tag notice">{esc(w(f"annotation.kind_{one.kind}"))}</span> '
        f"<span>{esc(one.text)}{link}</span><small>{esc(who)}</small>"
    )


def _form(one: Judged, notes: Sequence[Annotation], w: Words) -> None:
    """Write a note or withdraw one."""
    with st.container():  # holds its place without a line too, so that the form below stays open
        session.told()
    with st.expander(w("annotation.write")):
        _writing(one, w)
        _withdrawing(notes, w)


def _writing(one: Judged, w: Words) -> None:
    today = session.now().date()
    with st.form("annotation_form", border=False):
        with st.container(horizontal=True):
            st.date_input(
                w("annotation.day"),
                value=today,
                min_value=EARLIEST,
                max_value=today,
                format="YYYY-MM-DD",
                key="annotation_day",
            )
            st.selectbox(
                w("annotation.kind"),
                list(AnnotationKind),
                format_func=lambda kind: w(f"annotation.kind_{kind}"),
                key="annotation_kind",
            )
        st.text_input(
            w("annotation.text"), key="annotation_text", max_chars=LONGEST, placeholder=w("annotation.text_hint")
        )
        st.text_input(
            w("annotation.link"), key="annotation_link", max_chars=LONGEST, placeholder=w("annotation.link_hint")
        )
        st.form_submit_button(
            w("annotation.save"),
            type="primary",
            on_click=acts.annotate,
            args=(one.indicator.id, one.region, _FIELDS, w),
        )


def _withdrawing(found: Sequence[Annotation], w: Words) -> None:
    """Take a note of one's own body back."""
    known = {note.id: note for note in found if note.organisation == session.user().organisation}
    if not known:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(
            w("annotation.which"),
            list(known),
            format_func=lambda name: f"{calendar(known[name].day, w)} {known[name].text}",
            key="annotation_which",
        )
        st.button(
            w("annotation.withdraw"),
            key="annotation_withdraw",
            on_click=acts.withdraw_annotation,
            args=("annotation_which", w),
        )
