"""Judgements in sentences: how one target stands, and how the whole plan does. Computed, never written by hand.

`**…**` marks what is emphasised; whoever draws turns it into markup after escaping.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.charts.palette import STATUS
from dashboard.figures import amount, change, day_name, number, percent, points, short_change, target_text
from dashboard.i18n import Words
from indicators.assessment import Firmness, Reason
from indicators.catchup import CatchUp, Pace
from indicators.monitor import Judged, attention, tally
from indicators.rules import RuleSet, Status

__all__ = [
    "BAD",
    "GOOD",
    "OTHER",
    "WATCH",
    "catch_up",
    "catch_up_parts",
    "firmness",
    "gap_text",
    "plan_lead",
    "plan_sentence",
    "sentence",
    "sentences",
    "status_text",
]

# what a status amounts to, for whoever counts; within each the best first
GOOD = (Status.EXCEEDED, Status.COMPLETED, Status.ACHIEVED_EARLY, Status.AHEAD, Status.ON_SCHEDULE)
WATCH = (Status.NEARLY_COMPLETED, Status.WATCH)
BAD = (Status.BEHIND, Status.FAR_BEHIND, Status.MISSED)
OTHER = (Status.IN_PROGRESS, Status.NO_DATA, Status.NOT_ASSESSABLE)


def status_text(status: Status, rule: RuleSet, w: Words) -> str:
    """Icon and word of a status; never colour alone."""
    return f"{STATUS[status].icon} {rule.word(status, w.language)}"


def sentences(one: Judged, rule: RuleSet, w: Words) -> list[str]:
    """The verdict: what is, and what it would take."""
    return [s for s in (sentence(one, rule, w), _demand(one, w)) if s]


def sentence(one: Judged, rule: RuleSet, w: Words) -> str:
    """How one target stands, in one sentence that opens with its status."""
    verdict, definition = one.assessment, one.definition
    facts = {
        "status": f"**{status_text(verdict.status, rule, w)}**",
        "target": _target(one),
        "due": day_name(one.target.d1, w, measure=definition.measure),
    }
    if verdict.actual is None:
        return w(f"verdict.{verdict.reason}", **facts)
    facts |= {
        "when": day_name(verdict.actual.day, w, measure=definition.measure),
        "value": amount(verdict.actual.value, definition, w),
    }
    if verdict.p is not None and verdict.t is not None and verdict.gap_points is not None:
        facts |= {"p": percent(verdict.p), "t": percent(verdict.t), "gap": gap_text(one, w)}
        key = "final_p" if verdict.final else "gap"
        if verdict.reason is Reason.NO_FINAL_ACTUAL and verdict.earlier is not None:
            facts["earlier"] = status_text(verdict.earlier, rule, w)
            key = "no_final_p"
        return w(f"verdict.{key}", **facts) + _since(one, w)
    if verdict.earlier is not None:
        facts["earlier"] = status_text(verdict.earlier, rule, w)
    facts["level"] = "—" if verdict.level is None else percent(verdict.level)  # of a target of 0 there is none
    if verdict.gap_units is not None:
        facts["margin"] = change(verdict.gap_units, definition, w, signed=True)
    return w(f"verdict.{_key(one)}", **facts) + _since(one, w)


def _key(one: Judged) -> str:
    """Which template fits a judgement without p."""
    verdict = one.assessment
    if verdict.final:
        return "final"
    if verdict.reason is Reason.BASELINE_MISSING and verdict.status is Status.ACHIEVED_EARLY:
        return "met"
    if verdict.reason is Reason.EVENT and verdict.status is Status.COMPLETED:
        return "met"
    return str(verdict.reason) if verdict.reason is not Reason.NO_FINAL_ACTUAL else "no_final"


def _since(one: Judged, w: Words) -> str:
    """When it was met, where that is before the target date."""
    verdict = one.assessment
    if verdict.since is None or verdict.since >= one.target.d1:
        return ""
    return w("verdict.since", when=day_name(verdict.since, w, measure=one.definition.measure))


def _target(one: Judged) -> str:
    text = target_text(one.target.low, one.target.high, one.target.operator.value, one.definition)
    return text + "%" if one.definition.unit == "%" else text


def gap_text(one: Judged, w: Words) -> str:
    """The gap in 百分点 and in the unit: 落后 24.8 个百分点(低于应达路径 0.24 张)."""
    verdict = one.assessment
    assert verdict.gap_points is not None and verdict.gap_units is not None
    side = "on" if round(verdict.gap_points, 1) == 0 else "behind" if verdict.gap_points < 0 else "ahead"
    way = "less" if verdict.gap_units < 0 else "more"
    units = w(f"gap.{way}", change=change(abs(verdict.gap_units), one.definition, w))
    return w(f"gap.{side}", points=points(verdict.gap_points), units=units)


def _demand(one: Judged, w: Words) -> str:
    """What it would take to arrive."""
    needed = one.assessment.catch_up
    if needed is None:
        return ""
    due = day_name(one.target.d1, w, measure=one.definition.measure)
    return w("verdict.demand", due=due, target=_target(one), catch_up=f"**{catch_up(one, needed, w)}**")


def catch_up(one: Judged, needed: CatchUp, w: Words) -> str:
    """The change needed per step, and how it compares with the recent pace."""
    size = change(needed.needed, one.definition, w, signed=True)
    return w(f"catch_up.per_{needed.step}", change=size) + w("catch_up.joined", pace=_pace(needed, w))


def catch_up_parts(one: Judged, needed: CatchUp, w: Words) -> tuple[str, str]:
    """The same in two short pieces, `+0.11/季` and `为近四个季度平均增量的 2.9 倍`."""
    size = short_change(needed.needed, one.definition, w)
    return w(f"catch_up.short_{needed.step}", change=size), _pace(needed, w)


def _pace(needed: CatchUp, w: Words) -> str:
    if needed.pace is Pace.KNOWN and needed.multiple is not None:
        return w(f"catch_up.times_{needed.step}", times=number(needed.multiple, 1))
    return w(f"catch_up.{needed.pace}")


def firmness(one: Judged, w: Words) -> tuple[str, str]:
    """(word, explanation) of whether the status would stand without its latest figure."""
    key: Firmness = one.assessment.firmness
    return w(f"firmness.{key}"), w(f"firmness.{key}_why")


def plan_sentence(judged: Sequence[Judged], w: Words, *, over: bool = False) -> str:
    """One sentence that sums a plan up; `over`: its last year has passed."""
    counts = tally(judged)
    if judged and all(one.assessment.actual is None for one in judged):
        return w("overview.no_final_data" if over else "overview.no_data", total=counts.total)
    off, binding = counts.among(BAD), counts.among(BAD, binding=True)
    parts = [w("overview.sum", total=counts.total, on=counts.among(GOOD))]
    missing = [one for one in judged if one.assessment.reason is Reason.NO_FINAL_ACTUAL]
    if missing:
        last = sum(one.assessment.earlier in BAD for one in missing)
        parts.append(w("overview.unassessed_off" if last else "overview.unassessed", count=len(missing), off=last))
        parts.append(w("app.stop"))
    if not off and not missing:
        parts.append(w("overview.none_off"))
    elif off and binding:
        parts.append("**" + w("overview.off_binding", off=off, binding=binding) + "**")
    elif off:
        parts.append("**" + w("overview.off", off=off) + "**")
    return "".join(parts)


def plan_lead(judged: Sequence[Judged], w: Words, *, over: bool = False) -> str:
    """How much time has passed; what most needs attention and what it would take."""
    lines = []
    counts = tally(judged)
    times = [one.assessment.t for one in judged if one.assessment.t is not None and not one.target.accumulates]
    if over:
        lines.append(w("overview.ended"))
    elif times:
        lines.append(w("overview.time", t=percent(max(times), 0)))
    unsaid = counts.among(WATCH), counts.among(OTHER)
    if not over and any(one.assessment.actual is not None for one in judged) and any(unsaid):
        lines.append(w("overview.besides", watch=unsaid[0], other=unsaid[1]))
    worst = attention(judged)
    for one in worst[:1]:
        done, needed = one.assessment.p, one.assessment.catch_up
        if done is not None:
            lines.append(w("overview.worst", name=one.commitment.name(w.language), p=percent(done)))
            lines.append(w("overview.worst_demand", catch_up=catch_up(one, needed, w)) if needed else w("app.stop"))
    return "".join(lines)
