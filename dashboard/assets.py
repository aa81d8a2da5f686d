"""Our own style sheet and script, as the browser fetches them: once for each version of the program."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dashboard import look

__all__ = ["SCRIPT", "STYLE", "routes", "script_tag", "style_tag"]

SCRIPT, STYLE = "/zhibiao.js", "/zhibiao.css"
_BROWSER = Path(__file__).with_name("browser")
_KEPT = "private, max-age=31536000, immutable"  # under the address of its version


@cache
def _script() -> bytes:
    """Each file in a block of its own, so that none sees another's names."""
    blocks = (f"{{\n{file.read_text(encoding='utf-8')}}}\n" for file in sorted(_BROWSER.glob("*.js")))
    return ('"use strict";\n' + "".join(blocks)).encode()


@cache
def _address(path: str) -> str:
    raw = _script() if path == SCRIPT else look.sheet()
    return f"{path}?v={hashlib.sha256(raw).hexdigest()[:12]}"


def script_tag() -> str:
    return f'<script src="{_address(SCRIPT)}"></script>'


def style_tag() -> str:
    return f'<link rel="stylesheet" href="{_address(STYLE)}">'


def _answer(request: Request, raw: bytes, kind: str) -> Response:
    here = f"{request.url.path}?{request.url.query}" == _address(request.url.path)
    return Response(raw, media_type=kind, headers={"Cache-Control": _KEPT if here else "no-cache"})


async def _script_answer(request: Request) -> Response:
    return _answer(request, _script(), "text/javascript")


async def _style_answer(request: Request) -> Response:
    return _answer(request, look.sheet(), "text/css")


def routes() -> list[Route]:
    return [Route(SCRIPT, _script_answer), Route(STYLE, _style_answer)]
