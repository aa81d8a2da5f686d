"""Whether everybody reaches everything: axe-core on every screen, a keyboard alone, large letters, narrow and wide
screens, paper, and what there is to see while waiting.
"""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from importlib.resources import files
from itertools import cycle
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.i18n import LANGUAGES, words
from dashboard.index_page import tag
from dashboard.offered import PAGES
from tests import live
from tests.gated import PASSWORDS, attacked
from tests.live import Reader, Server, settled

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]

# whoever may open it → the screens looked at in that role
SCREENS = {
    "statistician": ["", "submit"],
    "leader": ["indicator", "compare", "method"],
    "reviewer": ["review", "review?part=owed"],
    "publisher": ["review?part=release"],
    "administrator": ["catalogue?kind=milestone", "accounts"],
    "auditor": ["audit"],
}
LOOKS: tuple[tuple[str, Literal["light", "dark"]], ...] = (("zh", "light"), ("en", "dark"))
# what is wider than the window and neither scrolls in itself nor is out of the page's flow
WIDE = """() => {
  const clipped = (one) => ["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(one).overflowX);
  const main = document.querySelector("[data-testid=stMain]") ?? document.body;
  const over = Math.max(document.documentElement.scrollWidth - innerWidth, main.scrollWidth - main.clientWidth);
  const found = over <= 0 ? [] : [...main.querySelectorAll("*")].filter((one) => {
    if (one.getBoundingClientRect().right <= innerWidth + 1) return false;
    for (let up = one; up !== main; up = up.parentElement) if (clipped(up)) return false;
    return true;
  });
  return over <= 0 ? [] : [`${over} px`, ...found.slice(0, 2).map((one) => one.outerHTML.slice(0, 120))];
}"""
# what is asked for in large letters: the texts whose letters are less than a quarter larger than they were
SAME = """() => {
  const texts = [];
  const walk = document.createTreeWalker(document.querySelector("[data-testid=stMain]"), NodeFilter.SHOW_TEXT);
  const size = (text) => parseFloat(getComputedStyle(text.parentElement).fontSize);
  while (walk.nextNode()) if (walk.currentNode.data.trim() && !walk.currentNode.parentElement.closest("svg, style"))
    texts.push([walk.currentNode, size(walk.currentNode)]);
  document.documentElement.classList.add("zb-large");
  return texts.filter(([text, before]) => text.parentElement.checkVisibility() && size(text) < 1.249 * before)
    .map(([text, before]) => `${text.data.trim().slice(0, 40)}: ${before} → ${size(text)}`);
}"""
# each text that is seen, and whether it is said to be Chinese
TEXTS = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement;
    if (walk.currentNode.data.trim() && one.checkVisibility() && !one.closest("script, style, noscript, .zb-quote"))
      found.push([walk.currentNode.data.trim(), Boolean(one.closest("[lang^=zh]"))]);
  }
  return found;
}"""
SECRET = "kFz0vQ3mTn8xYp2LwR7sBd5hJc9gEa1u"
ZH, EN = (
    {
        text
        for key, text in words(language)._table.items()
        if not key.startswith("counted.") and any(map(str.isalpha, text))  # a mark alone is of no language
    }
    for language in LANGUAGES
)
# said in both languages: the program's name, the other language's, the mark of a demonstration's names
NAMES = {words("zh")(key) for key in ("app.name", "app.switch", "overview.demo")} | {
    words("en")(key) for key in ("app.switch", "app.title")
}


@pytest.fixture(scope="module")
def readers(chromium: Browser, server: Server) -> Iterator[dict[str, Reader]]:
    """One browser window for each role; each keeps its page from test to test."""
    with ExitStack() as stack:
        yield {role: stack.enter_context(live.reading(chromium, server, role=role)) for role in SCREENS}


def address(screen: str, **asked: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"{screen}{'&' if '?' in screen else '?'}{query}"


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong, Streamlit's own controls not excepted."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "async (tags) => (await axe.run(document, { runOnly: tags, resultTypes: ['violations'] })).violations", RULES
    )
    return [
        f"{rule['id']} ({rule['impact']}): {node['html'][:200]} {[check['message'] for check in node['any']]}"
        for rule in found
        for node in rule["nodes"]
    ]


def spill(page: Page, *widths: int) -> list[str]:
    """What makes a reader scroll sideways, at any of these widths of the window."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 1000})
        page.wait_for_timeout(150)  # charts are drawn anew
        found += [f"at {width}: {told}" for told in page.evaluate(WIDE)]
    page.set_viewport_size({"width": 1440, "height": 1000})
    return found


def enlarged(page: Page) -> list[str]:
    """Letters that do not become a quarter larger with 大字, and what no longer fits with it."""
    found = [f"not larger: {told}" for told in page.evaluate(SAME)]
    found += [f"large {told}" for told in spill(page, 1440, 720, 375)]
    page.evaluate("document.documentElement.classList.remove('zb-large')")
    return found


def half_translated(page: Page, language: str) -> list[str]:
    """Words of the interface in the other language, and Chinese that does not say it is."""
    texts: list[tuple[str, bool]] = page.evaluate(TEXTS)
    wrong = (EN - ZH if language == "zh" else ZH - EN) - NAMES
    found = [f"not translated: {text}" for text, _ in texts if text in wrong]
    if language == "en":
        found += [
            f"Chinese unmarked: {text}" for text, said in texts if re.search(r"[\u4e00-\u9fff]", text) and not said
        ]
    return found


def outline(page: Page, language: str) -> list[str]:
    """What is not as it should be of a page's language, name and headings."""
    told = page.evaluate(
        "() => [document.documentElement.lang, document.title, document.querySelectorAll('main').length,"
        " [...document.querySelectorAll('h1, h2, h3, h4')].map((one) => one.tagName).join(' ')]"
    )
    tongue, title, mains, headings = told
    right = tongue == tag(language) and " · " in title and mains == 1 and re.fullmatch(r"H1( H2)*", headings)
    return [] if right else [f"outline: {told}"]


# -- every screen ------------------------------------------------------------------------------------------


def test_every_page_is_looked_at() -> None:
    looked_at = {screen.partition("?")[0] or "overview" for screens in SCREENS.values() for screen in screens}
    assert looked_at == set(PAGES)


@pytest.mark.parametrize("role", SCREENS)
def test_everybody_reaches_every_screen(role: str, readers: dict[str, Reader]) -> None:
    """axe-core, whole translations, headings, narrow and wide windows, large letters; by day and by night."""
    found = []
    for screen in SCREENS[role]:
        for language, scheme in LOOKS:
            page = readers[role].open(address(screen, lang=language), scheme=scheme)
            wrong = violations(page) + outline(page, language) + half_translated(page, language)
            wrong += spill(page, 375, 768, 1920) + enlarged(page)
            found += [f"{screen} {language} {scheme}: {line}" for line in wrong]
    assert not found, "\n".join(found)


# -- before signing in, an address of no page, and an office without a figure --------------------------------


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real store right after its first day: plans and people, and not one figure."""
    with attacked(tmp_path_factory.mktemp("office"), demo=False, ZHIBIAO_SECRET=SECRET) as (server, _):
        yield server


def test_the_pages_of_signing_in_are_reached(chromium: Browser, office: Server) -> None:
    with live.reading(chromium, office, role="") as reader:
        page = reader.context.new_page()
        found = []
        for name in ("login", "password", "login?next=/&ended=1"):
            for language, scheme in LOOKS:
                page.emulate_media(color_scheme=scheme)
                page.goto(f"{office.url}/{address(name, lang=language)}")
                wrong = violations(page) + half_translated(page, language) + spill(page, 375, 768, 1920)
                found += [f"{name} {language} {scheme}: {line}" for line in wrong]
        assert not found, "\n".join(found)


def test_an_office_without_figures_says_what_to_do(chromium: Browser, office: Server) -> None:
    """Nothing fails, and what is empty says what comes next."""
    seen = {"zhou": ["", "indicator", "submit"], "li": ["review", "review?part=release", "method"]}
    for name, screens in seen.items():
        with live.reading(chromium, office, role="") as reader:
            page = reader.context.new_page()
            page.goto(f"{office.url}/login")
            page.locator("[name=name]").fill(name)
            page.locator("[name=password]").fill(PASSWORDS[name])
            page.locator("form .primary").click()
            settled(page)
            found = []
            for screen, (language, scheme) in zip(screens, cycle(LOOKS), strict=False):
                page = reader.open(address(screen, lang=language), scheme=scheme)
                hints = page.locator(".zb-empty").all_text_contents()
                wrong = [] if all(re.search("[。.]", hint) for hint in hints) else [f"no way on: {hints}"]
                wrong += violations(page) + half_translated(page, language) + spill(page, 375)
                found += [f"{screen} {language} {scheme}: {line}" for line in wrong]
            assert not found, "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_address_of_no_page_says_so_and_leads_on(language: str, chromium: Browser, server: Server) -> None:
    with live.reading(chromium, server) as reader:
        page = reader.context.new_page()
        page.goto(f"{server.url}/nowhere?lang={language}")
        assert violations(page) == []
        expect(page.locator("html")).to_have_attribute("lang", tag(language))
        page.get_by_role("link", name=words(language)("gate.no_page_back")).click()
        expect(settled(page).locator("html")).to_have_attribute("lang", tag(language))
        reader.wrong.clear()  # the browser notes the 404


# -- a keyboard alone --------------------------------------------------------------------------------------


def focused(page: Page) -> str:
    """What has the focus, as it reads; it must be seen to have it."""
    told: list[str] = page.evaluate(
        "() => { const one = document.activeElement; const look = (pseudo) => getComputedStyle(one, pseudo);"
        " return [one.innerText, look().outlineStyle, look('::after').outlineStyle, one.className, one.tagName]; }"
    )
    assert told[4] == "H1" or "none" not in told[1:2] or "none" not in told[2:3], f"not seen: {told}"
    return told[0].strip()


def test_a_keyboard_reaches_a_target_and_comes_back(chromium: Browser, server: Server) -> None:
    with live.reading(chromium, server) as reader:
        page = reader.open("?lang=en")
        page.keyboard.press("Tab")
        assert focused(page) == "Skip to the page"
        for name in ("Zhibiao", "Overview", "Indicator"):
            page.keyboard.press("Tab")
            assert focused(page).endswith(name)
        page.locator(".zb-skip").focus()
        page.keyboard.press("Enter")
        assert focused(page).startswith("28 targets")
        for _ in range(60):
            page.keyboard.press("Tab")
            focused(page)
            if page.evaluate("document.activeElement.matches('.zb-rows a')"):
                break
        worst = focused(page)
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_contain_text(worst)
        settled(page)
        page.wait_for_function("() => document.activeElement.tagName === 'H1'")
        assert page.title() == "Indicator · Zhibiao"
        page.go_back()
        expect(page.locator("h1")).to_contain_text("28 targets")
        page.wait_for_function("() => document.activeElement.tagName === 'H1'")
        assert page.title() == "Overview · Zhibiao"


def test_a_list_opens_and_closes_by_keyboard(chromium: Browser, server: Server) -> None:
    with live.reading(chromium, server) as reader:
        page = reader.open()
        share = page.locator("summary", has_text="分享")
        share.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="复制链接")).to_be_visible()
        page.keyboard.press("Tab")
        assert focused(page).startswith("复制链接")
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="复制链接")).to_be_hidden()
        assert focused(page) == "分享"


def test_large_letters_are_asked_for_once(chromium: Browser, server: Server) -> None:
    with live.reading(chromium, server) as reader:
        page = reader.open()
        large = page.get_by_role("button", name="大字")
        large.focus()
        page.keyboard.press("Enter")
        expect(page.locator("html")).to_have_class(re.compile("zb-large"))
        page = reader.open("method")
        expect(page.locator("html")).to_have_class(re.compile("zb-large"))


def test_whoever_wants_no_motion_gets_none(chromium: Browser, server: Server) -> None:
    with live.reading(chromium, server) as reader:
        page = reader.open()
        page.emulate_media(reduced_motion="reduce")
        slow = page.evaluate(
            "() => [...document.querySelectorAll('*')].filter((one) => { const look = getComputedStyle(one);"
            " return [...look.transitionDuration.split(', '), ...look.animationDuration.split(', ')]"
            ".some((time) => parseFloat(time) > 0.002); }).length"
        )
        assert slow == 0


# -- waiting, and paper ------------------------------------------------------------------------------------

SHIFTS = """window.shifts = 0;
new PerformanceObserver((list) =>
  list.getEntries().forEach((one) => (window.shifts += one.hadRecentInput ? 0 : one.value))
).observe({ type: "layout-shift", buffered: true });"""


def test_nothing_moves_while_the_first_page_is_drawn(chromium: Browser, server: Server) -> None:
    with live.reading(chromium, server) as reader:
        reader.context.add_init_script(SHIFTS)
        page = reader.open()
        page.wait_for_timeout(500)
        assert page.evaluate("shifts") < 0.05


def test_a_page_is_outlined_before_there_is_anything_to_see(chromium: Browser, server: Server) -> None:
    with live.reading(chromium, server) as reader:
        page = reader.context.new_page()
        page.route("**/static/js/**", lambda route: route.abort())
        page.goto(server.url)
        expect(page.locator("#zb-wait .bar")).to_be_visible()
        expect(page.get_by_role("status")).to_have_text("正在打开页面…")
        reader.wrong.clear()


def test_a_reader_is_told_that_the_server_is_away(chromium: Browser, tmp_path: Path) -> None:
    with live.serving(tmp_path) as server, live.reading(chromium, server) as reader:
        page = reader.open("?lang=en")
        expect(page.locator(".zb-lost")).to_be_hidden()
        os.kill(server.pid, signal.SIGKILL)
        expect(page.get_by_role("alert").filter(has_text="The connection to the server is lost")).to_be_visible()
        reader.wrong.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_paper_says_what_it_stands_on(scheme: Literal["light", "dark"], chromium: Browser, server: Server) -> None:
    with live.reading(chromium, server) as reader:
        page = reader.open("?lang=en", scheme=scheme)
        page.emulate_media(media="print", color_scheme=scheme)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        paper = page.locator(".zb-paper")
        expect(paper).to_be_visible()
        expect(paper).to_contain_text("Printed")
        expect(paper).to_contain_text(re.compile(r"seen at http://127\.0\.0\.1:\d+/\?.*known_on=\d{4}-\d{2}-\d{2}"))
        expect(page.locator(".zb-mark")).to_have_text("Demo")
        sheet = page.evaluate("document.getElementById('zb-sheet').textContent")
        assert "as of end 2024" in sheet and "demonstration data" in sheet
        for hidden in (".zb-top", ".st-key-controls", ".zb-cite"):
            expect(page.locator(hidden).first).to_be_hidden()
        light = page.evaluate(
            "() => [...document.querySelectorAll('.stApp, .zb-card, .zb-h1')].map((one) => getComputedStyle(one))"
            ".map((look) => [look.backgroundColor, look.color])"
        )
        assert all("rgb(15, 19, 25)" not in ground and "rgb(232" not in ink for ground, ink in light)
