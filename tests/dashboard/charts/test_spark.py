"""The small picture in a row: actuals against the path, in the colour of the status."""

from __future__ import annotations

import pytest

from dashboard.charts.palette import DARK, LIGHT, Ground, status_colour
from dashboard.charts.spark import spark
from tests.judged import BEDS, judged, lines, picture

CIRCLE = "{http://www.w3.org/2000/svg}circle"


def corners(line: dict[str, str]) -> list[tuple[float, float]]:
    pairs = [point.split(",") for point in line["points"].split()]
    return [(float(x), float(y)) for x, y in pairs]


@pytest.mark.parametrize("ground", [LIGHT, DARK], ids=["light", "dark"])
def test_actuals_are_solid_in_the_status_colour_over_a_dashed_path(ground: Ground) -> None:
    svg = picture(spark(judged(BEDS), ground=ground))
    path, actual = next(lines(svg, dashed=True)), next(lines(svg, dashed=False))
    assert path["stroke"] == ground.ink
    assert actual["stroke"] == status_colour("behind", ground)
    assert len(corners(actual)) == 1 + len(BEDS)  # the baseline first
    assert corners(actual)[0] == corners(path)[0]


def test_the_last_point_is_marked() -> None:
    svg = picture(spark(judged(BEDS), ground=LIGHT))
    (circle,) = svg.iter(CIRCLE)
    assert (float(circle.attrib["cx"]), float(circle.attrib["cy"])) == corners(next(lines(svg, dashed=False)))[-1]


def test_the_path_ends_highest_where_higher_is_better() -> None:
    (_, (x, y)) = corners(next(lines(picture(spark(judged(BEDS), ground=LIGHT)), dashed=True)))
    assert (x, y) == (116.0, 4.0)


def test_a_missing_quarter_breaks_the_line() -> None:
    svg = picture(spark(judged({"2021Q1": 7.35, "2021Q3": 7.4, "2021Q4": 7.5}), ground=LIGHT))
    assert [len(corners(line)) for line in lines(svg, dashed=False)] == [2, 2]


def test_it_is_decoration_beside_its_numbers_so_it_has_no_words() -> None:
    assert 'alt=""' in spark(judged(BEDS), ground=LIGHT)


def test_without_a_figure_there_is_no_picture() -> None:
    assert spark(judged({}), ground=LIGHT) == ""


def test_one_level_figure_is_drawn_without_dividing_by_zero() -> None:
    flat = judged({"2021": 8.3}, baseline_value=8.3, target_value=8.3)
    assert picture(spark(flat, ground=LIGHT)).tag.endswith("svg")
