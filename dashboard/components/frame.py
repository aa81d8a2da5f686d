"""What stands around what a page says: its first lines, its parts, cards, the foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import answers, session
from dashboard.components import markup
from dashboard.components.markup import Cell, empty, esc, heading, table
from dashboard.components.paper import paper
from dashboard.i18n import LANGUAGES, Words, words
from dashboard.session import View

T = TypeVar("T")

__all__ = [
    "card",
    "cited",
    "closed",
    "dealt",
    "draw",
    "foot",
    "headline",
    "release_name",
    "signed_out",
    "tabs",
]


def signed_out() -> None:
    """All there is to see without a session: where to sign in."""
    both = " · ".join(words(language)("gate.signed_out") for language in LANGUAGES)
    link = " · ".join(words(language)("gate.sign_in") for language in LANGUAGES)
    st.html(f'<p>{esc(both)} <a href="/login" target="_self">{esc(link)}</a></p>')


def tabs(page: str, labels: Mapping[str, str], asked: View, w: Words) -> str:
    """The parts of a page as links, each with an address of its own; returns the one that is open."""
    chosen = session.part(list(labels))
    marked = {chosen: ' aria-current="page"'}
    links = "".join(
        f'<a href="{esc(session.href(page, asked.params(part=name)))}"{marked.get(name, "")}>{esc(label)}</a>'
        for name, label in labels.items()
    )
    st.html(f'<nav class="zb-tabs" aria-label="{esc(w("head.parts"))}">{links}</nav>')
    return chosen


def draw(drawn: str) -> None:
    """Markup where there is any."""
    if drawn:
        st.html(drawn)


def card(key: str, inside: str) -> None:
    """A card of markup, where there is any."""
    if inside:
        with st.container(key=key):
            st.html(inside)


def headline(kicker: str, title: str, lead: str, *, chips: str = "", cite: str = "") -> None:
    """The first lines of a page; `title` and `lead` may carry `**…**`; `cite` is a control to copy them with."""
    st.html(markup.headline(kicker, title, lead, chips=chips, cite=cite))


def cited(text: str, asked: View, w: Words) -> str:
    """A control that copies a verdict with its source, its date and the address it can be seen at."""
    source = w("head.cite_demo" if session.place().home.demo else "head.cite", when=session.now().date().isoformat())
    plain = f"{text.replace('**', '')}\n{source}"
    return (
        f'<button type="button" class="zb-cite" data-zb-do="copy" data-zb-text="{esc(plain)}"'
        f' data-zb-pin="{esc(session.pinned(asked, known=True))}" data-zb-done="{esc(w("head.cited"))}">'
        f"{esc(w('head.copy_sentence'))}</button>"
    )


def foot(here: str, asked: View, w: Words) -> None:
    """By which rule and figures, and what is added on paper."""
    if not asked.plan:
        return
    rule = answers.rule(asked)
    words = w("app.footer", rule=rule.name.zh if w.chinese else rule.name.en, version=rule.version)
    st.html(f'<div class="zb-foot">{esc(words)}{paper(here, asked, w)}</div>')


def release_name(asked: View, w: Words) -> str:
    """Which release the page stands after."""
    known = answers.releases(asked)
    return w("overview.no_release") if known.is_empty() else w("overview.release", number=known["number"][0])


def closed(hint: str, w: Words) -> None:
    """What a page says to whoever may not use it."""
    role = w(f"role.{session.user().role}")
    with st.container(key="card_closed"):
        st.html(empty(w("app.closed", role=role), hint))


def glossary(w: Words) -> str:
    """The quantities every rule speaks of, each in a sentence."""
    terms = ("baseline", "target", "completion", "schedule", "gap", "catch_up", "firmness", "vintage")
    rows = [[Cell(w(f"glossary.{term}"), "nowrap strong"), Cell(w(f"glossary.{term}_is"))] for term in terms]
    return heading(w("glossary.title")) + table([Cell(w("glossary.term")), Cell(w("glossary.meaning"))], rows)


def dealt(places: Sequence[DeltaGenerator], things: Sequence[T]) -> list[tuple[DeltaGenerator, T]]:
    """Things dealt out to columns, in turn."""
    return [(places[number % len(places)], thing) for number, thing in enumerate(things)]
