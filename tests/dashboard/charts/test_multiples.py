"""Small multiples and the rows of a ranking: one scale for all, zero on the axis of bars, nothing across a hole."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from base64 import b64decode
from collections.abc import Mapping

import pytest

from dashboard.charts.multiples import Scale, beneath, beyond, scale_of, small
from dashboard.charts.palette import DARK, LIGHT
from dashboard.charts.ranking import axis_of, bar
from indicators.abreast import Abreast, Panel
from indicators.period import year_end
from tests.indicators.test_abreast import CITY, A, B, C, districts, seen

PATH = "{http://www.w3.org/2000/svg}path"


def drawn(source: str) -> list[dict[str, str]]:
    """The strokes of a picture."""
    svg = Xml.fromstring(b64decode(source.partition("base64,")[2]))
    assert svg.attrib["preserveAspectRatio"] == "none"
    return [stroke.attrib for stroke in svg.iter(PATH)]


def compared(figures: Mapping[str, Mapping[str, float]]) -> Abreast:
    return districts([seen(place, value, period) for place, mine in figures.items() for period, value in mine.items()])


THREE = {A: {"2021": 40, "2024": 80}, B: {"2023": 100, "2024": 120}, C: {"2024": 95}, CITY: {"2021": 30, "2024": 90}}


def test_all_that_is_drawn_has_room_on_the_one_scale() -> None:
    found = compared(THREE)
    scale = scale_of(found)
    assert (scale.first, scale.last) == (year_end(2020), year_end(2025))  # the path's
    assert scale.low < 0 and scale.high > 120
    for panel in found.drawn:
        for actual in panel.history:
            assert 0 <= scale.x(actual.day) <= 100 and 0 < scale.y(actual.value) < 100


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0.5, 11, [5, 10]), (3.4, 8.3, [4, 6, 8]), (0, 1, [0, 0.5, 1]), (18, 67, [20, 40, 60]), (-30, 130, [0, 50, 100])],
)
def test_grid_lines_are_few_and_round(low: float, high: float, ticks: list[float]) -> None:
    scale = Scale(year_end(2020), year_end(2025), low, high)
    assert scale.ticks == pytest.approx(ticks)
    assert scale.decimals == (1 if scale.step < 1 else 0)


def test_a_single_day_and_a_single_value_have_a_scale_too() -> None:
    found = districts([seen(A, 0.0)], target_value=0.0, operator="=", baseline_value=None, baseline_year=None)
    scale = scale_of(found)
    assert scale.high > scale.low and scale.last > scale.first


@pytest.mark.parametrize("ground", [LIGHT, DARK], ids=["light", "dark"])
def test_the_place_is_solid_over_the_grey_city_and_the_dashed_path(ground: object) -> None:
    found = compared(THREE)
    panel = next(p for p in found.drawn if p.region.code == B)
    assert ground in (LIGHT, DARK)
    colours = LIGHT if ground is LIGHT else DARK
    strokes = drawn(small(panel, found.whole, scale_of(found), found.definition, ground=colours))
    (dashed,) = (s for s in strokes if "stroke-dasharray" in s)
    assert dashed["stroke"] == colours.ink
    lines = [s for s in strokes if s["stroke"] == colours.accent and "L" in s["d"]]
    assert len(lines) == 1
    assert {s["stroke"] for s in strokes} == {colours.ink, colours.accent, colours.muted, colours.line}


def test_no_point_is_cut_at_the_edge_and_a_number_has_room_above() -> None:
    scale = scale_of(compared(THREE))
    assert scale.x(scale.first) > 2 and scale.x(scale.last) < 98
    assert scale.y(120) > 10


def test_the_citys_name_keeps_clear_of_what_is_drawn() -> None:
    found = compared({A: {"2021": 40, "2024": 80}, B: {"2024": 97}, CITY: {"2021": 30, "2024": 90}})
    assert found.whole is not None
    scale = scale_of(found)
    assert not beneath(of(found, A), found.whole, scale)  # nearest is A's own line, under the city's
    assert beneath(of(found, B), found.whole, scale)
    assert beyond(found.whole, under=True) and not beyond(found.whole, under=False)  # it rises


def test_a_line_is_never_drawn_across_a_missing_year() -> None:
    found = compared(THREE)
    panel = next(p for p in found.drawn if p.region.code == A)
    strokes = drawn(small(panel, None, scale_of(found), found.definition, ground=LIGHT))
    assert not [s for s in strokes if s["stroke"] == LIGHT.accent and "L" in s["d"]]


def of(found: Abreast, code: str) -> Panel:
    return next(p for p in found.ranked if p.region.code == code)


def test_bars_begin_at_zero_and_share_one_axis_with_the_target() -> None:
    found = compared(THREE)
    axis = axis_of(found)
    assert axis.low == 0 and axis.target == 100 and axis.at(0) == 0
    svg = Xml.fromstring(b64decode(bar(of(found, A), axis, ground=LIGHT).partition("base64,")[2]))
    (rect,) = svg.iter("{http://www.w3.org/2000/svg}rect")
    assert float(rect.attrib["x"]) == 0
    assert float(rect.attrib["width"]) == pytest.approx(axis.at(80), abs=0.01)
    assert [s for s in svg.iter(PATH) if "stroke-dasharray" in s.attrib]


def test_negative_values_lie_on_the_other_side_of_zero() -> None:
    found = compared({A: {"2024": -20}, B: {"2024": 40}})
    axis = axis_of(found)
    assert axis.low < -20 < 0 < axis.high
    svg = Xml.fromstring(b64decode(bar(of(found, A), axis, ground=LIGHT).partition("base64,")[2]))
    (rect,) = svg.iter("{http://www.w3.org/2000/svg}rect")
    assert float(rect.attrib["x"]) + float(rect.attrib["width"]) == pytest.approx(axis.at(0), abs=0.01)
