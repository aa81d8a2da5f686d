"""A plan's targets counted: by status, a square each, by domain, and in final words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboard import session
from dashboard.charts.palette import STATUS
from dashboard.components.markup import Cell, esc, heading, table
from dashboard.i18n import Words
from dashboard.session import View
from dashboard.verdict import BAD, GOOD, OTHER, WATCH
from indicators.assessment import Reason
from indicators.monitor import Judged, Tally, tally
from indicators.rules import RuleSet, Status

__all__ = ["counts", "domain_name", "domains", "final"]

_NAMED = 6  # names listed before “and so many more”
_ORDER = (*GOOD, *WATCH, *BAD, *OTHER)


def counts(judged: Sequence[Judged], rule: RuleSet, asked: View, w: Words) -> str:
    """A number for each status that occurs, and one square for each target, 约束性 framed and first."""
    counted = tally(judged)
    numbers = "".join(
        f'<div class="zb-count zb-s-{code}"><b>{counted.counts[code]}</b>'
        f"<span>{STATUS[code].icon} {esc(rule.word(code, w.language))}</span></div>"
        for code in _ORDER
        if code in counted.counts
    )
    ranked = sorted(judged, key=lambda one: (_ORDER.index(one.assessment.status), not one.binding))
    squares = "".join(_square(one, rule, asked, w) for one in ranked)
    return (
        f'<div class="zb-counts">{numbers}</div><div class="zb-squares">{squares}</div>'
        f'<p class="zb-note">{esc(_binding(counted, w))}</p>'
    )


def _binding(counted: Tally, w: Words) -> str:
    """How the 约束性 targets stand, where there are some; they are framed."""
    total = sum(counted.binding.values())
    if not total:
        return w("overview.squares_plain")
    on, off = counted.among(GOOD, binding=True), counted.among(BAD, binding=True)
    told = w("overview.binding_count", total=total, on=on, off=off, other=total - on - off)
    return told + w("overview.squares")


def _square(one: Judged, rule: RuleSet, asked: View, w: Words) -> str:
    """A target as a square that opens its page."""
    code = one.assessment.status
    label = f"{one.commitment.name(w.language)}: {rule.word(code, w.language)}"
    kind = " binding" if one.binding else ""
    there = session.href("indicator", asked.params(indicator=one.commitment.id))
    return (
        f'<a class="zb-square zb-s-{code}{kind}" href="{esc(there)}" title="{esc(label)}" aria-label="{esc(label)}">'
        f"{STATUS[code].icon}</a>"
    )


def domain_name(domain: str, w: Words) -> str:
    """The domain in words; its id where an imported indicator brought one we have no words for."""
    return w(f"domain.{domain}") if f"domain.{domain}" in w else domain


def domains(judged: Iterable[Judged], w: Words) -> str:
    """Domain × status, as a table."""
    by_domain: dict[str, list[Judged]] = {}
    for one in judged:
        by_domain.setdefault(one.indicator.domain, []).append(one)
    groups = [("good", GOOD), ("watch", WATCH), ("bad", BAD), ("other", OTHER)]
    header = [Cell(w("overview.domain")), *(Cell(w(f"overview.{name}")) for name, _ in groups)]
    rows = []
    for domain, mine in by_domain.items():
        counted = tally(mine)
        cells = [Cell(domain_name(domain, w))]
        for name, codes in groups:
            count = counted.among(codes)
            told = f"{count or '·'}{_dots(mine, codes)}"
            cells.append(Cell(told, "strong nowrap" if name == "bad" and count else "nowrap", markup=True))
        rows.append(cells)
    return table(header, rows)


def _dots(judged: Sequence[Judged], codes: Sequence[Status]) -> str:
    """The same count to the eye: one small mark a target, in its status's colour."""
    statuses = [code for code in codes for one in judged if one.assessment.status is code]
    return (
        f'<span class="zb-dots" aria-hidden="true">{"".join(f"<i class=zb-s-{code}></i>" for code in statuses)}</span>'
    )


def final(judged: Sequence[Judged], asked: View, rule: RuleSet, w: Words) -> str:
    """The final words of a plan that is over, 约束性 apart, and whose last figures are missing; empty before."""
    if not judged or asked.as_of <= judged[0].plan.end:
        return ""
    counted = tally(judged)
    header = [
        Cell(w("overview.column_status")),
        Cell(w("overview.final_all"), "n"),
        Cell(w("overview.final_binding"), "n"),
    ]
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
