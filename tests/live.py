"""The program as it runs: a server in a process of its own, its terminal, and a real browser before it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

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

    @property
    def memory(self) -> int:
        """Bytes of it in memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def zhibiao(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command of the terminal, run while the server owns the store."""
        return _run(self.environment, *arguments)


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "zhibiao", *arguments]


def _run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(*arguments), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def serving(home: Path) -> Iterator[Server]:
    """The demonstration on a free port, its store in `home`, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("ZHIBIAO_")}
    environment = {**inherited, "ZHIBIAO_HOME": str(home), "PYTHONUTF8": "1"}
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            _command("serve", "--demo", "--port", str(port)), cwd=ROOT, env=environment, stdout=log, stderr=log
        )
    try:
        server = Server(f"http://127.0.0.1:{port}", environment, process.pid)
        _wait(server, process, home / "server.log")
        yield server
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        try:
            with urlopen(f"{server.url}/healthz", timeout=5):
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

    def open(self, address: str = "") -> Page:
        """A page once it is drawn to its foot."""
        page = self.context.pages[0] if self.context.pages else self.context.new_page()
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
def reading(opened: Browser, server: Server, *, width: int = 1440, height: int = 1000) -> Iterator[Reader]:
    """A reader with a clean browser; nothing may have gone wrong by the end."""
    context = opened.new_context(viewport={"width": width, "height": height}, locale="zh-CN", accept_downloads=True)
    reader = Reader(server, context)
    yield reader
    context.close()
    assert reader.wrong == []
