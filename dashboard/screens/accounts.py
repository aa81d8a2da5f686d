"""账号: who may come in and as what; inviting, locking, one-time codes, roles, sessions."""

from __future__ import annotations

import streamlit as st

from dashboard import administering, session
from dashboard.components import accounts, frame
from dashboard.i18n import words
from ingest.people import Action, may


def page() -> None:
    asked = session.view()
    w = words(asked.language)
    frame.headline("", w("account.title"), w("account.lead"))
    if not may(session.user(), Action.ADMINISTER):
        frame.closed(w("account.closed"), w)
        return
    session.told()
    accounts.code(w)
    found = administering.accounts()
    left, right = st.columns([1.7, 1], gap="medium")
    with left, st.container(key="card_accounts"):
        st.html(accounts.known(found, w))
    with right:
        with st.container(key="card_manage"):
            accounts.manage(found, w)
        with st.container(key="card_invite"):
            accounts.invitation(w)
