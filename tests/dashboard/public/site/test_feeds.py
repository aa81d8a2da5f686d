"""What machines read at the root of a site: a feed reader, a search engine, a robot."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from collections.abc import Mapping
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any, cast

import feedparser
import polars as pl
import pytest

from dashboard.i18n import words
from dashboard.public.book import Book
from dashboard.public.site import feeds
from indicators.store import ReleaseFacts
from tests import builders as make

URL = "https://data.example/zb/"
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def release(number: int, **facts: Any) -> ReleaseFacts:
    """The release of a January, known to the public an hour after it was made."""
    plain: dict[str, Any] = {
        "number": number,
        "released_at": datetime(2020 + number, 1, 20, 1, 0),
        "public_from": datetime(2020 + number, 1, 20, 2, 0),
        "released_on": date(2020 + number, 1, 20),
        "as_of": date(2019 + number, 12, 31),
        "data_until": date(2019 + number, 12, 31),
        "note": "",
        "figures": 12,
        "corrections": 0,
        "publisher_zh": "成都市卫生健康委员会",
        "publisher_en": "Chengdu Health Commission",
        "rule": "cn-schedule",
        "rule_version": 1,
    }
    return ReleaseFacts(**plain | facts)


def book(*releases: ReleaseFacts, corrections: int = 0, demo: bool = False, url: str = URL) -> Book:
    """What a feed asks of a book: its releases, newest first, with so many corrections of the newest."""
    rows: list[Mapping[str, Any]] = [
        {
            "release": releases[0].number,
            "indicator": "beds",
            "region": "510100",
            "period": "2021",
            "period_end": date(2021, 12, 31),
            "before_value": 100.0 + n,
            "before_missing": "",
            "after_value": None,
            "after_missing": "suppressed",
            "reason": "漏计 <b>&\x01",
        }
        for n in range(corrections)
    ]
    frame = pl.DataFrame(rows) if rows else pl.DataFrame(schema={"release": pl.Int32})
    region = SimpleNamespace(name=lambda language: "成都市" if language == "zh" else "Chengdu")
    found = SimpleNamespace(
        url=url,
        demo=demo,
        release=releases[0],
        releases=releases,
        catalogue=SimpleNamespace(indicators={"beds": make.indicator()}, regions={"510100": region}),
        snapshot=SimpleNamespace(corrections=lambda: frame),
    )
    return cast(Book, found)


def read(of: Book, language: str = "en") -> Any:
    """The feed as a feed reader understands it, which must find nothing wrong with it."""
    (leaf,) = feeds.leaves(of, words(language))
    found = feedparser.parse(leaf.content)
    assert not found.bozo, found.bozo_exception
    assert found.version == "atom10"
    return found


def test_a_feed_reader_finds_every_release_newest_first() -> None:
    found = read(book(release(2, corrections=1), release(1, figures=1)))
    assert [entry.title for entry in found.entries] == ["Release 2 (20 Jan 2022)", "Release 1 (20 Jan 2021)"]
    assert found.entries[0].link == f"{URL}releases/2/en/changes/"
    assert found.entries[0].updated == "2022-01-20T02:00:00Z"
    assert found.entries[0].summary == "12 figures published, 1 of them a correction. Data to 31 Dec 2021."
    assert found.entries[1].summary.startswith("1 figure published")
    assert found.feed.author == "Chengdu Health Commission"
    assert found.feed.updated == "2022-01-20T02:00:00Z"


def test_a_correction_is_told_with_both_values_and_its_reason() -> None:
    entry = read(book(release(2, corrections=1, note="更正"), release(1), corrections=1), "zh").entries[0]
    assert entry.summary == "公布数据 12 个,其中更正 1 处。数据截至 2021-12-31。更正"
    told = entry.content[0].value.splitlines()[1:]
    assert told == ["医疗床位数(成都市)·2021年末:100 张 → 依法不公布。原因:漏计 <b>&"]


def test_of_very_many_corrections_the_feed_tells_some_and_how_many_more() -> None:
    lines = read(book(release(1), corrections=25)).entries[0].content[0].value.splitlines()
    assert len(lines) == 1 + feeds.MOST_CORRECTIONS + 1
    assert lines[-1] == "5 more corrections on the page of the release."


def test_an_entry_keeps_its_name_for_ever_and_each_language_has_its_own() -> None:
    first, later = read(book(release(1))), read(book(release(2), release(1)))
    assert later.entries[1].id == first.entries[0].id == "tag:data.example,2021-01-20:/zb/en/releases/1"
    assert read(book(release(1)), "zh").feed.id != first.feed.id
    with_port = read(book(release(1), url="http://localhost:8502/")).feed.id
    assert with_port == "tag:localhost,2021-01-20:/en/feed", "an authority of a tag has no port"


def test_a_demonstration_says_so_and_keeps_robots_out() -> None:
    demo = book(release(1), demo=True)
    assert read(demo).feed.title.startswith("[Demonstration, not an official release]")
    assert read(demo, "zh").entries[0].title.startswith("[演示网站")
    assert feeds.robots(demo).content == b"User-agent: *\nDisallow: /\n"


def test_robots_may_read_the_pages_and_are_shown_the_map() -> None:
    lines = feeds.robots(book(release(1))).content.decode().splitlines()
    assert lines == [
        "User-agent: *",
        "Disallow: /zb/api/",
        "Disallow: /zb/explore",
        f"Sitemap: {URL}sitemap.xml",
    ]


def test_the_map_names_every_page_in_both_languages() -> None:
    (leaf,) = feeds.site_map(book(release(1)), {"": date(2021, 1, 20), "plans/a&b/": date(2021, 1, 2)})
    found = {page.findtext("s:loc", "", MAP): page for page in Xml.fromstring(leaf.content).findall("s:url", MAP)}
    assert list(found) == [URL, f"{URL}en/", f"{URL}plans/a&b/", f"{URL}en/plans/a&b/"]
    others = [(link.get("hreflang"), link.get("href")) for link in found[f"{URL}en/plans/a&b/"].findall("x:link", MAP)]
    assert others == [("zh-CN", f"{URL}plans/a&b/"), ("en", f"{URL}en/plans/a&b/")]
    assert found[f"{URL}plans/a&b/"].findtext("s:lastmod", "", MAP) == "2021-01-02"


def test_a_large_map_is_an_index_of_several() -> None:
    addresses = {f"regions/{n}/": date(2021, 1, 1) for n in range(5)}
    leaves = {leaf.path: Xml.fromstring(leaf.content) for leaf in feeds.site_map(book(release(1)), addresses, most=4)}
    assert list(leaves) == ["sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml"]
    named = [one.text for one in leaves["sitemap.xml"].findall("s:sitemap/s:loc", MAP)]
    assert named == [f"{URL}sitemap-{n}.xml" for n in (1, 2, 3)]
    assert sum(len(leaves[f"sitemap-{n}.xml"]) for n in (1, 2, 3)) == 10


@pytest.mark.parametrize(("language", "path"), [("zh", "feed.xml"), ("en", "en/feed.xml")])
def test_a_feed_says_where_it_lies_and_in_which_language(language: str, path: str) -> None:
    (leaf,) = feeds.leaves(book(release(1)), words(language))
    assert leaf.path == path
    feed = read(book(release(1)), language).feed
    assert feed.language == feeds.TAGS[language]
    assert next(link.href for link in feed.links if link.rel == "self") == URL + path
