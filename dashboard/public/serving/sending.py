"""Sending a file of the site: whole, unchanged, or in part; from memory where it is small."""

from __future__ import annotations

import logging

from starlette.types import Scope, Send

from dashboard.gate.limits import Places, address_of, neighbourhood
from dashboard.public.serving.addresses import File
from dashboard.public.serving.answers import EMPTY, HSTS, plain
from dashboard.public.serving.asked import Asked
from dashboard.public.serving.large import Large
from dashboard.public.serving.ready import LARGE, Altered, Kept, Ready, same

__all__ = ["Site"]

_STREAMS, _STREAMS_IN_ALL = 16, 200  # large files under way, to one address and to all

_log = logging.getLogger("zhibiao")


class Site:
    """The files of every release, as they are sent."""

    def __init__(self) -> None:
        self._kept, self._large = Kept(), Large()
        self._told: set[File] = set()

    async def send(self, scope: Scope, send: Send, file: File, asked: Asked, *, permanent: int, places: Places) -> None:
        """Answer for a file at an address that is PERMANENT or FRESH."""
        ready = self._kept.get(file)
        if ready is None:
            try:
                if file.size > LARGE:
                    return await self._large_one(scope, send, file, asked, permanent=permanent, places=places)
                ready = await self._kept.read(file)
            except (OSError, Altered) as error:
                self._tell(file, error)
                return await plain(scope, send, status=503, key="public_server.unreadable", seconds=60)
        copy = ready.packed if asked.unpacks and ready.packed is not None else ready.plain
        unchanged = asked.tags and same(asked.tags, copy.tag)
        start = (copy.same if unchanged else copy.whole)[permanent]
        if scope["scheme"] == "https":
            start = {**start, "headers": [*start["headers"], HSTS]}
        await send(start)
        await send(EMPTY if unchanged or scope["method"] == "HEAD" else copy.body)
        return None

    async def read(self, file: File) -> Ready | None:
        """A small file as it is sent; None where it cannot be read."""
        try:
            return self._kept.get(file) or await self._kept.read(file)
        except (OSError, Altered) as error:
            self._tell(file, error)
            return None

    async def _large_one(
        self, scope: Scope, send: Send, file: File, asked: Asked, *, permanent: int, places: Places
    ) -> None:
        address = neighbourhood(address_of(scope))
        with places.held(stream=(address, _STREAMS), streams=("", _STREAMS_IN_ALL)) as full:
            if full:
                return await plain(scope, send, status=429, key="public_server.too_many", seconds=5)
            return await self._large.send(scope, send, file, asked, permanent=permanent)

    def _tell(self, file: File, error: Exception) -> None:
        """Say once that a file cannot be served."""
        if file not in self._told:
            self._told.add(file)
            _log.error("public: %s cannot be served: %s", file.path, type(error).__name__)
