"""Streamlit's own scripts and styles, packed once and sent from memory; and which of them a page will need.

Streamlit reads each file anew for every browser and sends it as it is, 4 MB in a hundred files for a page with a chart.
It asks for the parts of a page only once the page has begun to be drawn; named in the index page, they come meanwhile.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit import file_util

__all__ = ["Packed", "pack", "preloads"]

_FILE = re.compile(r"/static/((?:js|css)/[A-Za-z0-9_-][A-Za-z0-9._-]*\.(?:js|css))")
_IMPORTED = re.compile(r"""(?:from|import)\s*["']\./([A-Za-z0-9._-]+\.js)["']""")
_KINDS = {".js": "text/javascript", ".css": "text/css"}
_HEADERS = {  # the name of a file changes with what is in it
    "Cache-Control": "public, immutable, max-age=31536000",
    "Content-Encoding": "gzip",
    "Vary": "Accept-Encoding",
}
# what our pages are made of, as Streamlit calls it
_EVERYWHERE = ("Html", "Selectbox")
_CHARTS = (*_EVERYWHERE, "ArrowVegaLiteChart")


class Packed:
    """ASGI middleware: answers for Streamlit's scripts and styles where the browser can unpack them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"].startswith("/static/"):
            unpacks = "gzip" in Headers(scope=scope).get("accept-encoding", "")
            found = _packed(scope["path"]) if unpacks else None
            if found is not None:
                kind = _KINDS[Path(scope["path"]).suffix]
                return await Response(found, media_type=kind, headers=_HEADERS)(scope, receive, send)
        return await self._app(scope, receive, send)


def _folder() -> Path:
    return Path(file_util.get_static_dir()) / "static"


@lru_cache(maxsize=512)
def _packed(path: str) -> bytes | None:
    """A file as it is sent; None where Streamlit has none of that name."""
    named = _FILE.fullmatch(path)
    file = _folder() / named[1] if named else None
    return gzip.compress(file.read_bytes(), mtime=0) if file and file.is_file() else None


def pack() -> None:
    """Pack what every page needs before anybody asks for it."""
    index = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    named = re.findall(r'"\./(static/(?:js|css)/[^"]+)"', index)
    for path in (*(f"/{name}" for name in named), *preloads(charts=True)):
        _packed(path)


@cache
def preloads(*, charts: bool) -> tuple[str, ...]:
    """The addresses of the scripts that a page asks for while it is drawn, with all that they import themselves."""
    folder = _folder() / "js"
    first = [file.name for part in (_CHARTS if charts else _EVERYWHERE) for file in sorted(folder.glob(f"{part}.*.js"))]
    return tuple(f"/static/js/{name}" for name in _with_imports(folder, first))


def _with_imports(folder: Path, names: Iterable[str]) -> Iterator[str]:
    waiting, seen = list(names), set[str]()
    while waiting:
        name = waiting.pop(0)
        if name not in seen and (folder / name).is_file():
            seen.add(name)
            waiting += _IMPORTED.findall((folder / name).read_text(encoding="utf-8"))
            yield name
