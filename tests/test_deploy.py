"""What an installation is made of: nginx before the server with TLS, and the systemd unit, each by the real program."""

from __future__ import annotations

import gzip
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests import live
from tests.live import Server
from tests.public_site import Releases

DEPLOY = live.ROOT / "deploy"
NGINX, OPENSSL, SYSTEMD = (
    shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    for name in ("nginx", "openssl", "systemd-analyze")
)
MIB = 2**20
# Debian's own settings, which the file must be right beside
AROUND = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/zhibiao.error.log; {user}
events {{ worker_connections 256; }}
http {{
    default_type application/octet-stream;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on; gzip on;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/zhibiao.conf;
}}
"""
# each file of ours: where its program listens, by which name readers ask for it, and where it keeps answers
OFFICE = ("nginx.conf", "server 127.0.0.1:8501;", "zhibiao.example.gov.cn", "")
PUBLIC = ("nginx-public.conf", "server 127.0.0.1:8502;", "data.zhibiao.example.gov.cn", "/var/cache/nginx/")

nginx = pytest.mark.skipif(not (NGINX and OPENSSL), reason="no nginx or no openssl here: apt-get install nginx-light")


@dataclass(frozen=True)
class Proxy:
    """A running nginx with our configuration."""

    plain: int
    secure: int
    certificate: Path

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))

    def ask(
        self, method: str, path: str, *, body: bytes | None = None, secure: bool = True, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """One request as a client of the network makes it; `Header_name` stands for Header-name."""
        line: http.client.HTTPConnection
        if secure:
            line = http.client.HTTPSConnection("localhost", self.secure, timeout=30, context=self.trusting())
        else:
            line = http.client.HTTPConnection("localhost", self.plain, timeout=30)
        with closing(line):
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            line.request(method, path, body=body, headers=named)
            reply = line.getresponse()
            return reply, reply.read()


def free_ports(count: int) -> list[int]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in held]
    for one in held:
        one.close()
    return ports


def certified(folder: Path) -> Path:
    """A certificate for localhost that signs itself, its key beside it."""
    assert OPENSSL
    made = folder / "zhibiao.crt"
    named = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    files = ["-keyout", str(folder / "zhibiao.key"), "-out", str(made)]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    subprocess.run([OPENSSL, "req", *kind, *named, *files], check=True, capture_output=True, timeout=60)
    return made


@contextmanager
def proxied(folder: Path, upstream: int, *, by: tuple[str, str, str, str] = OFFICE) -> Iterator[Proxy]:
    """nginx as a file of ours says, with nothing but names, ports and places changed, until the block ends."""
    assert NGINX
    file, listens, name, keeps = by
    proxy = Proxy(*free_ports(2), certified(folder))
    changes = {
        listens: f"server 127.0.0.1:{upstream};",
        "listen 80;": f"listen 127.0.0.1:{proxy.plain};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{proxy.secure} ssl http2;",
        name: "localhost",
        "/etc/nginx/": f"{folder}/",
        "/var/log/nginx/": f"{folder}/",
        **({keeps: f"{folder}/"} if keeps else {}),
    }
    said = (DEPLOY / file).read_text(encoding="utf-8")
    for before, after in changes.items():
        assert before in said, before
        said = said.replace(before, after)
    (folder / "zhibiao.conf").write_text(said, encoding="utf-8")
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user), encoding="utf-8")
    command = [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, timeout=30, check=False)
    assert tested.returncode == 0, tested.stderr
    assert "warn" not in tested.stderr, tested.stderr
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for port in (proxy.plain, proxy.secure):
            _wait(port, process, folder)
        yield proxy
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(port: int, process: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(100):
        assert process.poll() is None, (folder / "zhibiao.error.log").read_text()
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"nginx does not listen on {port}")


# -- before something that says what reached it --------------------------------------------------------------


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers every request with the headers and the size of the body that arrived."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        told = {name.lower(): self.headers.get_all(name) for name in self.headers}
        raw = json.dumps({"headers": told, "bytes": len(body), "path": self.path}).encode() + b" " * 4000
        self.send_response(200)
        self.send_header("Content-Type", "text/css")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_PUT = do_POST = _answer

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """nginx before a server that repeats what it was sent."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with proxied(tmp_path_factory.mktemp("echo"), server.server_address[1]) as proxy:
        yield proxy
    server.shutdown()
    server.server_close()


def arrived(raw: bytes) -> Mapping[str, list[str]]:
    found: Mapping[str, list[str]] = json.loads(raw)["headers"]
    return found


@nginx
def test_plain_http_is_sent_to_https_under_our_own_name(echo: Proxy) -> None:
    reply, _ = echo.ask("GET", "/review?part=owed", secure=False, Host="evil.example")
    assert (reply.status, reply.headers["Location"]) == (301, "https://localhost/review?part=owed")
    assert reply.headers["Server"] == "nginx"  # and not which one


@nginx
def test_what_a_client_says_of_itself_is_not_passed_on(echo: Proxy) -> None:
    lies = {
        "X_Forwarded_For": "203.0.113.9",
        "X_Forwarded_Proto": "http",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Port": "1",
        "X_Forwarded_User": "admin",
        "X_Real_IP": "203.0.113.9",
        "Forwarded": "for=203.0.113.9",
        "X_Zhibiao_Session": "0" * 64,
    }
    reply, raw = echo.ask("GET", "/", **lies)
    assert reply.status == 200
    told = arrived(raw)
    assert told["x-forwarded-for"] == ["127.0.0.1"]
    assert told["x-forwarded-proto"] == ["https"]
    assert told["x-forwarded-host"] == ["localhost"]
    assert told["host"] == [f"localhost:{echo.secure}"]
    assert not {"forwarded", "x-real-ip", "x-forwarded-port", "x-forwarded-user", "x-zhibiao-session"} & set(told)
    assert "203.0.113.9" not in raw.decode()


@nginx
def test_a_header_written_with_underscores_is_dropped(echo: Proxy) -> None:
    with (
        socket.create_connection(("127.0.0.1", echo.secure), timeout=30) as line,
        echo.trusting().wrap_socket(line, server_hostname="localhost") as safe,
    ):
        head = f"GET / HTTP/1.1\r\nHost: localhost:{echo.secure}\r\nX_Forwarded_For: 203.0.113.9\r\n"
        safe.sendall(f"{head}X_Zhibiao_Session: {'0' * 64}\r\nConnection: close\r\n\r\n".encode())
        whole = b"".join(iter(partial(safe.recv, 65536), b""))
    assert b"200 OK" in whole
    assert b"203.0.113.9" not in whole and b"x_zhibiao" not in whole.lower()


@nginx
def test_whoever_asks_for_another_name_is_turned_away(echo: Proxy) -> None:
    reply, raw = echo.ask("GET", "/", Host="evil.example")
    assert reply.status == 421
    assert b"headers" not in raw


@nginx
@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/_stcore/upload_file/a/b", 10_000_000, 200),
        ("/_stcore/upload_file/a/b", 10 * MIB + 1, 413),
        ("/login", 4_000, 200),
        ("/login", 65 * 1024, 413),
        ("/", 10 * MIB, 413),
    ],
)
def test_no_more_is_taken_in_than_is_needed(echo: Proxy, path: str, size: int, status: int) -> None:
    try:
        reply, raw = echo.ask("PUT", path, body=bytes(size))
    except (BrokenPipeError, ConnectionResetError, ssl.SSLError):  # a server that refuses need not listen to the end
        assert status == 413
        return
    assert reply.status == status
    assert status != 200 or json.loads(raw)["bytes"] == size


@nginx
@pytest.mark.parametrize(("path", "packed"), [("/static/app.css", True), ("/login", False), ("/", False)])
def test_only_what_is_the_same_for_everyone_is_packed(echo: Proxy, path: str, packed: bool) -> None:
    reply, _ = echo.ask("GET", path, Accept_Encoding="gzip")
    assert (reply.headers["Content-Encoding"] == "gzip") is packed


@nginx
@pytest.mark.parametrize(("version", "spoken"), [("-tls1_1", False), ("-tls1_2", True), ("-tls1_3", True)])
def test_old_tls_is_not_spoken(echo: Proxy, version: str, spoken: bool) -> None:
    assert OPENSSL
    weak = ["-cipher", "DEFAULT:@SECLEVEL=0"]
    asked = [OPENSSL, "s_client", version, *weak, "-connect", f"127.0.0.1:{echo.secure}", "-servername", "localhost"]
    done = subprocess.run(asked, input=b"", capture_output=True, timeout=30, check=False)
    assert (done.returncode == 0 and b"BEGIN CERTIFICATE" in done.stdout) is spoken


# -- before the program --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def front(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """nginx before the demonstration."""
    port = urlsplit(server.url).port
    assert port
    with proxied(tmp_path_factory.mktemp("front"), port) as proxy:
        yield proxy


@nginx
def test_the_page_opens_by_https_with_its_headers(front: Proxy) -> None:
    reply, _ = front.ask("GET", "/healthz")
    assert reply.status == 200
    page, _ = front.ask("GET", "/", Accept="text/html")
    assert page.status in (200, 303)
    for answer in (reply, page):
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Server"] == "nginx"


@nginx
@pytest.mark.skipif(find_spec("dashboard.gate") is None, reason="no gate before the pages, which speaks of https")
def test_browsers_are_told_to_come_by_https_only(front: Proxy) -> None:
    for path in ("/healthz", "/", "/no-such-page"):
        reply, _ = front.ask("GET", path)
        (told,) = reply.headers.get_all("Strict-Transport-Security") or []
        assert int(re.findall(r"max-age=(\d+)", told)[0]) >= 365 * 86400


def handshake(host: str, port: int, proxy: Proxy | None) -> str:
    """The first line of the answer to a browser that wants to speak WebSocket."""
    scheme = "https" if proxy else "http"
    head = [
        "GET /_stcore/stream HTTP/1.1",
        f"Host: {host}:{port}",
        f"Origin: {scheme}://{host}:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: streamlit",
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        stream = proxy.trusting().wrap_socket(line, server_hostname=host) if proxy else line
        stream.sendall("\r\n".join([*head, "", ""]).encode())
        answer = stream.recv(4096).split(b"\r\n")[0].decode()
        stream.close()
        return answer


@nginx
def test_a_websocket_is_answered_through_nginx_as_without_it(front: Proxy, server: Server) -> None:
    port = urlsplit(server.url).port
    assert port
    assert handshake("localhost", front.secure, front).split()[1] == handshake("127.0.0.1", port, None).split()[1]


@nginx
def test_a_page_is_drawn_through_nginx(front: Proxy, chromium: Browser) -> None:
    """A page is drawn by its WebSocket, so that what is drawn shows that it was passed through."""
    context = chromium.new_context(ignore_https_errors=True, locale="zh-CN")
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"https://localhost:{front.secure}/")
    if page.locator("button[name=role]").count():  # who is asking is asked first
        page.locator("button[name=role][value=leader]").click()
    page.locator(".zb-foot").wait_for()
    assert page.url.startswith(f"https://localhost:{front.secure}/")
    assert page.locator(".zb-h1").inner_text()
    assert {cookie["secure"] for cookie in context.cookies() if cookie["name"].startswith("__Host-")} <= {True}
    context.close()


# -- before the public site ------------------------------------------------------------------------------------


@pytest.fixture
def released(two_releases: Releases, tmp_path: Path) -> Path:
    """A public folder of one's own with a release in it."""
    two_releases.put_out(tmp_path / "public", 2)
    return tmp_path / "public"


@nginx
def test_the_public_site_is_kept_by_nginx_and_outlives_its_process(released: Path, tmp_path: Path) -> None:
    page = "/indicators/beds/510100/"
    command = [sys.executable, "-m", "zhibiao", "serve", "--public"]
    with live.serving(tmp_path, command=command, ZHIBIAO_PUBLIC_FOLDER=str(released)) as served:
        port = urlsplit(served.url).port
        assert port
        with proxied(tmp_path, port, by=PUBLIC) as front:
            plain, _ = front.ask("GET", page, secure=False, Host="evil.example")
            assert (plain.status, plain.headers["Location"]) == (301, f"https://localhost{page}")
            assert front.ask("GET", page, Host="evil.example")[0].status == 421
            lies = {"Cookie": "visitor=1", "X_Forwarded_For": "203.0.113.9", "Accept_Encoding": "gzip, br"}
            for kept in ("MISS", "HIT"):
                reply, raw = front.ask("GET", page, **lies)
                assert (reply.status, reply.headers["X-Cache-Status"]) == (200, kept)
                assert b"release 2" in gzip.decompress(raw)
                assert reply.headers.get_all("Set-Cookie") is None
                assert "frame-ancestors 'none'" in reply.headers["Content-Security-Policy"]
                assert reply.headers["Strict-Transport-Security"]
            again, _ = front.ask("GET", page, Accept_Encoding="gzip", If_None_Match=reply.headers["ETag"])
            assert again.status == 304
            whole, raw = front.ask("GET", page)
            assert whole.headers["Content-Encoding"] is None and b"release 2" in raw
            assert front.ask("POST", page, body=b"x")[0].status == 405
            assert front.ask("GET", "/nowhere")[0].status == 404
            healthy, _ = front.ask("GET", "/healthz")
            assert (healthy.status, healthy.headers["X-Cache-Status"]) == (200, None)
            os.kill(served.pid, signal.SIGKILL)
            kept_still, raw = front.ask("GET", page)
            assert kept_still.status == 200 and b"release 2" in raw
            assert front.ask("GET", "/healthz")[0].status == 502


# -- the unit --------------------------------------------------------------------------------------------------


def unit(folder: Path, name: str) -> Path:
    """The unit with its program where one is on this machine."""
    said = (DEPLOY / name).read_text(encoding="utf-8")
    program = "/opt/zhibiao/.venv/bin/zhibiao"
    assert f"ExecStart={program} serve" in said
    made = folder / name
    made.write_text(said.replace(program, sys.executable), encoding="utf-8")
    return made


# exposure in tenths that is allowed, where systemd calls 20 to 50 medium
@pytest.mark.parametrize(("name", "exposed"), [("zhibiao.service", 25), ("zhibiao-public.service", 15)])
@pytest.mark.skipif(not SYSTEMD, reason="no systemd-analyze here")
def test_systemd_understands_the_unit_and_finds_it_well_shut(tmp_path: Path, name: str, exposed: int) -> None:
    assert SYSTEMD
    run = partial(subprocess.run, capture_output=True, text=True, timeout=60, check=False)
    verified = run([SYSTEMD, "verify", "--man=no", str(unit(tmp_path, name))])
    if "Failed to" in verified.stderr and "bus" in verified.stderr:
        pytest.skip(f"systemd-analyze cannot work here: {verified.stderr.strip()}")
    assert (verified.returncode, verified.stderr) == (0, "")
    judged = run([SYSTEMD, "security", "--offline=true", f"--threshold={exposed}", str(unit(tmp_path, name))])
    assert judged.returncode == 0, judged.stdout


def test_the_unit_says_what_the_store_needs(tmp_path: Path) -> None:
    lines = (DEPLOY / "zhibiao.service").read_text(encoding="utf-8").splitlines()
    wanted = ["User=zhibiao", "StateDirectoryMode=0700", "UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict"]
    wanted += [
        "PrivateTmp=yes",
        "Restart=on-failure",
        "RestartPreventExitStatus=2",
        "EnvironmentFile=/etc/zhibiao/secret.env",
    ]
    assert set(wanted) <= set(lines)
    assert not [line for line in lines if "SECRET=" in line and not line.startswith("#")]
    assert "Environment=ZHIBIAO_HOME=/var/lib/zhibiao" in "\n".join(lines)  # what StateDirectory makes


def test_the_public_unit_shares_nothing_with_the_office() -> None:
    lines = [
        line
        for line in (DEPLOY / "zhibiao-public.service").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    wanted = {
        "User=zhibiao-public",
        "TemporaryFileSystem=/var/lib/zhibiao:ro",
        "BindReadOnlyPaths=/var/lib/zhibiao/public",
        "InaccessiblePaths=-/etc/zhibiao",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "RestartPreventExitStatus=2",
    }
    assert wanted <= set(lines)
    kept = {"StateDirectory", "EnvironmentFile", "LoadCredential", "ReadWritePaths", "Requires", "PartOf", "BindsTo"}
    assert not kept & {line.partition("=")[0] for line in lines}
    assert "SECRET" not in "".join(lines) and "ZHIBIAO_HOME" not in "".join(lines)
