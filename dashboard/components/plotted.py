"""The charts of an indicator on its page, each with a sentence for whoever cannot see it."""

from __future__ import annotations

import streamlit as st

from dashboard.charts.beside import Beside
from dashboard.charts.palette import Ground
from dashboard.charts.within_year import years_to_date
from dashboard.components.captions import caption
from dashboard.components.markup import empty, heading
from dashboard.i18n import Words
from dashboard.verdict import sentence
from indicators.monitor import Judged
from indicators.rules import RuleSet

__all__ = ["trajectory", "within_year"]


def trajectory(one: Judged, rule: RuleSet, beside: Beside, w: Words, ground: Ground) -> None:
    """The way from baseline to target over what its signs mean, or what to do where there is nothing to draw yet."""
    from dashboard.charts.trajectory import drawing  # altair loads slowly, and only this page draws with it

    drawn = drawing(one, w=w, ground=ground, beside=beside)
    if drawn is None:
        st.html(empty(w("chart.empty"), w("chart.empty_hint")))
        return
    told = w("chart.alt", name=one.commitment.name(w.language), sentence=sentence(one, rule, w))
    st.vega_lite_chart(spec=drawn, theme=None, width="stretch", alt=told.replace("**", ""))
    st.html(caption(one, beside, w))


def within_year(one: Judged, w: Words, ground: Ground) -> None:
    """A dated flow's year to date beside last year's, in a card of its own; nothing elsewhere."""
    years = years_to_date(one)
    if not years:
        return
    from dashboard.charts.within_year import within_year as drawn

    told = w("chart.within", name=one.commitment.name(w.language), latest=max(years), before=max(years) - 1)
    with st.container(key="card_within"):
        st.html(heading(w("within.title"), w("within.note")))
        st.vega_lite_chart(spec=drawn(one, w=w, ground=ground), theme=None, width="stretch", alt=told)
