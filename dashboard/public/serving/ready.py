"""Small files of the site, kept in memory as they are sent; the least recently used go first.

A file whose content is not what the release wrote is never sent.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.types import Message

from dashboard.public.serving.addresses import File
from dashboard.public.serving.answers import COMMON, Header, kind_of, policy, started

__all__ = ["FRESH", "LARGE", "PERMANENT", "Altered", "Copy", "Kept", "Ready", "facts_of", "same"]

LARGE = 256 * 1024  # bytes; what is larger is sent from the disk
_MOST = 256 * 2**20  # bytes in memory
_AROUND = 4096  # bytes of memory, roughly, that a copy's headers take
_TEXT = {".html", ".css", ".js", ".json", ".csv", ".txt", ".xml", ".svg"}
_HASHED = re.compile(r"\.[0-9a-f]{8,}\.")  # a name that changes with what is in the file

_FOR_EVER = b"public, max-age=31536000, immutable"
_A_DAY = b"public, max-age=86400"  # a release stays as it is, unless it had to be made again
FRESH, PERMANENT = 0, 1  # whether an address may lead to something else after the next release


class Altered(Exception):
    """A file that is not what the release wrote."""


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """A file in one encoding as messages to send: whole and unchanged, each at a FRESH and a PERMANENT address."""

    tag: bytes
    whole: tuple[Message, Message]
    same: tuple[Message, Message]
    body: Message
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A file in the encodings there are of it."""

    plain: Copy
    packed: Copy | None


def same(asked: bytes, tag: bytes) -> bool:
    """Whether If-None-Match names a copy, by the weak comparison (RFC 9110, 13.1.2)."""
    return asked == tag or asked == b"*" or tag in (one.strip().removeprefix(b"W/") for one in asked.split(b","))


def facts_of(file: File, *, tag: bytes, permanent: int) -> list[Header]:
    """The headers of a file that are the same whatever is sent of it."""
    ending = file.kind
    return [
        (b"content-type", kind_of(file.address, ending)),
        (b"etag", tag),
        (b"cache-control", _kept_for(file, permanent)),
        (b"vary", b"Accept-Encoding"),
        *policy(ending, embedded=file.address.endswith("/embed/index.html")),
        *COMMON,
    ]


def _kept_for(file: File, permanent: int) -> bytes:
    if _HASHED.search(file.address):
        return _FOR_EVER
    if permanent:
        return _A_DAY
    if file.address.startswith("/assets/"):
        return b"public, max-age=3600, stale-while-revalidate=86400"
    return b"public, max-age=60, stale-while-revalidate=600"


def _copy(file: File, body: bytes, *, tag: bytes, encoding: Sequence[Header] = ()) -> Copy:
    length = (b"content-length", str(len(body)).encode())
    facts = [facts_of(file, tag=tag, permanent=each) for each in (FRESH, PERMANENT)]
    whole = [started(200, [*each, *encoding, length], secure=False) for each in facts]
    unchanged = [started(304, each, secure=False) for each in facts]
    message: Message = {"type": "http.response.body", "body": body}
    return Copy(tag, (whole[0], whole[1]), (unchanged[0], unchanged[1]), message, len(body) + _AROUND)


def _read(file: File) -> Ready:
    """A file from the disk. Raises OSError, Altered."""
    body = Path(file.path).read_bytes()
    digest = hashlib.sha256(body).hexdigest()
    if digest != (file.sha256 or digest) or len(body) != file.size:
        raise Altered(file.address)
    tag = digest[:32]
    packed = _packed(file, body)
    return Ready(
        _copy(file, body, tag=f'"{tag}"'.encode()),
        _copy(file, packed, tag=f'"{tag}-gz"'.encode(), encoding=[(b"content-encoding", b"gzip")]) if packed else None,
    )


def _packed(file: File, body: bytes) -> bytes:
    """The file in gzip, as it lies beside it where that unpacks to the same; empty where it is not worth it."""
    if file.packed:
        try:
            beside = Path(file.path + ".gz").read_bytes()
            if zlib.decompressobj(31).decompress(beside, len(body) + 1) == body:
                return beside
        except (OSError, zlib.error):
            pass
    if file.kind not in _TEXT:
        return b""
    made = gzip.compress(body, 6, mtime=0)
    return made if len(made) < len(body) else b""


class Kept:
    """Files in memory. Used by one event loop; the disk is read beside it."""

    def __init__(self, most: int = _MOST) -> None:
        self._most, self._bytes = most, 0
        self._ready: OrderedDict[File, Ready] = OrderedDict()

    def get(self, file: File) -> Ready | None:
        """A file that is in memory."""
        found = self._ready.get(file)
        if found is not None:
            self._ready.move_to_end(file)
        return found

    async def read(self, file: File) -> Ready:
        """A file that is not, kept from now on. Raises OSError, Altered."""
        made = await asyncio.to_thread(_read, file)
        if file not in self._ready:
            self._bytes += _size(made)
        self._ready[file] = made
        while self._bytes > self._most and len(self._ready) > 1:
            self._bytes -= _size(self._ready.popitem(last=False)[1])
        return made

    @property
    def bytes(self) -> int:
        """What they take, roughly."""
        return self._bytes

    def __len__(self) -> int:
        return len(self._ready)


def _size(ready: Ready) -> int:
    return ready.plain.size + (ready.packed.size if ready.packed else 0)
