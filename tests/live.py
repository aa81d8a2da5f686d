"""The program as it runs: a server in a process of its own, its terminal, and a real browser before it."""

from __future__ import annotations

import atexit
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Literal
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from ingest import demo
from ingest.owner import opened
from ingest.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# a page below the root first asks beside itself, then at the root, where it is answered
_PROBE = re.compile(r"/\w+/_stcore/(health|host-config)$")

expect.set_options(timeout=20_000)  # two cores, a server and a browser


@dataclass(frozen=True)
class Server:
    """A running `zhibiao serve --demo`."""

    url: str
    environment: dict[str, str]
    pid: int
    log: Path

    @property
    def memory(self) -> int:
        """Bytes of it in memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def ask(
        self, method: str, path: str, *, cookie: str = "", body: bytes = b"", **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        """One request, and its whole answer. `Header_name` stands for Header-name."""
        line = HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(line):
            line.request(method, path, body or None, {**({"Cookie": cookie} if cookie else {}), **named})
            reply = line.getresponse()
            return reply, reply.read()

    def entries(self, cookie: str) -> int:
        """Number of the last entry of the ledger that an answer depends on, as someone signed in is told."""
        found: int = json.loads(self.ask("GET", "/healthz", cookie=cookie)[1])["entry"]
        return found

    def form(self, path: str = "/login", *, cookie: str = "", **fields: str) -> tuple[HTTPResponse, str]:
        """Fill in one of our forms as a browser without scripts would: the answer, and the cookies held after it."""
        page, drawn = self.ask("GET", path, cookie=cookie, Accept="text/html")
        jar = _kept(cookie, page)
        fields = {**_hidden(drawn.decode()), **fields}
        body = urlencode(fields).encode()
        kind = {"Content_Type": "application/x-www-form-urlencoded", "Origin": self.url}
        reply, _ = self.ask("POST", urlsplit(path).path, cookie=jar, body=body, **kind)
        return reply, _kept(jar, reply)

    def sign_in(self, role: str = "leader", *, cookie: str = "") -> str:
        """The cookies of someone who took a role of the demonstration."""
        reply, kept = self.form(cookie=cookie, role=role)
        assert reply.status == 303, reply.status
        return kept

    def enter(self, context: BrowserContext, role: str) -> None:
        """Sign a browser in."""
        pairs = [part.split("=", 1) for part in self.sign_in(role).split("; ")]
        context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in pairs])

    def zhibiao(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command of the terminal, run while the server owns the store."""
        return _run(self.environment, *arguments)


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden" and given.get("name"):
            self.found[str(given["name"])] = given.get("value") or ""


def _hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    read = _Fields()
    read.feed(page)
    return read.found


def _kept(cookie: str, reply: HTTPResponse) -> str:
    """The cookies that a browser holds after an answer."""
    held = dict(part.split("=", 1) for part in cookie.split("; ") if part)
    for line in reply.headers.get_all("Set-Cookie") or []:
        name, _, value = line.split(";")[0].partition("=")
        held[name] = value
        if not value or "max-age=0" in line.lower():
            del held[name]
    return "; ".join(f"{name}={value}" for name, value in held.items())


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "zhibiao", *arguments]


def _run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(*arguments), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@cache
def built_demo() -> Path:
    """The home of a demonstration, built once: ten servers that each build their own would take a minute."""
    folder = Path(tempfile.mkdtemp(prefix="zhibiao-demo-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    home = Settings(home=folder, demo=True).at()
    demo.renew(home)
    with opened(home) as store:
        demo.build(store, Settings(home=folder, demo=True), home)
    return home.folder


@contextmanager
def serving(home: Path, *, command: Sequence[str] = (), **settings: str) -> Iterator[Server]:
    """The demonstration on a free port, its store in `home`, until the block ends.

    `command` stands for `zhibiao serve --demo`, `settings` are further variables of its environment.
    """
    if not command and not any(home.iterdir()):
        shutil.copytree(built_demo(), home / "demo")
    port = free_port()
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ZHIBIAO_")}
    # pages for the public take half a minute of a core, and few tests are about them
    environment = {**inherited, "ZHIBIAO_HOME": str(home), "PYTHONUTF8": "1", "ZHIBIAO_PUBLIC_SIDE": "0", **settings}
    started = [*(command or _command("serve", "--demo")), "--port", str(port)]
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(started, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        server = Server(f"http://127.0.0.1:{port}", environment, process.pid, home / "server.log")
        wait(f"{server.url}/healthz", process, server.log)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until a server answers; what it logged where it ended instead."""
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            with urlopen(address, timeout=5):
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError(log.read_text())


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@dataclass
class Reader:
    """Someone before a screen of a size, and everything that went wrong for them."""

    server: Server
    context: BrowserContext
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(20_000)
        self.context.on("console", self._heard)
        self.context.on("request", self._asked)
        self.context.on("weberror", lambda error: self.wrong.append(f"error: {error.error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _PROBE.search(message.location["url"]):
            self.wrong.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.server.url, "data:", "blob:")):
            self.wrong.append(f"left the server: {request.url}")

    def open(self, address: str = "", *, scheme: Literal["light", "dark"] | None = None) -> Page:
        """A page once it is drawn to its foot, by day or by night."""
        page = self.context.pages[0] if self.context.pages else self.context.new_page()
        if scheme:
            page.emulate_media(color_scheme=scheme)
        page.goto(f"{self.server.url}/{address}")
        return settled(page)


def settled(page: Page) -> Page:
    """`page` once nothing is being computed and its charts are drawn."""
    page.locator(".zb-foot").wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.wait_for_function("() => !document.querySelector('[data-testid=stSkeleton]')")
    for chart in page.get_by_test_id("stVegaLiteChart").all():
        chart.locator("svg.marks, canvas.marks").wait_for()
    return page


@contextmanager
def reading(
    opened: Browser, server: Server, *, role: str = "leader", width: int = 1440, height: int = 1000
) -> Iterator[Reader]:
    """A reader with a clean browser, signed in; nothing may have gone wrong by the end."""
    context = opened.new_context(viewport={"width": width, "height": height}, locale="zh-CN", accept_downloads=True)
    if role:
        server.enter(context, role)
    reader = Reader(server, context)
    yield reader
    context.close()
    assert reader.wrong == []
