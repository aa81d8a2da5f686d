"""The four rule sets against numbers worked out by hand from the method, against plain if-chains, and in law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from indicators.rules import Standing
from indicators.verdicts import Case, Verdict, combine, judge
from tests import oracle
from tests.builders import rule

NAMES = ["cn-schedule", "healthy-people", "open-sdg", "un-2023"]
UP, DOWN = 1, -1


def told(name: str, **case: Any) -> Verdict:
    return judge(Case(**case), rule(name))


def same(verdict: Verdict, status: str, progress: float | None = None, score: float | None = None) -> None:
    """Equal to the hand values, which carry all their digits or ten."""
    assert verdict.status == status
    for found, wanted in ((verdict.progress, progress), (verdict.score, score)):
        if wanted is None:
            assert found is None
        else:
            assert found == pytest.approx(wanted, abs=1e-9, rel=0)


# -- cn-schedule -------------------------------------------------------------------------------------------


def schedule(**changes: Any) -> Verdict:
    """0 in 2020 → 100 in 2025, data of 2023: t = 3/5, so gap = 100·(a/100 − 0.6) = a − 60."""
    plain = {"base_year": 2020, "base_value": 0, "current_year": 2023, "target": 100, "target_year": 2025}
    return told("cn-schedule", **plain | changes)


@pytest.mark.parametrize(
    ("current", "status", "gap"),
    [
        (99, "ahead", 39),
        (70, "ahead", 10),
        (69.9, "on_schedule", 9.9),
        (60, "on_schedule", 0),
        (59.9, "watch", -0.1),
        (50.1, "watch", -9.9),
        (50, "behind", -10),
        (30, "behind", -30),
        (29.9, "far_behind", -30.1),
        (0, "far_behind", -60),
        (-10, "far_behind", -70),  # worse than the base: p is negative and shown so
        (100, "achieved_early", 40),
        (130, "achieved_early", 70),
    ],
)
def test_schedule_by_gap(current: float, status: str, gap: float) -> None:
    same(schedule(current_value=current), status, current / 100, gap)
    # the same way down: 100 in 2020 → 0 in 2025
    down = {"base_value": 100, "target": 0, "direction": DOWN}
    same(schedule(current_value=100 - current, **down), status, current / 100, gap)


def test_schedule_from_a_base_that_is_not_zero() -> None:
    # beds 7.34 → 8.30, 7.87 in 2024: p = 0.53/0.96 = 0.5520833…, t = 4/5, gap = −24.7916…
    verdict = schedule(base_value=7.34, target=8.30, current_value=7.87, current_year=2024)
    same(verdict, "behind", 0.53 / 0.96, 100 * (0.53 / 0.96 - 0.8))
    # −40 → −20: −34 is 6 of 20, p = 0.3, t = 0.6
    same(schedule(base_value=-40, target=-20, current_value=-34), "behind", 0.3, -30)


@pytest.mark.parametrize(
    ("year", "current", "status", "p", "gap"),
    [
        (2025, 110, "exceeded", 1.1, 10),  # beyond T by 10 % of the change
        (2025, 109.9, "completed", 1.099, 9.9),
        (2025, 100, "completed", 1, 0),
        (2025, 99.9, "nearly_completed", 0.999, -0.1),
        (2025, 95, "nearly_completed", 0.95, -5),
        (2025, 94.9, "missed", 0.949, -5.1),
        (2025, -5, "missed", -0.05, -105),
        (2026, 97, "nearly_completed", 0.97, -3),  # past d1 the path stays at T: e = 100
        (2027, 120, "exceeded", 1.2, 20),
    ],
)
def test_schedule_final_words(year: int, current: float, status: str, p: float, gap: float) -> None:
    same(schedule(current_year=year, current_value=current), status, p, gap)


@pytest.mark.parametrize(
    ("direction", "current", "status"),
    [
        (UP, 71, "on_schedule"),  # never 提前完成
        (UP, 70, "on_schedule"),
        (UP, 69.9, "watch"),  # 0.1/70 = 0.14 %
        (UP, 68.61, "watch"),  # 1.39/70 = 1.986 %
        (UP, 68.6, "behind"),  # 1.4/70 = 2 %
        (UP, 63, "behind"),  # 7/70 = 10 %
        (UP, 62.9, "far_behind"),  # 7.1/70 = 10.14 %
        (DOWN, 69, "on_schedule"),
        (DOWN, 70, "on_schedule"),
        (DOWN, 71.39, "watch"),
        (DOWN, 71.4, "behind"),
        (DOWN, 77, "behind"),
        (DOWN, 77.1, "far_behind"),
    ],
)
def test_schedule_maintained(direction: int, current: float, status: str) -> None:
    same(schedule(base_value=70, target=70, current_value=current, direction=direction), status)
    final = schedule(base_value=70, target=70, current_value=current, direction=direction, current_year=2025)
    same(final, "completed" if status == "on_schedule" else "missed")
    # the base already beyond T reads the same: falling back is judged by the shortfall from T
    beyond = 80 if direction == UP else 60
    same(schedule(base_value=beyond, target=70, current_value=current, direction=direction), status)


def test_schedule_maintained_at_zero() -> None:
    # T = 0 has no relative shortfall: no class beyond watch
    same(schedule(base_value=0, target=0, current_value=50, direction=DOWN), "watch")
    same(schedule(base_value=0, target=0, current_value=0, direction=DOWN), "on_schedule")
    # negative levels: T = −50, a = −53 is 3/50 = 6 % short
    same(schedule(base_value=-50, target=-50, current_value=-53), "behind")


@pytest.mark.parametrize(
    "missing", [{"base_value": None}, {"base_year": None}, {"base_value": None, "base_year": None}]
)
def test_schedule_without_a_base(missing: dict[str, None]) -> None:
    same(schedule(current_value=100, **missing), "achieved_early")
    same(schedule(current_value=99, **missing), "in_progress")
    same(schedule(current_value=100, current_year=2025, **missing), "completed")
    same(schedule(current_value=99, current_year=2025, **missing), "missed")
    same(schedule(current_value=9, target=10, direction=DOWN, **missing), "achieved_early")


def test_schedule_that_cannot_be_judged() -> None:
    same(schedule(), "no_data")
    same(schedule(current_value=50, current_year=None), "no_data")
    same(schedule(current_value=50, current_year=2020), "no_data")  # only the baseline
    same(schedule(current_value=50, current_year=2019), "no_data")
    same(schedule(current_value=50, target=None), "not_assessable")
    same(schedule(current_value=50, target_year=None), "not_assessable")
    same(schedule(current_value=50, target_year=2020), "not_assessable")
    same(schedule(current_value=50, target_year=2019), "not_assessable")
    same(schedule(current_value=50, target_year=20250), "not_assessable")  # no such day
    same(schedule(current_value=50, target=1e308, base_value=-1e308), "not_assessable")  # T − b is no number


def test_schedule_takes_higher_for_better_unless_told() -> None:
    # 100 → 50 with higher better: the base was beyond T, 80 still is
    same(schedule(base_value=100, target=50, current_value=80), "on_schedule")
    # lower better: p = 20/50 = 0.4, gap = 40 − 60
    same(schedule(base_value=100, target=50, current_value=80, direction=DOWN), "behind", 0.4, -20)


def test_schedule_within_a_year() -> None:
    # 2.5 of 5 years, by quarters 10 of 20: t = 0.5
    same(schedule(current_year=2022.5, current_value=50), "on_schedule", 0.5, 0)
    same(schedule(current_year=2020.25, current_value=0), "watch", 0, -5)
    # 0.1 of a year is 36.525 days, 37 of the 1826 to the end of 2025
    same(schedule(current_year=2020.1, current_value=0), "watch", 0, -100 * 37 / 1826)


# -- open-sdg ----------------------------------------------------------------------------------------------


def growth_ratio(**changes: Any) -> Verdict:
    """100 in 2020, data of 2022, 146.41 = 100·1.1⁴ in 2024: required growth 0.1 a year, higher is better."""
    plain: dict[str, Any] = {"base_year": 2020, "base_value": 100, "current_year": 2022, "direction": UP}
    return told("open-sdg", **plain | {"target": 146.41, "target_year": 2024} | changes)


# the value after two years that grew at c a year is 100·(1 + c)²; R = c/0.1
RATIOS = [
    (127.69, 1.3, "substantial_progress", 5),  # 1.13²; 7.1429·1.3 − 4.2857 = 5.00007, capped
    (127.667401, 1.299, "substantial_progress", 4.9929271),  # 1.1299²; 9.2786271 − 4.2857
    (121, 1, "substantial_progress", 2.8572),  # 1.1²; 7.1429 − 4.2857
    (119.9025, 0.95, "substantial_progress", 2.500055),  # 1.095²; 6.785755 − 4.2857
    (119.880601, 0.949, "moderate_progress", 2.4929121),  # 1.0949²; 6.7786121 − 4.2857
    (112.36, 0.6, "moderate_progress", 0.00004),  # 1.06²; 4.28574 − 4.2857
    (112.338801, 0.599, "limited_progress", -0.0041467),  # 1.0599²; 2.4958533 − 2.5
    (102.01, 0.1, "limited_progress", -2.08333),  # 1.01²; 0.41667 − 2.5
    (100, 0, "limited_progress", -2.5),
    (98.01, -0.1, "deterioration", -2.91667),  # 0.99²; −0.41667 − 2.5
    (88.378801, -0.599, "deterioration", -4.9958533),  # 0.9401²; −2.4958533 − 2.5
    (88.36, -0.6, "deterioration", -5),  # 0.94²; −2.50002 − 2.5, capped
    (49, -3, "deterioration", -5),  # 0.7²
]


@pytest.mark.parametrize(("current", "ratio", "status", "score"), RATIOS)
def test_growth_ratio(current: float, ratio: float, status: str, score: float) -> None:
    same(growth_ratio(current_value=current), status, ratio, score)
    # a negative base: sign −1. Lower is better from −100 to −146.41, and magnitudes grow as above
    mirrored = {"base_value": -100, "target": -146.41, "current_value": -current}
    same(growth_ratio(**mirrored, direction=DOWN), status, ratio, score)
    same(growth_ratio(**mirrored, direction=None), status, ratio, score)


@pytest.mark.parametrize(
    ("current", "ratio", "status", "score"),
    [
        (81, 1, "substantial_progress", 2.8572),  # 0.9²
        (88.36, 0.6, "moderate_progress", 0.00004),  # 0.94²
        (98.01, 0.1, "limited_progress", -2.08333),  # 0.99²
        (104.04, -0.2, "deterioration", -3.33334),  # 1.02²; −0.83334 − 2.5
    ],
)
def test_growth_ratio_downwards(current: float, ratio: float, status: str, score: float) -> None:
    # 100 → 65.61 = 100·0.9⁴: required −0.1 a year
    for direction in (DOWN, None):  # lower is better unless told
        same(growth_ratio(target=65.61, current_value=current, direction=direction), status, ratio, score)
    # higher is better from −100 to −65.61, magnitudes shrinking: sign·dir = −1
    mirrored = {"base_value": -100, "target": -65.61, "current_value": -current}
    same(growth_ratio(**mirrored, direction=UP), status, ratio, score)


def test_growth_is_over_each_own_number_of_years() -> None:
    # 1.1³ after three years, 1.1¹⁰ after ten
    case = {"base_value": 1, "current_year": 2023, "current_value": 1.331, "target": 2.5937424601, "target_year": 2030}
    same(growth_ratio(**case), "substantial_progress", 1, 2.8572)
    # half a year: 1.21^(1/0.5) − 1 = 0.4641, R = 4.641
    same(growth_ratio(current_value=121, current_year=2020.5), "substantial_progress", 4.641, 5)


@pytest.mark.parametrize(
    ("direction", "target", "current", "ratio"),
    [
        (UP, 146.41, 146.41, 2.1),  # 1.21² − 1 … of two years: c = 0.21
        (UP, 146.41, 225, 5),  # c = 0.5
        (DOWN, 65.61, 65.61, 1.9),  # c = −0.19
        (None, 65.61, 64, 2),  # c = −0.2
        (UP, 65.61, 81, -1),  # still above the floor, falling: met whatever the trend
        (DOWN, 146.41, 121, -1),  # still below the ceiling, rising
        (None, 146.41, 144, -2),
        (UP, 65.61, 65.61, -1.9),
    ],
)
def test_growth_ratio_met(direction: int | None, target: float, current: float, ratio: float) -> None:
    same(growth_ratio(direction=direction, target=target, current_value=current), "target_achieved", ratio, 5)


def test_met_comes_before_what_cannot_be_computed() -> None:
    # CAGR(target, base) = 0
    same(growth_ratio(target=100, current_value=100), "target_achieved", None, 5)
    same(growth_ratio(target=100, current_value=110), "target_achieved", None, 5)
    same(growth_ratio(target=100, current_value=99), "not_available")
    same(growth_ratio(target=100, current_value=101, direction=DOWN), "not_available")
    # base against current of opposite sign
    same(growth_ratio(base_value=-100, current_value=150), "target_achieved", None, 5)
    same(growth_ratio(base_value=100, target=200, current_value=-1), "not_available")
    same(growth_ratio(base_value=-100, target=-65.61, current_value=-144, direction=DOWN), "target_achieved", 2, 5)
    # base against target of opposite sign
    same(growth_ratio(target=-20, current_value=-20, direction=DOWN), "target_achieved", None, 5)
    same(growth_ratio(target=-20, current_value=-19, direction=DOWN), "not_available")
    same(growth_ratio(target=-20, current_value=50, direction=DOWN), "not_available")
    same(growth_ratio(target=-20, current_value=50, direction=UP), "target_achieved", None, 5)
    same(growth_ratio(base_value=-100, target=20, current_value=-50), "not_available")
    # a target that is not after the base, or has no year
    for year in (2020, 2019, None):
        same(growth_ratio(target_year=year, current_value=150), "target_achieved", None, 5)
        same(growth_ratio(target_year=year, current_value=120), "not_available")


@pytest.mark.parametrize("name", ["base_value", "current_value", "base_year", "current_year"])
@pytest.mark.parametrize("current", [120, 150])
def test_growth_ratio_without_two_points(name: str, current: float) -> None:
    same(growth_ratio(**{"current_value": current, name: None}), "not_available")
    same(growth_ratio(**{"current_value": current, name: None}, target=None), "not_available")


@pytest.mark.parametrize("year", [2020, 2021])
@pytest.mark.parametrize("current", [120, 150])
def test_growth_ratio_base_not_before_current(year: int, current: float) -> None:
    """Asked before met: one point is no trend."""
    same(growth_ratio(base_year=year, current_year=2020, current_value=current), "not_available")
    same(growth_ratio(base_year=year, current_year=2020, current_value=current, target=None), "not_available")


def test_growth_ratio_target_zero() -> None:
    # 0 → 0.001: required 0.00001^(1/4) − 1 = −0.9437658675; 81 of 100 in two years is −0.1
    # R = 0.1/0.9437658675 = 0.1059584834; 4.1667·R − 2.5 = −2.0585027872
    same(
        growth_ratio(target=0, current_value=81, direction=DOWN), "limited_progress", 0.1059584833969, -2.0585027872302
    )
    # met is asked after zeros are replaced: 0.0005 is below 0.001, 0.0011 is not
    assert growth_ratio(target=0, current_value=0, direction=None).status == "target_achieved"
    assert growth_ratio(target=0, current_value=0.0005, direction=DOWN).status == "target_achieved"
    assert growth_ratio(target=0, current_value=0.0011, direction=DOWN).status == "substantial_progress"
    assert growth_ratio(target=0, current_value=0.001, direction=UP).status == "target_achieved"
    # higher better, a negative base below the replaced target: opposite signs
    same(growth_ratio(base_value=-100, target=0, current_value=-50), "not_available")
    same(growth_ratio(target=0, current_value=-50, direction=DOWN), "target_achieved", None, 5)


def test_growth_ratio_base_zero() -> None:
    # 0 → 0.001: to 10 in four years 10000^(1/4) − 1 = 9; to 0.1 in two 100^(1/2) − 1 = 9
    same(growth_ratio(base_value=0, target=10, current_value=0.1), "substantial_progress", 1, 2.8572)
    # current 0: 0^(1/2) − 1 = −1, R = −1/9; 4.1667·(−1/9) − 2.5 = −2.9629666…
    same(growth_ratio(base_value=0, target=10, current_value=0), "deterioration", -1 / 9, -2.962966666667)
    same(growth_ratio(base_value=0, target=10, current_value=-1), "not_available")
    # without a target: g = 100^(1/2) − 1
    same(growth_ratio(base_value=0, target=None, current_value=0.1), "substantial_progress", 9, 5)
    same(growth_ratio(base_value=0, target=None, current_value=0.1, direction=DOWN), "deterioration", -9, -5)
    same(growth_ratio(base_value=-0.0, target=None, current_value=0.1), "substantial_progress", 9, 5)


def test_growth_ratio_both_zero() -> None:
    same(growth_ratio(base_value=0, target=0, current_value=0, direction=DOWN), "target_achieved", None, 5)
    same(growth_ratio(base_value=0, target=0, current_value=5, direction=DOWN), "not_available")  # CAGR(T, b) = 0
    same(growth_ratio(base_value=0, target=0, current_value=-5, direction=DOWN), "target_achieved", None, 5)
    same(growth_ratio(base_value=0, target=0, current_value=-5, direction=UP), "not_available")
    same(growth_ratio(base_value=0, target=0, current_value=0, direction=UP), "not_available")  # 0 < 0.001


def test_current_value_zero() -> None:
    # 0^(1/2) − 1 = −1: R = −10
    same(growth_ratio(current_value=0), "deterioration", -10, -5)
    same(growth_ratio(base_value=-100, target=-65.61, current_value=0), "target_achieved", 10, 5)


# -- open-sdg without a target: g from 100 over two years, or from a base near its limit


@pytest.mark.parametrize(
    ("current", "growth", "status", "score"),
    [
        (106.09, 0.03, "substantial_progress", 5),  # 1.03²; 15 − 5, capped
        (104.04, 0.02, "substantial_progress", 5),  # 1.02²; 10 − 5
        (104.019601, 0.0199, "substantial_progress", 4.95),  # 1.0199²; 9.95 − 5
        (103.0225, 0.015, "substantial_progress", 2.5),  # 1.015²; 7.5 − 5
        (103.002201, 0.0149, "moderate_progress", 2.475),  # 1.0149²; 3.725 − 1.25
        (102.01, 0.01, "moderate_progress", 1.25),  # 1.01²; 2.5 − 1.25
        (101.0025, 0.005, "moderate_progress", 0),  # 1.005²; 1.25 − 1.25
        (100.982401, 0.0049, "limited_progress", -0.05),  # 1.0049²; 2.45 − 2.5
        (100, 0, "limited_progress", -2.5),
        (99.8001, -0.001, "deterioration", -2.625),  # 0.999²; −0.125 − 2.5
        (96.2361, -0.019, "deterioration", -4.875),  # 0.981²; −2.375 − 2.5
        (96.04, -0.02, "deterioration", -5),  # 0.98²; −2.5 − 2.5
        (81, -0.1, "deterioration", -5),
    ],
)
def test_growth_alone(current: float, growth: float, status: str, score: float) -> None:
    same(growth_ratio(target=None, current_value=current), status, growth, score)
    same(growth_ratio(target=None, target_year=None, current_value=current), status, growth, score)
    # a negative base: lower is better while magnitudes grow
    same(growth_ratio(target=None, base_value=-100, current_value=-current, direction=None), status, growth, score)
    # at or beyond twice the limit it asks as much as without one, and a limit of 0 is passed by any base
    for limit in (50, -50, 49, 0):
        same(growth_ratio(target=None, current_value=current, limit=limit), status, growth, score)


def test_growth_alone_takes_lower_for_better_unless_told() -> None:
    same(growth_ratio(target=None, current_value=96.04, direction=None), "substantial_progress", 0.02, 5)
    same(growth_ratio(target=None, current_value=104.04, direction=None), "deterioration", -0.02, -5)
    same(growth_ratio(target=None, current_value=-5), "not_available")  # opposite sign
    same(growth_ratio(target=None, base_value=-100, current_value=5), "not_available")


# 50 under a limit of 100, and 150 over it: C = 1 − 0.5^4.44 = 0.95392908695965
@pytest.mark.parametrize(("base", "limit"), [(50, 100), (150, 100), (-50, 100), (50, -100), (25, 50), (75, 50)])
@pytest.mark.parametrize(
    ("growth", "status", "score"),
    [
        (0.0145, "substantial_progress", 2.6001456493030),  # g/C = 0.0152002913; 500·g/C − 5
        (0.014308936304395, "substantial_progress", 2.5),  # 0.015·C
        (0.0140, "moderate_progress", 2.4190358306980),  # g/C = 0.0146761433; 250·g/C − 1.25
        (0.0048, "moderate_progress", 0.0079551419536),  # g/C = 0.0050318206
        (0.0047696454347983, "moderate_progress", 0),  # 0.005·C
        (0.0047, "limited_progress", -0.0365045136742),  # g/C = 0.0049269910; 500·g/C − 2.5
        (0, "limited_progress", -2.5),
        (-0.01, "deterioration", -3.75),  # C does not matter: −1.25 − 2.5
    ],
)
def test_growth_near_a_limit(base: float, limit: float, growth: float, status: str, score: float) -> None:
    current = base * (1 + growth) ** 2
    direction = UP if base > 0 else DOWN
    verdict = growth_ratio(
        target=None, base_value=base, limit=limit, current_value=current, direction=direction, target_year=None
    )
    same(verdict, status, growth, score)


def test_growth_closer_to_a_limit() -> None:
    # B/M = 0.8: C = 1 − 0.8^4.44 = 0.6287046227; 0.0145/C = 0.0230632947; 11.5316… − 5 > 5, capped
    case: dict[str, Any] = {"target": None, "base_value": 80, "limit": 100}
    same(growth_ratio(**case, current_value=80 * 1.0145**2), "substantial_progress", 0.0145, 5)
    # 0.009/C = 0.0143151484425; 250· − 1.25 = 2.3287871106; without a limit 250·0.009 − 1.25 = 1
    same(growth_ratio(**case, current_value=80 * 1.009**2), "moderate_progress", 0.009, 2.3287871106)
    same(growth_ratio(**case | {"limit": None}, current_value=80 * 1.009**2), "moderate_progress", 0.009, 1)
    # far under the limit C is as good as 1
    same(growth_ratio(target=None, limit=1e9, current_value=102.01), "moderate_progress", 0.01, 1.25)


def test_growth_at_a_limit() -> None:
    """C = 0: nothing more can be asked than not to fall."""
    case: dict[str, Any] = {"target": None, "limit": 100}
    same(growth_ratio(**case, current_value=100), "substantial_progress", 0, 5)
    same(growth_ratio(**case, current_value=100.2001), "substantial_progress", 0.001, 5)
    same(growth_ratio(**case, current_value=99.8001), "deterioration", -0.001, -2.625)
    same(growth_ratio(**case, current_value=100 * (1 - 1e-13)), "substantial_progress", 0, 5)
    mirrored = {"base_value": -100, "target": None, "limit": -100, "direction": DOWN}
    same(growth_ratio(**mirrored, current_value=-100), "substantial_progress", 0, 5)


def test_a_limit_does_not_matter_where_there_is_a_target() -> None:
    same(growth_ratio(current_value=121, limit=100), "substantial_progress", 1, 2.8572)


def test_growth_beyond_what_a_number_holds() -> None:
    same(growth_ratio(base_value=1e-300, current_value=1e300, current_year=2020.1, target=None), "not_available")
    same(growth_ratio(base_value=1e-300, current_value=1e10, target=1e300), "not_available")


# -- open-sdg, several series ------------------------------------------------------------------------------


def series(*scores: float | None, status: str = "moderate_progress") -> list[Verdict]:
    return [Verdict("not_available") if s is None else Verdict(status, 0.7, s) for s in scores]


@pytest.mark.parametrize(
    ("verdicts", "status", "score"),
    [
        (series(5, 5, status="target_achieved"), "target_achieved", 5),
        (series(5, status="target_achieved"), "target_achieved", 5),
        ([*series(5, status="target_achieved"), *series(5)], "substantial_progress", 5),
        ([*series(5, status="target_achieved"), *series(None)], "substantial_progress", 5),  # not all are
        ([*series(5, status="target_achieved"), *series(-1)], "moderate_progress", 2),
        (series(1, 4), "substantial_progress", 2.5),
        (series(1, 3.98), "moderate_progress", 2.49),
        (series(0.1, 0.2, -0.3), "moderate_progress", 0),  # at nine decimals
        (series(-0.02, 0), "limited_progress", -0.01),
        (series(-5, 0), "limited_progress", -2.5),
        (series(-5, -0.02), "deterioration", -2.51),
        (series(-5, -5), "deterioration", -5),
        (series(3, None, 1, None), "moderate_progress", 2),  # the mean of those that have one
        (series(None, None), "not_available", None),
        ([], "not_available", None),
    ],
)
def test_an_indicator_of_several_series(verdicts: Sequence[Verdict], status: str, score: float | None) -> None:
    same(combine(verdicts, rule("open-sdg")), status, None, score)


def test_an_indicator_of_judged_series() -> None:
    # 2.8572 and −2.08333: mean 0.386935
    both = [growth_ratio(current_value=121), growth_ratio(current_value=102.01)]
    same(combine(both, rule("open-sdg")), "moderate_progress", None, 0.386935)


# -- un-2023 -----------------------------------------------------------------------------------------------


def extrapolated(**changes: Any) -> Verdict:
    """100 in 2010, data of 2020, target of 2030: v̂ = 100·(a/100)² = a²/100."""
    plain = {"base_year": 2010, "base_value": 100, "current_year": 2020, "target_year": 2030}
    return told("un-2023", **plain | changes)


@pytest.mark.parametrize(
    ("current", "target", "direction", "status", "share"),
    [
        (110, 121, None, "on_track", 1),  # v̂ = 121; 21/21
        (119, 143.8, UP, "on_track", 0.95),  # v̂ = 141.61; 41.61/43.8
        (119, 143.9, UP, "fair", 41.61 / 43.9),
        (119, 516.1, UP, "fair", 0.1),  # 41.61/416.1
        (119, 517, UP, "stagnation_or_regression", 41.61 / 417),
        (100, 200, None, "stagnation_or_regression", 0),
        (90, 200, UP, "stagnation_or_regression", -0.19),  # v̂ = 81
        (0, 200, UP, "stagnation_or_regression", -1),  # v̂ = 0
        (80, 64, DOWN, "on_track", 1),  # v̂ = 64
        (80, 60, DOWN, "fair", 0.9),  # 36/40
        (80, 62, DOWN, "fair", 36 / 38),
        (99, 0, DOWN, "stagnation_or_regression", 0.0199),  # v̂ = 98.01; 1.99/100
        (94, 0, DOWN, "fair", 0.1164),  # v̂ = 88.36
        (110, 50, DOWN, "stagnation_or_regression", -0.42),  # v̂ = 121; 21/−50
        (200, 200, UP, "met", 3),  # v̂ = 400
        (210, 200, None, "met", 3.41),  # v̂ = 441
        (50, 50, DOWN, "met", 1.5),  # v̂ = 25; 75/50
        (40, 50, DOWN, "met", 1.68),  # v̂ = 16; 84/50
    ],
)
def test_extrapolation(current: float, target: float, direction: int | None, status: str, share: float) -> None:
    same(extrapolated(current_value=current, target=target, direction=direction), status, share)


def test_extrapolation_over_other_spans() -> None:
    # three years of 10 %, carried to ten: 100·1.1¹⁰ = 259.37424601; to 300: 159.37424601/200
    case = {"current_year": 2013, "current_value": 133.1, "target": 300, "target_year": 2020}
    same(extrapolated(**case), "fair", 0.79687123005)
    # the data past the target year: 100·1.21^(1/2) = 110, to 150
    late = {"current_value": 121, "current_year": 2020, "target": 150, "target_year": 2015}
    same(extrapolated(**late), "fair", 0.2)


@pytest.mark.parametrize(
    ("base", "current", "target", "direction", "unit", "status", "share"),
    [
        (50, 99, 100, UP, "%", "met", 2.9204),  # v̂ = 196.02; 146.02/50
        (50, 99, 100, UP, "％", "met", 2.9204),
        (50, 99, 100, UP, " % ", "met", 2.9204),
        (50, 98.9, 100, UP, "%", "on_track", 2.912484),  # v̂ = 195.6242; 1.1 away
        (50, 99, 100, UP, "", "on_track", 2.9204),
        (50, 99, 100, UP, "张", "on_track", 2.9204),
        (50, 99, 100, UP, "‰", "on_track", 2.9204),
        (50, 98.5, 99, UP, "%", "on_track", 2.93969387755),  # v̂ = 194.045; 144.045/49
        (99.5, 99.4, 100, UP, "%", "met", -0.39979899497),  # falling: v̂ = 99.3001005; −0.1998995/0.5
        (50, 1, 0, DOWN, "%", "met", 0.9996),  # v̂ = 0.02; 49.98/50
        (50, 1.1, 0, DOWN, "%", "on_track", 0.999516),  # v̂ = 0.0242
        (50, 1, 0, DOWN, "人", "on_track", 0.9996),
        (50, 1.5, 1, DOWN, "%", "on_track", 1.01948979592),  # v̂ = 0.045; 49.955/49
        (0, 99.5, 100, UP, "%", "met", None),
    ],
)
def test_within_a_point(
    base: float, current: float, target: float, direction: int, unit: str, status: str, share: float | None
) -> None:
    verdict = extrapolated(base_value=base, current_value=current, target=target, direction=direction, unit=unit)
    same(verdict, status, share)


def test_extrapolation_of_nothing_to_change() -> None:
    same(extrapolated(target=100, current_value=100), "met")
    same(extrapolated(target=100, current_value=101), "met")
    same(extrapolated(target=100, current_value=99), "stagnation_or_regression")
    same(extrapolated(target=100, current_value=101, direction=DOWN), "stagnation_or_regression")
    same(extrapolated(base_value=0, target=0, current_value=3, direction=DOWN), "stagnation_or_regression")
    same(extrapolated(base_value=-5, target=-5, current_value=-6), "stagnation_or_regression")


def test_extrapolation_from_a_base_beyond_the_target() -> None:
    # 100 → 80 with higher better: 90 is met; 70 has fallen back below, v̂ = 49, −51/−20 = 2.55 is no progress
    same(extrapolated(target=80, current_value=90), "met", 0.95)  # v̂ = 81; −19/−20
    same(extrapolated(target=80, current_value=70), "stagnation_or_regression", 2.55)
    same(extrapolated(target=120, current_value=130, direction=DOWN), "stagnation_or_regression", 3.45)


def test_extrapolation_that_is_not_available() -> None:
    same(extrapolated(base_value=0, target=10, current_value=5), "not_available")
    same(extrapolated(base_value=-5, target=10, current_value=5), "not_available")
    same(extrapolated(base_value=-5, target=-1, current_value=-3), "not_available")
    same(extrapolated(base_value=10, target=20, current_value=-1), "not_available")
    same(extrapolated(base_value=10, target=-20, current_value=5, direction=DOWN), "not_available")
    # met is met all the same
    same(extrapolated(base_value=0, target=10, current_value=10), "met")
    same(extrapolated(base_value=-5, target=10, current_value=12), "met")
    same(extrapolated(base_value=10, target=-20, current_value=-20, direction=DOWN), "met")
    for name in ("base_value", "current_value", "target"):
        same(extrapolated(**{"target": 150, "current_value": 160, name: None}), "not_available")
    for name in ("base_year", "current_year", "target_year"):
        same(extrapolated(**{"target": 150, "current_value": 140, name: None}), "not_available")
        same(extrapolated(**{"target": 150, "current_value": 160, name: None}), "met")
    for year in (2020, 2021):
        same(extrapolated(base_year=year, target=150, current_value=140), "not_available")
    for year in (2010, 2009):
        same(extrapolated(target_year=year, target=150, current_value=140), "not_available")
        same(extrapolated(target_year=year, target=150, current_value=0), "not_available")
    same(extrapolated(target=150, current_value=140, target_year=90000), "not_available")


# -- healthy-people ----------------------------------------------------------------------------------------


def changed(**changes: Any) -> Verdict:
    """40 → 60: p = (a − 40)/20."""
    return told("healthy-people", **{"base_value": 40, "target": 60} | changes)


@pytest.mark.parametrize(
    ("current", "status", "percent"),
    [
        (66, "met_or_exceeded", 130),
        (60, "met_or_exceeded", 100),
        (59.9, "improved", 99.5),
        (42, "improved", 10),
        (41.9, "little_or_no_change", 9.5),
        (40, "little_or_no_change", 0),
        (36.1, "little_or_no_change", -19.5),  # 3.9 of 40 is 9.75 %
        (36, "got_worse", -20),  # 4 of 40 is 10 %
        (-10, "got_worse", -250),
    ],
)
def test_change(current: float, status: str, percent: float) -> None:
    same(changed(current_value=current), status, percent)
    same(changed(current_value=current, direction=UP), status, percent)


@pytest.mark.parametrize(
    ("current", "status", "percent"),
    [
        (20, "met_or_exceeded", 100),
        (19, "met_or_exceeded", 105),
        (38, "improved", 10),
        (38.1, "little_or_no_change", 9.5),
        (40, "little_or_no_change", 0),
        (43.9, "little_or_no_change", -19.5),
        (44, "got_worse", -20),
    ],
)
def test_change_downwards(current: float, status: str, percent: float) -> None:
    same(changed(target=20, current_value=current, direction=DOWN), status, percent)


# spread √(3² + 4²) = 5: significant from 1.6448536 · 5 = 8.2242681 on
@pytest.mark.parametrize(
    ("current", "status", "percent"),
    [
        (48.2243, "improved", 41.1215),
        (48.2242, "little_or_no_change", 41.121),
        (42, "little_or_no_change", 10),  # a tenth of the change, and it could be chance
        (40, "little_or_no_change", 0),
        (31.7758, "little_or_no_change", -41.121),  # a fifth of the base, and it could be chance
        (31.7757, "got_worse", -41.1215),
        (60, "met_or_exceeded", 100),
    ],
)
def test_change_with_standard_errors(current: float, status: str, percent: float) -> None:
    same(changed(current_value=current, base_error=3, current_error=4), status, percent)
    down: dict[str, Any] = {"target": 20, "direction": DOWN, "base_error": 4, "current_error": 3}
    same(changed(current_value=80 - current, **down), status, percent)


def test_small_changes_that_are_significant() -> None:
    # spread √(0.03² + 0.04²) = 0.05: 0.1 is two of it
    same(changed(current_value=40.1, base_error=0.03, current_error=0.04), "improved", 0.5)
    same(changed(current_value=39.9, base_error=0.03, current_error=0.04), "got_worse", -0.5)


@pytest.mark.parametrize(
    "errors",
    [{"base_error": 0.01}, {"current_error": 0.01}, {"base_error": 0, "current_error": 0}],
)
def test_one_standard_error_is_none(errors: dict[str, float]) -> None:
    same(changed(current_value=41.9, **errors), "little_or_no_change", 9.5)
    same(changed(current_value=42, **errors), "improved", 10)
    same(changed(current_value=36.1, **errors), "little_or_no_change", -19.5)
    same(changed(current_value=36, **errors), "got_worse", -20)


def test_one_standard_error_of_zero() -> None:
    # spread 2: significant from 3.2897 on
    same(changed(current_value=43.3, base_error=2, current_error=0), "improved", 16.5)
    same(changed(current_value=43.2, base_error=0, current_error=2), "little_or_no_change", 16)


def test_change_from_a_base_of_zero() -> None:
    same(changed(base_value=0, current_value=6), "improved", 10)
    same(changed(base_value=0, current_value=5.9), "little_or_no_change", 59 / 6)
    same(changed(base_value=0, current_value=0), "little_or_no_change", 0)
    same(changed(base_value=0, current_value=-0.1), "got_worse", -1 / 6)  # any step away is ≥ 10 % of 0
    same(changed(base_value=0, target=0, current_value=0), "met_or_exceeded")
    same(changed(base_value=0, target=0, current_value=1, direction=DOWN), "got_worse")


def test_change_from_a_negative_base() -> None:
    # −40 → −20: p = (a + 40)/20; 10 % of the base is 4
    same(changed(base_value=-40, target=-20, current_value=-38), "improved", 10)
    same(changed(base_value=-40, target=-20, current_value=-43.9), "little_or_no_change", -19.5)
    same(changed(base_value=-40, target=-20, current_value=-44), "got_worse", -20)
    same(changed(base_value=-40, target=20, current_value=20), "met_or_exceeded", 100)


def test_change_from_a_base_beyond_the_target() -> None:
    # 80 → 60 with higher better: p = (a − 80)/−20, and below 60 it has got worse by a quarter or more
    same(changed(base_value=80, current_value=70), "met_or_exceeded", 50)
    same(changed(base_value=80, current_value=60), "met_or_exceeded", 100)
    same(changed(base_value=80, current_value=59), "got_worse", 105)
    # 61 → 60: 59 is 2 of 61, 3.3 % of the base
    same(changed(base_value=61, current_value=59), "little_or_no_change", 200)
    same(changed(base_value=61, current_value=59, base_error=0.3, current_error=0.4), "got_worse", 200)


def test_change_with_nothing_to_change() -> None:
    same(changed(base_value=60, current_value=60), "met_or_exceeded")
    same(changed(base_value=60, current_value=61), "met_or_exceeded")
    same(changed(base_value=60, current_value=59), "little_or_no_change")
    same(changed(base_value=60, current_value=54), "got_worse")


@pytest.mark.parametrize("name", ["base_value", "current_value", "target"])
def test_change_that_is_not_available(name: str) -> None:
    same(changed(**{"current_value": 70, name: None}), "not_available")


def test_change_needs_no_years() -> None:
    same(changed(current_value=50, base_year=2020, current_year=2010, target_year=1990), "improved", 50)


# -- against the oracle ------------------------------------------------------------------------------------

whole = st.integers(-200, 200).map(float)
tenths = st.integers(-2000, 2000).map(lambda n: n / 10)
near = st.integers(-20, 20).map(lambda n: n / 10) | st.integers(980, 1020).map(lambda n: n / 10)
values = st.one_of(whole, tenths, near)
positive = st.integers(1, 2000).map(lambda n: n / 10)
directions = st.sampled_from([UP, DOWN, None])
errors = st.none() | st.integers(0, 100).map(lambda n: n / 10)


@st.composite
def cases(draw: st.DrawFn, numbers: st.SearchStrategy[float] = values, *, gaps: bool = True) -> Case:
    """Whole years in any order, any of the values missing or equal."""

    def perhaps(strategy: st.SearchStrategy[Any]) -> Any:
        return None if gaps and draw(st.integers(0, 24)) == 0 else draw(strategy)

    base = perhaps(numbers)
    target = perhaps(numbers if base is None else numbers | st.just(base))
    current = perhaps(numbers if target is None else numbers | st.just(target))
    start = draw(st.integers(2005, 2020))
    span = st.integers(-1 if gaps else 1, 15)
    return Case(
        base_year=perhaps(st.just(start)),
        base_value=base,
        current_year=perhaps(st.just(start + draw(span))),
        current_value=current,
        target=target,
        target_year=perhaps(st.just(start + draw(span))),
        direction=draw(directions),
        limit=draw(st.none() | numbers),
        unit=draw(st.sampled_from(["", "%", "张"])),
        base_error=draw(errors),
        current_error=draw(errors),
    )


@pytest.mark.parametrize("name", NAMES)
@given(case=cases() | cases(positive) | cases(positive, gaps=False))
@settings(max_examples=300, deadline=None)
def test_rules_agree_with_the_oracle(name: str, case: Case) -> None:
    status, progress, score = oracle.RULES[name](case)
    found = judge(case, rule(name))
    assert found.status == status
    for mine, other in ((found.progress, progress), (found.score, score)):
        assert (mine is None) == (other is None)
        assert mine is None or mine == pytest.approx(other, rel=1e-9, abs=1e-9)


@given(case=cases(positive, gaps=False), limit=st.none() | positive)
@settings(max_examples=200, deadline=None)
def test_growth_alone_agrees_with_the_oracle(case: Case, limit: float | None) -> None:
    case = replace(case, target=None, limit=limit)
    status, progress, score = oracle.open_sdg(case)
    found = judge(case, rule("open-sdg"))
    assert found.status == status
    assert found.progress == pytest.approx(progress, rel=1e-9, abs=1e-9)
    assert found.score == pytest.approx(score, rel=1e-9, abs=1e-9)


# -- laws --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@given(
    case=cases() | cases(positive, gaps=False),
    k=st.sampled_from([0.01, 0.1, 0.5, 2, 3, 7, 10, 1000, 10_000, 100_000_000]),
)
@settings(max_examples=200, deadline=None)
def test_another_unit_of_the_values_changes_no_status(name: str, case: Case, k: float) -> None:
    """万元 or 元: all values times k. A zero that open-sdg replaces, and points of %, are of one unit only."""
    case = replace(case, unit="")
    if name == "open-sdg":
        assume(case.target != 0 and case.base_value != 0)
    scaled: dict[str, Any] = {
        field: None if (value := getattr(case, field)) is None else value * k
        for field in ("base_value", "current_value", "target", "limit", "base_error", "current_error")
    }
    assert judge(replace(case, **scaled), rule(name)).status == judge(case, rule(name)).status


ORDER = [Standing.BAD, Standing.MIDDLING, Standing.GOOD]


@pytest.mark.parametrize("name", NAMES)
@given(case=cases() | cases(positive, gaps=False), other=values | positive)
@settings(max_examples=300, deadline=None)
def test_a_better_value_never_lowers_the_standing(name: str, case: Case, other: float) -> None:
    assume(case.current_value is not None)
    assert case.current_value is not None
    better = UP if case.direction is None and name != "open-sdg" else case.direction or DOWN
    low, high = sorted((case.current_value, other), key=lambda value: better * value)
    made = rule(name)
    worse = made.standing(judge(replace(case, current_value=low), made).status)
    best = made.standing(judge(replace(case, current_value=high), made).status)
    if Standing.NONE not in (worse, best):
        assert ORDER.index(worse) <= ORDER.index(best)


@pytest.mark.parametrize("name", NAMES)
@given(case=cases())
@settings(max_examples=100, deadline=None)
def test_only_statuses_of_the_rule_are_given(name: str, case: Case) -> None:
    verdict = judge(case, rule(name))
    assert verdict.status in rule(name).words
    assert verdict.score is None or name in ("cn-schedule", "open-sdg")
    if name == "open-sdg" and verdict.score is not None:
        assert -5 <= verdict.score <= 5
