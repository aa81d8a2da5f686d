"""What pages ask of the store, kept while the store has not changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime

import polars as pl

from dashboard import session
from dashboard.charts.beside import Beside
from dashboard.charts.beside import beside as all_beside
from dashboard.kept import kept
from dashboard.session import View
from indicators.annotation import Annotation
from indicators.catalogue import Organisation
from indicators.monitor import Judged
from indicators.period import Period
from indicators.plan import Plan
from indicators.problem import Problem, Severity
from indicators.rules import RuleSet
from indicators.store import known_until
from ingest import course, edits, workflow
from ingest.annotating import standing
from ingest.check import Checked, compare
from ingest.checking import check_file
from ingest.consequences import StatusChange, would_change
from ingest.course import Return
from ingest.due import at_office
from ingest.edits import PathVersion
from ingest.people import User
from ingest.reader.sheet import row_of
from ingest.reading import judged_plan
from ingest.reasons import Reason
from ingest.reasons import reasons as said
from ingest.release import DEFAULT_RULE, Ready
from ingest.release import ready as ready_of
from ingest.since_release import Since, since_release

_ALWAYS = datetime(9999, 12, 31)


def rule(asked: View) -> RuleSet:
    return session.catalogue(asked.known_on).rules[DEFAULT_RULE]


def plan(asked: View) -> Plan:
    return session.catalogue(asked.known_on).plans[asked.plan]


def judged(asked: View) -> tuple[Judged, ...]:
    """The plan of a view judged as it asks; computed once for each state of the store."""
    return _judged(*session.state(), asked.plan, asked.region, asked.as_of, asked.known_on)


@kept(64)
def _judged(
    store: str, entry: int, plan_id: str, region: str, as_of: date, known_on: date | None
) -> tuple[Judged, ...]:
    here = session.place()
    known = session.catalogue(known_on)
    found = judged_plan(
        here.store,
        known,
        known.plans[plan_id],
        as_of=as_of,
        rule=known.rules[DEFAULT_RULE],
        known_on=known_until(known_on, here.settings.timezone),
        region=region or None,
    )
    return tuple(found)


def examples(asked: View) -> list[Judged]:
    """Real series to explain the rules with: the plan's targets that have a baseline and published figures."""
    real = [o for o in judged(asked) if o.assessment.p is not None and not o.demonstrated] if asked.plan else []
    return real[:2]


def history(one: Judged, asked: View) -> pl.DataFrame:
    """Every approved value one target's figures ever had, as known on the view's date."""
    return _history(*session.state(), one.indicator.id, one.region, _until(asked))


@kept(256)
def _history(store: str, entry: int, indicator: str, region: str, known_on: datetime) -> pl.DataFrame:
    return session.place().store.ask("history", indicator=indicator, region=region, known_on=known_on)


def beside(one: Judged, asked: View) -> Beside:
    """What is drawn beside a target's figures: values before revision, earlier paths, dated notes."""
    return all_beside(history(one, asked), notes=dated_notes(one, asked), paths=paths(one, asked))


def checked(name: str, raw: bytes) -> Checked:
    """A dropped file read and judged as the reader's; once for the same bytes, reader and state of the store."""
    here, who = session.place(), session.user()
    return session.remembered(
        "checked", _file_key(raw), lambda: check_file(here.store, here.settings, name=name, raw=raw, user=who)
    )


def _file_key(raw: bytes) -> Hashable:
    return hashlib.sha256(raw).hexdigest(), session.place().store.last_entry(), session.user()


def reporting_bodies() -> dict[str, Organisation]:
    """Who owes figures: the owners of the plans' targets; a statistician sees only their own."""
    known = session.catalogue()
    owners = {o.id: o for p in known.plans.values() for c in p.targets if (o := known.owner(p, c))}
    mine = session.user().organisation
    return {mine: owners[mine]} if mine in owners else owners


def recent_periods() -> list[Period]:
    """The quarters a return may be about, newest first: the last eight that have ended."""
    day = session.now().date()
    quarters = [Period.quarter(year, number) for year in range(day.year - 2, day.year + 1) for number in range(1, 5)]
    return [quarter for quarter in reversed(quarters) if quarter.end <= day][:8]


def form(organisation: str, period: Period, who: User) -> bytes:
    """The return of an organisation and a period as a workbook, made when it is asked for.

    Runs outside the page's own run, so `who` asks is given.
    """
    from ingest.template import issue  # openpyxl loads slowly, and only a form needs it

    here = session.place()
    today = session.now().date()
    _, book = issue(here.store, organisation=organisation, period=period.code, today=today, user=who)
    return book


def marked(checked_file: Checked, name: str, raw: bytes) -> bytes:
    """The sender's own file with every problem marked in its cell."""
    from ingest.annotate import annotate

    return annotate(name, raw, checked_file.problems, session.place().settings)


def submissions() -> pl.DataFrame:
    """All submissions, newest first."""
    return session.place().store.ask("submissions", id=None, sha256=None, submitted_by=None)


def my_submissions() -> pl.DataFrame:
    """What the reader sent; whoever does not send sees everyone's."""
    mine = session.user().name if session.may_submit() else None
    return session.place().store.ask("submissions", id=None, sha256=None, submitted_by=mine)


def my_drafts() -> pl.DataFrame:
    """What the reader keeps and has not sent."""
    known = session.place().store.ask("drafts", id=None, sha256=None, drafted_by=session.user().name)
    return known.filter(~pl.col("sent") & ~pl.col("discarded"))


def waiting() -> pl.DataFrame:
    """Submissions nobody has decided on."""
    return submissions().filter(pl.col("decision") == "")


def clean(of: pl.DataFrame) -> list[str]:
    """The waiting submissions that the reader could approve without a look: nothing explained, nothing replaced."""
    store, who = session.place().store, session.user()
    return [one for one in of["id"] if workflow.unclean(store, one, who) is None]


def steps(submission: str) -> pl.DataFrame:
    """Everything that happened to a submission or draft: when, who, what, why."""
    return course.history(session.place().store, submission)


def findings(submission: str) -> list[Problem]:
    """What the check asked of a submission and its sender explained."""
    rows = session.place().store.ask("submission_findings", submission=submission)
    return [
        Problem(
            Severity.WARNING,
            row["code"],
            row=row["row"] or None,
            column=row["column_name"],
            found=row["found"],
            facts=json.loads(row["facts"]),
            explained=True,
        )
        for row in rows.iter_rows(named=True)
    ]


def notes(figures: pl.DataFrame) -> dict[int, str]:
    """The sender's note of each row, as the spreadsheet numbers it."""
    return {row_of(row): note for row, note in figures.select("row", "note").iter_rows() if note}


def matters(submission: str) -> pl.DataFrame:
    """The milestones and tasks a submission reports on."""
    return session.place().store.ask("submission_matters", submission=submission)


def explanations(submission: str) -> pl.DataFrame:
    """What a submission says of indicators that lag."""
    return session.place().store.ask("submission_explanations", submission=submission)


def attachments(submission: str) -> pl.DataFrame:
    """The evidence sent with a submission."""
    return session.place().store.ask("submission_attachments", submission=submission)


def effects(checked_file: Checked, raw: bytes) -> list[StatusChange]:
    """The targets whose status a file would change, as of the end of its newest period or today."""
    here = session.place()
    fresh = checked_file.fresh
    if fresh.is_empty():
        return []
    day = max(session.default_day(), *fresh["period_end"].unique())
    return session.remembered(
        "effects", _file_key(raw), lambda: would_change(here.store, session.catalogue(), fresh, as_of=day)
    )


# -- who owes what -----------------------------------------------------------------------------------------


def grid_periods() -> list[Period]:
    """The periods of the grid, newest first: four quarters and the last year that has ended."""
    quarters = recent_periods()[:4]
    return [*quarters, Period.year(quarters[0].end.year - 1)]


def returns(periods: Sequence[Period]) -> list[Return]:
    """Every return owed for some periods, the nearest due first; computed once an hour for a state of the store."""
    return list(_returns(*session.state(), tuple(periods), session.hour()))


@kept(8)
def _returns(store: str, entry: int, periods: tuple[Period, ...], now: datetime) -> tuple[Return, ...]:
    here = session.place()
    found = course.returns(here.store, session.catalogue(), here.settings, periods=periods, now=now)
    return tuple(sorted(found, key=lambda one: (one.due_at, one.organisation.id)))


def owed(asked: View) -> list[Return]:
    """The returns that the bodies of a plan owe, as they stand now."""
    bodies = {o.id for one in judged(asked) if (o := session.catalogue().owner(one.plan, one.commitment))}
    return [one for one in returns(grid_periods()) if one.organisation.id in bodies and (one.owed or one.matters)]


def my_returns() -> list[Return]:
    """What the reader's organisation owes, what is not finished first; of whoever has none, nothing."""
    mine = [one for one in returns(grid_periods()) if one.organisation.id == session.user().organisation]
    return sorted(mine, key=lambda one: (one.complete or bool(one.waived), one.due_at))[:6]


def reminders(found: Sequence[Return], language: str) -> bytes:
    """What is missing, as a file to send around."""
    return course.reminders(found, language=language)


def staged(submission: str) -> pl.DataFrame:
    """The rows of a submission beside what each would replace."""
    store = session.place().store
    rows = store.ask("staged", submission=submission)
    known = store.approved(indicators=_each(rows["indicator"]), regions=_each(rows["region"]))
    return compare(rows, known)


def _each(names: pl.Series) -> list[str]:
    return names.unique(maintain_order=True).to_list()


def ready() -> Ready:
    """What a release by whoever asks would publish."""
    return _ready(*session.state(), session.user().name)


@kept(8)
def _ready(store: str, entry: int, name: str) -> Ready:
    return ready_of(session.place().store, session.user())


def releases(asked: View) -> pl.DataFrame:
    """The releases, newest first, as known on the view's date."""
    return _releases(*session.state(), _until(asked))


@kept(16)
def _releases(store: str, entry: int, known_on: datetime) -> pl.DataFrame:
    return session.place().store.ask("releases", known_on=known_on)


def release_days() -> dict[int, date]:
    """The day of each release, where the office is."""
    here = session.place()
    known = _releases(*session.state(), _ALWAYS).sort("number")
    times = known["number", "recorded_at"].iter_rows()
    return {number: at_office(at, here.settings.timezone).date() for number, at in times}


# -- what changed, and what those who know say of it -----------------------------------------------------------


def since(asked: View) -> Since | None:
    """What changed since the last release known on the view's date, and why; None before any release."""
    if not asked.plan:
        return None
    return _since(*session.state(), asked.plan, asked.as_of, asked.known_on)


@kept(32)
def _since(store: str, entry: int, plan_id: str, as_of: date, known_on: date | None) -> Since | None:
    here = session.place()
    known = session.catalogue(known_on)
    return since_release(
        here.store,
        known,
        known.plans[plan_id],
        judged(View("", plan_id, as_of, known_on=known_on)),
        rule=known.rules[DEFAULT_RULE],
        zone=here.settings.timezone,
        as_of=as_of,
        known_on=known_until(known_on, here.settings.timezone),
    )


def reasons(asked: View) -> Mapping[tuple[str, str], Reason]:
    """What was approved last of 进展, 原因, 措施 of each indicator in a region."""
    return {place: all_of_it[0] for place, all_of_it in _told(asked).items()}


def reasons_of(one: Judged, asked: View) -> Sequence[Reason]:
    """All that was approved of 进展, 原因, 措施 of one target's indicator, newest first."""
    return _told(asked).get((one.indicator.id, one.region), ())


def _told(asked: View) -> Mapping[tuple[str, str], tuple[Reason, ...]]:
    if not asked.plan:
        return {}
    return _reasons(*session.state(), asked.plan, asked.as_of, asked.known_on)


@kept(32)
def _reasons(
    store: str, entry: int, plan_id: str, as_of: date, known_on: date | None
) -> Mapping[tuple[str, str], tuple[Reason, ...]]:
    here = session.place()
    found = judged(View("", plan_id, as_of, known_on=known_on))
    told = said(here.store, found, known_on=known_until(known_on, here.settings.timezone))
    return {place: then for place, all_of_it in told.items() if (then := _until_day(all_of_it, as_of))}


def _until_day(told: Iterable[Reason], as_of: date) -> tuple[Reason, ...]:
    """What was said of periods that a view looks back on."""
    return tuple(one for one in told if one.period.end <= as_of)


def dated_notes(one: Judged, asked: View) -> list[Annotation]:
    """The notes on one target's indicator that stand, as known on the view's date, oldest first."""
    store = session.place().store
    return standing(store, indicator=one.indicator.id, region=one.region, known_on=_until(asked))


def paths(one: Judged, asked: View) -> Sequence[PathVersion]:
    """The earlier versions of one target, oldest first; none where it was never edited."""
    return _paths(session.place().store.id, one, asked.known_on)


@kept(256)
def _paths(store: str, one: Judged, known_on: date | None) -> tuple[PathVersion, ...]:
    # one judgement is of one state of the store
    here = session.place()
    return edits.paths(here.store, one, known_on=known_until(known_on, here.settings.timezone))


def _until(asked: View) -> datetime:
    return known_until(asked.known_on, session.place().settings.timezone) or _ALWAYS
