"""From a target and its history to a judgement with its reason (method.md §1, §2, §5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from statistics import median

from indicators.catchup import CatchUp, catch_up
from indicators.definition import Frequency
from indicators.period import shift, year_end
from indicators.plan import Recurrence
from indicators.rules import RuleSet, Status
from indicators.series import Actual
from indicators.target import Target
from indicators.trajectory import RequiredPath, schedule

__all__ = ["Assessment", "Firmness", "Reason", "assess"]


class Reason(StrEnum):
    """Which row of the method gave the status."""

    GAP = "gap"
    MET_EARLY = "met_early"
    FINAL = "final"
    MAINTAINED = "maintained"
    BASELINE_BEYOND = "baseline_beyond"
    BASELINE_MISSING = "baseline_missing"
    EVENT = "event"
    NO_ACTUAL = "no_actual"
    ONLY_BASELINE = "only_baseline"
    NO_FINAL_ACTUAL = "no_final_actual"
    DEFINITION_BREAK = "definition_break"


class Firmness(StrEnum):
    """Whether the class would survive one figure less, or the usual revision."""

    FIRM = "firm"
    BORDERLINE = "borderline"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Assessment:
    """A status with everything that explains it.

    `t`, `p` are shares (0.2 = 20 %), `gap_points` percentage points, `gap_units` and `expected` in the
    indicator's unit. `level` is a/T where p is undefined, `shortfall` the relative shortfall of a maintained
    target. `earlier` is the last schedule status where there is no final one. `since`: met since, or overdue since.
    """

    status: Status
    reason: Reason
    rule: str
    rule_version: int
    as_of: date
    target: Target
    actual: Actual | None = None
    t: float | None = None
    p: float | None = None
    expected: float | None = None
    gap_points: float | None = None
    gap_units: float | None = None
    level: float | None = None
    shortfall: float | None = None
    final: bool = False
    stale: bool = False
    since: date | None = None
    earlier: Status | None = None
    later: Actual | None = None
    catch_up: CatchUp | None = None
    firmness: Firmness = Firmness.UNKNOWN
    provisional: RequiredPath | None = None


def assess(
    target: Target, actuals: Sequence[Actual], *, as_of: date, rule: RuleSet, revisions: Sequence[float] = ()
) -> Assessment:
    """Judge one target on its history as of a date.

    `actuals`: `series.history(target, …)`. `revisions`: sizes of this indicator's past revisions, in its unit.
    Dates after `as_of` are not looked at. The schedule is taken at the data's own date, never at `as_of`.
    """
    seen = sorted(a for a in actuals if a.day <= as_of)
    verdict = _judge(target, seen, as_of, rule)
    return replace(
        verdict,
        stale=_stale(verdict, target),
        catch_up=_catch_up(verdict, seen),
        firmness=_firmness(verdict, target, seen, revisions, rule),
    )


# -- the status --------------------------------------------------------------------------------------------


def _judge(whole: Target, seen: Sequence[Actual], as_of: date, rule: RuleSet) -> Assessment:
    target = whole
    if target.recurrence is Recurrence.YEARLY:
        target, seen = _of_one_year(target, seen, as_of)
    elif target.recurrence is Recurrence.WHOLE_PLAN:
        target = target.over_plan()
    draft = Assessment(Status.NO_DATA, Reason.NO_ACTUAL, rule.id, rule.version, as_of, target)
    usable = [a for a in seen if target.d0 is None or a.day > target.d0]
    reached = next((a for a in usable if a.day >= target.d1), None)
    if not usable and as_of > target.d1:
        since = _overdue_since(target)
        return replace(draft, status=Status.NOT_ASSESSABLE, reason=Reason.NO_FINAL_ACTUAL, since=since)
    if not usable:
        return replace(draft, reason=Reason.ONLY_BASELINE) if seen else draft
    actual = reached or usable[-1]
    if (comparable := _across_break(target, actual)) is None:
        return replace(draft, status=Status.NOT_ASSESSABLE, reason=Reason.DEFINITION_BREAK, actual=actual)
    draft = _measure(replace(draft, target=comparable, actual=actual), usable)
    if reached is not None:
        later = usable[-1] if usable[-1].day > reached.day else None
        since = _met_since(comparable, usable, reached) or _overdue_since(target)
        final = replace(_final(draft, rule), since=since, later=later)
        # a yearly flow's last known year is not its last year
        return _unfinished(final, since=None) if as_of > whole.d1 > target.d1 else final
    standing = _standing(draft, usable, rule)
    if as_of > target.d1 and standing.status not in (Status.ACHIEVED_EARLY, Status.COMPLETED):
        return _unfinished(standing, since=_overdue_since(target))
    return standing


def _of_one_year(target: Target, seen: Sequence[Actual], as_of: date) -> tuple[Target, list[Actual]]:
    """A yearly flow narrowed to the last year of its plan that has a figure, and the plan's figures."""
    running = [a for a in seen if a.day >= (target.start or a.day) and a.day.year <= target.d1.year]
    year = running[-1].day.year if running else min(as_of, target.d1).year
    return target.in_year(year), running


def _unfinished(verdict: Assessment, *, since: date | None) -> Assessment:
    """No actual reaches the target date: 无法评估, with the last status kept beside it."""
    return replace(
        verdict,
        status=Status.NOT_ASSESSABLE,
        reason=Reason.NO_FINAL_ACTUAL,
        earlier=verdict.status,
        since=since,
        final=False,
    )


def _overdue_since(target: Target) -> date | None:
    """The first day a title or milestone not there is overdue; None for anything with a line between."""
    return target.d1 + timedelta(days=1) if target.event else None


def _across_break(target: Target, actual: Actual) -> Target | None:
    """The target as it compares with `actual`; None when a break of definition lies between them."""
    if actual.definition in target.definitions:
        return target
    return target.under(actual.definition)


def _measure(draft: Assessment, usable: Sequence[Actual]) -> Assessment:
    """Fill in t, p, what the path expects and the gaps, where each of them exists."""
    target, actual = draft.target, draft.actual
    assert actual is not None
    t = schedule(target.d0, actual.day, target.d1) if target.d0 else None
    draft = replace(draft, t=t)
    if target.measurable:
        path = target.path()
        assert path is not None and target.baseline is not None
        expected = path.at(actual.day)
        gap = actual.value - expected
        return replace(
            draft,
            p=target.progress(actual.value),
            expected=expected,
            gap_units=gap,
            gap_points=100 * gap / (target.low - target.baseline),
        )
    if target.maintained or target.already_beyond:
        short = target.sign * (target.low - actual.value)
        relative = short / abs(target.low) if target.low else None
        return replace(draft, expected=target.low, gap_units=actual.value - target.low, shortfall=relative)
    level = actual.value / target.low if target.low else None
    first = usable[0]
    provisional = None
    if not target.event and first.day < target.d1:
        provisional = RequiredPath(((first.day, first.value), (target.d1, target.low)), provisional=True)
    return replace(draft, level=level, provisional=provisional)


def _final(draft: Assessment, rule: RuleSet) -> Assessment:
    target, actual = draft.target, draft.actual
    assert actual is not None
    beyond = target.beyond(actual.value) if target.measurable else None
    status = rule.final(met=target.met(actual.value), progress=draft.p, beyond=beyond)
    return replace(draft, status=status, reason=Reason.FINAL, final=True)


def _standing(draft: Assessment, usable: Sequence[Actual], rule: RuleSet) -> Assessment:
    """The status while the plan runs."""
    target, actual = draft.target, draft.actual
    assert actual is not None
    met = target.met(actual.value)
    since = _met_since(target, usable, actual)
    if target.event:
        status = Status.COMPLETED if met else Status.IN_PROGRESS
        return replace(draft, status=status, reason=Reason.EVENT, since=since)
    if target.baseline is None:
        status = Status.ACHIEVED_EARLY if met else Status.IN_PROGRESS
        return replace(draft, status=status, reason=Reason.BASELINE_MISSING, since=since)
    if target.maintained or target.already_beyond:
        reason = Reason.MAINTAINED if target.maintained else Reason.BASELINE_BEYOND
        return replace(draft, status=_by_shortfall(draft, met, rule), reason=reason)
    if met:
        return replace(draft, status=Status.ACHIEVED_EARLY, reason=Reason.MET_EARLY, since=since)
    assert draft.gap_points is not None
    return replace(draft, status=rule.by_gap(draft.gap_points), reason=Reason.GAP)


def _by_shortfall(draft: Assessment, met: bool, rule: RuleSet) -> Status:
    if met:
        return Status.ON_SCHEDULE
    if draft.shortfall is None:  # T = 0: no relative shortfall, no class beyond watch
        return Status.WATCH
    status = rule.by_shortfall(draft.shortfall)
    # a strict target (> T) held exactly at T is short by nothing and yet not met
    return Status.WATCH if status is Status.ON_SCHEDULE else status


def _met_since(target: Target, usable: Sequence[Actual], until: Actual) -> date | None:
    """Start of the unbroken run of met points that ends at `until`; None when `until` is not met."""
    since = None
    for actual in usable:
        if actual.day > until.day:
            break
        since = (since or actual.day) if target.met(actual.value) else None
    return since


# -- what is shown beside it -------------------------------------------------------------------------------


def _stale(verdict: Assessment, whole: Target) -> bool:
    """Whether a newer figure should be here: the next return's due day lies before the as-of date."""
    target, actual = verdict.target, verdict.actual
    if actual is None or actual.day >= whole.d1 or target.due_days is None or target.frequency is Frequency.EVENT:
        return False
    if target.annual:
        following = year_end(actual.day.year + 1)
    else:
        following = shift(actual.day, months=3 if target.frequency is Frequency.QUARTER else 1)
    end = target.d1 if actual.day < target.d1 else whole.d1
    return verdict.as_of > min(following, end) + timedelta(days=target.due_days)


def _catch_up(verdict: Assessment, seen: Sequence[Actual]) -> CatchUp | None:
    """What it takes to arrive; None when nothing must change, or nothing can any more."""
    actual = verdict.actual
    if actual is None or verdict.reason is Reason.DEFINITION_BREAK or verdict.as_of >= verdict.target.d1:
        return None
    return catch_up(verdict.target, actual, seen)


def _firmness(
    verdict: Assessment, whole: Target, seen: Sequence[Actual], revisions: Sequence[float], rule: RuleSet
) -> Firmness:
    """Borderline when withholding the latest actual, or moving it by the usual revision, changes the class."""
    if verdict.actual is None or verdict.reason is Reason.DEFINITION_BREAK:
        return Firmness.UNKNOWN
    latest = verdict.actual
    start = verdict.target.d0 or date.min
    usable = [a for a in seen if start < a.day <= latest.day]
    if len(usable) < 2:
        return Firmness.UNKNOWN
    # without its last figure a finished plan has no final word at all, so only the revision can shake it
    trials = [] if verdict.final else [usable[:-1]]
    if size := median(map(abs, revisions)) if revisions else 0.0:
        moved = [replace(latest, value=latest.value + way * size) for way in (-1, 1)]
        trials += [[*usable[:-1], point] for point in moved]
    statuses = {_judge(whole, trial, verdict.as_of, rule).status for trial in trials}
    return Firmness.FIRM if statuses <= {verdict.status} else Firmness.BORDERLINE
