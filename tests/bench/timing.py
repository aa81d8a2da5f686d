"""Timing by turns: both sides of a ratio are run one after the other, so that a slow moment slows both."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

__all__ = ["BROKEN", "by_turns", "least", "ratio", "within"]

BROKEN: list[str] = []  # bounds that did not hold in this run


def within(name: str, found: float, *, most: float, unit: str = "×") -> None:
    """Print a figure beside what it may be at most, and remember it where it is more."""
    if found > most:
        BROKEN.append(name)
    print(f"  {name:<58} {found:>8.1f} {unit:<3} (at most {most:g}){'  BROKEN' if found > most else ''}", flush=True)


def least(name: str, found: float, *, at_least: float, unit: str = "×") -> None:
    """The same of a figure that may not be less."""
    if found < at_least:
        BROKEN.append(name)
    print(
        f"  {name:<58} {found:>8.1f} {unit:<3} (at least {at_least:g}){'  BROKEN' if found < at_least else ''}",
        flush=True,
    )


def by_turns(ours: Callable[[], float], floor: Callable[[], float], *, runs: int) -> tuple[float, float, float]:
    """(median of ours/floor, of ours, of the floor), each a run's own seconds, after one uncounted pair."""
    pairs = [(ours(), floor()) for _ in range(runs + 1)][1:]
    return median(a / b for a, b in pairs), median(a for a, _ in pairs), median(b for _, b in pairs)


def ratio(
    name: str,
    ours: Callable[[], object],
    floor: Callable[[], object],
    *,
    floor_name: str,
    runs: int,
    most: float = float("inf"),
) -> float:
    """Print and return the median of ours/floor over paired runs, after one uncounted pair."""

    def seconds(work: Callable[[], object]) -> float:
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    found, mine, least = by_turns(lambda: seconds(ours), lambda: seconds(floor), runs=runs)
    print(f"{name}: {found:.1f} × {floor_name}  ({mine:.3f} s against {least:.3f} s, median of {runs})", flush=True)
    if most < float("inf"):
        within(name, found, most=most)
    return found
