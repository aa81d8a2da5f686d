"""The public pages in a real browser: what the script adds, and that nothing is missing without it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from dashboard.public.book import Book
from indicators.catalogue import CatalogueKind, read_folder
from ingest.settings import SHIPPED
from tests import sites
from tests.live import browser
from tests.returns import PUBLISHED, csv
from tests.snapshots import released

_TEXTS = [one for one in read_folder(SHIPPED) if one[0] is not CatalogueKind.PLAN or one[1] == "chengdu-145"]
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_KINDS = {"html": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    correction = csv({"value": "80.9", "vintage": "修订", "note": "订正"})
    notes = ("首次发布", "订正2021年人均预期寿命")
    snapshot = released(
        tmp_path_factory.mktemp("office"), PUBLISHED.read_bytes(), correction, notes=notes, texts=_TEXTS
    )
    yield Book(snapshot, url="http://127.0.0.1/")
    snapshot.close()


@pytest.fixture(scope="module")
def leaves(book: Book) -> dict[str, bytes]:
    return sites.leaves_of(book)


@pytest.fixture(scope="module")
def site(leaves: Mapping[str, bytes]) -> Iterator[str]:
    """Where the leaves are served, under the policy that the public side sends."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0].removeprefix("/")
            file = path + "index.html" if path == "" or path.endswith("/") else path
            raw = leaves.get(file)
            self.send_response(404 if raw is None else 200)
            self.send_header("Content-Type", _KINDS.get(file.rpartition(".")[2], "application/json"))
            self.send_header("Content-Security-Policy", _POLICY)
            self.end_headers()
            self.wfile.write(leaves["404.html"] if raw is None else raw)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A phone; nothing may have gone wrong by the end."""
    context = chromium.new_context(viewport={"width": 375, "height": 800})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    wrong: list[str] = []
    opened = context.new_page()
    opened.on("console", lambda told: wrong.append(told.text) if told.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    assert wrong == []


def test_search_by_pinyin_leads_to_a_page_by_keyboard_alone(page: Page, site: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{site}plans/chengdu-145/")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "search." in url]
    page.get_by_role("combobox").focus()
    page.keyboard.type("rjyqsm")
    page.get_by_role("option").first.wait_for()
    assert "人均预期寿命" in page.get_by_role("option").first.inner_text()
    page.keyboard.press("ArrowDown")
    page.route("**/indicators/**", lambda route: route.fulfill(body="here", content_type="text/html"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/indicators/life-expectancy/*/")


def test_a_table_is_sorted_and_a_citation_copied(page: Page, site: str) -> None:
    page.goto(f"{site}plans/chengdu-145/")
    names = page.locator("table.rows tbody th[scope=row] a")
    first = names.first.inner_text()
    page.get_by_role("button", name="最新数值").click()
    assert page.locator("th[aria-sort=ascending]").count() == 1
    assert names.first.inner_text() != first
    page.get_by_role("button", name="复制").first.click()
    page.get_by_text("已复制").wait_for()
    assert "/releases/2/" in page.evaluate("navigator.clipboard.readText()")


def test_two_releases_are_compared(page: Page, site: str) -> None:
    page.goto(f"{site}releases/compare/")
    told = page.locator("[data-between]")
    assert told.inner_text() == "公布 1 个数值,更正 1 处,状态变化 1 项。"
    page.get_by_label("从第几次").select_option("2")
    assert told.inner_text() == "两边是同一次发布,没有可比的。"
    assert page.locator("section.step").is_hidden()
    assert page.url.endswith("?from=2&to=2")
    page.goto(f"{site}releases/compare/?from=2&to=1")
    assert [page.get_by_label(label).input_value() for label in ("从第几次", "到第几次")] == ["1", "2"]
    assert page.locator("section.step").is_visible()
    page.goto(f"{site}releases/compare/?from=99&to=x")
    assert told.inner_text().startswith("公布 1 个数值")


def test_the_net_change_follows_the_choice(page: Page, site: str, leaves: Mapping[str, bytes]) -> None:
    options = "".join(f'<option value="{n}">{n}</option>' for n in (4, 3, 2, 1))
    parts = "".join(
        f'<small data-of="{n}" data-before="{before}" data-after="{after}"></small>'
        for n, before, after in ((2, "1", "2"), (3, "2", "3"), (4, "3", "4"))
    )
    made = (
        f'<main id="main"><form class="between"><select name="from">{options}</select><select name="to">{options}'
        '</select><p data-between="x" data-same="y"></p></form><section data-again><table><tbody><tr><td><del></del>'
        f"</td><td><b></b></td><td>{parts}</td></tr></tbody></table></section>"
    )
    about = leaves["about/index.html"].decode().replace('<main id="main" tabindex="-1">', made)
    page.route("**/about/**", lambda route: route.fulfill(body=about, content_type="text/html; charset=utf-8"))
    for first, last, net in ((1, 4, ("1", "4")), (2, 4, ("2", "4")), (1, 3, ("1", "3")), (1, 2, None)):
        page.goto(f"{site}about/?from={first}&to={last}")
        row = page.locator("[data-again] tr")
        assert row.is_visible() == (net is not None)
        if net:
            assert (row.locator("del").inner_text(), row.locator("b").inner_text()) == net


def test_a_page_of_an_old_release_says_that_there_is_a_newer_one(page: Page, site: str) -> None:
    page.route("**/latest.json", lambda route: route.fulfill(json={"release": 3, "released_on": "2027-01-02"}))
    page.goto(f"{site}en/about/")
    told = page.locator(".told")
    told.get_by_role("link").wait_for()
    assert told.inner_text().startswith("Release 3 is out (2027-01-02).")
    assert told.get_by_role("link").get_attribute("href") == "/en/about/"


def test_without_script_everything_is_there(chromium: Browser, site: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}releases/compare/")
    assert page.get_by_text("80.90 岁").is_visible()
    assert page.get_by_role("combobox").count() == 0
    assert not page.locator("form.between").is_visible()
    context.close()


ALL = ("", "plans/chengdu-145/", "en/regions/510100/", "changes/", "releases/compare/", "data/", "en/about/")


@pytest.mark.parametrize(("scheme", "paths"), [("light", ALL), ("dark", ("en/plans/chengdu-145/", "changes/"))])
def test_pages_are_accessible_and_fit_a_phone(
    page: Page, site: str, scheme: Literal["light", "dark"], paths: Sequence[str]
) -> None:
    page.emulate_media(color_scheme=scheme)
    for path in paths:
        page.goto(site + path)
        found = Axe().run(page).response["violations"]
        assert [(path, one["id"], one["nodes"][0]["html"][:120]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


def test_what_is_found_by_searching_is_accessible(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("combobox").focus()
    page.keyboard.type("成都 qn")
    page.keyboard.type("zz")
    page.get_by_text("没有找到").wait_for()
    page.get_by_role("combobox").fill("床位")
    page.get_by_role("option").nth(1).wait_for()
    page.keyboard.press("ArrowDown")
    assert Axe().run(page).response["violations"] == []


def test_the_nearest_point_of_a_chart_tells_its_figures(page: Page, site: str, leaves: Mapping[str, bytes]) -> None:
    drawn = (
        '<main id="main"><svg width="300" height="200">'
        '<rect width="300" height="200" fill="none" pointer-events="all"/>'
        '<circle data-period="2023年末" data-value="7.71" data-expected="7.92" cx="90" cy="90" r="4"/>'
        '<circle data-period="2024年末" data-value="7.87" data-expected="8.11" cx="200" cy="80" r="4"/></svg>'
    )
    about = leaves["about/index.html"].decode().replace('<main id="main" tabindex="-1">', drawn)
    page.route("**/about/", lambda route: route.fulfill(body=about, content_type="text/html; charset=utf-8"))
    page.goto(f"{site}about/")
    page.locator("svg rect").first.hover(position={"x": 190, "y": 150})
    assert page.locator(".tip").inner_text().split("\n") == ["2024年末", "实际 7.87", "应达 8.11"]
    page.keyboard.press("Escape")
    assert page.locator(".tip").is_hidden()


def test_nothing_moves_while_a_page_loads(page: Page, site: str) -> None:
    """And it is few and small: the page, its style, its script, its mark, which release is the newest."""
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => { for (const one of list.getEntries()) moved += one.value })"
        '.observe({type: "layout-shift", buffered: true})'
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("moved") == 0
    assert 4 <= len(asked) <= 5
