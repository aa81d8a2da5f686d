"""Ranks and what the usual revision leaves open."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.ranking import Rank, ranks, usual_revision

lawful = settings(max_examples=200, deadline=None)
FIGURES = st.lists(st.tuples(st.integers(-50, 50).map(float), st.integers(0, 9).map(float)), max_size=8)


@pytest.mark.parametrize(
    ("values", "sign", "expected"),
    [
        ([], 1, []),
        ([(5, 0)], 1, [(1, 1)]),
        ([(5, 0), (7, 0), (6, 0)], 1, [(3, 3), (1, 1), (2, 2)]),
        ([(5, 0), (7, 0), (6, 0)], -1, [(1, 1), (3, 3), (2, 2)]),
        ([(5, 0), (5, 0), (4, 0)], 1, [(1, 2), (1, 2), (3, 3)]),
        ([(9, 0), (6, 0.5), (5, 0.5), (1, 0)], 1, [(1, 1), (2, 3), (2, 3), (4, 4)]),  # whiskers that touch
        ([(9, 0), (6, 0.4), (5, 0.5), (1, 0)], 1, [(1, 1), (2, 2), (3, 3), (4, 4)]),
        ([(1, 1), (2, 1), (4, 1)], 1, [(2, 3), (1, 3), (1, 2)]),  # the middle one could be either
        ([(0.3, 0.1), (0.1, 0.1)], 1, [(1, 2), (1, 2)]),  # 0.3 − 0.1 is 0.2 and not a little less
    ],
)
def test_a_place_is_before_another_only_where_no_revision_changes_it(
    values: list[tuple[float, float]], sign: int, expected: list[tuple[int, int]]
) -> None:
    assert ranks(values, sign=sign) == [Rank(*places) for places in expected]


def test_a_rank_of_several_places_is_tied() -> None:
    assert Rank(3, 6).tied and not Rank(3, 3).tied


@lawful
@given(FIGURES)
def test_every_place_has_someone_and_a_better_value_is_never_behind(values: list[tuple[float, float]]) -> None:
    found = ranks(values, sign=1)
    for place in range(1, len(values) + 1):
        assert any(rank.best <= place <= rank.worst for rank in found)
    exactly = ranks([(value, 0.0) for value, _ in values], sign=1)
    for rank, sure in zip(found, exactly, strict=True):
        assert rank.best <= sure.best and sure.worst <= rank.worst
    for (value, _), rank in zip(values, exactly, strict=True):
        for (other, _), behind in zip(values, exactly, strict=True):
            assert value <= other or rank < behind


@lawful
@given(FIGURES)
def test_where_lower_is_better_everything_is_turned_round(values: list[tuple[float, float]]) -> None:
    turned = ranks([(-value, spread) for value, spread in values], sign=-1)
    assert turned == ranks(values, sign=1)


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        ([0.1, -0.3, 0.2], [9.0], 0.2),
        ([], [0.4, -0.2], pytest.approx(0.3)),
        ([], [], 0.005),
        ([0.001], [9.0], 0.005),  # not less than half of the last digit
    ],
)
def test_the_usual_revision_is_a_median_of_its_own_then_of_the_others(
    own: list[float], others: list[float], expected: float
) -> None:
    assert usual_revision(own, others, decimals=2) == expected
