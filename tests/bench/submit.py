"""check + submit of a 100 000-row CSV against DuckDB's own `CREATE TABLE AS read_csv` of the same file."""

from __future__ import annotations

import csv
import itertools
import random
import tempfile
from pathlib import Path

import duckdb

from indicators.definition import MeasureType
from indicators.store import Store
from ingest.people import Role, User
from ingest.settings import load
from ingest.workflow import initialise, submit
from tests.bench.timing import ratio

ROWS = 100_000


def write_return(path: Path, store: Store) -> None:
    """A return of 100 000 different figures: every indicator, region and quarter there is, until there are enough."""
    catalogue = store.catalogue()
    chance = random.Random(1)
    quarters = [f"{year}Q{quarter}" for year in range(2015, 2026) for quarter in range(1, 5)]
    places = itertools.product(quarters, sorted(catalogue.regions), sorted(catalogue.indicators))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["region", "indicator", "period", "value", "accumulation", "note"])
        for period, region, indicator in itertools.islice(places, ROWS):
            definition = catalogue.indicators[indicator].current
            low, high = definition.possible.low or 0.0, definition.possible.high or 1000.0
            if catalogue.indicators[indicator].part_of:
                high = low  # never more than its total
            flow = "本年累计" if definition.measure is MeasureType.FLOW else ""
            value = f"{chance.uniform(low, high):.{definition.decimals}f}"
            writer.writerow([region, indicator, period, value, flow, "bench"])


def bench() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = load(home=home, upload_rows=ROWS)
        file = home / "return.csv"
        template = Store(":memory:")
        initialise(template)
        write_return(file, template)
        raw = file.read_bytes()
        assert raw.count(b"\n") == ROWS + 1

        def ours() -> None:
            store = Store(":memory:")
            initialise(store)
            user = User("bench", Role.STATISTICIAN)
            receipt = submit(store, settings, name="return.csv", raw=raw, user=user, uploads=home / "uploads")
            assert receipt.submission, [p for p in receipt.checked.problems if p.blocks][:3]
            assert receipt.checked.rows == ROWS
            store.close()

        def floor() -> None:
            with duckdb.connect(":memory:") as connection:
                connection.execute("CREATE TABLE t AS SELECT * FROM read_csv(?)", [str(file)])

        ratio("check + submit, 100 000 rows", ours, floor, floor_name="DuckDB CREATE TABLE AS read_csv", runs=5)
