"""The head of every page: brand, pages, what can be done with the page as it stands, who is signed in, banners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import streamlit as st

from dashboard import session
from dashboard.charts.palette import DARK
from dashboard.components.markup import esc
from dashboard.figures import day_name
from dashboard.gate import tokens
from dashboard.i18n import Words
from dashboard.index_page import tag
from dashboard.offered import FIRST, OF_A_PLAN, PAGES
from dashboard.session import View
from ingest.people import User

__all__ = ["draw"]


def draw(pages: Iterable[str], here: str, asked: View, w: Words) -> None:
    """The bar and its banners, in one piece."""
    ground = "dark" if session.ground() is DARK else "light"
    brand = f'<b lang="{tag("zh")}">{esc(w("app.name"))}</b>'
    bar = (
        f'<a class="zb-skip" href="#zb-page">{esc(w("head.skip"))}</a>'
        f'<header class="zb-top" data-zb-lang="{tag(w.language)}" data-zb-ground="{ground}">'
        f'<a class="zb-brand" href="{_to(FIRST, asked)}">{brand}<span> Zhibiao</span></a>'
        f"{_pages(pages, here, asked, w)}"
        f'<div class="zb-tools">{_tools(here, asked, w)}{_other_language(here, asked, w)}{_me(asked, w)}</div></header>'
    )
    st.html(
        bar + _banners(asked, w) + '<div class="zb-told" role="status"></div>'
        f'<div class="zb-lost" role="alert">{esc(w("app.lost"))}</div><a id="zb-page" tabindex="-1"></a>'
    )


def _to(page: str, asked: View, params: Mapping[str, str] | None = None) -> str:
    return esc(session.href(page, asked.params(indicator="") if params is None else params))


def _pages(pages: Iterable[str], here: str, asked: View, w: Words) -> str:
    links = []
    for name in pages:
        keep = asked.params() if name in OF_A_PLAN - {FIRST} else None
        current = ' aria-current="page"' if name == here else ""
        links.append(f'<a href="{_to(name, asked, keep)}"{current}>{esc(w(f"nav.{name}"))}</a>')
    return f'<nav class="zb-nav" aria-label="{esc(w("head.pages"))}">{"".join(links)}</nav>'


def _tools(here: str, asked: View, w: Words) -> str:
    """Print, larger letters, and the addresses of this view: as it goes on, and as it is known today."""
    pressed = [
        f'<button type="button" data-zb-do="large">{esc(w("head.large"))}</button>',
        f'<button type="button" data-zb-do="print">{esc(w("head.print"))}</button>',
    ]
    views = [("link", session.pinned(asked))]
    if here in OF_A_PLAN:
        views.append(("known", session.pinned(asked, known=True)))
    copied = "".join(
        f'<button type="button" data-zb-do="copy" data-zb-pin="{esc(params)}"'
        f' data-zb-done="{esc(w("head.copied"))}"><b>{esc(w(f"head.share_{name}"))}</b>'
        f"<small>{esc(w(f'head.share_{name}_note'))}</small></button>"
        for name, params in views
    )
    inside = f'<div class="narrow">{"".join(pressed)}</div>{copied}'
    share = f'<summary>{esc(w("head.share"))}</summary><div class="zb-list">{inside}</div>'
    return f'<span class="zb-wide">{"".join(pressed)}</span><details class="zb-pop">{share}</details>'


def _other_language(here: str, asked: View, w: Words) -> str:
    """A plain link that loads the page anew: what a browser was told of the language holds for a page."""
    other = "en" if w.chinese else "zh"
    kept = {**session.filters(here), **asked.params(language=other)}
    told = f'<a class="zb-language" data-zb-load="" lang="{tag(other)}" href="{_to(here, asked, kept)}">'
    return f"{told}{esc(w('app.switch'))}</a>"


def _me(asked: View, w: Words) -> str:
    """Who is signed in, and under it what they may do with their account: a list that opens without a script."""
    who, signed_in = session.user(), session.signed_in()
    known = session.catalogue().organisations.get(who.organisation)
    body = known.name(w.language) if known else who.organisation
    role = w(f"role.{who.role}")
    lang = f"lang={asked.language}"
    if session.place().home.demo:
        ways = f'<a href="/login?{lang}" data-zb-load="">{esc(w("gate.switch"))}</a>'
    else:
        ways = f'<a href="/password?{lang}" data-zb-load="">{esc(w("gate.change"))}</a>'
    if signed_in is not None:
        token = tokens.made("logout", signed_in.id)
        ways += (
            f'<form method="post" action="/logout"><input type="hidden" name="token" value="{esc(token)}">'
            f"<button>{esc(w('gate.logout'))}</button></form>"
        )
    told = "".join(f"<span>{esc(part)}</span>" for part in (role, body) if part)
    return (
        f'<details class="zb-pop zb-me"><summary aria-label="{esc(w("gate.account", name=who.name))}">'
        f"<b>{esc(who.name)}</b><small>{esc(role)}</small></summary>"
        f'<div class="zb-list"><p><b>{esc(who.name)}</b>{told}</p>{ways}</div></details>'
    )


def _banners(asked: View, w: Words) -> str:
    """What a reader must know before anything else: an earlier state, generated figures, a page not opened."""
    banners = []
    if asked.known_on:
        banners.append(("then", "note", w("app.known_then", when=day_name(asked.known_on, w))))
    if session.place().home.demo:
        banners.append(("", "note", w("app.demo_banner")))
    if (wanted := session.param("closed")) in PAGES:
        who: User = session.user()
        told = w("gate.closed", page=w(f"nav.{wanted}"), role=w(f"role.{who.role}"))
        banners.append(("then", "alert", told))
    return "".join(f'<div class="zb-banner {kind}" role="{role}">{esc(text)}</div>' for kind, role, text in banners)
