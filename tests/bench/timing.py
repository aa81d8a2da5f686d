"""Timing by turns: both sides of a ratio are run one after the other, so that a slow moment slows both."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

__all__ = ["ratio"]


def ratio(name: str, ours: Callable[[], object], floor: Callable[[], object], *, floor_name: str, runs: int) -> float:
    """Print and return the median of ours/floor over paired runs, after one uncounted pair."""
    pairs = []
    for _ in range(runs + 1):
        start = time.perf_counter()
        floor()
        middle = time.perf_counter()
        ours()
        pairs.append((time.perf_counter() - middle, middle - start))
    counted = pairs[1:]
    found = median(a / b for a, b in counted)
    mine, least = median(a for a, _ in counted), median(b for _, b in counted)
    print(f"{name}: {found:.1f} × {floor_name}  ({mine:.3f} s against {least:.3f} s, median of {runs})", flush=True)
    return found
