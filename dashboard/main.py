"""Who is asking → which pages → run."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components import frame
from dashboard.i18n import words
from dashboard.screens import accounts, audit, catalogue, indicator, method, overview, review, submit
from ingest.people import Action, may


def main() -> None:
    """Draw the page that the address names."""
    session.keep_address()
    asked = session.view()
    w = words(asked.language)
    st.set_page_config(page_title=w("app.title"), layout="wide", initial_sidebar_state="collapsed")
    pages = {
        "overview": st.Page(overview.page, title=w("nav.overview"), url_path="overview", default=True),
        "indicator": st.Page(indicator.page, title=w("nav.indicator"), url_path="indicator"),
        "submit": st.Page(submit.page, title=w("nav.submit"), url_path="submit"),
        "review": st.Page(review.page, title=w("nav.review"), url_path="review"),
        "catalogue": st.Page(catalogue.page, title=w("nav.catalogue"), url_path="catalogue"),
        "method": st.Page(method.page, title=w("nav.method"), url_path="method"),
    }
    if may(session.user(), Action.ADMINISTER):
        pages["accounts"] = st.Page(accounts.page, title=w("nav.accounts"), url_path="accounts")
    if may(session.user(), Action.AUDIT):
        pages["audit"] = st.Page(audit.page, title=w("nav.audit"), url_path="audit")
    session.know(pages)
    here = st.navigation(list(pages.values()), position="hidden")
    name = next(name for name, page in pages.items() if page is here)
    frame.style(session.ground(), w)
    frame.top_bar(pages, name, asked, w)
    here.run()
    frame.foot(asked, w)


main()
