"""A return on screen: its problems by cell, the difference it would make, where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from dashboard import session
from dashboard.components.markup import Cell, empty, esc, heading, table
from dashboard.figures import number
from dashboard.i18n import Words
from indicators.catalogue import Catalogue
from indicators.period import Period
from ingest.check import Checked
from ingest.submission import state_of
from ingest.words import report

__all__ = ["difference", "moment", "problems", "submissions", "verdict"]

_SHOWN = 50  # rows of a difference; the rest are counted


def verdict(checked: Checked, w: Words) -> tuple[bool, str]:
    """(accepted, one line that says so)."""
    if checked.accepted:
        counts = {kind: checked.count(kind) for kind in ("new", "changed", "unchanged")}
        return True, w("submit.accepted", rows=checked.rows, **counts)
    return False, w("submit.refused", count=sum(problem.blocks for problem in checked.problems))


def problems(checked: Checked, w: Words) -> str:
    """Every problem beside its cell: how grave, row, column, what was found, how to mend it."""
    shown = report(checked.problems)
    if not shown:
        return ""
    header = [
        Cell(""),
        Cell(w("submit.row"), "n"),
        Cell(w("submit.column")),
        Cell(w("submit.found"), "wide"),
        Cell(w("submit.mend")),
    ]
    rows = [
        [
            Cell(_severity(problem, w), "nowrap", markup=True),
            Cell(problem["row"] or "—", "n strong"),
            Cell(problem["column"] or "—", "nowrap"),
            Cell(problem["found"] or "—", "wide"),
            Cell(problem[w.language]),
        ]
        for problem in shown
    ]
    counted = w("submit.problems_shown", total=len(checked.problems), shown=len(shown))
    return heading(w("submit.problems"), counted) + table(header, rows)


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
        Cell(""),
        Cell(w("indicator.choose")),
        Cell(w("indicator.period")),
        Cell(w("submit.before"), "n"),
        Cell(w("submit.after"), "n"),
        Cell(w("submit.delta"), "n"),
    ]
    rows = [_changed(row, catalogue, w) for row in ranked.head(_SHOWN).iter_rows(named=True)]
    more = figures.height - _SHOWN
    rest = f'<p class="zb-note">{esc(w("submit.more", count=more))}</p>' if more > 0 else ""
    return heading(w("submit.difference")) + table(header, rows) + rest


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


def moment(at: Any) -> str:
    """A time of the store where the office is."""
    zone = ZoneInfo(session.place().settings.timezone)
    return f"{at.replace(tzinfo=ZoneInfo('UTC')).astimezone(zone):%Y-%m-%d %H:%M}"


def submissions(frame: pl.DataFrame, w: Words) -> str:
    """A list of submissions with their state."""
    if frame.is_empty():
        return empty(w("submit.none_yet"), w("submit.none_yet_hint"))
    header = [
        Cell(w("review.when")),
        Cell(w("indicator.submitted_by")),
        Cell(w("review.figures"), "n"),
        Cell(w("indicator.state")),
        Cell(w("review.note"), "wide"),
    ]
    rows = [
        [
            Cell(moment(row["recorded_at"]), "nowrap"),
            Cell(f"{row['submitted_by']} · {row['file_name']}"),
            Cell(row["rows"], "n"),
            Cell(w(f"state.{state_of(row['decision'], row['released'])}"), "strong"),
            Cell(row["reason"], "wide"),
        ]
        for row in frame.head(20).iter_rows(named=True)
    ]
    return table(header, rows)
