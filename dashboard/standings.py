"""Comparisons in sentences: how many reached the target, who is furthest from it, what districts amount to.

`**…**` marks what is emphasised; whoever draws turns it into markup after escaping.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.figures import amount, change, day_name, number, percent, target_text
from dashboard.i18n import Words
from indicators.abreast import Abreast, By, LeftOut, Panel
from indicators.definition import Aggregation
from indicators.ranking import Rank
from indicators.rollup import Rollup

__all__ = [
    "difference",
    "gap_text",
    "goal",
    "lead",
    "left_out",
    "name",
    "order",
    "place",
    "rolled",
    "sums",
    "title",
    "total_name",
    "unit",
    "when",
]

_NAMED = 4  # names said before “and so many more”


def name(panel: Panel, w: Words) -> str:
    """What a place is called here; with its plan where it is the plan that is compared."""
    region = panel.region.name(w.language)
    return region if panel.plan is None else w("compare.planned", region=region, plan=panel.plan.short(w.language))


def goal(panel: Panel, found: Abreast) -> str:
    """The number of the target a place is held against; '' where there is none."""
    target = panel.target
    if target is None:
        return ""
    text = target_text(target.low, target.high, target.operator.value, found.definition)
    return text + ("%" if found.definition.unit == "%" else "")


def title(found: Abreast, w: Words) -> str:
    """The finding: of how many places how many reached the target; without one, from where to where they range."""
    called, listed = found.commitment.name(w.language), found.listed
    if not listed:
        return w("compare.title_none", name=called)
    if len(listed) == 1:
        return w("compare.alone", name=called, place=name(listed[0], w), value=_value(listed[0], found, w))
    held = [p for p in listed if p.gap is not None]
    if not held or (found.by is By.PLANS and len(held) < 2):
        return w(f"compare.range_{found.by}", name=called, count=len(listed), **_ends(found, w))
    reached = sum(p.met for p in held)
    facts = {"name": called, "of": len(held), "count": reached, "target": goal(held[0], found)}
    return w(f"compare.reached_{found.by}" if reached else f"compare.none_reached_{found.by}", **facts)


def _ends(found: Abreast, w: Words) -> dict[str, str]:
    """The lowest and the highest value, each with its period where the two differ."""
    low, high = sorted((found.listed[0], found.listed[-1]), key=lambda p: p.value or 0.0)
    assert low.value is not None
    told = {"low": number(low.value, found.definition.decimals), "high": _value(high, found, w)}
    if low.day == high.day:
        return told
    days = {"low": when(low, found, w), "high": when(high, found, w)}
    return {end: w("compare.value_when", value=value, when=days[end]) for end, value in told.items()}


def order(found: Abreast, w: Words) -> str:
    """By what the pictures are in order; '' where that would say nothing."""
    held = sum(p.gap is not None for p in found.listed)
    if len(found.listed) < 2 or held == 1:
        return ""
    if held:
        return w("compare.order_gap" if held == len(found.listed) else "compare.order_gap_then_none")
    return w("compare.order_low" if found.definition.direction.sign > 0 else "compare.order_high")


def unit(found: Abreast, w: Words) -> str:
    """The unit of what is compared."""
    return found.definition.unit if w.chinese else found.definition.unit_en or found.definition.unit


def _value(panel: Panel, found: Abreast, w: Words) -> str:
    assert panel.value is not None
    return amount(panel.value, found.definition, w)


def lead(found: Abreast, w: Words) -> str:
    """Who is furthest from the target, how sure that is, and who has no figure."""
    if found.by is By.PLANS:
        return w("compare.plans_differ") if found.listed else ""
    return "".join([*_furthest(found, w), *_silent(found, w)])


def _furthest(found: Abreast, w: Words) -> list[str]:
    last = next((p for p in found.worst_first if p.gap is not None and not p.met), None)
    if last is None or last.gap is None:
        return []
    value = _value(last, found, w)
    if last.day != found.day:
        value = w("compare.value_when", value=value, when=when(last, found, w))
    told = w("compare.furthest", name=name(last, w), value=value, gap=change(abs(last.gap), found.definition, w))
    others = last.rank.worst - last.rank.best if last.rank is not None else 0
    return [told, w("compare.furthest_tied", count=others)] if others else [told]


def _silent(found: Abreast, w: Words) -> list[str]:
    silent = [name(p, w) for p in found.panels if p.left_out is LeftOut.NO_FIGURE and found.listed]
    return [w("compare.silent", names=_listed(silent, w), count=len(silent))] if silent else []


def _listed(names: Sequence[str], w: Words) -> str:
    told = w("compare.comma").join(names[:_NAMED])
    return told if len(names) <= _NAMED else w("compare.and_more", names=told, count=len(names))


def gap_text(panel: Panel, found: Abreast, w: Words) -> str:
    """How far from the target, in the unit; that it is reached; '' without a target."""
    if panel.gap is None:
        return ""
    if panel.met:
        return w("compare.met")
    return w("compare.short", gap=change(abs(panel.gap), found.definition, w).split(" ")[0])


def place(rank: Rank | None, w: Words) -> str:
    """A rank in words, 第3–6位 where others could change places with it; — without one."""
    if rank is None:
        return "—"
    if rank.tied:
        return w("compare.ranks", best=rank.best, worst=rank.worst)
    return w("compare.rank", rank=rank.best)


def left_out(panel: Panel, w: Words) -> str:
    """Why a place has no rank."""
    assert panel.left_out is not None
    return w(f"compare.left_{panel.left_out}")


def rolled(rollup: Rollup, found: Abreast, names: Sequence[str], w: Words) -> str:
    """Which figure holds and why; or why the districts are not added up. `names`: of the districts at fault."""
    facts = {"reported": rollup.reported, "expected": len(rollup.expected), "names": _listed(names, w)}
    if rollup.obstacle is not None:
        return w(f"compare.obstacle_{rollup.obstacle}", **facts)
    if rollup.own is None:
        return w("compare.no_own")
    return w("compare.own_wins") if rollup.difference is not None else w("compare.own_apart")


def sums(rollup: Rollup, found: Abreast, w: Words) -> str:
    """The sums a ratio was made of: 169,843 张 ÷ 21,400,000 人."""
    top, bottom = found.definition.numerator, found.definition.denominator
    if rollup.top is None or rollup.bottom is None or top is None or bottom is None:
        return ""
    units = (f" {top.unit}", f" {bottom.unit}") if w.chinese else ("", "")  # what is counted has no English unit
    above, below = (number(n, 0) + unit for n, unit in zip((rollup.top, rollup.bottom), units, strict=True))
    return w("compare.sums", top=above, bottom=below)


def total_name(rollup: Rollup, found: Abreast, w: Words) -> str:
    """What the districts' figure is called: a sum, or a ratio of sums."""
    ratio = found.definition.aggregation is Aggregation.RATIO
    return w("compare.total_ratio" if ratio else "compare.total_sum", count=len(rollup.expected))


def difference(rollup: Rollup, found: Abreast, w: Words) -> str:
    """+0.05 张/千人(+0.6%); — where they cannot be held together."""
    if rollup.difference is None:
        return "—"
    told = change(rollup.difference, found.definition, w, signed=True)
    if rollup.share is None:
        return told
    share = ("+" if rollup.share > 0 else "") + percent(rollup.share)
    return w("compare.difference_share", change=told, share=share)


def when(panel: Panel, found: Abreast, w: Words) -> str:
    """The period a place stands at."""
    return "" if panel.day is None else day_name(panel.day, w, measure=found.definition.measure)
