"""A city beside its districts: Σ or Σ/Σ of all of them, never a part presented as the whole; the city's figure wins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.catalogue import Region
from indicators.definition import Accumulation, Aggregation, Indicator, MeasureType, Part
from indicators.period import year_end
from indicators.rollup import Obstacle, Rollup, city_of, districts, overlapping, roll_up
from indicators.series import Observation
from tests import builders as make

DAY = year_end(2024)
CITY, PARTS = "510100", ("510104", "510105", "510106")
RATIO: dict[str, Any] = {
    "measure": MeasureType.RATIO,
    "aggregation": Aggregation.RATIO,
    "factor": 1000,
    "numerator": Part("床位", "张"),
    "denominator": Part("人口", "人"),
}
lawful = settings(max_examples=100, deadline=None)


def region(code: str, parent: str = CITY, level: str = "district", partition: str = "行政区划") -> Region:
    return Region(code, f"地{code}", f"Place {code}", level, parent, partition)


REGIONS = {
    r.code: r
    for r in (
        region("510000", "", "province"),
        region(CITY, "510000", "city"),
        *map(region, PARTS),
        region("5101Z1", level="zone", partition="管理口径"),
        region("510400", "510000", "city"),
        region("510402", "510400"),
    )
}


def seen(place: str, value: float, period: str = "2024", **more: Any) -> Observation:
    return make.observation(period, value, region=place, **more)


def ratio(place: str, top: float | None, bottom: float | None, **more: Any) -> Observation:
    value = 0.0 if not top or not bottom else top / bottom * 1000
    return seen(place, value, numerator=top, denominator=bottom, **more)


def beds(*versions: Any, **changes: Any) -> Indicator:
    return make.indicator(*versions or (make.definition(**changes),))


def rolled(observations: Sequence[Observation], indicator: Indicator | None = None) -> Rollup:
    return roll_up(indicator or beds(), observations, whole=CITY, parts=PARTS, day=DAY)


def each(*values: float, **more: Any) -> list[Observation]:
    return [seen(place, value, **more) for place, value in zip(PARTS, values, strict=False)]


# -- whose parts are whose ---------------------------------------------------------------------------------


def test_a_city_is_made_of_its_districts_and_never_of_its_zones() -> None:
    assert districts(REGIONS, CITY) == PARTS
    assert districts(REGIONS, "510400") == ("510402",)
    assert districts(REGIONS, "510000") == districts(REGIONS, PARTS[0]) == ()
    assert overlapping(REGIONS, CITY) == ("5101Z1",)
    assert set(city_of(REGIONS)) == {*PARTS, "510402"}


# -- sums --------------------------------------------------------------------------------------------------


def test_a_stock_is_the_sum_and_the_city_s_own_figure_holds() -> None:
    found = rolled([seen(CITY, 62), *each(10, 20, 30)])
    assert (found.total, found.difference, found.value) == (60, -2, 62)
    assert found.share == pytest.approx(-2 / 62)
    assert (found.obstacle, found.missing, found.reported) == (None, (), 3)


def test_without_a_figure_of_its_own_the_sum_holds() -> None:
    found = rolled(each(10, 20, 30))
    assert (found.own, found.value, found.difference, found.share) == (None, 60, None, None)


def test_of_nothing_a_difference_has_no_share() -> None:
    found = rolled([seen(CITY, 0), *each(1, 0, 0)])
    assert (found.difference, found.share) == (1, None)


def test_some_of_the_districts_are_never_the_whole() -> None:
    found = rolled([seen(CITY, 62), *each(10, 20)])
    assert (found.obstacle, found.total, found.difference) == (Obstacle.MISSING, None, None)
    assert (found.missing, found.reported, found.value) == ((PARTS[2],), 2, 62)


def test_only_figures_of_that_period_end_and_of_those_regions_count() -> None:
    others = [seen(PARTS[2], 7, "2023"), seen("5101Z1", 7), seen("510402", 7)]
    assert rolled([*each(10, 20), *others]).missing == (PARTS[2],)
    assert rolled([*each(10, 20, 30), *others]).total == 60
    other = make.observation("2024", 30, region=PARTS[2], indicator="nurses")
    assert rolled([*each(10, 20), other]).missing == (PARTS[2],)


def test_of_a_flow_only_the_year_to_date_counts() -> None:
    visitors = beds(measure=MeasureType.FLOW)
    ytd, period = {"accumulation": Accumulation.YTD}, {"accumulation": Accumulation.PERIOD}
    mixed = [*each(10, 20, period="2024Q4", **ytd), seen(PARTS[2], 9, "2024Q4", **period)]
    assert rolled(mixed, visitors).missing == (PARTS[2],)
    assert rolled([*mixed, seen(PARTS[2], 30, "2024Q4", **ytd)], visitors).total == 60
    assert rolled(each(10, 20, 30), visitors).total == 60  # a whole year is the year to date, said or not


# -- ratios ------------------------------------------------------------------------------------------------


def test_a_ratio_is_sum_over_sum_and_never_a_mean() -> None:
    parts = [ratio(PARTS[0], 10, 1000), ratio(PARTS[1], 30, 1000), ratio(PARTS[2], 20, 8000)]
    found = rolled([seen(CITY, 6.5), *parts], beds(**RATIO))
    assert found.total == pytest.approx(6.0)
    assert (found.top, found.bottom) == (60, 10_000)
    assert found.difference == pytest.approx(-0.5)
    assert found.total != pytest.approx(sum(o.value for o in parts) / 3)


@pytest.mark.parametrize(("top", "bottom"), [(None, None), (None, 9.0), (9.0, None)])
def test_a_ratio_without_its_parts_is_not_put_together(top: float | None, bottom: float | None) -> None:
    parts = [ratio(PARTS[0], 10, 1000), ratio(PARTS[1], 30, 1000), ratio(PARTS[2], top, bottom)]
    found = rolled(parts, beds(**RATIO))
    assert (found.obstacle, found.bare, found.total) == (Obstacle.BARE, (PARTS[2],), None)


def test_nothing_is_divided_by_nothing() -> None:
    parts = [ratio(place, 0, 0) for place in PARTS]
    assert rolled(parts, beds(**RATIO)).obstacle is Obstacle.ZERO


# -- what does not add up ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "obstacle"), [(Aggregation.NONE, Obstacle.NONE), (Aggregation.DISTINCT, Obstacle.DISTINCT)]
)
def test_what_cannot_be_added_is_not(how: Aggregation, obstacle: Obstacle) -> None:
    found = rolled([seen(CITY, 62), *each(10, 20)], beds(aggregation=how))
    assert (found.obstacle, found.total, found.value) == (obstacle, None, 62)


def test_figures_of_definitions_that_do_not_compare_are_not_added() -> None:
    versions = (make.definition(1), make.definition(2, comparable=False))
    mixed = [*each(10, 20, definition=2), seen(PARTS[2], 30)]
    assert rolled(mixed, beds(*versions)).obstacle is Obstacle.DEFINITION
    assert rolled(mixed, beds(make.definition(1), make.definition(2))).total == 60


def test_a_city_of_another_definition_holds_without_a_difference() -> None:
    versions = (make.definition(1), make.definition(2, comparable=False))
    found = rolled([seen(CITY, 62), *each(10, 20, 30, definition=2)], beds(*versions))
    assert (found.total, found.value, found.difference, found.share) == (60, 62, None, None)


# -- laws --------------------------------------------------------------------------------------------------

PAIRS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**7)), min_size=3, max_size=3)


@lawful
@given(pairs=PAIRS, order=st.permutations(range(3)))
def test_the_order_of_the_parts_does_not_matter(pairs: list[tuple[int, int]], order: list[int]) -> None:
    made = [ratio(place, top, bottom) for place, (top, bottom) in zip(PARTS, pairs, strict=True)]
    straight = rolled(made, beds(**RATIO))
    turned = roll_up(beds(**RATIO), [made[n] for n in order], whole=CITY, parts=[PARTS[n] for n in order], day=DAY)
    assert turned.total == straight.total and (turned.top, turned.bottom) == (straight.top, straight.bottom)


@lawful
@given(pairs=PAIRS, times=st.sampled_from([0.001, 0.1, 10.0, 10_000.0]))
def test_a_ratio_does_not_change_with_the_unit_of_its_parts(pairs: list[tuple[int, int]], times: float) -> None:
    def of(scale: float) -> float:
        parts = zip(PARTS, pairs, strict=True)
        found = rolled([ratio(p, top * scale, bottom * scale) for p, (top, bottom) in parts], beds(**RATIO))
        assert found.total is not None
        return found.total

    assert of(times) == pytest.approx(of(1), rel=1e-9)


@lawful
@given(pairs=PAIRS)
def test_a_ratio_is_what_a_loop_by_hand_gives(pairs: list[tuple[int, int]]) -> None:
    top = bottom = 0
    for one, other in pairs:
        top, bottom = top + one, bottom + other
    made = [ratio(place, *pair) for place, pair in zip(PARTS, pairs, strict=True)]
    found = rolled(made, beds(**RATIO))
    assert found.total == pytest.approx(top / bottom * 1000, rel=1e-12)
    assert min(o.value for o in made) - 1e-9 <= (found.total or 0) <= max(o.value for o in made) + 1e-9
