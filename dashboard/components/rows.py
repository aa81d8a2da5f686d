"""Targets in rows: what needs attention with all that is needed to ask for it, and every target in the plan's order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dashboard import session
from dashboard.charts.palette import Ground
from dashboard.charts.spark import spark
from dashboard.components.markup import attribute_chip, demo_chip, esc, status
from dashboard.components.reasons import reason_line
from dashboard.figures import amount, change, day_name, number, short_change, target_text
from dashboard.i18n import Words
from dashboard.session import View
from dashboard.verdict import catch_up_parts
from indicators.assessment import Reason
from indicators.catalogue import Catalogue
from indicators.monitor import Judged
from indicators.rules import RuleSet

__all__ = ["attention", "every"]

_SHORT = 6  # letters of a unit that stands beside its number in a list


def attention(
    judged: Sequence[Judged],
    catalogue: Catalogue,
    rule: RuleSet,
    asked: View,
    w: Words,
    *,
    ground: Ground,
    reasons: Mapping[tuple[str, str], str],
) -> str:
    """Ranked targets, each with spark, gap, catch-up, owner, status, and under it the reason its owner gave.

    `reasons`: by indicator and region, ready markup.
    """
    columns = ("name", "spark", "actual", "gap", "needed", "status")
    said = [reasons.get((one.indicator.id, one.region)) or reason_line(None, w) for one in judged]
    drawn = [_urgent(one, catalogue, rule, asked, w, ground, text) for one, text in zip(judged, said, strict=True)]
    return _list(drawn, columns, w, kind="urgent")


def every(
    judged: Sequence[Judged], catalogue: Catalogue, rule: RuleSet, asked: View, w: Words, *, ground: Ground
) -> str:
    """All targets in the plan's order, plainly."""
    columns = ("name", "spark", "actual", "gap", "status")
    return _list([_plain(one, catalogue, rule, asked, w, ground) for one in judged], columns, w, kind="plain")


def _list(rows: Iterable[str], columns: Iterable[str], w: Words, *, kind: str) -> str:
    head = "".join(f'<span class="{name}">{esc(w(f"overview.column_{name}"))}</span>' for name in columns)
    body = "".join(f"<li>{row}</li>" for row in rows)
    return f'<div class="zb-row head {kind}" aria-hidden="true">{head}</div><ol class="zb-rows {kind}">{body}</ol>'


def _urgent(
    one: Judged, catalogue: Catalogue, rule: RuleSet, asked: View, w: Words, ground: Ground, reason: str
) -> str:
    verdict = one.assessment
    step, pace = catch_up_parts(one, verdict.catch_up, w) if verdict.catch_up else ("", "")
    needed = w("catch_up.row", step=step, pace=pace) if verdict.catch_up else ""
    units = "" if verdict.gap_units is None else w("overview.value_gap", gap=_units(verdict.gap_units, one, w))
    return (
        f'<div class="zb-row urgent">{_name(one, catalogue, asked, w)}'
        f'<div class="spark">{spark(one, ground=ground)}</div>{_actual(one, w)}'
        f'<div class="num gap zb-s-{verdict.status}">{esc(_gap(one, w))}<small>{esc(units)}</small></div>'
        f'<div class="needed">{esc(needed)}</div>'
        f'<div class="status">{status(verdict.status, rule, w)}{_when_last_seen(one, rule, w)}</div>{reason}</div>'
    )


def _plain(one: Judged, catalogue: Catalogue, rule: RuleSet, asked: View, w: Words, ground: Ground) -> str:
    return (
        f'<div class="zb-row plain">{_name(one, catalogue, asked, w)}'
        f'<div class="spark">{spark(one, ground=ground)}</div>{_actual(one, w)}'
        f'<div class="num gap">{esc(_gap(one, w))}{_unjudged(one, w)}</div>'
        f'<div class="status">{status(one.assessment.status, rule, w)}</div></div>'
    )


def _name(one: Judged, catalogue: Catalogue, asked: View, w: Words) -> str:
    """The name, which opens the target's page, and under it who owes it and what the figure is of."""
    owner = catalogue.owner(one.plan, one.commitment)
    whole = catalogue.indicators.get(one.indicator.part_of)
    part = w("overview.part_of", total=whole.name(w.language)) if whole else ""
    bits = [part, owner.name(w.language) if owner else "", _data_date(one, w)]
    there = esc(session.href("indicator", asked.params(indicator=one.commitment.id)))
    return (
        f'<div class="name"><a href="{there}">{esc(one.commitment.name(w.language))}</a> {attribute_chip(one, w)}'
        f'<div class="sub">{esc(" · ".join(filter(None, bits)))} {demo_chip(one, w)}</div></div>'
    )


def _data_date(one: Judged, w: Words) -> str:
    actual = one.assessment.actual
    if actual is None:
        return ""
    when = day_name(actual.day, w, measure=one.definition.measure)
    return w("overview.stale" if one.assessment.stale else "overview.as_of_data", when=when)


def _actual(one: Judged, w: Words) -> str:
    actual = one.assessment.actual
    value = amount(actual.value, one.definition, w).split(" ")[0] if actual else "—"
    return f'<div class="num actual">{esc(value)}<small>{esc(_goal(one, w))}</small></div>'


def _goal(one: Judged, w: Words) -> str:
    text = target_text(one.target.low, one.target.high, one.target.operator.value, one.definition)
    unit = one.definition.unit if w.chinese else one.definition.unit_en or one.definition.unit
    beside = "%" if one.definition.unit == "%" else f" {unit}" if len(unit) <= _SHORT else ""
    return w("overview.target") + " " + text + beside


def _gap(one: Judged, w: Words) -> str:
    points = one.assessment.gap_points
    return "" if points is None else w("overview.gap_points", gap=number(points, 1, signed=True))


def _when_last_seen(one: Judged, rule: RuleSet, w: Words) -> str:
    """The status by the data there are, where the last figure is missing."""
    verdict = one.assessment
    if verdict.earlier is None or verdict.actual is None:
        return ""
    when = day_name(verdict.actual.day, w, measure=one.definition.measure)
    return f"<small>{esc(w('overview.as_then', when=when))}</small>{status(verdict.earlier, rule, w)}"


def _unjudged(one: Judged, w: Words) -> str:
    """Why there is no gap, where a baseline is what is missing."""
    verdict = one.assessment
    missing = verdict.reason is Reason.BASELINE_MISSING and verdict.gap_points is None and verdict.actual is not None
    return f"<small>{esc(w('overview.no_baseline'))}</small>" if missing else ""


def _units(gap: float, one: Judged, w: Words) -> str:
    """The gap in the unit; the unit itself only where it is short, as it is in Chinese."""
    whole = change(gap, one.definition, w, signed=True)
    return whole if w.chinese else short_change(gap, one.definition, w)
