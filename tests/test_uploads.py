"""Files sent to a running server in ways no page would: too large, unannounced, mislabelled, many bombs at once."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests import live
from tests.live import Server
from tests.workbooks import cells, workbook

MB = 2**20
GOOD = (live.ROOT / "data" / "examples" / "return-good.csv").read_bytes()
BOUND = "----zhibiao"
HEAD = f'--{BOUND}\r\nContent-Disposition: form-data; name="file"; filename="q.csv"\r\n\r\n'.encode()


def drop(page: Page, name: str, raw: bytes, kind: str) -> None:
    field = page.get_by_test_id("stFileUploaderDropzoneInput").first
    field.set_input_files({"name": name, "mimeType": kind, "buffer": raw})


@pytest.fixture
def upload(chromium: Browser, server: Server) -> Iterator[Request]:
    """An upload that a page was allowed to make, to be imitated."""
    with live.reading(chromium, server, role="statistician") as someone:
        page = someone.open("submit")
        with page.expect_request(lambda request: request.method == "PUT") as seen:
            drop(page, "q.csv", GOOD, "text/csv")
        yield seen.value


def put(like: Request, megabytes: int, *, announced: bool) -> int:
    """The status of an upload like another one of so many megabytes of zeroes, with or without its length."""
    address = urlsplit(like.url)
    line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    headers = {k: v for k, v in like.all_headers().items() if not k.startswith(("content-", ":")) and k != "host"}
    body = [HEAD, *([bytes(MB)] * megabytes), b"x", f"\r\n--{BOUND}--\r\n".encode()]
    headers["Content-Type"] = f"multipart/form-data; boundary={BOUND}"
    if announced:
        headers["Content-Length"] = str(sum(map(len, body)))
    with closing(line):
        with suppress(ConnectionError):  # a server that refuses need not listen to the end
            line.request("PUT", address.path, body=iter(body), headers=headers, encode_chunked=not announced)
        return line.getresponse().status


@pytest.mark.parametrize(("megabytes", "announced"), [(10, True), (60, False)], ids=["A03 said", "A04 not said"])
def test_A04_a_file_that_is_too_large_is_refused_however_it_comes(
    upload: Request, server: Server, megabytes: int, announced: bool
) -> None:
    before = server.memory
    assert put(upload, megabytes + (1 if announced else 0), announced=announced) == 413
    assert server.memory - before < 30 * MB
    with urlopen(f"{server.url}/healthz", timeout=5) as reply:
        assert reply.status == 200


@pytest.mark.parametrize("kind", ["image/png", "application/x-msdownload"])
def test_A27_what_a_file_says_it_is_does_not_matter(chromium: Browser, server: Server, kind: str) -> None:
    with live.reading(chromium, server, role="statistician") as someone:
        page = someone.open("submit")
        drop(page, "return-good.csv", GOOD, kind)
        expect(page.locator(".st-key-card_problems")).to_contain_text("检查通过:3 行")


def test_A23_ten_bombs_at_once_keep_nobody_waiting(chromium: Browser, server: Server) -> None:
    sheet = cells(*(["<row>" + "<c><v>1</v></c>" * 90 + "</row>"] * 25_000))
    bomb = workbook(sheet)
    with live.reading(chromium, server, role="statistician") as someone:
        pages = [someone.context.new_page() for _ in range(10)]
        for page in pages:
            page.goto(f"{server.url}/submit")
            page.locator(".zb-foot").wait_for()
        for page in pages:
            drop(page, "q.xlsx", bomb, "application/zip")
        waits = []
        for _ in range(20):
            begun = time.monotonic()
            with urlopen(f"{server.url}/healthz", timeout=10):
                waits.append(time.monotonic() - begun)
            time.sleep(0.1)
        assert sorted(waits)[18] < 2  # 19 of 20
        for page in pages:
            expect(page.locator(".st-key-card_problems")).to_contain_text("须改正", timeout=90_000)
        assert someone.open("?").locator(".zb-h1").inner_text()
