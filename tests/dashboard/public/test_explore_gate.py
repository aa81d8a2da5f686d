"""The gate of the public page, asked without a server: what there is, what is told of who asks, what may be said."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.gate.limits import Buckets
from dashboard.packed import preloads
from dashboard.public.explore.app import OPTIONS
from dashboard.public.explore.gate import Gate
from dashboard.public.explore.sockets import LARGEST, Guarded
from ingest import startup
from tests.wire import rerun

HOST = (b"host", b"127.0.0.1:8080")
HERE = (b"origin", b"http://127.0.0.1:8080")
Headers = Sequence[tuple[bytes, bytes]]


class Streamlit:
    """Stands for it: remembers what reached it and sets a cookie, as it does."""

    def __init__(self) -> None:
        self.reached: list[Scope] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.reached.append(scope)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept", "headers": [(b"set-cookie", b"a=b")]})
            await receive()
            return
        headers = [(b"set-cookie", b"_streamlit_xsrf=1"), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"here"})


def asked(
    path: str, *, method: str = "GET", socket: bool = False, headers: Headers = (HOST,), **more: Any
) -> tuple[int, list[Message], Streamlit]:
    """The status of one request (of a socket: 101 or 403), all that was answered, and what was reached."""
    reached, sent = Streamlit(), list[Message]()
    kind = {"type": "websocket", "scheme": "ws"} if socket else {"type": "http", "scheme": "http", "method": method}
    scope = {**kind, "path": path, "query_string": b"", "headers": list(headers), "client": ("203.0.113.9", 1), **more}

    async def receive() -> Message:
        return {"type": "websocket.connect" if socket and not sent else "websocket.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Gate(reached, ours=["/zhibiao.css"])(scope, receive, send))
    if socket:
        return 101 if sent[0]["type"] == "websocket.accept" else 403, sent, reached
    return sent[0]["status"], sent, reached


# -- what there is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/explore", "/explore"),
        ("/_stcore/health", "/_stcore/health"),
        ("/explore/_stcore/health", "/_stcore/health"),
        ("/explore/_stcore/host-config", "/_stcore/host-config"),
        ("/zhibiao.css", "/zhibiao.css"),
        (preloads(charts=True)[0], preloads(charts=True)[0]),
    ],
)
def test_what_the_page_needs_is_there(path: str, inside: str) -> None:
    status, _, reached = asked(path)
    assert (status, reached.reached[0]["path"]) == (200, inside)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/overview",
        "/explore/more",
        "/explore/_stcore/metrics",
        "/_stcore/metrics",
        "/_stcore/upload_file/s/f",
        "/_stcore/script-health-check",
        "/_stcore/agent/openapi.json",
        "/_stcore/bidi-components/x",
        "/_stcore/stream",
        "/media/x.csv",
        "/component/x/index.html",
        "/app/static/x",
        "/auth/login",
        "/auth/logout",
        "/oauth2callback",
        "/static",
        "/static/js",
        "/static/js/none.js",
        "/static/index.html",
        "/zhibiao.js/x",
        "/login",
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_nothing_else_is(path: str, method: str) -> None:
    status, _, reached = asked(path, method=method)
    assert (status, reached.reached) == (404, [])


@pytest.mark.parametrize(
    "path", ["//explore", "/static/../x", "/static/js/..%2f", "/explore\\", "/static//js", "explore"]
)
def test_E25_an_address_that_is_none_of_ours_goes_nowhere(path: str) -> None:
    assert asked(path)[0] == 400


def test_it_only_answers_by_its_own_name_and_only_reads() -> None:
    assert asked("/explore", headers=[(b"host", b"evil.example")])[0] == 403
    assert asked("/explore", headers=[HOST, (b"host", b"evil.example")])[0] == 403
    assert asked("/explore", headers=[])[0] == 403
    assert {asked("/explore", method=method)[0] for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS")} == {405}


def test_a_stroke_at_its_end_is_taken_away() -> None:
    status, sent, _ = asked("/explore/", query_string=b"lang=en")
    assert (status, dict(sent[0]["headers"])[b"location"]) == (308, b"../explore?lang=en")


# -- who asks is not told ----------------------------------------------------------------------------------------

TELLING = [
    (b"cookie", b"__Host-zhibiao=x; _streamlit_user=y"),
    (b"authorization", b"Bearer x"),
    (b"x-zhibiao-session", b"li"),
    (b"user-agent", b"Mozilla"),
    (b"x-forwarded-for", b"198.51.100.1"),
]


def test_streamlit_hears_nothing_of_who_asks() -> None:
    for path, socket in (("/explore", False), ("/_stcore/stream", True)):
        *_, reached = asked(path, socket=socket, headers=[HOST, HERE, *TELLING])
        (scope,) = reached.reached
        named = {name for name, _ in scope["headers"]}
        assert named == {b"host", b"origin", b"accept"} and scope["client"] is None


def test_no_earlier_session_is_gone_on_with() -> None:
    protocol = (b"sec-websocket-protocol", b"streamlit, token, 5f1c")
    *_, reached = asked(
        "/explore/_stcore/stream",
        socket=True,
        headers=[HOST, HERE, protocol],
        subprotocols=["streamlit", "token", "5f1c"],
    )
    (scope,) = reached.reached
    assert dict(scope["headers"])[b"sec-websocket-protocol"] == b"streamlit"
    assert (scope["subprotocols"], scope["path"]) == (["streamlit"], "/_stcore/stream")


def test_nobody_is_given_a_cookie() -> None:
    for path, socket in (("/_stcore/health", False), ("/_stcore/stream", True)):
        _, sent, reached = asked(path, socket=socket, headers=[HOST, HERE])
        assert reached.reached
        assert not any(name == b"set-cookie" for message in sent for name, _ in message.get("headers", ()))


# -- the socket --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "origin", "status"),
    [
        ("/_stcore/stream", [HERE], 101),
        ("/explore/_stcore/stream", [HERE], 101),
        ("/_stcore/stream", [], 403),
        ("/_stcore/stream", [(b"origin", b"http://evil.example")], 403),
        ("/_stcore/stream", [(b"origin", b"https://127.0.0.1:8080")], 403),
        ("/_stcore/stream", [HERE, HERE], 403),
        ("/_stcore/other", [HERE], 403),
        ("/explore", [HERE], 403),
    ],
)
def test_a_socket_is_opened_by_our_own_page_alone(path: str, origin: Headers, status: int) -> None:
    assert asked(path, socket=True, headers=[HOST, *origin])[0] == status


def heard(*messages: Message, burst: float = 50) -> tuple[list[Message], list[Message]]:
    """What of these messages reaches Streamlit, and what is answered."""
    waiting, sent, passed = (
        [*messages, {"type": "websocket.disconnect", "code": 1001}],
        list[Message](),
        list[Message](),
    )

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    async def listen() -> None:
        buckets = Buckets(burst, 1e-9)
        guarded = Guarded(receive, send, address="203.0.113.9", messages=buckets, everyone=Buckets(1000, 1))
        while (message := await guarded.receive())["type"] == "websocket.receive":
            passed.append(message)

    asyncio.run(listen())
    return passed, sent


def said(message: BackMsg) -> Message:
    return {"type": "websocket.receive", "bytes": message.SerializeToString()}


def operation() -> BackMsg:
    message = BackMsg()
    message.backend_operation_request.deferred_file.file_id = "x"
    return message


GOOD = said(rerun("explore", query="lang=en"))


def test_what_the_page_sends_is_passed_on() -> None:
    messages = [GOOD, said(BackMsg(stop_script=True)), said(BackMsg(app_heartbeat=True))]
    assert heard(*messages) == (messages, [])


@pytest.mark.parametrize(
    "message",
    [
        BackMsg(clear_cache=True),
        BackMsg(load_git_info=True),
        BackMsg(set_run_on_save=True),
        BackMsg(debug_disconnect_websocket=True),
        BackMsg(debug_shutdown_runtime=True),
        BackMsg(file_urls_request={"request_id": "1", "file_names": ["a"]}),
        operation(),
        BackMsg(),
        rerun("explore", query="x" * 2001),
    ],
)
def test_everything_else_is_dropped_and_the_page_goes_on(message: BackMsg) -> None:
    assert heard(said(message), GOOD) == ([GOOD], [])


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"type": "websocket.receive", "text": "{}"}, 1003),
        ({"type": "websocket.receive", "bytes": b"\xff\xff\xff"}, 1002),
        ({"type": "websocket.receive", "bytes": b"x" * (LARGEST + 1)}, 1009),
    ],
)
def test_what_is_no_message_closes_the_socket(message: Message, code: int) -> None:
    assert heard(message, GOOD) == ([], [{"type": "websocket.close", "code": code}])


def test_whoever_says_too_much_is_closed() -> None:
    passed, sent = heard(*[GOOD] * 6, burst=4)
    assert (len(passed), sent) == (4, [{"type": "websocket.close", "code": 1008}])


def test_an_address_and_all_of_them_hold_only_so_many_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.public.explore.gate._SOCKETS_OF_ADDRESS", 2)
    monkeypatch.setattr("dashboard.public.explore.gate._SOCKETS", 3)

    async def attempts(*addresses: str) -> list[str]:
        over, answered = asyncio.Event(), list[str]()

        async def held(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "websocket.accept"})
            await over.wait()

        gate = Gate(held)

        async def one(address: str) -> None:
            async def send(message: Message) -> None:
                answered.append(message["type"])

            async def receive() -> Message:
                return {"type": "websocket.connect"}

            headers = [HOST, HERE]
            scope = {"type": "websocket", "scheme": "ws", "path": "/_stcore/stream", "headers": headers}
            await gate({**scope, "client": (address, 1)}, receive, send)

        tasks = [asyncio.create_task(one(address)) for address in addresses]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        over.set()
        await asyncio.gather(*tasks)
        return [kind.removeprefix("websocket.") for kind in answered]

    assert sorted(asyncio.run(attempts("203.0.113.1", "203.0.113.1", "203.0.113.1"))) == ["accept", "accept", "close"]
    assert sorted(asyncio.run(attempts(*(f"203.0.113.{n}" for n in range(4))))) == ["accept"] * 3 + ["close"]


# -- Streamlit's own switches ------------------------------------------------------------------------------------


def test_its_options_are_at_least_as_strict_as_the_offices() -> None:
    own = dict(OPTIONS)
    assert own.pop("server.maxUploadSize") == 1
    office = {name: value for name, value in startup._FIXED.items() if name != "server.maxUploadSize"}
    assert {name: own[name] for name in office} == office
    assert own["server.trustedUserHeaders"] == {}
