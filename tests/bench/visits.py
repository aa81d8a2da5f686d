"""The first visit of a browser that knows nothing yet, and of one that was here before: until the charts are drawn."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median

from playwright.sync_api import Browser, BrowserContext

from tests import live
from tests.bench.timing import within

__all__ = ["bench"]

_VISITS = 5
_COLD, _WARM = 2.5, 2.0  # seconds
# when a page is drawn: nothing is computed, and our foot and pictures or a page's charts are there
_STILL = "document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')"
_FOOT = "document.querySelector('.zb-foot')"
_SPARKS = f"{_FOOT} && document.images.length > 5 && [...document.images].every(image => image.complete)"
_MARKS = "document.querySelectorAll('[data-testid=stVegaLiteChart] :is(svg, canvas).marks').length"
_FETCHED = "performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize || 0), 0)"


def _visit(context: BrowserContext, address: str, drawn: str) -> tuple[float, float]:
    """Seconds from setting out for an address until it is drawn, and the megabytes that were fetched for it."""
    page = context.new_page()
    page.goto(address, wait_until="commit")
    told = f"() => ({_STILL}) && ({drawn}) && [performance.now() / 1e3, {_FETCHED} / 1e6]"
    seconds, megabytes = page.wait_for_function(told, polling="raf", timeout=60_000).json_value()
    page.close()
    return float(seconds), float(megabytes)


def _visits(
    browser: Browser, address: str, drawn: str, enter: Callable[[BrowserContext], None]
) -> tuple[float, float, float, float]:
    """Seconds and megabytes of a first visit, and of one right after it."""
    found = []
    for _ in range(_VISITS):
        context = browser.new_context(viewport={"width": 1440, "height": 1000}, locale="zh-CN")
        enter(context)
        context.new_page()  # stays open: what it holds of the server is not what is measured
        found.append((*_visit(context, address, drawn), *_visit(context, address, drawn)))
        context.close()
    cold, fetched, warm, again = (median(one[place] for one in found) for place in range(4))
    return cold, fetched, warm, again


def bench(ours: live.Server, analyst: str) -> None:
    print(f"first visits in Chromium, median of {_VISITS}")
    with live.browser() as browser:

        def tell(name: str, address: str, drawn: str, enter: Callable[[BrowserContext], None]) -> tuple[float, float]:
            cold, fetched, warm, again = _visits(browser, address, drawn, enter)
            print(f"  {name}: {cold:.2f} s, {fetched:.1f} MB; again {warm:.2f} s, {again:.1f} MB", flush=True)
            return cold, warm

        tell("an analyst's page, four charts", analyst, f"{_MARKS} === 4", lambda _: None)
        for name, address, drawn in (("总览", "", _SPARKS), ("指标", "indicator", f"{_FOOT} && {_MARKS}")):
            cold, warm = tell(name, f"{ours.url}/{address}", drawn, lambda context: ours.enter(context, "leader"))
            within(f"{name}, first visit", cold, most=_COLD, unit="s")
            within(f"{name}, again", warm, most=_WARM, unit="s")
