"""check + submit of a 100 000-row CSV against DuckDB's own `CREATE TABLE AS read_csv` of the same file."""

from __future__ import annotations

import csv
import itertools
import tempfile
from collections import Counter
from pathlib import Path

import duckdb

from indicators.definition import Aggregation, MeasureType
from indicators.store import Store
from ingest.importing import initialise
from ingest.people import Role, User
from ingest.settings import load
from ingest.workflow import submit
from tests.bench.timing import ratio

ROWS = 100_000


def write_return(path: Path, store: Store) -> None:
    """A sound return of 100 000 different figures: every indicator, region and quarter, until there are enough."""
    catalogue = store.catalogue()
    siblings = Counter(r.parent for r in catalogue.regions.values() if r.level == "district")
    quarters = [f"{year}Q{quarter}" for year in range(2015, 2026) for quarter in range(1, 5)]
    places = itertools.product(quarters, sorted(catalogue.regions), sorted(catalogue.indicators))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["region", "indicator", "period", "value", "accumulation", "note"])
        for period, region, indicator in itertools.islice(places, ROWS):
            definition = catalogue.indicators[indicator].current
            bounds = definition.usual if definition.usual.high else definition.possible
            low, high = bounds.low or 0.0, bounds.high or 1000.0
            share = 0.1 if catalogue.indicators[indicator].part_of else 0.5  # a part stays below its total
            flow = "本年累计" if definition.measure is MeasureType.FLOW else ""
            share *= int(period[-1]) / 4 if flow else 1
            number = low + share * (high - low)
            if definition.aggregation is Aggregation.SUM and catalogue.regions[region].level == "district":
                number /= siblings[catalogue.regions[region].parent]  # districts add up to their city
            value = f"{number:.{definition.decimals}f}"
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
            user = User("bench", Role.OPERATOR)
            receipt = submit(store, settings, name="return.csv", raw=raw, user=user, uploads=home / "uploads")
            assert receipt.submission, [p for p in receipt.checked.problems if p.blocks][:3]
            assert receipt.checked.rows == ROWS
            store.close()

        def floor() -> None:
            with duckdb.connect(":memory:") as connection:
                connection.execute("CREATE TABLE t AS SELECT * FROM read_csv(?)", [str(file)])

        ratio("check + submit, 100 000 rows", ours, floor, floor_name="DuckDB CREATE TABLE AS read_csv", runs=5)
