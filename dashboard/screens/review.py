"""审核发布: the queue with each difference, who owes what, and the release, each under an address of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard import answers, session
from dashboard.components import decisions, duties, frame, releasing
from dashboard.components.markup import heading
from dashboard.i18n import Words, words


def page() -> None:
    asked = session.view()
    w = words(asked.language)
    frame.headline("", w("review.title"), w("review.lead"))
    tab = frame.tabs("review", {name: w(f"review.tab_{name}") for name in _PARTS}, asked, w)
    session.told()
    _PARTS[tab](w)


def _queue(w: Words) -> None:
    decisions.queue(answers.waiting(), session.catalogue(), w)
    decisions.approved(answers.submissions(), w)


def _owed(w: Words) -> None:
    periods = answers.grid_periods()
    found = answers.returns(periods)
    with st.container(key="card_owed"):
        st.html(heading(w("duty.title")) + duties.summary(found, w))
        st.html(duties.grid(found, periods, w))
    with st.container(key="card_chase"):
        duties.chase(found, w)


def _release(w: Words) -> None:
    asked = session.view()
    left, right = st.columns([1, 1.4], gap="medium")
    with left, st.container(key="card_release"):
        releasing.ready(answers.ready(), session.catalogue(), w)
    with right, st.container(key="card_releases"):
        st.html(heading(w("review.history")) + releasing.made(answers.releases(asked), w))
    decisions.archive(answers.submissions(), w)


_PARTS: Mapping[str, Callable[[Words], None]] = {"queue": _queue, "owed": _owed, "release": _release}
