"""Targets in lists: counts by status, one square each, rows that open an indicator."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from dashboard import session
from dashboard.charts.palette import STATUS, Ground, status_colour
from dashboard.charts.spark import spark
from dashboard.components.markup import Cell, attribute_chip, demo_chip, esc, heading, status, table
from dashboard.figures import amount, change, day_name, number, short_change, target_text
from dashboard.i18n import Words
from dashboard.session import View
from dashboard.verdict import catch_up_parts
from indicators.assessment import Reason
from indicators.catalogue import Catalogue
from indicators.monitor import Judged, tally
from indicators.rules import RuleSet, Status

__all__ = ["attention_rows", "counts", "domain_name", "domains", "every_row", "final", "owners"]

_GOOD = (Status.EXCEEDED, Status.COMPLETED, Status.ACHIEVED_EARLY, Status.AHEAD, Status.ON_SCHEDULE)
_WATCH = (Status.NEARLY_COMPLETED, Status.WATCH)
_BAD = (Status.BEHIND, Status.FAR_BEHIND, Status.MISSED)
_OTHER = (Status.IN_PROGRESS, Status.NO_DATA, Status.NOT_ASSESSABLE)
_NAMED = 6  # names listed before “and so many more”
_ORDER = (*_GOOD, *_WATCH, *_BAD, *_OTHER)


def counts(judged: Sequence[Judged], rule: RuleSet, w: Words, ground: Ground) -> str:
    """A number for each status that occurs, and one square for each target, 约束性 framed and first."""
    counted = tally(judged)
    numbers = "".join(
        f'<div class="zb-count"><b style="color:{status_colour(code, ground)}">{counted.counts[code]}</b>'
        f"<span>{STATUS[code].icon} {esc(rule.word(code, w.language))}</span></div>"
        for code in _ORDER
        if code in counted.counts
    )
    ranked = sorted(judged, key=lambda one: (_ORDER.index(one.assessment.status), not one.binding))
    squares = "".join(_square(one, rule, w, ground) for one in ranked)
    binding = w(
        "overview.binding_count",
        total=sum(counted.binding.values()),
        on=counted.among(_GOOD, binding=True),
        off=counted.among(_BAD, binding=True),
    )
    return (
        f'<div class="zb-counts">{numbers}</div><div class="zb-squares">{squares}</div>'
        f'<div class="zb-note" style="margin-top:10px">{esc(binding)} · {esc(w("overview.squares"))}</div>'
    )


def _square(one: Judged, rule: RuleSet, w: Words, ground: Ground) -> str:
    code = one.assessment.status
    label = f"{one.commitment.name(w.language)}: {rule.word(code, w.language)}"
    kind = " binding" if one.binding else ""
    return (
        f'<span class="zb-square{kind}" style="background:{status_colour(code, ground)}" role="img"'
        f' title="{esc(label)}" aria-label="{esc(label)}">{STATUS[code].icon}</span>'
    )


def domain_name(domain: str, w: Words) -> str:
    """The domain in words; its id where an imported indicator brought one we have no words for."""
    return w(f"domain.{domain}") if f"domain.{domain}" in w else domain


def domains(judged: Iterable[Judged], w: Words) -> str:
    """Domain × status, as a table."""
    by_domain: dict[str, list[Judged]] = {}
    for one in judged:
        by_domain.setdefault(one.indicator.domain, []).append(one)
    groups = [("good", _GOOD), ("watch", _WATCH), ("bad", _BAD), ("other", _OTHER)]
    header = [Cell(w("overview.domain")), *(Cell(w(f"overview.{name}"), "n") for name, _ in groups)]
    rows = []
    for domain, mine in by_domain.items():
        counted = tally(mine)
        cells = [Cell(domain_name(domain, w))]
        for name, codes in groups:
            count = counted.among(codes)
            cells.append(Cell(count or "·", "n strong" if name == "bad" and count else "n"))
        rows.append(cells)
    return table(header, rows)


def final(judged: Sequence[Judged], asked: View, rule: RuleSet, w: Words) -> str:
    """The final words of a plan that is over, 约束性 apart, and whose last figures are missing; empty before."""
    if not judged or asked.as_of <= judged[0].plan.end:
        return ""
    counted = tally(judged)
    header = [Cell(""), Cell(w("overview.final_all"), "n"), Cell(w("overview.final_binding"), "n")]
    rows = [
        [Cell(rule.word(code, w.language)), Cell(counted.counts[code], "n"), Cell(counted.binding.get(code, 0), "n")]
        for code in _ORDER
        if code in counted.counts
    ]
    names = [o.commitment.name(w.language) for o in judged if o.assessment.reason is Reason.NO_FINAL_ACTUAL]
    told = ", ".join(names[:_NAMED])
    more = w("overview.missing_more", count=len(names)) if len(names) > _NAMED else ""
    missing = f'<p class="zb-note">{esc(w("overview.missing"))}: {esc(told)} {esc(more)}</p>' if names else ""
    return heading(w("overview.final"), w("overview.final_note")) + table(header, rows) + missing


def owners(judged: Iterable[Judged], catalogue: Catalogue, w: Words) -> str:
    """Who owes figures: targets of each owner whose data are up to date, overdue, or never came."""
    by_owner: dict[str, list[Judged]] = {}
    for one in judged:
        owner = catalogue.owner(one.plan, one.commitment)
        by_owner.setdefault(owner.name(w.language) if owner else w("indicator.none"), []).append(one)
    header = [Cell(w("overview.owner")), *(Cell(w(f"overview.{key}"), "n") for key in ("current", "overdue", "never"))]
    rows = []
    for owner_name, mine in by_owner.items():
        never = sum(one.assessment.actual is None for one in mine)
        overdue = sum(one.assessment.stale for one in mine)
        numbers = (len(mine) - never - overdue, overdue, never)
        rows.append([Cell(owner_name), *(Cell(count or "·", "n") for count in numbers)])
    return table(header, rows)


def _row(one: Judged, html: str, asked: View, w: Words, *, place: str) -> None:
    """A row with a link over the whole of it."""
    with st.container(key=f"row_{place}_{one.commitment.id}"):
        st.html(html)
        st.page_link(
            session.page("indicator"),
            label=one.commitment.name(w.language),
            query_params=asked.params(indicator=one.commitment.id),
            width="stretch",
        )


def _name(one: Judged, catalogue: Catalogue, w: Words) -> str:
    owner = catalogue.owner(one.plan, one.commitment)
    bits = [owner.name(w.language) if owner else "", _data_date(one, w)]
    name = esc(one.commitment.name(w.language))
    return (
        f'<div class="name-cell"><div class="name">{name} {attribute_chip(one, w)}</div>'
        f'<div class="sub">{esc(" · ".join(filter(None, bits)))} {demo_chip(one, w)}</div></div>'
    )


def _data_date(one: Judged, w: Words) -> str:
    actual = one.assessment.actual
    if actual is None:
        return ""
    when = day_name(actual.day, w, measure=one.definition.measure)
    return w("overview.stale" if one.assessment.stale else "overview.as_of_data", when=when)


def _units(gap: float, one: Judged, w: Words) -> str:
    """The gap in the unit; the unit itself only where it is short, as it is in Chinese."""
    whole = change(gap, one.definition, w, signed=True)
    return whole if w.chinese else short_change(gap, one.definition, w)


def _goal(one: Judged, w: Words) -> str:
    text = target_text(one.target.low, one.target.high, one.target.operator.value, one.definition)
    return w("overview.target") + " " + text + ("%" if one.definition.unit == "%" else "")


def attention_rows(
    judged: Sequence[Judged], catalogue: Catalogue, rule: RuleSet, asked: View, w: Words, ground: Ground
) -> None:
    """Ranked targets, each with spark, gap, catch-up, owner and status."""
    for one in judged:
        verdict = one.assessment
        colour = status_colour(verdict.status, ground)
        value = amount(verdict.actual.value, one.definition, w).split(" ")[0] if verdict.actual else "—"
        step, pace = catch_up_parts(one, verdict.catch_up, w) if verdict.catch_up else ("", "")
        points = "" if verdict.gap_points is None else number(verdict.gap_points, 1, signed=True)
        gap = w("overview.gap_points", gap=points) if points else ""
        units = "" if verdict.gap_units is None else _units(verdict.gap_units, one, w)
        needed = w("catch_up.row", step=step, pace=pace) if verdict.catch_up else ""
        html = (
            f'<div class="zb-row">{_name(one, catalogue, w)}'
            f'<div class="spark-cell">{spark(one, ground=ground)}</div>'
            f'<div class="num">{esc(value)}<small>{esc(_goal(one, w))}</small></div>'
            f'<div class="num" style="color:{colour}">{esc(gap)}<small>{esc(units)}</small></div>'
            f'<div class="demand">{esc(needed)}</div>'
            f'<div class="status-cell">{status(verdict.status, rule, w, ground)}</div></div>'
        )
        _row(one, html, asked, w, place="attention")


def every_row(
    judged: Sequence[Judged], catalogue: Catalogue, rule: RuleSet, asked: View, w: Words, ground: Ground
) -> None:
    """All targets in the plan's order, plainly."""
    for one in judged:
        verdict = one.assessment
        value = amount(verdict.actual.value, one.definition, w).split(" ")[0] if verdict.actual else "—"
        gap = "" if verdict.gap_points is None else number(verdict.gap_points, 1, signed=True)
        gap = w("overview.gap_points", gap=gap) if gap else ""
        html = (
            f'<div class="zb-row plain">{_name(one, catalogue, w)}'
            f'<div class="spark-cell">{spark(one, ground=ground)}</div>'
            f'<div class="num">{esc(value)}<small>{esc(_goal(one, w))}</small></div>'
            f'<div class="num">{esc(gap)}</div>'
            f'<div class="status-cell">{status(verdict.status, rule, w, ground)}</div></div>'
        )
        _row(one, html, asked, w, place="all")
