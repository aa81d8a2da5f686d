"""Which indicators are computed from which, by the catalogue; and so which cells can have to do with each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain

from indicators.catalogue import Catalogue, fold
from indicators.definition import Part

__all__ = ["Links", "reach"]


class Links:
    """Which indicators are computed from which, by the catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.parts: dict[str, list[str]] = defaultdict(list)
        self.numerator: dict[str, str] = {}
        self.denominator: dict[str, str] = {}
        self.ratios: dict[str, list[str]] = defaultdict(list)  # over or under an indicator

        def named(part: Part | None) -> str:
            return catalogue.indicator_names.get(fold(part.name), "") if part else ""

        for indicator in catalogue.indicators.values():
            if indicator.part_of:
                self.parts[indicator.part_of].append(indicator.id)
            definition = indicator.current
            for side, part in ((self.numerator, definition.numerator), (self.denominator, definition.denominator)):
                if found := named(part):
                    side[indicator.id] = found
                    self.ratios[found].append(indicator.id)


def reach(small: Iterable[tuple[str, int]], catalogue: Catalogue) -> frozenset[tuple[str, int]]:
    """(indicator, year) of what cells of `small` (indicator, year) can have to do with: what must be handed over."""
    links = Links(catalogue)
    beside: dict[str, set[str]] = defaultdict(set)
    pairs = chain(
        ((part, whole) for whole, parts in links.parts.items() for part in parts),
        links.numerator.items(),
        links.denominator.items(),
    )
    for one, other in pairs:
        beside[one].add(other)
        beside[other].add(one)
    found: set[tuple[str, int]] = set()
    open_ = set(small)
    while open_:
        found |= open_
        open_ = {(other, year) for indicator, year in open_ for other in beside[indicator]} - found
    return frozenset(found)
