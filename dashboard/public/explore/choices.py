"""The choices of the public page; what is chosen lives in the address and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from dashboard.figures import calendar
from dashboard.i18n import Words
from dashboard.public.book import Book
from dashboard.public.explore.view import View, name_of, promises, unpromised

__all__ = ["draw"]


def draw(view: View, newest: Book, numbers: Sequence[int], w: Words) -> None:
    """A control for each choice there is."""
    plans = [plan for plan in view.book.plans if promises(view.book, plan)]
    named = [(plan.id, plan.short(w.language)) for plan in plans]
    named = named if view.plan else [("", w("explore.no_plan")), *named]
    _choice("plan", w("overview.plan"), named, view.plan.id if view.plan else "")
    _choice("indicator", w("indicator.choose"), _indicators(view, w), view.named, always=True)
    regions = view.book.catalogue.regions
    places = [(code, regions[code].name(w.language)) for code in view.regions]
    _choice("region", w("overview.region"), places, view.subject.region.code)
    released = {one.number: calendar(one.released_on, w) for one in newest.releases}
    releases = [("", w("explore.release_newest", number=newest.release.number, when=released[newest.release.number]))]
    releases += [
        (str(one), w("explore.release_older", number=one, when=released[one]))
        for one in numbers
        if one != newest.release.number and one in released
    ]
    _choice("release", w("explore.release"), releases, str(view.release or ""))
    kinds = [("", w("explore.against_no")), ("previous", w("explore.against_yes"))]
    _choice("against", w("explore.against"), kinds if len(view.book.releases) > 1 else [], kinds[view.against][0])


def _indicators(view: View, w: Words) -> list[tuple[str, str]]:
    """What the plan promises; without a plan, the indicators that none promises anything of."""
    if view.plan is None:
        return [(one.id, one.name(w.language)) for one in unpromised(view.book)]
    return [(name_of(view.plan, one), one.name(w.language)) for one in promises(view.book, view.plan)]


def _choice(name: str, label: str, options: Sequence[tuple[str, str]], chosen: str, *, always: bool = False) -> None:
    """One control over (value of the address, words); none where there is nothing to choose."""
    if len(options) < (1 if always else 2):
        return
    words = dict(options)
    # its key bears what is chosen, so that a link that changes the address changes the control too
    key = f"{name}_{chosen}"
    st.selectbox(
        label,
        list(words),
        index=list(words).index(chosen),
        format_func=lambda value: words[value],
        key=key,
        on_change=_writing(name, key),
    )


def _writing(name: str, key: str) -> Callable[[], None]:
    """Write what was chosen into the address; what depends on it is then found anew."""

    def write() -> None:
        value = st.session_state[key]
        for other in ("indicator", "region") if name == "plan" else ():  # those of another plan
            st.query_params.pop(other, None)
        if value:
            st.query_params[name] = value
        else:
            st.query_params.pop(name, None)

    return write
