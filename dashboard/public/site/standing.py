"""How a target stands in figures, each with its name: what the answer of a page rests on."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.figures import amount, change, day_name, number, percent, points, target_text
from dashboard.i18n import Words
from dashboard.verdict import OTHER, catch_up_parts, firmness
from indicators.monitor import Judged
from indicators.units import normal

__all__ = ["Fact", "goal_text", "headline", "quantities"]

_NUMERIC = tuple("0123456789+−≤≥<>")


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with its name over it and what it means under it."""

    name: str
    value: str
    note: str = ""

    @property
    def parts(self) -> tuple[str, str]:
        """A number and its unit, which is written smaller; what is no number is one part."""
        number_, _, unit = self.value.partition(" ")
        return (number_, unit) if number_[:1] in _NUMERIC else (self.value, "")


def headline(one: Judged, w: Words) -> list[Fact]:
    """The three figures of the first screen: what is, what was promised, what is between them."""
    verdict, target = one.assessment, one.target
    found = []
    if verdict.actual is not None:
        when = day_name(verdict.actual.day, w, measure=one.definition.measure)
        found.append(Fact(w("subject.value"), amount(verdict.actual.value, one.definition, w), when))
    due = day_name(target.d1, w, measure=one.definition.measure)
    found.append(Fact(w("overview.target"), goal_text(one, w), due))
    if gap := _gap(one, w):
        found.append(gap)
    return found


def _gap(one: Judged, w: Words) -> Fact | None:
    verdict = one.assessment
    if verdict.gap_units is None:
        return None
    size = change(verdict.gap_units, one.definition, w, signed=True)
    note = "" if verdict.gap_points is None else w("subject.points", points=_signed(verdict.gap_points))
    return Fact(w("subject.gap"), size, note)


def _signed(gap: float) -> str:
    return number(gap, 1, signed=True) if points(gap) != points(0.0) else points(0.0)


def goal_text(one: Judged, w: Words) -> str:
    """The target as promised, with a sign where it is a limit, and its unit."""
    definition = one.definition
    text = target_text(one.target.low, one.target.high, one.target.operator.value, definition)
    if normal(definition.unit) == "%":
        return text + "%"
    return f"{text} {definition.unit if w.chinese else definition.unit_en or definition.unit}"


def quantities(one: Judged, w: Words) -> list[Fact]:
    """Baseline, target, completion, schedule, catch-up, firmness: those that the judgement has."""
    return [fact for fact in (_baseline(one, w), *_progress(one, w), _catch_up(one, w), *_firmness(one, w)) if fact]


def _baseline(one: Judged, w: Words) -> Fact:
    target = one.target
    if target.baseline is None or target.d0 is None:
        return Fact(w("download.baseline"), w("indicator.none"), w("subject.no_baseline"))
    when = day_name(target.d0, w, measure=one.definition.measure)
    return Fact(w("download.baseline"), amount(target.baseline, one.definition, w), when)


def _progress(one: Judged, w: Words) -> list[Fact]:
    """Completion and schedule where there is a way from one to the other; else the shortfall or the level."""
    verdict, found = one.assessment, []
    if verdict.p is not None:
        found.append(Fact(w("indicator.completion"), percent(verdict.p), w("subject.completion_note")))
    elif verdict.actual is not None and (one.target.maintained or one.target.already_beyond):
        short = w("indicator.none")
        if verdict.gap_units is not None:
            short = change(verdict.gap_units, one.definition, w, signed=True)
        found.append(Fact(w("indicator.shortfall"), short, w("indicator.shortfall_note")))
    elif verdict.level is not None:
        note = "" if one.target.event else w("indicator.level_note")
        found.append(Fact(w("indicator.level"), percent(verdict.level), note))
    if verdict.t is not None and verdict.actual is not None and not one.target.event:
        when = day_name(verdict.actual.day, w, measure=one.definition.measure)
        found.append(Fact(w("indicator.schedule"), percent(verdict.t), w("indicator.schedule_note", when=when)))
    return found


def _catch_up(one: Judged, w: Words) -> Fact | None:
    verdict = one.assessment
    if verdict.catch_up is not None:
        return Fact(w("indicator.catch_up"), *catch_up_parts(one, verdict.catch_up, w))
    if verdict.actual is not None and one.target.met(verdict.actual.value):
        return Fact(w("indicator.catch_up"), w("indicator.met_already"))
    return None


def _firmness(one: Judged, w: Words) -> list[Fact]:
    """Whether the status would stand: only where one was given that could be another."""
    if one.assessment.actual is None or one.assessment.status in OTHER:
        return []
    return [Fact(w("indicator.firmness"), *firmness(one, w))]
