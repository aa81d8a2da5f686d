"""Connections as they come in: only so many from one address, and none that says nothing for long."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from dashboard.gate.limits import neighbourhood
from dashboard.public.serving.answers import COMMON, policy
from ingest.hosts import is_loopback

__all__ = ["HEAD_SECONDS", "held_to"]

HEAD_SECONDS = 15.0  # from a connection's first silence, or a request's first byte, to the end of its headers


def held_to(most: int) -> type[H11Protocol]:
    """uvicorn's own protocol with room for `most` connections of one address at a time.

    A proxy on this machine brings everybody's and is not counted.
    """
    held: Counter[str] = Counter()

    class Held(H11Protocol):
        _place = ""
        _timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            address = self.client[0] if self.client else ""
            if address and not is_loopback(address):
                self._place = neighbourhood(address)
                held[self._place] += 1
                if held[self._place] > most:
                    return transport.abort()
            self._wait()
            return None

        def connection_lost(self, exc: Exception | None) -> None:
            self._leave()
            super().connection_lost(exc)

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.transport.is_closing() or (self.cycle is not None and not self.cycle.response_complete):
                self._stop()
            elif self.conn.their_state is h11.IDLE:  # in the midst of a request's head
                self._wait()

        def handle_websocket_upgrade(self, event: h11.Request) -> None:
            self._leave()
            super().handle_websocket_upgrade(event)

        def send_400_response(self, msg: str) -> None:
            """What is no request at all is answered with what stands on every answer."""
            headers: Iterable[Any] = (
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"cache-control", b"no-store"),
                (b"connection", b"close"),
                *policy(""),
                *COMMON,
            )
            said: tuple[Any, ...] = (
                h11.Response(status_code=400, headers=list(headers), reason=b"Bad Request"),
                h11.Data(data=msg.encode("ascii")),
                h11.EndOfMessage(),
            )
            for event in said:
                self.transport.write(self.conn.send(event) or b"")
            self.transport.close()

        def _wait(self) -> None:
            if self._timer is None:
                self._timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

        def _stop(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

        def _give_up(self) -> None:
            self._timer = None
            if self.cycle is None or self.cycle.response_complete:
                self.transport.close()

        def _leave(self) -> None:
            self._stop()
            if self._place:
                held[self._place] -= 1
                if not held[self._place]:
                    del held[self._place]
                self._place = ""

    return Held
