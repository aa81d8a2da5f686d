"""Freezing a release into its snapshot, pages not counted, against the bare copy of the same rows.

The floor is DuckDB's own `CREATE TABLE AS` of the public columns of the same rows into a file beside the store; ours
also finds what was released and replaced, sorts it, judges every plan, writes Parquet and hashes every file.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing
from datetime import date
from itertools import count
from pathlib import Path

from ingest.freezing import Freezing, freeze
from ingest.people import Role, User
from ingest.publishing import _listed
from ingest.release import release
from tests.bench.stores import QUARTERS, add, series_of
from tests.bench.timing import ratio
from tests.snapshots import office

__all__ = ["bench"]

_PUBLIC = (
    "indicator, region, period, period_end, accumulation, definition, value, missing, unit, vintage, published_on, "
    "source"
)


def bench(observations: int = 1_000_000) -> None:
    """One release of so many observations."""
    with tempfile.TemporaryDirectory() as scratch, office(Path(scratch)) as here:
        wanted = series_of(here.store.catalogue(), observations // len(QUARTERS))
        for period in QUARTERS:
            add(here.store, wanted, period)
        done = release(here.store, user=User("zhao", Role.PUBLISHER), as_of=date(2024, 12, 31))
        assert done.figures >= observations
        row = here.store.ask("snapshots").row(0, named=True)
        turn = count()

        def frozen() -> None:
            work = here.home.releases / f"bench-{next(turn)}"
            work.mkdir()
            freeze(here.store, Freezing(work, row, None, here.settings, program="bench"))
            _listed(work, 1)
            shutil.rmtree(work)

        def bare() -> None:
            file = here.home.releases / f"bare-{next(turn)}.duckdb"
            with closing(here.store._connection.cursor()) as cursor:
                cursor.execute(f"ATTACH '{file}' AS bare (STORAGE_VERSION 'v1.4.0')")
                cursor.execute(f"CREATE TABLE bare.figure AS SELECT {_PUBLIC} FROM figure")
                cursor.execute("DETACH bare")
            file.unlink()

        print(f"freezing {done.figures:,} observations", flush=True)
        ratio("a release frozen", frozen, bare, floor_name="the bare copy", runs=5, most=5)
