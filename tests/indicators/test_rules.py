"""The default rule set at each of its boundaries, and what a rule set refuses."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.rules import Band, Status
from tests import oracle
from tests.builders import rule


@pytest.mark.parametrize(
    ("points", "status"),
    [
        (1e9, Status.AHEAD),
        (10.001, Status.AHEAD),
        (10, Status.AHEAD),
        (100 * (0.5 - 0.4), Status.AHEAD),
        (9.999, Status.ON_SCHEDULE),
        (0.001, Status.ON_SCHEDULE),
        (0, Status.ON_SCHEDULE),
        (-1e-12, Status.ON_SCHEDULE),
        (-0.001, Status.WATCH),
        (-9.999, Status.WATCH),
        (100 * (0.4 - 0.5), Status.BEHIND),
        (-10, Status.BEHIND),
        (-10.001, Status.BEHIND),
        (-29.999, Status.BEHIND),
        (-30, Status.BEHIND),
        (-30.001, Status.FAR_BEHIND),
        (-1e9, Status.FAR_BEHIND),
    ],
)
def test_gap(points: float, status: Status) -> None:
    assert rule().by_gap(points) is status


@pytest.mark.parametrize(
    ("share", "status"),
    [
        (-0.5, Status.ON_SCHEDULE),
        (0, Status.ON_SCHEDULE),
        (0.0001, Status.WATCH),
        (0.0199, Status.WATCH),
        (0.02, Status.BEHIND),
        (0.02 - 1e-13, Status.BEHIND),
        (0.1, Status.BEHIND),
        (0.1001, Status.FAR_BEHIND),
    ],
)
def test_shortfall(share: float, status: Status) -> None:
    assert rule().by_shortfall(share) is status


@pytest.mark.parametrize(
    ("met", "progress", "beyond", "status"),
    [
        (True, 1.2, 0.2, Status.EXCEEDED),
        (True, 1.1, 0.1, Status.EXCEEDED),
        (True, 1.1, 1.1 - 1, Status.EXCEEDED),
        (True, 1.0999, 0.0999, Status.COMPLETED),
        (True, 1, 0, Status.COMPLETED),
        (True, None, None, Status.COMPLETED),
        (False, 0.9501, -0.0499, Status.NEARLY_COMPLETED),
        (False, 0.95, -0.05, Status.NEARLY_COMPLETED),
        (False, 0.9499, -0.0501, Status.MISSED),
        (False, -0.2, -1.2, Status.MISSED),
        (False, None, None, Status.MISSED),
        (False, 0.1 + 0.85 - 1e-12, 0, Status.NEARLY_COMPLETED),
        (True, 1.1, 0.1 - 1e-12, Status.EXCEEDED),
    ],
)
def test_final(met: bool, progress: float | None, beyond: float | None, status: Status) -> None:
    assert rule().final(met=met, progress=progress, beyond=beyond) is status


@given(st.floats(-200, 200) | st.integers(-50, 50).map(float))
@settings(max_examples=100, deadline=None)
def test_bands_agree_with_the_oracle(number: float) -> None:
    assert rule().by_gap(number) == oracle.status_by_gap(number)
    assert rule().by_shortfall(number / 100) == oracle.status_by_shortfall(100 * (number / 100))


def test_every_code_has_its_word() -> None:
    assert rule().word(Status.WATCH) == "基本达到(关注)"
    assert rule().word(Status.FAR_BEHIND, "en") == "Far behind"
    assert [rule().word(code) for code in Status if not rule().word(code)] == []


def test_what_needs_attention_first() -> None:
    ranked = sorted(Status, key=lambda status: -status.severity)
    assert ranked[:5] == [
        Status.MISSED,
        Status.FAR_BEHIND,
        Status.BEHIND,
        Status.NEARLY_COMPLETED,
        Status.WATCH,
    ]
    assert {status.severity for status in ranked[5:]} == {0}


# -- bands -------------------------------------------------------------------------------------------------

LOW = Band(Status.BEHIND, high=0)
HIGH = Band(Status.ON_SCHEDULE, low=0, low_included=True)


@pytest.mark.parametrize(
    ("band", "inside", "outside"),
    [
        (Band(Status.WATCH, low=0, high=1), [0.5], [0, 1, -1, 2]),
        (Band(Status.WATCH, low=0, high=1, low_included=True), [0, 0.5], [1, -0.1]),
        (Band(Status.WATCH, low=0, high=1, high_included=True), [0.5, 1], [0, 1.1]),
        (Band(Status.WATCH, low=1, high=1, low_included=True, high_included=True), [1], [0.9, 1.1]),
        (LOW, [-1e9], [0, 1]),
        (HIGH, [0, 1e9], [-1]),
    ],
)
def test_ends_of_a_band(band: Band, inside: list[float], outside: list[float]) -> None:
    assert all(number in band for number in inside)
    assert not any(number in band for number in outside)


@pytest.mark.parametrize(
    "ends",
    [
        {"low": 1, "high": 0},
        {"low": 1, "high": 1},
        {"low": 1, "high": 1, "low_included": True},
        {"low": 1, "high": 1, "high_included": True},
    ],
)
def test_a_band_holds_a_number(ends: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="holds no number"):
        Band(Status.WATCH, **ends)


@pytest.mark.parametrize(
    ("bands", "message"),
    [
        ((), "minus to plus infinity"),
        ((HIGH,), "minus to plus infinity"),
        ((LOW,), "minus to plus infinity"),
        ((LOW, replace(HIGH, low=1)), "hole between behind and on_schedule"),
        ((replace(LOW, high=None), HIGH), "hole between"),
        ((LOW, replace(HIGH, low=None)), "hole between"),
        ((replace(LOW, high=1), HIGH), "overlap at 0"),
        ((replace(LOW, high_included=True), HIGH), "overlap at 0"),
        ((LOW, replace(HIGH, low_included=False)), "0 belongs to neither"),
    ],
    ids=["empty", "no lower end", "no upper end", "hole", "open inside", "open inside again", "overlap"]
    + ["a point twice", "a point lost"],
)
@pytest.mark.parametrize("place", ["gap", "shortfall"])
def test_bands_are_gapless(bands: tuple[Band, ...], message: str, place: str) -> None:
    with pytest.raises(ValueError, match=f"cn-schedule, {place}: .*{message}"):
        replace(rule(), **{place: bands})  # type: ignore[arg-type]


def test_a_whole_line_is_accepted() -> None:
    assert replace(rule(), gap=(LOW, HIGH)).by_gap(0) is Status.ON_SCHEDULE


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"words": {}}, "no words for achieved_early"),
        ({"exceeded_from": -0.1}, "exceeded_from"),
        ({"nearly_from": 1.1}, "nearly_from"),
        ({"nearly_from": -0.1}, "nearly_from"),
    ],
)
def test_a_rule_set_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(rule(), **changes)
