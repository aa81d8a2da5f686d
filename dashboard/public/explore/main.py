"""What Streamlit runs for the public page: one page, under its name and as the first."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n import words
from dashboard.public.explore.page import page
from dashboard.public.explore.view import PAGE, asked_language


def main() -> None:
    w = words(asked_language(st.query_params.to_dict()))
    st.set_page_config(layout="wide", initial_sidebar_state="collapsed")
    title = f"{w('explore.name')} · {w('app.title')}"
    ways = [st.Page(page, title=title, default=True), st.Page(page, title=title, url_path=PAGE)]
    st.navigation(ways, position="hidden").run()


main()
