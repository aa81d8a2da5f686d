"""指标: one target's trajectory against its required path, and everything that explains it."""

from __future__ import annotations

import streamlit as st

from dashboard import answers, session
from dashboard.components import choices, dossier, frame, rules, targets
from dashboard.components.markup import attribute_chip, demo_chip, empty
from dashboard.i18n import words
from dashboard.verdict import sentence, sentences
from indicators.comparison import compare
from indicators.monitor import attention


def page() -> None:
    from dashboard.charts.trajectory import trajectory  # altair loads slowly, and only this page draws with it

    asked = session.view()
    w = words(asked.language)
    ground = session.ground()
    judged = list(answers.judged(asked)) if asked.plan else []
    if not judged:
        st.html(empty(w("app.title"), w("app.empty_plans")))
        return
    catalogue, rule, plan = session.catalogue(asked.known_on), answers.rule(asked), answers.plan(asked)
    fallback = next(iter([*attention(judged), *judged]))
    one = next((o for o in judged if o.commitment.id == asked.indicator), fallback)
    history = answers.history(one, asked)

    with st.container(key="controls", horizontal=True):
        choices.indicator(judged, one, w)
        choices.as_of(asked, w)
        choices.known_on(asked, w)
    frame.headline(
        f"{catalogue.regions[one.region].name(w.language)} · {plan.short(w.language)} · "
        + targets.domain_name(one.indicator.domain, w),
        one.commitment.name(w.language),
        "\n".join(sentences(one, rule, w)),
        chips=attribute_chip(one, w) + demo_chip(one, w),
    )
    left, right = st.columns([2.2, 1], gap="medium")
    with left:
        with st.container(key="card_chart"):
            chart = trajectory(one, w=w, ground=ground)
            if chart is None:
                st.html(empty(w("chart.empty"), w("chart.empty_hint")))
            else:
                told = w("chart.alt", name=one.commitment.name(w.language), sentence=sentence(one, rule, w))
                st.altair_chart(chart, theme=None, width="stretch", alt=told.replace("**", ""))
                st.html(f'<div class="zb-note">{dossier.caption(one, w)}</div>')
        with st.container(key="card_table"):
            st.html(dossier.figures_table(one, history, w))
            st.download_button(
                w("indicator.download"),
                dossier.csv_bytes(one, history),
                file_name=f"{one.indicator.id}-{one.region}.csv",
                mime="text/csv",
            )
    with right:
        with st.container(key="card_quantities"):
            st.html(dossier.quantities(one, rule, w))
        with st.container(key="card_rules"):
            st.html(rules.side_by_side(compare(one, catalogue.rules.values()), w, ground))
        with st.container(key="card_quote"):
            st.html(dossier.quote(one, w))
        with st.container(key="card_definition"):
            st.html(dossier.definition(one, catalogue, w))
    with st.expander(w("indicator.history")):
        st.html(dossier.history(one, history, w))
