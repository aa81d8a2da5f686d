"""Finding a commitment by what people type."""

from __future__ import annotations

import re

import pytest

from dashboard.i18n import LANGUAGES, words
from dashboard.search import matches
from indicators.catalogue import Catalogue, read_folder
from indicators.plan import Quote
from tests import builders as make

DOCTORS = make.commitment(
    id="doctors-per-1000",
    name_zh="每千人口拥有执业(助理)医师数",
    name_en="Licensed (Assistant) Doctors per 1,000",
    quotes=(Quote("专栏1", "每千人口拥有执业（助理）医师数（人）\n3.54"), Quote("第三章", "加强医师队伍建设")),
    code="１０３０",
)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        "医师",
        "执业(助理)",
        "执业（助理）医师",  # full-width brackets
        "队伍建设",  # in a quote
        "mqrk",
        "MQRKYY",
        "ｍｑｒｋ",  # full-width letters
        "mqrkyyzyzlyss",  # initials run on past the brackets
        "licensed",
        "doctors LICENSED",  # words in any order
        "ＤＯＣＴＯＲＳ",
        "per 1,000",
        "doctors-per-1000",
        "1030",  # its slogan, printed in full width
        "１０３０",
        "医师 mqrk doctors",
        "医师　每千",  # a full-width space
        "3.54",
    ],
)
def test_what_finds_it(query: str) -> None:
    assert matches(DOCTORS, query)


@pytest.mark.parametrize(
    "query",
    ["护士", "krqm", "nurses", "医师 护士", "doctors nurses", "9064", "医 师 数 床", "103000"],
)
def test_what_does_not(query: str) -> None:
    assert not matches(DOCTORS, query)


def test_parts_are_kept_apart() -> None:
    """The end of one text and the start of the next are no word."""
    commitment = make.commitment(id="a", name_zh="床位", name_en="Beds", code="x", quotes=(Quote("一", "张数"),))
    assert matches(commitment, "床位")
    assert not matches(commitment, "位beds")
    assert not matches(commitment, "x张")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_of_the_hint_finds_something(language: str) -> None:
    (example,) = re.findall(r"\b(mq[a-z]+)", words(language)("catalogue.search_hint"))
    catalogue = Catalogue.of(read_folder(make.DATA))
    found = [c.name_zh for plan in catalogue.plans.values() for c in plan.commitments if matches(c, example)]
    assert "每千人口医疗卫生机构床位数" in found


def test_everything_in_the_catalogue_is_found_by_its_own_names() -> None:
    for plan in Catalogue.of(read_folder(make.DATA)).plans.values():
        for commitment in plan.commitments:
            for query in (commitment.id, commitment.name_zh, commitment.name_en, commitment.code):
                assert matches(commitment, query), (plan.id, commitment.id, query)
