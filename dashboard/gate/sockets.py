"""One page's socket, guarded: each message is looked at, and asked about, before anything of it runs."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from types import TracebackType
from typing import Any, Self

from starlette.types import Message, Receive, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard import session
from dashboard.gate import messages as said
from dashboard.gate.limits import Buckets
from ingest.accounts.sessions import Session

__all__ = ["ENDED", "Guarded", "Opened"]

ENDED = 4401  # the close code that says: sign in again
_LOOK = 5.0  # seconds after which a silent socket's session is looked up again
_LONGEST_WAIT = 20.0  # seconds that a message too many may be kept waiting

_log = logging.getLogger("zhibiao")


class Opened:
    """Which Streamlit sessions each of our sessions has open now."""

    def __init__(self) -> None:
        self._held: Counter[tuple[str, str]] = Counter()

    def add(self, ours: str, streamlits: str) -> None:
        self._held[ours, streamlits] += 1

    def remove(self, ours: str, streamlits: str) -> None:
        self._held[ours, streamlits] -= 1
        if self._held[ours, streamlits] <= 0:
            del self._held[ours, streamlits]

    def by(self, ours: str, streamlits: str) -> bool:
        return (ours, streamlits) in self._held


class Guarded:
    """Stands between the server and Streamlit for one socket; use `receive` and `send` inside `async with`."""

    def __init__(
        self, receive: Receive, send: Send, *, token: str, asking: Session, messages: Buckets, opened: Opened
    ) -> None:
        self._receive, self._send = receive, send
        self._token, self._asking = token, asking
        self._messages, self._opened = messages, opened
        self._pending: asyncio.Task[Any] | None = None
        self._streamlits = ""  # the Streamlit session of this socket, once it is known
        self._over = False
        self._warned = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._over = True
        if self._pending:
            self._pending.cancel()
        if self._streamlits:
            self._opened.remove(self._asking.id, self._streamlits)

    # -- from the browser --------------------------------------------------------------------------------------

    async def receive(self) -> Message:
        while not self._over:
            message = await self._next()
            if message is None:
                return await self._close(ENDED)
            if message["type"] != "websocket.receive":
                return message
            verdict = await self._judged(message)
            if verdict is True:
                return message
            if verdict is not False:
                return await self._close(verdict)
        return {"type": "websocket.disconnect", "code": 1006}

    async def _next(self) -> Message | None:
        """The next message; None once the session ended while nothing was said."""
        self._pending = self._pending or asyncio.ensure_future(self._receive())
        while not (await asyncio.wait({self._pending}, timeout=_LOOK))[0]:
            if self._session(used=False) is None:
                return None
        message: Message = self._pending.result()
        self._pending = None
        return message

    async def _judged(self, message: Message) -> bool | int:
        """True to pass it on, False to drop it, or the code to close with."""
        read = said.read(message)
        if isinstance(read, int):
            return read
        kind = said.kind_of(read)
        if self._session(used=said.of_the_reader(read, kind)) is None:
            return ENDED
        wait = self._messages.take(self._asking.user.name, at_most_wait=_LONGEST_WAIT)
        if wait > _LONGEST_WAIT:
            return said.TOO_MANY
        if wait:
            await asyncio.sleep(wait)
            if self._session(used=False) is None:
                return ENDED
        return said.allowed(read, kind) or self._dropped(kind)

    def _dropped(self, kind: str) -> bool:
        if not self._warned:  # once a socket, whatever it goes on to send
            self._warned = True
            _log.warning("dropped a message %s of %r", kind or "of no kind", self._asking.user.name)
        return False

    def _session(self, *, used: bool) -> Session | None:
        """The session as it stands now, where it is still the one that opened this socket, of the same standing."""
        found = session.place().sessions.of(self._token, used=used)
        return found if found and found.user == self._asking.user else None

    async def _close(self, code: int) -> Message:
        if not self._over:
            self._over = True
            await self._send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}

    # -- to the browser ----------------------------------------------------------------------------------------

    async def send(self, message: Message) -> None:
        if self._over:  # Streamlit may still be drawing
            return
        if message["type"] == "websocket.close":
            self._over = True
        elif not self._streamlits and message["type"] == "websocket.send":
            self._learn(message.get("bytes") or b"")
        await self._send(message)

    def _learn(self, raw: bytes) -> None:
        """Streamlit tells the page which of its sessions it is in; files may be sent into that one only."""
        told = ForwardMsg.FromString(raw)
        if told.WhichOneof("type") == "new_session":
            self._streamlits = told.new_session.initialize.session_id
            self._opened.add(self._asking.id, self._streamlits)
