"""Schedule progress and required paths."""

from __future__ import annotations

from datetime import date

import pytest

from indicators.period import year_end
from indicators.plan import PathShape
from indicators.trajectory import RequiredPath, exact, schedule

FIVE_YEARS = (year_end(2020), year_end(2025))


def path(*values: float, shape: PathShape = PathShape.LINEAR) -> RequiredPath:
    """`values` at the ends of 2020 and 2025, or of 2020, 2022 and 2025."""
    years = (2020, 2025) if len(values) == 2 else (2020, 2022, 2025)
    return RequiredPath(tuple(zip(map(year_end, years), values, strict=True)), shape)


@pytest.mark.parametrize(
    ("day", "t"),
    [
        (year_end(2020), 0.0),
        (year_end(2021), 0.2),
        (date(2021, 3, 31), 0.05),
        (year_end(2025), 1.0),
        (year_end(2026), 1.2),
        (year_end(2019), -0.2),
        (date(2021, 2, 28), 59 / 1826),
    ],
)
def test_schedule_progress(day: date, t: float) -> None:
    assert schedule(FIVE_YEARS[0], day, FIVE_YEARS[1]) == t


def test_schedule_counts_days_unless_all_three_are_quarter_ends() -> None:
    census, end = date(2020, 11, 1), year_end(2025)
    assert schedule(census, year_end(2021), end) == (year_end(2021) - census).days / (end - census).days


@pytest.mark.parametrize("end", [year_end(2020), year_end(2019)])
def test_schedule_needs_time(end: date) -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        schedule(year_end(2020), year_end(2021), end)


@pytest.mark.parametrize(
    ("shape", "start", "end", "year", "expected"),
    [
        (PathShape.LINEAR, 0, 100, 2021, 20),
        (PathShape.LINEAR, 100, 50, 2023, 70),
        (PathShape.GEOMETRIC, 100, 200, 2021, 100 * 2**0.2),
        (PathShape.GEOMETRIC, -100, -50, 2025, -50),
        (PathShape.STEP, 0, 12, 2021, 2),
        (PathShape.STEP, 0, 12, 2025, 12),
        (PathShape.STEP, 12, 0, 2021, 9),
        (PathShape.STEP, 0, 5, 2023, 3),
        (PathShape.CUSTOM, 0, 100, 2022, 40),
    ],
)
def test_expected_value(shape: PathShape, start: float, end: float, year: int, expected: float) -> None:
    assert path(start, end, shape=shape).at(year_end(year)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (year_end(2019), 0),
        (year_end(2020), 0),
        (year_end(2021), 5),
        (year_end(2022), 10),
        (year_end(2024), 70),
        (year_end(2025), 100),
        (year_end(2030), 100),
    ],
)
def test_interim_milestones_bend_the_path(day: date, expected: float) -> None:
    bent = path(0, 10, 100, shape=PathShape.CUSTOM)
    assert bent.at(day) == pytest.approx(expected)
    assert (bent.start, bent.end) == FIVE_YEARS


def test_a_step_is_not_lost_to_a_rounding_error() -> None:
    assert 90 * 0.7 < 63
    assert path(0, 90, shape=PathShape.STEP).at(date(2024, 6, 30)) == 63


@pytest.mark.parametrize("values", [(0, 100), (-1, 100), (100, 0), (5, 10, -5)])
def test_geometric_needs_one_sign(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="one sign"):
        path(*values, shape=PathShape.GEOMETRIC)


def test_a_path_has_two_ends_in_order() -> None:
    with pytest.raises(ValueError, match="a start and an end"):
        RequiredPath(((year_end(2020), 1.0),))
    with pytest.raises(ValueError, match="follow each other"):
        RequiredPath(((year_end(2025), 1.0), (year_end(2020), 2.0)))
    with pytest.raises(ValueError, match="follow each other"):
        RequiredPath(((year_end(2020), 1.0), (year_end(2020), 2.0)))


def test_nine_decimals() -> None:
    assert 100 * (0.5 - 0.4) != 10
    assert exact(100 * (0.5 - 0.4)) == 10
    assert exact(-9.99999) == -9.99999
