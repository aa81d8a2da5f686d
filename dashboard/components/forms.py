"""The return to fill in, and the sender's own file back with its cells marked."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard import answers, session
from dashboard.components.markup import esc, heading
from dashboard.i18n import Words
from ingest.check import Checked

__all__ = ["ask", "marked"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def ask(w: Words) -> None:
    """Choose an organisation and a period, and take its form."""
    st.html(f'{heading(w("form.title"))}<p class="zb-note">{esc(w("form.lead"))}</p>')
    bodies = answers.reporting_bodies()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        body = st.selectbox(
            w("form.organisation"),
            list(bodies),
            format_func=lambda key: bodies[key].name(w.language),
            key="form_organisation",
        )
        periods = answers.recent_periods()
        period = st.selectbox(w("form.period"), periods, format_func=lambda p: p.name(w.language), key="form_period")
        who = session.user()
        if body and period:
            st.download_button(
                w("form.download"),
                lambda: answers.form(body, period, who),
                file_name=f"return-{body}-{period.code}.xlsx",
                mime=_XLSX,
                key="form_download",
            )


def marked(checked: Checked, name: str, raw: bytes, w: Words) -> None:
    """The sender's own file with the cells marked and commented, where there is anything to mark."""
    if not checked.problems:
        return
    st.download_button(
        w("form.marked"),
        lambda: answers.marked(checked, name, raw),
        file_name=f"{Path(name).stem[:80]}-marked.xlsx",
        mime=_XLSX,
        key="marked_download",
    )
