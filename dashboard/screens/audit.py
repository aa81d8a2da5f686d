"""审计: the ledger line by line, whether its chain is whole, filters in the address, export."""

from __future__ import annotations

import streamlit as st

from dashboard import session, trail
from dashboard.components import frame, ledger
from dashboard.i18n import words
from ingest.people import Action, may


def page() -> None:
    asked = session.view()
    w = words(asked.language)
    frame.headline("", w("audit.title"), w("audit.lead"))
    if not may(session.user(), Action.AUDIT):
        frame.closed(w("audit.closed"), w)
        return
    ledger.chain(trail.chain(), w)
    wanted = trail.wanted()
    ledger.filters(wanted, w)
    found = trail.page()
    with st.container(key="card_ledger"):
        st.html(ledger.lines(found, w))
        ledger.paging(found, asked, w)
        ledger.export(wanted, w)
