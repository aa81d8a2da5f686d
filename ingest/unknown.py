"""What is said of a row whose name is no indicator's: it is a part of one that is sent, or which one it may mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from indicators.catalogue import Catalogue, fold
from ingest.guessing import at_home, guess_indicator
from ingest.part_rows import part_facts, parts_of

__all__ = ["unknown_indicators"]

_WHERE = ["region", "period", "accumulation"]
Guess = Callable[[str], dict[str, str]]


def unknown_indicators(
    frame: pl.DataFrame,
    unknown: Sequence[str],
    *,
    catalogue: Catalogue,
    names: Sequence[str],
    ask: Callable[[str, Guess], dict[str, str]],
) -> dict[str, tuple[str, Mapping[str, str]]]:
    """Each unknown name → the code and facts of what is said of it.

    `names`: those of all the file. `ask`: makes a guess, where it is not one too many. A guess is an indicator that
    fits the unit of the row, and that is not sent already wherever the name stands.
    """
    ids = {name: catalogue.indicator_names.get(fold(name)) for name in names}
    known = pl.col("indicator").replace_strict(ids, default=None, return_dtype=pl.String)
    sent = frame.select(*_WHERE, id=known).drop_nulls("id").unique()
    regions = {catalogue.region_names.get(fold(text), "") for text in frame["region"].unique()}
    home, parts = at_home(catalogue, regions), parts_of(catalogue)

    def nearest(text: str) -> dict[str, str]:
        rows = frame.filter(pl.col("indicator") == text)
        where = rows.select(_WHERE).unique()
        beside = sent.join(where, on=_WHERE, how="semi").group_by("id").len()
        taken = beside.filter(pl.col("len") == where.height)["id"]
        return guess_indicator(text, catalogue, unit=rows["unit"][0], home=home, taken=set(taken))

    ours = {id_ for id_ in ids.values() if id_}
    return {
        text: ("indicator_is_part", said)
        if (said := part_facts(text, catalogue, parts=parts, sent=ours))
        else ("indicator_unknown", ask(text, nearest))
        for text in unknown
    }
