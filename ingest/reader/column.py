"""One column of a table: what the cells of its header say together of every figure under them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from indicators.catalogue import fold
from indicators.units import known
from ingest.reader.sheet import letters
from ingest.reader.spoken import BEFORE, Spoken

__all__ = ["FIXES", "Column", "column_of"]

FIXES = ("period", "region", "indicator", "accumulation")
# words of a header that add nothing to what stands above or beside them
_PLAIN = frozenset(
    ("绝对数", "绝对值", "数值", "数量", "总量", "总数", "合计", "总计", "全部", "期末数", "季末数", "月末数", "年末数")
    + ("期末", "季末", "月末", "实际", "实际数", "实际值", "完成数", "完成值", "实绩", "数据", "指标值", "发生数")
)
# what is measured beside a figure, but is not it
_OTHER = re.compile(
    "增减|增长|增速|增幅|同比|环比|比上|比去|较上|较去|±|[+]-|位次|排名|名次|计划|目标|预计|预测|任务|完成率"
)
_EXCEL_DAY = re.compile("((?:19|20)[0-9]{2})-01-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `role`: one of our columns, `code`, `before` (for information), or '' (not ours).

    `fixed`: what its header says of every cell under it: period, region, indicator, accumulation, unit.
    """

    at: int
    title: str
    role: str = ""
    fixed: Mapping[str, str] = field(default_factory=dict)
    rest: tuple[str, ...] = ()  # words of its header that mean nothing to us
    beside: bool = False  # whether they say that it is no figure itself: growth, rank, plan, a part

    @property
    def label(self) -> str:
        """The column as a spreadsheet shows it, with its title."""
        return f"{letters(self.at)} {self.title}".strip()

    @property
    def meant(self) -> tuple[str, ...]:
        """What tells this column from another of the same role."""
        return (self.role, *(self.fixed.get(name, "") for name in FIXES))


def column_of(at: int, stack: list[str], spoken: Spoken) -> Column:
    """One column from its header cells, top to bottom: the longest runs of them that mean something, together."""
    texts = [text for n, text in enumerate(stack) if text and text not in stack[:n]]
    meaning: dict[str, str] = {}
    above: list[str] = []  # words without a meaning, above and below the first that has one
    below: list[str] = []
    before = False
    start = 0
    while start < len(texts):
        for end in range(len(texts), start, -1):
            if (found := spoken.header("".join(texts[start:end]))) is not None:
                before = before or found.get("role") == BEFORE
                meaning.update(found)
                bare = spoken.apart("".join(texts[start:end]))[0]
                if "accumulation" in found and bare and spoken.header(bare) is None:
                    above.append(bare)
                start = end
                break
        else:
            unit = re.sub("[()()\\s]", "", texts[start])
            if known(unit):
                meaning["unit"] = unit
            else:
                said = [period for word in texts[start].split() if (period := spoken.period(word))]
                if said and _OTHER.search(texts[start]):  # 1-9月 可比价增速%
                    meaning["period"] = said[0]
                (below if any(name in meaning for name in ("role", *FIXES)) else above).append(texts[start])
            start += 1
    role = meaning.pop("role", "")
    if role in meaning or (not role and any(name in meaning for name in FIXES)):
        role = "value"  # 年份 over 2023年, 地区 over 锦江区
    if before:
        role = BEFORE
    other = any(_OTHER.search(fold(text)) for text in above + below)
    if role == "value" and (other or any(fold(text) not in _PLAIN for text in below)):
        role = ""
    day = _EXCEL_DAY.fullmatch(meaning.get("period", ""))
    if day and meaning.get("accumulation") == "本年累计" and 2 <= int(day[2]) <= 12:
        meaning |= {"period": f"{day[1]}年1-{int(day[2])}月", "dated": day[0]}  # Excel made a date of 1-3
    title = " ".join(texts)
    rest = tuple(spoken.apart(text)[0] or text for text in above + below)
    return Column(at, title, role, meaning, rest, beside=other or any(text.startswith("其中") for text in rest))
