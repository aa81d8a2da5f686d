"""A leader's minute, in a real browser: what is worst, why, who owes it, what it would take, and the same elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import live
from tests.live import Reader, Server, settled

WORST = "每万人口全科医师数"


@pytest.fixture
def leader(chromium: Browser, server: Server) -> Iterator[Reader]:
    with live.reading(chromium, server, role="leader", width=375, height=812) as reader:
        reader.context.grant_permissions(["clipboard-read", "clipboard-write"])
        yield reader


def copied(page: Page) -> str:
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


def share(page: Page, which: str) -> str:
    """The address that a control of 分享 copies."""
    page.locator(".zb-pop summary").get_by_text("分享").click()
    page.get_by_role("button", name=which).click()
    expect(page.locator(".zb-told")).to_have_text("链接已复制")
    page.keyboard.press("Escape")
    return copied(page)


def shown(page: Page) -> list[str]:
    """All that a target's page says: name, verdict, figures, reasons."""
    return [settled(page).locator(kind).first.inner_text() for kind in ("h1", ".zb-lead", ".st-key-card_table table")]


def test_a_leader_s_minute(leader: Reader, chromium: Browser, server: Server) -> None:
    page = leader.open()
    expect(page.locator("h1")).to_contain_text("其中约束性 2 项")
    worst = page.locator(".zb-rows.urgent li").first
    expect(worst).to_contain_text(WORST)
    expect(worst).to_contain_text("约束性")
    expect(worst).to_contain_text("市卫健委")  # who owes it
    expect(worst).to_contain_text("原因:")
    expect(worst).to_contain_text("为近四个季度平均增量的 12.8 倍")  # what it would take
    page.evaluate("window.kept = true")

    worst.get_by_role("link").click()  # anywhere in the row
    expect(page.locator("h1")).to_contain_text(WORST)
    settled(page)
    assert page.evaluate("window.kept"), "the page was loaded anew"
    expect(page.locator(".zb-lead")).to_contain_text("落后 62.3 个百分点")
    expect(page.locator(".zb-lead")).to_contain_text("12.8 倍")
    expect(page.locator(".zb-card.reasons")).to_contain_text("措施")
    assert page.locator(".stVegaLiteChart, [data-testid=stVegaLiteChart]").count()

    page.get_by_role("button", name="复制这段结论").click()
    told = copied(page)
    assert WORST in told and "落后 62.3 个百分点" in told and "示例数据" in told and server.url in told
    here, link, fixed = shown(page), share(page, "复制链接"), share(page, "复制固定链接")
    assert "known_on" in parse_qs(urlsplit(fixed).query)

    page.go_back()
    expect(page.locator(".zb-rows.urgent li").first).to_contain_text(WORST)
    for address in (link, fixed):
        with live.reading(chromium, server, role="reviewer", width=375, height=812) as another:
            there = another.open(address.removeprefix(server.url + "/"))
            assert shown(there) == here
