"""Which cells add up to which: over regions, over the months of a year, over the parts of a whole, and ratios.

Ratios are counted by their amounts: a ratio times its denominator. A denominator that is no figure of enterprises
(most are populations) is known to everyone, so a ratio tells its numerator, and the ratios of all districts but one
tell that one. One that is counts as a cell of its own, by the tangent of the product at the true values.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from itertools import chain, product

from indicators.catalogue import Catalogue, Region
from indicators.definition import Aggregation
from indicators.disclosure.cell import Cell, Key, Name, Number, Row, combine
from indicators.disclosure.echelon import Echelon
from indicators.disclosure.links import Links
from indicators.period import Period
from indicators.rollup import city_of

__all__ = ["Relations"]

_NEAR = 0.1  # a sum that misses by more than this share of its largest term tells nobody's figure
_STOCK, _FLOW = "=", "+"  # in place of an accumulation: a level, which no cell is
_LEVELS = {_STOCK: ("",), _FLOW: ("ytd", "period", "month")}
_AMOUNT = ("", "ytd")  # how what a ratio is made of accumulates


class Relations:
    """The relations between `cells`, made for an indicator and a year when asked for."""

    def __init__(self, cells: Iterable[Cell], catalogue: Catalogue) -> None:
        self.cells: Mapping[Key, Cell] = {cell.key: cell for cell in cells}
        self._catalogue = catalogue
        self._links = Links(catalogue)
        self._cities = city_of(catalogue.regions)
        self._below: dict[str, dict[str, list[Region]]] = defaultdict(lambda: defaultdict(list))
        for region in catalogue.regions.values():
            self._below[region.parent][region.partition].append(region)
        self._blocks: dict[tuple[str, int], list[Key]] = defaultdict(list)
        for key in self.cells:
            self._blocks[key[0], key[2].year].append(key)
        self._made: dict[tuple[str, int], Mapping[Key, list[tuple[Name, Row]]]] = {}

    def of(self, key: Key) -> Iterator[tuple[Name, Row]]:
        """Every relation that `key` is a term of."""
        indicator, year = key[0], key[2].year
        for other in (indicator, self._catalogue.indicators[indicator].part_of, *self._links.ratios[indicator]):
            if (other, year) in self._blocks:
                yield from self._block(other, year).get(key, ())

    def within(self, inner: str, outer: str) -> bool:
        """Whether the region `inner` lies in the region `outer`."""
        place = self._catalogue.regions.get(inner)
        return place is not None and (place.parent == outer or self.within(place.parent, outer))

    def _block(self, indicator: str, year: int) -> Mapping[Key, list[tuple[Name, Row]]]:
        """By cell, the relations of an indicator's cells in a year with each other, its parts and its numerator."""
        if (indicator, year) not in self._made:
            keys = sorted(self._blocks[indicator, year])
            found: dict[Key, list[tuple[Name, Row]]] = defaultdict(list)
            for name, row in chain(self._flows(keys), self._parts(keys), self._ratios(keys)):
                for key in row:
                    found[key].append((name, row))
            self._made[indicator, year] = found
        return self._made[indicator, year]

    # -- over regions and time -----------------------------------------------------------------------------

    def _flows(self, keys: Sequence[Key]) -> Iterator[tuple[Name, Row]]:
        """What is left of months, quarters, the year to date, cities and districts when levels are taken out.

        The level of a region at the end of a month is what has flowed since January, or the stock, known or not:
        each cell lies between two levels, and the levels of a region are the sums of those below it.
        """
        state = Echelon()
        for row in chain(map(self._between, keys), self._sums(keys)):
            number = state.add(row)
            levels = [key for key in state.rows[number] if key[3] in _LEVELS]
            if levels:
                state.solve(number, max(levels))
            elif state.rows[number]:
                yield ("flow", keys[0], str(number)), dict(state.rows[number])

    def _between(self, key: Key) -> Row:
        """A cell, less the level at its end, and the one at its start."""
        indicator, region, end, accumulation = key
        row = combine(self._amount(key), {_level(key): 1}, -1)
        if accumulation in ("", "ytd"):
            return row
        start = Period.parse(self.cells[key].period).start - timedelta(days=1)
        return combine(row, {_level((indicator, region, start, accumulation)): 1}, 1) if start.year == end.year else row

    def _sums(self, keys: Sequence[Key]) -> Iterator[Row]:
        """The level of each region less those of the regions below it in one partition, unless cells belie it."""
        regions = {key[1] for key in keys}
        wholes = {outer for region in regions for outer in self._around(region)} & self._below.keys()
        levels = sorted({key for row in map(self._between, keys) for key in row if key[3] in _LEVELS})
        for (indicator, end, kind), region in product(sorted({(k[0], *k[2:]) for k in levels}), sorted(wholes)):
            for below in self._below[region].values():
                parts = [part.code for part in below if part.code in regions or _stands(part, end)]
                if parts and not self._belied((indicator, region, end, kind), parts):
                    row: Row = {(indicator, region, end, kind): 1}
                    yield row | {(indicator, part, end, kind): -1 for part in parts}

    def _around(self, region: str) -> Iterator[str]:
        while region in self._catalogue.regions:
            yield region
            region = self._catalogue.regions[region].parent

    def _belied(self, level: Key, parts: Sequence[str]) -> bool:
        """Whether a sum that need not hold does not by some of the figures: only a city is by definition its districts.

        Near enough to compute a term counts as holding, and so does what cannot be looked at.
        """
        indicator, region, end, kind = level
        how = self._catalogue.indicators[indicator].current.aggregation
        if how in (Aggregation.SUM, Aggregation.RATIO) and all(part in self._cities for part in parts):
            return False
        for accumulation in _LEVELS[kind]:
            cells = [self.cells.get((indicator, place, end, accumulation)) for place in (region, *parts)]
            values = [cell.value for cell in cells if cell is not None and cell.value is not None]
            if len(values) == len(cells) and not _comes_out(*values, mean=how is Aggregation.RATIO):
                return True
        return False

    # -- over parts of a whole, and ratios -----------------------------------------------------------------

    def _parts(self, keys: Sequence[Key]) -> Iterator[tuple[Name, Row]]:
        """其中: a whole and its parts, where each has a cell and they make it up."""
        for key in keys if keys[0][0] in self._links.parts else ():
            cells: list[Key] = [(part, *key[1:]) for part in self._links.parts[key[0]]]
            if all(cell in self.cells for cell in cells):
                values = [self.cells[cell].value for cell in (key, *cells)]
                known = [value for value in values if value is not None]
                if len(known) < len(values) or _comes_out(*known):
                    parts = chain.from_iterable(self._amount(cell).items() for cell in cells)
                    yield ("part", key, ""), combine(self._amount(key), _total(parts), -1)

    def _ratios(self, keys: Sequence[Key]) -> Iterator[tuple[Name, Row]]:
        """A ratio and its numerator, where that is an indicator of its own."""
        for key in keys:
            if top := self._beside(key, self._links.numerator.get(key[0], "")):
                yield ("ratio", key, ""), combine({top.key: 1}, self._amount(key), -1)

    def _beside(self, key: Key, indicator: str) -> Cell | None:
        """The cell of another indicator for the same place and time."""
        found = (self.cells.get((indicator, key[1], key[2], accumulation)) for accumulation in _AMOUNT)
        return next(filter(None, found), None)

    def _amount(self, key: Key) -> Row:
        """What a cell adds up by: itself, or of a ratio its numerator, moved by its own and its denominator's."""
        bottom, cell = self._beside(key, self._links.denominator.get(key[0], "")), self.cells[key]
        if bottom is None or bottom.contributors is None or not cell.value:
            return {key: 1}
        factor = self._catalogue.indicators[cell.indicator].current.factor
        return {key: 1, bottom.key: Fraction(cell.value) / Fraction(factor)}


def _stands(region: Region, day: date) -> bool:
    """Whether a region exists on `day`."""
    text = day.isoformat()
    return region.valid_from <= text and (not region.valid_to or text <= region.valid_to)


def _level(key: Key) -> Key:
    return (*key[:3], _STOCK if key[3] == "" else _FLOW)


def _comes_out(whole: float, *parts: float, mean: bool = False) -> bool:
    """Whether a whole is the sum of its parts nearly enough to compute one of them; or can be their mean."""
    if mean:
        return min(parts) <= whole <= max(parts)
    return abs(whole - math.fsum(parts)) <= _NEAR * max(map(abs, parts))


def _total(terms: Iterable[tuple[Key, Number]]) -> Row:
    row: Row = {}
    for key, number in terms:
        row[key] = row.get(key, 0) + number
    return row
