"""The columns of a return and the names they bear in a header."""

from __future__ import annotations

from collections.abc import Mapping

from indicators.catalogue import fold

KEY = ["indicator", "region", "period_end", "accumulation"]  # the identity of a figure (method.md §7)

__all__ = ["BY_NAME", "COLUMNS", "PARTS", "REQUIRED"]

# column of a return → the names it may bear in a header
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "region": ("region", "地区", "区域", "区划", "地区名称"),
    "region_code": ("region_code", "区划代码", "行政区划代码", "地区代码"),
    "indicator": ("indicator", "指标", "指标名称", "指标代码"),
    "period": ("period", "报告期", "时期", "期别", "时间"),
    "value": ("value", "数值", "值", "指标值", "实际值"),
    "numerator": ("numerator", "分子"),
    "denominator": ("denominator", "分母"),
    "numerator_unit": ("numerator_unit", "分子单位"),
    "denominator_unit": ("denominator_unit", "分母单位"),
    "accumulation": ("accumulation", "累计方式", "累计"),
    "vintage": ("vintage", "版本", "数据版本"),
    "unit": ("unit", "单位", "计量单位"),
    "contributors": ("contributors", "参报单位数"),
    "published_on": ("published_on", "发布日期", "公布日期"),
    "confidence": ("confidence", "可信度"),
    "note": ("note", "备注", "说明", "情况说明"),
    "source": ("source", "来源", "数据来源"),
}
BY_NAME: Mapping[str, str] = {fold(name): column for column, names in COLUMNS.items() for name in names}
REQUIRED = ("region", "indicator", "period", "value")
PARTS = ("numerator", "denominator")
