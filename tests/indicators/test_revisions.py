"""What a figure was before it was revised."""

from __future__ import annotations

from datetime import datetime

from indicators.period import year_end
from indicators.revisions import Recorded, revisions, usual


def recorded(year: int, value: float | None, month: int = 1, **more: str) -> Recorded:
    return Recorded(year_end(year), value, datetime(2025, month, 1), **more)


def test_each_step_to_another_value_is_one_revision() -> None:
    found = revisions([recorded(2023, 7.72), recorded(2023, 7.72, 2), recorded(2023, 7.71, 3), recorded(2023, 7.70, 4)])
    assert [(r.was.value, r.now.value) for r in found] == [(7.72, 7.71), (7.71, 7.70)]
    assert all(r.end == year_end(2023) for r in found)


def test_periods_and_accumulations_are_apart() -> None:
    quarter = recorded(2023, 1.0, accumulation="period"), recorded(2023, 4.0, accumulation="ytd")
    assert revisions([*quarter, recorded(2022, 5.0)]) == ()


def test_a_value_reported_as_missing_has_no_size() -> None:
    assert revisions([recorded(2023, 1.0), recorded(2023, None), recorded(2023, 2.0)]) == ()


def test_the_usual_size_is_the_median_without_its_sign() -> None:
    found = revisions(
        [recorded(y, v) for y, v in [(2021, 1.0), (2021, 1.5), (2022, 3.0), (2022, 2.9), (2023, 1), (2023, 3)]]
    )
    assert usual(found) == 0.5
    assert usual([]) is None
