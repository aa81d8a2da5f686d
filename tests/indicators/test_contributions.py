"""Where a ratio's change came from: two parts that add up, whichever is named first, there and back."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from indicators.contributions import Contributions, contributions, on_the_year
from indicators.series import Observation
from tests import builders as make

COUNTS = some.floats(1, 1e9, allow_nan=False)
FACTORS = some.sampled_from([1.0, 100.0, 1000.0])


def seen(period: str, numerator: float | None, denominator: float | None, **more: object) -> Observation:
    return make.observation(period, 1.0, numerator=numerator, denominator=denominator, **more)


def split(n0: float, n1: float, d0: float, d1: float, factor: float = 1.0) -> Contributions:
    found = contributions(seen("2023", n0, d0), seen("2024", n1, d1), factor=factor)
    assert found is not None
    return found


def test_beds_and_people_each_have_their_part() -> None:
    found = split(160_000, 166_000, 21_000_000, 21_200_000, 1000.0)
    assert found.change == pytest.approx(7.8302 - 7.6190, abs=1e-3)
    assert found.numerator == pytest.approx(0.2844, abs=1e-3)
    assert found.denominator == pytest.approx(-0.0732, abs=1e-3)
    assert (found.since, found.until) == (date(2023, 12, 31), date(2024, 12, 31))


@settings(deadline=None)
@given(COUNTS, COUNTS, COUNTS, COUNTS, FACTORS)
def test_the_parts_add_up_to_the_change(n0: float, n1: float, d0: float, d1: float, factor: float) -> None:
    found = split(n0, n1, d0, d1, factor)
    size = max(abs(found.before), abs(found.after), abs(found.numerator), abs(found.denominator))
    assert found.numerator + found.denominator == pytest.approx(found.change, abs=1e-9 * size)


@settings(deadline=None)
@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_going_back_undoes_them(n0: float, n1: float, d0: float, d1: float) -> None:
    there, back = split(n0, n1, d0, d1), split(n1, n0, d1, d0)
    assert there.numerator == pytest.approx(-back.numerator, rel=1e-9, abs=1e-12)
    assert there.denominator == pytest.approx(-back.denominator, rel=1e-9, abs=1e-12)


@settings(deadline=None)
@given(COUNTS, COUNTS, COUNTS)
def test_a_part_that_stands_still_adds_nothing(n0: float, n1: float, d: float) -> None:
    assert split(n0, n1, d, d).denominator == 0
    assert split(d, d, n0, n1).numerator == 0


@settings(deadline=None)
@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_each_part_pulls_its_own_way(n0: float, n1: float, d0: float, d1: float) -> None:
    found = split(n0, n1, d0, d1)
    assert found.numerator * (n1 - n0) >= 0
    assert found.denominator * (d1 - d0) <= 0


@settings(deadline=None)
@given(COUNTS, COUNTS, COUNTS, COUNTS, some.sampled_from([0.001, 10.0, 10_000.0]))
def test_counting_both_parts_in_another_unit_changes_nothing(
    n0: float, n1: float, d0: float, d1: float, scale: float
) -> None:
    plain, scaled = split(n0, n1, d0, d1), split(scale * n0, scale * n1, scale * d0, scale * d1)
    assert scaled.numerator == pytest.approx(plain.numerator, rel=1e-6, abs=1e-9)
    assert scaled.denominator == pytest.approx(plain.denominator, rel=1e-6, abs=1e-9)


def test_a_numerator_of_nothing_has_an_answer() -> None:
    found = split(0, 30, 100, 120, 100.0)
    assert (found.before, found.after) == (0.0, 25.0)
    assert found.numerator + found.denominator == pytest.approx(25.0)


@pytest.mark.parametrize("parts", [(None, 10.0), (10.0, None), (10.0, 0.0)], ids=["no top", "no bottom", "by zero"])
def test_without_both_parts_there_is_no_answer(parts: tuple[float | None, float | None]) -> None:
    assert contributions(seen("2023", *parts), seen("2024", 12, 11), factor=1) is None
    assert contributions(seen("2023", 12, 11), seen("2024", *parts), factor=1) is None


def test_the_year_before_is_the_same_period_under_the_same_definition() -> None:
    last = seen("2024Q2", 30, 100)
    others = [seen("2023Q2", 20, 100), seen("2023Q4", 25, 100), last]
    found = on_the_year(others, last, factor=100)
    assert found is not None and (found.before, found.after) == (20.0, 30.0)
    assert on_the_year([seen("2023Q2", 20, 100, definition=2), last], last, factor=100) is None
    assert on_the_year([last], last, factor=100) is None
