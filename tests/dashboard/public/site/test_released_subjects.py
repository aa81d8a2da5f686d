"""The same page made from a real release: two returns, of which the second corrects the first."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.i18n import words
from dashboard.public.book import Book
from dashboard.public.drawing import chart_svg
from dashboard.public.site import embed_page, subject_page
from tests.returns import csv
from tests.snapshots import released

FIRST = csv(
    {"period": "2021", "value": "81.76", "vintage": "annual"},
    {"period": "2022", "value": "81.90", "vintage": "annual"},
    {"period": "2023", "value": "82.12", "vintage": "flash"},
)
SECOND = csv({"period": "2023", "value": "82.05", "vintage": "annual", "note": "年度校核"})
WHY = "2023年数据经年度校核后更正"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    home: Path = tmp_path_factory.mktemp("office")
    snapshot = released(home, FIRST, SECOND, notes=["", WHY], publisher_zh="成都市卫生健康委员会")
    yield Book(snapshot, url="https://data.example/")
    snapshot.close()


def text_of(raw: bytes) -> str:
    own = re.sub(r"</?b>|<svg.*?</svg>", "", raw.decode().partition("<main")[2], flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", own)).split())


def test_a_correction_reaches_the_page_with_both_values_and_its_reason(book: Book) -> None:
    (leaf,) = subject_page.leaves(book.subject("life-expectancy", "510100"), book, words("zh"))
    text = text_of(leaf.content)
    assert leaf.path == "indicators/life-expectancy/510100/index.html"
    assert f"2023年末 82.12 82.05 {WHY}" in text
    assert "修订 原 82.12 第 2 次" in text
    assert "发布机构 成都市卫生健康委员会" in text


def test_every_kind_of_subject_of_the_shipped_catalogue_has_its_pages(book: Book) -> None:
    kinds = {}
    for subject in book.subjects.values():
        one = next(iter(subject.judged), None)
        key = (subject.indicator.current.measure, one.assessment.status if one else "", one and one.target.recurrence)
        kinds.setdefault(key, subject)
    assert len(kinds) >= 5
    for subject in kinds.values():
        for language in ("zh", "en"):
            (page,) = subject_page.leaves(subject, book, words(language))
            (framed,) = embed_page.leaves(subject, book, words(language))
            assert subject.indicator.name(language) in html.unescape(page.content.decode())
            assert len(framed.content) < len(page.content)
            drawn = chart_svg(subject, book, words(language))
            assert bool(drawn) == (b'class="plot' in page.content) == (b'class="plot' in framed.content)
