"""Ratios against a floor measured in the same run: `make bench`, or `python -m tests.bench NAME`.

A ratio says what our work costs over the least that could be done; seconds are printed for orientation only.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from tests.bench import overview, submit

BENCHES: Mapping[str, Callable[[], None]] = {"submit": submit.bench, "overview": overview.bench}


def main(names: list[str]) -> int:
    for name in names or list(BENCHES):
        BENCHES[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
