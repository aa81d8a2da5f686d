"""check + submit of a 100 000-row CSV and a 20 000-row workbook against DuckDB's own `CREATE TABLE AS read_csv`.

Each runs in a process of its own, by turns with DuckDB's, and tells its seconds and memory: what the parent grows by
while it checks and submits one return, what two more returns of the size add to that (nothing is kept of a return but
what DuckDB has not yet written from its log to its file, so the parent stays flat), and the peak of the reader's child.
"""

from __future__ import annotations

import csv
import itertools
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
from openpyxl import Workbook

from indicators.definition import Aggregation, MeasureType
from indicators.store import Store
from ingest.importing import initialise
from ingest.people import Role, User
from ingest.settings import load
from ingest.workflow import submit
from tests.bench.timing import by_turns, within

ROOT = Path(__file__).resolve().parents[2]


def rows(count: int, note: str, *, after: int = 0) -> Iterator[list[str]]:
    """A sound return of so many different figures under its header: every indicator, region and quarter in turn.

    `after`: how many of them earlier returns have sent.
    """
    template = Store(":memory:")
    initialise(template)
    catalogue = template.catalogue()
    siblings = Counter(r.parent for r in catalogue.regions.values() if r.level == "district")
    quarters = [f"{year}Q{quarter}" for year in range(2015, 2026) for quarter in range(1, 5)]
    places = itertools.product(quarters, sorted(catalogue.regions), sorted(catalogue.indicators))
    yield ["region", "indicator", "period", "value", "accumulation", "note"]
    for period, region, indicator in itertools.islice(places, after, after + count):
        definition = catalogue.indicators[indicator].current
        bounds = definition.usual if definition.usual.high else definition.possible
        low, high = bounds.low or 0.0, bounds.high or 1000.0
        share = 0.1 if catalogue.indicators[indicator].part_of else 0.5  # a part stays below its total
        flow = "本年累计" if definition.measure is MeasureType.FLOW else ""
        share *= int(period[-1]) / 4 if flow else 1
        number = low + share * (high - low)
        if definition.aggregation is Aggregation.SUM and catalogue.regions[region].level == "district":
            number /= siblings[catalogue.regions[region].parent]  # districts add up to their city
        yield [region, indicator, period, f"{number:.{definition.decimals}f}", flow, note]


def write(path: Path, count: int, *, after: int = 0) -> None:
    """A return as a file of the kind its name says; the name is the note of its figures."""
    lines = rows(count, path.stem, after=after)
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(lines)
        return
    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    for number, cells in enumerate(lines):
        sheet.append(cells if not number else [*cells[:3], float(cells[3]), *cells[4:]])
    book.save(path)


def _megabytes(name: str, process: str = "self") -> float:
    """A line of what the system knows of a process; 0 where it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith(name)), 0) / 1024


class Watch(threading.Thread):
    """The highest peak of any child of this process, looked at all the time (a child killed at its limit too)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.peak, self._over = 0.0, threading.Event()

    def run(self) -> None:
        while not self._over.wait(0.005):
            for task in Path("/proc/self/task").iterdir():
                with suppress(OSError):
                    for child in (task / "children").read_text(encoding="ascii").split():
                        # before it has become the reader it is a copy of its parent
                        if b"ingest" in Path(f"/proc/{child}/cmdline").read_bytes().partition(b"child")[0]:
                            self.peak = max(self.peak, _megabytes("VmHWM", child))

    def end(self) -> float:
        self._over.set()
        self.join()
        return self.peak


def ours(path: Path, folder: Path) -> dict[str, float]:
    """Check and submit a return into a new store, then two more: seconds of the first, memory in MB.

    A small one comes before them, as on any server: what is loaded for good is not counted.
    """
    first, *files = sorted(path.parent.glob(f"*{path.suffix}"))
    store = Store(folder / "bench.duckdb")
    initialise(store)
    store.catalogue()
    settings, user = load(home=folder), User("bench", Role.OPERATOR)
    submit(store, settings, name=first.name, raw=first.read_bytes(), user=user, uploads=folder / "uploads")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak is counted from here
    before, peaks, seconds = _megabytes("VmRSS"), [], []
    watch = Watch()
    watch.start()
    for file in files:
        raw, start = file.read_bytes(), time.perf_counter()
        receipt = submit(store, settings, name=file.name, raw=raw, user=user, uploads=folder / "uploads")
        seconds.append(time.perf_counter() - start)
        assert receipt.submission, [p for p in receipt.checked.problems if p.blocks][:3]
        peaks.append(_megabytes("VmHWM") - before)
    store.close()
    return {"seconds": seconds[0], "first": peaks[0], "more": peaks[-1] - peaks[0], "child": watch.end()}


def floor(path: Path, folder: Path) -> dict[str, float]:
    """Seconds that DuckDB takes to read the same rows, as CSV, into a table."""
    with duckdb.connect(str(folder / "floor.duckdb")) as connection:
        start = time.perf_counter()
        connection.execute("CREATE TABLE t AS SELECT * FROM read_csv(?)", [str(path.with_suffix(".csv"))])
        return {"seconds": time.perf_counter() - start}


def _apart(who: str, path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.submit", who, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


# rows, times DuckDB's own, MB the parent may grow by for one return, and by for two more, MB of the child
CASES = ((".csv", 100_000, 12, 150, 70, 120), (".xlsx", 20_000, 25, 100, 50, 120))


def bench() -> None:
    for ending, count, most, first, more, child in CASES:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"return-1{ending}"
            write(path.with_name(f"return-0{ending}"), 200, after=3 * count)
            for number in range(3):
                for kind in dict.fromkeys((".csv", ending)):
                    write(path.with_name(f"return-{number + 1}{kind}"), count, after=number * count)
            told: list[dict[str, Any]] = []

            def run(path: Path = path, told: list[dict[str, Any]] = told) -> float:
                told.append(_apart("ours", path))
                return float(told[-1]["seconds"])

            found, mine, least = by_turns(run, lambda path=path: _apart("floor", path)["seconds"], runs=3)
            size = path.stat().st_size / 1e6
            print(f"check + submit of {count:,} rows, {ending}, {size:.1f} MB: {mine:.2f} s against {least:.2f} s")
            within(f"{ending} against CREATE TABLE AS read_csv", found, most=most)
            within(f"{ending}: the parent grows by", max(one["first"] for one in told), most=first, unit="MB")
            within(f"{ending}: and by, for two more", max(one["more"] for one in told), most=more, unit="MB")
            within(f"{ending}: the child's peak", max(one["child"] for one in told), most=child, unit="MB")


WORK = {"ours": ours, "floor": floor}

if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=Path(sys.argv[2]).parent) as own:
        print(json.dumps(WORK[sys.argv[1]](Path(sys.argv[2]), Path(own))))
