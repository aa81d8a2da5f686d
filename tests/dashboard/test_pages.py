"""The pages as a reader meets them: on the demonstration, and on a real store with no figures yet."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest, app_test
from streamlit.testing.v1.local_script_runner import LocalScriptRunner
from streamlit.util import calc_hash

import streamlit_app
from dashboard import answers, session
from dashboard.components import reporting
from dashboard.i18n import words
from indicators.monitor import Judged
from indicators.store import Store
from ingest.demo import AS_OF, PEOPLE, PLAN
from ingest.people import Role, User
from ingest.settings import SHIPPED, Settings
from ingest.terminal import Place

MAIN = Path(session.__file__).with_name("main.py")
LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
SCREENS = ("overview", "indicator", "submit", "review")
GOOD, BAD = (SHIPPED / "examples" / f"return-{name}.csv" for name in ("good", "bad"))
BANNER = {"zh": "非真实统计结果", "en": "generated, not statistics"}


def opened(screen: str, *, role: Role = Role.LEADER, **address: str) -> AppTest:
    """A page as its address opens it."""
    page = AppTest.from_file(MAIN, default_timeout=30)
    page._page_hash = "" if screen == "overview" else calc_hash(screen)
    page.query_params.update(address)
    page.session_state["role"] = role.value
    return page.run()


def markup(page: AppTest) -> str:
    """Everything a page drew as markup, its style sheet apart."""
    drawn = [element.proto.body for element in page.get("html")]
    return "\n".join(body for body in drawn if not body.startswith("<style>"))


def words_of(page: AppTest) -> str:
    """Everything a page says."""
    plain = html.unescape(re.sub(r"<[^>]+>", " ", markup(page)))
    boxes = [element.value for kind in ("info", "success", "error", "warning") for element in page.get(kind)]
    buttons = [button.label for button in page.button]
    return " ".join([*plain.split(), *boxes, *buttons])


def rows(page: AppTest) -> list[list[str]]:
    """The rows of a page's tables as text."""
    found = re.findall(r"<tr>(<td.*?)</tr>", markup(page))
    return [[plain(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in found]


def plain(drawn: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", drawn)).strip()


def headline(page: AppTest) -> str:
    (title,) = re.findall(r'<h1 class="zb-h1">(.*?)</h1>', markup(page))
    return plain(title)


def judged() -> list[Judged]:
    return list(answers.judged(session.View("zh", PLAN, AS_OF)))


# -- 总览 --------------------------------------------------------------------------------------------------


@LANGUAGES
def test_the_first_screen_says_how_the_plan_stands(language: str, shown: Place) -> None:
    page = opened("overview", lang=language)
    on = off = binding = 0
    for one in judged():  # counted anew, one by one
        status = str(one.assessment.status)
        on += status in ("exceeded", "completed", "achieved_early", "ahead", "on_schedule")
        off += status in ("behind", "far_behind", "missed")
        binding += status in ("behind", "far_behind", "missed") and one.commitment.attribute == "binding"
    said = {
        "zh": f"{len(judged())} 项指标,{on} 项达标或达到时序进度;{off} 项滞后,其中约束性 {binding} 项",
        "en": f"{len(judged())} targets, {on} met or on schedule; {off} behind, {binding} of them binding",
    }
    assert headline(page) == said[language]
    assert not page.exception


def test_the_counts_add_up_to_one_square_a_target(shown: Place) -> None:
    drawn = markup(opened("overview"))
    counts = [int(n) for n in re.findall(r'<div class="zb-count [^"]*"><b>(\d+)</b>', drawn)]
    assert sum(counts) == drawn.count('<a class="zb-square') == len(judged())
    assert len(re.findall(r'class="zb-square [^"]*binding"', drawn)) == sum(
        one.commitment.attribute == "binding" for one in judged()
    )


def test_what_needs_attention_comes_worst_first_and_links_to_its_page(shown: Place) -> None:
    drawn = markup(opened("overview"))
    links = re.findall(r'<div class="name"><a href="/indicator\?indicator=([\w-]+)">', drawn)
    assert links[0] == "gps-per-10000"  # 严重滞后 and 约束性
    assert len(links) == len(judged()) + drawn.count('<div class="zb-row urgent">')


def test_domains_account_for_every_target(shown: Place) -> None:
    table = [row[1:] for row in rows(opened("overview")) if len(row) == 5]
    assert sum(int(n) for row in table for n in row if n != "·") == len(judged())


def test_each_return_that_a_body_of_the_plan_owes_has_its_mark(shown: Place) -> None:
    page = opened("overview")
    owed = answers.owed(session.View("zh", PLAN, AS_OF))
    marks = re.findall(r'<span class="zb-sent-(\w+)" role="img"', markup(page))
    assert sorted(marks) == sorted(reporting.kind(one) for one in owed)
    overdue = [one for one in owed if reporting.kind(one) == "overdue"]
    assert all(one.organisation.name() in words_of(page) for one in overdue)


def test_a_status_has_its_icon_and_its_word(shown: Place) -> None:
    said = words_of(opened("overview"))
    assert "▼▼ 严重滞后" in said
    assert "→ 推进中" in said


# -- the address -------------------------------------------------------------------------------------------


def test_the_address_chooses_date_language_and_indicator(shown: Place) -> None:
    page = opened("indicator", plan=PLAN, as_of="2023-06-30", indicator="nurses-per-1000", lang="en")
    assert headline(page).startswith("Registered nurses")
    assert [box.value for box in page.selectbox] == ["nurses-per-1000", "", date(2023, 6, 30), None]
    assert "Q2 2023" in words_of(page)
    assert "Q3 2023" not in words_of(page)


def test_a_choice_goes_into_the_address(shown: Place) -> None:
    page = opened("indicator", indicator="nurses-per-1000")
    page.selectbox[2].select(date(2022, 12, 31)).run()
    assert page.query_params["as_of"] == "2022-12-31"
    assert rows(page)[0][0].startswith("2022年末")
    page.selectbox[0].select("beds-per-1000").run()
    assert page.query_params["indicator"] == "beds-per-1000"
    assert headline(page).startswith("每千人口医疗卫生机构床位数")


@pytest.mark.parametrize("screen", SCREENS)
def test_nonsense_in_the_address_opens_the_default_page(screen: str, shown: Place) -> None:
    nonsense = {"plan": "x", "as_of": "soon", "indicator": "<b>", "lang": "tlh", "known_on": "never"}
    assert words_of(opened(screen, **nonsense)) == words_of(opened(screen))


def test_the_language_link_keeps_the_view_and_loads_the_page_anew(shown: Place) -> None:
    drawn = markup(opened("indicator", indicator="visitors", as_of="2023-12-31"))
    (link,) = re.findall(r'<a class="zb-language" data-zb-load="" lang="en" href="/indicator\?([^"]+)">English', drawn)
    assert sorted(html.unescape(link).split("&")) == ["as_of=2023-12-31", "indicator=visitors", "lang=en"]


def test_a_link_to_share_leaves_nothing_to_defaults(shown: Place) -> None:
    drawn = html.unescape(markup(opened("overview")))
    live, fixed = re.findall(r'data-zb-pin="([^"]+)" data-zb-done="链接', drawn)
    assert dict(parse_qsl(live)) == {"plan": PLAN, "as_of": AS_OF.isoformat(), "lang": "zh"}
    assert set(parse_qsl(fixed)) - set(parse_qsl(live)) == {("known_on", session.clock().date().isoformat())}


def test_the_verdict_is_copied_with_its_source_its_date_and_its_address(shown: Place) -> None:
    page = opened("overview")
    (text,) = re.findall(r'class="zb-cite" data-zb-do="copy" data-zb-text="([^"]+)"', markup(page))
    assert headline(page) in html.unescape(text)
    assert "示例数据" in text and session.now().date().isoformat() in text
    assert "**" not in text


def test_a_plan_that_is_over_says_what_was_behind_when_last_seen(shown: Place) -> None:
    page = opened("overview", as_of="2026-06-30")
    assert "缺期末数据,无法评估,其中按最后数据 3 项滞后" in headline(page)
    assert "没有滞后" not in words_of(page) and "规划期已结束。" in words_of(page)
    worst = re.findall(r'<div class="name"><a href="[^"]*indicator=([\w-]+)', markup(page))[0]
    assert worst == "gps-per-10000"
    assert "? 无法评估 按2024年末数据 ▼▼ 严重滞后" in words_of(page)


def test_a_plan_without_figures_is_not_called_on_course(shown: Place) -> None:
    said = words_of(opened("overview", plan="guangzhou-2017"))
    assert "全部缺期末数据,无法评估" in said and "还没有可判定的数据" in said
    assert "没有需要关注的指标" not in said


@pytest.mark.parametrize("name", ["elderly-project-500-beds", "lz-pharma-output"])
def test_a_target_of_several_regions_and_an_indicator_are_found_by_their_ids(name: str, shown: Place) -> None:
    page = opened("indicator", plan="liuzhou-2020", indicator=name)
    plan = session.catalogue().plans["liuzhou-2020"]
    (found,) = {c.name() for c in plan.targets if name in (c.id, c.indicator)}
    assert headline(page).startswith(found)
    assert page.query_params["indicator"] != [name]  # the address says which one is shown


def test_a_region_below_is_judged_by_the_plan_s_targets(shown: Place) -> None:
    page = opened("overview", region="510104")
    assert "锦江区" in words_of(page) and "按全市目标衡量" in words_of(page)
    told = answers.judged(session.View("zh", PLAN, AS_OF, region="510104"))
    assert {one.region for one in told} == {"510104"}
    assert markup(page).count("region=510104") > len(told)  # every link hands it on
    assert words_of(opened("overview", region="440104")) == words_of(opened("overview"))  # of another city


# -- 指标 --------------------------------------------------------------------------------------------------


@LANGUAGES
def test_every_target_of_the_plan_has_a_page_whose_chart_says_what_it_shows(language: str, shown: Place) -> None:
    for one in judged():
        page = opened("indicator", indicator=one.commitment.id, lang=language)
        assert not page.exception, one.commitment.id
        name = one.commitment.name(language)
        assert headline(page).startswith(name)
        charts = page.get("vega_lite_chart")
        if one.observations or one.target.path():
            assert name in charts[0].proto.alt
            assert "**" not in charts[0].proto.alt
        else:
            assert not charts
            assert words(language)("chart.empty") in words_of(page)
        assert all(" ".join(q.text.split()) in html.unescape(markup(page)) for q in one.commitment.quotes)


def test_an_indicator_page_says_the_verdict_and_what_it_rests_on(shown: Place) -> None:
    said = words_of(opened("indicator", indicator="beds-per-1000"))
    assert "完成目标增量的 55.2%,时序进度 80.0%" in said
    assert "(7.87−7.34)/(8.30−7.34)" in said
    assert "规则:时序进度 第1版" in said


def test_generated_figures_are_marked_and_published_ones_are_not(shown: Place) -> None:
    beds, life = (words_of(opened("indicator", indicator=i)) for i in ("beds-per-1000", "life-expectancy"))
    assert "快报 · 示例" in beds and "已发布" not in beds
    assert "已发布" in life and "· 示例" not in life


def test_what_is_drawn_as_a_picture_has_the_colours_of_its_ground(shown: Place) -> None:
    light, dark = AppTest.from_file(MAIN, default_timeout=30), AppTest.from_file(MAIN, default_timeout=30)
    dark.context["theme"] = "dark"
    drawn = [re.findall(r'base64,([^"]+)"', markup(page.run())) for page in (light, dark)]
    assert len(drawn[0]) == len(drawn[1]) > 30
    assert set(drawn[0]).isdisjoint(drawn[1])


# -- 示例 --------------------------------------------------------------------------------------------------


@LANGUAGES
@pytest.mark.parametrize("screen", SCREENS)
def test_every_page_of_the_demonstration_says_so_and_who_is_signed_in(screen: str, language: str, shown: Place) -> None:
    page = opened(screen, role=Role.STATISTICIAN, lang=language)
    assert PEOPLE[Role.STATISTICIAN].name in words_of(page)
    assert BANNER[language] in words_of(page)
    assert not page.exception


@LANGUAGES
@pytest.mark.parametrize("screen", SCREENS)
def test_a_real_store_has_no_banner_no_roles_and_says_what_is_missing(screen: str, language: str, real: Place) -> None:
    page = opened(screen, role=Role.PUBLISHER, lang=language)  # a role that someone slipped into the page's memory
    assert PEOPLE[Role.PUBLISHER].name not in words_of(page)
    said, w = words_of(page), words(language)
    assert not page.exception
    assert BANNER[language] not in said
    missing = {
        "overview": w("overview.no_data_hint"),
        "indicator": w("indicator.no_history_hint"),
        "submit": w("course.none_hint"),
        "review": w("review.none_hint"),
    }
    assert " ".join(missing[screen].split()) in said


@LANGUAGES
@pytest.mark.parametrize("screen", ["overview", "indicator"])
def test_a_store_without_a_plan_says_what_to_run(screen: str, language: str, empty: Store, settings: Settings) -> None:
    with session.serving(Place(empty, settings, settings.at()), asking=lambda: User("zhou", Role.LEADER)):
        page = opened(screen, lang=language)
    assert not page.exception
    assert "zhibiao init" in words_of(page)


def test_an_empty_overview_counts_every_target_as_without_data(real: Place) -> None:
    plans = session.catalogue().plans
    targets = [c for c in plans[PLAN].targets if c.indicator]
    assert headline(opened("overview")) == f"{len(targets)} 项指标全部缺期末数据,无法评估"


# -- errors ------------------------------------------------------------------------------------------------


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages run with what the app does about errors, which AppTest leaves out."""

    class Runner(LocalScriptRunner):
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            self._on_script_error = streamlit_app.app._on_script_error

    monkeypatch.setattr(app_test, "LocalScriptRunner", Runner)
    return


@pytest.mark.parametrize("screen", ["overview", "indicator"])
def test_what_goes_wrong_reaches_the_reader_as_a_number_only(
    screen: str, shown: Place, served: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(asked: session.View) -> None:
        raise ZeroDivisionError("table submission in /srv/zhibiao.duckdb")

    monkeypatch.setattr(answers, "judged", broken)
    with caplog.at_level(logging.ERROR, "zhibiao"):
        page = opened(screen)
    assert not page.exception
    (error,) = page.error
    assert re.fullmatch(r"出错了,请把编号 ([0-9a-f]{8}) 告诉管理员。\s+.*\1\.", error.value)
    assert "duckdb" not in words_of(page) and "ZeroDivision" not in words_of(page)
    assert "duckdb" in caplog.text
