"""What a reader sees at an address of no page: that there is none, and the way to the first one."""

from __future__ import annotations

from urllib.parse import parse_qs

from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from dashboard.gate.pages import templates
from dashboard.gate.refusals import language_of
from dashboard.i18n import LANGUAGES, Words, words
from dashboard.index_page import tag

__all__ = ["no_page"]

_templates = templates()


def no_page(scope: Scope) -> Response:
    """The page, in both languages, first in that of the address."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
    first = language_of(asked, "/")
    languages = sorted(LANGUAGES, key=lambda one: one != first)
    page = _templates.get_template("no_page.html").render(
        app=words(first)("app.name"), said=[_said(words(one)) for one in languages]
    )
    return HTMLResponse(page, 404, {"Cache-Control": "no-store"})


def _said(w: Words) -> dict[str, str]:
    return {
        "tag": tag(w.language),
        "site": w("app.title"),
        "title": w("gate.no_page"),
        "hint": w("gate.no_page_hint"),
        "back": w("gate.no_page_back"),
        "first": f"/?lang={w.language}",
    }
