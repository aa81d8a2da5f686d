"""对比: one indicator in every district or plan on one scale, ranked; and the whole plan quarter by quarter."""

from __future__ import annotations

import streamlit as st

from dashboard import abreast, answers, session
from dashboard.components import choices, compare, frame
from dashboard.components.markup import demo_mark, empty
from dashboard.figures import day_name
from dashboard.i18n import words
from dashboard.standings import lead, title


def page() -> None:
    asked = session.view()
    w = words(asked.language)
    found = abreast.compared(asked) if asked.plan else None
    if found is None:
        st.html(empty(w("app.title"), w("app.empty_plans")))
        return
    plan, periods = answers.plan(asked), abreast.over_periods(asked)
    region = session.catalogue(asked.known_on).regions[plan.region].name(w.language)
    kicker = w("compare.kicker", region=region, title=plan.short(w.language), when=day_name(asked.as_of, w))
    frame.headline(
        kicker,
        title(found, w),
        lead(found, w),
        chips=demo_mark(found.demonstrated, w),
        cite=frame.cited("\n".join([kicker, title(found, w) + w("app.stop"), lead(found, w)]), asked, w),
    )
    with st.container(key="controls", horizontal=True):
        choices.plan(asked, w)
        compare.chosen(found, asked, w)
        choices.region(asked, w)
        choices.as_of(asked, w)
        choices.known_on(asked, w)
    with st.container(key="compare_files", horizontal=True, vertical_alignment="bottom"):
        st.html(compare.kinds(found.by, asked, w))
        compare.downloads(found, periods, answers.rule(asked), w)
    st.html(compare.page(found, periods, asked, w, ground=session.ground()))
