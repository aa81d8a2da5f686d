"""Refusals in plain words, for whoever stands before pages: they know nothing of a store or of who asks."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from dashboard.i18n import LANGUAGES, words

__all__ = ["plain", "refuse"]


def plain(status: int, key: str, *, seconds: float = 0, **facts: object) -> Response:
    """A refusal in plain words, in both languages; `seconds` until it may be tried again."""
    text = "\n".join(words(language)(key, **facts) for language in LANGUAGES)
    headers = {"Cache-Control": "no-store"}
    if seconds:
        headers["Retry-After"] = str(int(seconds) + 1)
    return PlainTextResponse(text + "\n", status, headers)


async def refuse(refusal: Response, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer a request with a refusal, or close a socket that was not accepted yet with it."""
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await receive()
        return await send({"type": "websocket.close", "code": 1008})  # before it was accepted: 403
    await refusal(scope, receive, send)
    return None
