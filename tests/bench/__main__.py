"""Ratios against a floor measured in the same run: `make bench`, or `python -m tests.bench NAME … [--rows N]`.

A ratio says what our work costs over the least that could be done; seconds are printed for orientation only. Exits 1
where a bound is broken. `--rows` is for `history`, 1 000 000 unless said: the promise is about 10 000 000;
`--observations` for `screens`, `--indicators` for `bundle`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping

from tests.bench import bundle, freezing, gate, history, overview, public, screens, submit
from tests.bench.timing import BROKEN


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--observations", type=int, default=12_000_000)
    parser.add_argument("--indicators", type=int, default=200)
    given = parser.parse_args()
    benches: Mapping[str, Callable[[], None]] = {
        "submit": submit.bench,
        "overview": overview.bench,
        "gate": gate.bench,
        "bundle": lambda: bundle.bench(given.indicators),
        "freezing": freezing.bench,
        "public": public.bench,
        "screens": lambda: screens.bench(given.observations),
        "history": lambda: history.bench(given.rows),
    }
    for name in given.names or benches:
        benches[name]()
    if BROKEN:
        print("broken: " + "; ".join(BROKEN), file=sys.stderr)
    return 1 if BROKEN else 0


if __name__ == "__main__":
    sys.exit(main())
