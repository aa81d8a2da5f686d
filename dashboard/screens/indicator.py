"""指标: one target's trajectory against its required path, and everything that explains it."""

from __future__ import annotations

import streamlit as st

from dashboard import answers, session
from dashboard.components import (
    choices,
    dated_notes,
    dossier,
    downloads,
    frame,
    parts,
    plotted,
    reasons,
    rules,
    tabled,
    targets,
)
from dashboard.components.markup import attribute_chip, card, demo_chip, empty, stack
from dashboard.documents import Dossier
from dashboard.i18n import words
from dashboard.verdict import sentences
from indicators.comparison import compare
from indicators.monitor import attention, named


def page() -> None:
    asked = session.view()
    w = words(asked.language)
    ground = session.ground()
    judged = list(answers.judged(asked)) if asked.plan else []
    if not judged:
        st.html(empty(w("app.title"), w("app.empty_plans")))
        return
    catalogue, rule, plan = session.catalogue(asked.known_on), answers.rule(asked), answers.plan(asked)
    fallback = next(iter([*attention(judged), *judged]))
    one = named(judged, asked.indicator) or fallback
    if asked.indicator != one.commitment.id:
        session.go(indicator=one.commitment.id)  # so that the address says which one is shown
    said = sentences(one, rule, w)
    where = f"{catalogue.regions[one.region].name(w.language)} · {plan.short(w.language)} · "
    history, beside = answers.history(one, asked), answers.beside(one, asked)

    with st.container(key="controls", horizontal=True):
        choices.indicator(judged, one, w)
        choices.region(asked, w)
        choices.as_of(asked, w)
        choices.known_on(asked, w)
    frame.headline(
        where + targets.domain_name(one.indicator.domain, w),
        one.commitment.name(w.language),
        "\n".join(said),
        chips=attribute_chip(one, w) + dossier.firm_chip(one, w) + demo_chip(one, w),
        cite=frame.cited(f"{where}{one.commitment.name(w.language)}\n{' '.join(said)}", asked, w),
    )
    left, right = st.columns([2.2, 1], gap="medium")
    with left:
        with st.container(key="card_chart"):
            plotted.trajectory(one, rule, beside, w, ground)
            dated_notes.drawn(one, asked, w)
        plotted.within_year(one, w, ground)
    with right:
        st.html(
            stack(
                card(dossier.quantities(one, rule, w), "quantities"),
                card(reasons.reasons_card(one, answers.reasons_of(one, asked), w), "reasons"),
            )
        )
    left, right = st.columns([2.2, 1], gap="medium")
    with left, st.container(key="card_table"):
        st.html(tabled.figures_table(one, history, w))
        downloads.row(Dossier(one, history, rule, catalogue, asked.as_of, w), beside)
    with right:
        st.html(
            stack(
                card(rules.side_by_side(compare(one, catalogue.rules.values()), w, ground), "rules"),
                card(parts.told(one, w), "parts"),
                card(dossier.quote(one, w), "quote"),
                card(dossier.definition(one, catalogue, w) + parts.missing(one, w), "definition"),
            )
        )
    with st.expander(w("indicator.history")):
        st.html(tabled.history(one, history, w))
