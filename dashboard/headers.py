"""Security headers on every response, as pure ASGI so that pages, routes, refused sockets and errors all get them."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import incidents
from dashboard.gate.plain import plain

__all__ = ["SecurityHeaders"]

_POLICY = "; ".join(
    [
        "default-src 'self'",
        # the hash is of the one inline script in Streamlit's index page
        "script-src 'self' 'sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA='",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-ancestors 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "object-src 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


_HSTS = "max-age=63072000; includeSubDomains"  # two years, said only where the reader came by https
_STARTS = ("http.response.start", "websocket.http.response.start", "websocket.accept")


class SecurityHeaders:
    """ASGI middleware, the outermost: what fails inside is answered here too, with a number and nothing else."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        secure, started = scope.get("scheme") in ("https", "wss"), False

        async def with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] in _STARTS:
                started = True
                headers = MutableHeaders(raw=list(message.get("headers", [])))
                _complete(headers, secure=secure)
                message = {**message, "headers": headers.raw}
            await send(message)

        try:
            await self._app(scope, receive, with_headers)
        except Exception as error:
            number = incidents.note(error)
            if not started and scope["type"] == "http":
                await plain(500, "gate.incident", number=number)(scope, receive, with_headers)
        return None


def _complete(headers: MutableHeaders, *, secure: bool) -> None:
    for name, value in _HEADERS.items():
        headers[name] = value
    if secure:
        headers["Strict-Transport-Security"] = _HSTS
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:
        # Streamlit sets cookies of its own, and knows nothing of the proxy that speaks https for it
        bare = secure and "; secure" not in cookie.lower()
        headers.append("set-cookie", f"{cookie}; Secure" if bare else cookie)
