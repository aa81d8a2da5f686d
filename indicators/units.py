"""Units of measure 计量单位 and conversion inside one dimension (domain.md B11).

Two units convert only when they measure the same thing: 万张 → 张 yes, % → ‰ yes, 张/千人 → 张/万人 yes,
人 → 人次 never.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

__all__ = ["UnitError", "convert", "factor", "known", "normal"]


class UnitError(ValueError):
    """A unit that is not known, or two that measure different things."""


_SCALES = {"": 1.0, "十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "亿": 1e8}
_COUNTS = frozenset(
    [
        "人",
        "人次",
        "美元",
        "张",
        "个",
        "家",
        "所",
        "户",
        "项",
        "名",
        "场",
        "元",
        "亩",
        "次",
        "辆",
        "支",
        "条",
        "例",
        "处",
        "部",
        "座",
        "件",
        "篇",
        "品种",
        "岁",
        "平方米",
        "公里",
        "吨",
    ]
)
_SYNONYMS = {
    "位": "个",
    "名": "人",
    "㎡": "平方米",
    "m2": "平方米",
    "％": "%",
    "百分比": "%",
    "/10万": "1/10万",
    "1/十万": "1/10万",
    "/十万": "1/10万",
    "岁/人": "岁",
}
_RATES = {"%": 1e-2, "‰": 1e-3, "1/10万": 1e-5, "1/万": 1e-4}
_POINTS = {"百分点": 1e-2, "个百分点": 1e-2, "千分点": 1e-3}


def normal(unit: str) -> str:
    """The unit as the tables spell it: NFKC, no spaces, 张/千常住人口 → 张/千人."""
    clean = re.sub(r"\s+", "", unicodedata.normalize("NFKC", unit)).replace("每", "/")
    clean = re.sub(r"/(千|万|百|十万|百万)?(?:常住)?人口?$", r"/\1人", clean)
    return _SYNONYMS.get(clean, clean)


@cache
def _measure(unit: str) -> tuple[str, float]:
    """(dimension, size of one unit in the dimension's base); UnitError when the unit is unknown."""
    clean = normal(unit)
    if clean in _RATES:
        return "rate", _RATES[clean]
    if clean in _POINTS:
        return "points", _POINTS[clean]
    if "/" in clean:
        above, below = clean.split("/", 1)
        (dimension, size), (base, per) = _count(above), _count(below)
        return f"{dimension}/{base}", size / per
    return _count(clean)


def _count(text: str) -> tuple[str, float]:
    for prefix in sorted(_SCALES, key=len, reverse=True):
        rest = text.removeprefix(prefix)
        rest = _SYNONYMS.get(rest, rest)
        if text.startswith(prefix) and rest in _COUNTS:
            return rest, _SCALES[prefix]
    raise UnitError(f"unknown unit {text!r}")


def known(unit: str) -> bool:
    """Whether the unit is one we can measure in."""
    try:
        _measure(unit)
    except UnitError:
        return False
    return True


def factor(found: str, wanted: str) -> float:
    """What a value in unit `found` is multiplied by to be in `wanted`; UnitError across dimensions."""
    if normal(found) == normal(wanted):
        return 1.0
    (dimension, size), (other, target) = _measure(found), _measure(wanted)
    if dimension != other:
        raise UnitError(f"{found} cannot become {wanted}: {dimension} is not {other}")
    return size / target


def convert(value: float, found: str, wanted: str) -> float:
    """`value` of unit `found` in unit `wanted`, at 15 significant digits."""
    return float(f"{value * factor(found, wanted):.15g}")
