"""The bulk path against DuckDB's own `CREATE TABLE AS` of the same file, CSV and Parquet, both into a file on disk.

Every loading runs in a process of its own, by turns with DuckDB's, and tells its own seconds and peak memory: what a
process takes to start and to import is not counted, keeping the bytes and reviewing every rule is.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl

from indicators.catalogue import Catalogue, read_folder
from indicators.definition import MeasureType
from indicators.store import Store
from ingest.history.load import load
from ingest.importing import initialise
from ingest.people import Role, User
from ingest.settings import SHIPPED
from ingest.settings import load as load_settings
from tests.bench.timing import by_turns, within

__all__ = ["bench", "history"]

MOST = 3.0  # times what DuckDB takes
MEGABYTES = 2500  # peak memory of the loading process at 10 000 000 rows; it grows by some 90 bytes a row
ROOT = Path(__file__).resolve().parents[2]


def history(rows: int) -> pl.DataFrame:
    """A sound history of so many different figures: every indicator, region and month, newest month first."""
    catalogue = Catalogue.of(read_folder(SHIPPED))
    names, places = sorted(catalogue.indicators), sorted(catalogue.regions)
    months = [f"{year}-{month:02d}" for year in range(2025, 1900, -1) for month in range(12, 0, -1)]
    assert rows <= len(names) * len(places) * len(months)
    low, high, decimals, flow = [], [], [], []
    for name in names:
        indicator = catalogue.indicators[name]
        bounds = indicator.current.usual if indicator.current.usual.high else indicator.current.possible
        low.append(bounds.low or 0.0)
        # a part stays below its total
        high.append(low[-1] + ((bounds.high or 1000.0) - low[-1]) * (0.1 if indicator.part_of else 1.0))
        decimals.append(indicator.current.decimals)
        flow.append("period" if indicator.current.measure is MeasureType.FLOW else "")

    def at(table: list[object], place: pl.Expr) -> pl.Expr:
        return pl.lit(pl.Series(table)).gather(place)

    number = pl.int_range(rows, dtype=pl.Int64)
    i, r = number % len(names), number // len(names) % len(places)
    share = 0.4 + (number * 7919 % 2003) / 10_015
    value, tens = at(low, i) + share * (at(high, i) - at(low, i)), at([10.0**d for d in decimals], i)
    return pl.select(
        region=at(places, r),
        indicator=at(names, i),
        period=at(months, number // (len(names) * len(places))),
        value=(value * tens).round() / tens,
        accumulation=at(flow, i),
    )


def ours(path: Path, folder: Path) -> float:
    """Seconds to load a file into a new store of the shipped catalogue."""
    store = Store(folder / "store.duckdb")
    initialise(store)
    user, settings = User("bench", Role.STATISTICIAN), load_settings(home=folder)
    start = time.perf_counter()
    loaded = load(store, settings, path=path, user=user, uploads=folder / "uploads")
    seconds = time.perf_counter() - start
    assert loaded.submission, loaded.problems[:3]
    store.close()
    return seconds


def floor(path: Path, folder: Path) -> float:
    """Seconds that DuckDB takes to read the same file into a table."""
    reader = "read_parquet" if path.suffix == ".parquet" else "read_csv"
    with duckdb.connect(str(folder / "floor.duckdb")) as connection:
        start = time.perf_counter()
        connection.execute(f"CREATE TABLE t AS SELECT * FROM {reader}(?)", [str(path)])
        return time.perf_counter() - start


def bench(rows: int = 1_000_000) -> None:
    print(f"history of {rows:,} rows against DuckDB's CREATE TABLE AS of the same file")
    with tempfile.TemporaryDirectory() as folder:
        frame = history(rows)
        for ending, write in ((".csv", frame.write_csv), (".parquet", frame.write_parquet)):
            path = Path(folder) / f"history{ending}"
            write(path)
            peaks: list[float] = []

            def run(who: str, path: Path = path, peaks: list[float] = peaks) -> float:
                done = subprocess.run(
                    [sys.executable, "-m", "tests.bench.history", who, str(path)],
                    cwd=ROOT,
                    capture_output=True,
                    check=True,
                )
                told = json.loads(done.stdout)
                if who == "ours":
                    peaks.append(told["megabytes"])
                return float(told["seconds"])

            found, mine, least = by_turns(lambda: run("ours"), lambda: run("floor"), runs=3)
            print(f"  {ending}: {mine:.2f} s against {least:.2f} s, median of 3; {path.stat().st_size / 1e6:.0f} MB")
            within(f"history{ending}, {rows:,} rows", found, most=MOST)
            within(f"history{ending}, peak memory", max(peaks), most=MEGABYTES, unit="MB")


WORK: dict[str, Callable[[Path, Path], float]] = {"ours": ours, "floor": floor}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=Path(sys.argv[2]).parent) as own:
        seconds = WORK[sys.argv[1]](Path(sys.argv[2]), Path(own))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes}))
