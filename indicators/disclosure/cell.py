"""A cell of what may be published, and why it is held back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

__all__ = ["Cell", "Ground", "Key", "Name", "Number", "Row", "combine"]

Key: TypeAlias = tuple[str, str, date, str]  # indicator, region, end of the period, accumulation
Number: TypeAlias = int | Fraction  # exact: what can be computed is a question of zero or not
Name: TypeAlias = tuple[str, Key, str]  # kind, the whole, its partition: a relation is one however it was found
Row: TypeAlias = dict[Key, Number]  # a linear combination of cells; as a relation, one that is zero


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure as it would be published: `period` is its canonical code, `value` None where a mark stands for it.

    `contributors`: how many enterprises it is made of; None where it is no figure of enterprises.
    """

    key: Key
    period: str
    value: float | None
    contributors: int | None

    @property
    def indicator(self) -> str:
        return self.key[0]

    @property
    def region(self) -> str:
        return self.key[1]


class Ground(StrEnum):
    """Why a cell is held back; never told to the public, to whom both are one."""

    FEW = "few"  # too few enterprises stand behind it
    COMPLEMENT = "complement"  # with it, a cell of few could be computed


def combine(row: Row, other: Row, times: Number) -> Row:
    """`row` + `times` · `other`, without what cancels."""
    made = dict(row)
    for key, number in other.items():
        made[key] = made.get(key, 0) + times * number
    return {key: number for key, number in made.items() if number}
