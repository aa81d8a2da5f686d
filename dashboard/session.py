"""The only place for what a page remembers: the process's store, the address, the role, and cached answers."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import incidents
from dashboard.charts.palette import DARK, LIGHT, Ground
from dashboard.i18n import LANGUAGES, words
from dashboard.kept import kept
from dashboard.offered import FIRST
from indicators.catalogue import Catalogue
from indicators.store import known_until
from ingest import demo
from ingest.accounts.sessions import Session
from ingest.checking import today
from ingest.people import Action, Forbidden, User, may
from ingest.terminal import Place

T = TypeVar("T")
_place: Place | None = None
_asking: Callable[[], User | None] | None = None


# -- the process -------------------------------------------------------------------------------------------


@contextmanager
def serving(opened: Place, *, asking: Callable[[], User | None] | None = None) -> Iterator[None]:
    """Offer an opened place to the pages until the block ends.

    `asking` says who asks where no gate stands before the pages, as in a test of them.
    """
    global _place, _asking
    _place, _asking = opened, asking
    try:
        yield
    finally:
        _place = _asking = None


def has_place() -> bool:
    return _place is not None


def place() -> Place:
    """The store, settings and home of this process."""
    assert _place is not None, "pages run only while the server has a store open"
    return _place


def report(error: Exception) -> None:
    """Log an error once under an incident number and show the reader that number only."""
    number = incidents.note(error)
    st.error("  \n".join(words(language)("gate.incident", number=number) for language in LANGUAGES))


def state() -> tuple[str, int]:
    """The state of the store, which whatever is kept of it is kept under."""
    here = place()
    return here.store.id, here.store.last_entry()


# -- the catalogue, parsed once for each state of the store ------------------------------------------------


def catalogue(known_on: date | None = None) -> Catalogue:
    instant = known_until(known_on, place().settings.timezone)
    return _catalogue(*state(), instant.isoformat() if instant else "")


@kept(8)
def _catalogue(store: str, entry: int, known_on: str) -> Catalogue:
    return place().store.catalogue(datetime.fromisoformat(known_on) if known_on else None)


# -- the address -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class View:
    """What the address asks for. `params` is the address again, defaults left out.

    `region`: below the plan's own, judged by the plan's targets; '' is the plan's own.
    """

    language: str
    plan: str
    as_of: date
    indicator: str = ""
    region: str = ""
    known_on: date | None = None
    part: str = ""

    def params(self, **changes: object) -> dict[str, str]:
        """Query parameters of this view, or of one that differs."""
        other = replace(self, **changes)  # type: ignore[arg-type]
        asked = {"plan": other.plan, "as_of": other.as_of.isoformat(), "lang": other.language}
        if other.indicator:
            asked["indicator"] = other.indicator
        if other.region:
            asked["region"] = other.region
        if other.known_on:
            asked["known_on"] = other.known_on.isoformat()
        if other.part:
            asked["part"] = other.part
        defaults = {"plan": _default_plan(), "as_of": default_day().isoformat()}
        defaults["lang"] = place().settings.language
        return {key: value for key, value in asked.items() if value != defaults.get(key)}


def _default_plan() -> str:
    plans = catalogue().plans
    return demo.PLAN if demo.PLAN in plans else next(iter(plans), "")


def default_day() -> date:
    return demo.AS_OF if place().home.demo else today(place().settings)


def now() -> datetime:
    """The moment where the office is; in the demonstration, just before its next return is due."""
    here = place()
    zone = ZoneInfo(here.settings.timezone)
    return datetime.combine(demo.AS_OF + timedelta(days=93), time(10), zone) if here.home.demo else datetime.now(zone)


def hour() -> datetime:
    """The hour that has begun: what depends on the time is found anew with each."""
    return now().replace(minute=0, second=0, microsecond=0)


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
    region = asked.get("region", "")
    known = plan and any(indicator.partition("@")[0] in (c.id, c.indicator) for c in plans[plan].targets)
    return View(
        language=asked["lang"] if asked.get("lang") in LANGUAGES else place().settings.language,
        plan=plan,
        as_of=_day(asked.get("as_of")) or default_day(),
        indicator=indicator if known else "",
        region=region if plan and region in places_below(plan, known_on) else "",
        known_on=known_on,
    )


def places_below(plan: str, known_on: date | None) -> list[str]:
    """The regions that a plan's own is divided into, in the catalogue's order."""
    known = catalogue(known_on)
    return [code for code, region in known.regions.items() if region.parent == known.plans[plan].region]


def keep_address() -> None:
    """Let the browser's address say what this run was asked; a link to the page already open leaves it out."""
    if asked := st.query_params.to_dict():
        st.query_params.from_dict(asked)


def href(page: str, params: Mapping[str, str]) -> str:
    """The address of a page of ours, from the root."""
    return "/" + ("" if page == FIRST else page) + ("?" + urlencode(params) if params else "")


def pinned(asked: View, *, known: bool = False) -> str:
    """What an address must say for it to leave nothing to defaults; `known`: with what is known today only."""
    whole = {"plan": asked.plan, "as_of": asked.as_of.isoformat(), "lang": asked.language}
    if known or asked.known_on:
        whole["known_on"] = (asked.known_on or clock().date()).isoformat()
    return urlencode(whole)


def part(names: Sequence[str]) -> str:
    """Which part of a page the address asks for; the first unless it names one."""
    asked = st.query_params.get("part", "")
    return asked if asked in names else names[0]


def go(**params: str | None) -> None:
    """Change the address; None removes a parameter."""
    for key, value in params.items():
        if value is None:
            st.query_params.pop(key, None)
        else:
            st.query_params[key] = value


_FILTERS = {
    "catalogue": ("q", "plan", "region", "kind", "attribute", "domain", "organisation"),
    "compare": ("by",),
    "audit": ("q", "who", "act", "outcome", "since", "until", "before"),
}


def filters(of: str = "catalogue") -> dict[str, str]:
    """What a page is narrowed to, as the address says; for the catalogue, without a plan in it, all plans."""
    return {name: st.query_params[name] for name in _FILTERS.get(of, ()) if name in st.query_params}


def param(name: str) -> str:
    """One value of the address, '' where it has none."""
    return str(st.query_params.get(name, ""))


def filter_by(name: str) -> None:
    """Write a filter's new choice into the address."""
    go(**{name: st.session_state[f"filter_{name}"] or None})


# -- who ---------------------------------------------------------------------------------------------------


class SignedOut(Forbidden):
    """Something was asked for by nobody: there is no session, or it is over."""

    def __init__(self) -> None:
        super().__init__(*(words(language)("gate.signed_out") for language in LANGUAGES))


def signed_in() -> Session | None:
    """The session that asks, as the store has it now; the gate put its id where only the gate can."""
    named = st.user.get("session")
    return place().sessions.named(named) if isinstance(named, str) else None


def asking() -> User | None:
    """Who is asking, with the role they have at this moment; nobody where there is no session."""
    if _asking is not None:
        return _asking()
    found = signed_in()
    return found.user if found else None


def user() -> User:
    """Who is asking. Raises SignedOut where nobody is."""
    found = asking()
    if found is None:
        raise SignedOut
    return found


def may_submit() -> bool:
    return may(user(), Action.SUBMIT)


# -- what one run leaves for the next ------------------------------------------------------------------------


def tell(kind: str, text: str) -> None:
    """Leave a line for the next run to say."""
    st.session_state["told"] = (kind, text)


def told() -> None:
    """Say once what the last act said."""
    if said := st.session_state.pop("told", None):
        kind, text = said
        (st.success if kind == "success" else st.error)(text)


def typed(key: str) -> str:
    """What stands in a text field; nothing where there is no field."""
    return str(st.session_state.get(key) or "") if key else ""


def chosen(key: str) -> object:
    """What a control holds; None where there is no control."""
    return st.session_state.get(key)


def forget(*keys: str) -> None:
    """Empty fields once what stood in them was taken."""
    for key in keys:
        st.session_state.pop(key, None)


def blank(*keys: str) -> None:
    """Leave text fields there and empty: one that is only forgotten keeps its text in the browser."""
    for key in keys:
        st.session_state[key] = ""


def keep_code(name: str, code: str) -> None:
    """Hold an account's one-time code until its administrator puts it away; nothing else knows it."""
    st.session_state["code"] = (name, code, datetime.now(UTC))


def code() -> tuple[str, str] | None:
    """The account and one-time code that wait to be handed over; forgotten after ten minutes."""
    held = st.session_state.get("code")
    if held is None or datetime.now(UTC) - held[2] > timedelta(minutes=10):
        drop_code()
        return None
    name, told, _ = held
    return name, told


def drop_code() -> None:
    """Forget a one-time code for good."""
    st.session_state.pop("code", None)


def remembered(name: str, key: Hashable, make: Callable[[], T]) -> T:
    """What `make` gave for this key, kept for this reader until another key is asked for."""
    known = st.session_state.get(name)
    if known is None or known[0] != key:
        known = st.session_state[name] = (key, make())
    answer: T = known[1]
    return answer


def files(key: str) -> list[tuple[str, bytes]]:
    """The files that an uploader holds, as (name, bytes)."""
    return [(file.name, file.getvalue()) for file in st.session_state.get(key) or ()]


def clear_upload() -> None:
    """Empty the uploader in the next run."""
    st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1


def upload_key() -> str:
    """The uploader's key; a new one after each file that was sent, so that it is empty again."""
    return f"upload_{st.session_state.get('uploads', 0)}"


# -- where from ----------------------------------------------------------------------------------------------


def address() -> str:
    """The address the reader's browser shows."""
    return str(st.context.url or "")


def client() -> str:
    """The network address the reader comes from, as the ledger keeps it; '' on this machine itself."""
    try:
        return str(ip_address(st.context.ip_address or "")) if _asking is None else ""
    except ValueError:
        return ""


def clock() -> datetime:
    """The moment where the office is, in the demonstration too."""
    return datetime.now(ZoneInfo(place().settings.timezone))


# -- look --------------------------------------------------------------------------------------------------


def ground() -> Ground:
    """The light or dark ground the reader's browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT
