"""The only place for what a page remembers: the process's store, the address, the role, and cached answers."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import TypeVar

import polars as pl
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.charts.palette import DARK, LIGHT, Ground
from dashboard.i18n import LANGUAGES, Words
from indicators.catalogue import Catalogue, Organisation
from indicators.monitor import Judged
from indicators.period import Period
from indicators.plan import Plan
from indicators.rules import RuleSet
from indicators.store import known_until
from ingest import demo, workflow
from ingest.check import Checked, compare
from ingest.checking import check_file, today
from ingest.people import Action, Forbidden, Role, User, may
from ingest.reading import judged_plan
from ingest.release import DEFAULT_RULE, release
from ingest.submission import Decision, Refused
from ingest.terminal import Place

T = TypeVar("T")
_place: Place | None = None
_log = logging.getLogger("zhibiao")


# -- the process -------------------------------------------------------------------------------------------


@contextmanager
def serving(opened: Place) -> Iterator[None]:
    """Offer an opened place to the pages until the block ends."""
    global _place
    _place = opened
    try:
        yield
    finally:
        _place = None


def has_place() -> bool:
    return _place is not None


def place() -> Place:
    """The store, settings and home of this process."""
    assert _place is not None, "pages run only while the server has a store open"
    return _place


def report(error: Exception) -> None:
    """Log an error once under an incident number and show the reader that number only."""
    number = secrets.token_hex(4)
    _log.error("incident %s", number, exc_info=error)
    st.error(f"出错了,请把编号 {number} 告诉管理员。 Something went wrong; tell the administrator number {number}.")


# -- the address -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks for. `params` is the address again, defaults left out."""

    language: str
    plan: str
    as_of: date
    indicator: str = ""
    known_on: date | None = None

    def params(self, **changes: object) -> dict[str, str]:
        """Query parameters of this view, or of one that differs."""
        other = replace(self, **changes)  # type: ignore[arg-type]
        asked = {"plan": other.plan, "as_of": other.as_of.isoformat(), "lang": other.language}
        if other.indicator:
            asked["indicator"] = other.indicator
        if other.known_on:
            asked["known_on"] = other.known_on.isoformat()
        defaults = {"plan": _default_plan(), "as_of": default_day().isoformat()}
        defaults["lang"] = place().settings.language
        return {key: value for key, value in asked.items() if value != defaults.get(key)}


def _default_plan() -> str:
    plans = catalogue().plans
    return demo.PLAN if demo.PLAN in plans else next(iter(plans), "")


def default_day() -> date:
    return demo.AS_OF if place().home.demo else today(place().settings)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def view() -> View:
    """What the address asks for; anything it says that does not exist falls back to the default."""
    asked: Mapping[str, str] = st.query_params
    known_on = _day(asked.get("known_on"))
    plans = catalogue(known_on).plans
    plan = asked.get("plan", "")
    plan = plan if plan in plans else _default_plan()
    indicator = asked.get("indicator", "")
    known = plan and any(c.id == indicator.partition("@")[0] for c in plans[plan].targets)
    return View(
        language=asked["lang"] if asked.get("lang") in LANGUAGES else place().settings.language,
        plan=plan,
        as_of=_day(asked.get("as_of")) or default_day(),
        indicator=indicator if known else "",
        known_on=known_on,
    )


def go(**params: str | None) -> None:
    """Change the address; None removes a parameter."""
    for key, value in params.items():
        if value is None:
            st.query_params.pop(key, None)
        else:
            st.query_params[key] = value


_FILTERS = ("q", "plan", "region", "kind", "attribute", "domain", "organisation")


def filters() -> dict[str, str]:
    """What the catalogue page is narrowed to, as the address says; without a plan in it, all plans."""
    return {name: st.query_params[name] for name in _FILTERS if name in st.query_params}


def filter_by(name: str) -> None:
    """Write a filter's new choice into the address."""
    go(**{name: st.session_state[f"filter_{name}"] or None})


# -- who ---------------------------------------------------------------------------------------------------


def user() -> User:
    """Who is asking. In the demonstration a role button says so; elsewhere the browser only reads."""
    if place().home.demo:
        role = Role(st.session_state.get("role", Role.LEADER))
        return demo.PEOPLE[role]
    return User("browser", Role.LEADER)


def act_as(role: Role) -> None:
    """Take a demonstration role."""
    assert place().home.demo, "roles are chosen by button only in the demonstration"
    st.session_state["role"] = role.value


def may_submit() -> bool:
    return may(user(), Action.SUBMIT)


# -- acts: each calls the workflow, and leaves what it said for the next run to tell ------------------------


def send(name: str, raw: bytes, w: Words) -> None:
    """Submit a file as the reader."""
    here = place()

    def act() -> str:
        receipt = workflow.submit(here.store, here.settings, name=name, raw=raw, user=user(), uploads=here.home.uploads)
        st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1
        if not receipt.submission:
            return w("submit.nothing")
        again = any(problem.code == "already_submitted" for problem in receipt.checked.problems)
        return w("submit.duplicate" if again else "submit.sent", id=receipt.submission)

    _act(act, w)


def decide(submission: str, decision: Decision, reason_key: str, w: Words) -> None:
    """Take a decision as the reader."""
    reason = st.session_state.get(reason_key, "")

    def act() -> str:
        workflow.decide(place().store, submission=submission, decision=decision, user=user(), reason=reason)
        return w("review.decided")

    _act(act, w)


def publish(note_key: str, w: Words) -> None:
    """Release as the reader."""
    note = st.session_state.get(note_key, "")

    def act() -> str:
        done = release(place().store, user=user(), note=note, as_of=default_day())
        told = w("review.released", number=done.number, figures=done.figures)
        return told + (w("review.left_out", count=len(done.left_out)) if done.left_out else "")

    _act(act, w)


def _act(act: Callable[[], str], w: Words) -> None:
    try:
        st.session_state["told"] = ("success", act())
    except (Forbidden, Refused) as error:
        st.session_state["told"] = ("error", error.zh if w.chinese else error.en)


def told() -> None:
    """Say once what the last act said."""
    if said := st.session_state.pop("told", None):
        kind, text = said
        (st.success if kind == "success" else st.error)(text)


def upload_key() -> str:
    """The uploader's key; a new one after each file that was sent, so that it is empty again."""
    return f"upload_{st.session_state.get('uploads', 0)}"


# -- answers, kept while the store has not changed ---------------------------------------------------------


def catalogue(known_on: date | None = None) -> Catalogue:
    here = place()
    instant = known_until(known_on, here.settings.timezone)
    return _catalogue(here.store.id, here.store.last_entry(), instant.isoformat() if instant else "")


@lru_cache(maxsize=8)
def _catalogue(store: str, entry: int, known_on: str) -> Catalogue:
    return place().store.catalogue(datetime.fromisoformat(known_on) if known_on else None)


def rule(asked: View) -> RuleSet:
    return catalogue(asked.known_on).rules[DEFAULT_RULE]


def plan(asked: View) -> Plan:
    return catalogue(asked.known_on).plans[asked.plan]


def judged(asked: View) -> tuple[Judged, ...]:
    """The plan of a view judged as it asks; computed once for each state of the store."""
    here = place()
    return _judged(here.store.id, here.store.last_entry(), asked.plan, asked.as_of, asked.known_on)


@lru_cache(maxsize=64)
def _judged(store: str, entry: int, plan_id: str, as_of: date, known_on: date | None) -> tuple[Judged, ...]:
    here = place()
    known = catalogue(known_on)
    found = judged_plan(
        here.store,
        known,
        known.plans[plan_id],
        as_of=as_of,
        rule=known.rules[DEFAULT_RULE],
        known_on=known_until(known_on, here.settings.timezone),
    )
    return tuple(found)


def examples(asked: View) -> list[Judged]:
    """Real series to explain the rules with: the plan's targets that have a baseline and published figures."""
    real = [o for o in judged(asked) if o.assessment.p is not None and not o.demonstrated] if asked.plan else []
    return real[:2]


def dealt(places: Sequence[DeltaGenerator], things: Sequence[T]) -> list[tuple[DeltaGenerator, T]]:
    """Things dealt out to columns, in turn."""
    return [(places[number % len(places)], thing) for number, thing in enumerate(things)]


def history(one: Judged, asked: View) -> pl.DataFrame:
    """Every approved value one target's figures ever had, as known on the view's date."""
    return place().store.ask("history", indicator=one.indicator.id, region=one.region, known_on=_until(asked))


def checked(name: str, raw: bytes) -> Checked:
    """A dropped file read and judged as the reader's; once for the same bytes, reader and state of the store."""
    here, who = place(), user()
    key = (hashlib.sha256(raw).hexdigest(), here.store.last_entry(), who)
    known = st.session_state.get("checked")
    if known is None or known[0] != key:
        known = st.session_state["checked"] = (key, check_file(here.store, here.settings, name=name, raw=raw, user=who))
    answer: Checked = known[1]
    return answer


def reporting_bodies() -> dict[str, Organisation]:
    """Who owes figures: the owners of the plans' targets; a statistician sees only their own."""
    known = catalogue()
    owners = {o.id: o for p in known.plans.values() for c in p.targets if (o := known.owner(p, c))}
    mine = user().organisation
    return {mine: owners[mine]} if mine in owners else owners


def recent_periods() -> list[Period]:
    """The quarters a return may be about, newest first: the last eight that have ended.

    The demonstration's figures end with 2024, so its next return is the first quarter of 2025.
    """
    here = place()
    day = Period.quarter(demo.AS_OF.year + 1, 1).end if here.home.demo else today(here.settings)
    quarters = [Period.quarter(year, number) for year in range(day.year - 2, day.year + 1) for number in range(1, 5)]
    return [quarter for quarter in reversed(quarters) if quarter.end <= day][:8]


def form(organisation: str, period: Period, who: User) -> bytes:
    """The return of an organisation and a period as a workbook, made when it is asked for.

    Runs outside the page's own run, so `who` asks is given.
    """
    from ingest.template import issue  # openpyxl loads slowly, and only a form needs it

    here = place()
    day = period.end if here.home.demo else today(here.settings)
    _, book = issue(here.store, organisation=organisation, period=period.code, today=day, user=who)
    return book


def marked(checked_file: Checked, name: str, raw: bytes) -> bytes:
    """The sender's own file with every problem marked in its cell."""
    from ingest.annotate import annotate

    return annotate(name, raw, checked_file.problems, place().settings)


def submissions() -> pl.DataFrame:
    """All submissions, newest first."""
    return place().store.ask("submissions", id=None, sha256=None, submitted_by=None)


def waiting() -> pl.DataFrame:
    """Submissions nobody has decided on."""
    return submissions().filter(pl.col("decision") == "")


def staged(submission: str) -> pl.DataFrame:
    """The rows of a submission beside what each would replace."""
    store = place().store
    rows = store.ask("staged", submission=submission)
    known = store.approved(indicators=rows["indicator"].unique().to_list())
    return compare(rows, known)


def unreleased() -> pl.DataFrame:
    """Approved figures no release holds."""
    return place().store.ask("unreleased")


def releases(asked: View) -> pl.DataFrame:
    """The releases, newest first, as known on the view's date."""
    return place().store.ask("releases", known_on=_until(asked))


def _until(asked: View) -> datetime:
    return known_until(asked.known_on, place().settings.timezone) or datetime(9999, 12, 31)


# -- look --------------------------------------------------------------------------------------------------


def ground() -> Ground:
    """The light or dark ground the reader's browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT


# -- pages, so that one can link to another ----------------------------------------------------------------


def know(pages: Mapping[str, st.Page]) -> None:
    """Remember this run's pages."""
    st.session_state["pages"] = dict(pages)


def page(name: str) -> st.Page:
    found: st.Page = st.session_state["pages"][name]
    return found
