"""What the gate costs each message, against the rerun of a stock Streamlit page that the message asks for."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from starlette.types import Message
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.gate.limits import Buckets
from dashboard.gate.sockets import Guarded, Opened
from indicators.store import Store
from ingest.accounts.sessions import Means
from ingest.people import Role, User
from ingest.settings import load
from ingest.terminal import Place
from ingest.workflow import add_person
from tests.bench.overview import _stock
from tests.bench.timing import by_turns, within
from tests.wire import rerun

_MESSAGES = 500
_WIDGETS = 40  # of a page that is full of them


async def _sent(_: Message) -> None:
    return None


def _raw() -> bytes:
    message = rerun("submit", query="plan=chengdu-145&as_of=2024-12-31")
    for number in range(_WIDGETS):
        typed = "2024年末" * 8
        message.rerun_script.widget_states.widgets.add(id=f"$$ID-{number:032x}-key_{number}", string_value=typed)
    return message.SerializeToString()


async def _through(receive: Callable[[], object]) -> float:
    start = time.perf_counter()
    for _ in range(_MESSAGES):
        await receive()  # type: ignore[misc]
    return (time.perf_counter() - start) / _MESSAGES


def bench() -> None:
    raw = _raw()
    with tempfile.TemporaryDirectory() as folder:
        settings = load(home=Path(folder))
        store = Store(":memory:")
        place = Place(store, settings, settings.at())
        root = User("root", Role.OPERATOR)
        add_person(store, name="li", role=Role.REVIEWER, organisation="", active=True, user=root)
        token = place.sessions.begin("li", means=Means.PASSWORD)
        asking = place.sessions.of(token)
        assert asking is not None

        async def receive() -> Message:
            await asyncio.sleep(0)
            return {"type": "websocket.receive", "bytes": raw}

        async def guarded() -> float:
            often = Buckets(1e9, 1e9)
            async with Guarded(receive, _sent, token=token, asking=asking, messages=often, opened=Opened()) as gate:
                assert (await gate.receive())["type"] == "websocket.receive"
                return await _through(gate.receive)

        def ours() -> float:
            return asyncio.run(guarded()) - asyncio.run(_through(receive))

        with session.serving(place):
            stock = AppTest.from_function(_stock, default_timeout=60).run()

            def floor() -> float:
                start = time.perf_counter()
                stock.run()
                return time.perf_counter() - start

            share, mine, least = by_turns(ours, floor, runs=20)
        print(f"gate: {mine * 1e6:.0f} µs a message against {least * 1e3:.1f} ms of a stock rerun", flush=True)
        within("the gate, share of a stock rerun", share * 100, most=5, unit="%")
        store.close()
