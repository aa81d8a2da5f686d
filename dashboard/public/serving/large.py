"""Large files of the site, sent from the disk a piece at a time, whole or from where a reader left off."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os
import re
import zlib
from collections import OrderedDict
from typing import IO

from starlette.types import Scope, Send

from dashboard.public.serving.addresses import File
from dashboard.public.serving.answers import EMPTY, Header, answer, started
from dashboard.public.serving.asked import Asked
from dashboard.public.serving.ready import Altered, facts_of, same

__all__ = ["Large"]

_PIECE = 256 * 1024  # bytes
_PATIENCE = 60.0  # seconds that a reader may take for a piece
_REMEMBERED = 2_000
_RANGE = re.compile(rb"bytes=(\d{0,18})-(\d{0,18})")


class Large:
    """What is known of large files: their content's hash, looked at once each, and whether gzip beside them is true."""

    def __init__(self) -> None:
        self._known: OrderedDict[File, tuple[str, bool]] = OrderedDict()

    async def send(self, scope: Scope, send: Send, file: File, asked: Asked, *, permanent: int) -> None:
        """Answer for a file. Raises OSError, Altered where nothing has been said yet."""
        digest, packed = await self._facts(file)
        packed = packed and asked.unpacks and not asked.reach
        tag = f'"{digest[:32]}{"-gz" if packed else ""}"'.encode()
        headers = [*facts_of(file, tag=tag, permanent=permanent), (b"accept-ranges", b"bytes")]
        secure = scope.get("scheme") == "https"
        if asked.tags and same(asked.tags, tag):
            await send(started(304, headers, secure=secure))
            return await send(EMPTY)
        size = file.packed if packed else file.size
        first, last = 0, size - 1
        status, more = 200, list[Header]()
        found = _RANGE.fullmatch(asked.reach) if asked.if_range in (b"", tag) else None
        if found and (found[1] or found[2]):
            first, last = _between(found, size)
            if first > last:
                unsatisfied = [(b"content-range", f"bytes */{size}".encode()), (b"cache-control", b"no-store")]
                return await answer(scope, send, status=416, headers=unsatisfied)
            status, more = 206, [(b"content-range", f"bytes {first}-{last}/{size}".encode())]
        if packed:
            more.append((b"content-encoding", b"gzip"))
        more.append((b"content-length", str(last - first + 1).encode()))
        path = file.path + (".gz" if packed else "")
        opened = await asyncio.to_thread(open, path, "rb")
        try:
            await send(started(status, [*headers, *more], secure=secure))
            if scope["method"] == "HEAD":
                return await send(EMPTY)
            return await _pour(send, opened, first=first, left=last - first + 1)
        except (OSError, Altered):  # begun, and not to be finished: the connection is closed on it
            return None
        finally:
            await asyncio.to_thread(opened.close)

    async def _facts(self, file: File) -> tuple[str, bool]:
        known = self._known.get(file)
        if known is None:
            known = await asyncio.to_thread(_looked_at, file)
            self._known[file] = known
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return known


def _between(found: re.Match[bytes], size: int) -> tuple[int, int]:
    """First and last byte of a range; the first is beyond the last where there is none of it."""
    if not found[1]:  # the last so many
        return (max(0, size - int(found[2])), size - 1) if int(found[2]) else (size, size - 1)
    return int(found[1]), min(int(found[2]) if found[2] else size - 1, size - 1)


async def _pour(send: Send, opened: IO[bytes], *, first: int, left: int) -> None:
    await asyncio.to_thread(opened.seek, first)
    while left > 0:
        piece = await asyncio.to_thread(opened.read, min(_PIECE, left))
        if not piece:
            raise Altered(opened.name)
        left -= len(piece)
        # whoever stops reading gives up their place
        async with asyncio.timeout(_PATIENCE):
            await send({"type": "http.response.body", "body": piece, "more_body": left > 0})


def _looked_at(file: File) -> tuple[str, bool]:
    """SHA-256 (hex), and whether the gzip beside it unpacks to the same. Raises OSError, Altered."""
    with open(file.path, "rb") as opened:
        size = os.fstat(opened.fileno()).st_size
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    if digest != (file.sha256 or digest) or size != file.size:
        raise Altered(file.address)
    return digest, bool(file.packed) and _unpacked(file) == digest


def _unpacked(file: File) -> str:
    found, size = hashlib.sha256(), 0
    try:
        with gzip.open(file.path + ".gz", "rb") as opened:
            while size <= file.size and (piece := opened.read(_PIECE)):
                found.update(piece)
                size += len(piece)
    except (OSError, EOFError, zlib.error):
        return ""
    return found.hexdigest()
