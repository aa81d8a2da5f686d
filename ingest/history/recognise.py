"""The texts of a history that name something: indicator, region, period, accumulation, vintage, day; and free texts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from indicators.period import PeriodKind
from ingest.history.findings import Findings, Row, Rule
from ingest.history.names import at
from ingest.history.terms import VINTAGE, Terms
from ingest.normalise import LONGEST_TEXT
from ingest.reader.spoken import INVISIBLE

__all__ = ["recognised"]

_TEXTS = ("confidence", "source", "note")
_SPACE = " \t\n\u00a0\u3000"


def recognised(cells: pl.DataFrame, terms: Terms, findings: Findings, *, today: date, note: str) -> pl.DataFrame:
    """`cells` with what its names stand for, as places in `terms` (`i`, `r`, `p`, `d`), null where nothing.

    Adds `period_end`, `accumulation`, `flow`, `own_unit`, and where the file says them `vintage` and `published_on`;
    the texts that were read are now called `<column>_text`. Free texts are trimmed, and `note` stands where none was.
    """
    named = [c for c in (*terms.names, "period", "published_on", "unit") if c in cells.columns]
    frame = _texts(cells.rename({c: f"{c}_text" for c in named}), findings, note)
    meant = {c: names.meant(frame[f"{c}_text"], pl.UInt32) for c, names in terms.names.items() if c in named}
    frame = frame.with_columns(
        i=meant["indicator"],
        r=meant["region"],
        p=terms.periods.places(frame["period_text"]),
        said=meant.get("accumulation", pl.lit(0, pl.UInt32)),
    )
    frame = frame.with_columns(period_end=at(pl.Series([p.end for p in terms.periods.meanings], dtype=pl.Date), "p"))
    frame = frame.with_columns(d=terms.in_force(pl.col("period_end")))
    frame = frame.with_columns(**terms.of("flow", "own_unit"))
    frame = frame.with_columns(**terms.accumulation())
    findings.refuse(
        frame,
        Rule("indicator_unknown", "indicator", pl.col("i").is_null(), "indicator_text", facts=terms.like("indicator")),
        Rule("region_unknown", "region", pl.col("r").is_null(), "region_text", facts=terms.like("region")),
        Rule("period_unreadable", "period", pl.col("p").is_null(), "period_text"),
        Rule("period_future", "period", pl.col("period_end") > today, "period_text"),
        Rule("accumulation_unknown", "accumulation", pl.col("said").is_null(), "accumulation_text"),
        *_accumulation(),
    )
    findings.count(frame, counted_accumulation_ignored=pl.col("trouble") == "accumulation_ignored")
    census = pl.Series([p.kind is PeriodKind.DAY and p.end.day == 1 for p in terms.periods.meanings], dtype=pl.Boolean)
    silent = pl.col("note") == "" if "note" in frame.columns else pl.lit(not note)
    findings.count(frame, counted_period_first_of_month=at(census, "p") & silent)
    if "region_code" in meant:
        given = (pl.col("region_code_text") != "") & pl.col("r").is_not_null()
        other = given & pl.Series(meant["region_code"]).ne_missing(frame["r"])
        findings.refuse(frame, Rule("region_disagrees", "region_code", other, "region_code_text", facts=_region))
    if "vintage" in meant:
        frame = frame.with_columns(vintage=pl.Series(VINTAGE, dtype=pl.Enum(VINTAGE)).gather(meant["vintage"]))
        findings.refuse(frame, Rule("vintage_unknown", "vintage", pl.col("vintage").is_null(), "vintage_text"))
    if "published_on" in named:
        places = terms.days.places(frame["published_on_text"])
        days = pl.Series([day for (day,) in terms.days.meanings], dtype=pl.Date)
        frame = frame.with_columns(published_on=days.gather(places))
        unread = pl.lit(places).is_null()
        findings.refuse(frame, Rule("date_unreadable", "published_on", unread, "published_on_text"))
    return frame


def _accumulation() -> list[Rule]:
    """What may be wrong with how a flow is said to accumulate."""
    return [
        Rule(trouble, column, pl.col("trouble") == trouble, found, facts=lambda row: {"period": row["period_text"]})
        for trouble, column, found in (
            ("accumulation_needed", "accumulation", "period_text"),
            ("accumulation_contradicts", "accumulation", "accumulation_text"),
            ("period_day_of_flow", "period", "period_text"),
        )
    ]


def _region(row: Row) -> Mapping[str, str]:
    return {"region": row["region_text"]}


def _texts(frame: pl.DataFrame, findings: Findings, note: str) -> pl.DataFrame:
    """Free texts without the space around them; refused where they hold what cannot be seen, or too much."""
    for column in [c for c in _TEXTS if c in frame.columns]:
        frame = frame.with_columns(pl.col(column).str.strip_chars(_SPACE))
        different = frame[column].unique()
        odd = different.filter(different.str.contains(INVISIBLE.pattern))
        long = different.filter(different.str.len_chars() > LONGEST_TEXT)
        findings.refuse(
            frame,
            Rule("text_control", column, pl.col(column).is_in(odd.implode()), column),
            Rule("text_too_long", column, pl.col(column).is_in(long.implode()), column, facts=_most),
        )
    if note and "note" in frame.columns:
        frame = frame.with_columns(note=pl.when(pl.col("note") == "").then(pl.lit(note)).otherwise(pl.col("note")))
    return frame


def _most(row: Row) -> Mapping[str, str]:
    return {"most": str(LONGEST_TEXT)}
