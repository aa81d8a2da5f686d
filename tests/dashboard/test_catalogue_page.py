"""目录: every plan as its document reads, and what each filter leaves."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.components.commitments import chosen, goal
from dashboard.i18n import LANGUAGES, words
from indicators.catalogue import Catalogue, CatalogueKind, write
from indicators.plan import Attribute, Commitment, Kind, Operator, Plan, Quote, Recurrence
from indicators.store import Store
from ingest.people import Role, User
from ingest.settings import Settings
from ingest.terminal import Place
from tests import builders as make
from tests.conftest import Texts
from tests.pages import boxes, markup, opened, plain, said
from tests.returns import filled

IN_BOTH = pytest.mark.parametrize("language", LANGUAGES)
Wanted = Callable[[Catalogue, Plan, Commitment], bool]


def cards(page: AppTest) -> list[str]:
    """The card of each plan."""
    return [box for box in boxes(page) if "zb-commitments" in box]


def listed(page: AppTest) -> list[tuple[str, list[str]]]:
    """Each plan's title and the names of its rows."""
    found = []
    for card in cards(page):
        (title,) = re.findall(r'<h2 class="zb-h2">(.*?) <small>', card)
        names = re.findall(r'<summary class="zb-commitment"><span><b>(.*?)</b>', card)
        found.append((plain(title), [plain(name) for name in names]))
    return found


def looped(wanted: Wanted, language: str = "zh") -> list[tuple[str, list[str]]]:
    """The same by a plain loop over the catalogue."""
    catalogue, found = session.catalogue(), []
    for plan in catalogue.plans.values():
        names = [c.name(language) for c in plan.commitments if wanted(catalogue, plan, c)]
        if names:
            found.append((plan.title(language), [" ".join(name.split()) for name in names]))
    return found


# -- everything --------------------------------------------------------------------------------------------


@IN_BOTH
def test_five_plans_are_listed_whole(language: str, shown: Place) -> None:
    page = opened("catalogue", lang=language)
    assert listed(page) == looped(lambda *_: True, language)
    plans = session.catalogue().plans
    assert len(plans) == 5
    w, total = words(language), sum(len(plan.commitments) for plan in plans.values())
    assert w("catalogue.lead_line", total=total, plans=5) in said(page)
    for card, plan in zip(cards(page), plans.values(), strict=True):
        count = len(plan.commitments)
        assert f"<small>{w('catalogue.count', shown=count, total=count)}</small>" in card
        assert f"{plan.start.year}–{plan.end.year}" in plain(card)


def test_every_quote_stands_there_as_the_document_has_it(shown: Place) -> None:
    for card, plan in zip(cards(opened("catalogue")), session.catalogue().plans.values(), strict=True):
        quotes = re.findall(r'<div class="zb-quote">(.*?)</div><div class="zb-note">(.*?)</div>', card)
        wanted = [(" ".join(q.text.split()), q.section) for c in plan.commitments for q in c.quotes]
        assert [(html.unescape(text), html.unescape(section)) for text, section in quotes] == wanted


@IN_BOTH
def test_what_is_ours_is_said_to_be(language: str, shown: Place) -> None:
    text = said(opened("catalogue", lang=language))
    w = words(language)
    for plan in session.catalogue().plans.values():
        for c in plan.commitments:
            for note in (c.note_zh, c.suspicious_zh) if language == "zh" else (c.note_en, c.suspicious_en):
                assert " ".join(note.split()) in text, c.id
            assert not c.unit_supplied or w("indicator.supplied", unit=c.unit) in text, c.id


# -- filters -----------------------------------------------------------------------------------------------

FILTERS: dict[str, tuple[dict[str, str], Wanted]] = {
    "plan": ({"plan": "liuzhou-2020"}, lambda _, p, c: p.id == "liuzhou-2020"),
    "the default plan": ({"plan": "chengdu-145"}, lambda _, p, c: p.id == "chengdu-145"),
    "region": ({"region": "440104"}, lambda _, p, c: (c.region or p.region) == "440104" or "440104" in c.each),
    "kind": ({"kind": "actual"}, lambda _, p, c: c.kind == "actual"),
    "attribute": ({"attribute": "binding"}, lambda _, p, c: c.attribute == "binding"),
    "domain": (
        {"domain": "elderly"},
        lambda k, p, c: bool(c.indicator) and k.indicators[c.indicator].domain == "elderly",
    ),
    "organisation": (
        {"organisation": "guangzhou-development-reform"},
        lambda _, p, c: "guangzhou-development-reform" in c.lead + c.cooperating,
    ),
    "q": (
        {"q": "医养结合"},
        lambda _, p, c: any("医养结合" in text for text in (c.name_zh, *(q.text for q in c.quotes))),
    ),
    "several": (
        {"plan": "chengdu-145", "kind": "target", "attribute": "anticipatory"},
        lambda _, p, c: p.id == "chengdu-145" and c.kind == "target" and c.attribute == "anticipatory",
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_the_address_narrows_the_list_as_a_loop_does(name: str, shown: Place) -> None:
    address, wanted = FILTERS[name]
    found = listed(opened("catalogue", **address))
    assert found == looped(wanted)
    assert found


def test_a_commitment_for_each_of_several_regions_is_found_in_each(shown: Place) -> None:
    catalogue = session.catalogue()
    several = [(plan, c) for plan in catalogue.plans.values() for c in plan.commitments if c.each]
    assert several
    for plan, commitment in several:
        for region in commitment.each:
            assert (plan, commitment) in [(p, c) for p, mine in chosen(catalogue, {"region": region}) for c in mine]


@pytest.mark.parametrize("name", ["plan", "region", "kind", "attribute", "domain", "organisation"])
def test_every_choice_of_a_filter_leaves_what_a_loop_leaves(name: str, shown: Place) -> None:
    (box,) = (box for box in opened("catalogue").selectbox if box.key == f"filter_{name}")
    assert box.value == ""
    catalogue = session.catalogue()
    fits: dict[str, Callable[[Plan, Commitment, str], bool]] = {
        "plan": lambda p, c, value: p.id == value,
        "region": lambda p, c, value: value in (c.region or p.region, *c.each),
        "kind": lambda p, c, value: c.kind.value == value,
        "attribute": lambda p, c, value: c.attribute is not None and c.attribute.value == value,
        "domain": lambda p, c, value: (
            c.indicator in catalogue.indicators and catalogue.indicators[c.indicator].domain == value
        ),
        "organisation": lambda p, c, value: value in {*c.lead, *c.cooperating},
    }
    options = {
        "plan": list(catalogue.plans),
        "region": {r for p in catalogue.plans.values() for c in p.commitments for r in (c.region or p.region, *c.each)},
        "kind": list(Kind),
        "attribute": list(Attribute),
        "domain": {i.domain for i in catalogue.indicators.values()},
        "organisation": {o for p in catalogue.plans.values() for c in p.commitments for o in c.lead + c.cooperating},
    }
    assert len(box.options) == 1 + len(options[name])
    for value in options[name]:
        found = [(p.id, c.id) for p, mine in chosen(catalogue, {name: str(value)}) for c in mine]
        assert found == [
            (p.id, c.id) for p in catalogue.plans.values() for c in p.commitments if fits[name](p, c, str(value))
        ]


def test_a_choice_goes_into_the_address_and_out_of_it(shown: Place) -> None:
    page = opened("catalogue")
    page.selectbox(key="filter_kind").select("milestone").run()
    assert page.query_params["kind"] == "milestone"
    assert listed(page) == looped(lambda _, p, c: c.kind == "milestone")
    page.text_input(key="filter_q").input("医院").run()
    assert page.query_params["q"] == "医院"
    page.selectbox(key="filter_kind").select("").run()
    assert "kind" not in page.query_params
    assert listed(page) == [
        (p.title(), [c.name() for c in mine]) for p, mine in chosen(session.catalogue(), {"q": "医院"})
    ]


def test_the_language_link_keeps_the_filters(shown: Place) -> None:
    page = opened("catalogue", plan="chengdu-145", kind="target", q="mqrk")
    (link,) = re.findall(r'lang="en" href="/catalogue\?([^"]+)">English', markup(page))
    assert sorted(html.unescape(link).split("&")) == ["kind=target", "lang=en", "plan=chengdu-145", "q=mqrk"]


@IN_BOTH
def test_nothing_found_says_what_to_do(language: str, shown: Place) -> None:
    page = opened("catalogue", lang=language, q="没有这样的词")
    w = words(language)
    assert not cards(page)
    assert w("catalogue.none_hint") in said(page)
    assert w("catalogue.lead_line", total=0, plans=0) in said(page)


def test_nonsense_in_the_address_is_not_a_filter(shown: Place) -> None:
    nonsense = dict.fromkeys(("plan", "region", "kind", "attribute", "domain", "organisation"), "<b>")
    page = opened("catalogue", **nonsense)
    assert {box.value for box in page.selectbox} == {""}
    assert listed(page) == looped(lambda *_: True)


# -- markup in a plan --------------------------------------------------------------------------------------

EVIL = "<script>alert(1)</script> & “引号” \"'"


@pytest.fixture
def hostile(empty: Store, settings: Settings, shipped: Texts) -> Iterator[Place]:
    """A catalogue with one plan whose every text is markup."""
    commitment = make.commitment(
        kind=Kind.TASK,
        indicator="",
        name_zh=EVIL,
        name_en=EVIL,
        unit=EVIL,
        quotes=(Quote(EVIL, EVIL),),
        lead=("chengdu-health",),
        **dict.fromkeys(("code", "scope_zh", "scope_en", "note_zh", "note_en", "suspicious_zh", "suspicious_en"), EVIL),
    )
    evil = make.plan(commitment, title_zh=EVIL, title_en=EVIL, document_number=EVIL, issuer="chengdu-health")
    others = [text for text in shipped if text[0] is not CatalogueKind.PLAN]
    place = Place(filled(empty, [*others, (CatalogueKind.PLAN, evil.id, write(evil))]), settings, settings.at())
    with session.serving(place, asking=lambda: User("zhou", Role.LEADER)):
        yield place


@IN_BOTH
def test_markup_in_a_plan_is_shown_not_run(language: str, hostile: Place) -> None:
    page = opened("catalogue", lang=language)
    drawn = markup(page)
    assert "<script>" not in drawn
    (card,) = cards(page)
    assert html.unescape(card).count(EVIL) == 10  # title, number, name, unit, quote, section and what is ours
    assert "<script>" not in markup(opened("catalogue", lang=language, q="<script>", kind=EVIL))


# -- what is promised, as printed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "zh"),
    [
        ({}, "≥100 张"),
        ({"operator": Operator.MORE_THAN, "target_value": 1200.0}, ">1200 张"),
        ({"operator": Operator.AT_MOST, "target_value": 0.5, "unit": "%"}, "≤0.5 %"),
        ({"operator": Operator.EQUAL, "target_value": 1.0, "unit": "个"}, "1 个"),
        ({"operator": Operator.EQUAL, "target_value": 0.0, "unit": ""}, "0"),
        ({"operator": Operator.RANGE, "target_value": None, "target_low": 30.0, "target_high": 50.0}, "30–50 张"),
        ({"operator": Operator.MAINTAIN, "target_value": 70.0, "unit": "%"}, "70 %"),
        ({"recurrence": Recurrence.YEARLY, "target_value": 600.0, "unit": "名"}, "每年 ≥600 名"),
        ({"kind": Kind.ACTUAL, "value": 15.37, "value_year": 2020, "unit": "万张"}, "15.37 万张"),
        ({"kind": Kind.TASK, "operator": None, "target_value": None}, ""),
    ],
)
def test_a_goal_as_its_document_prints_it(changes: dict[str, object], zh: str) -> None:
    one = make.commitment(**changes)
    assert goal(one, one.unit, words("zh")) == zh
