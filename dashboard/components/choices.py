"""Controls whose choice lives in the address."""

from __future__ import annotations

from datetime import date

import streamlit as st

from dashboard import answers, session
from dashboard.figures import day_name
from dashboard.i18n import Words
from dashboard.session import View
from indicators.monitor import Judged
from indicators.period import Period

__all__ = ["as_of", "indicator", "known_on", "plan", "region"]


def plan(asked: View, w: Words) -> None:
    """Which plan; drawn only where there is more than one."""
    plans = session.catalogue(asked.known_on).plans
    if len(plans) > 1:
        st.selectbox(
            w("overview.plan"),
            list(plans),
            index=list(plans).index(asked.plan),
            format_func=lambda key: plans[key].short(w.language),
            key=f"plan_{asked.plan}",
            on_change=lambda: session.go(plan=st.session_state[f"plan_{asked.plan}"], region=None),
        )


def region(asked: View, w: Words) -> None:
    """Whose figures: the plan's own region, or one below it; drawn where there are some."""
    regions = session.catalogue(asked.known_on).regions
    own = answers.plan(asked).region
    below = session.places_below(asked.plan, asked.known_on)
    if not below:
        return
    places = ["", *below]
    key = f"region_{asked.plan}_{asked.region}"
    st.selectbox(
        w("overview.region"),
        places,
        index=places.index(asked.region),
        format_func=lambda code: regions[code or own].name(w.language),
        key=key,
        on_change=lambda: session.go(region=st.session_state[key] or None),
    )


def as_of(asked: View, w: Words) -> None:
    """The date looked back from: each quarter end of the plan, and the default."""
    chosen = answers.plan(asked)
    ends = [Period.quarter(y, n).end for y in range(chosen.start.year, chosen.end.year + 1) for n in range(1, 5)]
    latest = session.default_day()
    days = sorted({day for day in ends if day <= latest} | {asked.as_of, latest}, reverse=True)
    key = f"as_of_{asked.as_of}"
    st.selectbox(
        w("overview.as_of"),
        days,
        index=days.index(asked.as_of),
        format_func=lambda day: day_name(day, w),
        key=key,
        on_change=lambda: session.go(as_of=_iso(st.session_state[key])),
    )


def known_on(asked: View, w: Words) -> None:
    """As known when: now, or at the end of the day of a release. Drawn where there was a release."""
    days = {day: number for number, day in answers.release_days().items()}
    options = [None, *sorted({*days, *([asked.known_on] if asked.known_on else [])}, reverse=True)]
    if len(options) == 1:
        return

    def named(day: date | None) -> str:
        if day is None:
            return w("overview.known_now")
        number = days.get(day)
        return day_name(day, w) + (w("overview.known_release", number=number) if number else "")

    key = f"known_on_{asked.known_on}"
    st.selectbox(
        w("overview.known_on"),
        options,
        index=options.index(asked.known_on),
        format_func=named,
        key=key,
        on_change=lambda: session.go(known_on=_iso(st.session_state[key])),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def indicator(judged: list[Judged], here: Judged, w: Words) -> None:
    """Which target of the plan."""
    names = {one.commitment.id: one.commitment.name(w.language) for one in judged}
    key = f"indicator_{here.commitment.id}"
    st.selectbox(
        w("indicator.choose"),
        list(names),
        index=list(names).index(here.commitment.id),
        format_func=lambda one: names[one],
        key=key,
        on_change=lambda: session.go(indicator=st.session_state[key]),
    )
