"""Units convert inside one dimension and nowhere else."""

from __future__ import annotations

import pytest

from indicators.units import UnitError, convert, factor, known, normal


@pytest.mark.parametrize(
    ("value", "found", "wanted", "expected"),
    [
        (1.5, "万张", "张", 15000.0),
        (3.5, "亿人次", "万人次", 35000.0),
        (2.0, "百万元", "万元", 200.0),
        (3.0, "十万人", "千人", 300.0),
        (25.0, "%", "‰", 250.0),
        (0.7, "％", "%", 0.7),
        (16.21, "1/10万", "‰", 0.1621),
        (16.21, "/十万", "1/10万", 16.21),
        (7.5, "张/千人", "张/万人", 75.0),
        (7.5, "张/千常住人口", "张/千人", 7.5),
        (40.0, "㎡", "平方米", 40.0),
        (0.2, "万㎡", "平方米", 2000.0),
        (600.0, "名", "人", 600.0),
        (0.06, "万名", "人", 600.0),
        (3.0, "千位", "个", 3000.0),
        (2.0, "个百分点", "百分点", 2.0),
        (20.0, "千分点", "百分点", 2.0),
        (81.52, "岁/人", "岁", 81.52),
    ],
)
def test_convert(value: float, found: str, wanted: str, expected: float) -> None:
    assert convert(value, found, wanted) == expected


@pytest.mark.parametrize(
    ("found", "wanted"),
    [("人", "人次"), ("%", "百分点"), ("张/千人", "张"), ("张/千人", "人/千人"), ("元", "亩"), ("%", "张")],
)
def test_never_across_dimensions(found: str, wanted: str) -> None:
    with pytest.raises(UnitError, match="cannot become"):
        factor(found, wanted)


@pytest.mark.parametrize("unit", ["尺", "万", "", "张/尺", "张/千"])
def test_unknown_units_are_named(unit: str) -> None:
    assert not known(unit)
    with pytest.raises(UnitError, match="unknown unit"):
        factor(unit, "张")


@pytest.mark.parametrize("unit", ["张", "万人次", "%", "张/千人", "个百分点", "元/人"])
def test_known(unit: str) -> None:
    assert known(unit)


def test_the_same_unit_needs_no_table() -> None:
    assert factor("尺", " 尺 ") == 1.0


@pytest.mark.parametrize(
    ("written", "spelt"),
    [
        ("张 / 千人口", "张/千人"),
        ("张每千人", "张/千人"),
        ("百分比", "%"),
        ("元/人", "元/人"),
        ("m2", "平方米"),
    ],
)
def test_normal_spelling(written: str, spelt: str) -> None:
    assert normal(written) == spelt
