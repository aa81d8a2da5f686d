"""What changed since the last release, and why: statuses with their causes; what is new, revised and edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from indicators.catalogue import Catalogue
from indicators.causes import Change, attribute
from indicators.definition import Accumulation
from indicators.monitor import Judged, judge_plan
from indicators.period import Period
from indicators.plan import Plan
from indicators.rules import RuleSet, Status
from indicators.series import Observation
from indicators.store import Store
from ingest.due import at_office
from ingest.edits import DefinitionEdit, RuleEdit, TargetEdit, edits
from ingest.reading import values
from ingest.released import KEY

__all__ = ["News", "Revision", "Since", "since_release"]

_FOREVER = datetime(9999, 12, 31)


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """New figures of one target's indicator: how many, and the newest of them."""

    one: Judged
    figures: int
    period: Period
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Revision:
    """A figure that holds instead of another; None for a value that is not there. `at`, of the approval, is UTC."""

    one: Judged
    period: Period
    before: float | None
    after: float | None
    vintage: str
    sent_by: str
    approved_by: str
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Since:
    """What is otherwise than at the last release. `released_on`: the day, where the office is."""

    number: int
    released_on: date
    released_by: str
    note: str
    changes: tuple[Change, ...]
    news: tuple[News, ...]
    revisions: tuple[Revision, ...]
    targets: tuple[TargetEdit, ...]
    definitions: tuple[DefinitionEdit, ...]
    rules: tuple[RuleEdit, ...]


def since_release(
    store: Store,
    catalogue: Catalogue,
    plan: Plan,
    judged: Sequence[Judged],
    *,
    rule: RuleSet,
    zone: str,
    as_of: date,
    known_on: datetime | None = None,
) -> Since | None:
    """How a plan, `judged` as of a date, differs from what was known when it was last released; None before any.

    Where the view's date lies before that of the release, both are taken as of the view's: what was learned since
    is the difference then. The work follows what was decided since, not what the store holds.
    """
    found = store.ask("last_release", known_on=known_on or _FOREVER)
    if found.is_empty():
        return None
    last = found.row(0, named=True)
    released_on = at_office(last["recorded_at"], zone).date()
    frozen_as_of = last["as_of"] or released_on
    edited = edits(store, plan, rule=rule.id, since=last["recorded_at"], known_on=known_on)
    touched = _touched(store, judged, since=last["recorded_at"], known_on=known_on, as_of=as_of)
    as_then = store.catalogue(last["recorded_at"]) if edited.some else catalogue
    was = _then(as_then, plan.id, judged, touched, as_of=min(frozen_as_of, as_of), rule=rule.id)
    frozen = _frozen(store, last["number"], plan, rule) if frozen_as_of <= as_of else {}
    rules = (as_then.rules.get(rule.id, rule), rule)
    changes = [
        change
        for one in judged
        if (then := was.get(one.commitment.id))
        and (change := attribute(then, one, rules=rules, before=frozen.get(one.commitment.id)))
    ]
    return Since(
        number=last["number"],
        released_on=released_on,
        released_by=last["released_by"],
        note=last["note"],
        changes=tuple(sorted(changes, key=_worst_first)),
        news=tuple(_news(judged, touched)),
        revisions=tuple(_revisions(judged, touched)),
        targets=edited.targets,
        definitions=edited.definitions,
        rules=edited.rules,
    )


def _worst_first(change: Change) -> tuple[int, bool]:
    return -change.after.severity, not change.now.binding


# -- what was decided since ----------------------------------------------------------------------------------


def _touched(
    store: Store, judged: Sequence[Judged], *, since: datetime, known_on: datetime | None, as_of: date
) -> pl.DataFrame:
    """The figures that may hold otherwise than at the release, as they held and as they hold."""
    return store.ask(
        "since",
        indicators=sorted({one.indicator.id for one in judged}),
        regions=sorted({one.region for one in judged}),
        since=since,
        known_on=known_on or _FOREVER,
        as_of=as_of,
    )


def _then(
    catalogue: Catalogue, plan: str, judged: Sequence[Judged], touched: pl.DataFrame, *, as_of: date, rule: str
) -> dict[str, Judged]:
    """The targets as they were judged at the release, by id; none of a plan that was not known."""
    if plan not in catalogue.plans or rule not in catalogue.rules:
        return {}
    now, then = (values(touched.filter(moment=moment)) for moment in ("now", "then"))
    replaced = {_place(seen) for seen in now}
    held = {_place(seen): seen for one in judged for seen in one.observations}
    observations = [seen for place, seen in held.items() if place not in replaced] + then
    found = judge_plan(catalogue, catalogue.plans[plan], observations, as_of=as_of, rule=catalogue.rules[rule])
    return {one.commitment.id: one for one in found}


def _place(seen: Observation) -> tuple[str, str, Period, Accumulation | None, str]:
    """What tells one approved figure from all others."""
    return seen.indicator, seen.region, seen.period, seen.accumulation, seen.submission


def _frozen(store: Store, number: int, plan: Plan, rule: RuleSet) -> dict[str, Status]:
    """The statuses that a release froze, as far as this rule set still has them."""
    found = store.ask("frozen", number=number, plan=plan.id).filter(rule=rule.id)
    known = set(Status)
    return {name: Status(status) for name, status in found["commitment", "status"].iter_rows() if status in known}


# -- what is new and what is revised -------------------------------------------------------------------------


def _by_place(judged: Sequence[Judged]) -> dict[tuple[str, str], Judged]:
    """The first target on each indicator in a region, in the plan's order."""
    found: dict[tuple[str, str], Judged] = {}
    for one in judged:
        found.setdefault((one.indicator.id, one.region), one)
    return found


def _pairs(touched: pl.DataFrame) -> Iterator[tuple[Mapping[str, Any] | None, Mapping[str, Any] | None]]:
    """Each figure as it held and as it holds; None where there was or is none."""
    rows: dict[tuple[Any, ...], dict[str, Mapping[str, Any]]] = {}
    for row in touched.iter_rows(named=True):
        rows.setdefault(tuple(row[name] for name in KEY), {})[row["moment"]] = row
    for pair in rows.values():
        yield pair.get("then"), pair.get("now")


def _news(judged: Sequence[Judged], touched: pl.DataFrame) -> Iterator[News]:
    """Of each target with figures of periods that had none, how many and the newest."""
    fresh: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for then, now in _pairs(touched):
        if now is not None and now["value"] is not None and (then is None or then["value"] is None):
            fresh.setdefault((now["indicator"], now["region"]), []).append(now)
    for place, one in _by_place(judged).items():
        if rows := fresh.get(place):
            newest = max(rows, key=lambda row: row["period_end"])
            yield News(one, len(rows), Period.parse(newest["period"]), newest["value"])


def _revisions(judged: Sequence[Judged], touched: pl.DataFrame) -> Iterator[Revision]:
    """Every figure whose value is another than at the release, in the plan's order, the newest period first."""
    moved: dict[tuple[str, str], list[Revision]] = {}
    known = _by_place(judged)
    for then, now in _pairs(touched):
        if then is None or then["value"] is None or (now is not None and now["value"] == then["value"]):
            continue
        place = then["indicator"], then["region"]
        if place in known:
            moved.setdefault(place, []).append(_revision(known[place], then, now))
    for place in known:
        yield from sorted(moved.get(place, ()), key=lambda revision: revision.period, reverse=True)


def _revision(one: Judged, then: Mapping[str, Any], now: Mapping[str, Any] | None) -> Revision:
    told = then if now is None else now
    return Revision(
        one=one,
        period=Period.parse(told["period"]),
        before=then["value"],
        after=None if now is None else now["value"],
        vintage=told["vintage"],
        sent_by=told["submitted_by"],
        approved_by=told["approved_by"],
        at=told["approved_at"],
        reason="" if now is None else now["note"] or now["reason"],
    )
