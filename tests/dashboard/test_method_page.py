"""方法: every rule as its file has it, and examples whose numbers are computed, not written down."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import answers, session
from dashboard.charts.palette import LIGHT
from dashboard.components.rules import side_by_side
from dashboard.i18n import LANGUAGES, words
from indicators.comparison import Comparison, compare
from indicators.monitor import Judged
from indicators.period import year_end
from indicators.rules import Method
from ingest.demo import AS_OF, PLAN
from ingest.terminal import Place
from tests import builders as make
from tests.pages import boxes, opened, plain, rows, said

IN_BOTH = pytest.mark.parametrize("language", LANGUAGES)
FILES = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted((make.DATA / "rules").glob("*.toml"))}


def box(page: AppTest, title: str) -> str:
    """The one piece of markup under a heading."""
    (found,) = (drawn for drawn in boxes(page) if f'<h2 class="zb-h2">{title}' in drawn)
    return found


def stretch(band: dict[str, Any], scale: float) -> str:
    """A band of a file as mathematics prints it."""
    text = "x"
    if "low" in band:
        text = f"{band['low'] * scale:g} {'≤' if band.get('low_included') else '<'} {text}"
    if "high" in band:
        text = f"{text} {'≤' if band.get('high_included') else '<'} {band['high'] * scale:g}"
    return text.replace("-", "−")


def measure(found: Comparison, language: str) -> list[str]:
    """The number of each rule as a page prints it."""
    printed = []
    for side in found.sides:
        value, score = side.verdict.progress, side.verdict.score
        match side.rule.method:
            case Method.SCHEDULE if value is not None and score is not None:
                points = f"{score:+.1f}".replace("-", "−")
                printed.append(words(language)("overview.gap_points", gap=points))
            case Method.GROWTH_RATIO if value is not None:
                printed.append(f"R={value:.2f}".replace("-", "−"))
            case Method.EXTRAPOLATION if value is not None:
                printed.append(f"{100 * value:,.0f}%".replace("-", "−"))
            case Method.CHANGE if value is not None:
                printed.append(f"{value:,.0f}%".replace("-", "−"))
            case _:
                printed.append("")
    return printed


def verdicts(drawn: str) -> list[tuple[str, str, str]]:
    """(rule, word without its icon, number) of each row."""
    return [(rule, verdict.partition(" ")[2], number) for rule, verdict, number in rows(drawn)]


def wanted(found: Comparison, language: str) -> list[tuple[str, str, str]]:
    called = [side.rule.called(language) for side in found.sides]
    said_of_it = [side.rule.word(side.verdict.status, language) for side in found.sides]
    return list(zip(called, said_of_it, measure(found, language), strict=True))


def judged(as_of: date = AS_OF, plan: str = PLAN) -> tuple[Judged, ...]:
    return answers.judged(session.View("zh", plan, as_of))


# -- the rules ---------------------------------------------------------------------------------------------


@IN_BOTH
@pytest.mark.parametrize("name", FILES)
def test_every_band_of_a_rule_stands_there(name: str, language: str, shown: Place) -> None:
    file, w = FILES[name], words(language)
    card = box(opened("method", lang=language), f"{file['name'][language]} <small>")
    bands = []
    for band_name, stretches in file["bands"].items():
        assert w(f"rules.band_{band_name}") in plain(card)
        scale = 100 if band_name in ("growth", "share") else 1  # the table's head says %
        bands += [[stretch(band, scale), file["words"][band["status"]][language]] for band in reversed(stretches)]
    assert rows(card) == bands
    for text in (file["note"][language], file["source"][language], w(f"rules.formula_{file['method']}")):
        assert plain(text) in plain(card)
    for setting, value in file["settings"].items():
        assert w(f"rules.setting_{setting}", value=f"{value:g}") in plain(card)
    assert w("rules.version", version=file["version"]) in plain(card)


@IN_BOTH
def test_the_quantities_are_explained(language: str, shown: Place) -> None:
    w = words(language)
    card = box(opened("method", lang=language), w("glossary.title"))
    assert len(rows(card)) == 8
    assert all(meaning for _, meaning in rows(card))


# -- worked examples ---------------------------------------------------------------------------------------


@IN_BOTH
def test_the_example_is_a_real_series_and_its_numbers_are_compared_live(language: str, shown: Place) -> None:
    real = [o for o in judged() if o.assessment.p is not None and all(s.origin != "demo" for s in o.observations)]
    page, w = opened("method", lang=language), words(language)
    drawn = [text for text in boxes(page) if w("rules.example_title") in text]
    assert len(drawn) == min(2, len(real)) > 0
    for text, one in zip(drawn, real, strict=False):
        found = compare(one, session.catalogue().rules.values())
        assert verdicts(text) == wanted(found, language)
        assert one.commitment.name(language) in plain(text)


def test_the_example_says_what_it_computes_with(shown: Place) -> None:
    text = said(opened("method"))
    assert "人均预期寿命:基期 81.52 岁(2020年末),目标 82.42 岁(2025年末),实际 81.76 岁(2021年末)" in text.replace(
        "2020年(", ""
    )
    assert "完成目标增量的 26.7%,时序进度 20.0%,相差 +6.7 个百分点。" in text


@pytest.mark.parametrize("plan", ["guangzhou-2017", "yuexiu-2021"])
def test_a_plan_without_real_figures_has_no_example(plan: str, shown: Place) -> None:
    assert not [o for o in judged(plan=plan) if o.assessment.p is not None and not o.demonstrated]
    page = opened("method", plan=plan)
    assert words("zh")("rules.example_title") not in said(page)
    assert all(file["name"]["zh"] in said(page) for file in FILES.values())


def test_a_store_without_a_figure_explains_the_rules_all_the_same(real: Place) -> None:
    text = said(opened("method"))
    assert words("zh")("rules.example_title") not in text
    assert all(file["name"]["zh"] in text for file in FILES.values())


# -- beside one target -------------------------------------------------------------------------------------


def test_an_indicator_has_all_rules_beside_it_and_says_where_they_disagree(shown: Place) -> None:
    w, rules = words("zh"), session.catalogue().rules.values()
    opposite: dict[bool, list[Judged]] = {True: [], False: []}
    for one in judged():
        found = compare(one, rules)
        opposite[found.disagree].append(one)
        drawn = side_by_side(found, w, LIGHT)
        assert len(rows(drawn)) == 4
        assert verdicts(drawn) == wanted(found, "zh"), one.commitment.id
        assert ("规则不一致" in drawn) is found.disagree, one.commitment.id
        assert all(w(f"rules.why_{why}") in drawn for why in found.why)
    for disagree, some in opposite.items():  # and so the page has it
        for one in some[:3]:
            card = box(opened("indicator", indicator=one.commitment.id), w("rules.title"))
            assert verdicts(card) == wanted(compare(one, rules), "zh")
            assert ("规则不一致" in card) is disagree
        assert some


@pytest.mark.parametrize("as_of", [year_end(2021), date(2023, 6, 30)])
def test_the_rules_beside_a_target_are_those_of_the_date_asked_for(as_of: date, shown: Place) -> None:
    (one,) = (o for o in judged(as_of) if o.commitment.id == "nurses-per-1000")
    page = opened("indicator", indicator="nurses-per-1000", as_of=as_of.isoformat(), lang="en")
    card = box(page, words("en")("rules.title"))
    found = compare(one, session.catalogue().rules.values())
    assert verdicts(card) == wanted(found, "en")
    assert ("The rules disagree." in card) is found.disagree
