"""`zhibiao serve --public` as it runs: one process that knows releases and nothing else, asked by the wire."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import duckdb
import pytest

from tests import live
from tests.live import Server
from tests.public_site import Releases, opened

_COMMAND = [sys.executable, "-m", "zhibiao", "serve", "--public"]
# root without root's way past the rights of files, where this machine can do without
_SETPRIV = shutil.which("setpriv") if os.geteuid() == 0 else None
_ORDINARY = [_SETPRIV, "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"] if _SETPRIV else []
_HOLDS = "import sys, time, duckdb; c = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(600)"


@contextmanager
def public(home: Path, folder: Path, **settings: str) -> Iterator[Server]:
    with live.serving(
        home, command=[*_ORDINARY, *_COMMAND], ZHIBIAO_HOME=str(home), ZHIBIAO_PUBLIC_FOLDER=str(folder), **settings
    ) as server:
        yield server


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, two_releases: Releases) -> Path:
    """A home with a store, and release 1 out."""
    made = tmp_path_factory.mktemp("home")
    shutil.copytree(two_releases.made.parent / "store", made / "store")
    two_releases.put_out(made / "public", 1)
    return made


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[Server]:
    with public(home, home / "public") as server:
        yield server


def health(server: Server) -> dict[str, object]:
    told: dict[str, object] = json.loads(server.ask("GET", "/healthz")[1])
    return told


def raw(server: Server, said: bytes) -> bytes:
    """What comes back on a line of one's own."""
    parts = urlsplit(server.url)
    assert parts.hostname and parts.port
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as line:
        line.sendall(said)
        got = b""
        while piece := line.recv(65536):
            got += piece
    return got


# -- E23 -------------------------------------------------------------------------------------------------------

_INTERNAL = "{home}/store/zhibiao.duckdb"
_REACHES = [
    "ATTACH '{home}/store/zhibiao.duckdb' AS office",
    "ATTACH '{home}/store/zhibiao.duckdb' AS office (READ_ONLY)",
    "SELECT * FROM read_text('/etc/hostname')",
    "SELECT * FROM read_text('{home}/public/current.json')",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_blob('{home}/store/zhibiao.duckdb')",
    "SELECT * FROM read_parquet('{folder}/parquet/figure.parquet')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM '{folder}/parquet/figure.parquet'",
    "COPY figure TO '{home}/out.csv'",
    "COPY figure FROM '/etc/passwd'",
    "EXPORT DATABASE '{home}/out'",
    "IMPORT DATABASE '{home}/out'",
    "INSERT INTO figure SELECT * FROM figure",
    "UPDATE figure SET value = 0",
    "DELETE FROM figure",
    "DROP TABLE figure",
    "CREATE TABLE mine (a INTEGER)",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "RESET enable_external_access",
    "SET lock_configuration = false",
    "SET temp_directory = '{home}'",
    "SELECT getenv('HOME')",
]


@pytest.mark.parametrize("reach", _REACHES)
def test_E23_the_snapshots_own_connection_reaches_nothing_else(home: Path, reach: str) -> None:
    snapshot = opened(home / "public")
    before = sorted(path.name for path in home.rglob("*"))
    with pytest.raises(duckdb.Error):
        snapshot._connection.cursor().execute(reach.format(home=home, folder=snapshot.folder)).fetchall()
    assert snapshot.ask("info").height == 1
    assert sorted(path.name for path in home.rglob("*")) == before
    snapshot.close()


@pytest.mark.parametrize(
    "path", ["/login", "/logout", "/password", "/review", "/accounts", "/auth/login", "/oauth2callback"]
)
def test_E23_there_is_no_way_to_sign_in(site: Server, path: str) -> None:
    for method, status in (("GET", 404), ("POST", 405)):
        reply, body = site.ask(
            method, path, cookie="__Host-session=" + "a" * 64, body=b"name=chen&password=x" * (method == "POST")
        )
        assert reply.status == status
        assert reply.headers["Set-Cookie"] is None
        assert b"password" not in body


@pytest.mark.parametrize("path", ["/_stcore/upload_file/a/b", "/_stcore/upload_file", "/upload", "/api/v1/returns"])
def test_E23_nothing_is_taken_in(site: Server, path: str) -> None:
    for method in ("PUT", "POST", "DELETE"):
        assert site.ask(method, path, body=b"x" * 4000)[0].status == 405


def test_E23_the_process_has_only_releases_open_and_no_secret(home: Path, site: Server) -> None:
    site.ask("GET", "/")
    files = [
        os.readlink(file)
        for file in Path(f"/proc/{site.pid}/fd").iterdir()
        if file.is_symlink() and os.path.lexists(file)
    ]
    ours = [file for file in files if file.startswith(str(home))]
    assert any("/public/release-1-" in file for file in ours)
    assert [file for file in ours if "/public/" not in file and not file.endswith("server.log")] == []
    held = Path(f"/proc/{site.pid}/environ").read_bytes().split(b"\0")
    assert not [name for name in held if name.upper().startswith((b"ZHIBIAO_SECRET", b"ZHIBIAO_OIDC"))]
    status = Path(f"/proc/{site.pid}/status").read_text()
    assert "NoNewPrivs:\t1" in status


@pytest.mark.parametrize(
    "settings", [{"ZHIBIAO_SECRET": "kX7-hidden-kX7-hidden-kX7-hidden"}, {"ZHIBIAO_PUBLIC_FOLDER": "{home}"}]
)
def test_E23_it_refuses_to_start_where_it_could_know_something(home: Path, settings: dict[str, str]) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ZHIBIAO_")}
    given = {name: value.format(home=home) for name, value in settings.items()}
    done = subprocess.run(
        [*_COMMAND, "--port", str(live.free_port())],
        cwd=live.ROOT,
        env={**inherited, "ZHIBIAO_HOME": str(home), "PYTHONUTF8": "1", **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "公开" in done.stderr and "public" in done.stderr
    assert "hidden" not in done.stderr


def test_a_taken_port_is_said(home: Path, site: Server) -> None:
    done = subprocess.run(
        [*_COMMAND, "--port", str(urlsplit(site.url).port)],
        cwd=live.ROOT, env=site.environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "--port" in done.stderr


# -- E25 -------------------------------------------------------------------------------------------------------

_DOTS = [
    "..",
    "%2e%2e",
    "%2E%2e",
    ".%2e",
    "%252e%252e",
    "%c0%ae%c0%ae",
    "%uff0e%uff0e",
    "..%00",
    "..%0d%0a",
    "....",
    "..;",
    "%e0%80%ae.",
]
_STROKES = ["/", "%2f", "%2F", "%5c", "\\", "%252f", "%c0%af", "%u2215", "//", "/./", "%2f%2f", "%00/"]
_WANTED = ["etc/passwd", "store/zhibiao.duckdb", "current.json", "snapshot.duckdb", "manifest.json"]
_BEFORE = ["/", "/assets/", "/releases/1/", "/en/", "/indicators/beds/510100/", "/static/", "//", "/releases/1/assets/"]
_ODD = [
    "/etc/passwd", "//etc/passwd", "///etc/passwd", "/file:///etc/passwd", "/%2fetc%2fpasswd", "/\\\\host\\share\\x",
    "/.git/config", "/.env", "/manifest.json", "/current.json", "/snapshot.duckdb", "/parquet/figure.parquet",
    "/release-1/", "/releases/1/manifest.json", "/releases/1/snapshot.duckdb", "/releases/-1/", "/releases/01/",
    "/releases/1e0/", "/releases/%31%2f..%2f", "/releases/99999999999999999999/", "/index.html%00.png", "/index.html/",
    "/index.html%20", "/INDEX.HTML", "/index.html::$DATA", "/..", "/.", "/%", "/%zz", "/%00", "/%ff%fe", "/~root/",
    "/proc/self/environ", "/releases/1/..", "/releases/1/../../../etc/passwd", "/?../../etc/passwd#x",
    "http://localhost/../../etc/passwd", "/" + "a/" * 3000, "/" + "../" * 1500 + "etc/passwd",
]  # fmt: skip
_TRAVERSALS = [
    f"{before}{(dots + stroke) * depth}{wanted}"
    for before, dots, stroke, depth, wanted in product(_BEFORE, _DOTS, _STROKES, (1, 6), _WANTED)
]


def test_E25_no_spelling_of_a_path_leads_out_of_the_site(home: Path, site: Server) -> None:
    """Some sixteen hundred spellings, over lines of one's own, since a client would mend them."""
    secrets = [b"root:", (home / "public" / "current.json").read_bytes()[:40], b"DUCK", b"sha256"]
    parts = urlsplit(site.url)
    assert parts.hostname and parts.port
    tried = _TRAVERSALS[:: max(1, len(_TRAVERSALS) // 1500)] + _ODD
    assert len(tried) > 1000
    found: dict[str, int] = {}
    for path in tried:
        got = raw(site, b"GET " + path.encode() + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        head, _, body = got.partition(b"\r\n\r\n")
        found[path] = int(head.split()[1])
        assert not [secret for secret in secrets if secret in body], path
        assert b"nosniff" in head, path
    assert {path for path, status in found.items() if status not in (400, 404)} == {"/?../../etc/passwd#x"}
    assert site.ask("GET", "/")[0].status == 200


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 40_000,
        b"\x00\x01\x02\r\n\r\n",
    ],
    ids=["no host", "two hosts", "another host", "bytes", "long", "noise"],
)
def test_E25_what_is_badly_asked_is_refused(site: Server, said: bytes) -> None:
    status = int(raw(site, said).split()[1])
    assert status in (400, 403, 404, 431)


def test_E25_a_socket_is_not_opened_for_a_page_of_another_site(site: Server) -> None:
    for path, origin in product(("/_stcore/stream", "/", "/nowhere"), ("https://evil.example", "null")):
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nUpgrade: websocket\r\n"
        head += "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        assert raw(site, f"{head}Sec-WebSocket-Version: 13\r\n\r\n".encode()).split()[1] in (b"403", b"400")


# -- the office is away ------------------------------------------------------------------------------------------


@pytest.fixture
def office_process(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Whoever has the internal store open."""
    command = [sys.executable, "-c", _HOLDS, str(home / "store" / "zhibiao.duckdb")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout
    with process.stdout:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()
        process.wait(timeout=10)


def _answers(server: Server) -> None:
    reply, page = server.ask("GET", "/")
    assert reply.status == 200 and b"release " in page
    told = health(server)
    assert told["status"] == "ok" and re.fullmatch(r"\d{4}-\d\d-\d\d", str(told["released_on"]))


def test_F19_the_office_stopped_killed_or_unreadable_leaves_the_public_with_the_last_release(
    home: Path, site: Server, office_process: subprocess.Popen[bytes]
) -> None:
    _answers(site)
    for sent in (signal.SIGSTOP, signal.SIGKILL):
        office_process.send_signal(sent)
        _answers(site)
    store = home / "store"
    store.chmod(0)
    try:
        looked = [*_ORDINARY, sys.executable, "-c", "import sys, os; os.listdir(sys.argv[1])", str(store)]
        seen = subprocess.run(looked, capture_output=True, timeout=30, check=False)
        if os.geteuid() or _ORDINARY:
            assert b"PermissionError" in seen.stderr, "the store is out of reach"
        _answers(site)
        with public(home, home / "public") as anew:  # also for one that starts now
            _answers(anew)
    finally:
        store.chmod(0o700)


def test_F20_a_release_is_seen_by_a_running_process_within_a_minute(
    home: Path, site: Server, two_releases: Releases
) -> None:
    assert health(site)["release"] == 1
    pid, start = site.pid, time.monotonic()
    two_releases.put_out(home / "public", 2)
    while health(site)["release"] != 2:
        assert time.monotonic() - start < 60
        time.sleep(0.1)
    assert time.monotonic() - start < 20
    assert b"release 2" in site.ask("GET", "/")[1]
    assert b"release 1" in site.ask("GET", "/releases/1/")[1]
    assert Path(f"/proc/{pid}").exists()


def test_small_pieces_are_sent_at_once(site: Server) -> None:
    """Else every page would wait for 40 ms until its head has been acknowledged."""
    with socket.create_connection((str(urlsplit(site.url).hostname), int(urlsplit(site.url).port or 0))) as line:
        took = []
        for _ in range(5):
            start = time.perf_counter()
            line.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            got = b""
            while b"</p>" not in got:
                got += line.recv(65536)
            while b"<p>beds" in got and not got.endswith(b"</p>"):
                got += line.recv(65536)
            took.append(time.perf_counter() - start)
    assert min(took) < 0.035


def test_a_polite_stop_is_a_clean_end(tmp_path: Path) -> None:
    """And before the first release it runs, and says so."""
    port = live.free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ZHIBIAO_")}
    environment = {**inherited, "ZHIBIAO_HOME": str(tmp_path), "PYTHONUTF8": "1"}
    command = [*_COMMAND, "--port", str(port)]
    with subprocess.Popen(
        command, cwd=live.ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        assert run.stdout and run.stderr
        assert "公开" in run.stdout.readline().decode()
        with pytest.raises(Exception, match="503"):
            urlopen(f"http://127.0.0.1:{port}/", timeout=30)
        run.terminate()
        assert run.wait(timeout=20) == 0
        assert run.stderr.read() == b""
