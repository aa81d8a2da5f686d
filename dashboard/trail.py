"""What the auditor's page asks of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import polars as pl

from dashboard import session
from dashboard.components.returns import moment
from dashboard.i18n import LANGUAGES, Words, words
from indicators.store import Break
from ingest import auditing
from ingest.auditing import Wanted
from ingest.export import csv_bytes
from ingest.people import User
from ingest.words import visible

__all__ = ["OUTCOMES", "Chain", "Page", "act_name", "acts", "chain", "check_again", "export", "page", "wanted"]

OUTCOMES = ("done", "refused")
_PREFIX = "act."


@dataclass(frozen=True, slots=True)
class Chain:
    """What a check of the whole ledger found: up to which entry, when (where the office is), what is broken first."""

    entry: int
    at: datetime
    broken: Break | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the ledger, newest first; `older` is where the next one goes on from, None at the end."""

    lines: pl.DataFrame
    older: int | None


def wanted() -> Wanted:
    """What the address narrows the ledger to; what it says that means nothing narrows nothing."""
    asked = session.filters("audit")
    outcome = asked.get("outcome", "")
    return Wanted(
        who=asked.get("who", ""),
        act=asked.get("act", ""),
        outcome=outcome if outcome in OUTCOMES else "",
        text=asked.get("q", ""),
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def page() -> Page:
    """The page of the ledger that the address names."""
    here = session.place()
    start = session.param("before")
    before = int(start) if start.isascii() and start.isdecimal() and len(start) < 16 else None
    asked = auditing.PAGE + 1  # one more than is shown says whether the page is the last
    found = auditing.lines(
        here.store, wanted(), user=session.user(), zone=here.settings.timezone, before=before, most=asked
    )
    shown = found.head(auditing.PAGE)
    return Page(shown, int(shown["entry"][-1]) if found.height > auditing.PAGE else None)


def chain() -> Chain:
    """Whether the ledger is whole; checked once for each newest line of it, and again when asked."""
    here, who = session.place(), session.user()
    return _chain(here.store.id, auditing.last_line(here.store), who)


@lru_cache(maxsize=1)
def _chain(store: str, entry: int, who: User) -> Chain:
    found = auditing.chain(session.place().store, user=who)
    return Chain(entry, session.clock(), found)


def check_again() -> None:
    """Forget what the last check found: the files may have been touched since."""
    _chain.cache_clear()


def acts() -> list[str]:
    """Every act that has a name."""
    return [key.removeprefix(_PREFIX) for key in words(LANGUAGES[0]).keys() if key.startswith(_PREFIX)]  # noqa: SIM118


def act_name(act: str, w: Words) -> str:
    """An act in words; its code where it has none yet."""
    return w.get(f"act.{act}", visible(act))


def export(asked: Wanted, who: User, zone: str, w: Words) -> bytes:
    """Every line that fits, up to `auditing.MOST`, as CSV for spreadsheets."""
    found = auditing.lines(session.place().store, asked, user=who, zone=zone, most=auditing.MOST)
    names = ("entry", "when", "who", "act", "act_code", "subject", "outcome", "address", "system_user", "detail")
    return csv_bytes([w(f"audit.{name}") for name in names], _rows(found.iter_rows(named=True), w))


def _rows(found: Iterable[Mapping[str, Any]], w: Words) -> Iterable[Iterable[object]]:
    for line in found:
        yield (
            line["entry"],
            moment(line["recorded_at"], seconds=True),
            visible(line["actor"]),
            act_name(line["action"], w),
            visible(line["action"]),
            visible(line["subject"]),
            w(f"audit.outcome_{line['outcome']}") if line["outcome"] in OUTCOMES else line["outcome"],
            visible(line["address"]),
            visible(line["system_user"]),
            visible(line["detail"]),
        )
