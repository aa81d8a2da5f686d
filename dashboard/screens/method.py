"""方法: the rules as data, rendered for a citizen, with worked examples computed live from real series."""

from __future__ import annotations

import streamlit as st

from dashboard import answers, session
from dashboard.components import frame, rules
from dashboard.i18n import words


def page() -> None:
    asked = session.view()
    w = words(asked.language)
    ground = session.ground()
    known = list(session.catalogue(asked.known_on).rules.values())
    frame.headline("", w("method.title"), w("method.lead"))
    for one in answers.examples(asked):
        with st.container(key=f"card_example_{one.plan.id}_{one.commitment.id}"):
            frame.draw(rules.worked(one, known, w, ground))
    left, right = st.columns(2, gap="medium")
    for place, rule in frame.dealt([left, right], known):
        with place, st.container(key=f"card_rule_{rule.id}"):
            st.html(rules.explained(rule, w))
    with st.container(key="card_measures"):
        frame.draw(frame.glossary(w))
