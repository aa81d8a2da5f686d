"""Dated notes: who may write and withdraw them, what they may say, what is known when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from indicators.annotation import AnnotationKind
from indicators.store import Store
from ingest.annotating import LONGEST, annotate, may_annotate, standing, withdraw_annotation
from ingest.people import Forbidden, Role, User
from ingest.submission import Refused
from ingest.workflow import add_person

TODAY = date(2025, 4, 3)
HEALTH = User("zhou", Role.STATISTICIAN, "chengdu-health")
CIVIL = User("wu", Role.STATISTICIAN, "chengdu-civil-affairs")
PLAIN: dict[str, Any] = {
    "indicator": "beds-per-1000",
    "region": "510100",
    "day": date(2023, 7, 1),
    "kind": "event",
    "text": "新院区投用",
    "user": HEALTH,
    "today": TODAY,
}


@pytest.fixture
def note(store: Store) -> Callable[..., str]:
    """Write a plain note that differs in what is named."""
    return lambda **changes: annotate(store, **PLAIN | changes)


def test_a_note_keeps_who_said_what_of_which_day(store: Store, note: Callable[..., str]) -> None:
    made = note(kind="policy", text="  新院区   投用 ", link=" https://www.chengdu.gov.cn/a?b=1 ")
    (one,) = standing(store, indicator="beds-per-1000", region="510100")
    assert (one.id, one.indicator, one.region, one.day) == (made, "beds-per-1000", "510100", date(2023, 7, 1))
    assert (one.kind, one.text, one.link) == (AnnotationKind.POLICY, "新院区 投用", "https://www.chengdu.gov.cn/a?b=1")
    assert (one.by, one.organisation) == ("zhou", "chengdu-health")
    line = store.ask("ledger", most=1).row(0, named=True)
    assert (line["actor"], line["action"], line["subject"]) == ("zhou", "annotate", "beds-per-1000@510100")
    assert "新院区 投用" in line["detail"] and made in line["detail"]


def test_notes_come_oldest_first_and_of_one_place(store: Store, note: Callable[..., str]) -> None:
    note(day=date(2024, 1, 1))
    note(day=date(2022, 1, 1))
    note(region="510107")
    note(indicator="nurses-per-1000")
    found = standing(store, indicator="beds-per-1000", region="510100")
    assert [one.day.year for one in found] == [2022, 2024]
    assert len(standing(store)) == 4


def test_a_withdrawn_note_stands_no_more_but_was_known(store: Store, note: Callable[..., str]) -> None:
    made = note()
    before = store.ask("last_entry")["recorded_at"][0]
    withdraw_annotation(store, annotation=made, user=HEALTH)
    assert standing(store) == []
    assert [one.id for one in standing(store, known_on=before)] == [made]
    assert standing(store, known_on=before - timedelta(seconds=1)) == []
    line = store.ask("ledger", most=1).row(0, named=True)
    assert (line["action"], line["subject"]) == ("withdraw_annotation", "beds-per-1000@510100")
    with pytest.raises(Refused, match="no such note, or it is withdrawn") as refused:
        withdraw_annotation(store, annotation=made, user=HEALTH)
    assert "没有这条标注" in refused.value.zh
    assert note() != made  # and may be said again


# -- who -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.STATISTICIAN, Role.OPERATOR}))
def test_only_a_statistician_notes(store: Store, note: Callable[..., str], role: Role) -> None:
    made = note()
    other = User("x", role, "chengdu-health")
    with pytest.raises(Forbidden, match="may not annotate"):
        note(user=other, text="另一条")
    with pytest.raises(Forbidden, match="may not annotate"):
        withdraw_annotation(store, annotation=made, user=other)
    assert not may_annotate(store.catalogue(), other, indicator="beds-per-1000", region="510100")
    assert len(standing(store)) == 1


def test_only_the_owner_of_the_indicator_notes(store: Store, note: Callable[..., str]) -> None:
    made = note()
    with pytest.raises(Forbidden, match="may annotate for chengdu-civil-affairs only, not for chengdu-health"):
        note(user=CIVIL, text="另一条")
    with pytest.raises(Forbidden, match="only, not for chengdu-health"):
        withdraw_annotation(store, annotation=made, user=CIVIL)
    catalogue = store.catalogue()
    assert may_annotate(catalogue, HEALTH, indicator="beds-per-1000", region="510100")
    assert not may_annotate(catalogue, CIVIL, indicator="beds-per-1000", region="510100")
    assert not may_annotate(catalogue, User("x", Role.STATISTICIAN), indicator="beds-per-1000", region="510100")
    assert note(indicator="nursing-beds-share", user=CIVIL)


def test_where_nobody_owns_an_indicator_nobody_notes(store: Store, note: Callable[..., str]) -> None:
    with pytest.raises(Refused, match="nobody is on record as owner of “Beds in medical") as refused:
        note(region="440100")
    assert "没有登记责任单位" in refused.value.zh
    assert not may_annotate(store.catalogue(), HEALTH, indicator="beds-per-1000", region="440100")


@pytest.mark.parametrize("changes", [{"indicator": "bed"}, {"region": "999999"}])
def test_there_must_be_such_an_indicator_and_region(note: Callable[..., str], changes: dict[str, str]) -> None:
    with pytest.raises(Refused, match="there is no indicator or region"):
        note(**changes)


def test_whoever_no_longer_stands_as_they_did_does_not_note(store: Store, note: Callable[..., str], chen: User) -> None:
    add_person(store, name="zhou", role=Role.LEADER, organisation="", active=True, user=chen)
    with pytest.raises(Forbidden, match="has just changed"):
        note()
    assert standing(store) == []


# -- what ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", [date(1949, 10, 1), TODAY])
def test_days_that_may_be_noted(note: Callable[..., str], day: date) -> None:
    assert note(day=day)


@pytest.mark.parametrize("day", [date(1949, 9, 30), TODAY + timedelta(days=1), date.max])
def test_days_that_may_not(store: Store, note: Callable[..., str], day: date) -> None:
    with pytest.raises(Refused, match="the date must lie between 1949-10-01 and 2025-04-03"):
        note(day=day)
    assert standing(store) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "say what happened"),
        (" \u3000 ", "say what happened"),
        ("投用\n停用", "line breaks or invisible"),
        ("投用\x00", "line breaks or invisible"),
        ("\u202e用投", "line breaks or invisible"),
        ("长" * (LONGEST + 1), "longer than 500"),
    ],
    ids=["empty", "blank", "two lines", "null", "bidi", "long"],
)
def test_texts_that_say_nothing_or_too_much(store: Store, note: Callable[..., str], text: str, why: str) -> None:
    with pytest.raises(Refused, match=why) as refused:
        note(text=text)
    assert refused.value.zh
    assert standing(store) == []


def test_the_longest_text_and_markup_are_kept_as_they_are(store: Store, note: Callable[..., str]) -> None:
    note(text="长" * LONGEST)
    note(text="<script>alert(1)</script>")
    assert [len(one.text) for one in standing(store)] == [LONGEST, 25]


@pytest.mark.parametrize("link", ["", "  ", "http://a.cn", "HTTPS://a.cn/%E6%88%90?x=<y>"])
def test_links_that_may_be_given(note: Callable[..., str], link: str) -> None:
    assert note(link=link)


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//a.cn",
        "a.cn",
        "https://",
        "https://a b.cn",
        "https://a.cn/\u202ex",
        "https://gov.cn@evil.example/",
        "http://[",
        "https://a.cn/" + "x" * LONGEST,
    ],
)
def test_links_that_may_not(store: Store, note: Callable[..., str], link: str) -> None:
    with pytest.raises(Refused, match="a link must begin with http"):
        note(link=link)
    assert standing(store) == []


def test_kinds_are_closed(note: Callable[..., str]) -> None:
    with pytest.raises(Refused, match="policy, event or data"):
        note(kind="rumour")


def test_the_same_twice_is_one(store: Store, note: Callable[..., str]) -> None:
    note()
    with pytest.raises(Refused, match="the same note stands already"):
        note()
    note(kind="data")
    assert len(standing(store)) == 2
