"""What approving a return would do to the plans: the targets whose status would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import polars as pl

from indicators.catalogue import Catalogue
from indicators.monitor import Judged, judge_plan
from indicators.plan import Commitment, Plan
from indicators.rules import Status
from indicators.series import Observation
from indicators.store import Store
from ingest.columns import KEY
from ingest.reading import values
from ingest.release import DEFAULT_RULE

__all__ = ["StatusChange", "would_change"]

_PLACE = ["indicator", "region"]
# what an approved figure has and a fresh one has not yet
_NOT_YET = {
    "origin": pl.lit("reported"),
    "submission": pl.lit(""),
    "approved_at": pl.lit(None, pl.Datetime("us")),
    "released": pl.lit(False),
}


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One target judged on what is approved (`was`) and on that with a return over it (`becomes`)."""

    was: Judged
    becomes: Judged

    @property
    def plan(self) -> Plan:
        return self.becomes.plan

    @property
    def commitment(self) -> Commitment:
        return self.becomes.commitment

    @property
    def region(self) -> str:
        return self.becomes.region

    @property
    def before(self) -> Status:
        return self.was.assessment.status

    @property
    def after(self) -> Status:
        return self.becomes.assessment.status


def would_change(
    store: Store, catalogue: Catalogue, figures: pl.DataFrame, *, as_of: date, newest: bool = False
) -> list[StatusChange]:
    """The targets that would have another status under the default rule if `figures` were approved.

    `figures`: what a return says anew, `Checked.fresh`. Judged as of a date: a figure whose period ends later does
    not count. `newest`: as of the end of the newest figure up to that date, approved or new, instead; for a plan
    that has run out and lacks its last figures is 无法评估 today, whatever a return brings. The work follows the
    targets that the figures touch, not the rows of the file.
    """
    touched = _touched(catalogue, figures)
    if not touched:
        return []
    places = pl.DataFrame(list(set().union(*touched.values())), schema=dict.fromkeys(_PLACE, pl.String), orient="row")
    wanted, where = sorted(set(places["indicator"])), sorted(set(places["region"]))
    known = store.approved(indicators=wanted, regions=where).join(places, on=_PLACE, how="semi")
    fresh = figures.join(places, on=_PLACE, how="semi").with_columns(**_NOT_YET)
    if newest:
        ends = pl.concat([known["period_end"], fresh["period_end"]])
        as_of = ends.filter(ends <= as_of).max() or as_of  # type: ignore[assignment]
    after = values(pl.concat([known.join(fresh, on=KEY, how="anti"), fresh], how="diagonal_relaxed"))
    sizes: dict[tuple[str, str], list[float]] = {}
    for indicator, region, size in store.revisions(indicators=wanted, regions=where).iter_rows():
        sizes.setdefault((indicator, region), []).append(abs(size))

    def judged(seen: list[Observation]) -> Iterator[Judged]:
        for plan in touched:
            yield from judge_plan(
                catalogue,
                catalogue.plans[plan],
                seen,
                as_of=as_of,
                rule=catalogue.rules[DEFAULT_RULE],
                revisions=lambda indicator, region: sizes.get((indicator, region), ()),
            )

    pairs = zip(judged(values(known)), judged(after), strict=True)
    return [change for was, becomes in pairs if (change := StatusChange(was, becomes)).before is not change.after]


def _touched(catalogue: Catalogue, figures: pl.DataFrame) -> dict[str, set[tuple[str, str]]]:
    """The plans with targets that the figures are about, by id: the indicators and regions of those targets."""
    sent = set(figures.select(_PLACE).unique().iter_rows()) if not figures.is_empty() else set()
    found = {
        plan.id: {(c.indicator, r) for c in plan.targets for r in catalogue.regions_of(plan, c)} & sent
        for plan in catalogue.plans.values()
    }
    return {plan: places for plan, places in found.items() if places}
