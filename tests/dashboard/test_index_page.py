"""The index page as ours: language, title, script; everything else passes untouched."""

from __future__ import annotations

import asyncio
import gzip
import re
from dataclasses import dataclass

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message

from dashboard import assets
from dashboard.assets import SCRIPT, STYLE
from dashboard.index_page import IndexPage
from dashboard.look import enlargeable
from dashboard.offered import CHARTED
from dashboard.packed import preloads

INDEX = (
    '<!DOCTYPE html><html lang="en"><head><title>Streamlit</title></head><body><noscript>You need it</noscript>'
    + "<p>x</p>" * 500
)


async def index(_: Request) -> Response:
    return HTMLResponse(INDEX, headers={"etag": "1", "last-modified": "Sat, 21 Nov 2026 00:00:00 GMT"})


async def data(_: Request) -> Response:
    return JSONResponse({"html": '<html lang="en"><title>Streamlit</title>' * 100})


async def empty(_: Request) -> Response:
    return HTMLResponse("")


APP = Starlette(
    routes=[
        Route("/", index),
        Route("/indicator", index),
        Route("/data", data),
        Route("/empty", empty),
        *assets.routes(),
    ],
    middleware=[Middleware(IndexPage, charted=CHARTED), Middleware(GZipMiddleware)],
)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    headers: dict[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()


def get(address: str, *, method: str = "GET", **headers: str) -> Answer:
    """One request, asked without a server."""
    sent: list[Message] = []
    path, _, query = address.partition("?")
    asked = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": asked}

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(APP({**scope, "http_version": "1.1"}, receive, send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(found, b"".join(message.get("body", b"") for message in sent[1:]))


HTML = "text/html,application/xhtml+xml"


@pytest.mark.parametrize(
    ("address", "lang", "title"),
    [
        ("/", "zh-CN", "指标 Zhibiao"),
        ("/?lang=zh", "zh-CN", "指标 Zhibiao"),
        ("/?lang=en&plan=x", "en", "Zhibiao"),
        ("/?lang=%3Cscript%3E", "zh-CN", "指标 Zhibiao"),
    ],
)
def test_the_page_says_its_language_and_name(address: str, lang: str, title: str) -> None:
    page = get(address, accept=HTML, accept_encoding="gzip")
    assert f'<html lang="{lang}">' in page.text
    assert f"<title>{title}</title>" in page.text
    assert page.text.count(f"<head>{assets.script_tag()}") == 1
    assert page.text.count(f"<body>{assets.style_tag()}") == 1
    assert "You need it" not in page.text
    assert page.text.endswith("<p>x</p>")


def test_a_changed_page_is_never_taken_for_the_old_one() -> None:
    page = get("/", accept=HTML)
    assert "etag" not in page.headers and "last-modified" not in page.headers
    assert int(page.headers["content-length"]) == len(page.content)


def test_what_asks_for_something_else_gets_it_as_it_is() -> None:
    packed = get("/data", accept="*/*", accept_encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert "Streamlit" in gzip.decompress(packed.content).decode()
    assert get("/", accept="*/*").text == INDEX
    assert get("/data", accept=HTML).content == gzip.decompress(packed.content)


def test_an_empty_answer_stays_empty() -> None:
    assert get("/empty", accept=HTML).content == b""


def test_the_script_is_served_as_a_script() -> None:
    answer = get(SCRIPT)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "MutationObserver" in answer.text
    assert len(gzip.compress(answer.content)) < 6_000


def test_the_style_sheet_has_a_light_and_a_dark_ground() -> None:
    answer = get(STYLE)
    assert answer.headers["content-type"].startswith("text/css")
    light, _, dark = answer.text.partition("@media screen and (prefers-color-scheme:dark)")
    assert "--zb-page:#FAFBFD" in light
    assert "--zb-page:#0F1319" in dark
    assert len(gzip.compress(answer.content)) < 12_000


@pytest.mark.parametrize("tag", [assets.script_tag(), assets.style_tag()])
def test_what_a_page_names_is_kept_for_good_and_nothing_else_is(tag: str) -> None:
    (address,) = re.findall(r'"(/[^"]+)"', tag)
    path = address.partition("?")[0]
    assert "immutable" in get(address).headers["cache-control"]
    assert get(path).headers["cache-control"] == "no-cache"
    assert get(f"{path}?v=older").headers["cache-control"] == "no-cache"


def test_a_page_names_the_scripts_it_will_need_and_no_other() -> None:
    charts, plain = preloads(charts=True), preloads(charts=False)
    first, charted = get("/", accept=HTML).text, get("/indicator", accept=HTML).text
    assert all(f'<link rel="modulepreload" crossorigin href="{address}">' in first for address in plain)
    assert not any(address in first for address in set(charts) - set(plain))
    assert all(f'href="{address}"' in charted for address in charts)


def test_sizes_follow_the_letters_and_narrow_screens_are_narrow_pages() -> None:
    written = "@media (max-width: 900px) { p { font-size: 15px; border: 1px solid; margin: 0 calc(50vw - 30px); } }"
    assert enlargeable(written) == (
        "@container page (max-width: 60rem) { p { font-size: 1rem; border: 1px solid; margin: 0 calc(50vw - 2rem); } }"
    )


@pytest.mark.parametrize(("address", "told"), [("/", "正在打开页面…"), ("/?lang=en", "Opening the page…")])
def test_a_page_has_an_outline_before_it_is_drawn(address: str, told: str) -> None:
    page = get(address, accept=HTML)
    assert f'<p role="status">{told}</p>' in page.text
    assert page.text.index("zb-wait") < page.text.index("<p>x</p>")
