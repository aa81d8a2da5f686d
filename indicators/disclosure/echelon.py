"""Linear combinations of cells in reduced row echelon form (Gauss–Jordan), kept while rows and pivots come in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from indicators.disclosure.cell import Key, Row

__all__ = ["Echelon"]


class Echelon:
    """Rows, each solved for at most one cell, which then stands in no other row. Exact and sparse."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.pivot: dict[int, Key] = {}
        self.holding: dict[Key, set[int]] = defaultdict(set)
        self._solved: dict[Key, int] = {}

    def add(self, row: Row) -> int:
        """Take a row in, freed of what others are solved for; its number."""
        number = len(self.rows)
        self.rows.append(dict(row))
        for key in row:
            self.holding[key].add(number)
        for key in row:
            if key in self._solved:
                self._free(number, self._solved[key], key)
        return number

    def solve(self, number: int, key: Key) -> None:
        """Solve a row for one of its cells, in place of the one it was solved for."""
        self._solved.pop(self.pivot.pop(number, key), None)
        row, lead = self.rows[number], self.rows[number][key]
        if lead != 1:
            for other in row:
                row[other] = -row[other] if lead == -1 else Fraction(row[other]) / lead
        self.pivot[number], self._solved[key] = key, number
        for other_row in self.holding[key] - {number}:
            self._free(other_row, number, key)

    def only(self, numbers: Iterable[int]) -> Echelon:
        """A copy of some rows with what they are solved for, numbered anew."""
        part = Echelon()
        for number, old in enumerate(numbers):
            part.rows.append(dict(self.rows[old]))
            part.pivot[number], part._solved[self.pivot[old]] = self.pivot[old], number
            for key in self.rows[old]:
                part.holding[key].add(number)
        return part

    def unsolve(self, key: Key) -> int | None:
        """Let go of a cell; the row that was solved for it, if any."""
        number = self._solved.pop(key, None)
        if number is not None:
            del self.pivot[number]
        return number

    def _free(self, number: int, by: int, key: Key) -> None:
        """Take the multiple of row `by` from row `number` that leaves no `key`."""
        row = self.rows[number]
        times = row[key]
        for other, part in self.rows[by].items():
            if left := row.get(other, 0) - times * part:
                row[other] = left
                self.holding[other].add(number)
            else:
                del row[other]
                self.holding[other].discard(number)
