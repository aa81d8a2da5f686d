"""Security headers stand on every answer, whatever it is."""

from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message

import streamlit_app
from dashboard.gate.gate import Gate
from dashboard.headers import SecurityHeaders
from dashboard.index_page import IndexPage
from dashboard.packed import Packed
from ingest.hosts import is_loopback


async def fine(_: Request) -> Response:
    return PlainTextResponse("fine", headers={"X-Frame-Options": "ALLOWALL"})


async def refused(_: Request) -> Response:
    return Response(status_code=403)


APP = Starlette(
    routes=[Route("/", fine), Route("/refused", refused)],
    middleware=[Middleware(SecurityHeaders)],
)


def answer(path: str) -> tuple[int, list[tuple[str, str]]]:
    """Status and headers of one GET, asked without a server."""
    sent: list[Message] = []
    address = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [], "http_version": "1.1"}

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(APP(address, receive, send))
    return sent[0]["status"], [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/refused", 403), ("/nowhere", 404)])
def test_every_answer_bears_them(path: str, status: int) -> None:
    found, headers = answer(path)
    assert found == status
    named = dict(headers)
    assert named["x-content-type-options"] == "nosniff"
    assert named["referrer-policy"] == "same-origin"
    assert "camera=()" in named["permissions-policy"]
    assert named["cross-origin-opener-policy"] == "same-origin"


def test_they_replace_weaker_ones() -> None:
    _, headers = answer("/")
    assert [value for name, value in headers if name == "x-frame-options"] == ["DENY"]


def test_nothing_from_elsewhere_may_run_or_frame() -> None:
    _, headers = answer("/")
    policy = dict(part.split(" ", 1) for part in dict(headers)["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    assert not any("http" in sources or "*" in sources.split() for sources in policy.values())


def test_the_app_is_served_with_them() -> None:
    around = [middleware.cls for middleware in streamlit_app.app._user_middleware]
    assert around == [SecurityHeaders, Gate, IndexPage, Packed]


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("example.org", False)],
)
def test_the_demonstration_binds_to_this_machine_only(host: str, local: bool) -> None:
    assert is_loopback(host) is local
