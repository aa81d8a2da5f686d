"""Releasing: everything approved becomes a dated, frozen snapshot, with the statuses of that day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import polars as pl

from indicators.store import Store
from ingest.people import Action, User, demand, demand_standing
from ingest.reading import judged_plan
from ingest.released import KEY
from ingest.submission import Refused

__all__ = ["DEFAULT_RULE", "Ready", "Released", "ready", "release"]

DEFAULT_RULE = "cn-schedule"
_AHEAD = timedelta(minutes=5)  # that the ledger may be later than the clock


@dataclass(frozen=True, slots=True)
class Released:
    """What a release did: its number, how many figures, and those left out for their sender or reviewer releases."""

    number: int
    figures: int
    left_out: tuple[tuple[str, int], ...]  # (submission, row)
    corrections: int = 0  # figures that are another value than the public was told before
    public_from: datetime | None = None  # UTC; None: at once


def release(store: Store, *, user: User, note: str = "", as_of: date, public_from: datetime | None = None) -> Released:
    """Publish every approved figure not yet published; freeze the statuses of every plan as of a date.

    `note` is read by the public, and must say why where a published value is corrected. `public_from` (UTC, naive):
    when the public may know of it; default, at once. Rows that `user` submitted, or once people are on record
    approved, are left out and listed. Raises Forbidden when `user` may not release, Refused when there is nothing to
    release, a correction has no reason, or an embargo ends in the past or before that of an earlier release.
    """
    demand(user, Action.RELEASE)
    with store.entry(actor=user.name, action="release", note=note) as entry:
        demand_standing(user, store.ask("people"))
        found = ready(store, user)
        going, left_out = found.going, found.left_out
        if going.is_empty() and left_out:
            zh, en = ("报送", "sent") if found.alone else ("报送或审核", "sent or approved")
            raise Refused(
                f"待发布的数据都是发布人自己{zh}的,须由他人发布",
                f"every figure was {en} by the publisher; another must release",
            )
        if going.is_empty():
            raise Refused("没有已审核而未发布的数据", "nothing is approved and unreleased")
        corrections = found.corrections.height
        if corrections and not note.strip():
            raise Refused(
                f"其中{corrections}个数更正了已公布的数据,请写明更正原因(说明,公众可见)",
                f"{corrections} of the figures correct published ones: say why in the note, which the public reads",
            )
        _demand_turn(store, public_from, now=entry.at)
        releases = store.ask("releases", known_on=entry.at)
        number = 1 + max(releases["number"], default=0)
        entry.add("release", [{"number": number, "released_by": user.name, "note": note}])
        entry.add("release_figure", going.select("submission", "row", number=pl.lit(number, pl.Int32)))
        entry.add("release_as_of", [{"number": number, "as_of": as_of}])
        if public_from is not None:
            entry.add("release_embargo", [{"number": number, "public_from": public_from}])
        entry.add("release_status", _statuses(store, number, as_of))
    return Released(number, going.height, left_out, corrections, public_from)


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """What someone's release would publish, and what it would leave out as (submission, row).

    `corrections`: those that are another value than the public was told, with what that was in `value_told` and
    `missing_told`. `alone`: nobody is on record, so that whoever sent may not release but whoever approved may.
    """

    going: pl.DataFrame
    left_out: tuple[tuple[str, int], ...]
    corrections: pl.DataFrame
    alone: bool


def ready(store: Store, user: User) -> Ready:
    """What a release by `user` would publish now."""
    waiting = store.ask("unreleased")
    alone = store.ask("people").is_empty()  # whoever holds the terminal may be all there is
    own = pl.col("submitted_by") == user.name
    if not alone:
        own |= pl.col("approved_by") == user.name
    going = waiting.filter(~own)
    left_out = tuple(waiting.filter(own).select("submission", "row").iter_rows())
    return Ready(going, left_out, _corrections(store, going), alone)


def _corrections(store: Store, going: pl.DataFrame) -> pl.DataFrame:
    asked = {"indicators": going["indicator"].unique().to_list(), "ends": going["period_end"].unique().to_list()}
    told = store.ask("published", regions=None, **asked).select(*KEY, "value", "missing")
    pairs = going.join(told, on=KEY, suffix="_told", maintain_order="left")
    other = pl.col("value").ne_missing(pl.col("value_told")) | (pl.col("missing") != pl.col("missing_told"))
    return pairs.filter(other)


def _demand_turn(store: Store, public_from: datetime | None, *, now: datetime) -> None:
    """Raise Refused where a release would come out in the past, or before an earlier one whose figures it holds."""
    if now > datetime.now(UTC).replace(tzinfo=None) + _AHEAD:
        raise Refused(
            "服务器时钟曾经走快,现在晚于账上最后的时间;请校准时钟后再发布",
            "the server's clock was ahead when it last wrote, and is behind that now: set it right before releasing",
        )
    if public_from is not None and public_from <= now:
        raise Refused(
            "公开时间须晚于现在;不填即立即公开", "an embargo must end in the future; without one it is public now"
        )
    held = store.ask("snapshots").filter(pl.col("public_from") > (public_from or now))
    if not held.is_empty():
        first = held["number"][0]
        raise Refused(
            f"第{first}次发布尚未到公开时间,本次发布不能早于它公开;请把公开时间定在其后",
            f"release {first} is not public yet, and this one would tell its figures: let it become public no earlier",
        )


def _statuses(store: Store, number: int, as_of: date) -> list[dict[str, object]]:
    """Every target's status under the default rule, so that the next release can say what changed."""
    catalogue = store.catalogue()
    rule = catalogue.rules[DEFAULT_RULE]
    return [
        {
            "number": number,
            "plan": one.plan.id,
            "commitment": one.commitment.id,
            "rule": rule.id,
            "rule_version": rule.version,
            "status": one.assessment.status.value,
            "period": one.latest.period.code if one.latest else "",
            "value": one.assessment.actual.value if one.assessment.actual else None,
        }
        for plan in catalogue.plans.values()
        for one in judged_plan(store, catalogue, plan, as_of=as_of, rule=rule)
    ]
