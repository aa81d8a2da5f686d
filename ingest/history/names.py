"""Texts that stand for something, as numbers: each different text is understood once, however many rows bear it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic, TypeVar

import polars as pl

__all__ = ["Names", "at"]

T = TypeVar("T")


class Names(Generic[T]):
    """The different texts met in a column that mean something, and what each means.

    `read` says what a text means, None for nothing. Texts that mean nothing are not remembered.
    """

    def __init__(self, read: Callable[[str], T | None]) -> None:
        self._read = read
        self._texts: list[str] = []
        self.meanings: list[T] = []

    def meant(self, cells: pl.Series, kind: type[pl.DataType]) -> pl.Series:
        """For each cell its meaning, null where it has none."""
        places = self.places(cells)
        return pl.Series(self.meanings, dtype=kind).gather(places)

    def places(self, cells: pl.Series) -> pl.Series:
        """For each cell the place of its meaning in `meanings`, null where it has none."""
        found = cells.cast(pl.Enum(self._texts), strict=False)
        if found.null_count():
            for text in cells.filter(found.is_null()).unique(maintain_order=True):
                if (meaning := self._read(text)) is not None:
                    self._texts.append(text)
                    self.meanings.append(meaning)
            found = cells.cast(pl.Enum(self._texts), strict=False)
        return found.to_physical().cast(pl.UInt32)


def at(table: Iterable[object], place: str | pl.Expr) -> pl.Expr:
    """What stands in a table at each row's place; null where there is no place."""
    values = table if isinstance(table, pl.Series) else pl.Series(table)
    return pl.lit(values).gather(pl.col(place) if isinstance(place, str) else place)
