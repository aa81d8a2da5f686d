"""`zhibiao serve --public`: the public site in a process of its own, which holds no secret and reads one folder."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.i18n import LANGUAGES, words
from dashboard.public.serving.app import PublicSite
from dashboard.public.serving.connections import held_to
from dashboard.public.serving.watch import Watch
from ingest.public_settings import PublicSettings, demand

__all__ = ["public_site", "serve"]

# the Streamlit page, its socket, the scripts that Streamlit brings, our own style sheet and script on it
_EXPLORED = ("/explore", "/_stcore", "/static", "/zhibiao.css", "/zhibiao.js", "/favicon.png")
_MESSAGE = 256 * 1024  # bytes that a reader's browser may say at once over a socket
_NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS of linux/prctl.h


def public_site(settings: PublicSettings) -> ASGIApp:
    """The site with everything on it."""
    watch = Watch(settings.folder)
    return PublicSite(settings, watch, parts=_parts(settings, watch))


def _parts(settings: PublicSettings, watch: Watch) -> Mapping[str, Callable[[], ASGIApp]]:
    """What answers below an address. Its libraries are loaded when it is first asked for, not before the first page."""

    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = settings.url or f"http://{name}:{settings.port}/"

    def api() -> ASGIApp:
        from dashboard.public.api import api

        return _below("/api/v1", api(watch.snapshot, release=watch.released, url=url))

    def explore() -> ASGIApp:
        from dashboard.public.explore import explore
        from dashboard.public.serving.books import Books

        return explore(Books(watch.snapshot, url=url).current, hosts=sorted(settings.names()))

    return {"/api/v1": api, **dict.fromkeys(_EXPLORED, explore)}


def _below(address: str, app: ASGIApp) -> ASGIApp:
    """An app that is told it stands below an address."""

    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            scope = {**scope, "root_path": scope.get("root_path", "") + address}
        await app(scope, receive, send)

    return mounted


def serve(settings: PublicSettings) -> int:
    """Run until stopped; returns the exit code. Raises PublicSettingsError where it must not start."""
    demand(settings)
    try:
        listening = _listening(settings.host, settings.port)
    except OSError as error:
        taken = f"{settings.host}:{settings.port}"
        said = f"不能监听 {taken}。{taken} cannot be listened on ({error.strerror}) → --port"
        print(f"zhibiao: {said}", file=sys.stderr)
        return 2
    _give_up_rights()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # a polite stop unwinds like any other
    name = f"[{settings.host}]" if ":" in settings.host else settings.host
    marks = "  (示例数据 demonstration)" if settings.demo else ""
    print(f"指标 Zhibiao 公开 public: http://{name}:{settings.port}{marks}", flush=True)
    for language in LANGUAGES:
        words(language)
    config = uvicorn.Config(
        public_site(settings),
        http=held_to(settings.connections),
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_keep_alive=20,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=16 * 1024,
        ws_max_size=_MESSAGE,
        ws_per_message_deflate=True,
        forwarded_allow_ips=["127.0.0.1", "::1"],  # of a proxy on this machine only
    )
    uvicorn.Server(config).run(sockets=[listening])
    return 0


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises OSError.

    It is told to be TCP, not left to be: asyncio lets only such a one, and what it accepts, send small pieces at once.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(2048)
    except OSError:
        made.close()
        raise
    return made


def _give_up_rights() -> None:
    """What this process never needs: files that others could read, memory on disk, rights that a program brings."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
