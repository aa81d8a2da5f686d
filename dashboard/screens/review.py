"""审核发布: the queue with each difference, approve or send back; publish everything approved."""

from __future__ import annotations

import streamlit as st

from dashboard import answers, session
from dashboard.components import decisions, frame
from dashboard.components.markup import heading
from dashboard.i18n import words


def page() -> None:
    asked = session.view()
    w = words(asked.language)
    frame.headline("", w("review.title"), w("review.lead"))
    session.told()
    left, right = st.columns([2.2, 1], gap="medium")
    with left, st.container(key="card_queue"):
        st.html(heading(w("review.queue")))
        decisions.queue(answers.waiting(), session.catalogue(), w)
    with right:
        with st.container(key="card_release"):
            decisions.release(answers.unreleased(), w)
        with st.container(key="card_releases"):
            st.html(heading(w("review.history")) + decisions.releases(answers.releases(asked), w))
