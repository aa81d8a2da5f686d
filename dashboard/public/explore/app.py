"""The public Streamlit page as one ASGI app behind its gate, for the public server to put beside its own."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import config, logger

from dashboard import assets, incidents
from dashboard.headers import SecurityHeaders
from dashboard.i18n import LANGUAGES, words
from dashboard.index_page import IndexPage
from dashboard.packed import Packed, pack
from dashboard.public.book import Book
from dashboard.public.explore.gate import Gate
from dashboard.public.explore.held import holding
from dashboard.public.explore.view import PAGE

__all__ = ["OPTIONS", "Explore", "explore"]

_ROOT = Path(__file__).resolve().parents[3]
_LOOK = _ROOT / ".streamlit" / "config.toml"
_ICON = "/favicon.png"  # what Streamlit's page asks for, whatever it is told
_DRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0054AC"/>'
    '<path d="M3 12l3-3 3 1 4-6" fill="none" stroke="#fff" stroke-width="1.8"/></svg>'
)
# what the safety of a page without readers' names rests on, whatever files or the environment say
OPTIONS: Mapping[str, object] = {
    "server.maxUploadSize": 1,  # MB; the gate closes the address of uploads altogether
    "server.maxWidgetStateSize": 1,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.fileWatcherType": "none",
    "server.scriptHealthCheckEnabled": False,
    "server.trustedUserHeaders": {},
    "server.baseUrlPath": "",
    "server.disconnectedSessionTTL": 0,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "client.showSidebarNavigation": False,
    "browser.gatherUsageStats": False,
    "runner.postScriptGC": False,
    "logger.enableRich": False,  # it would print errors past our log
    "logger.level": "warning",  # below it every reader's address would be written down
}


class Explore:
    """The page's addresses: `/explore…`, `/_stcore/…`, `/static/…`, its style sheet, script and icon.

    Called with whole paths. Either its server sends it the lifespan scope, or runs `running()` within its own; where
    neither happens, Streamlit starts with the first request.
    """

    def __init__(self, page: st.App) -> None:
        self._page = page
        ours = (assets.SCRIPT, assets.STYLE, _ICON)
        index = IndexPage(Packed(page), charted=(PAGE,))
        self._app: ASGIApp = SecurityHeaders(Gate(index, ours=ours))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._page if scope["type"] == "lifespan" else self._app)(scope, receive, send)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Streamlit's own threads, from before the first request until after the last."""
        async with self._page.lifespan()(self._page):
            yield


def explore(current: Callable[[], Book], *, hosts: Sequence[str]) -> Explore:
    """The page, showing what `current` gives; `hosts`: the names it may be asked by. One in a process."""
    _configure(hosts)
    holding(current)
    pack()
    routes = [*assets.routes(), Route(_ICON, _icon)]
    page = st.App(Path(__file__).with_name("main.py"), routes=routes, on_script_error=_incident)
    return Explore(page)


async def _icon(_: Request) -> Response:
    return Response(_DRAWN, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def _configure(hosts: Sequence[str]) -> None:
    """Set Streamlit's options: the look of our pages, then everything that safety rests on."""
    assert hosts and not any("*" in host for host in hosts), "the names of this server, each in full"
    for name, value in _named(tomllib.loads(_LOOK.read_text(encoding="utf-8"))):
        config.set_option(name, value)
    for name, value in OPTIONS.items():
        config.set_option(name, value)
    logger.set_log_level("warning")  # of what logs already; the server's own log is among it
    config.set_option("server.allowedHosts", sorted(hosts))
    config.set_option("server.cookieSecret", secrets.token_urlsafe(32))  # no cookie is ever set


def _named(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    """Options by their full names."""
    for name, value in table.items():
        if isinstance(value, Mapping) and name != "trustedUserHeaders":
            yield from _named(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def _incident(error: Exception) -> bool:
    """Tell the reader a number and the log everything."""
    number = incidents.note(error)
    st.error("  \n".join(words(language)("gate.incident", number=number) for language in LANGUAGES))
    return True
