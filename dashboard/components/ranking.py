"""Who stands where: places ranked with what the usual revision leaves open, and what districts amount to."""

from __future__ import annotations

from dashboard.charts.palette import Ground
from dashboard.charts.ranking import Axis, axis_of, bar
from dashboard.components.markup import Cell, demo_mark, esc, heading, status, table
from dashboard.figures import amount, change, day_name, number
from dashboard.i18n import Words
from dashboard.standings import difference, gap_text, goal, left_out, name, place, rolled, sums, total_name, unit, when
from indicators.abreast import Abreast, By, Panel
from indicators.catalogue import Catalogue
from indicators.rollup import Obstacle
from indicators.rules import RuleSet

__all__ = ["ranked", "rollup"]

_NEAR_END = 75  # percent of the axis: beyond it the target's label stands where the end's would


def ranked(found: Abreast, rule: RuleSet, w: Words, ground: Ground) -> str:
    """The ranking as a table with a picture in each row, worst first; who is not in it, and why."""
    if not found.listed:
        return _without(found, w)
    axis = axis_of(found)
    header = [
        *(Cell(w("compare.rank_head"), "nowrap"), Cell(w("compare.place"))),
        Cell(_axis(axis, found, w), "bar", markup=True),
        *(Cell(w("compare.value"), "n"), Cell(w("compare.gap"), "n")),
        Cell(w("indicator.period"), "when"),
    ]
    rows = [_row(panel, axis, found, rule, w, ground) for panel in found.worst_first]
    note = f'<p class="zb-note">{esc(_note(found, w))}</p>'
    called = w("compare.ranking" if found.ranked else "compare.unordered", unit=unit(found, w))
    chips = "" if _mixed(found) else demo_mark(found.demonstrated, w)
    title = heading(called, w("compare.ranking_note") if found.ranked else "", chips=chips)
    return f'{title}<div class="zb-ranking">{table(header, rows)}</div>{note}{_without(found, w)}'


def _note(found: Abreast, w: Words) -> str:
    apart = w("compare.unplaced") if any(p.rank is None for p in found.listed) else ""
    return w("compare.whisker") + (w("compare.whisker_tied") if found.ranked else "") + apart


def _mixed(found: Abreast) -> bool:
    """Whether it has to be told row by row which figures are generated."""
    return found.by is By.PLANS or len({p.demonstrated for p in found.listed}) > 1


def _row(panel: Panel, axis: Axis, found: Abreast, rule: RuleSet, w: Words, ground: Ground) -> list[Cell]:
    assert panel.value is not None
    picture = f'<img class="zb-dotted" alt="" src="{bar(panel, axis, ground=ground)}">'
    spread = change(panel.spread, found.definition, w).split(" ")[0]
    value = f"<b>{esc(number(panel.value, found.definition.decimals))}</b> <small>±{esc(spread)}</small>"
    other = panel.day != found.day
    period = esc(when(panel, found, w))
    return [
        Cell(_place(panel, w), "nowrap", markup=True),
        Cell(_name(panel, found, w), "who", markup=True),
        Cell(picture, "bar", markup=True),
        Cell(value, "n", markup=True),
        Cell(_gap(panel, found, rule, w), "n", markup=True),
        Cell(f'<span class="zb-tag warning">{period}</span>' if other else period, "when", markup=True),
    ]


def _place(panel: Panel, w: Words) -> str:
    """The rank, or a dash that says why there is none."""
    told = esc(place(panel.rank, w))
    return told if panel.left_out is None else f'<span title="{esc(left_out(panel, w))}">{told}</span>'


def _name(panel: Panel, found: Abreast, w: Words) -> str:
    """The place, its mark, its plan, and on a phone its period, which has no column there."""
    chip = demo_mark(panel.demonstrated and _mixed(found), w)
    plan = f"<br><small>{esc(panel.plan.short(w.language))}</small>" if panel.plan else ""
    late = " other" if panel.day != found.day else ""
    period = f'<br><small class="period{late}">{esc(when(panel, found, w))}</small>'
    return f"<b>{esc(panel.region.name(w.language))}</b>{f' {chip}' if chip else ''}{plan}{period}"


def _gap(panel: Panel, found: Abreast, rule: RuleSet, w: Words) -> str:
    """The distance to the target; of a plan's own target the status too."""
    told = esc(gap_text(panel, found, w)) or "—"
    if panel.verdict is None:
        return told
    return f"{told} {status(panel.verdict.status, rule, w)}"


def _axis(axis: Axis, found: Abreast, w: Words) -> str:
    """The ends of the axis and the target's place on it."""
    high = number(axis.high, 0 if axis.high >= 10 else 1)
    marks = f'<span style="left:{axis.at(0.0):.1f}%">0</span>'
    if axis.target is None or axis.at(axis.target) < _NEAR_END:
        marks += f'<span class="end">{esc(high)}</span>'
    if axis.target is not None:
        label = w("compare.goal", value=goal(found.listed[0], found))
        side = "goal right" if axis.at(axis.target) > 50 else "goal"
        marks += f'<span class="{side}" style="left:{axis.at(axis.target):.1f}%">{esc(label)}</span>'
    return f'<div class="zb-axis">{marks}</div>'


def _without(found: Abreast, w: Words) -> str:
    """The places that are not in the table, each with the reason."""
    apart = [p for p in found.panels if p not in found.listed]
    if not apart:
        return ""
    reasons: dict[str, list[str]] = {}
    for panel in apart:
        reasons.setdefault(left_out(panel, w), []).append(name(panel, w))
    told = "".join(
        f"<li><b>{esc(why)}</b> {esc(w('compare.comma').join(names))}</li>" for why, names in reasons.items()
    )
    return f'{heading(w("compare.unranked"))}<ul class="zb-unranked">{told}</ul>'


def rollup(found: Abreast, catalogue: Catalogue, w: Words) -> str:
    """The city's own figure, what its districts amount to, the difference, and which holds. '' without districts."""
    rolled_up = found.rollup
    if rolled_up is None:
        return ""
    own = "—" if rolled_up.own is None else amount(rolled_up.own.value, found.definition, w)
    total = "—" if rolled_up.total is None else amount(rolled_up.total, found.definition, w)
    facts = [
        (w("compare.own"), own, ""),
        (total_name(rolled_up, found, w), total, sums(rolled_up, found, w)),
        (w("compare.difference"), difference(rolled_up, found, w), ""),
    ]
    cells = "".join(
        f'<div class="zb-fact"><span>{esc(what)}</span><b>{esc(value)}</b><small>{esc(note)}</small></div>'
        for what, value, note in facts
    )
    at_fault = rolled_up.bare if rolled_up.obstacle is Obstacle.BARE else rolled_up.missing
    names = [catalogue.regions[code].name(w.language) for code in at_fault]
    period = day_name(rolled_up.day, w, measure=found.definition.measure)
    return (
        f'{heading(w("compare.rollup"), period)}<div class="zb-facts zb-rollup">{cells}</div>'
        f'<p class="zb-note">{esc(rolled(rolled_up, found, names, w))}</p>'
    )
