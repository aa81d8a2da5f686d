"""What of the hidden cells can be computed from those that are published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set

from indicators.disclosure.cell import Ground, Key, Name, Row
from indicators.disclosure.echelon import Echelon
from indicators.disclosure.relations import Relations

__all__ = ["Given"]


class Given:
    """The relations that touch a hidden cell, solved for complements first.

    So a row that is not solved for a complement holds cells of few alone beside published ones: it is what the
    public can compute of them, and together such rows are all of it.
    """

    def __init__(self, relations: Relations, few: Iterable[Key]) -> None:
        self.hidden: dict[Key, Ground] = dict.fromkeys(sorted(few), Ground.FEW)
        self._relations = relations
        self._echelon = Echelon()
        self._seen: dict[Name, Row] = {}
        for key in self.hidden:
            self._touch(key)

    def hide(self, key: Key) -> None:
        """Hide a published cell as a complement."""
        self.hidden[key] = Ground.COMPLEMENT
        state, rows = self._echelon, sorted(self._echelon.holding[key])
        spare = [number for number in rows if number not in state.pivot]
        for number in (spare + [number for number in rows if self._bare(number)])[:1]:
            state.solve(number, key)
        self._touch(key)

    def spare(self, key: Key, least: int) -> None:
        """Publish a complement again, unless that gives away more at first sight; `ways` looks closer."""
        del self.hidden[key]
        number = self._echelon.unsolve(key)  # no row is solved for one beside which others hide what it would
        if number is not None and self._gives_away(number, key, least):
            self.hidden[key] = Ground.COMPLEMENT
            self._echelon.solve(number, key)

    def _gives_away(self, number: int, key: Key, least: int) -> bool:
        """Whether a row that was solved for a complement `key` tells too much now that it is published."""
        near = self._near(number) | {number}  # solved for a cell of few, it will be taken from any of these
        self._solve(number)
        relations = [row for _, row in self._relations.of(key)]
        return self._bare(number) and any(self._found(least, filter(self._bare, sorted(near)), relations))

    def _touch(self, key: Key) -> None:
        """Take in the relations of a hidden cell."""
        for name, relation in self._relations.of(key):
            if name not in self._seen:
                self._seen[name] = relation
                self._solve(self._echelon.add(relation))

    def _solve(self, number: int) -> None:
        """Solve a row for a complement, else for a cell of few."""
        hidden = [key for key in self._echelon.rows[number] if key in self.hidden]
        if hidden:
            self._echelon.solve(number, min(hidden, key=lambda key: (self.hidden[key] is Ground.FEW, key)))

    def _bare(self, number: int) -> bool:
        """Whether a row tells of cells of few, with no complement to hide them."""
        pivot = self._echelon.pivot.get(number)
        return pivot is not None and self.hidden[pivot] is Ground.FEW

    # -- asking --------------------------------------------------------------------------------------------

    def lonely(self, key: Key) -> int:
        """In how many relations `key` would be the only hidden cell, each of which would tell it."""
        return sum(not any(cell in self.hidden for cell in row if cell != key) for _, row in self._relations.of(key))

    def ways(self, least: int) -> list[list[Key]]:
        """The published cells of each way to compute something that fewer than `least` contributors stand behind.

        Only those that show a value, as a mark in its place would hide nothing; so only ways that can be broken.
        """
        bare = [number for number in self._echelon.pivot if self._bare(number)]
        found = list(self._found(least, bare, self._seen.values()))
        for turned in (turned for group in self._groups(bare) for turned in self._turned(group)):
            found += self._broken(turned, least)
        return found

    def computed(self) -> list[Key]:
        """The complements that can be computed all the same."""
        rows, pivots = self._echelon.rows, self._echelon.pivot.items()
        alone = (pivot for number, pivot in pivots if sum(key in self.hidden for key in rows[number]) == 1)
        return [key for key in alone if self.hidden[key] is Ground.COMPLEMENT]

    def _found(self, least: int, numbers: Iterable[int], relations: Iterable[Row]) -> Iterator[list[Key]]:
        """As `ways`, by the bare rows `numbers`, those they hang together with, and by `relations` as they stand."""
        for group in self._groups(numbers):
            rows = [self._echelon.rows[number] for number in group]
            yield from self._broken(rows, least)
            for known in self._alone(rows):
                yield from self._broken(self._without(group, known), least - 1, known)
        yield from self._broken((r for r in relations if Ground.COMPLEMENT not in map(self.hidden.get, r)), least)

    def _groups(self, numbers: Iterable[int]) -> Iterator[list[int]]:
        """Bare rows by the hidden cells they share."""
        seen: set[int] = set()
        for first in numbers:
            group = [] if first in seen else [first]
            seen.add(first)
            for number in group:  # grows while it is walked
                near = self._near(number) - seen
                group += sorted(filter(self._bare, near))
                seen |= near
            yield group

    def _turned(self, numbers: Sequence[int]) -> Iterator[list[Row]]:
        """What bare rows say of each region's cells, and of those of the fewest, as directly as it can be said."""
        cells = {key for number in numbers for key in self._echelon.rows[number] if key in self.hidden}
        for region in sorted({key[1] for key in cells}) if len(numbers) > 1 else ():
            state, free = self._echelon.only(numbers), set(range(len(numbers)))
            for key in sorted(cells, key=lambda k: (k[1] == region, -(self._relations.cells[k].contributors or 0), k)):
                if rows := state.holding[key] & free:
                    state.solve(min(rows), key)
                    free.remove(min(rows))
            yield state.rows

    def _near(self, number: int) -> set[int]:
        """The rows that share a hidden cell with one."""
        cells = (key for key in self._echelon.rows[number] if key in self.hidden)
        return set().union(*(self._echelon.holding[key] for key in cells))

    def _broken(self, rows: Iterable[Row], least: int, known: Set[Key] = frozenset()) -> Iterator[list[Key]]:
        """The published cells of each row that gives away a cell, or a sum of cells, of fewer than `least`.

        A row without a published cell says only how the hidden ones hang together.
        """
        for row in rows:
            hidden = [key for key in row if key in self.hidden and key not in known]
            shown = [key for key in row if key not in self.hidden and self._relations.cells[key].value is not None]
            if shown and len({row[key] > 0 for key in hidden}) == 1 and self._contributors(hidden) < least:
                yield shown

    def _contributors(self, keys: Iterable[Key]) -> int:
        """How many stand behind cells together: the same ones at all times of a region and in what lies in it."""
        most: dict[str, int] = defaultdict(int)
        for key in keys:
            most[key[1]] = max(most[key[1]], self._relations.cells[key].contributors or 0)
        outermost = (r for r in most if not any(self._relations.within(r, other) for other in most))
        return sum(most[region] for region in outermost)

    def _alone(self, rows: Iterable[Row]) -> Iterator[Set[Key]]:
        """The cells that each enterprise knows because it is the only one behind them."""
        own: dict[str, set[Key]] = defaultdict(set)
        for key in (key for row in rows for key in row if key in self.hidden):
            if self._relations.cells[key].contributors == 1:
                own[key[1]].add(key)
        return (own[region] for region in sorted(own))

    def _without(self, numbers: Iterable[int], known: Set[Key]) -> list[Row]:
        """What bare rows say of the hidden cells to someone who knows some of them."""
        state = self._echelon.only(numbers)
        for key in sorted(known):
            number = state.unsolve(key)
            if number is not None:
                left = [other for other in state.rows[number] if other in self.hidden and other not in known]
                if left:
                    state.solve(number, min(left))
        return state.rows
