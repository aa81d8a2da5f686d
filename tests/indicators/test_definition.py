"""Definitions refuse contradiction; indicators find the version in force."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from indicators.definition import Aggregation, Direction, Part, Range
from tests.builders import definition, indicator, ratio_definition


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 0}, "version must be 1"),
        ({"decimals": 7}, "decimals must be 0 to 6"),
        ({"decimals": -1}, "decimals must be 0 to 6"),
        ({"numerator": Part("床位", "张")}, "needs a denominator"),
        ({"numerator": Part("床位", "张"), "denominator": Part("人口", "人")}, "only a ratio"),
        ({"aggregation": Aggregation.RATIO}, "Σ/Σ needs"),
        ({"factor": 0.0}, "factor must be positive"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_contradictory_definition_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        definition(**changes)


def test_a_ratio_keeps_its_parts() -> None:
    kept = ratio_definition()
    assert (kept.numerator, kept.denominator) == (Part("床位", "张"), Part("常住人口", "人"))


@pytest.mark.parametrize(
    ("versions", "message"),
    [
        ((definition(2),), "versions must run"),
        ((definition(1), definition(3)), "versions must run"),
        ((definition(1), definition(2, effective_from=date(2001, 1, 1))), "must start after"),
    ],
    ids=["not from 1", "a hole", "same day"],
)
def test_versions_follow_each_other(versions: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        indicator(*versions)


def test_an_indicator_has_a_definition() -> None:
    with pytest.raises(ValueError, match="has no definition"):
        indicator(definitions=())


@pytest.mark.parametrize(
    ("day", "version"),
    [(date(1999, 1, 1), 1), (date(2001, 1, 1), 1), (date(2002, 12, 31), 2), (date(2030, 1, 1), 3)],
)
def test_the_definition_in_force(day: date, version: int) -> None:
    found = indicator(definition(1), definition(2), definition(3))
    assert found.definition_at(day).version == version
    assert found.current.version == 3


@pytest.mark.parametrize(
    ("first", "second", "comparable"),
    [(1, 1, True), (1, 2, True), (2, 3, False), (3, 1, False), (3, 3, True)],
)
def test_a_break_lies_between(first: int, second: int, comparable: bool) -> None:
    found = indicator(definition(1), definition(2), definition(3, comparable=False))
    assert found.comparable_between(first, second) is comparable


def test_names() -> None:
    found = indicator(aliases=("病床",))
    assert (found.name(), found.name("en")) == ("医疗床位数", "Hospital beds")
    assert found.names() == ("beds", "医疗床位数", "Hospital beds", "病床")


def test_which_way_is_better() -> None:
    assert (Direction.HIGHER.sign, Direction.LOWER.sign) == (1, -1)


@pytest.mark.parametrize(
    ("bounds", "value", "inside"),
    [
        (Range(0, 100), 0, True),
        (Range(0, 100), 100, True),
        (Range(0, 100), -0.1, False),
        (Range(0, 100), 100.1, False),
        (Range(low=0), 1e9, True),
        (Range(high=0), 1, False),
        (Range(), -1e9, True),
    ],
)
def test_range_bounds_belong_to_it(bounds: Range, value: float, inside: bool) -> None:
    assert (value in bounds) is inside


def test_range_upside_down() -> None:
    with pytest.raises(ValueError, match="upside down"):
        Range(2, 1)
