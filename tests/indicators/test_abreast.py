"""Places beside each other: who is held against which target, who has a rank and who has none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from indicators.abreast import Abreast, By, LeftOut, below, over_plans
from indicators.catalogue import Catalogue, Region
from indicators.definition import Aggregation, Direction, Indicator, MeasureType, Part
from indicators.period import year_end
from indicators.plan import Operator, Plan
from indicators.rollup import Obstacle
from indicators.rules import Status
from indicators.series import Observation
from tests import builders as make

CITY, A, B, C, ZONE = "510100", "510104", "510105", "510106", "5101Z1"
OTHER = "440100"
TODAY = year_end(2024)
RATIO: dict[str, Any] = {
    "measure": MeasureType.RATIO,
    "aggregation": Aggregation.RATIO,
    "factor": 1000,
    "decimals": 1,
    "numerator": Part("床位", "张"),
    "denominator": Part("人口", "人"),
}


def catalogue(indicator: Indicator, *plans: Plan) -> Catalogue:
    places = [
        ("510000", "", "province"),
        (CITY, "510000", "city"),
        ("440000", "", "province"),
        (OTHER, "440000", "city"),
    ]
    places += [(code, CITY, "district") for code in (A, B, C)]
    regions = [Region(code, f"地{code}", code, level, parent, "行政区划") for code, parent, level in places]
    regions.append(Region(ZONE, "区", ZONE, "zone", CITY, "管理口径"))
    return Catalogue(
        indicators={indicator.id: indicator},
        plans={plan.id: plan for plan in plans},
        regions={region.code: region for region in regions},
    )


def seen(place: str, value: float, period: str = "2024", **more: Any) -> Observation:
    return make.observation(period, value, region=place, **more)


def districts(
    figures: Sequence[Observation],
    indicator: Indicator | None = None,
    *,
    revisions: Mapping[str, Sequence[float]] = {},
    **promise: Any,
) -> Abreast:
    indicator = indicator or make.indicator(make.definition(**RATIO))
    commitment = make.commitment(**promise)
    plan = make.plan(commitment)
    known = catalogue(indicator, plan)
    return below(known, plan, commitment, figures, as_of=TODAY, revisions=revisions)


def codes(found: Abreast) -> list[str]:
    return [panel.region.code for panel in found.panels]


# -- districts ---------------------------------------------------------------------------------------------


def test_the_best_come_first_and_in_the_pictures_the_furthest_from_the_target() -> None:
    found = districts([seen(A, 80), seen(B, 120), seen(C, 95), seen(CITY, 90)])
    assert found.by is By.REGIONS
    assert codes(found) == [B, C, A, ZONE]
    assert [p.region.code for p in found.drawn] == [A, C, B]
    assert [(p.gap, p.met) for p in found.ranked] == [(20, True), (-5, False), (-20, False)]
    assert found.whole is not None and found.whole.value == 90
    assert found.day == year_end(2024)


def test_where_lower_is_better_it_is_the_other_way_round() -> None:
    lower = make.indicator(make.definition(**RATIO, direction=Direction.LOWER))
    found = districts([seen(A, 80), seen(B, 120), seen(C, 95)], lower, operator=Operator.AT_MOST, baseline_value=200)
    assert codes(found)[:3] == [A, C, B]
    assert [p.region.code for p in found.drawn] == [B, C, A]
    assert [p.met for p in found.ranked] == [True, True, False]


def test_a_total_of_the_city_is_no_target_of_a_district() -> None:
    stock = make.indicator(make.definition())
    found = districts([seen(A, 80), seen(B, 120), seen(C, 95)], stock)
    assert [p.target for p in found.ranked] == [None] * 3
    assert [p.region.code for p in found.drawn] == [A, C, B]
    assert found.rollup is not None and found.rollup.total == 295


def test_a_target_of_each_district_is_its_own_and_not_of_the_others() -> None:
    stock = make.indicator(make.definition())
    found = districts([seen(A, 80), seen(B, 120), seen(C, 95)], stock, each=(A, ZONE), baseline_value=0)
    assert found.whole is None
    assert {p.region.code: p.left_out for p in found.panels} == {
        A: None,
        B: LeftOut.EXEMPT,
        C: LeftOut.EXEMPT,
        ZONE: LeftOut.NO_FIGURE,
    }
    assert [p.target is not None for p in found.ranked] == [True]


def test_an_excluded_district_has_no_rank() -> None:
    found = districts([seen(A, 80), seen(B, 120)], excluded=(B,))
    assert {p.region.code: p.left_out for p in found.panels}[B] is LeftOut.EXEMPT


def test_a_zone_has_no_rank_and_none_without_a_figure_has() -> None:
    found = districts([seen(A, 80), seen(B, 120), seen(ZONE, 200)])
    assert {p.region.code: p.left_out for p in found.panels} == {
        A: None,
        B: None,
        C: LeftOut.NO_FIGURE,
        ZONE: LeftOut.OVERLAPS,
    }
    assert [p.region.code for p in found.drawn] == [A, B, ZONE]  # drawn all the same
    assert found.rollup is not None and (found.rollup.obstacle, found.rollup.missing) == (Obstacle.MISSING, (C,))


def test_a_figure_under_another_definition_has_no_rank() -> None:
    versions = (make.definition(1, **RATIO), make.definition(2, **RATIO, comparable=False))
    found = districts([seen(A, 80), seen(B, 120), seen(C, 95, definition=2)], make.indicator(*versions))
    assert {p.region.code: p.left_out for p in found.panels}[C] is LeftOut.DEFINITION


def test_places_stand_at_their_latest_figure_and_the_day_of_most_is_the_day() -> None:
    found = districts([seen(A, 80), seen(B, 120), seen(C, 95, "2023"), seen(A, 70, "2025")])
    assert {p.region.code: p.day for p in found.listed} == {B: year_end(2024), C: year_end(2023), A: year_end(2024)}
    assert found.day == year_end(2024)
    assert found.rollup is not None and found.rollup.day == year_end(2024)


def test_only_figures_of_the_same_period_and_origin_are_ranked_with_each_other() -> None:
    found = districts([seen(A, 80), seen(B, 120), seen(C, 200, "2023")])
    assert [(p.region.code, p.rank and p.rank.best) for p in found.listed] == [(C, None), (B, 1), (A, 2)]
    assert found.listed[0].left_out is LeftOut.PERIOD
    mixed = districts([seen(A, 80), seen(B, 120), seen(C, 200, origin="demo")])
    assert [(p.region.code, p.left_out) for p in mixed.listed] == [(C, LeftOut.ORIGIN), (B, None), (A, None)]


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ([seen(A, 80), seen(B, 120, "2023"), seen(C, 95, "2022")], LeftOut.PERIOD),
        ([seen(A, 80), seen(B, 120, origin="demo")], LeftOut.ORIGIN),
    ],
)
def test_where_no_two_are_alike_nobody_is_ranked(figures: Sequence[Observation], reason: LeftOut) -> None:
    found = districts(figures)
    assert found.ranked == () and len(found.listed) == len(figures)
    assert {p.left_out for p in found.listed} == {reason}


def test_who_is_alone_is_first() -> None:
    assert [p.rank and p.rank.best for p in districts([seen(A, 80)]).listed] == [1]


@pytest.mark.parametrize(
    ("revisions", "spread", "ranks"),
    [
        ({}, 0.05, [(1, 1), (2, 2), (3, 3)]),
        ({A: [20, -20]}, 20, [(1, 3), (1, 3), (1, 3)]),  # the others take that of A
        ({A: [1], B: [1], C: [20]}, 1, [(1, 2), (1, 3), (2, 3)]),
    ],
)
def test_ranks_leave_open_what_the_usual_revision_does(
    revisions: Mapping[str, Sequence[float]], spread: float, ranks: list[tuple[int, int]]
) -> None:
    found = districts([seen(A, 80), seen(B, 120), seen(C, 100)], revisions=revisions)
    assert {p.region.code: p.spread for p in found.ranked}[A] == spread
    assert [(p.rank.best, p.rank.worst) for p in found.ranked if p.rank] == ranks


def test_without_a_figure_nobody_is_ranked_and_nothing_is_rolled_up() -> None:
    found = districts([])
    assert (found.ranked, found.drawn, found.day, found.rollup) == ((), (), None, None)
    assert {p.left_out for p in found.panels} == {LeftOut.NO_FIGURE, LeftOut.OVERLAPS}


def test_a_district_has_no_districts() -> None:
    assert districts([seen(A, 80)], region=A).panels == ()


# -- plans -------------------------------------------------------------------------------------------------


def test_plans_are_each_held_against_their_own_and_others_shown_without() -> None:
    indicator = make.indicator(make.definition(**RATIO))
    mine = make.plan(make.commitment())
    theirs = make.plan(make.commitment(target_value=50.0), id="other", region=OTHER)
    known = catalogue(indicator, theirs, mine)
    figures = [seen(CITY, 80), seen(OTHER, 60), seen("510000", 70), seen("510000", 9, "2026")]
    found = over_plans(known, mine, mine.targets[0], figures, as_of=TODAY, rule=make.rule(), revisions={})
    assert found.by is By.PLANS and found.whole is None and found.rollup is None
    told = {p.region.code: (p.plan and p.plan.id, p.gap, p.verdict and p.verdict.status) for p in found.panels}
    assert told == {
        CITY: (mine.id, -20, Status.ON_SCHEDULE),
        OTHER: ("other", 10, Status.ACHIEVED_EARLY),
        "510000": (None, None, None),
    }
    assert codes(found) == [CITY, "510000", OTHER]
