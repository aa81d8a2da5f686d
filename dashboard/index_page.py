"""Streamlit's index page as ours: its language, its title, our style sheet and script."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import assets
from dashboard.i18n import LANGUAGES, Words, words
from dashboard.packed import preloads

__all__ = ["IndexPage", "tag"]

_STREAMLITS = b"<title>Streamlit</title>"  # of its index page; our own pages speak for themselves
_TAGS = {"zh": "zh-CN", "en": "en"}


def tag(language: str) -> str:
    """The language as a page declares it (BCP 47)."""
    return _TAGS[language]


class IndexPage:
    """ASGI middleware: an index page passes through it with our language, title and script.

    `usual` says the language of a page whose address names none, `charted` are the names of pages that draw charts.
    """

    def __init__(
        self, app: ASGIApp, *, usual: Callable[[], str] = lambda: LANGUAGES[0], charted: Collection[str] = ()
    ) -> None:
        self._app, self._usual, self._charted = app, usual, charted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            return await self._app(scope, receive, send)
        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        scope = {**scope, "headers": plain}  # what is packed could not be read here
        started: Message | None = None
        body = bytearray()

        async def through(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                if MutableHeaders(scope=message).get("content-type", "").startswith("text/html"):
                    started = message
                    return
            elif started is not None and message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    await self._whole(scope, started, bytes(body), send)
                return
            await send(message)

        return await self._app(scope, receive, through)

    async def _whole(self, scope: Scope, start: Message, body: bytes, send: Send) -> None:
        headers = MutableHeaders(scope=start)
        if _STREAMLITS in body:
            body = self._ours(body.decode(), self._asked(scope), scope["path"].strip("/")).encode()
            headers["content-length"] = str(len(body))
            del headers["etag"], headers["last-modified"]
        await send(start)
        await send({"type": "http.response.body", "body": body})

    def _asked(self, scope: Scope) -> str:
        asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang", [""])[0]
        return asked if asked in LANGUAGES else self._usual()

    def _ours(self, page: str, language: str, name: str) -> str:
        w = words(language)
        page = re.sub(r'<html lang="[^"]*">', f'<html lang="{tag(language)}">', page, count=1)
        page = re.sub(r"<title>.*?</title>", f"<title>{w('app.title')}</title>", page, count=1, flags=re.DOTALL)
        page = re.sub(r'<link rel="service-desc"[^>]*>', "", page, count=1)  # of an interface that is off
        script = f"<noscript>{w('app.no_script')}</noscript>"
        page = re.sub(r"<noscript>.*?</noscript>", script, page, count=1, flags=re.DOTALL)
        # before everything else that is fetched: a page waits for it
        page = page.replace("<head>", "<head>" + assets.script_tag(), 1)
        soon = (address for address in preloads(charts=name in self._charted) if address not in page)
        links = (f'<link rel="modulepreload" crossorigin href="{address}">' for address in soon)
        page = page.replace("</head>", "".join(links) + "</head>", 1)
        # in the body, so that it comes after the styles that Streamlit's own script puts into the head
        return page.replace("<body>", "<body>" + assets.style_tag() + _outline(w), 1)


def _outline(w: Words) -> str:
    """The outline of a page: what there is to see until the first one stands."""
    blocks = "".join(f'<i class="{kind}"></i>' for kind in ("line", "title", "card", "card tall"))
    bar = f'<div class="bar"><b>{w("app.name")}</b> Zhibiao</div>'
    told = f'<p role="status">{w("app.waiting")}</p>'
    return f'<div id="zb-wait">{told}{bar}<div class="inside" aria-hidden="true">{blocks}</div></div>'
