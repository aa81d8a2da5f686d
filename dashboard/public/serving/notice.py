"""Pages that the process itself must have: nothing is released yet, and there is no such page. In both languages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from dashboard.i18n import LANGUAGES, Words, words
from dashboard.public.serving.answers import Header

__all__ = ["missing", "policy", "waiting"]

_ALL = tuple(map(words, LANGUAGES))
_TAGS = {"zh": "zh-CN", "en": "en"}
_STYLE = (
    ":root{color-scheme:light dark;font:1.0625rem/1.7 system-ui,'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',"
    "sans-serif}body{margin:0}main{max-width:36rem;margin:18vh auto;padding:0 1.25rem}"
    "h1{font-size:1.375rem;line-height:1.4;margin:0 0 .5rem}p{margin:0 0 .75rem}"
    "section+section{border-top:1px solid;border-color:color-mix(in srgb,currentColor 20%,transparent);"
    "margin-top:2rem;padding-top:2rem}"
)
_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()


def policy() -> tuple[Header, ...]:
    """What a browser may do with such a page: its own style and nothing else."""
    told = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; frame-ancestors 'none'"
    return ((b"content-security-policy", told.encode()), (b"x-frame-options", b"DENY"))


@cache
def waiting() -> bytes:
    """The page until something has been released."""
    return _page([(w, w("public_server.waiting_title"), w("public_server.waiting_text")) for w in _ALL])


@cache
def missing() -> bytes:
    """The page of an address that has none, with the way to the first one."""
    return _page([(w, w("public_server.no_page"), w("public_server.no_page_text")) for w in _ALL], back="/")


def _page(said: Sequence[tuple[Words, str, str]], *, back: str = "") -> bytes:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))
    told = [
        {"tag": _TAGS[w.language], "title": title, "text": text, "back": w("public_server.first_page")}
        for w, title, text in said
    ]
    return template.render(said=told, style=Markup(_STYLE), back=back).encode()
