"""Writing a snapshot: the store copies public columns of released rows into a DuckDB file of their own, and Parquet."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from indicators.store.snapshot import SNAPSHOT, SNAPSHOT_VERSION
from indicators.store.store import Store, StoreError

__all__ = ["TABLES", "Press", "press"]

TABLES = ("snapshot_info", "release", "catalogue", "figure", "assessment", "status_change", "correction")
_HERE = Path(__file__).parent
_printing = threading.Lock()  # the file is attached under one name


@cache
def _query(name: str) -> str:
    return (_HERE / "press" / f"{name}.sql").read_text(encoding="utf-8")


class Press:
    """A snapshot being written, of the store's releases up to one."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor

    def figures(self, *, number: int, least: int, units: pl.DataFrame, veil: pl.DataFrame) -> None:
        """Fill in what releases up to `number` published, and what later ones of them corrected.

        `units`: indicator, definition, unit. `veil`: indicator, region, period_end, accumulation of what is not
        told; nor is any figure with fewer than `least` contributors.
        """
        self._cursor.register("units", units)
        self._cursor.register("veil", veil)
        try:
            self._cursor.execute(_query("figure"), {"number": number, "least": least})
            self._cursor.execute(_query("correction"))
        finally:
            self._cursor.unregister("units")
            self._cursor.unregister("veil")

    def add(self, table: str, rows: pl.DataFrame | Sequence[Mapping[str, Any]]) -> None:
        """Append rows, whose names are the table's columns."""
        assert table in TABLES, "table names are ours"
        frame = rows if isinstance(rows, pl.DataFrame) else pl.DataFrame(rows, infer_schema_length=None)
        if frame.is_empty():
            return
        self._cursor.register("arriving", frame)
        try:
            self._cursor.execute(f"INSERT INTO snapshot.{table} BY NAME FROM arriving")
        finally:
            self._cursor.unregister("arriving")

    def ask(self, question: str, **values: Any) -> pl.DataFrame:
        """The answer to `press/<question>.sql` about the snapshot as far as it is written."""
        return self._cursor.execute(_query(question), values or None).pl()


@contextmanager
def press(store: Store, folder: Path, *, program: str) -> Iterator[Press]:
    """A new snapshot in `folder`, which lies below the store's `snapshots`; each table as Parquet beside it.

    What was written before an error stays and is the caller's to clear away.
    """
    assert store.snapshots is not None and folder.is_relative_to(store.snapshots), "the store writes nowhere else"
    (folder / "parquet").mkdir(parents=True)
    with _printing, store.cursor() as cursor, _told():
        cursor.execute(f"ATTACH '{_quoted(folder / SNAPSHOT)}' AS snapshot (STORAGE_VERSION 'v1.4.0')")
        try:
            cursor.execute((_HERE / "snapshot.sql").read_text(encoding="utf-8"))
            info = {"version": SNAPSHOT_VERSION, "program": program, "kind": store.kind}
            cursor.execute("INSERT INTO snapshot.snapshot_info VALUES ($version, $program, $kind)", info)
            yield Press(cursor)
            for table in TABLES:
                out = _quoted(folder / "parquet" / f"{table}.parquet")
                cursor.execute(f"COPY snapshot.{table} TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
            cursor.execute("CHECKPOINT snapshot")  # what cannot be written whole is no snapshot
        except BaseException:
            with suppress(duckdb.Error):
                cursor.execute("DETACH snapshot")
            raise
        cursor.execute("DETACH snapshot")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except duckdb.Error as error:
        raise StoreError(f"the snapshot could not be written: {error}") from error


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
