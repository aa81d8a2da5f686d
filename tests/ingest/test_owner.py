"""One process owns the store; the terminal asks it over a private socket, or opens the store itself."""

from __future__ import annotations

import base64
import json
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from indicators.store import Store, StoreBusy, StoreError
from ingest import owner, terminal
from ingest.importing import initialise
from ingest.owner import ask, listening, opened
from ingest.settings import Home, Settings
from ingest.terminal import Place, Reply
from tests.returns import csv

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def server(home: Home, settings: Settings) -> Iterator[Place]:
    """A server that owns the store of `home` and listens."""
    with opened(home) as store:
        initialise(store)
        place = Place(store, settings, home)
        with listening(place):
            yield place


def mode(path: Path) -> str:
    return oct(path.stat().st_mode)[-3:]


def speak(home: Home, sent: bytes) -> bytes:
    """Bytes straight to the socket; what comes back until it is closed."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(10)
        line.connect(owner._short(home.socket))
        line.sendall(sent)
        line.shutdown(socket.SHUT_WR)
        got = b""
        with suppress(ConnectionResetError):  # closed before it had read everything
            while part := line.recv(65536):
                got += part
    return got


def framed(message: object) -> bytes:
    body = json.dumps(message).encode()
    return len(body).to_bytes(8, "big") + body


# -- opening ---------------------------------------------------------------------------------------------------


def test_a_store_is_opened_for_its_owner_alone(home: Home) -> None:
    with opened(home) as store:
        assert store.kind == "real"
        assert mode(home.store) == "600"
        assert mode(home.store.parent) == "700"
    with opened(home):
        pass  # it was let go of


def test_a_demonstration_has_its_own_store(settings: Settings) -> None:
    with opened(settings.at(demo=True)) as demo, opened(settings.at()) as real:
        assert (demo.kind, real.kind) == ("demo", "real")
        assert demo.id != real.id


def test_a_store_is_closed_whatever_happens(home: Home) -> None:
    with pytest.raises(KeyboardInterrupt), opened(home):
        raise KeyboardInterrupt
    with opened(home):
        pass


# -- asking ----------------------------------------------------------------------------------------------------


def test_without_a_server_the_terminal_opens_the_store_itself(home: Home, settings: Settings) -> None:
    assert ask(home, settings, "init", {}).data["new"] > 30
    assert ask(home, settings, "init", {}) == Reply(0, {"new": 0, "store": "real"})


def test_with_a_server_the_terminal_goes_through_it(
    server: Place, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "opened", lambda home: pytest.fail("opened beside the server"))
    assert ask(server.home, settings, "init", {}) == Reply(0, {"new": 0, "store": "real"})
    file = {"name": "六月.csv", "raw": base64.b64encode(csv()).decode(), "user": "wang"}
    with ThreadPoolExecutor(1) as other:
        reply = other.submit(ask, server.home, settings, "submit", file).result(timeout=30)
    assert reply.code == 0
    told = server.store.ask("submissions", id=reply.data["submission"], sha256=None, submitted_by=None)
    assert told["file_name"].to_list() == ["六月.csv"]


def test_another_process_goes_through_the_server(server: Place) -> None:
    done = subprocess.run(
        [sys.executable, "zhibiao.py", "catalogue", "--plan", "chengdu-145", "--json"],
        cwd=ROOT,
        env={**os.environ, "ZHIBIAO_HOME": str(server.home.folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(json.loads(done.stdout)) == len(server.store.catalogue().plans["chengdu-145"].commitments)


def test_the_server_refuses_as_the_store_would(server: Place, settings: Settings) -> None:
    reply = ask(server.home, settings, "assess", {"plan": "x"})
    assert reply.code == 1
    assert "there is no plan “x”" in reply.data["error"]["en"]


def test_only_its_owner_may_open_the_socket(server: Place) -> None:
    assert mode(server.home.socket) == "600"


def test_when_the_server_stops_the_socket_goes(home: Home, settings: Settings) -> None:
    with opened(home) as store:
        with listening(Place(store, settings, home)):
            assert home.socket.is_socket()
            assert "terminal" in [t.name for t in threading.enumerate()]
        assert not home.socket.exists()
    assert "terminal" not in [t.name for t in threading.enumerate()]
    assert ask(home, settings, "init", {}).code == 0


def test_a_dead_socket_is_no_server(home: Home, settings: Settings) -> None:
    home.socket.parent.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(owner._short(home.socket))
    assert home.socket.exists()
    assert ask(home, settings, "init", {}).code == 0
    with opened(home) as store, listening(Place(store, settings, home)):  # and is replaced
        assert ask(home, settings, "init", {}).data == {"new": 0, "store": "real"}


def test_a_home_too_deep_for_a_socket_still_has_its_store(tmp_path: Path, settings: Settings) -> None:
    deep = Home(tmp_path / ("d" * 100) / ("e" * 100), demo=False)
    assert ask(deep, settings, "init", {}).code == 0


def test_a_home_too_deep_from_the_root_may_be_near_from_here(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = Home(tmp_path / ("d" * 100), demo=False)
    deep.folder.mkdir()
    monkeypatch.chdir(deep.folder)
    with opened(deep) as store, listening(Place(store, settings, deep)):
        assert ask(deep, settings, "init", {}).code == 0


def test_a_server_that_could_not_be_reached_does_not_start(tmp_path: Path, settings: Settings) -> None:
    deep = Home(tmp_path / ("d" * 100), demo=False)
    too_deep = pytest.raises(OSError, match="choose a ZHIBIAO_HOME nearer to the root")
    with opened(deep) as store, too_deep, listening(Place(store, settings, deep)):
        pytest.fail("listening where nobody can ask")


HOLDER = """
import sys
from pathlib import Path
from ingest.owner import opened
from ingest.settings import Home
with opened(Home(Path(sys.argv[1]), demo=False)):
    print("open", flush=True)
    sys.stdin.readline()
"""


def test_F05_an_owner_that_does_not_listen_is_named(home: Home, settings: Settings) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home.folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy, match=f"in use by process {holder.pid}"):
            ask(home, settings, "init", {})
        holder.stdin.close()


def test_a_home_that_cannot_be_made_is_an_error_of_the_machine(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(NotADirectoryError):
        ask(Home(tmp_path / "file", demo=False), settings, "init", {})


def test_F07_a_damaged_store_is_an_error_of_the_store(home: Home, settings: Settings) -> None:
    home.store.parent.mkdir(parents=True)
    home.store.write_bytes(b"damaged" * 1000)
    with pytest.raises(StoreError, match="cannot be opened as a store"):
        ask(home, settings, "init", {})


# -- bad company -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0\0\0\0\0\0\0\x05{",
        (5).to_bytes(8, "big") + b"hello",
        (2).to_bytes(8, "big") + b"\xff\xfe",
        (2**40).to_bytes(8, "big"),
    ],
    ids=["nothing", "http", "cut short", "not json", "not text", "a terabyte"],
)
def test_who_does_not_speak_the_language_is_left_and_the_next_is_heard(
    server: Place, settings: Settings, sent: bytes
) -> None:
    assert speak(server.home, sent) == b""
    assert ask(server.home, settings, "init", {}).code == 0


@pytest.mark.parametrize(
    "request_",
    [[], {"verb": "init"}, {"verb": "drop", "given": {}}, {"verb": "check", "given": {}}],
    ids=["a list", "nothing given", "an unknown verb", "a file missing"],
)
def test_a_request_that_cannot_be_carried_out_is_answered(
    server: Place, settings: Settings, request_: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        got = json.loads(speak(server.home, framed(request_))[8:])
    assert got["code"] == 2
    assert "its log says why" in got["data"]["error"]["en"]
    assert "a request of the terminal failed" in caplog.text
    assert ask(server.home, settings, "init", {}).code == 0


def test_no_server_loads_a_history_for_whoever_asks(server: Place) -> None:
    asked = {"verb": "history", "given": {"path": "/etc/hostname", "user": "wang"}}
    got = json.loads(speak(server.home, framed(asked))[8:])
    assert (got["code"], got["data"]["error"]["zh"]) == (2, "此命令不经服务器执行")


def test_an_error_inside_is_not_the_end_of_the_server(
    server: Place, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(place: Place, given: object) -> Reply:
        raise RuntimeError("/secret/path")

    monkeypatch.setattr(terminal, "VERBS", {**terminal.VERBS, "init": broken})
    reply = ask(server.home, settings, "init", {})
    assert reply.code == 2
    assert "secret" not in str(reply.data)
    assert "/secret/path" in caplog.text
    assert ask(server.home, settings, "catalogue", {}).code == 0


def test_who_leaves_before_the_answer_does_not_disturb(server: Place, settings: Settings) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.connect(owner._short(server.home.socket))
        line.sendall(framed({"verb": "catalogue", "given": {}}))
    assert ask(server.home, settings, "init", {}).code == 0


def test_many_at_once_are_each_answered(server: Place, settings: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda n: ask(server.home, settings, "catalogue", {"plan": f"p{n}"}), range(16)))
    assert all(f"“p{n}”" in r.data["error"]["en"] for n, r in enumerate(replies))


def test_a_name_that_is_not_text_can_be_sent(server: Place, settings: Settings) -> None:
    file = {"name": "\udcff.csv", "raw": base64.b64encode(csv()).decode()}
    assert ask(server.home, settings, "check", file).code == 0


def test_a_server_that_goes_without_an_answer_leaves_the_store_to_the_terminal(home: Home, settings: Settings) -> None:
    home.socket.parent.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as silent:
        silent.bind(owner._short(home.socket))
        silent.listen()

        def hang_up() -> None:
            line, _ = silent.accept()
            owner._receive(line)
            line.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        assert ask(home, settings, "init", {}).code == 0
        thread.join()


def test_a_store_in_memory_is_no_file(empty: Store, tmp_path: Path) -> None:
    assert str(empty.path) == ":memory:"
    assert list(tmp_path.iterdir()) == []
