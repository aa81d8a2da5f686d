"""What the gate itself answers: short, in both languages, and nothing of what lies behind."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, unquote, urlsplit

from starlette.datastructures import URL
from starlette.responses import RedirectResponse, Response
from starlette.types import Scope

from dashboard import session
from dashboard.gate.plain import plain
from dashboard.i18n import LANGUAGES

__all__ = ["language_of", "local", "plain", "to_first", "to_sign_in"]


def local(address: str) -> str:
    """`address` where it is a path of this server, else the first page."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    whole = address.startswith("/") and address[1:2] != "/" and address.isprintable() and len(address) < 2000
    return address if whole and not parts.scheme and not parts.netloc and "\\" not in unquote(address) else "/"


def to_sign_in(scope: Scope, *, ended: bool) -> Response:
    """Send a reader who asked for a page to where they can sign in, and back afterwards."""
    url = URL(scope=scope)
    wanted = local(url.path + (f"?{url.query}" if url.query else ""))
    asked = "" if wanted == "/" else f"next={quote(wanted, safe='')}"
    query = "&".join(filter(None, [asked, "ended=1" if ended else ""]))
    return RedirectResponse(f"/login?{query}" if query else "/login", 303, {"Cache-Control": "no-store"})


def to_first(scope: Scope, *, closed: str = "") -> Response:
    """To the first page, which is told what it was opened instead of."""
    url = URL(scope=scope).replace(path="/")
    wanted = url.include_query_params(closed=closed) if closed else url
    return RedirectResponse(f"/?{wanted.query}" if wanted.query else "/", 303, {"Cache-Control": "no-store"})


def language_of(asked: str, wanted: str) -> str:
    """The language of a page of signing in: as asked, else of the page they are going to, else the office's own."""
    of_page = parse_qs(urlsplit(wanted).query).get("lang", [""])[0]
    return next((one for one in (asked, of_page) if one in LANGUAGES), session.place().settings.language)
