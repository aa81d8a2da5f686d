"""Commitments as a document prints them, and what a plan refuses."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from indicators.plan import Attribute, Kind, Operator, PathShape
from tests.builders import commitment, plan


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"quotes": ()}, "at least one quote"),
        ({"operator": None}, "an operator and a target year"),
        ({"target_year": None}, "an operator and a target year"),
        ({"operator": Operator.RANGE}, "range fills low and high"),
        ({"target_low": 30.0, "target_high": 50.0}, "range fills low and high"),
        ({"target_low": 30.0}, "range fills low and high"),
        ({"target_value": None}, "range fills low and high"),
        (
            {"operator": Operator.RANGE, "target_value": None, "target_low": 50.0, "target_high": 30.0},
            "upside down",
        ),
        ({"baseline_year": None}, "both value and year"),
        ({"baseline_year": 2025}, "must lie before the target"),
        ({"kind": Kind.ACTUAL}, "a value and its year"),
        ({"kind": Kind.ACTUAL, "value": 1.0}, "a value and its year"),
        ({"shape": PathShape.CUSTOM}, "needs its points"),
    ],
)
def test_a_contradictory_commitment_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"commitment beds-2025: .*{message}"):
        commitment(**changes)


def test_a_range_fills_both_ends() -> None:
    made = commitment(operator=Operator.RANGE, target_value=None, target_low=30.0, target_high=50.0)
    assert (made.target_low, made.target_high) == (30.0, 50.0)


def test_a_year_stands_for_its_last_day() -> None:
    assert commitment().due == date(2025, 12, 31)
    assert commitment().baseline_date == date(2020, 12, 31)
    assert commitment(target_date=date(2025, 6, 30)).due == date(2025, 6, 30)
    assert commitment(baseline_value=None, baseline_year=None).baseline_date is None
    assert commitment(kind=Kind.TASK, target_year=None).due is None


def test_binding() -> None:
    assert commitment(attribute=Attribute.BINDING).binding
    assert not commitment(attribute=Attribute.ANTICIPATORY).binding
    assert not commitment().binding


def test_names() -> None:
    assert (commitment().name(), commitment().name("en")) == ("床位数", "Beds")
    made = plan(short_zh="卫健规划")
    assert (made.title("en"), made.short()) == ("Health plan 2021–2025", "卫健规划")
    assert made.short("en") == "Health plan 2021–2025", "the title where there is no short name"


def test_targets_of_a_plan() -> None:
    fact = commitment(id="fact", kind=Kind.ACTUAL, value=1.0, value_year=2020)
    made = plan(fact, commitment())
    assert [c.id for c in made.targets] == ["beds-2025"]
    assert made.commitment("fact") is fact
    with pytest.raises(KeyError, match="nowhere"):
        made.commitment("nowhere")


def test_a_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="must end after it starts"):
        plan(end=date(2021, 1, 1))
    with pytest.raises(ValueError, match="beds-2025 stands twice"):
        plan(commitment(), commitment())
    with pytest.raises(ValueError, match="part of unknown nowhere"):
        plan(commitment(part_of="nowhere"))


def test_a_part_may_stand_before_its_whole() -> None:
    assert plan(commitment(id="part", part_of="beds-2025"), commitment()).targets[0].part_of == "beds-2025"
