"""The rules that need a whole history: no figure twice, no part above its whole, the course of each series.

Of every figure that has been judged its key and value are kept: a key is one number, and figures of one series that
follow each other in time have keys that follow each other.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ingest.held import rank
from ingest.history.findings import Findings, Row, Rule
from ingest.history.measure import half
from ingest.history.names import at
from ingest.history.terms import ACCUMULATED, Terms
from ingest.plausible import SLIP, falls, jumped, slipped
from ingest.rule import twice

__all__ = ["Whole"]

_DAYS, _FIRST = 2**18, 2**17  # days a key has room for, and what makes each of them positive
_AT_ONCE = 1_000_000  # figures looked along at a time


class Whole:
    """Gathers the figures of a history; `known` are the approved ones, as the store's question `known` answers."""

    def __init__(self, terms: Terms, findings: Findings, known: pl.DataFrame) -> None:
        self._terms, self._findings = terms, findings
        self._figures: list[pl.DataFrame] = []
        self._kin: list[pl.DataFrame] = []
        placed = known.with_columns(
            i=pl.col("indicator").cast(pl.Enum(terms.indicators)).to_physical(),
            r=pl.col("region").cast(pl.Enum(terms.regions)).to_physical(),
            accumulation=pl.col("accumulation").cast(pl.Enum(ACCUMULATED)),
        )
        before = {"known_value": "value", "known_missing": "missing", "known_vintage": "vintage"}
        self._known = placed.select(key=self._key(), **before)

    def _key(self) -> pl.Expr:
        place = pl.col("i").cast(pl.Int64) * len(self._terms.regions) + pl.col("r")
        series = place * len(ACCUMULATED) + pl.col("accumulation").to_physical()
        return series * _DAYS + pl.col("period_end").to_physical().cast(pl.Int64) + _FIRST

    def add(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Remember the figures of a batch; gives them back with `change`: new, changed or unchanged."""
        frame = frame.with_columns(key=self._key())
        figures = frame.filter(pl.col("key").is_not_null()) if frame["key"].null_count() else frame
        self._figures.append(figures.select("key", "value", "row"))
        kin = figures.filter(at(self._terms.kin, "i") & pl.col("value").is_not_null())
        self._kin.append(kin.select("key", "value", "row", "i", half=half(kin, self._terms)))
        if self._known.is_empty():
            return frame.with_columns(change=pl.lit("new"))
        vintage = pl.col("vintage").cast(pl.String) if "vintage" in frame.columns else pl.lit("")
        frame = frame.join(self._known, on="key", how="left", maintain_order="left")
        said = frame.with_columns(vintage=vintage)
        changed = pl.col("known_value").is_not_null() & pl.col("value").ne_missing(pl.col("known_value"))
        lower = changed & (rank("vintage") < rank("known_vintage"))
        self._findings.count(said, counted_value_changes_approved=changed, counted_vintage_lower=lower)
        same = (
            pl.col("value").eq_missing(pl.col("known_value"))
            & (pl.col("missing") == pl.col("known_missing"))
            & (vintage == pl.col("known_vintage"))
        )
        new = pl.col("known_missing").is_null()
        change = pl.when(new).then(pl.lit("new")).when(same).then(pl.lit("unchanged")).otherwise(pl.lit("changed"))
        return frame.with_columns(change=change)

    def judge(self) -> None:
        """Apply the rules to everything that was added."""
        figures = pl.concat(self._figures).sort("key")
        self._figures.clear()
        self._twice(figures)
        self._course(figures)
        self._parts()

    def _twice(self, figures: pl.DataFrame) -> None:
        again = figures.filter(pl.col("key") == pl.col("key").shift(1))["key"].unique()
        hits = figures.filter(pl.col("key").is_in(again.implode())) if len(again) else figures.clear()
        first = pl.col("value").sort_by("row").first().over("key")
        later = hits.with_columns(first=pl.col("row").min().over("key"), other=first).sort("row")
        held = pl.col("row") != pl.col("first")
        self._findings.refuse(later, Rule("twice_in_file", "period", held, facts=_first))

    def _course(self, figures: pl.DataFrame) -> None:
        """Count what would ask for an explanation beside the figure before it, of the file or approved."""
        if not self._known.is_empty():
            before = self._known.join(figures, on="key", how="anti")
            known = before.select("key", value="known_value", row=pl.lit(None, pl.Int32))
            figures = pl.concat([figures, known]).sort("key")
        figures = figures.filter(pl.col("value").is_not_null())
        series, places = pl.col("key") // _DAYS, len(ACCUMULATED)
        for start in range(0, figures.height, _AT_ONCE):
            # the last row of the stretch before is there to be looked back to
            stretch = figures.slice(max(0, start - 1), _AT_ONCE + min(1, start))
            line = stretch.with_columns(
                i=(series // places // len(self._terms.regions)).cast(pl.UInt32),
                period_end=(pl.col("key") % _DAYS - _FIRST).cast(pl.Int32).cast(pl.Date),
                previous=pl.when(series == series.shift(1)).then(pl.col("value").shift(1)),
            )
            line = line.with_columns(d=self._terms.in_force(pl.col("period_end")))
            line = line.with_columns(**self._terms.of("usual_change"), previous_end=pl.col("period_end").shift(1))
            # few rows can be in question, and only they are looked at closely
            times = pl.col("value") / pl.col("previous")
            fallen = (pl.col("value") < pl.col("previous")) & (series % places == ACCUMULATED.index("ytd"))
            strange = ~times.is_between(1 / SLIP, SLIP, closed="none") | fallen | jumped()
            line = line.filter(pl.col("row").is_not_null() & pl.col("previous").is_not_null() & strange)
            self._findings.count(
                line.with_columns(accumulation=at(ACCUMULATED, series % places)),
                counted_value_slipped=slipped(),
                counted_value_sign=pl.col("value") * pl.col("previous") < 0,
                counted_value_jump=jumped() & ~slipped(),
                counted_ytd_falls=falls(),
            )

    def _parts(self) -> None:
        """A 其中 figure must not exceed its total, within half of its last digit."""
        kin = pl.concat(self._kin).with_columns(whole=at(self._terms.whole, "i"))
        span = len(self._terms.regions) * len(ACCUMULATED) * _DAYS  # between the keys of two indicators
        known = self._known.select("key", value="known_value")
        totals = pl.concat([known, kin.select("key", "value")]).unique("key", keep="last")
        parts = kin.filter(pl.col("whole").is_not_null()).with_columns(
            total_key=pl.col("key") + (pl.col("whole") - pl.col("i").cast(pl.Int64)) * span
        )
        beside = parts.join(totals.select(total_key="key", total="value"), on="total_key").sort("row")
        above = pl.col("value") - pl.col("total") > pl.col("half") * (1 + 1e-9)
        rule = Rule("part_exceeds_total", "value", above, "value", facts=self._terms.total)
        self._findings.refuse(beside, rule)


def _first(row: Row) -> Mapping[str, str]:
    value, other = ("—" if number is None else f"{number:.15g}" for number in (row["value"], row["other"]))
    return {"first": str(row["first"]), "value": value, "other": other, **twice(alike=value == other)}
