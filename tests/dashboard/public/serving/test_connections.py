"""Connections of one address are counted, and who says nothing is not waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from uvicorn import Config
from uvicorn.server import ServerState

from dashboard.public.serving import connections

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_ASKED = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)


class Door:
    """A listening server and the lines that a test opens to it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.lines: list[Line] = []

    async def open(self) -> Line:
        self.lines.append(await asyncio.open_connection("127.0.0.1", self._port))
        return self.lines[-1]


@asynccontextmanager
async def listening(most: int) -> AsyncIterator[Door]:
    config = Config(
        PlainTextResponse("fine"), http=connections.held_to(most), log_level="critical", timeout_keep_alive=1
    )
    config.load()
    state = ServerState()

    def made() -> Any:
        return config.http_protocol_class(config=config, server_state=state, app_state={})  # type: ignore[call-arg]

    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0)
    door = Door(server.sockets[0].getsockname()[1])
    try:
        yield door
    finally:
        server.close()
        for _, writer in door.lines:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        for other in list(state.connections):
            other.transport.abort()
        await asyncio.sleep(0.01)


async def said(line: Line, raw: bytes = _ASKED) -> bytes:
    """The first of what is answered; nothing where the line was cut."""
    line[1].write(raw)
    try:
        return await asyncio.wait_for(line[0].read(15), 5)
    except ConnectionResetError:
        return b""


def test_an_address_has_so_many_connections_and_gets_them_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with listening(2) as door:
            lines = [await door.open() for _ in range(3)]
            assert [bool(await said(line)) for line in lines] == [True, True, False]
            lines[0][1].close()
            await asyncio.sleep(0.05)
            again = await door.open()
            assert await said(again)

    monkeypatch.setattr(connections, "is_loopback", lambda _: False)
    asyncio.run(story())


def test_a_proxy_on_this_machine_is_not_counted() -> None:
    async def story() -> None:
        async with listening(1) as door:
            lines = [await door.open() for _ in range(4)]
            assert all([await said(line) for line in lines])

    asyncio.run(story())


@pytest.mark.parametrize("before", [b"", b"GET / HT", _ASKED + b"GET /again"], ids=["nothing", "half", "half again"])
def test_who_says_nothing_or_half_a_thing_is_let_go(before: bytes) -> None:
    async def story() -> None:
        async with listening(9) as door:
            line = await door.open()
            if before:
                line[1].write(before)
            got = await asyncio.wait_for(line[0].read(-1), 5)  # until the line is closed on us
            assert got.startswith(b"HTTP/1.1 200") == before.startswith(_ASKED)

    asyncio.run(story())


def test_a_drop_now_and_then_keeps_no_line_open() -> None:
    async def story() -> None:
        async with listening(9) as door:
            line = await door.open()
            start = asyncio.get_running_loop().time()
            with suppress(OSError):
                for drop in b"GET / HTTP/1.1\r\nX-Slow: " + b"a" * 200:
                    line[1].write(bytes([drop]))
                    await line[1].drain()
                    await asyncio.sleep(0.02)
                    if line[0].at_eof():
                        break
            assert asyncio.get_running_loop().time() - start < 2

    asyncio.run(story())


def test_what_is_no_request_is_refused_with_the_headers_of_every_answer() -> None:
    async def story() -> None:
        async with listening(9) as door:
            line = await door.open()
            line[1].write(b"\x16\x03\x01 hello\r\n\r\n")
            got = await asyncio.wait_for(line[0].read(-1), 5)
            assert got.startswith(b"HTTP/1.1 400") and b"nosniff" in got

    asyncio.run(story())
