"""The rule sets at each of their boundaries, and what a rule set refuses."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.catalogue import CatalogueError, CatalogueKind, parse, write
from indicators.rules import Band, Method, RuleSet, Standing, Status, Words
from tests import oracle
from tests.builders import DATA, rule

FILES = sorted((DATA / "rules").glob("*.toml"))
NAMES = ["cn-schedule", "healthy-people", "open-sdg", "un-2023"]


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


# -- the shipped files -------------------------------------------------------------------------------------

# method.md §4: every status a rule set can give, and what it amounts to
STANDINGS = {
    "cn-schedule": {
        "achieved_early": "good",
        "ahead": "good",
        "on_schedule": "good",
        "watch": "middling",
        "behind": "bad",
        "far_behind": "bad",
        "exceeded": "good",
        "completed": "good",
        "nearly_completed": "middling",
        "missed": "bad",
        "in_progress": "none",
        "no_data": "none",
        "not_assessable": "none",
    },
    "open-sdg": {
        "target_achieved": "good",
        "substantial_progress": "good",
        "moderate_progress": "middling",
        "limited_progress": "bad",
        "deterioration": "bad",
        "not_available": "none",
    },
    "un-2023": {
        "met": "good",
        "on_track": "good",
        "fair": "middling",
        "stagnation_or_regression": "bad",
        "not_available": "none",
    },
    "healthy-people": {
        "met_or_exceeded": "good",
        "improved": "good",
        "little_or_no_change": "bad",
        "got_worse": "bad",
        "not_available": "none",
    },
}


def test_the_four_rule_sets_ship() -> None:
    assert [file.stem for file in FILES] == NAMES == sorted(STANDINGS)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_shipped_file_is_written_back_letter_for_letter(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    found = parse(CatalogueKind.RULE, text)
    assert isinstance(found, RuleSet)
    assert found.id == file.stem
    assert write(found) == text
    assert parse(CatalogueKind.RULE, write(found)) == found


@pytest.mark.parametrize("name", NAMES)
def test_every_status_has_words_and_a_standing(name: str) -> None:
    made = rule(name)
    assert set(made.words) == set(STANDINGS[name])
    for status, standing in STANDINGS[name].items():
        assert made.standing(status) is Standing(standing)
        assert made.word(status) and made.word(status, "en")
        assert made.word(status) != made.word(status, "en")
    for words in (made.name, made.source, made.note):
        assert words.zh and words.en
    assert (made.called(), made.called("en")) == (made.name.zh, made.name.en)
    with pytest.raises(KeyError):
        made.standing("excellent")


def test_each_rule_set_has_its_method() -> None:
    assert {name: rule(name).method for name in NAMES} == {
        "cn-schedule": Method.SCHEDULE,
        "open-sdg": Method.GROWTH_RATIO,
        "un-2023": Method.EXTRAPOLATION,
        "healthy-people": Method.CHANGE,
    }


def test_the_words_of_the_default() -> None:
    assert {code: rule().word(code) for code in Status} == {
        "achieved_early": "提前完成",
        "ahead": "快于时序",
        "on_schedule": "达到时序进度",
        "watch": "基本达到(关注)",
        "behind": "滞后",
        "far_behind": "严重滞后",
        "exceeded": "超额完成",
        "completed": "完成",
        "nearly_completed": "基本完成",
        "missed": "未完成",
        "in_progress": "推进中",
        "no_data": "暂无数据",
        "not_assessable": "无法评估",
    }


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("cn-schedule", {"exceeded_from": 0.1, "nearly_from": 0.95}),
        ("open-sdg", {"zero": 0.001, "exponent": 4.44}),
        ("un-2023", {"near_points": 1}),
        ("healthy-people", {"improved_from": 0.1, "worse_from": 0.1, "significance": 0.05}),
    ],
)
def test_the_settings_shipped(name: str, settings: dict[str, float]) -> None:
    assert rule(name).settings == settings


@pytest.mark.parametrize(
    ("name", "band", "number", "status"),
    [
        ("open-sdg", "ratio", 0.95, "substantial_progress"),
        ("open-sdg", "ratio", 0.95 - 1e-12, "substantial_progress"),
        ("open-sdg", "ratio", 0.949999, "moderate_progress"),
        ("open-sdg", "ratio", 0.6, "moderate_progress"),
        ("open-sdg", "ratio", 0.599999, "limited_progress"),
        ("open-sdg", "ratio", 0, "limited_progress"),
        ("open-sdg", "ratio", -0.000001, "deterioration"),
        ("open-sdg", "growth", 0.015, "substantial_progress"),
        ("open-sdg", "growth", 0.014999, "moderate_progress"),
        ("open-sdg", "growth", 0.005, "moderate_progress"),
        ("open-sdg", "growth", 0.004999, "limited_progress"),
        ("open-sdg", "growth", 0, "limited_progress"),
        ("open-sdg", "growth", -0.000001, "deterioration"),
        ("open-sdg", "growth", float("inf"), "substantial_progress"),
        ("open-sdg", "score", 2.5, "substantial_progress"),
        ("open-sdg", "score", 2.499999, "moderate_progress"),
        ("open-sdg", "score", 0, "moderate_progress"),
        ("open-sdg", "score", -0.000001, "limited_progress"),
        ("open-sdg", "score", -2.5, "limited_progress"),
        ("open-sdg", "score", -2.500001, "deterioration"),
        ("un-2023", "share", 0.95, "on_track"),
        ("un-2023", "share", 0.949999, "fair"),
        ("un-2023", "share", 0.1, "fair"),
        ("un-2023", "share", 0.099999, "stagnation_or_regression"),
        ("un-2023", "share", -3, "stagnation_or_regression"),
    ],
)
def test_thresholds(name: str, band: str, number: float, status: str) -> None:
    assert rule(name).read(band, number) == status


@pytest.mark.parametrize("name", NAMES)
def test_no_number_has_no_band(name: str) -> None:
    for band in rule(name).bands:
        with pytest.raises(ArithmeticError, match="no number to read"):
            rule(name).read(band, float("nan"))


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
@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("cn-schedule", "gap"),
        ("cn-schedule", "shortfall"),
        ("open-sdg", "ratio"),
        ("open-sdg", "growth"),
        ("open-sdg", "score"),
        ("un-2023", "share"),
    ],
)
def test_bands_are_gapless(bands: tuple[Band, ...], message: str, name: str, place: str) -> None:
    with pytest.raises(ValueError, match=f"{name}, {place}: .*{message}"):
        replace(rule(name), bands={**rule(name).bands, place: bands})


def test_a_whole_line_is_accepted() -> None:
    assert replace(rule(), bands={**rule().bands, "gap": (LOW, HIGH)}).by_gap(0) is Status.ON_SCHEDULE


@pytest.mark.parametrize("end", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("side", ["low", "high"])
def test_an_end_is_a_number_or_left_out(side: str, end: float) -> None:
    with pytest.raises(ValueError, match="an end is a number or left out"):
        Band(Status.WATCH, **{side: end})  # type: ignore[arg-type]


# -- what a rule set holds ---------------------------------------------------------------------------------

A_WORD = Words("词", "word")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"words": {}}, "no word achieved_early"),
        ({"settings": {"exceeded_from": -0.1, "nearly_from": 0.95}}, "0 ≤ exceeded_from, is -0.1"),
        ({"settings": {"exceeded_from": 0.1, "nearly_from": 1.1}}, "0 ≤ nearly_from ≤ 1, is 1.1"),
        ({"settings": {"exceeded_from": 0.1, "nearly_from": -0.1}}, "0 ≤ nearly_from ≤ 1, is -0.1"),
        ({"settings": {"exceeded_from": math.nan, "nearly_from": 0.95}}, "0 ≤ exceeded_from, is nan"),
        ({"settings": {"exceeded_from": math.inf, "nearly_from": 0.95}}, "0 ≤ exceeded_from, is inf"),
        ({"settings": {"exceeded_from": 0.1}}, "no setting nearly_from"),
        ({"settings": {**rule().settings, "zero": 0.1}}, "unknown setting zero; schedule has exceeded_from, nearly"),
        ({"bands": {"gap": (LOW, HIGH)}}, "no band shortfall"),
        ({"bands": {}}, "no band gap"),
        ({"bands": {**rule().bands, "share": (LOW, HIGH)}}, "unknown band share; schedule has gap, shortfall"),
        (
            {"bands": {**rule().bands, "gap": (replace(LOW, status="awful"), HIGH)}},
            "cn-schedule, gap: unknown status awful",
        ),
        (
            {"bands": {**rule().bands, "gap": (LOW, replace(HIGH, status="met"))}},
            "cn-schedule, gap: unknown status met",
        ),
        ({"words": {**rule().words, "awful": A_WORD}}, "unknown word awful; schedule has achieved_early, "),
        ({"words": {k: v for k, v in rule().words.items() if k != "watch"}}, "no word watch"),
    ],
)
def test_a_rule_set_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        replace(rule(), **changes)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_missing_is_refused(name: str) -> None:
    made = rule(name)
    for field, what in (("bands", "band"), ("settings", "setting"), ("words", "word")):
        whole: dict[str, Any] = dict(getattr(made, field))
        for key in whole:
            rest: dict[str, Any] = {field: {k: v for k, v in whole.items() if k != key}}
            with pytest.raises(ValueError, match=f"rule set {name}: no {what} {key}$"):
                replace(made, **rest)
        with pytest.raises(ValueError, match=f"rule set {name}: unknown {what} more"):
            replace(made, **{field: {**whole, "more": None}})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_a_negative_setting_is_refused(name: str) -> None:
    for key in rule(name).settings:
        for number in (-0.001, -5.0, math.nan, math.inf):
            with pytest.raises(ValueError, match=rf"rule set {name}: must be 0 . {key}.*, is {number}"):
                replace(rule(name), settings={**rule(name).settings, key: number})


@pytest.mark.parametrize(
    ("name", "key", "refused", "accepted"),
    [
        ("open-sdg", "zero", 0, 1e-9),
        ("healthy-people", "significance", 0, 1e-9),
        ("healthy-people", "significance", 0.51, 0.5),
        ("healthy-people", "improved_from", 1.01, 1),
        ("cn-schedule", "nearly_from", 1.01, 1),
    ],
)
def test_how_far_a_setting_goes(name: str, key: str, refused: float, accepted: float) -> None:
    made = replace(rule(name), settings={**rule(name).settings, key: accepted})
    assert made.settings[key] == accepted
    with pytest.raises(ValueError, match=key):
        replace(made, settings={**made.settings, key: refused})


# -- a file ------------------------------------------------------------------------------------------------


def text_of(name: str) -> str:
    return (DATA / "rules" / f"{name}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("cn-schedule", "low = 10, low_included", "low = 20, low_included", "gap: hole between on_schedule and ahead"),
        ("cn-schedule", "low = 10, low_included", "low = 9, low_included", "gap: on_schedule and ahead overlap at 9"),
        ("cn-schedule", "low = -10, high = 0", "low = -10, high = 0, high_included = true", "overlap at 0"),
        ("cn-schedule", "low = 10, low_included = true", "low = 10", "10.0 belongs to neither on_schedule nor ahead"),
        ("cn-schedule", "high = -30 }", "high = nan }", "far_behind: None to nan: an end is a number or left out"),
        ("cn-schedule", '"behind", low = -30', '"late", low = -30', "gap: unknown status late"),
        ("cn-schedule", "shortfall = [", "shortage = [", "unknown band shortage"),
        ("cn-schedule", "nearly_from", "almost_from", "unknown setting almost_from"),
        ("cn-schedule", "exceeded_from = 0.1", "exceeded_from = -0.1", "0 ≤ exceeded_from, is -0.1"),
        ("cn-schedule", "exceeded_from = 0.1\n", "", "no setting exceeded_from"),
        ("cn-schedule", "[words.watch]", "[words.look]", "unknown word look"),
        ("cn-schedule", 'method = "schedule"', 'method = "guess"', "method: Input should be"),
        ("cn-schedule", 'method = "schedule"', 'method = "change"', "unknown band gap; change has "),
        ("cn-schedule", "version = 1\n", "", "version: Field required"),
        ("cn-schedule", "version = 1\n", "version = 1\ncolour = 1\n", "unknown field colour"),
        ("open-sdg", "low = 0.6, high = 0.95", "low = 0.7, high = 0.95", "ratio: hole between limited_progress and"),
        ("open-sdg", "low = -2.5, high = 0", "low = -3, high = 0", "score: deterioration and limited_progress overlap"),
        (
            "un-2023",
            "low = 0.95, low_included = true",
            "low = 0.95",
            "share: 0.95 belongs to neither fair nor on_track",
        ),
        ("un-2023", "near_points = 1", "near_points = -1", "0 ≤ near_points, is -1"),
        ("healthy-people", "significance = 0.05", "significance = 0", "0 < significance ≤ 0.5, is 0"),
        ("healthy-people", "[bands]", '[bands]\ngap = [{ status = "improved" }]', "unknown band gap"),
    ],
)
def test_a_file_is_refused(name: str, old: str, new: str, says: str) -> None:
    text = text_of(name)
    assert old in text
    with pytest.raises(CatalogueError, match=re.escape(says)):
        parse(CatalogueKind.RULE, text.replace(old, new, 1))
