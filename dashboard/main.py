"""Who is asking → which pages → run."""

from __future__ import annotations

import streamlit as st

from dashboard import session
from dashboard.components import frame, head
from dashboard.i18n import words
from dashboard.offered import FIRST, PAGES
from dashboard.screens import accounts, audit, catalogue, compare, indicator, method, overview, review, submit
from ingest.people import may

_DRAW = {
    "overview": overview.page,
    "indicator": indicator.page,
    "compare": compare.page,
    "submit": submit.page,
    "review": review.page,
    "catalogue": catalogue.page,
    "method": method.page,
    "accounts": accounts.page,
    "audit": audit.page,
}


def main() -> None:
    """Draw the page that the address names, where whoever asks may have it."""
    who = session.asking()
    if who is None:
        st.navigation([st.Page(frame.signed_out, title="Zhibiao", default=True)], position="hidden").run()
        return
    session.keep_address()
    asked = session.view()
    w = words(asked.language)
    st.set_page_config(layout="wide", initial_sidebar_state="collapsed")
    pages = {
        name: st.Page(_DRAW[name], title=f"{w(f'nav.{name}')} · {w('app.title')}", url_path=name, default=name == FIRST)
        for name, act in PAGES.items()
        if may(who, act)
    }
    here = st.navigation(list(pages.values()), position="hidden")
    name = next(name for name, page in pages.items() if page is here)
    head.draw(pages, name, asked, w)
    here.run()
    frame.foot(name, asked, w)


main()
