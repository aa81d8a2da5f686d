"""Reading the ledger: who did what, when, from where, and what came of it. Only whoever may audit reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from indicators.store import Break, Store, known_until
from ingest.people import Action, User, demand

__all__ = ["MOST", "PAGE", "Wanted", "chain", "last_line", "lines"]

PAGE = 50  # lines shown at once
MOST = 100_000  # lines of one export
_FIRST, _LAST = datetime(1, 1, 1), datetime(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the ledger is narrowed to; '' and None narrow nothing.

    `who` and `text` are parts of a name and of subject, detail or address, whatever their case; `since` and `until`
    are days where the office is, both inclusive.
    """

    who: str = ""
    act: str = ""
    outcome: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None


def lines(
    store: Store, wanted: Wanted, *, user: User, zone: str, before: int | None = None, most: int = PAGE
) -> pl.DataFrame:
    """Up to `most` lines that fit, newest first, all before entry `before`. Times are UTC, naive.

    Raises Forbidden unless `user` may audit. The ledger is read backwards in pieces that grow, so that what a page
    costs follows from how far back it reaches.
    """
    demand(user, Action.AUDIT)
    oldest, end = _range(store, wanted, zone)
    end = end if before is None else min(before, end)
    piece, found, count = 4 * most, list[pl.DataFrame](), 0
    while True:
        start = max(oldest, end - piece)
        asked = {name: getattr(wanted, name) or None for name in ("who", "act", "outcome", "text")}
        found.append(store.ask("audit", oldest=start, before=end, most=most - count, **asked))
        count += found[-1].height
        if count >= most or start <= oldest:
            return pl.concat(found)
        end, piece = start, 4 * piece


def _range(store: Store, wanted: Wanted, zone: str) -> tuple[int, int]:
    """From which entry to before which one the days reach; times in the ledger rise with its entries."""
    if wanted.since is None and wanted.until is None:
        return 1, last_line(store) + 1
    day_before = wanted.since - timedelta(days=1) if wanted.since and wanted.since > date.min else None
    since = known_until(day_before, zone) or _FIRST
    until = known_until(wanted.until, zone) if wanted.until and wanted.until < date.max else _LAST
    found: Mapping[str, Any] = store.ask("audit_range", since=since, until=until).row(0, named=True)
    return found["oldest"], found["before"]


def last_line(store: Store) -> int:
    """Number of the newest line, whatever it is about."""
    return int(store.ask("last_entry")["entry"][0])


def chain(store: Store, *, user: User) -> Break | None:
    """The first line that is not as it was sealed; None while the chain is whole. Reads the whole ledger."""
    demand(user, Action.AUDIT)
    return store.first_break()
