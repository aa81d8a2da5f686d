"""Parts of the site that take a while to load: made when they are first asked for, beside the loop that answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Part", "Unmade"]

_log = logging.getLogger("zhibiao")


class Unmade(Exception):
    """A part that could not be made."""


class Part:
    """An ASGI app in the making; its own lifespan begins with the first request and ends with the server's."""

    def __init__(self, make: Callable[[], ASGIApp]) -> None:
        self._make = make
        self._app: ASGIApp | None = None
        self._failed = False
        self._making = asyncio.Lock()
        self._told: asyncio.Queue[Message] = asyncio.Queue()
        self._living: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises Unmade."""
        app = self._app or await self.made()
        await app(scope, receive, send)

    async def made(self) -> ASGIApp:
        """The app, once it is ready. Raises Unmade, and makes no second attempt."""
        async with self._making:
            if self._failed:
                raise Unmade
            if self._app is None:
                try:
                    app = await asyncio.to_thread(self._make)
                    await self._begin(app)
                except Exception as error:
                    self._failed = True
                    _log.error("public: a part of the site could not be loaded", exc_info=error)
                    raise Unmade from error
                self._app = app
            return self._app

    async def _begin(self, app: ASGIApp) -> None:
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def send(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete" and not begun.done():
                begun.set_result(None)
            elif message["type"] == "lifespan.startup.failed" and not begun.done():
                begun.set_exception(RuntimeError(message.get("message", "")))

        async def live() -> None:
            scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": {}}
            try:
                await app(scope, self._told.get, send)
            except Exception:
                if begun.done():
                    raise
            finally:
                if not begun.done():  # an app that knows no lifespan
                    begun.set_result(None)

        self._told.put_nowait({"type": "lifespan.startup"})
        self._living = asyncio.create_task(live())
        await begun

    async def close(self) -> None:
        """End its lifespan."""
        if self._living is None:
            return
        self._told.put_nowait({"type": "lifespan.shutdown"})
        with suppress(asyncio.TimeoutError, Exception):
            await asyncio.wait_for(self._living, 5)
