"""Indicator × period: how each target of a plan stood at the end of each quarter, a square a judgement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import groupby

from dashboard import session
from dashboard.charts.palette import STATUS
from dashboard.components.markup import attribute_chip, demo_mark, empty, esc, heading
from dashboard.figures import day_name
from dashboard.i18n import Words
from dashboard.session import View
from indicators.assessment import Assessment
from indicators.monitor import Judged
from indicators.rules import RuleSet, Status
from ingest import export

__all__ = ["csv_bytes", "grid"]

Course = Sequence[tuple[Judged, Sequence[Assessment]]]


def grid(days: Sequence[date], course: Course, rule: RuleSet, asked: View, w: Words, *, whose: str) -> str:
    """The table; each square opens the indicator as of that quarter. `whose`: the region's name."""
    chip = demo_mark(any(one.demonstrated for one, _ in course), w)
    title = heading(w("compare.heat", region=whose), w("compare.heat_note"), chips=chip)
    if not days or not course:
        return title + empty(w("compare.heat_empty"), w("compare.heat_empty_hint"))
    rows = "".join(_row(one, days, verdicts, rule, asked, w) for one, verdicts in course)
    head = _head(days, w)
    looks = {(v.status, _look(day, v)) for _, verdicts in course for day, v in zip(days, verdicts, strict=True)}
    hollow = w("compare.heat_hollow") if any(look == "kept" for _, look in looks) else ""
    return (
        f'{title}<div class="zb-heat" tabindex="0" role="region" aria-label="{esc(w("compare.heat", region=whose))}">'
        f"<table><thead>{head}</thead><tbody>{rows}</tbody></table></div>{_key(looks, rule, w)}"
        f'<p class="zb-note">{esc(w("compare.heat_kept") + hollow)}</p>'
    )


def _head(days: Sequence[date], w: Words) -> str:
    years = "".join(
        f'<th scope="colgroup" colspan="{len(list(ends))}">{year}</th>'
        for year, ends in groupby(days, lambda d: d.year)
    )
    quarters = "".join(
        f'<th scope="col" title="{esc(day_name(day, w))}">{day.month // 3}<span class="zb-unseen">'
        f"{esc(day_name(day, w))}</span></th>"
        for day in days
    )
    name = esc(w("compare.indicator"))
    return f'<tr><th scope="col" rowspan="2">{name}</th>{years}</tr><tr>{quarters}</tr>'


def _row(
    one: Judged,
    days: Sequence[date],
    verdicts: Sequence[Assessment],
    rule: RuleSet,
    asked: View,
    w: Words,
) -> str:
    name = one.commitment.name(w.language)
    address = session.href("indicator", asked.params(indicator=one.commitment.id))
    cells = "".join(
        f"<td>{_cell(one, day, verdict, rule, asked, w)}</td>" for day, verdict in zip(days, verdicts, strict=True)
    )
    chip = f" {attribute_chip(one, w)}" if one.binding else ""
    return f'<tr><th scope="row"><a href="{esc(address)}">{esc(name)}</a>{chip}</th>{cells}</tr>'


def _cell(one: Judged, day: date, verdict: Assessment, rule: RuleSet, asked: View, w: Words) -> str:
    """A square with icon and colour that opens the indicator as of that quarter."""
    code, actual, look = verdict.status, verdict.actual, _look(day, verdict)
    word = w("compare.cell", when=day_name(day, w), status=rule.word(code, w.language))
    if actual is not None and look == "kept":
        word += w("compare.cell_kept", when=day_name(actual.day, w, measure=one.definition.measure))
    address = session.href("indicator", asked.params(indicator=one.commitment.id, as_of=day))
    # the row's own link is the way for a keyboard: hundreds of stops would be none
    return (
        f'<a class="zb-s-{code} {look}" tabindex="-1" href="{esc(address)}" title="{esc(word)}"'
        f' aria-label="{esc(word)}">{STATUS[code].icon}</a>'
    )


def _look(day: date, verdict: Assessment) -> str:
    """Filled with a figure of that quarter, an outline while an earlier one is kept, a bare dash without any."""
    if verdict.status is Status.NO_DATA:
        return "bare"
    return "fresh" if verdict.actual is not None and verdict.actual.day == day else "kept"


def _key(looks: Collection[tuple[str, str]], rule: RuleSet, w: Words) -> str:
    """Icon and word of each status that occurs, looking as it occurs; filled where it does both ways."""
    kinds = {code: min(look for seen, look in looks if seen == code) for code, _ in looks}
    told = "".join(
        f'<span><i class="zb-s-{code} {kinds[code]}">{look.icon}</i>{esc(rule.word(code, w.language))}</span>'
        for code, look in STATUS.items()
        if code in kinds
    )
    return f'<div class="zb-key">{told}</div>'


def csv_bytes(days: Sequence[date], course: Course, rule: RuleSet) -> bytes:
    """Every judgement as CSV for Excel."""
    header = ["plan", "commitment", "indicator", "region", "as_of", "status", "data_end", "p", "gap_points", "origin"]
    return export.csv_bytes(header, _csv_rows(days, course, rule))


def _csv_rows(days: Sequence[date], course: Course, rule: RuleSet) -> Iterable[list[object]]:
    for one, verdicts in course:
        mine = [one.plan.id, one.commitment.id, one.commitment.name_zh, one.region]
        for day, verdict in zip(days, verdicts, strict=True):
            end = verdict.actual.day if verdict.actual else ""
            numbers = ["" if n is None else round(n, 6) for n in (verdict.p, verdict.gap_points)]
            origin = "demo" if one.demonstrated else "reported"
            yield [*mine, day, rule.word(verdict.status, "zh"), end, *numbers, origin]
