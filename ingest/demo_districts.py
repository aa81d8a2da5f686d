"""Generated figures of the demonstration's districts: ratios with their parts, near the city's own but not quite.

Sizes and courses are drawn, seeded by their names; no figure here is a statistic, populations included.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from indicators.catalogue import Catalogue
from indicators.definition import Definition
from indicators.rollup import districts

__all__ = ["INDICATORS", "figures", "revised"]

_CITY = "510100"
_PERIODS = ("2020Q4", "2021Q4", "2022Q4", "2023Q4", "2024Q1", "2024Q2", "2024Q3", "2024Q4")
_HEADER = ["region", "indicator", "period", "numerator", "denominator", "vintage", "note", "source"]


@dataclass(frozen=True, slots=True)
class _Kind:
    """How an indicator differs between districts: `spread` of their levels, `size` of all denominators together,

    `off`: how far all districts together lie from the city's own figure, as a share of it.
    """

    spread: float
    size: int
    off: float
    most: float = float("inf")


INDICATORS: Mapping[str, _Kind] = {
    "beds-per-1000": _Kind(0.28, 21_400_000, 0.006),
    "nurses-per-1000": _Kind(0.24, 21_400_000, -0.004),
    "family-doctor-signup-rate": _Kind(0.07, 4_900_000, 0.011, most=98),
    "nursing-beds-share": _Kind(0.14, 118_000, -0.009, most=97),
}
_NEVER = {("family-doctor-signup-rate", "510131")}  # 蒲江县 has not reported it at all
_LATE = {("nursing-beds-share", "510129", "2024Q4")}  # 大邑县 not yet for the last quarter

City = Mapping[tuple[str, str], float]  # the city's own value of each (indicator, period)
Row = list[str]


def figures(catalogue: Catalogue, city: City, *, note: str, source: str) -> bytes:
    """The return of all districts as CSV. `city`: the city's own values, which the districts' lie around."""
    rows = [[*row, "快报", note, source] for name in INDICATORS for row in _rows(catalogue, name, city)]
    return _csv(rows)


def revised(catalogue: Catalogue, city: City, *, note: str, source: str) -> bytes:
    """Annual figures that replace the flash ones of two years in every other district, so that revisions have sizes."""
    rows = []
    for name in INDICATORS:
        chance = random.Random(f"revised {name}")
        for number, (region, indicator, period, top, bottom) in enumerate(_rows(catalogue, name, city)):
            if period in ("2022Q4", "2023Q4") and number // len(_PERIODS) % 2 == 0:
                moved = round(int(top) * (1 + chance.gauss(0, 0.02)))
                rows.append([region, indicator, period, str(min(moved, _bound(catalogue, name, bottom))), bottom])
    return _csv([[*row, "年报", note, source] for row in rows])


def _rows(catalogue: Catalogue, name: str, city: City) -> Iterator[Row]:
    """region, indicator, period, numerator, denominator: by district, then period."""
    kind, definition = INDICATORS[name], catalogue.indicators[name].current
    codes = districts(catalogue.regions, _CITY)
    sizes = _shares(codes)
    levels = _levels(name, kind, sizes)
    for code in codes:
        chance = random.Random(f"{name} {code}")
        pace = chance.gauss(0, 0.03)
        for step, period in enumerate(_PERIODS):
            if (name, code) in _NEVER or (name, code, period) in _LATE:
                continue
            bottom = round(kind.size * sizes[code] * (1 + 0.004 * step))
            drift = 1 + pace * (step / len(_PERIODS) - 1) + chance.gauss(0, 0.004)
            value = min(city[name, period] * levels[code] * drift, kind.most)
            yield [code, name, period, str(round(value * bottom / definition.factor)), str(bottom)]


def _shares(codes: Sequence[str]) -> Mapping[str, float]:
    """What share of the city each district is: small ones and large ones."""
    weights = {code: random.Random(f"size {code}").uniform(1, 6) for code in codes}
    whole = sum(weights.values())
    return {code: weight / whole for code, weight in weights.items()}


def _levels(name: str, kind: _Kind, sizes: Mapping[str, float]) -> Mapping[str, float]:
    """Each district's level as a multiple of the city's; together, weighed by their sizes, 1 + `off`."""
    drawn = {code: max(0.4, random.Random(f"level {name} {code}").gauss(1, kind.spread)) for code in sizes}
    mean = sum(drawn[code] * sizes[code] for code in sizes)
    return {code: level * (1 + kind.off) / mean for code, level in drawn.items()}


def _bound(catalogue: Catalogue, name: str, bottom: str) -> int:
    """The most a numerator can be: of a share, its denominator."""
    definition: Definition = catalogue.indicators[name].current
    return int(bottom) if definition.factor == 100 else int(bottom) * 1000


def _csv(rows: Iterable[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADER)
    writer.writerows(rows)
    return out.getvalue().encode()
