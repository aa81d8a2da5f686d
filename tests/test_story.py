"""One quarter, end to end, in a real browser: dropped, mended, sent, approved, released, seen."""

from __future__ import annotations

import json
import re
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.headers import _HEADERS
from tests import live
from tests.live import Reader, Server, settled

EXAMPLES = live.ROOT / "data" / "examples"
MENDED = {
    "每千人口医疗卫生机构床位,": "每千人口医疗卫生机构床位数,",
    "2025Q5": "2025Q1",
    '"55,0"': "55.0",
    "43.6": "4.36",
    "#DIV/0!,%,快报,市卫健委季报,": "93.9,%,快报,市卫健委季报,按季监测的数",
}


@pytest.fixture
def reader(chromium: Browser, server: Server) -> Iterator[Reader]:
    with live.reading(chromium, server, role="") as someone:
        yield someone


def entry(server: Server) -> int:
    """Number of the last entry of the ledger that an answer depends on."""
    return server.entries(server.sign_in())


def take_role(page: Page, role: str) -> None:
    """Switch the role by the menu of who is signed in; the first page follows."""
    if "/login" not in page.url:
        page.locator(".zb-me summary").click()
        page.get_by_role("link", name="切换角色").click()
    page.locator("button.role").filter(has_text=role).click()
    expect(page.locator(".zb-me summary")).to_contain_text(role)
    settled(page)


def go(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).first.click()
    expect(page.locator(".zb-nav [aria-current]")).to_contain_text(name)
    settled(page)


def drop(page: Page, file: Path) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(file)
    page.locator(".st-key-card_problems [data-testid=stAlert]").wait_for()


def cells(page: Page, card: str, *, count: int) -> list[list[str]]:
    """The rows of the table in a card, as they read, once there are so many."""
    rows = page.locator(f".st-key-{card} tbody tr")
    expect(rows).to_have_count(count)
    return [row.locator("td").all_inner_texts() for row in rows.all()]


def test_a_quarter_from_file_to_eyes(reader: Reader, server: Server, tmp_path: Path) -> None:
    before = entry(server)
    page = reader.context.new_page()
    page.goto(server.url)  # the first thing to see is who one may be
    take_role(page, "填报人")
    expect(page.locator(".zb-h1")).to_contain_text("项指标")
    go(page, "填报")

    # a bad return: what is wrong, cell by cell, and nothing stored
    drop(page, EXAMPLES / "return-bad.csv")
    # five to mend, and 43.6 also to explain
    problems = [row for row in cells(page, "card_problems", count=6) if row[0] == "须改正"]
    assert [row[1:3] for row in problems] == [
        ["2", "指标"],
        ["3", "报告期"],
        ["4", "数值"],
        ["5", "数值"],
        ["6", "数值"],
    ]
    assert all(re.search(r"[\u4e00-\u9fff]", row[4]) for row in problems)
    expect(page.get_by_role("button", name="签署并报送")).to_have_count(0)
    assert entry(server) == before

    # mended: accepted, with the difference it makes
    text = (EXAMPLES / "return-bad.csv").read_text(encoding="utf-8")
    for bad, good in MENDED.items():
        assert bad in text
        text = text.replace(bad, good)
    mended = tmp_path / "2025年一季度.csv"
    mended.write_text(text, encoding="utf-8")
    drop(page, mended)
    expect(page.locator(".st-key-card_problems")).to_contain_text("检查通过:5 行,新增 5,变更 0,未变 0。")
    difference = cells(page, "card_difference", count=5)
    assert difference[0] == ["新增", "每千人口医疗卫生机构床位数 · 成都市", "2025年一季度", "—", "7.94", "—"]
    assert entry(server) == before
    for label, name in (("填报人", "廖敏"), ("统计负责人", "何颖欣"), ("单位负责人", "梁燕")):
        field = page.locator(".st-key-card_sign").get_by_label(label, exact=True)
        field.fill(name)
        field.press("Tab")
        settled(page)
    page.get_by_role("button", name="签署并报送").click()
    expect(page.get_by_text("等待审核人审核")).to_be_visible()
    sent = entry(server)
    assert sent > before

    # whoever sent it cannot approve it
    go(page, "审核发布")
    expect(page.get_by_text("当前身份是“填报人”,可以查看,不能审核。")).to_be_visible()
    # two that the demonstration came with wait beside ours
    approve = page.get_by_role("button", name="审核通过")
    expect(approve).to_have_count(3)
    ours = page.locator('[class*="st-key-card_"]').filter(has_text="2025年一季度.csv").last
    expect(ours.get_by_role("button", name="审核通过")).to_be_disabled()
    expect(ours).to_contain_text("签署:廖敏、何颖欣、梁燕")
    take_role(page, "审核人")
    go(page, "审核发布")
    ours.get_by_role("button", name="审核通过").click()
    expect(page.get_by_text("已记录。")).to_be_visible()
    expect(approve).to_have_count(2)
    page.get_by_role("link", name="发布", exact=True).click()
    expect(page.get_by_role("button", name="发布全部已审核数据")).to_be_disabled()
    take_role(page, "发布人")
    go(page, "审核发布")
    page.get_by_role("link", name="发布", exact=True).click()
    page.get_by_role("button", name="发布全部已审核数据").click()
    expect(page.get_by_text("第 2 次发布完成,共 5 个数值。")).to_be_visible()
    assert entry(server) > sent

    # and everyone sees it: table, chart, download
    page = reader.open("indicator?indicator=beds-per-1000&as_of=2025-03-31")
    newest, generated = cells(page, "card_table", count=17)[:2]
    assert (newest[0], newest[1], newest[-1]) == ("2025年一季度", "7.94", "快报 · 已发布")
    assert (generated[0], generated[-1]) == ("2024年末", "快报 · 示例")
    chart = page.get_by_test_id("stVegaLiteChart")
    expect(chart).to_have_attribute("aria-label", re.compile("2025年一季度 7.94 张/千人"))
    expect(chart.locator("svg")).to_contain_text("7.94")
    with page.expect_download() as saved:
        page.get_by_role("button", name="CSV").click()
    rows = Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert saved.value.suggested_filename == "beds-per-1000-510100-2025-03-31.csv"
    assert sum("2025Q1,,7.94" in row and row.endswith(",reported") for row in rows) == 1
    assert all(row.endswith(",demo") for row in rows[1:] if "2025Q1" not in row)
    # 总览 knows the release too
    expect(reader.open("?as_of=2025-03-31").locator(".zb-kicker")).to_contain_text("上次发布:第 2 次")


@pytest.mark.parametrize("width", [375, 1440])
def test_pages_never_scroll_sideways(width: int, chromium: Browser, server: Server) -> None:
    with live.reading(chromium, server, width=width, height=812) as someone:
        for language in ("zh", "en"):
            for address in ("?", "indicator?indicator=childcare-places-per-1000&"):
                page = someone.open(f"{address}lang={language}")
                whole, seen = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
                assert whole <= seen, (address, language)
                inner = page.get_by_test_id("stMain").evaluate("main => main.scrollWidth - main.clientWidth")
                assert inner <= 0, (address, language)


def test_the_terminal_is_answered_by_the_server_that_owns_the_store(server: Server) -> None:
    assessed = server.zhibiao("assess", "--demo", "--plan", "chengdu-145", "--as-of", "2024-12-31", "--json")
    beds = next(row for row in json.loads(assessed.stdout) if row["commitment"] == "beds-per-1000")
    assert (assessed.returncode, beds["status"], beds["words"]["zh"]) == (0, "behind", "滞后")
    before = entry(server)
    bad = server.zhibiao("check", str(EXAMPLES / "return-bad.csv"), "--demo", "--json")
    assert (bad.returncode, json.loads(bad.stdout)["accepted"]) == (1, False)
    assert entry(server) == before


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 401), ("/login", 200), ("/healthz", 200), ("/_stcore/health", 401), ("/_stcore/metrics", 404)],
)
def test_every_answer_of_the_server_bears_the_security_headers(path: str, status: int, server: Server) -> None:
    try:
        with urlopen(server.url + path) as reply:
            found, headers = reply.status, reply.headers
    except urllib.error.HTTPError as reply:
        with reply:
            found, headers = reply.status, reply.headers
    assert found == status
    assert {name: headers[name] for name in _HEADERS} == _HEADERS
    assert headers["Server"] is None
