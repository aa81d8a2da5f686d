"""Opening the store, asking it, and writing to it one ledger entry at a time."""

from __future__ import annotations

import json
import os
import pwd
import re
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import polars.selectors as cs

from indicators.catalogue import Catalogue, CatalogueKind
from indicators.store.seal import Break, first_break, journal_of, note, noted, seal

__all__ = ["Entry", "Store", "StoreBusy", "StoreError", "StoreOfOtherKind", "known_until", "on_behalf_of"]

# 2: rule sets name their method; 3: the course of a return; 4: accounts and the seal; 5: annotations, as-of of
# releases; 6: snapshots of releases
SCHEMA_VERSION = 6
_SEALED_FROM = 4
_GROWN = 2  # from here on a newer version only adds tables, so that an older store grows by itself
_HERE = Path(__file__).parent
_ASIDE = {"ledger", "seal", "credential", "sign_in", "sign_out"}  # what they say changes no answer on plans
_FOREVER = datetime(9999, 12, 31)
_system_user: ContextVar[str | None] = ContextVar("system_user", default=None)
_ROW_GROUP = 122_880  # rows that DuckDB packs together
# What a query may do is fixed before it is asked: no extensions, no Python objects by name, and (`_lock`) no files.
_LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    # of a store that is made anew: from this format on DuckDB packs repeated texts in a third less time
    "storage_compatibility_version": "v1.4.0",
}


class StoreError(Exception):
    """The store cannot be opened or does not fit; the message says what to do."""


class StoreBusy(StoreError):
    """Another process owns the store; `pid` names it where known."""

    def __init__(self, path: Path, pid: int | None) -> None:
        who = f"process {pid}" if pid else "another process"
        super().__init__(f"the store {path.name} is in use by {who}; stop it, or work through it")
        self.pid = pid


class StoreOfOtherKind(StoreError):
    """A real store asked for as a demonstration, or the other way about."""


def _not_a_store(path: Path) -> StoreError:
    return StoreError(
        f"{path.name} cannot be opened as a store: it is damaged, not one, or not ours to open; it is left as it "
        f"is. Put a backup in its place, or name another ZHIBIAO_HOME"
    )


@cache
def _query(name: str) -> str:
    return (_HERE / "queries" / f"{name}.sql").read_text(encoding="utf-8")


def known_until(day: date | None, zone: str) -> datetime | None:
    """The last instant of `day` in `zone`, as the store counts time (UTC, naive); None stays None."""
    if day is None:
        return None
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone)) - timedelta(microseconds=1)
    return end.astimezone(UTC).replace(tzinfo=None)


class Entry:
    """One open ledger entry: what is added through it is written together or not at all."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, number: int, at: datetime) -> None:
        self._cursor, self.number, self.at = cursor, number, at
        self.tables: set[str] = set()  # that something was added to

    def add(self, table: str, rows: pl.DataFrame | Sequence[Mapping[str, Any]], **same: Any) -> None:
        """Append rows; `entry` and `recorded_at` are filled in, `same` are further columns alike in every row.

        Column names must be the table's.
        """
        assert re.fullmatch(r"[a-z_]+", table), "table names are ours, never a user's"
        frame = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows, infer_schema_length=None)
        if frame.is_empty():
            return
        for column in frame.select(cs.float()):
            if not column.is_finite().all():
                raise ValueError(f"{table}.{column.name}: NaN and infinity are never stored")
        self.tables.add(table)
        same["entry"] = self.number
        if "recorded_at" in self._columns(table):
            same["recorded_at"] = self.at
        also = "".join(f", ${name} AS {name}" for name in same)
        # in pieces, because one piece is one thread's work
        pieces = pl.concat([frame[at : at + _ROW_GROUP] for at in range(0, frame.height, _ROW_GROUP)], rechunk=False)
        self._cursor.register("arriving", pieces)
        try:
            self._cursor.execute(f"INSERT INTO {table} BY NAME SELECT *{also} FROM arriving", same)
        finally:
            self._cursor.unregister("arriving")

    def _columns(self, table: str) -> set[str]:
        described = self._cursor.execute(f"SELECT * FROM {table} LIMIT 0").description
        return {column[0] for column in described}


class Store:
    """A DuckDB file (or `:memory:`) that this process owns.

    One connection, a cursor for each use, one writer at a time (a bare connection shared between threads
    returns other threads' rows).
    """

    def __init__(self, path: Path | str, *, kind: str = "real", snapshots: Path | None = None) -> None:
        """Open or make the store; `snapshots`: the one folder that it may write snapshots of releases into."""
        self.path, self.snapshots = Path(path), snapshots
        if str(path) != ":memory:":
            self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = duckdb.connect(str(path), config=_LOCKED)
            self._lock()
        except duckdb.IOException as error:
            owner = re.search(r"PID (\d+)", str(error))
            if "Could not set lock" in str(error):
                raise StoreBusy(self.path, int(owner[1]) if owner else None) from None
            raise _not_a_store(self.path) from None
        except duckdb.Error:
            raise _not_a_store(self.path) from None
        self._writer = threading.Lock()
        self._news = threading.Condition()
        try:
            self._prepare(kind)
        except duckdb.Error:
            self.close()
            raise _not_a_store(self.path) from None
        except StoreError:
            self.close()
            raise

    def _lock(self) -> None:
        """From here on nothing reaches a file but the store's own and the snapshots it writes."""
        if self.snapshots is not None:
            self._connection.execute("SET allowed_directories = $folders", {"folders": [str(self.snapshots)]})
        self._connection.execute("SET enable_external_access = false")
        self._connection.execute("SET lock_configuration = true")

    def _prepare(self, kind: str) -> None:
        cursor = self._connection.cursor()
        cursor.execute((_HERE / "schema.sql").read_text(encoding="utf-8"))
        info = cursor.execute(_query("info")).fetchone()
        if info is None:
            self.id = secrets.token_hex(8)
            values = [self.id, kind, SCHEMA_VERSION, _now()]
            cursor.execute("INSERT INTO store_info VALUES (?, ?, ?, ?)", values)
            info = (self.id, kind, SCHEMA_VERSION, None)
        self.id, self.kind, version, _ = info
        if self.kind != kind:
            raise StoreOfOtherKind(
                f"{self.path.name} is a {self.kind} store and cannot be opened as a {kind} one; "
                f"with and without --demo are two stores"
            )
        if version != SCHEMA_VERSION and not _GROWN <= version < SCHEMA_VERSION:
            raise StoreError(
                f"{self.path.name} has schema {version}, this program needs {SCHEMA_VERSION}: use the program it fits"
            )
        self._last = int(cursor.execute(_query("last_entry")).fetchone()[0])  # type: ignore[index]
        self._written: dict[str, int] = {}  # by table, the last entry since the store was opened
        self._catch_up(older=version < _SEALED_FROM)
        if version < SCHEMA_VERSION:
            cursor.execute("INSERT INTO store_info VALUES (?, ?, ?, ?)", [self.id, kind, SCHEMA_VERSION, _now()])

    def _catch_up(self, *, older: bool) -> None:
        """Seal the ledger of an older version, and copy what the journal does not have yet.

        A line of today's version has its seal from the start: one without is found by `first_break`, never sealed.
        """
        last = self.ask("last_seal").row(0, named=True)
        self._sealed = last["hash"]
        fresh: dict[int, str] = {}
        for line in self.ask("seals", after=last["entry"]).iter_rows(named=True) if older else ():
            done = line | {"outcome": "done", "address": ""}
            fresh[line["entry"]] = self._sealed = seal(self._sealed, done)
        cursor = self._connection.cursor()
        if fresh:
            lines = pl.DataFrame({"entry": list(fresh), "hash": list(fresh.values())})
            cursor.register("arriving", lines)
            cursor.execute("INSERT INTO seal BY NAME SELECT *, 'done' AS outcome, '' AS address FROM arriving")
        if journal := journal_of(self.path):
            copied = max((entry for entry, _ in noted(journal)), default=0)
            later = self.ask("seals", after=copied).drop_nulls("hash")
            note(journal, dict(zip(later["entry"], later["hash"], strict=True)))

    def first_break(self) -> Break | None:
        """The first line of the ledger that is not as it was sealed."""
        journal = journal_of(self.path)
        # the journal first: it never has a seal that the store has not
        copies = list(noted(journal)) if journal else []
        return first_break(self.ask("seals", after=0).iter_rows(named=True), iter(copies))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    # -- asking ----------------------------------------------------------------------------------------

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of one's own, for this room alone."""
        cursor = self._connection.cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def ask(self, question: str, **values: Any) -> pl.DataFrame:
        """The answer to `queries/<question>.sql` with its values bound."""
        with self.cursor() as cursor:
            return cursor.execute(_query(question), values or None).pl()

    def last_entry(self) -> int:
        """Number of the last ledger entry that an answer may depend on: with `id`, the key to cache it under.

        Who signed in or was refused is in the ledger too and changes no answer.
        """
        return self._last  # ours to remember: no other process writes here

    def next_entry(self, after: int, *, timeout: float) -> int:
        """`last_entry`, as soon as it is another than `after`, or once `timeout` seconds are over."""
        with self._news:
            self._news.wait_for(lambda: self._last != after, timeout)
            return self._last

    def written(self, *tables: str) -> int:
        """Number of the last entry that added to any of `tables` since the store was opened, 0 for none.

        What was read of them is still so while this stays the same: no other process writes here.
        """
        return max(self._written.get(table, 0) for table in tables)

    def approved(
        self,
        *,
        regions: Sequence[str] | None = None,
        indicators: Sequence[str] | None = None,
        known_on: datetime | None = None,
    ) -> pl.DataFrame:
        """The approved figures that hold as known on `known_on` (UTC, naive; default now)."""
        asked = {"regions": self._all("region", regions), "indicators": self._all("indicator", indicators)}
        return self.ask("approved", **asked, known_on=known_on or _FOREVER)

    def revisions(
        self, *, indicators: Sequence[str], regions: Sequence[str] | None = None, known_on: datetime | None = None
    ) -> pl.DataFrame:
        """How far approved values moved when they were revised: indicator, region, size. Default: of every region."""
        asked = {"regions": self._all("region", regions), "indicators": list(indicators)}
        return self.ask("revisions", **asked, known_on=known_on or _FOREVER)

    def _all(self, column: str, named: Sequence[str] | None) -> list[str]:
        """The names asked for; every one there is where none are said."""
        return list(named) if named is not None else self.ask("places")[column].unique().to_list()

    def catalogue_texts(self, known_on: datetime | None = None) -> list[tuple[CatalogueKind, str, str]]:
        """Every catalogue file's newest text as (kind, id, text)."""
        rows = self.ask("catalogue", known_on=known_on or _FOREVER)
        return [(CatalogueKind(kind), name, text) for kind, name, text in rows["kind", "id", "text"].iter_rows()]

    def catalogue(self, known_on: datetime | None = None) -> Catalogue:
        """The catalogue as known on `known_on`; parsed once for each state of the store."""
        return _parsed(tuple(self.catalogue_texts(known_on)))

    # -- writing ---------------------------------------------------------------------------------------

    @contextmanager
    def entry(
        self, *, actor: str, action: str, subject: str = "", outcome: str = "done", address: str = "", **detail: Any
    ) -> Iterator[Entry]:
        """A transaction that is one line of the ledger. Any exception, BaseException too, rolls it back.

        `outcome`: done or refused; `address`: of whoever asked over the network.
        """
        with self._writer:
            cursor = self._connection.cursor()
            cursor.execute("BEGIN")
            try:
                number, last = cursor.execute(_query("last_entry")).fetchone()  # type: ignore[misc]
                # a clock set back must not reorder what was known when
                at = max(_now(), last + timedelta(microseconds=1)) if last else _now()
                entry = Entry(cursor, number + 1, at)
                line = {
                    "actor": actor,
                    "system_user": _system_user.get() or _own_user(),
                    "action": action,
                    "subject": subject,
                    "detail": json.dumps(detail, ensure_ascii=False, default=str),
                }
                entry.add("ledger", [line])
                yield entry
                told = {"entry": entry.number, "recorded_at": at, **line, "outcome": outcome, "address": address}
                sealed = seal(self._sealed, told)
                entry.add("seal", [{"outcome": outcome, "address": address, "hash": sealed}])
                cursor.execute("COMMIT")
                self._sealed = sealed
                self._written |= dict.fromkeys(entry.tables, entry.number)
                if entry.tables - _ASIDE:
                    with self._news:
                        self._last = entry.number
                        self._news.notify_all()
                if journal := journal_of(self.path):
                    with suppress(OSError):  # what is committed stays so; the next start copies what is missing
                        note(journal, {entry.number: sealed})
            except BaseException:
                with suppress(duckdb.Error):  # a failed COMMIT has already ended the transaction
                    cursor.execute("ROLLBACK")
                raise
            finally:
                cursor.close()


@lru_cache(maxsize=8)
def _parsed(texts: tuple[tuple[CatalogueKind, str, str], ...]) -> Catalogue:
    return Catalogue.of(texts, canonical=True)


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


@contextmanager
def on_behalf_of(uid: int) -> Iterator[None]:
    """Say in the ledger that the operating system's user `uid` asked, not the one who runs this process."""
    token = _system_user.set(_called(uid))
    try:
        yield
    finally:
        _system_user.reset(token)


def _own_user() -> str:
    return _called(os.geteuid())  # what the environment says of it can be made up


def _called(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
