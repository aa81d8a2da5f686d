"""What stands beside an indicator's chart: what the status rests on, the plan's own words, what is measured."""

from __future__ import annotations

from itertools import pairwise

from dashboard.components.markup import esc, heading
from dashboard.figures import change, day_name, number, percent
from dashboard.i18n import Words
from dashboard.verdict import OTHER, catch_up_parts, firmness
from indicators.catalogue import Catalogue
from indicators.definition import Definition, Indicator
from indicators.monitor import Judged
from indicators.rules import RuleSet

__all__ = ["definition", "firm_chip", "quantities", "quote"]

_TOLD = ("text_zh", "unit", "decimals", "measure", "direction", "frequency", "aggregation", "numerator", "denominator")


def firm_chip(one: Judged, w: Words) -> str:
    """Whether the verdict would stand, as a word beside the name; why on hovering. Nothing where nothing is judged."""
    if not classed(one):
        return ""
    key, (_, why) = one.assessment.firmness, firmness(one, w)
    return f'<span class="zb-chip firm-{key}" title="{esc(why)}">{esc(w(f"firmness.chip_{key}"))}</span>'


def classed(one: Judged) -> bool:
    """Whether a class was given that could be another: not while nothing is judged."""
    return one.assessment.actual is not None and one.assessment.status not in OTHER


def quantities(one: Judged, rule: RuleSet, w: Words) -> str:
    """p, t, catch-up and firmness: what the status rests on."""
    verdict, definition = one.assessment, one.definition
    dash = w("indicator.none")
    when = day_name(verdict.actual.day, w, measure=definition.measure) if verdict.actual else dash
    facts = [_completion(one, w)]
    t_note = w("indicator.schedule_note", when=when)
    facts.append((w("indicator.schedule"), dash if verdict.t is None else percent(verdict.t), t_note))
    if verdict.catch_up is not None:
        step, pace = catch_up_parts(one, verdict.catch_up, w)
        facts.append((w("indicator.catch_up"), step, pace))
    else:
        met = verdict.actual is not None and one.target.met(verdict.actual.value)
        facts.append((w("indicator.catch_up"), w("indicator.met_already" if met else "indicator.nothing_needed"), ""))
    if classed(one):
        word, why = firmness(one, w)
        facts.append((w("indicator.firmness"), word, why))
    cells = "".join(
        f'<div class="zb-fact"><span>{esc(name)}</span><b>{esc(value)}</b><small>{esc(note)}</small></div>'
        for name, value, note in facts
    )
    name = rule.name.zh if w.chinese else rule.name.en
    note = w("indicator.rule_note", rule=name, version=rule.version)
    return f'{heading(w("indicator.quantities"), note)}<div class="zb-facts" style="margin-top:12px">{cells}</div>'


def _completion(one: Judged, w: Words) -> tuple[str, str, str]:
    """Completion where it is defined; else the shortfall or the level, each by its own name."""
    verdict, definition = one.assessment, one.definition
    if verdict.p is not None and verdict.actual is not None:
        judged = verdict.target
        a, b, goal = (
            number(v or 0.0, definition.decimals) for v in (verdict.actual.value, judged.baseline, judged.low)
        )
        return w("indicator.completion"), percent(verdict.p), f"({a}−{b})/({goal}−{b})"
    if one.target.maintained or one.target.already_beyond:
        margin = "—" if verdict.gap_units is None else change(verdict.gap_units, definition, w, signed=True)
        return w("indicator.shortfall"), margin, w("indicator.shortfall_note")
    if verdict.level is not None:
        return w("indicator.level"), percent(verdict.level), w("indicator.level_note")
    return w("indicator.completion"), w("indicator.none"), ""


def quote(one: Judged, w: Words) -> str:
    """The plan's own words, and what is ours."""
    commitment = one.commitment
    parts = [heading(w("indicator.quote"))]
    for said in commitment.quotes:
        text = " ".join(said.text.split())
        parts.append(f'<div class="zb-quote">{esc(text)}</div><div class="zb-note">{esc(said.section)}</div>')
    notes = []
    if commitment.unit_supplied:
        notes.append(w("indicator.supplied", unit=commitment.unit))
    if suspicious := (commitment.suspicious_zh if w.chinese else commitment.suspicious_en):
        notes.append(f"{w('indicator.suspicious')}: {suspicious}")
    if note := (commitment.note_zh if w.chinese else commitment.note_en):
        notes.append(note)
    parts += [f'<p class="zb-note">{esc(note)}</p>' for note in notes]
    return "".join(parts)


def definition(one: Judged, catalogue: Catalogue, w: Words) -> str:
    """What is measured, by whom, how often, from where; and what was measured before, with what changed."""
    current, indicator = one.definition, one.indicator
    owner = catalogue.owner(one.plan, one.commitment)
    rows = [
        (w("overview.owner"), owner.name(w.language) if owner else w("indicator.none")),
        (w("indicator.frequency"), w(f"indicator.frequency_{current.frequency}")),
        (w("indicator.source"), current.source),
    ]
    told = "".join(f"<tr><th scope='row'>{esc(name)}</th><td>{esc(value)}</td></tr>" for name, value in rows if value)
    whole = catalogue.indicators.get(indicator.part_of)
    part = f'<p class="zb-note">{esc(w("indicator.of_total", total=whole.name(w.language)))}</p>' if whole else ""
    return (
        f'{heading(w("indicator.definition"), _since(current, w))}<p class="zb-text">{esc(_text(current, w))}</p>'
        f'{part}<table class="zb-table">{told}</table>{_earlier(indicator, w)}'
    )


def _text(version: Definition, w: Words) -> str:
    return version.text_zh if w.chinese else version.text_en


def _since(version: Definition, w: Words) -> str:
    return w("indicator.definition_since", version=version.version, when=version.effective_from.isoformat())


def _earlier(indicator: Indicator, w: Words) -> str:
    """The versions before the one in force, newest first, each with what the next one changed."""
    pairs = list(pairwise(indicator.definitions))
    if not pairs:
        return ""
    told = "".join(
        f'<p class="zb-note"><b>{esc(_since(before, w))}</b> {esc(_text(before, w))}'
        f" {esc(_changed(before, after, w))}</p>"
        for before, after in reversed(pairs)
    )
    return f'<details class="zb-earlier"><summary>{esc(w("indicator.definition_before"))}</summary>{told}</details>'


def _changed(before: Definition, after: Definition, w: Words) -> str:
    """The fields in which two versions differ, by their names, and whether their figures compare."""
    differ = [name for name in _TOLD if getattr(before, name) != getattr(after, name)]
    fields = ", ".join(w.get(f"field.{name}", name) for name in differ)
    comparable = w("chart.break_comparable" if after.comparable else "chart.break_apart")
    return w("indicator.definition_changed", fields=fields) + f"({comparable})" if fields else comparable
