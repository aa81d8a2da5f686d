"""Streamlit's scripts as we send them: packed, the same in every byte, and named before they are needed."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit import file_util

from dashboard import packed

FOLDER = Path(file_util.get_static_dir())
CHART = "/static/js/" + next((FOLDER / "static/js").glob("ArrowVegaLiteChart.*.js")).name


async def streamlits(_: object) -> PlainTextResponse:
    return PlainTextResponse("Streamlit's own")


APP = Starlette(routes=[Route("/{path:path}", streamlits)], middleware=[Middleware(packed.Packed)])


@pytest.fixture
def client() -> TestClient:
    return TestClient(APP)


def test_a_script_is_sent_packed_and_kept_by_the_browser(client: TestClient) -> None:
    answer = client.get(CHART, headers={"Accept-Encoding": "gzip"})
    assert answer.content == (FOLDER / CHART[1:]).read_bytes()
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    assert int(answer.headers["content-length"]) < len(answer.content) / 2


@pytest.mark.parametrize(
    "path",
    [
        "/static/js/none-of-that-name.js",
        "/static/js/../../index.html",
        "/static/js/..%2f..%2findex.html",
        "/static/js/.hidden.js",
        "/static/media/font.woff2",
        "/static/js/",
        "/zhibiao.js",
    ],
)
def test_whatever_else_is_asked_for_is_streamlits_own_affair(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"Accept-Encoding": "gzip"}).text == "Streamlit's own"


def test_a_browser_that_cannot_unpack_gets_the_file_from_streamlit(client: TestClient) -> None:
    assert client.get(CHART, headers={"Accept-Encoding": "identity"}).text == "Streamlit's own"
    assert client.put(CHART, headers={"Accept-Encoding": "gzip"}).status_code == 405


def test_what_a_page_needs_is_named_with_all_that_it_imports() -> None:
    plain, charted = set(packed.preloads(charts=False)), set(packed.preloads(charts=True))
    assert plain < charted
    assert CHART in charted - plain
    assert any(name.startswith("/static/js/embed.") for name in charted - plain)  # of Vega, imported by the chart
    assert any(name.startswith("/static/js/Selectbox.") for name in plain)
    for address in charted:
        assert (FOLDER / address[1:]).is_file()


def test_everything_is_packed_before_it_is_asked_for() -> None:
    packed._packed.cache_clear()
    packed.pack()
    before = packed._packed.cache_info().misses
    for address in packed.preloads(charts=True):
        found = packed._packed(address)
        assert found is not None
        assert gzip.decompress(found) == (FOLDER / address[1:]).read_bytes()
    assert packed._packed.cache_info().misses == before
