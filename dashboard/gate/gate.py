"""The gate around everything: who asks is found out here, from the session, at each request and each message."""

from __future__ import annotations

import logging

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from dashboard import session
from dashboard.gate import cookies, refusals
from dashboard.gate.asked import PATH, SAFE, STREAM, below, from_here
from dashboard.gate.limits import Buckets, Places, address_of, neighbourhood
from dashboard.gate.no_page import no_page
from dashboard.gate.plain import refuse
from dashboard.gate.sockets import Guarded, Opened
from dashboard.offered import FIRST, PAGES
from ingest.accounts import audit
from ingest.accounts.sessions import Session
from ingest.people import Action, may

__all__ = ["IDENTITY", "Gate"]

IDENTITY = "X-Zhibiao-Session"  # `.streamlit/config.toml` names it too: st.user["session"]
_OURS = b"x-zhibiao-"

# open to anyone, by exact path or below it; the public side adds its own here
_OPEN = ("/login", "/logout", "/password", "/signing-in.css", "/healthz")
_PUBLIC: tuple[str, ...] = ()

# what Streamlit brings and we do not use: closed to everyone
_CLOSED = (
    "/_stcore/metrics",
    "/_stcore/agent",
    "/_stcore/script-health-check",
    "/_stcore/bidi-components",
    "/component",
    "/auth",
    "/oauth2callback",
    "/app/static",
)
_UPLOAD = "/_stcore/upload_file"

_UPLOADS = 50  # files of one person at once; then so many in an hour
_MESSAGES, _MESSAGES_A_SECOND = 15, 2.5  # of one person; what is more is kept waiting
_SOCKETS_OF_ADDRESS, _SOCKETS_OF_PERSON = 200, 12  # an office may be behind one address

_log = logging.getLogger("zhibiao")


def _without_ours(scope: Scope) -> list[tuple[bytes, bytes]]:
    """The request's headers less those that only the gate may set, however they are spelt."""
    return [(name, value) for name, value in scope["headers"] if not name.lower().replace(b"_", b"-").startswith(_OURS)]


class Gate:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._places, self._opened = Places(), Opened()
        self._uploads = Buckets(_UPLOADS, _UPLOADS / 3600)
        self._messages = Buckets(_MESSAGES, _MESSAGES_A_SECOND)
        self._told, self._turned = Buckets(1, 1 / 60), Buckets(10, 1 / 60)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        scope["headers"] = _without_ours(scope)
        headers = Headers(scope=scope)
        token = cookies.token_of(headers)
        asking = session.place().sessions.of(token, used=False)
        refusal = self._refusal(scope, headers, asking, token=token)
        if refusal is not None:
            return await refuse(refusal, scope, receive, send)
        if asking:
            scope["headers"].append((IDENTITY.lower().encode(), asking.id.encode()))
        if scope["type"] == "http":
            return await self._app(scope, receive, send)
        assert asking is not None, "no socket is open to a stranger"
        return await self._stream(scope, receive, send, token=token, asking=asking)

    def _refusal(self, scope: Scope, headers: Headers, asking: Session | None, *, token: str) -> Response | None:
        """Why this may not go on; nothing where it may."""
        path, socket = scope["path"], scope["type"] == "websocket"
        method = "" if socket else scope["method"]
        if not PATH.fullmatch(path):
            return refusals.plain(400, "gate.bad_path")
        if not is_host_allowed(headers.get("host")) or len(headers.getlist("host")) != 1:
            return refusals.plain(403, "gate.other_host")
        if method not in SAFE and not from_here(headers, named=socket, secure=scope["scheme"] in ("https", "wss")):
            return refusals.plain(403, "gate.other_site")
        if below(path, _CLOSED) or (socket and path != STREAM):
            return refusals.plain(404, "gate.no_page")
        if not socket and below(path, _OPEN + _PUBLIC):
            return None
        if asking is None:
            return self._stranger(scope, headers, ended=bool(token))
        if method in SAFE and "text/html" in headers.get("accept", "") and "." not in path:
            return self._page(scope, asking)
        return self._upload(path, method, asking) if below(path, (_UPLOAD,)) else None

    def _stranger(self, scope: Scope, headers: Headers, *, ended: bool) -> Response:
        address = address_of(scope)
        if ended and not self._told.take(neighbourhood(address)):
            _log.warning("a session that is over or never was, from %s", address)
        if scope["type"] == "websocket":
            return refusals.plain(403, "gate.please_sign_in")
        if scope["method"] in SAFE and "text/html" in headers.get("accept", ""):
            return refusals.to_sign_in(scope, ended=ended)
        return refusals.plain(401, "gate.please_sign_in")

    def _page(self, scope: Scope, asking: Session) -> Response | None:
        """A page's name in the address: the first has none, and one that is not theirs leads to the first."""
        name = scope["path"].strip("/")
        if name == FIRST:
            return refusals.to_first(scope)
        if not name or (name in PAGES and may(asking.user, PAGES[name])):
            return None
        if name not in PAGES:
            return no_page(scope)
        if not self._turned.take(asking.id):
            audit.refused(session.place().store, asking.user, "open", name, address_of(scope))
        return refusals.to_first(scope, closed=name)

    def _upload(self, path: str, method: str, asking: Session) -> Response | None:
        """Only who may submit or import, only into a page that this session has open, and not without end."""
        if not (may(asking.user, Action.SUBMIT) or may(asking.user, Action.IMPORT)):
            return refusals.plain(403, "gate.no_upload")
        parts = path.removeprefix(_UPLOAD).split("/")
        if method not in ("PUT", "DELETE", "OPTIONS") or len(parts) != 3:
            return refusals.plain(404, "gate.no_page")
        if not self._opened.by(asking.id, parts[1]):
            return refusals.plain(403, "gate.no_upload")
        wait = self._uploads.take(asking.user.name) if method == "PUT" else 0.0
        return refusals.plain(429, "gate.too_many", seconds=wait) if wait else None

    async def _stream(self, scope: Scope, receive: Receive, send: Send, *, token: str, asking: Session) -> None:
        address = neighbourhood(address_of(scope))
        most = {"address": (address, _SOCKETS_OF_ADDRESS), "person": (asking.user.name, _SOCKETS_OF_PERSON)}
        with self._places.held(**most) as full:
            if full:
                return await refuse(refusals.plain(429, "gate.too_many", seconds=10), scope, receive, send)
            guarded = Guarded(receive, send, token=token, asking=asking, messages=self._messages, opened=self._opened)
            async with guarded:
                await self._app(scope, guarded.receive, guarded.send)
        return None
