"""期末评估: the final words of a plan that is over, counted, and whose last figures are missing."""

from __future__ import annotations

import re
from datetime import date

import pytest

from dashboard import answers, session
from dashboard.components.targets import final
from dashboard.i18n import LANGUAGES, words
from indicators.assessment import Reason
from indicators.monitor import Judged
from indicators.period import year_end
from indicators.plan import Attribute
from ingest.demo import PLAN
from ingest.terminal import Place
from tests import builders as make
from tests.judged import judged
from tests.pages import markup, opened, plain, rows

IN_BOTH = pytest.mark.parametrize("language", LANGUAGES)
OVER = date(2026, 6, 30)


def card(language: str, **address: str) -> str:
    """The final assessment on the overview, '' where there is none."""
    drawn = markup(opened("overview", lang=language, **address))
    return "".join(re.findall(r'<section class="zb-card final">.*?</section>', drawn))


def counted(told: tuple[Judged, ...], language: str) -> dict[str, list[str]]:
    """Word → all, 约束性, by a plain loop."""
    rule, counts = make.rule(), dict[str, list[int]]()
    for one in told:
        row = counts.setdefault(rule.word(one.assessment.status, language), [0, 0])
        row[0] += 1
        row[1] += one.commitment.attribute is Attribute.BINDING
    return {word: [str(n) for n in row] for word, row in counts.items()}


@IN_BOTH
@pytest.mark.parametrize("plan", [PLAN, "guangzhou-2017", "liuzhou-2020"])
def test_a_plan_that_is_over_has_its_final_words_counted(plan: str, language: str, shown: Place) -> None:
    drawn = card(language, plan=plan, as_of=OVER.isoformat())
    told = answers.judged(session.View(language, plan, OVER))
    assert {word: numbers for word, *numbers in rows(drawn)} == counted(told, language)
    assert sum(int(row[1]) for row in rows(drawn)) == len(told)


@IN_BOTH
def test_what_is_missing_is_named(language: str, shown: Place) -> None:
    drawn = plain(card(language, as_of=OVER.isoformat()))
    told = answers.judged(session.View(language, PLAN, OVER))
    missing = [o.commitment.name(language) for o in told if o.assessment.reason is Reason.NO_FINAL_ACTUAL]
    assert len(missing) > 6
    assert f"{words(language)('overview.missing')}: {', '.join(missing[:6])}" in drawn
    assert words(language)("overview.missing_more", count=len(missing)) in drawn
    assert missing[6] not in drawn


@pytest.mark.parametrize("as_of", ["2020-12-31", "2024-12-31", "2025-12-31"])
def test_while_a_plan_runs_there_is_none(as_of: str, shown: Place) -> None:
    assert card("zh", as_of=as_of) == ""


def test_the_day_after_its_last_there_is(shown: Place) -> None:
    assert card("zh", as_of="2026-01-01")
    assert card("zh", plan="guangzhou-2017")  # over since 2020


def test_a_plan_with_all_its_figures_misses_none() -> None:
    told = [
        judged({"2025": 8.30}, attribute=Attribute.BINDING, as_of=OVER),
        judged({"2025": 9.0}, as_of=OVER),
        judged({"2025": 7.5}, as_of=OVER),
        judged({"2025": 8.3}, as_of=OVER),
    ]
    w, view = words("zh"), session.View("zh", "health-14", OVER)
    drawn = final(told, view, make.rule(), w)
    assert rows(drawn) == [["超额完成", "1", "0"], ["完成", "2", "1"], ["未完成", "1", "0"]]
    assert w("overview.missing") not in drawn


def test_a_few_that_are_missing_are_all_named() -> None:
    told = [judged({"2025": 8.30}, as_of=OVER), judged({"2024": 7.87}, as_of=OVER, name_zh="<b>床位</b>")]
    drawn = final(told, session.View("zh", "health-14", OVER), make.rule(), words("zh"))
    assert rows(drawn) == [["完成", "1", "0"], ["无法评估", "1", "0"]]
    assert "缺期末数据: &lt;b&gt;床位&lt;/b&gt; </p>" in drawn


def test_nothing_to_judge_is_no_card() -> None:
    assert final([], session.View("zh", "", OVER), make.rule(), words("zh")) == ""
    assert final([judged()], session.View("zh", "health-14", year_end(2025)), make.rule(), words("zh")) == ""
