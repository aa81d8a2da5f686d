"""Small factories: a test names only what it is about, everything else is the plainest thing that is valid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from indicators.catalogue import CatalogueKind, parse
from indicators.definition import (
    Aggregation,
    Definition,
    Direction,
    Frequency,
    Indicator,
    MeasureType,
    Part,
)
from indicators.period import Period, year_end
from indicators.plan import Commitment, Kind, Operator, Plan, Quote, Recurrence
from indicators.rules import RuleSet
from indicators.series import Actual, Observation
from indicators.target import Target

DATA = Path(__file__).parent.parent / "data"
LOWER: dict[str, Any] = {"direction": Direction.LOWER, "operator": Operator.AT_MOST}
YEARLY: dict[str, Any] = {
    "recurrence": Recurrence.YEARLY,
    "measure": MeasureType.FLOW,
    "frequency": Frequency.QUARTER,
    "start": date(2021, 1, 1),
}
WHOLE_PLAN: dict[str, Any] = {**YEARLY, "recurrence": Recurrence.WHOLE_PLAN}


@cache
def rule(name: str = "cn-schedule") -> RuleSet:
    """A shipped rule set, the default one unless named, from its file."""
    found = parse(CatalogueKind.RULE, (DATA / "rules" / f"{name}.toml").read_text(encoding="utf-8"))
    assert isinstance(found, RuleSet)
    return found


def target(baseline: float | None = 0.0, value: float = 100.0, **changes: Any) -> Target:
    """From `baseline` at the end of 2020 to `value` at the end of 2025, higher is better, yearly data."""
    plain: dict[str, Any] = {
        "d1": year_end(2025),
        "low": value,
        "high": value,
        "operator": Operator.AT_LEAST,
        "direction": Direction.HIGHER,
        "measure": MeasureType.STOCK,
        "baseline": baseline,
        "d0": None if baseline is None else year_end(2020),
    }
    return Target(**plain | changes)


def yearly(value: float = 600.0, **changes: Any) -> Target:
    """每年不少于 `value`, 2021 to 2025, returns each quarter."""
    return target(None, value, **YEARLY | changes)


def whole_plan(value: float = 100.0, **changes: Any) -> Target:
    """`value` over the plan, 2021 to 2025, returns each quarter."""
    return target(None, value, **WHOLE_PLAN | changes)


def actual(period: str, value: float, *, definition: int = 1) -> Actual:
    return Actual(Period.parse(period).end, value, definition)


def actuals(values: Mapping[str, float]) -> list[Actual]:
    """`{"2021": 20, "2022": 40}` as points."""
    return [actual(period, value) for period, value in values.items()]


def observation(period: str, value: float, **changes: Any) -> Observation:
    plain: dict[str, Any] = {"indicator": "beds", "region": "510100", "period": Period.parse(period)}
    return Observation(**plain | {"value": value} | changes)


def definition(version: int = 1, **changes: Any) -> Definition:
    """Hospital beds counted at year end; version n is in force from 1 January 2000 + n."""
    plain: dict[str, Any] = {
        "version": version,
        "effective_from": date(2000 + version, 1, 1),
        "text_zh": "年末实有床位数",
        "text_en": "Beds at year end",
        "unit": "张",
        "decimals": 0,
        "measure": MeasureType.STOCK,
        "direction": Direction.HIGHER,
        "frequency": Frequency.YEAR,
        "aggregation": Aggregation.SUM,
    }
    return Definition(**plain | changes)


def ratio_definition(**changes: Any) -> Definition:
    """Beds per thousand residents, numerator and denominator kept."""
    plain: dict[str, Any] = {
        "unit": "张/千人",
        "measure": MeasureType.RATIO,
        "aggregation": Aggregation.RATIO,
        "factor": 1000.0,
        "numerator": Part("床位", "张"),
        "denominator": Part("常住人口", "人"),
    }
    return definition(**plain | changes)


def indicator(*definitions: Definition, **changes: Any) -> Indicator:
    plain: dict[str, Any] = {
        "id": "beds",
        "domain": "health",
        "name_zh": "医疗床位数",
        "name_en": "Hospital beds",
        "definitions": definitions or (definition(),),
    }
    return Indicator(**plain | changes)


def commitment(**changes: Any) -> Commitment:
    """到2025年床位数达到100张 (2020年: 0张)."""
    plain: dict[str, Any] = {
        "id": "beds-2025",
        "kind": Kind.TARGET,
        "name_zh": "床位数",
        "name_en": "Beds",
        "quotes": (Quote("主要指标", "到2025年,床位数达到100张"),),
        "indicator": "beds",
        "unit": "张",
        "operator": Operator.AT_LEAST,
        "target_value": 100.0,
        "target_year": 2025,
        "baseline_value": 0.0,
        "baseline_year": 2020,
    }
    return Commitment(**plain | changes)


def plan(*commitments: Commitment, **changes: Any) -> Plan:
    plain: dict[str, Any] = {
        "id": "health-14",
        "seed": "health",
        "title_zh": "“十四五”卫生健康发展规划",
        "title_en": "Health plan 2021–2025",
        "issuer": "health-commission",
        "region": "510100",
        "start": date(2021, 1, 1),
        "end": year_end(2025),
        "commitments": commitments,
    }
    return Plan(**plain | changes)
