"""总览: how the plan stands, what needs attention, what changed, who reported, everything else in the plan's order."""

from __future__ import annotations

import streamlit as st

from dashboard import answers, session
from dashboard.components import board, choices, frame
from dashboard.components.markup import empty
from dashboard.figures import day_name
from dashboard.i18n import words
from dashboard.verdict import plan_lead, plan_sentence


def page() -> None:
    asked = session.view()
    w = words(asked.language)
    if not asked.plan:
        st.html(empty(w("app.title"), w("app.empty_plans")))
        return
    plan, judged = answers.plan(asked), answers.judged(asked)
    over = asked.as_of > plan.end
    sums, lead = plan_sentence(judged, w, over=over), plan_lead(judged, w, over=over)
    region = session.catalogue(asked.known_on).regions[asked.region or plan.region].name(w.language)
    verdict = f"{region} · {plan.short(w.language)} · {day_name(asked.as_of, w)}\n{sums}{lead}"
    frame.headline(
        w(
            "overview.kicker",
            region=region,
            title=plan.short(w.language) + (w("overview.by_plan") if asked.region else ""),
            when=day_name(asked.as_of, w),
            release=frame.release_name(asked, w),
        ),
        sums,
        lead,
        cite=frame.cited(verdict, asked, w),
    )
    with st.container(key="controls", horizontal=True):
        choices.plan(asked, w)
        choices.region(asked, w)
        choices.as_of(asked, w)
        choices.known_on(asked, w)
    st.html(board.overview(asked, w, ground=session.ground()))
