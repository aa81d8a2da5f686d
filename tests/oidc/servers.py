"""Small servers on loopback, and ours among them: the two routes, the way out, and nothing else."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import SimpleCookie

import httpx2
import polars as pl
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from dashboard import session
from dashboard.oidc import routes
from indicators.store import Store
from ingest.accounts.sessions import Session
from ingest.place import Place
from ingest.settings import Settings

SECRET = "a-secret-of-the-tests-and-nothing-else"
STATISTICIANS = {
    "claim": "groups",
    "value": "statisticians",
    "role": "statistician",
    "organisation": "chengdu-health",
}


def bound() -> tuple[socket.socket, str]:
    """A socket on a free port, and the address it will be served at."""
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    return taken, f"http://127.0.0.1:{taken.getsockname()[1]}"


@contextmanager
def served(app: ASGIApp, on: socket.socket) -> Iterator[None]:
    """`app`, served on a bound socket until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [on]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.005)
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        on.close()


@dataclass(frozen=True)
class Ours:
    """Our side: where it is served, and what it wrote."""

    address: str
    place: Place

    def lines(self, action: str) -> list[dict[str, object]]:
        """Lines of the ledger with that action, newest first, each with how it came out and from where."""
        ledger = self.place.store.ask("ledger", most=100).filter(pl.col("action") == action)
        seals = self.place.store.ask("seals", after=0).select("entry", "outcome", "address")
        return ledger.join(seals, on="entry", maintain_order="left").to_dicts()

    def session_in(self, answer: httpx2.Response) -> Session | None:
        """The session that an answer hands the browser."""
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                if name == "__Host-zhibiao" and morsel.value:
                    assert morsel["httponly"] and morsel["secure"] and morsel["path"] == "/"
                    return self.place.sessions.of(morsel.value)
        return None


async def _open(_: Request) -> Response:
    return PlainTextResponse("open")


@contextmanager
def ours(store: Store, settings: Settings, on: socket.socket, address: str) -> Iterator[Ours]:
    """Our routes over `store`, and one route that has nothing to do with them."""
    place = Place(store, settings, settings.at())
    everything = Starlette(routes=[*routes(settings), Route("/healthz", _open), Route("/plan", _open)])
    with session.serving(place), served(everything, on):
        yield Ours(address, place)


def browser() -> httpx2.Client:
    """Someone's browser: it keeps cookies, and is led from place to place by hand."""
    return httpx2.Client(timeout=20, trust_env=False)
