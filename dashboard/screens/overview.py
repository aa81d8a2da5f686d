"""总览: how the plan stands, what needs attention, everything else in the plan's order."""

from __future__ import annotations

import streamlit as st

from dashboard import answers, session
from dashboard.components import choices, frame, targets
from dashboard.components.markup import empty, heading
from dashboard.figures import day_name
from dashboard.i18n import words
from dashboard.verdict import plan_lead, plan_sentence
from indicators.monitor import attention


def page() -> None:
    asked = session.view()
    w = words(asked.language)
    ground = session.ground()
    if not asked.plan:
        st.html(empty(w("app.title"), w("app.empty_plans")))
        return
    plan, catalogue, rule = answers.plan(asked), session.catalogue(asked.known_on), answers.rule(asked)
    judged = answers.judged(asked)
    worst = attention(judged)

    frame.headline(
        w(
            "overview.kicker",
            region=catalogue.regions[plan.region].name(w.language),
            title=plan.short(w.language),
            when=day_name(asked.as_of, w),
            release=frame.release_name(asked, w),
        ),
        plan_sentence(judged, w),
        plan_lead(judged, w),
    )
    left, right = st.columns([2.8, 1], gap="medium")
    with left:
        with st.container(key="card_counts"):
            st.html(targets.counts(judged, rule, w, ground))
        with st.container(key="card_attention", gap=None):
            st.html(heading(w("overview.attention"), w("overview.attention_note")))
            targets.attention_rows(worst, catalogue, rule, asked, w, ground)
            frame.when_empty(worst, judged, w)
    with right:
        with st.container(key="controls"):
            choices.plan(asked, w)
            choices.as_of(asked, w)
            choices.known_on(asked, w)
        frame.card("card_final", targets.final(judged, asked, rule, w))
        with st.container(key="card_domains"):
            st.html(heading(w("overview.domains")) + targets.domains(judged, w))
        with st.container(key="card_owners"):
            st.html(heading(w("overview.reporting")) + targets.owners(judged, catalogue, w))
    with st.container(key="card_all", gap=None):
        st.html(heading(w("overview.all"), w("overview.all_note")))
        targets.every_row(judged, catalogue, rule, asked, w, ground)
