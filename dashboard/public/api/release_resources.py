"""Releases, and what each changed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from typing import Any

from dashboard.public.api.answers import (
    Changes,
    Correction,
    Event,
    ReleaseAnswer,
    ReleaseLine,
    Releases,
    ReleaseWhole,
    StatusChange,
)
from dashboard.public.api.asked import AskedChanges, AskedPage, AskedReleaseChanges
from dashboard.public.api.desk import Question
from dashboard.public.api.naming import Naming
from dashboard.public.api.problems import Code, Refused
from indicators.store.snapshot import ReleaseFacts

__all__ = ["changes", "release", "releases"]


def releases(question: Question, asked: AskedPage) -> Releases:
    """The releases up to the one asked, newest first."""
    part, page = question.cut(question.snapshot.releases, asked)
    lines = tuple(ReleaseLine(**_line(question, one)) for one in part)
    return Releases(release=question.facts(), permanent=question.permanent, page=page, data=lines)


def release(question: Question, asked: AskedReleaseChanges) -> ReleaseAnswer:
    """One release as it says of itself."""
    own = question.snapshot.release
    events, totals = _events(question, asked, since=own.number - 1)
    page = question.page(sum(totals), limit=asked.limit, offset=asked.offset)
    whole = ReleaseWhole(
        **_line(question, own),
        digest=question.snapshot.digest,
        corrections_listed=totals[0],
        status_changes_listed=totals[1],
        changes=events,
    )
    return ReleaseAnswer(release=question.facts(), permanent=question.permanent, page=page, data=whole)


def changes(question: Question, asked: AskedChanges) -> Changes:
    """What changed after an earlier release. Raises Refused where it is not earlier."""
    until = question.snapshot.release.number
    since = until - 1 if asked.since is None else asked.since
    if since >= until:
        raise Refused(Code.NOT_BEFORE, "since", since=since, until=until)
    events, totals = _events(question, asked, since=since)
    return Changes(
        release=question.facts(),
        permanent=question.permanent,
        since=since,
        until=until,
        corrections=totals[0],
        status_changes=totals[1],
        page=question.page(sum(totals), limit=asked.limit, offset=asked.offset),
        data=events,
    )


def _line(question: Question, one: ReleaseFacts) -> dict[str, Any]:
    instants = {"released_at": one.released_at.replace(tzinfo=UTC), "public_from": one.public_from.replace(tzinfo=UTC)}
    return {**asdict(one), **instants, "address": question.address_of(one)}


def _events(
    question: Question, asked: AskedReleaseChanges | AskedChanges, *, since: int
) -> tuple[tuple[Event, ...], tuple[int, int]]:
    """A page of what changed, and how many corrections and changes of status there are."""
    span = {"since": since, "until": question.snapshot.release.number}
    corrections, statuses = question.ask("api_changes_total", **span).row(0)
    found = question.ask("api_changes", **span, limit=asked.limit, offset=asked.offset)
    naming = Naming(question.catalogue, question.snapshot.release.rule)
    return tuple(_event(row, naming) for row in found.iter_rows(named=True)), (corrections, statuses)


def _event(row: dict[str, Any], naming: Naming) -> Event:
    about = {**naming.indicator(row["indicator"]), **naming.region(row["region"])}
    if row["kind"] == "status_change":
        return StatusChange(
            kind="status_change",
            release=row["release"],
            **naming.commitment(row["plan"], row["commitment"]),
            **about,
            **naming.status(row["before"], "before"),
            **naming.status(row["after"], "after"),
            causes=tuple(filter(None, row["causes"].split(","))),
            together=row["together"],
        )
    definition = naming.definition(row["indicator"])
    same = {name: row[name] for name in Correction.model_fields if name in row}
    unit, unit_en = (definition.unit, definition.unit_en) if definition else ("", "")
    return Correction(**{**same, **about, "unit": unit, "unit_en": unit_en})
