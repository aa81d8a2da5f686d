"""目录: the plans as their own documents read, with filters and search."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components import commitments, frame, importing
from dashboard.i18n import words


def page() -> None:
    asked = session.view()
    w = words(asked.language)
    catalogue = session.catalogue(asked.known_on)
    found = commitments.chosen(catalogue, session.filters())
    total = sum(len(mine) for _, mine in found)
    frame.headline("", w("catalogue.title"), w("catalogue.lead_line", total=total, plans=len(found)))
    importing.panel(w)
    with st.container(key="controls"):
        commitments.filters(catalogue, w)
    commitments.plan_table(catalogue, found, w)
