"""Which cells to hold back: those of few contributors, and as little else as keeps them from being computed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from indicators.catalogue import Catalogue
from indicators.disclosure.cell import Cell, Ground, Key
from indicators.disclosure.given import Given
from indicators.disclosure.links import reach
from indicators.disclosure.relations import Relations

__all__ = ["suppressed"]

_Price: TypeAlias = tuple[tuple[bool, ...], tuple[int, float], Key]


def suppressed(
    cells: Iterable[Cell],
    *,
    least: int,
    catalogue: Catalogue,
    before: Collection[Key] = (),
    told: Collection[Key] = (),
) -> dict[Key, Ground]:
    """The cells to hold back so that nothing of fewer than `least` contributors can be computed from the others.

    `before`: complements of an earlier release, which are taken again first. `told`: cells whose value is out
    already, which are taken last: to hide what is known protects nothing. Cells of unknown contributors are no
    figures of enterprises: never held back for themselves, and as complements only where no others help.
    """
    cells = list(cells)
    few = [cell.key for cell in cells if cell.contributors is not None and cell.contributors < least]
    if not few:
        return {}
    wanted = reach({(indicator, end.year) for indicator, _, end, _ in few}, catalogue)
    relations = Relations((cell for cell in cells if (cell.indicator, cell.key[2].year) in wanted), catalogue)
    held: dict[Key, Ground] = {}
    for year in sorted({key[2].year for key in few}):  # no relation reaches from one year into another
        given = Given(relations, (key for key in few if key[2].year == year))
        choice = _Choice(given, relations, frozenset(before), frozenset(told))
        choice.hide(least)
        choice.spare(least)
        choice.hide(least)
        choice.spare_idle(least)
        held |= given.hidden
    return dict(sorted(held.items()))


@dataclass(frozen=True, slots=True)
class _Choice:
    """How complements are chosen."""

    given: Given
    relations: Relations
    before: Collection[Key]
    told: Collection[Key]

    def hide(self, least: int) -> None:
        """Hide complements until nothing can be computed that could be hindered."""
        while ways := self.given.ways(least):
            for way in ways:
                self.hide_one(way)

    def hide_one(self, way: Collection[Key]) -> None:
        """Hide a cell that something is computed from, unless one of them was hidden a moment ago."""
        if not any(key in self.given.hidden for key in way):
            self.given.hide(min(way, key=self._fit))

    def spare(self, least: int) -> None:
        """Publish the dearest complements again where the others are enough."""
        chosen = [key for key, ground in self.given.hidden.items() if ground is Ground.COMPLEMENT]
        for key in sorted(chosen, key=self._price, reverse=True):
            self.given.spare(key, least)

    def spare_idle(self, least: int) -> None:
        """Publish the complements that can be computed all the same."""
        for key in self.given.computed():
            self.given.spare(key, least)

    def _price(self, key: Key) -> _Price:
        """How dear it is to hide a cell, the worst last."""
        cell = self.relations.cells[key]
        unknown = cell.contributors is None
        return (key in self.told, key not in self.before, unknown), (cell.contributors or 0, abs(cell.value or 0)), key

    def _fit(self, key: Key) -> tuple[tuple[bool, ...], int, _Price]:
        """As the price, but of like cells first the one that needs no further cells to hide it."""
        price = self._price(key)
        return price[0], self.given.lonely(key), price
