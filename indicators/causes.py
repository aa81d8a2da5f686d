"""Why a status is not what it was: one ingredient replaced at a time (method.md §6)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from indicators.assessment import assess
from indicators.definition import Accumulation
from indicators.monitor import Judged
from indicators.rules import RuleSet, Status
from indicators.series import Observation, history
from indicators.target import Target

__all__ = ["Cause", "Change", "attribute"]


class Cause(StrEnum):
    """What a judgement rests on and may have changed; the order is that in which ingredients are replaced."""

    NEW_DATA = "new_data"  # a period that had no figure
    REVISION = "revision"  # another figure for a period that had one, or none any more
    TARGET = "target"  # target or path edited
    DEFINITION = "definition"
    RULE = "rule"
    TIME = "time"  # a later as-of date by itself: the target date passed and its figure is not there
    PROGRAM = "program"  # nothing of these: the same is computed otherwise than it was


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One target whose status is not what it was, and why.

    `before`: the status as it was frozen. `causes`: where `together`, all of them were needed; else each of them
    by itself leads from what was to `after`.
    """

    was: Judged
    now: Judged
    before: Status
    causes: tuple[Cause, ...]
    together: bool = False

    @property
    def after(self) -> Status:
        return self.now.assessment.status


def attribute(
    was: Judged, now: Judged, *, rules: tuple[RuleSet, RuleSet], before: Status | None = None
) -> Change | None:
    """Why a target judged then (`was`, by the first rule set) is judged otherwise now; None where it is not.

    `before`: the status as it was frozen then, where that is known. Where no ingredient alone gives the status of
    now, they are replaced one after the other, and what can be left out again is.
    """
    then = was.assessment.status if before is None else before
    after = now.assessment.status
    if then is after:
        return None
    differing = _differing(was, now, rules)
    causes, together = _needed(differing, after, lambda replaced: _status(was, now, rules, replaced))
    if was.assessment.status is after:  # by the same ingredients it would have been so already
        causes, together = (Cause.PROGRAM,), False
    return Change(was, now, then, causes or (Cause.PROGRAM,), together)


def _differing(was: Judged, now: Judged, rules: tuple[RuleSet, RuleSet]) -> list[Cause]:
    """The ingredients that are not what they were, in the order in which they are replaced."""
    then, today = _figures(was), _figures(now)
    found: Mapping[Cause, bool] = {
        Cause.NEW_DATA: bool(today.keys() - then.keys()),
        Cause.REVISION: any(key not in today or _said(today[key]) != _said(then[key]) for key in then),
        Cause.TARGET: (was.commitment, was.plan.start) != (now.commitment, now.plan.start),
        Cause.DEFINITION: was.indicator.definitions != now.indicator.definitions,
        Cause.RULE: rules[0] != rules[1],
        Cause.TIME: was.assessment.as_of != now.assessment.as_of,
    }
    return [cause for cause, differs in found.items() if differs]


def _needed(
    differing: Sequence[Cause], after: Status, status: Callable[[Collection[Cause]], Status | None]
) -> tuple[tuple[Cause, ...], bool]:
    """The causes, and whether it took them together; none where even all of them do not give `after`."""
    if alone := tuple(cause for cause in differing if status({cause}) is after):
        return alone, False
    steps = (differing[:count] for count in range(2, len(differing) + 1))
    kept = next((list(step) for step in steps if status(step) is after), [])
    for cause in tuple(kept):
        rest = [other for other in kept if other is not cause]
        if status(rest) is after:
            kept = rest
    return tuple(kept), len(kept) > 1


# -- judging with some ingredients of then and some of now ---------------------------------------------------


def _status(was: Judged, now: Judged, rules: tuple[RuleSet, RuleSet], replaced: Collection[Cause]) -> Status | None:
    """The status with these ingredients as they are now and the rest as they were; None where they do not fit."""

    def of(cause: Cause) -> Judged:
        return now if cause in replaced else was

    indicator = of(Cause.DEFINITION).indicator
    try:
        target = Target.of(of(Cause.TARGET).commitment, indicator, plan=of(Cause.TARGET).plan)
    except ValueError:  # such as a target in a unit that only the new definition has
        return None
    newest = len(indicator.definitions)
    # a figure of a definition that is not there yet is taken as one of the definition before it
    seen = [replace(o, definition=min(o.definition, newest)) for o in _observations(was, now, replaced)]
    as_of = of(Cause.TIME).assessment.as_of
    if Cause.NEW_DATA in replaced:  # a figure cannot come before its period is over
        as_of = max([as_of, *(o.period.end for o in seen)])
    rule = rules[Cause.RULE in replaced]
    return assess(target, history(target, seen), as_of=as_of, rule=rule).status


_Key = tuple[date, Accumulation | None]


def _figures(one: Judged) -> dict[_Key, Observation]:
    """The figures of a target by what they are of (method.md §7)."""
    return {(o.period.end, o.accumulation): o for o in one.observations}


def _said(seen: Observation) -> tuple[float, int]:
    return seen.value, seen.definition


def _observations(was: Judged, now: Judged, replaced: Collection[Cause]) -> list[Observation]:
    """The figures of then, with those of new periods, those that were revised, or both, as they are now."""
    then, today = _figures(was), _figures(now)
    found = dict(then)
    if Cause.NEW_DATA in replaced:
        found |= {key: seen for key, seen in today.items() if key not in then}
    if Cause.REVISION in replaced:
        found = {key: today.get(key, seen) for key, seen in found.items() if key in today}
    return sorted(found.values(), key=lambda o: (o.period, o.accumulation or ""))
