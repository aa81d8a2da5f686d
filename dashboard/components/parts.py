"""Where a ratio's change came from: its numerator, its denominator, each with what it added."""

from __future__ import annotations

from dashboard.charts.frames import reported
from dashboard.components.markup import Cell, esc, heading, table
from dashboard.figures import change, day_name, number, short_change
from dashboard.i18n import Words
from indicators.contributions import Contributions, contributions, on_the_year
from indicators.definition import Part
from indicators.monitor import Judged

__all__ = ["contributed", "missing", "parts", "told"]


def contributed(one: Judged) -> list[Contributions]:
    """The latest change of a ratio in parts: against the same period of last year, and since the baseline."""
    definition, last = one.definition, one.latest
    if definition.numerator is None or last is None:
        return []
    comparable = [o for o in one.observations if one.indicator.comparable_between(o.definition, last.definition)]
    found = [on_the_year(comparable, last, factor=definition.factor)]
    first = reported(one).get(one.target.d0) if one.target.d0 else None
    if first is not None and first in comparable and first.period.end < last.period.end:
        since = contributions(first, last, factor=definition.factor)
        found += [since] if since and (found[0] is None or since.since != found[0].since) else []
    return [each for each in found if each is not None]


def told(one: Judged, w: Words) -> str:
    """A ratio's change in parts; nothing where they were not reported."""
    found = contributed(one)
    return parts(one, found, w) if found else ""


def missing(one: Judged, w: Words) -> str:
    """One line where a ratio has parts and they were not reported; empty elsewhere."""
    if one.definition.numerator is None or one.latest is None or contributed(one):
        return ""
    return f'<p class="zb-note">{esc(w("parts.missing"))}</p>'


def parts(one: Judged, found: list[Contributions], w: Words) -> str:
    """Each change in a sentence, and its two parts in a table."""
    return heading(w("parts.title"), w("parts.note")) + "".join(_told(one, each, w) for each in found)


def _told(one: Judged, each: Contributions, w: Words) -> str:
    definition = one.definition
    assert definition.numerator is not None and definition.denominator is not None
    measure = definition.measure
    line = w(
        "parts.change",
        since=day_name(each.since, w, measure=measure),
        until=day_name(each.until, w, measure=measure),
        change=change(each.change, definition, w, signed=True),
    )
    n0, n1, d0, d1 = each.counts
    rows = [
        _row(definition.numerator, "numerator", (n0, n1), short_change(each.numerator, definition, w), w),
        _row(definition.denominator, "denominator", (d0, d1), short_change(each.denominator, definition, w), w),
    ]
    header = [Cell(w("parts.part")), Cell(w("parts.counts"), "n"), Cell(w("parts.added"), "n")]
    return f'<p class="zb-text">{esc(line)}</p>' + table(header, rows)


def _row(part: Part, kind: str, counts: tuple[float, float], added: str, w: Words) -> list[Cell]:
    """A part's name, its counts before and after, what it added to the ratio."""
    digits = 0 if max(map(abs, counts)) >= 100 else 2
    before, after = (number(count, digits) for count in counts)
    return [
        Cell(w(f"parts.{kind}", name=part.name)),
        Cell(f"{before} → {after} {part.unit}", "n"),
        Cell(added, "n strong"),
    ]
