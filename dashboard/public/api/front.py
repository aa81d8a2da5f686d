"""The door of the API: what is let in, how often, and what every answer carries. ASGI, around everything else."""

from __future__ import annotations

import asyncio
from collections import Counter
from urllib.parse import parse_qsl

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.gate.limits import Buckets, Places, address_of, neighbourhood
from dashboard.public.api.problems import Code, Refused, told

__all__ = ["Front"]

_READING = ("GET", "HEAD")
_AT_ONCE, _OF_ONE = 64, 8  # answers under way, in all and to one address; who comes then is asked to come again
_PATIENCE = 30.0  # seconds that a reader may take for one piece of an answer
_LONGEST = 8192  # bytes of a query
_SEVERAL = frozenset({"indicator", "region", "status"})  # what may be named more than once
_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After, X-Total-Count, Zhibiao-Release, Zhibiao-Released-On",
    "Vary": "Accept, Accept-Encoding",
}
_PREFLIGHT = {
    "Allow": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class Front:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, buckets: Buckets) -> None:
        self._app, self._buckets, self._places = app, buckets, Places()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            return await send({"type": "websocket.close", "code": 1000})
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        reading = {**scope, "method": "GET"} if scope["method"] == "HEAD" else {**scope}
        if reading["path"] == reading.get("root_path", ""):
            reading["path"] += "/"
        dressed = _dressed(send, bare=scope["method"] == "HEAD")
        try:
            if scope["method"] == "OPTIONS":
                return await Response(status_code=204, headers=_PREFLIGHT)(reading, receive, dressed)
            self._let_in(scope)
        except Refused as refused:
            return await told(refused)(reading, receive, dressed)
        most = {"address": (neighbourhood(address_of(scope)), _OF_ONE), "all": ("", _AT_ONCE)}
        with self._places.held(**most) as full:
            if full:
                return await told(Refused(Code.BUSY, seconds=1))(reading, receive, dressed)
            return await self._app(reading, receive, dressed)

    def _let_in(self, scope: Scope) -> None:
        """Raises Refused for what is not even looked at."""
        if scope["method"] not in _READING:
            raise Refused(Code.METHOD, "method", found=scope["method"])
        if wait := self._buckets.take(neighbourhood(address_of(scope))):
            raise Refused(Code.TOO_MANY, seconds=wait, wait=int(wait) + 1)
        query = scope.get("query_string", b"")
        if len(query) > _LONGEST:
            raise Refused(Code.TOO_LONG, "query", most=_LONGEST)
        named = Counter(name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True))
        for name, count in named.items():
            if count > 1 and name not in _SEVERAL:
                raise Refused(Code.REPEATED_PARAMETER, name, name=name)


def _dressed(send: Send, *, bare: bool) -> Send:
    """What sends an answer with the headers that all have; `bare`: without its body."""

    async def dressed(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, said in _COMMON.items():
                headers[name] = said
        elif bare and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        async with asyncio.timeout(_PATIENCE):  # whoever stops reading gives up their place
            await send(message)

    return dressed
