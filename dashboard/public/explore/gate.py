"""The gate of the public page: which addresses of Streamlit's there are at all, and what of a request reaches it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnected
from streamlit import file_util
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from dashboard.gate.asked import PATH, SAFE, STREAM, from_here
from dashboard.gate.limits import Buckets, Places, address_of, neighbourhood
from dashboard.gate.plain import plain, refuse
from dashboard.public.explore.sockets import Guarded
from dashboard.public.explore.view import PAGE

__all__ = ["Gate"]

_HERE = f"/{PAGE}"
_CORE = frozenset({"/_stcore/health", "/_stcore/host-config"})
# what Streamlit is told of a request: nothing that says who asks
_PASSED = frozenset(
    {b"host", b"origin", b"connection", b"upgrade", b"accept-encoding", b"if-none-match", b"if-modified-since"}
    | {b"sec-websocket-key", b"sec-websocket-version", b"sec-websocket-extensions"}
)
_PROTOCOL = b"sec-websocket-protocol"

_SOCKETS, _SOCKETS_OF_ADDRESS = 1000, 100  # at once; a city's office may be behind one address
_MESSAGES, _MESSAGES_A_SECOND = 60, 5.0  # of one address; what is more is kept waiting
_ALL_MESSAGES, _ALL_A_SECOND = 300, 40.0  # of all addresses together: each may draw a page


@cache
def _static() -> frozenset[str]:
    """The files that Streamlit serves below /static/; it answers anything else there with its index page."""
    folder = Path(file_util.get_static_dir())
    files = (file for file in (folder / "static").rglob("*") if file.is_file())
    return frozenset(f"/{file.relative_to(folder).as_posix()}" for file in files)


class Gate:
    """ASGI middleware; what it does not know is 404. `ours`: further addresses that lie behind it."""

    def __init__(self, app: ASGIApp, *, ours: Iterable[str] = ()) -> None:
        self._app, self._ours = app, frozenset(ours)
        self._places = Places()
        self._messages = Buckets(_MESSAGES, _MESSAGES_A_SECOND)
        self._everyone = Buckets(_ALL_MESSAGES, _ALL_A_SECOND)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        refusal = self._refusal(scope)
        if refusal is not None:
            return await refuse(refusal, scope, receive, send)
        told = _told(scope)
        if scope["type"] == "http":
            return await self._app(told, receive, _without_cookies(send))
        return await self._stream(scope, told, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        """Why this may not go on; nothing where it may."""
        headers, path, socket = Headers(scope=scope), scope["path"], scope["type"] == "websocket"
        if not PATH.fullmatch(path):
            return plain(400, "gate.bad_path")
        if not is_host_allowed(headers.get("host")) or len(headers.getlist("host")) != 1:
            return plain(403, "gate.other_host")
        inner = _inner(path)
        if socket:
            if inner != STREAM:
                return plain(404, "gate.no_page")
            here = from_here(headers, named=True, secure=scope["scheme"] in ("https", "wss"))
            return None if here else plain(403, "gate.other_site")
        if path == f"{_HERE}/":
            query = scope.get("query_string", b"").decode("latin-1")
            return RedirectResponse(f"../{PAGE}{f'?{query}' if query else ''}", 308)
        if path != _HERE and inner not in _CORE and path not in self._ours and path not in _static():
            return plain(404, "gate.no_page")
        return None if scope["method"] in SAFE else plain(405, "gate.no_page")

    async def _stream(self, scope: Scope, told: Scope, receive: Receive, send: Send) -> None:
        address = neighbourhood(address_of(scope))
        most = {"address": (address, _SOCKETS_OF_ADDRESS), "all": ("", _SOCKETS)}
        with self._places.held(**most) as full:
            # a socket counts as a message: it costs a session
            if full or self._messages.take(address):
                return await refuse(plain(429, "gate.too_many", seconds=10), scope, receive, send)
            guarded = Guarded(
                receive, _without_cookies(send), address=address, messages=self._messages, everyone=self._everyone
            )
            with suppress(WebSocketDisconnected):  # whoever left while the page was drawn is told nothing
                await self._app(told, guarded.receive, guarded.send)
        return None


def _inner(path: str) -> str:
    """An address of Streamlit's own, for which its page asks first beside itself."""
    return path.removeprefix(_HERE) if path.startswith(f"{_HERE}/_stcore/") else path


def _told(scope: Scope) -> Scope:
    """The request as Streamlit gets it: no cookie, no address, no earlier session to go on with."""
    path = _inner(scope["path"])
    return {
        **scope,
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",  # our addresses are whole, wherever this is mounted
        "headers": list(_headers(scope, page=path == _HERE)),
        "client": None,
        "subprotocols": ["streamlit"] if "streamlit" in scope.get("subprotocols", ()) else [],
    }


def _headers(scope: Scope, *, page: bool) -> Iterator[tuple[bytes, bytes]]:
    for name, value in scope["headers"]:
        if name in _PASSED:
            yield name, value
        elif name == _PROTOCOL and value.partition(b",")[0].strip() == b"streamlit":
            yield name, b"streamlit"
    yield b"accept", b"text/html" if page else b"*/*"  # whoever asks for the page gets it as we make it


def _without_cookies(send: Send) -> Send:
    """Nobody is told to remember anything; and the page is not for search engines, which have the static ones."""

    async def bare(message: Message) -> None:
        if "headers" in message:
            headers = MutableHeaders(raw=list(message["headers"]))
            del headers["set-cookie"]
            if message["type"] == "http.response.start":
                headers["X-Robots-Tag"] = "noindex"
            message = {**message, "headers": headers.raw}
        await send(message)

    return bare
