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
    "place",
    "rolled",
    "sums",
    "title",
    "total_name",
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
    called, ranked = found.commitment.name(w.language), found.ranked
    if not ranked:
        return w("compare.title_none", name=called)
    if len(ranked) == 1:
        return w("compare.alone", name=called, place=name(ranked[0], w), value=_value(ranked[0], found, w))
    held = [p for p in ranked if p.gap is not None]
    if not held or (found.by is By.PLANS and len(held) < 2):
        low, high = sorted((ranked[0].value or 0.0, ranked[-1].value or 0.0))
        ends = {"low": number(low, found.definition.decimals), "high": amount(high, found.definition, w)}
        return w(f"compare.range_{found.by}", name=called, count=len(ranked), **ends)
    reached = sum(p.met for p in held)
    facts = {"name": called, "of": len(held), "count": reached, "target": goal(held[0], found)}
    return w(f"compare.reached_{found.by}" if reached else f"compare.none_reached_{found.by}", **facts)


def _value(panel: Panel, found: Abreast, w: Words) -> str:
    assert panel.value is not None
    return amount(panel.value, found.definition, w)


def lead(found: Abreast, w: Words) -> str:
    """Who is furthest from the target, how sure that is, and who has no figure."""
    if found.by is By.PLANS:
        return w("compare.plans_differ") if found.ranked else ""
    return "".join([*_furthest(found, w), *_silent(found, w)])


def _furthest(found: Abreast, w: Words) -> list[str]:
    short = [p for p in found.drawn if p.rank is not None and p.gap is not None and not p.met]
    if not short:
        return []
    last = short[0]
    assert last.gap is not None and last.rank is not None
    told = w(
        "compare.furthest",
        name=name(last, w),
        value=_value(last, found, w),
        gap=change(abs(last.gap), found.definition, w),
    )
    others = last.rank.worst - last.rank.best
    return [told, w("compare.furthest_tied", count=others)] if others else [told]


def _silent(found: Abreast, w: Words) -> list[str]:
    silent = [name(p, w) for p in found.panels if p.left_out is LeftOut.NO_FIGURE and found.ranked]
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


def place(rank: Rank, w: Words) -> str:
    """A rank in words, 第3–6位 where others could change places with it."""
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
