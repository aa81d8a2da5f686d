"""公开: one indicator of the released plans, its course against the required path, and everything that explains it."""

from __future__ import annotations

from base64 import b64encode

import streamlit as st

from dashboard.charts.palette import DARK, LIGHT, Ground
from dashboard.components import dossier, markup
from dashboard.components.captions import caption
from dashboard.components.markup import attribute_chip, card, empty, esc, stack
from dashboard.figures import amount, calendar, day_name, target_text
from dashboard.i18n import Words, words
from dashboard.public.drawing import trajectory_svg
from dashboard.public.drawing.bare import plain_history
from dashboard.public.explore import beside, choices, head, held, since, table
from dashboard.public.explore.view import View, asked_language, asked_release, seen
from dashboard.verdict import sentences, status_text

__all__ = ["page"]


def page() -> None:
    """What the address asks for, drawn from its release."""
    asked = st.query_params.to_dict()
    if asked:
        st.query_params.from_dict(asked)  # a link to the page already open leaves the address as it was
    w = words(asked_language(asked))
    ground = DARK if st.context.theme.type == "dark" else LIGHT
    newest = held.newest()
    view = None
    if newest is not None:
        book = held.book(newest, asked_release(asked))
        view = seen(book, asked, latest=newest.release.number)
    st.html(head.bar(view, newest, w, dark=ground is DARK))
    if view is None or newest is None:
        st.html(empty(w("explore.nothing"), w("explore.nothing_hint")) + '<div class="zb-foot"></div>')
        return
    with st.container(key="choices", horizontal=True):
        choices.draw(view, newest, held.numbers(newest), w)
    _drawn(view, w, ground)
    st.html(head.foot(view, w))


def _drawn(view: View, w: Words, ground: Ground) -> None:
    book, one = view.book, view.one
    st.html(_headline(view, w))
    left, right = st.columns([2.2, 1], gap="medium")
    with left:
        with st.container(key="card_chart"):
            _trajectory(view, w, ground)
        with st.container(key="card_table"):
            st.html(table.figures(view, w))
        definition = card(dossier.definition(one, book.catalogue, w), "definition") if one else ""
        st.html(stack(since.told(view, w), definition))
    with right:
        cards = [
            (dossier.quantities(one, book.rule, w) if one else "", "quantities"),
            (beside.release(view, w), "release"),
            (beside.elsewhere(view, w), "elsewhere"),
            (dossier.quote(one, w) if one else "", "quote"),
        ]
        st.html(stack(*(card(inside, name) for inside, name in cards)))
    with st.expander(w("explore.every")):
        st.html(table.every(view, w))


def _headline(view: View, w: Words) -> str:
    """Where and by which plan, the name, the verdict in sentences, the release it is of."""
    book, one, release = view.book, view.one, view.book.release
    region = view.subject.region.name(w.language)
    domain = view.subject.indicator.domain
    named = w(f"domain.{domain}") if f"domain.{domain}" in w else domain
    title = view.title(w.language)
    said = _said(view, w)
    when = calendar(release.released_on, w)
    kicker = " · ".join([region, *([view.plan.short(w.language)] if view.plan else []), named])
    source = (
        w("explore.cite_demo", number=release.number, when=when)
        if book.demo
        else w("explore.cite", number=release.number, when=when, publisher=release.publisher(w.language))
    )
    text = f"{kicker}\n{title}\n{' '.join(said)}\n{source}".replace("**", "")
    cite = (
        f'<button type="button" class="zb-cite" data-zb-do="copy" data-zb-text="{esc(text)}"'
        f' data-zb-pin="{esc(head.pinned(view))}" data-zb-done="{esc(w("head.cited"))}">'
        f"{esc(w('head.copy_sentence'))}</button>"
    )
    chips = attribute_chip(one, w) + dossier.firm_chip(one, w) if one else ""
    return markup.headline(kicker, title, "\n".join(said), chips=chips, cite=cite)


def _said(view: View, w: Words) -> list[str]:
    """The verdict; where there is no figure to judge, that none was published."""
    one, rule = view.one, view.book.rule
    if one is None:
        return _latest(view, w) or [w("explore.no_target")]
    if one.observations:
        return sentences(one, rule, w)
    goal, definition = one.target, one.definition
    return [
        w(
            "explore.no_figure",
            status=f"**{status_text(one.assessment.status, rule, w)}**",
            due=day_name(goal.d1, w, measure=definition.measure),
            target=target_text(goal.low, goal.high, goal.operator.value, definition),
        )
    ]


def _latest(view: View, w: Words) -> list[str]:
    """The last figure of an indicator that is not judged."""
    seen, definition = plain_history(view.subject.indicator, view.subject.observations), view.subject.indicator.current
    when = [day_name(one.day, w, measure=definition.measure) for one in seen[-1:]]
    return [w("subject.plain", when=day, value=amount(seen[-1].value, definition, w)) for day in when]


def _bare(view: View, w: Words, *, kind: str, width: int) -> str:
    """The drawing of figures without a target, as the page that needs no script has it, for a desk or a phone."""
    drawn = b64encode(trajectory_svg(view.subject, w, standalone=True, width=width).encode()).decode()
    told = esc(w("explore.drawn", name=view.title(w.language)))
    return f'<div class="zb-{kind}"><img width="100%" alt="{told}" src="data:image/svg+xml;base64,{drawn}"></div>'


def _trajectory(view: View, w: Words, ground: Ground) -> None:
    """The way from baseline to target over what its signs mean; a sentence where there is nothing to draw."""
    from dashboard.charts.trajectory import drawing  # altair loads slowly

    one, around = view.one, since.beside(view)
    drawn = drawing(one, w=w, ground=ground, beside=around) if one else None
    if one is None and view.subject.observations:
        st.html("".join(_bare(view, w, kind=kind, width=width) for kind, width in (("desk", 720), ("phone", 320))))
        return
    if one is None or drawn is None:
        st.html(empty(w("explore.empty"), w("explore.empty_hint")))
        return
    told = w("chart.alt", name=view.title(w.language), sentence=" ".join(_said(view, w)))
    st.vega_lite_chart(spec=drawn, theme=None, width="stretch", alt=told.replace("**", ""))
    st.html(caption(one, around, w))
