"""A dated flow within its year: the year to date beside last year's."""

from __future__ import annotations

from datetime import date

from dashboard.charts.palette import LIGHT
from dashboard.charts.within_year import within_year, years_to_date
from dashboard.i18n import words
from indicators.definition import MeasureType
from indicators.monitor import Judged
from tests import builders as make
from tests.judged import BEDS, QUARTERLY, Spec, judged, layers, rows, texts

FLOW = make.definition(**QUARTERLY | {"measure": MeasureType.FLOW, "unit": "亿人次"})
SO_FAR = {"2023Q1": 0.6, "2023H1": 1.3, "2023M1-9": 2.1, "2023": 2.8, "2024Q1": 0.7, "2024H1": 1.5}


def dated(figures: dict[str, float]) -> Judged:
    return judged(figures, FLOW, as_of=date(2024, 9, 30), baseline_value=2.0, target_value=3.5)


def drawn(one: Judged, language: str = "zh") -> Spec:
    spec = within_year(one, w=words(language), ground=LIGHT)
    assert spec is not None
    return spec


def test_the_latest_year_stands_beside_the_one_before() -> None:
    assert years_to_date(dated(SO_FAR)) == {2023: {3: 0.6, 6: 1.3, 9: 2.1, 12: 2.8}, 2024: {3: 0.7, 6: 1.5}}


def test_both_start_at_nothing_and_this_year_is_the_stronger() -> None:
    spec = drawn(dated(SO_FAR))
    before, latest = layers(spec, "line")
    assert [rows(spec, line)[0] for line in (before, latest)] == [{"month": 0, "value": 0.0}] * 2
    assert (before["mark"]["color"], latest["mark"]["color"]) == (LIGHT.muted, LIGHT.accent)
    assert before["mark"]["strokeWidth"] < latest["mark"]["strokeWidth"]
    assert {"2023年 2.80", "2024年 1.50"} <= set(texts(spec))
    assert {"2023: 2.80", "2024: 1.50"} <= set(texts(drawn(dated(SO_FAR), "en")))


def test_only_whole_years_are_no_such_chart_nor_is_a_stock() -> None:
    assert within_year(dated({"2022": 2.4, "2023": 2.8}), w=words("zh"), ground=LIGHT) is None
    assert years_to_date(judged(BEDS)) == {}


def test_a_year_without_the_one_before_stands_alone() -> None:
    assert list(years_to_date(dated({"2024Q1": 0.7}))) == [2024]
