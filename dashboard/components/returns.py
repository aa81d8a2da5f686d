"""A return on screen: its problems by cell, the difference it would make, where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from dashboard import session
from dashboard.charts.palette import Ground
from dashboard.components.markup import Cell, esc, heading, status, table
from dashboard.figures import calendar, hour, number
from dashboard.i18n import Words
from indicators.catalogue import Catalogue
from indicators.period import Period
from indicators.problem import Problem, Severity
from ingest.check import Checked
from ingest.consequences import StatusChange
from ingest.due import at_office
from ingest.release import DEFAULT_RULE
from ingest.submission import State
from ingest.words import explain, report

__all__ = ["difference", "effects", "explanations", "findings", "matters", "moment", "problems", "tag", "verdict"]

_SHOWN = 50  # rows of a difference; the rest are counted


def verdict(checked: Checked, w: Words) -> tuple[bool, str]:
    """(accepted, one line that says so)."""
    if checked.accepted:
        counts = {kind: checked.count(kind) for kind in ("new", "changed", "unchanged")}
        return True, w("submit.accepted", rows=checked.rows, **counts)
    return False, w("submit.refused", count=checked.blocking)


def problems(checked: Checked, w: Words) -> str:
    """What refuses a file, beside its cells; what was only noticed is folded away under it."""
    shown = report(checked.problems)
    if not shown:
        return ""
    asked = [one for one in shown if one["severity"] != Severity.NOTICE.value]
    noticed = [one for one in shown if one["severity"] == Severity.NOTICE.value]
    counted = w("submit.problems_shown", total=len(checked.problems), shown=len(shown))
    title = heading(w("submit.problems"), counted)
    if not asked:
        return title + _table(noticed, w)
    folded = f"<summary>{esc(w('submit.noticed', count=len(noticed)))}</summary>{_table(noticed, w)}"
    return title + _table(asked, w) + (f'<details class="zb-steps">{folded}</details>' if noticed else "")


def _table(found: Sequence[Mapping[str, Any]], w: Words) -> str:
    """How grave, where, what was found, how to mend it; the sheet too where there are several."""
    sheets = len({problem["sheet"] for problem in found}) > 1
    header = [
        Cell(w("duty.state")),
        *([Cell(w("submit.sheet"))] if sheets else []),
        Cell(w("submit.row"), "n"),
        Cell(w("submit.column")),
        Cell(w("submit.found"), "wide"),
        Cell(w("submit.mend")),
    ]
    rows = [
        [
            Cell(_severity(problem, w), "nowrap", markup=True),
            *([Cell(problem["sheet"] or "—", "nowrap")] if sheets else []),
            Cell(problem["row"] or "—", "n strong"),
            Cell(problem["column"] or "—", "nowrap"),
            Cell(problem["found"] or "—", "wide"),
            Cell(problem[w.language]),
        ]
        for problem in found
    ]
    return table(header, rows, fold=True)


def _severity(problem: Mapping[str, Any], w: Words) -> str:
    key = "explained" if problem["explained"] else f"severity_{problem['severity']}"
    kind = "notice" if problem["explained"] else problem["severity"]
    return f'<span class="zb-tag {kind}">{esc(w(f"submit.{key}"))}</span>'


def difference(figures: pl.DataFrame, catalogue: Catalogue, w: Words) -> str:
    """What would change: indicator, region, period, old and new value with the difference. Changes come first."""
    if figures.is_empty():
        return ""
    order = pl.col("change").replace_strict(
        {"changed": 0, "new": 1, "waiting": 2, "unchanged": 3}, return_dtype=pl.Int8
    )
    ranked = figures.sort(order, "row")
    header = [
        Cell(w("duty.state")),
        Cell(w("indicator.choose")),
        Cell(w("indicator.period")),
        Cell(w("submit.before"), "n"),
        Cell(w("submit.after"), "n"),
        Cell(w("submit.delta"), "n"),
    ]
    rows = [_changed(row, catalogue, w) for row in ranked.head(_SHOWN).iter_rows(named=True)]
    more = figures.height - _SHOWN
    rest = f'<p class="zb-note">{esc(w("submit.more", count=more))}</p>' if more > 0 else ""
    return heading(w("submit.difference")) + table(header, rows, fold=True) + rest


def _changed(row: Mapping[str, Any], catalogue: Catalogue, w: Words) -> Sequence[Cell]:
    indicator = catalogue.indicators[row["indicator"]]
    decimals = indicator.definition_at(row["period_end"]).decimals
    before, after = row["known_value"], row["value"]
    delta = None if before is None or after is None else after - before
    region = catalogue.regions[row["region"]].name(w.language)
    kind = {"new": "notice", "changed": "warning", "waiting": "", "unchanged": ""}[row["change"]]
    tag = f'<span class="zb-tag {kind}">{esc(w("submit.change_" + row["change"]))}</span>'
    return [
        Cell(tag, "nowrap", markup=True),
        Cell(f"{indicator.name(w.language)} · {region}"),
        Cell(Period.parse(row["period"]).name(w.language), "nowrap"),
        Cell("—" if before is None else number(before, decimals), "n"),
        Cell("…" if after is None else number(after, decimals), "n strong"),
        Cell("—" if delta is None else number(delta, decimals, signed=True), "n"),
    ]


def effects(changes: Sequence[StatusChange], w: Words, ground: Ground) -> str:
    """The targets whose status would change, from what to what."""
    if not changes:
        return f'<p class="zb-note">{esc(w("effect.none"))}</p>'
    known = session.catalogue()
    rule = known.rules[DEFAULT_RULE]
    header = [Cell(w("effect.target")), Cell(w("effect.before")), Cell(w("effect.after"))]
    rows = [
        [
            Cell(_target(change, known, w)),
            Cell(status(change.before, rule, w), "nowrap", markup=True),
            Cell(status(change.after, rule, w), "nowrap", markup=True),
        ]
        for change in changes
    ]
    return heading(w("effect.title")) + table(header, rows, fold=True)


def _target(change: StatusChange, known: Catalogue, w: Words) -> str:
    region = known.regions[change.region].name(w.language)
    return f"{change.commitment.name(w.language)} · {region} · {change.plan.short(w.language)}"


def matters(reported: pl.DataFrame, w: Words) -> str:
    """Milestones and tasks as reported: where they stand, since when, and what shows it."""
    if reported.is_empty():
        return ""
    known = session.catalogue()
    names = {(p.id, c.id): c.name(w.language) for p in known.plans.values() for c in p.commitments}
    header = [Cell(w("matter.name")), Cell(w("matter.state")), Cell(w("matter.done_on")), Cell(w("matter.evidence"))]
    rows = [
        [
            Cell(names.get((row["plan"], row["commitment"]), row["commitment"])),
            Cell(w(f"matter.{row['state']}"), "nowrap strong"),
            Cell(row["done_on"] or "—", "nowrap"),
            Cell(" · ".join(filter(None, (row["evidence"], row["note"]))) or "—"),
        ]
        for row in reported.head(_SHOWN).iter_rows(named=True)
    ]
    return heading(w("matter.title")) + table(header, rows, fold=True)


def explanations(given: pl.DataFrame, w: Words) -> str:
    """What is said of indicators that lag: progress, reason, measures."""
    if given.is_empty():
        return ""
    known = session.catalogue().indicators
    header = [Cell(w("indicator.choose")), *(Cell(w(f"lag.{part}")) for part in ("progress", "reason", "measures"))]
    rows = [
        [
            Cell(known[row["indicator"]].name(w.language)),
            Cell(row["progress"]),
            Cell(row["reason"]),
            Cell(row["measures"]),
        ]
        for row in given.head(_SHOWN).iter_rows(named=True)
    ]
    return heading(w("lag.title")) + table(header, rows, fold=True)


def findings(found: Sequence[Problem], notes: Mapping[int, str], w: Words) -> str:
    """What the check asked and the sender explained, question and answer side by side."""
    if not found:
        return ""
    header = [Cell(w("submit.row"), "n"), Cell(w("submit.found")), Cell(w("review.asked")), Cell(w("review.answer"))]
    rows = [
        [
            Cell(told["row"] or "—", "n"),
            Cell(told["found"] or "—"),
            Cell(told[w.language]),
            Cell(notes.get(problem.row or 0, "—"), "strong"),
        ]
        for problem, told in ((problem, explain(problem)) for problem in found[:_SHOWN])
    ]
    return heading(w("review.findings"), w("review.findings_note", count=len(found))) + table(header, rows, fold=True)


def day(at: Any, w: Words) -> str:
    """The day of a time of the store where the office is, in the manner of a language."""
    return calendar(at_office(at, session.place().settings.timezone).date(), w)


def moment(at: Any, w: Words | None = None, *, seconds: bool = False) -> str:
    """A time of the store where the office is: in the manner of a language, or for machines."""
    there = at_office(at, session.place().settings.timezone)
    if w is not None:
        return hour(there, w) + (f":{there:%S}" if seconds else "")
    return f"{there:{'%Y-%m-%d %H:%M:%S' if seconds else '%Y-%m-%d %H:%M'}}"


_TAGS = {
    State.NOT_SENT: "",
    State.DRAFT: "notice",
    State.WAITING: "notice",
    State.RETURNED: "warning",
    State.APPROVED: "good",
    State.RELEASED: "good",
    State.ARCHIVED: "good",
    State.WITHDRAWN: "",
    State.VOIDED: "",
}


def tag(state: State, w: Words) -> str:
    """A state as a small mark with its word."""
    return f'<span class="zb-tag {_TAGS[state]}">{esc(state.called(w.language))}</span>'
