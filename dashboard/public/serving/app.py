"""The public site as one ASGI app: pages of the release that is out, those of older ones, the API, the Streamlit page.

What most readers ask for, a page in memory, is answered before anything else is considered.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from urllib.parse import quote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.gate.limits import Buckets, Places, address_of, neighbourhood
from dashboard.public.serving import notice
from dashboard.public.serving.addresses import Addresses
from dashboard.public.serving.answers import Header, answer, completed, plain, refused_socket
from dashboard.public.serving.asked import Asked
from dashboard.public.serving.missing import missing_page
from dashboard.public.serving.parts import Part, Unmade
from dashboard.public.serving.ready import FRESH, PERMANENT
from dashboard.public.serving.sending import Site
from dashboard.public.serving.watch import EVERY, Watch
from ingest.public_settings import PublicSettings

__all__ = ["PublicSite"]

_READS = ("GET", "HEAD", "OPTIONS")
_API = "/api/"  # says itself what is wrong with an address of its own
_PATH = re.compile(r"/(?!/)(?:(?!\.\.|//)[A-Za-z0-9._~@/+-])*")  # no path of ours has anything else in it
_RELEASE = re.compile(r"/releases/([1-9][0-9]{0,8})(?:(/.*))?")
_QUERY = re.compile(rb"[A-Za-z0-9._~!$'()*+,;=:@/?%&-]*")
_SOCKETS, _SOCKETS_IN_ALL, _AT_ONCE = 100, 1000, 32  # of one address; of all; answers of a part under way for one

_log = logging.getLogger("zhibiao")


@lru_cache(4096)
def _counted(client: str) -> str:
    return neighbourhood(address_of({"client": (client, 0)}))


class PublicSite:
    """`parts`: what answers below an address, made when it is first asked for; the longest address speaks."""

    def __init__(
        self, settings: PublicSettings, watch: Watch, *, parts: Mapping[str, Callable[[], ASGIApp]] = {}
    ) -> None:
        self._names, self._known = settings.names(), set[bytes]()
        self._watch, self._site = watch, Site()
        made: dict[Callable[[], ASGIApp], Part] = {}
        self._parts = {
            below: made.setdefault(make, Part(make))
            for below, make in sorted(parts.items(), key=lambda pair: -len(pair[0]))
        }
        self._asked, self._places = Buckets(settings.burst, settings.each_second), Places()
        self._looking: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                return await self._http(scope, receive, send)
            case "websocket":
                return await self._socket(scope, receive, send)
            case _:
                return await self._live(receive, send)

    # -- from start to stop ----------------------------------------------------------------------------------

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await asyncio.to_thread(self._watch.look)
        self._looking = asyncio.create_task(self._keep_looking())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._looking.cancel()
        with suppress(asyncio.CancelledError):
            await self._looking
        for part in dict.fromkeys(self._parts.values()):
            await part.close()
        await asyncio.to_thread(self._watch.close)
        await send({"type": "lifespan.shutdown.complete"})

    async def _keep_looking(self) -> None:
        while True:
            try:
                await asyncio.sleep(EVERY)
                await asyncio.to_thread(self._watch.look)
            except Exception as error:  # whatever is wrong with a new release, the one that is served stays
                _log.error("public: the folder could not be looked at", exc_info=error)
                await asyncio.sleep(10 * EVERY)

    # -- requests --------------------------------------------------------------------------------------------

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def told(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            asked = Asked.of(scope)
            client = scope.get("client")
            if asked.host not in self._known and not self._ours(asked.host):
                return await plain(scope, send, status=403, key="public_server.other_host")
            if wait := self._asked.take(_counted(client[0] if client else "")):
                return await plain(scope, send, status=429, key="public_server.too_many", seconds=wait)
            if scope["method"] not in _READS:
                allow = ", ".join(_READS)
                return await plain(scope, send, status=405, key="public_server.bad_method", allow=allow)
            out = self._watch.out
            file = out.addresses.get(scope["path"]) if out is not None else None
            if file is not None and scope["method"] != "OPTIONS":
                return await self._site.send(scope, told, file, asked, permanent=FRESH, places=self._places)
            return await self._elsewhere(scope, receive, told, asked)
        except Exception as error:
            number = secrets.token_hex(4)
            _log.error("incident %s", number, exc_info=error)
            if begun:  # a part has said so itself, or the connection is closed on what is not whole
                return None
            return await plain(scope, send, status=500, key="public_server.incident", number=number)

    def _ours(self, host: bytes) -> bool:
        """Whether a Host header names this server, at whatever port; what does is remembered."""
        named = re.fullmatch(rb"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?", host)
        name = named[1].strip(b"[]").decode("ascii").lower().rstrip(".") if named else ""
        if name not in self._names:
            return False
        if len(self._known) < 64:
            self._known.add(host)
        return True

    async def _elsewhere(self, scope: Scope, receive: Receive, send: Send, asked: Asked) -> None:
        """What is no page of the release that is out."""
        path = scope["path"]
        if path == "/healthz":
            return await self._health(scope, send)
        part = self._part(path)
        if not (_PATH.fullmatch(path) or path.startswith(_API)) and self._watch.out is not None:
            return await self._missing(scope, send)  # before anything looks at it that is not ours
        if self._watch.out is None:
            return await self._waiting(scope, send, page=part is None)
        if part is not None:
            return await self._of_part(part, scope, receive, send)
        if scope["method"] == "OPTIONS":
            allow: list[Header] = [(b"allow", ", ".join(_READS).encode()), (b"cache-control", b"max-age=86400")]
            allow += [(b"access-control-allow-methods", b"GET, HEAD"), (b"access-control-max-age", b"86400")]
            return await answer(scope, send, status=204, headers=allow)
        if found := _RELEASE.fullmatch(path):
            return await self._of_release(scope, send, asked, number=int(found[1]), rest=found[2] or "")
        if f"{path}/" in self._watch.out.addresses:
            return await _moved(scope, send, f"{path}/")
        return await self._missing(scope, send)

    async def _of_release(self, scope: Scope, send: Send, asked: Asked, *, number: int, rest: str) -> None:
        """A page of release `number` at its permanent address."""
        found = self._watch.remembered(number) or await asyncio.to_thread(self._watch.older, number)
        if found is None:
            return await self._missing(scope, send)
        if file := found.get(rest):
            return await self._site.send(scope, send, file, asked, permanent=PERMANENT, places=self._places)
        if f"{rest}/" in found:
            return await _moved(scope, send, f"/releases/{number}{rest}/")
        if f"/releases/{number}{rest}/" in self._out_addresses():
            return await _moved(scope, send, f"/releases/{number}{rest}/")
        if _RELEASE.fullmatch(rest):  # a link among releases, followed inside the address of one
            return await _moved(scope, send, rest)
        return await self._missing(scope, send)

    def _out_addresses(self) -> Addresses:
        assert self._watch.out is not None, "asked before"
        return self._watch.out.addresses

    def _part(self, path: str) -> Part | None:
        return next(
            (part for below, part in self._parts.items() if path == below or path.startswith(below + "/")), None
        )

    async def _of_part(self, part: Part, scope: Scope, receive: Receive, send: Send) -> None:
        secure = scope.get("scheme") == "https"

        async def completing(message: Message) -> None:
            starts = message["type"] == "http.response.start"
            await send(completed(message, secure=secure) if starts else message)

        with self._places.held(part=(_counted(scope["client"][0] if scope.get("client") else ""), _AT_ONCE)) as full:
            if full:
                return await plain(scope, send, status=429, key="public_server.too_many", seconds=2)
            try:
                return await part(scope, receive, completing)
            except Unmade:
                return await plain(scope, send, status=503, key="public_server.not_here", seconds=60)

    # -- short answers ---------------------------------------------------------------------------------------

    async def _health(self, scope: Scope, send: Send) -> None:
        """What is served, and whether it is what should be."""
        out, told = self._watch.out, dict[str, object]()
        if out is not None:
            facts = out.snapshot.release
            told = {"release": facts.number, "released_on": facts.released_on.isoformat(), "kind": out.snapshot.kind}
            told |= {"data_until": facts.data_until and facts.data_until.isoformat(), "digest": out.snapshot.digest}
        state = "waiting" if out is None else "behind" if self._watch.trouble else "ok"
        body = json.dumps({"status": state, **told, "trouble": self._watch.trouble or None}).encode() + b"\n"
        headers: list[Header] = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await answer(scope, send, status=200 if out else 503, headers=headers, body=body)

    async def _waiting(self, scope: Scope, send: Send, *, page: bool) -> None:
        """Nothing is released yet: a page says so, and programs are told when to come again."""
        if not page:
            return await plain(scope, send, status=503, key="public_server.waiting_title", seconds=59)
        await _notice(scope, send, notice.waiting(), status=503, more=[(b"retry-after", b"60")])
        return None

    async def _missing(self, scope: Scope, send: Send) -> None:
        """The page of the site for addresses that have none, or a plain one of ours."""
        found = await missing_page(self._site, self._out_addresses(), english=scope["path"].startswith("/en/"))
        if found is not None:
            headers: list[Header] = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
            return await answer(scope, send, status=404, headers=headers, body=found, ending=".html")
        await _notice(scope, send, notice.missing(), status=404)
        return None

    # -- sockets ---------------------------------------------------------------------------------------------

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked, part = Asked.of(scope), self._part(scope["path"])
        if part is None or self._watch.out is None or not self._ours(asked.host):
            return await refused_socket(scope, receive, send, status=403, key="public_server.other_host")
        if not _from_here(scope, asked.host):
            return await refused_socket(scope, receive, send, status=403, key="public_server.other_site")
        address = _counted(scope["client"][0] if scope.get("client") else "")
        most = {"socket": (address, _SOCKETS), "sockets": ("", _SOCKETS_IN_ALL)}
        with self._places.held(**most) as full:
            if full or self._asked.take(address):
                return await refused_socket(scope, receive, send, status=429, key="public_server.too_many")
            try:
                return await part(scope, receive, send)
            except Unmade:
                return await refused_socket(scope, receive, send, status=503, key="public_server.not_here")


def _from_here(scope: Scope, host: bytes) -> bool:
    """Whether the page that opens a socket is of this server; one that says nothing is no page."""
    origins = [value for name, value in scope["headers"] if name == b"origin"]
    scheme = b"https" if scope["scheme"] in ("https", "wss") else b"http"
    return not origins or origins == [scheme + b"://" + host]


async def _moved(scope: Scope, send: Send, to: str) -> None:
    """Send a reader on to an address of ours, with what was asked of it."""
    query: bytes = scope.get("query_string", b"")
    asked = b"?" + query if query and _QUERY.fullmatch(query) else b""
    headers: list[Header] = [(b"location", quote(to).encode() + asked), (b"cache-control", b"public, max-age=60")]
    await answer(scope, send, status=302, headers=headers)


async def _notice(scope: Scope, send: Send, shown: bytes, *, status: int, more: list[Header] | None = None) -> None:
    headers: list[Header] = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
    await answer(
        scope, send, status=status, headers=[*headers, *(more or []), *notice.policy()], body=shown, ending=None
    )
