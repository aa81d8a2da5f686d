"""The browser's door: an ASGI app that serves the Streamlit pages, `/healthz` and the security headers.

`zhibiao serve` runs it; `streamlit run streamlit_app.py` does too, with the settings of the environment.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from streamlit import config

from dashboard import assets, oidc, session
from dashboard.gate import cookies, signing, tokens
from dashboard.gate.gate import Gate
from dashboard.gate.messages import LARGEST
from dashboard.headers import SecurityHeaders
from dashboard.index_page import IndexPage
from dashboard.offered import CHARTED
from dashboard.packed import Packed
from dashboard.rendering import rendering
from dashboard.warm import warming
from ingest import demo, log, startup
from ingest.hosts import is_loopback
from ingest.owner import listening, opened
from ingest.publishing import publishing
from ingest.settings import Home, Settings, load
from ingest.terminal import Place

__all__ = ["app", "configure", "options", "serve"]

_ROOT = Path(__file__).resolve().parent


def options() -> dict[str, object]:
    """Streamlit's options that security rests on, as they are in force."""
    return {name: config.get_option(name) for name in startup.OPTIONS}


@contextmanager
def _place(settings: Settings, home: Home) -> Iterator[Place]:
    """The store opened, filled where it is the demonstration, and offered to terminal and pages."""
    log.install(secrets=settings.secrets())
    startup.demand(startup.option_checks(options(), settings, demo=home.demo))
    if home.demo:
        demo.renew(home)
    with opened(home) as store:
        render = rendering(settings.public_url)
        place = Place(store, settings, home, render)
        if home.demo:
            demo.build(store, settings, home)
        aside = publishing(store, settings, home, render=render) if settings.public_side else nullcontext()
        with listening(place), session.serving(place), warming(store), aside:
            yield place


@asynccontextmanager
async def _lifespan(_: st.App) -> AsyncIterator[None]:
    if session.has_place():  # opened before the server started, so that a refusal is one clear line
        yield
        return
    settings = load()
    startup.demand(startup.checks(settings, settings.at()))
    with _place(settings, settings.at()):
        yield


async def _healthz(request: Request) -> JSONResponse:
    """Whether the server lives; to whoever is signed in, also the number of the ledger's last entry."""
    here = session.place()
    known = here.sessions.of(cookies.token_of(request.headers), used=False)
    return JSONResponse({"status": "ok", **({"entry": here.store.last_entry()} if known else {})})


def _incident(error: Exception) -> bool:
    if isinstance(error, session.SignedOut):  # ended while the page was drawn; its socket closes at the next look
        st.error(error.zh + " " + error.en)
    else:
        session.report(error)
    return True


_INDEX = Middleware(IndexPage, usual=lambda: session.place().settings.language, charted=CHARTED)
app = st.App(
    _ROOT / "dashboard" / "main.py",
    lifespan=_lifespan,
    routes=[Route("/healthz", _healthz), *assets.routes(), *signing.routes(), *oidc.routes()],
    middleware=[Middleware(SecurityHeaders), Middleware(Gate), _INDEX, Middleware(Packed)],
    on_script_error=_incident,
)


def _free(host: str, port: int) -> bool:
    """Whether the port can be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True


def serve(settings: Settings, *, host: str | None = None, port: int | None = None) -> int:
    """Run the server until it is stopped; returns the exit code."""
    host, port = host or settings.host, port or settings.port
    if settings.demo and not is_loopback(host):
        print(f"zhibiao: the demonstration only serves this machine, not {host}", file=sys.stderr)
        return 2
    if not _free(host, port):
        print(f"zhibiao: port {port} on {host} is taken; choose another with --port", file=sys.stderr)
        return 2
    # a polite stop unwinds like any other: the store is closed and the socket removed
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # pages are drawn by threads beside the one that answers everybody; it must not wait its turn for long
    sys.setswitchinterval(0.0005)
    home = settings.at()
    startup.demand(startup.checks(settings.model_copy(update={"host": host}), home))
    configure(settings, host=host, port=port)
    with _place(settings, home):
        name = f"[{host}]" if ":" in host else host
        print(f"指标 Zhibiao: http://{name}:{port}{'  (示例数据 demonstration)' if home.demo else ''}", flush=True)
        config.set_option("server.cookieSecret", tokens.cookie_secret())
        uvicorn.run(
            app,
            host=host,
            port=port,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=5,
            ws_max_size=LARGEST,
            forwarded_allow_ips=["127.0.0.1", "::1"],  # of a proxy on this machine only
        )
    return 0


def configure(settings: Settings, *, host: str, port: int) -> None:
    """Set the options of Streamlit that are ours to say."""
    os.chdir(_ROOT)  # where .streamlit/config.toml is
    config.set_option("server.port", port)
    config.set_option("server.address", host)
    config.set_option("server.allowedHosts", sorted({host, *settings.public_hosts, "127.0.0.1", "localhost", "::1"}))
