"""Sums that must come out: a ratio and its parts, a part and its total, the districts and their city."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Set

import polars as pl

from indicators.catalogue import Catalogue
from indicators.definition import Aggregation
from indicators.problem import Problem, Severity
from indicators.rollup import city_of
from ingest.columns import KEY
from ingest.held import NEWS
from ingest.numbers import GRAMMAR, half_digit, read_number
from ingest.rule import Row, figure, finding

__all__ = ["EVEN", "districts", "half_digits", "neighbours", "parts", "ratios", "together"]

EVEN = 1 + 1e-9  # a tolerance with room for the last bit of a float


def ratios(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[Problem]]:
    """Compute values from their parts; a stated value must agree within half its last printed digit."""
    top, bottom = pl.col("numerator"), pl.col("denominator")
    if frame["numerator"].null_count() == frame["denominator"].null_count() == frame.height:
        return frame, []
    problems = []
    unused = frame.filter(~pl.col("has_parts") & (top.is_not_null() | bottom.is_not_null()))
    for row in unused.iter_rows(named=True):
        problems.append(finding(row, Severity.NOTICE, "numerator", "part_on_other", {}))
    mine = frame.filter(pl.col("has_parts") & (top.is_not_null() | bottom.is_not_null()))
    for row in mine.iter_rows(named=True):
        problems += _ratio_problems(row)
    waiting = pl.col("value").is_null() & (pl.col("missing") == "")
    for row in frame.filter(waiting & ~pl.col("has_parts")).iter_rows(named=True):
        problems.append(finding(row, Severity.ERROR, "value", "value_empty", {}))
    usable = pl.col("has_parts") & top.is_not_null() & bottom.is_not_null() & (bottom != 0)
    computed = (top / bottom * pl.col("factor")).round_sig_figs(15)
    value = pl.when(waiting & usable).then(computed).otherwise(pl.col("value"))
    return frame.with_columns(value.alias("value")), problems


def _ratio_problems(row: Row) -> Iterator[Problem]:
    if row["numerator"] is None or row["denominator"] is None:
        yield finding(row, Severity.ERROR, "numerator", "part_alone", {})
    elif row["denominator"] == 0:
        yield finding(row, Severity.ERROR, "denominator", "denominator_zero", {})
    elif row["value"] is not None:
        computed = row["numerator"] / row["denominator"] * row["factor"]
        if abs(row["value"] - computed) > _rounding(row) * EVEN:
            facts = {part: figure(row[part]) for part in ("numerator", "denominator")}
            yield finding(row, Severity.ERROR, "value", "ratio_disagrees", facts | {"computed": f"{computed:.6g}"})


def _rounding(row: Row) -> float:
    """Half of the last digit the cell prints, in the definition's unit; none where the value was computed."""
    if not row["found"]:
        return 0.0
    printed = read_number(row["found"], row["unit"]).value
    return half_digit(row["found"]) * (abs(row["value"] / printed) if printed else 1.0)


def parts(frame: pl.DataFrame, catalogue: Catalogue, known: pl.DataFrame) -> list[Problem]:
    """A 其中 row must not exceed its total, within half of the last printed digit."""
    totals = {i.id: i.part_of for i in catalogue.indicators.values() if i.part_of}
    mine = frame.filter(pl.col("indicator").is_in(list(totals)))
    if mine.is_empty():
        return []
    place = ["region", "period_end", "accumulation"]
    whole = pl.col("indicator").is_in(set(totals.values()))
    everything = pl.concat([known.filter(whole).select(*KEY, "value"), frame.filter(whole).select(*KEY, "value")])
    total = everything.unique(KEY, keep="last").select(*place, whole="indicator", total="value")
    joined = mine.with_columns(pl.col("indicator").replace_strict(totals, return_dtype=pl.String).alias("whole")).join(
        total, on=[*place, "whole"]
    )
    problems = []
    for row in joined.filter(pl.col("value") > pl.col("total")).iter_rows(named=True):
        if row["value"] - row["total"] > _rounding(row) * EVEN:
            facts = {"total": catalogue.indicators[row["whole"]].name_zh, "previous": figure(row["total"])}
            problems.append(finding(row, Severity.ERROR, "value", "part_exceeds_total", facts))
    return problems


def together(frame: pl.DataFrame, known: pl.DataFrame, wanted: pl.Expr) -> pl.DataFrame:
    """The figures `wanted` of a file, and those approved that it does not say again; none where it has none.

    An approved figure has neither `row` nor `change`.
    """
    stated = [*KEY, "definition", "value", "numerator", "denominator", "found", "unit", "period", "vintage", "note"]
    sent = frame.lazy().filter(wanted).select(*stated, "row", "change").collect()
    if sent.is_empty():
        return sent
    approved = known.lazy().filter(wanted).select(stated).collect().join(sent, on=KEY, how="anti")
    return pl.concat([approved, sent], how="diagonal")


# -- districts and their city ------------------------------------------------------------------------------


def districts(frame: pl.DataFrame, catalogue: Catalogue, known: pl.DataFrame) -> list[Problem]:
    """The districts of a city, added up, against the city's own figure of the same period.

    Only figures that add up over regions by their definition, and only districts 行政区划, never the zones that
    overlap them (domain.md B12). With every district there the sum must equal the city's figure; with some of them
    it must not exceed it. Each figure may be off by half of its last printed digit. Of the rows that say something
    new the city's is asked to explain, or without one the first district's.
    """
    cities = city_of(catalogue.regions)
    adding = [i.id for i in catalogue.indicators.values() if i.current.aggregation is Aggregation.SUM]
    places = [*cities, *set(cities.values())]
    adds = pl.col("indicator").is_in(adding) & pl.col("region").is_in(places) & pl.col("value").is_not_null()
    everything = together(frame, known, adds)
    if everything.is_empty():
        return []
    everything = everything.with_columns(
        city=pl.col("region").replace_strict(cities, default=None, return_dtype=pl.String)
    )
    group = ["indicator", "city", "period_end", "accumulation"]
    added = (
        everything.drop_nulls("city")
        .group_by(group)
        .agg(sum=pl.col("value").sum(), count=pl.len(), least=pl.col("value").min())
    )
    whole = everything.filter(pl.col("city").is_null()).with_columns(city="region")
    many = pl.col("city").replace_strict(Counter(cities.values()), return_dtype=pl.Int64)
    over = pl.col("sum") - pl.col("value")
    doubtful = (
        added.join(whole.select(*group, "value"), on=group)
        .with_columns(expected=many)
        .filter(
            pl.when(pl.col("count") == pl.col("expected"))
            .then(over != 0)
            .otherwise((over > 0) & (pl.col("least") >= 0))
        )
    )
    if doubtful.is_empty():
        return []
    involved = pl.concat([whole, everything.drop_nulls("city")]).join(doubtful.select(group), on=group, how="semi")
    room = involved.with_columns(half=half_digits(involved)).group_by(group).agg(pl.col("half").sum())
    beyond = doubtful.join(room, on=group).filter(over.abs() > pl.col("half") * EVEN + 1e-12 * pl.col("value").abs())
    # the code of a city sorts before those of its districts
    new = involved.filter(pl.col("change").is_in(NEWS))
    told = new.sort("region").unique(group, keep="first", maintain_order=True)
    return [
        finding(
            row,
            Severity.WARNING,
            "value",
            "districts_differ" if row["count"] == row["expected"] else "districts_exceed",
            _facts(row, catalogue),
        )
        for row in beyond.select(*group, "sum", "count", "expected", total="value")
        .join(told, on=group)
        .sort("row")
        .iter_rows(named=True)
    ]


def neighbours(catalogue: Catalogue, regions: Set[str]) -> set[str]:
    """The regions with the cities and districts whose figures must add up with theirs."""
    cities = city_of(catalogue.regions)
    mine = {cities.get(region, region) for region in regions}
    return set(regions) | mine | {district for district, city in cities.items() if city in mine}


def half_digits(frame: pl.DataFrame) -> pl.Series:
    """`_rounding` of every row; cells that print a plain number, nearly all, without reading them one by one."""
    plain = pl.col("found").str.contains(GRAMMAR)
    printed = pl.when(plain).then(pl.col("found")).cast(pl.Float64)
    decimals = pl.col("found").str.extract(r"\.([0-9]+)$").fill_null("").str.len_chars().cast(pl.Float64)
    scale = pl.when(printed != 0).then((pl.col("value") / printed).abs()).otherwise(1.0)
    halves = frame.select(pl.when(plain).then(0.5 * pl.lit(10.0).pow(-decimals) * scale).alias("half"))["half"]
    return halves.scatter(
        halves.is_null().arg_true(),
        [_rounding(row) for row in frame.filter(~plain).iter_rows(named=True)],
    )


def _facts(row: Row, catalogue: Catalogue) -> dict[str, str]:
    city = catalogue.regions[row["city"]]
    return {
        "city_zh": city.name_zh,
        "city_en": city.name_en,
        "sum": figure(row["sum"]),
        "total": figure(row["total"]),
        "difference": f"{row['sum'] - row['total']:+.6g}",
        "count": str(row["count"]),
        "expected": str(row["expected"]),
    }
