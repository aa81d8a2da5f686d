"""What stands on every answer of the public process, and the short answers of the process itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from starlette.types import Message, Receive, Scope, Send

from dashboard.i18n import LANGUAGES, words

__all__ = [
    "COMMON",
    "EMPTY",
    "HSTS",
    "Header",
    "answer",
    "completed",
    "kind_of",
    "plain",
    "policy",
    "refused_socket",
    "started",
]

Header = tuple[bytes, bytes]

HSTS: Header = (b"strict-transport-security", b"max-age=63072000; includeSubDomains")  # two years; by https only
EMPTY: Message = {"type": "http.response.body", "body": b""}
_ANYONE: Header = (b"access-control-allow-origin", b"*")
# nobody signs in here and everything is public, so that any site may read it; frames are another matter
COMMON: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    _ANYONE,
    (b"x-zhibiao", b"explore"),  # that the interactive page is here, which a plain web server has not
)
_OWN = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors "
)
# a picture brings its own styles and letters, and runs nothing
_PICTURE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; sandbox"
_NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; sandbox"
_KINDS = {
    ".html": b"text/html; charset=utf-8",
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".json": b"application/json; charset=utf-8",
    ".csv": b"text/csv; charset=utf-8",
    ".txt": b"text/plain; charset=utf-8",
    ".xml": b"application/xml; charset=utf-8",
    ".svg": b"image/svg+xml; charset=utf-8",
    ".png": b"image/png",
    ".ico": b"image/x-icon",
    ".woff2": b"font/woff2",
    ".xlsx": b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": b"application/vnd.apache.parquet",
    ".zip": b"application/zip",
}


def kind_of(address: str, ending: str) -> bytes:
    """The content type of a file; `ending` of its name with the dot."""
    if address.endswith("/feed.xml"):
        return b"application/atom+xml; charset=utf-8"
    return _KINDS.get(ending, b"application/octet-stream")


@cache
def policy(ending: str, *, embedded: bool = False) -> tuple[Header, ...]:
    """What a browser may do with a file of that ending; `embedded`: made to stand in pages of others."""
    if ending == ".svg":
        return ((b"content-security-policy", _PICTURE.encode()),)
    if ending != ".html":
        return ((b"content-security-policy", _NOTHING.encode()), (b"x-frame-options", b"DENY"))
    if embedded:
        return ((b"content-security-policy", f"{_OWN}*".encode()),)
    return ((b"content-security-policy", f"{_OWN}'none'".encode()), (b"x-frame-options", b"DENY"))


def started(status: int, headers: Sequence[Header], *, secure: bool) -> Message:
    """The message that begins an answer."""
    whole = [*headers, HSTS] if secure else list(headers)
    return {"type": "http.response.start", "status": status, "headers": whole}


async def answer(
    scope: Scope, send: Send, *, status: int, headers: Iterable[Header], body: bytes = b"", ending: str | None = ""
) -> None:
    """Send an answer whole, with what stands on every one. `ending` says what kind of file the body would be, which
    decides what a browser may do with it; None: `headers` say that.
    """
    length = (b"content-length", str(len(body)).encode())
    whole = [
        *headers,
        *(() if ending is None else policy(ending)),
        *COMMON,
        *(() if status in (204, 304) else (length,)),
    ]
    await send(started(status, whole, secure=scope.get("scheme") in ("https", "wss")))
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})


async def plain(
    scope: Scope, send: Send, *, status: int, key: str, seconds: float = 0, number: str = "", allow: str = ""
) -> None:
    """A refusal in plain words of both languages; `seconds` until it may be tried again, `number` of an incident."""
    headers: list[Header] = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store")]
    if seconds:
        headers.append((b"retry-after", str(int(seconds) + 1).encode()))
    if allow:
        headers.append((b"allow", allow.encode()))
    await answer(scope, send, status=status, headers=headers, body=_said(key, number))


@cache
def _text(key: str) -> str:
    return "".join(f"{words(language)(key)}\n" for language in LANGUAGES)


def _said(key: str, number: str) -> bytes:
    return (_text(key).replace("{number}", number)).encode()


def completed(message: Message, *, secure: bool) -> Message:
    """The beginning of an answer that a part of the site gives, with what stands on every one and without cookies."""
    given = [(name.lower(), value) for name, value in message.get("headers", [])]
    kept = [(name, value) for name, value in given if name not in (b"set-cookie", b"server")]
    named = {name for name, _ in kept}
    missing = [pair for pair in (*policy(""), *COMMON) if pair[0] not in named and pair is not _ANYONE]
    return {**message, "headers": [*kept, *missing, *([HSTS] if secure else ())]}


async def refused_socket(scope: Scope, receive: Receive, send: Send, *, status: int, key: str) -> None:
    """Turn a WebSocket away before it is accepted."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await receive()
        return await send({"type": "websocket.close", "code": 1008})  # before it was accepted: 403
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"cache-control", b"no-store"), *policy(""), *COMMON]
    secure = scope.get("scheme") in ("https", "wss")
    await send({**started(status, headers, secure=secure), "type": "websocket.http.response.start"})
    return await send({"type": "websocket.http.response.body", "body": _said(key, "")})
