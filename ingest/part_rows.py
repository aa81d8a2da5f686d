"""Rows that are no indicator but the numerator 分子 or denominator 分母 of one: 体育场地面积 of 人均体育场地面积.

They are not read as figures, yet a ratio that stands in the same file has to agree with them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import polars as pl

from indicators.catalogue import Catalogue, fold
from indicators.definition import Definition, Frequency, Part
from indicators.problem import Problem, Severity
from indicators.units import factor
from ingest.consistency import EARLIER, REVISED, level
from ingest.held import NEWS
from ingest.numbers import half_digit, read_number
from ingest.reader.spoken import converts, spellings
from ingest.rule import Row, figure, finding

__all__ = ["doubts", "part_facts", "parts_of"]

_SIDES = ("numerator", "denominator")
_SAID = {"numerator": ("分子", "numerator"), "denominator": ("分母", "denominator")}
_OLDEST = timedelta(days=366)
_ALMOST = 1 + 1e-9
Parts = Mapping[str, list[tuple[str, str]]]
_SUFFIXED = re.compile(r"\s*([+-]?[0-9][0-9.,,]*)\s*([^0-9\s.,,].*?)\s*")


def part_facts(text: str, catalogue: Catalogue, *, parts: Parts, sent: Collection[str]) -> dict[str, str]:
    """What a name that is no indicator's is a part of, as facts of a message; {} for a name that is no part.

    `parts`: see `parts_of`. `sent`: the indicators of the same file, of which it must be a part.
    """
    for name, _ in spellings(text):
        for indicator, side in parts.get(fold(name), ()):
            if indicator in sent:
                one = catalogue.indicators[indicator]
                said = dict(zip(("part_zh", "part_en"), _SAID[side], strict=True))
                return {"ratio_zh": one.name_zh, "ratio_en": one.name_en, **said}
    return {}


def parts_of(catalogue: Catalogue) -> Parts:
    """The name of each part → the indicators it is a part of, and which one."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in catalogue.indicators.values():
        for side in _SIDES:
            if part := getattr(one.current, side):
                found.setdefault(fold(part.name), []).append((one.id, side))
    return found


# -- the ratio beside them -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Count:
    """What a part comes to at the end of a period, in a unit, with half of its last digit, and as stated."""

    end: date
    value: float
    half: float
    unit: str
    stated: str
    zh: str
    en: str
    yearly: bool = False


_Counts = Mapping[tuple[str, str], list[_Count]]  # (name of the part, region)


def doubts(
    figures: pl.DataFrame, problems: Iterable[Problem], *, judged: pl.DataFrame, catalogue: Catalogue
) -> list[Problem]:
    """A warning for each stated ratio that its parts belie, where one of them at least is such a row.

    `figures`: all that a file says, `problems`: of it, with the names of those rows; `judged`: its sound figures.
    """
    named = {p.row: p.found for p in problems if p.code == "indicator_is_part"}
    if not named or judged.is_empty():
        return []
    rows = figures.filter(pl.col("row").is_in(list(named)), pl.col("period_end").is_not_null())
    counts: dict[tuple[str, str], list[_Count]] = {}
    parts = {fold(part.name): part for one in catalogue.indicators.values() for part in _both(one.current)}
    for row in rows.drop_nulls("region").iter_rows(named=True):
        if count := _count(named[row["row"]], row, parts):
            counts.setdefault((count[0], row["region"]), []).append(count[1])
    names = {name for name, _ in counts}
    ratios = [i.id for i in catalogue.indicators.values() if names & {fold(p.name) for p in _both(i.current)}]
    asked = judged.filter(
        pl.col("indicator").is_in(ratios),
        pl.col("value").is_not_null(),
        pl.col("numerator").is_null() & pl.col("denominator").is_null(),
        pl.col("change").is_in(NEWS),
    )
    return [p for row in asked.iter_rows(named=True) for p in _doubt(row, counts, judged, catalogue)]


def _both(definition: Definition) -> list[Part]:
    return [part for part in (definition.numerator, definition.denominator) if part]


def _count(text: str, row: Row, parts: Mapping[str, Part]) -> tuple[str, _Count] | None:
    """The part that a row is, and what it comes to; None without a number and a unit that fits."""
    known = ((parts.get(fold(name)), unit) for name, unit in spellings(text))
    part, bracketed = next(((p, unit) for p, unit in known if p), (None, ""))
    if part is None:
        return None
    number, suffix = row["found"], ""
    if found := _SUFFIXED.fullmatch(number):
        number, suffix = found.groups()
    unit = next((u for u in (suffix, bracketed, row["unit"]) if u and converts(u, part.unit)), "")
    value = read_number(number, unit).value
    if not unit or value is None or value <= 0:
        return None
    stated = f"{figure(value)} {unit}"
    return fold(part.name), _Count(row["period_end"], value, half_digit(number), unit, stated, part.name, part.name)


def _doubt(row: Row, counts: _Counts, judged: pl.DataFrame, catalogue: Catalogue) -> Iterator[Problem]:
    definition = catalogue.indicators[row["indicator"]].definition_at(row["period_end"])
    top = _of(definition.numerator, row, counts, judged, catalogue)
    bottom = _of(definition.denominator, row, counts, judged, catalogue)
    tops = [one for one in top if one.end == row["period_end"]]
    bottoms = [one for one in bottom if one.end == row["period_end"] or (one.yearly and _recent(one, row))]
    if not tops or not bottoms:
        return
    above, below = tops[0], max(bottoms, key=lambda one: one.end)
    computed = above.value / below.value * definition.factor
    printed = read_number(row["found"], row["unit"]).value
    half = half_digit(row["found"]) * (abs(row["value"] / printed) if printed else 1.0)
    room = half + computed * (above.half / above.value + below.half / below.value)
    least = EARLIER if below.end < row["period_end"] else REVISED
    if abs(row["value"] - computed) > max(room, least * computed) * _ALMOST:
        one = catalogue.indicators[row["indicator"]]
        facts = {"ratio_zh": one.name_zh, "ratio_en": one.name_en, "ratio": f"{figure(row['value'])} {definition.unit}"}
        facts |= {"top_zh": above.zh, "top_en": above.en, "top": above.stated}
        facts |= {"bottom_zh": below.zh, "bottom_en": below.en, "bottom": below.stated, "computed": f"{computed:.4g}"}
        yield finding(row, Severity.WARNING, "value", "ratio_disagrees_beside", facts)


def _recent(one: _Count, row: Row) -> bool:
    return bool(row["period_end"] - _OLDEST <= one.end < row["period_end"])


def _of(part: Part | None, row: Row, counts: _Counts, judged: pl.DataFrame, catalogue: Catalogue) -> list[_Count]:
    """What a file says of a part in the region of a row: by rows of its name, else by the indicator that counts it."""
    if part is None:
        return []
    if own := counts.get((fold(part.name), row["region"])):
        return [_in(one, part.unit) for one in own if converts(one.unit, part.unit)]
    counted = level(catalogue, part)
    if counted is None:
        return []
    one = catalogue.indicators[counted[0]]
    yearly = one.current.frequency is Frequency.YEAR
    same = judged.filter(pl.col("indicator") == one.id, pl.col("region") == row["region"], pl.col("value") > 0)
    found = []
    for said in same.iter_rows(named=True):
        earlier = f"({said['period']})" if said["period_end"] < row["period_end"] else ""
        stated = f"{figure(said['value'])} {one.current.unit}{earlier}"
        printed = read_number(said["found"], said["unit"]).value
        half = half_digit(said["found"]) * (said["value"] / printed if printed else 1.0)
        names = (one.name_zh, one.name_en)
        count = _Count(said["period_end"], said["value"], half, one.current.unit, stated, *names, yearly)
        found.append(_in(count, part.unit))
    return found


def _in(count: _Count, unit: str) -> _Count:
    times = factor(count.unit, unit)
    return replace(count, value=count.value * times, half=count.half * times, unit=unit)
