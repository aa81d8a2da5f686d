"""What a word in a table may mean: a column, a period, a region, an indicator, a way to accumulate, a unit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from indicators.catalogue import Catalogue, fold
from indicators.definition import MeasureType
from indicators.period import Period
from indicators.units import UnitError, factor, known
from ingest.columns import BY_NAME

__all__ = [
    "BARE_PERIOD",
    "BEFORE",
    "CODE",
    "INVISIBLE",
    "Spoken",
    "converts",
    "is_sum",
    "is_total",
    "one_line",
    "spellings",
    "unit_apart",
]

CODE, BEFORE = "code", "before"  # roles of columns that a return in long form does not have
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ROLES: Mapping[str, str] = {
    **dict.fromkeys(("代码", "编码", "指标编码", "code"), CODE),
    **dict.fromkeys(("上年同期", "上年同期累计", "上年同期数", "去年同期", "去年同期累计", "同期", "上年"), BEFORE),
    **dict.fromkeys(("上期", "上季", "上年末", "去年末"), BEFORE),
    **dict.fromkeys(("年份", "年度"), "period"),
    **dict.fromkeys(("县(区)", "区(市)县", "区(县)", "市(县、区)", "县(市、区)", "县(市)区", "区县"), "region"),
}
_ACCUMULATIONS: Mapping[str, str] = {
    **dict.fromkeys(("本期", "本季", "本季度", "当期", "当季", "本月", "本期数"), "本期"),
    **dict.fromkeys(("本年累计", "累计", "本年累计数", "年初至今", "自年初累计", "1-本季", "1-本月"), "本年累计"),
    **dict.fromkeys(("本月止累计", "本季止累计", "本期止累计", "年初至本月累计", "年初至本季累计"), "本年累计"),
}
_TOTALS = frozenset(("合计", "总计", "小计", "总数", "全市", "全市合计", "全区合计", "全县合计", "全省合计"))
_SUMS = frozenset(("合计", "总计", "小计", "总数"))
_PART = re.compile(
    r"[\s\u3000]*(?:其\s*中|在内|[#*※]|[一二三四五六七八九十]{1,3}、|[((][一二三四五六七八九十0-9]{1,3}[))]"
    r"|[0-9]{1,2}[.、.]|[①-⑳]|[-—–·•])\s*[::,,、]?\s*"
)
_MARK = re.compile(r"\s*(?:[*①-⑳※]|\[[0-9]{1,2}\]|注[0-9]{1,2})+\s*$")
_BRACKETS = re.compile(r"\s*(.+?)\s*[((]\s*([^()()]+?)\s*[))]\s*", re.DOTALL)
BARE_PERIOD = re.compile(r"第?[一二三四1-4]季度?|上半年|前三季度?|全年|(?:1-)?[0-9]{1,2}月份?")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−~~～至", "-"))


def one_line(text: str) -> str:
    """A header's text without its line breaks and doubled spaces."""
    return " ".join(text.split())


def unit_apart(text: str) -> tuple[str, str]:
    """(床位数, 张) of 床位数(张); ('', '') where nothing stands in brackets at the end, (name, '') if it is no unit."""
    found = _BRACKETS.fullmatch(text)
    if not found:
        return "", ""
    unit = re.sub(r"^(?:计量)?单位\s*[::]\s*", "", found[2])
    return found[1], unit if known(unit) else ""


def spellings(text: str) -> Iterator[tuple[str, str]]:
    """(name, unit in brackets) of a row's name, with ever less of 其中:, #, 1. and footnote marks around it."""
    for _ in range(4):
        yield text, ""
        bare, unit = unit_apart(text)
        if bare:
            yield bare, unit
        shorter = _MARK.sub("", text) if _MARK.search(text) else _PART.sub("", text, count=1)
        if shorter in ("", text):
            return
        text = shorter


def converts(unit: str, wanted: str) -> bool:
    """Whether a figure in `unit` can be said in `wanted`."""
    try:
        factor(unit, wanted)
    except UnitError:
        return False
    return True


def is_sum(text: str) -> bool:
    """Whether a total only says that it adds up what is listed."""
    return fold(text) in _SUMS


def is_total(text: str) -> bool:
    return fold(text) in _TOTALS


@dataclass(frozen=True, slots=True)
class Spoken:
    """The words of one table: the catalogue's names, and the year that a bare 一季度 belongs to."""

    catalogue: Catalogue
    year: int | None = None

    def header(self, text: str) -> dict[str, str] | None:
        """What a header cell says: some of role, period, region, indicator, accumulation, unit; None for nothing."""
        if (found := self._header(text)) is not None:
            return found
        bare, more = self.apart(text)
        if not bare:
            return None
        if (found := self._header(bare)) is not None:
            return {**found, **more}
        if "unit" in more and (name := self._short(bare, more["unit"])):
            return {"indicator": name, **more}
        return more if "accumulation" in more else None

    def _short(self, bare: str, unit: str) -> str:
        """The one indicator meant by 老年护理院(个): 柳州市老年护理院数, without its city and 数, in its unit."""
        cities = [fold(r.name_zh) for r in self.catalogue.regions.values() if r.level == "city"]
        names = self.catalogue.indicator_names
        found: dict[str, str] = {}
        for name, one in names.items():
            city = next((city for city in cities if name.startswith(city)), "")
            if name.removeprefix(city).removesuffix("数") == fold(bare) and converts(unit, self.unit(name)):
                found.setdefault(one, name)
        return next(iter(found.values())) if len(found) == 1 else ""

    def apart(self, text: str) -> tuple[str, dict[str, str]]:
        """A header's name and what stands in brackets after it: (常住人口, {unit: 万人, period: 2024年末})."""
        found = _BRACKETS.fullmatch(text)
        if not found:
            return "", {}
        more: dict[str, str] = {}
        whole = unit_apart(text)[1]
        for piece in [found[2]] if whole else re.split("[,,、;;]", found[2]):
            unit = unit_apart(f"x({piece})")[1]
            if unit:
                more["unit"] = unit
            elif accumulation := _ACCUMULATIONS.get(fold(piece).translate(_DASHES)):
                more["accumulation"] = accumulation
            elif period := self.period(piece):
                more["period"] = period
        return found[1], more

    def _header(self, name: str) -> dict[str, str] | None:
        folded = fold(name).translate(_DASHES)
        if (said := _ACCUMULATIONS.get(folded)) is not None:
            return {"role": "value", "accumulation": said}
        if (role := _ROLES.get(folded) or BY_NAME.get(folded)) is not None:
            return {"role": role}
        if period := self.period(name) or (name if BARE_PERIOD.fullmatch(folded) else ""):
            return {"period": period}
        if folded in self.catalogue.region_names:
            return {"region": name}
        if folded in self.catalogue.indicator_names:
            return {"indicator": name}
        return None

    def period(self, text: str) -> str:
        """The period that a text names, '' for none; a bare 一季度 takes the table's year."""
        clean = "".join(unicodedata.normalize("NFKC", text).split()).translate(_DASHES)
        if self.year and BARE_PERIOD.fullmatch(clean):
            clean = f"{self.year}年{clean}"
        try:
            Period.parse(clean)
        except ValueError:
            return ""
        return clean

    def indicator(self, text: str) -> tuple[str, str]:
        """(name as the catalogue knows it, unit in brackets) of a row's name without 其中:, #, 1. and footnote marks.

        The text itself where even then it is not known.
        """
        names = self.catalogue.indicator_names
        return next(((name, unit) for name, unit in spellings(text) if fold(name) in names), (text, ""))

    def flows(self, name: str) -> bool | None:
        """Whether an indicator adds up over time; None where the name is not known."""
        found = self.catalogue.indicator_names.get(fold(name))
        return None if found is None else self.catalogue.indicators[found].current.measure is MeasureType.FLOW

    def unit(self, name: str) -> str:
        """An indicator's own unit; '' where the name is not known."""
        found = self.catalogue.indicator_names.get(fold(name))
        return "" if found is None else self.catalogue.indicators[found].current.unit
