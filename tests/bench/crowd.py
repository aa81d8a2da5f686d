"""Readers before a server, each with a socket of their own, who ask for their next page once they have the last.

`python -m tests.bench.crowd` reads what to do on standard input and writes what came of it on standard output, both as
JSON. It looks at frames and does not parse them, so that what it takes itself stays small.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.wire import rerun

__all__ = ["Asked", "Reader", "crowd"]

ROOT = Path(__file__).resolve().parents[2]
_SHORT = 200  # bytes: what says that a run is finished is shorter
_PATIENCE = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Reader:
    """Someone with a browser open: the cookies it holds and the pages it asks for in turn, as (name, query)."""

    cookie: str
    pages: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of a crowd: seconds and bytes of each first run and of each rerun, and how long the reruns took."""

    first: list[float]
    first_bytes: list[int]
    reruns: list[float]
    rerun_bytes: list[int]
    messages: list[int]
    seconds: float

    @property
    def rate(self) -> float:
        """Reruns a second."""
        return len(self.reruns) / self.seconds


def crowd(url: str, readers: Sequence[Reader], *, seconds: float, most: int = 1_000_000, queued: bool = False) -> Asked:
    """Have readers ask for so many seconds, or so often together, in a process of their own.

    `queued`: one comes when the one before has gone, and each asks for every page of theirs once.
    """
    order = {"url": url, "readers": [asdict(one) for one in readers], "seconds": seconds, "most": most}
    order["queued"] = queued
    command = [sys.executable, "-m", "tests.bench.crowd"]
    done = subprocess.run(command, cwd=ROOT, input=json.dumps(order), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return Asked(**json.loads(done.stdout))


# -- in its own process ------------------------------------------------------------------------------------


async def _run(socket: ClientConnection, page: tuple[str, str]) -> tuple[float, int, int]:
    """One run: its seconds, bytes and messages."""
    start, size, count = time.perf_counter(), 0, 0
    await socket.send(rerun(page[0], query=page[1]).SerializeToString())
    while True:
        frame = await asyncio.wait_for(socket.recv(decode=False), _PATIENCE)
        size, count = size + len(frame), count + 1
        if len(frame) < _SHORT:
            told = ForwardMsg.FromString(frame)
            if told.WhichOneof("type") == "script_finished":
                assert told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY, told
                return time.perf_counter() - start, size, count


async def _read(url: str, one: Reader, found: Asked, ready: Callable[[], Awaitable[bool]]) -> None:
    """A reader's visit: the first page, and once `ready` gives way, the next ones for as long as it says."""
    async with connect(
        url.replace("http", "ws") + "/_stcore/stream",
        additional_headers=[("Cookie", one.cookie)] if one.cookie else [],
        origin=url,  # type: ignore[arg-type]
        subprotocols=["streamlit"],  # type: ignore[list-item]
        max_size=None,
        proxy=None,
        ping_interval=None,
        open_timeout=_PATIENCE,
    ) as socket:
        seconds, size, _ = await _run(socket, one.pages[0])
        found.first.append(seconds)
        found.first_bytes.append(size)
        turn = 0
        while await ready():
            turn += 1
            seconds, size, count = await _run(socket, one.pages[turn % len(one.pages)])
            found.reruns.append(seconds)
            found.rerun_bytes.append(size)
            found.messages.append(count)


async def _together(url: str, readers: Sequence[Reader], found: Asked, *, seconds: float, most: int) -> float:
    """All readers at once: seconds from when each had its first page until the last had its last."""
    here, start = 0, asyncio.Event()
    began = 0.0

    async def ready(first: list[bool]) -> bool:
        nonlocal here, began
        if first:
            first.clear()
            here += 1
            if here == len(readers):
                began = time.perf_counter()
                start.set()
            await start.wait()
        return time.perf_counter() < began + seconds and len(found.reruns) < most

    await asyncio.gather(*(_read(url, one, found, partial(ready, [True])) for one in readers))
    return time.perf_counter() - began


async def _queued(url: str, readers: Sequence[Reader], found: Asked) -> float:
    start = time.perf_counter()
    for one in readers:
        left = iter(one.pages[1:])

        async def ready(left: Iterator[object] = left) -> bool:
            return next(left, None) is not None

        await _read(url, one, found, ready)
    return time.perf_counter() - start


async def _main(order: dict[str, Any]) -> Asked:
    readers, found = [Reader(**one) for one in order["readers"]], Asked([], [], [], [], [], 0.0)
    if order["queued"]:
        seconds = await _queued(order["url"], readers, found)
    else:
        how = {name: order[name] for name in ("seconds", "most")}
        seconds = await _together(order["url"], readers, found, **how)
    return replace(found, seconds=seconds)


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(_main(json.load(sys.stdin))))))
