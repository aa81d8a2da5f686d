"""What stands around every page: style, top bar, the mark of generated figures, the foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import answers, session
from dashboard.charts.palette import Ground, status_colour
from dashboard.components.markup import Cell, empty, esc, heading, rich, table
from dashboard.figures import day_name
from dashboard.gate import tokens
from dashboard.i18n import LANGUAGES, Words, words
from dashboard.index_page import tag
from dashboard.offered import PAGES
from dashboard.session import View
from indicators.monitor import Judged
from ingest.people import User

T = TypeVar("T")

__all__ = [
    "card",
    "closed",
    "dealt",
    "draw",
    "foot",
    "headline",
    "release_name",
    "signed_out",
    "style",
    "tabs",
    "top_bar",
    "turned_away",
    "when_empty",
]


@cache
def _sheet() -> str:
    return Path(__file__).parents[1].joinpath("style.css").read_text(encoding="utf-8")


def style(ground: Ground, w: Words) -> None:
    """The style sheet, with the ground's colours (and the words only CSS can reach) as variables."""
    names = ["page", "card", "ink", "muted", "line", "accent", "accent_soft", "warn_bg", "warn_ink"]
    variables = "".join(f"--zb-{name.replace('_', '-')}:{getattr(ground, name)};" for name in names)
    bad = status_colour("behind", ground)
    st.html(f"<style>:root{{{variables}--zb-bad:{bad};}}{_sheet()}</style>")


def top_bar(pages: Mapping[str, st.Page], here: str, asked: View, w: Words) -> None:
    """Brand, pages, language, who is signed in; under it the mark of generated figures."""
    with st.container(key="topbar", horizontal=True, vertical_alignment="center", gap="small"):
        brand = f'<div class="zb-brand" data-zb-lang="{tag(w.language)}"><b>{esc(w("app.name"))}</b> Zhibiao</div>'
        st.html(brand, width="content")
        for name, page in pages.items():
            keep = asked.params() if name == "indicator" else asked.params(indicator="")
            with st.container(key="nav_here" if name == here else f"nav_{name}", width="content"):
                st.page_link(page, label=w(f"nav.{name}"), query_params=keep)
        other = "en" if w.chinese else "zh"
        with st.container(key="language", width="content"):
            kept = session.filters(here)
            st.page_link(pages[here], label=w("app.switch"), query_params={**kept, **asked.params(language=other)})
        with st.container(key="me", width="content"):
            st.html(_me(asked, w), width="content")
    if asked.known_on:
        then = w("app.known_then", when=day_name(asked.known_on, w))
        st.html(f'<div class="zb-banner then" role="note">{esc(then)}</div>')
    if session.place().home.demo:
        st.html(f'<div class="zb-banner" role="note">{esc(w("app.demo_banner"))}</div>')


def _me(asked: View, w: Words) -> str:
    """Who is signed in, and under it what they may do with their account: a list that opens without a script."""
    who, signed_in = session.user(), session.signed_in()
    known = session.catalogue().organisations.get(who.organisation)
    body = known.name(w.language) if known else who.organisation
    role = w(f"role.{who.role}")
    lang = f"lang={asked.language}"
    if session.place().home.demo:
        ways = f'<a href="/login?{lang}" target="_self">{esc(w("gate.switch"))}</a>'
    else:
        ways = f'<a href="/password?{lang}" target="_self">{esc(w("gate.change"))}</a>'
    if signed_in is not None:
        token = tokens.made("logout", signed_in.id)
        ways += (
            f'<form method="post" action="/logout"><input type="hidden" name="token" value="{esc(token)}">'
            f"<button>{esc(w('gate.logout'))}</button></form>"
        )
    told = "".join(f"<span>{esc(part)}</span>" for part in (role, body) if part)
    return (
        f'<details class="zb-me"><summary aria-label="{esc(w("gate.account", name=who.name))}"><b>{esc(who.name)}</b>'
        f"<small>{esc(role)}</small></summary>"
        f'<div class="zb-me-list"><p><b>{esc(who.name)}</b>{told}</p>{ways}</div></details>'
    )


def turned_away(who: User, w: Words) -> None:
    """Say which page the gate did not open, where it led here instead."""
    if (wanted := session.param("closed")) in PAGES:
        told = w("gate.closed", page=w(f"nav.{wanted}"), role=w(f"role.{who.role}"))
        st.html(f'<div class="zb-banner then" role="alert">{esc(told)}</div>')


def signed_out() -> None:
    """All there is to see without a session: where to sign in."""
    both = " · ".join(words(language)("gate.signed_out") for language in LANGUAGES)
    link = " · ".join(words(language)("gate.sign_in") for language in LANGUAGES)
    st.html(f'<p>{esc(both)} <a href="/login" target="_self">{esc(link)}</a></p>')


def tabs(page: str, labels: Mapping[str, str], asked: View) -> str:
    """The parts of a page as links, each with an address of its own; returns the one that is open."""
    chosen = session.part(list(labels))
    with st.container(key="tabs", horizontal=True, gap="small"):
        for name, label in labels.items():
            with st.container(key=f"tab_here_{name}" if name == chosen else f"tab_{name}", width="content"):
                st.page_link(session.page(page), label=label, query_params=asked.params(part=name))
    return chosen


def draw(markup: str) -> None:
    """Markup where there is any."""
    if markup:
        st.html(markup)


def card(key: str, markup: str) -> None:
    """A card of markup, where there is any."""
    if markup:
        with st.container(key=key):
            st.html(markup)


def headline(kicker: str, title: str, lead: str, *, chips: str = "") -> None:
    """The first lines of a page; `title` and `lead` may carry `**…**`."""
    paragraphs = "".join(f"<p>{rich(line)}</p>" for line in lead.split("\n") if line)
    st.html(
        f'<div class="zb-kicker">{esc(kicker)}</div><h1 class="zb-h1">{rich(title)} {chips}</h1>'
        f'<div class="zb-lead">{paragraphs}</div>'
    )


def foot(asked: View, w: Words) -> None:
    if not asked.plan:
        return
    rule = answers.rule(asked)
    words = w("app.footer", rule=rule.name.zh if w.chinese else rule.name.en, version=rule.version)
    st.html(f'<div class="zb-foot">{esc(words)}</div>')


def release_name(asked: View, w: Words) -> str:
    """Which release the page stands after."""
    known = answers.releases(asked)
    return w("overview.no_release") if known.is_empty() else w("overview.release", number=known["number"][0])


def closed(hint: str, w: Words) -> None:
    """What a page says to whoever may not use it."""
    role = w(f"role.{session.user().role}")
    with st.container(key="card_closed"):
        st.html(empty(w("app.closed", role=role), hint))


def when_empty(worst: Sequence[Judged], judged: Sequence[Judged], w: Words) -> None:
    """What to say where nothing needs attention: all is well, or there is no data yet."""
    if worst:
        return
    has_data = any(one.assessment.actual is not None for one in judged)
    hint = w("overview.nothing_off_hint" if has_data else "overview.no_data_hint")
    st.html(empty(w("overview.nothing_off"), hint))


def glossary(w: Words) -> str:
    """The quantities every rule speaks of, each in a sentence."""
    terms = ("baseline", "target", "completion", "schedule", "gap", "catch_up", "firmness", "vintage")
    rows = [[Cell(w(f"glossary.{term}"), "nowrap strong"), Cell(w(f"glossary.{term}_is"))] for term in terms]
    return heading(w("glossary.title")) + table([Cell(w("glossary.term")), Cell(w("glossary.meaning"))], rows)


def dealt(places: Sequence[DeltaGenerator], things: Sequence[T]) -> list[tuple[DeltaGenerator, T]]:
    """Things dealt out to columns, in turn."""
    return [(places[number % len(places)], thing) for number, thing in enumerate(things)]
