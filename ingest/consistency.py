"""Figures that must agree with those beside them: a year to date and its single period, a ratio and its parts.

Held together are figures of one region, of the file and, where it says nothing of them, approved. All that is found
is a warning, lifted by the note of its row, and asked of a row that says something new.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta

import polars as pl

from indicators.catalogue import Catalogue, fold
from indicators.definition import Frequency, MeasureType, Part
from indicators.problem import Problem, Severity
from indicators.units import UnitError, factor
from ingest.arithmetic import EVEN, half_digits, together
from ingest.held import NEWS
from ingest.rule import Row, figure, finding, shown

__all__ = ["EARLIER", "REVISED", "flows", "level", "levels", "related"]

_STATED = ["value", "found", "unit", "row", "period", "vintage", "note", "change"]
REVISED = 0.01  # a population revised or averaged over its year moves a ratio by less than this share of it
EARLIER = 0.02  # and one of the year before by less than this
_OLDEST = timedelta(days=366)  # between the end of a ratio's period and a yearly denominator that it is held against


def related(catalogue: Catalogue) -> Mapping[str, Collection[str]]:
    """Each indicator → the others whose figures it is held against: its total, the parts of a ratio, their ratio.

    The rules need these figures beside it, in one batch or approved.
    """
    found: dict[str, set[str]] = {i.id: {i.part_of} - {""} for i in catalogue.indicators.values()}
    for ratio, _, top, bottom, *_ in _ratios(catalogue):
        for one in (ratio, top, bottom):
            found[one] |= {ratio, top, bottom} - {one}
    return found


# -- flows: the year to date 本年累计 and the single quarter or month 本期 ------------------------------------


def flows(frame: pl.DataFrame, known: pl.DataFrame) -> list[Problem]:
    """A year to date is the one a quarter (a month) before it and the single quarter (month), together.

    They may differ by half of the last printed digit of each of the three. Where no year to date before it is known,
    it must still not equal the single one: 上半年 is never the second quarter. Of the first quarter and of January no
    single figure is kept, for it is the year to date.
    """
    valued = together(frame, known, (pl.col("accumulation") != "") & pl.col("value").is_not_null())
    single = pl.col("accumulation") != "ytd"
    beside = _added_up(valued.filter(single), valued.filter(~single))
    if beside.is_empty():
        return []
    equal = (pl.col("ytd_value") == pl.col("single_value")) & (pl.col("ytd_value") != 0)
    off = (pl.col("computed") - pl.col("single_value")).abs()
    doubtful = beside.filter(_new("ytd", "single", "before"), pl.when(off.is_null()).then(equal).otherwise(off > 0))
    room = _half(doubtful, "ytd") + _half(doubtful, "single") + _half(doubtful, "before")
    beyond = off > pl.col("room") * EVEN + 1e-12 * pl.col("ytd_value").abs()
    wrong = doubtful.with_columns(room=room).filter(beyond.fill_null(True))
    copied = equal & _new("ytd", "single")
    alike, apart = _rows(wrong.filter(copied)), _rows(wrong.filter(~copied))
    return [
        *(_asked(row, "ytd_equals_period", _copied(row), "ytd", "single") for row in alike),
        *(_asked(row, "ytd_disagrees_period", _sum(row), "ytd", "single", "before") for row in apart),
    ]


def _added_up(singles: pl.DataFrame, totals: pl.DataFrame) -> pl.DataFrame:
    """Each single figure (`single_…`), the year to date of its end (`ytd_…`), the one before it (`before_…`) if known.

    `computed`: what the single figure has to be, by the two years to date of one year.
    """
    series = ["indicator", "region", "definition"]
    first = pl.col("period_end").dt.month_start()
    month = pl.when(pl.col("accumulation") == "month").then(first.dt.offset_by("-1mo"))
    before_end = month.otherwise(first.dt.offset_by("-3mo")).dt.month_end()
    before = totals.select(*series, before_end="period_end", **_stated("before"))
    return (
        singles.select(*series, "period_end", before_end=before_end, **_stated("single"))
        .join(totals.select(*series, "period_end", **_stated("ytd")), on=[*series, "period_end"])
        .join(before, on=[*series, "before_end"], how="left")
        .with_columns(computed=pl.col("ytd_value") - pl.col("before_value"))
    )


def _copied(row: Row) -> dict[str, str]:
    (value,) = _as_told(row, ["ytd_value"])
    return {"value": value, "when": row["single_period"]}


def _sum(row: Row) -> dict[str, str]:
    names = ("ytd", "before", "single")
    said = _as_told(row, [f"{name}_value" for name in names] + ["computed"])
    when = {"period": row["single_period"], "when": row["before_period"]}
    return dict(zip((*names, "computed"), said, strict=True)) | when


def _as_told(row: Row, columns: list[str]) -> list[str]:
    """Figures as a sentence says them, in the unit that the file gives the first that it says anew."""
    name = next(name for name in ("ytd", "single", "before") if row[f"{name}_change"] in NEWS)
    values = [float(f"{row[column]:.12g}") for column in columns]
    return shown(values, found=row[f"{name}_found"], unit=row[f"{name}_unit"], value=row[f"{name}_value"])


# -- levels: a ratio 比率 beside the figures it is made of ------------------------------------------------------


def levels(frame: pl.DataFrame, catalogue: Catalogue, known: pl.DataFrame) -> list[Problem]:
    """A stated ratio agrees with the figures of its numerator and denominator.

    Only ratios whose two parts are indicators of the catalogue, counted at an instant; a ratio that brought its own
    parts was computed from them. The numerator stands at the same period end; so does the denominator, or, where it
    is counted once a year, at the latest end before it within a year. The ratio may differ by half of the last
    printed digit of each of the three, and by 1 % in any case (2 % of an earlier denominator): populations are
    revised, and some divide by the year's average.
    """
    schema = {"indicator": pl.String, "definition": pl.Int32, "top": pl.String, "bottom": pl.String}
    made = pl.DataFrame(_ratios(catalogue), {**schema, "scale": pl.Float64, "yearly": pl.Boolean}, orient="row")
    mine = pl.concat([made["indicator"], made["top"], made["bottom"]]).unique()
    figures = together(frame, known, pl.col("indicator").is_in(mine.implode()) & pl.col("value").is_not_null())
    if figures.is_empty():
        return []
    place = ["region", "period_end"]
    stated = figures.filter(pl.col("numerator").is_null() & pl.col("denominator").is_null())
    ratio = (
        stated.select("indicator", "definition", *place, **_stated("ratio"))
        .join(made, on=["indicator", "definition"])
        .join(figures.select(*place, top="indicator", **_stated("top")), on=[*place, "top"])
    )
    beside = (
        _with_denominator(ratio, figures)
        .filter(pl.col("bottom_value") > 0, _new("ratio", "top", "bottom"))
        .with_columns(computed=pl.col("top_value") / pl.col("bottom_value") * pl.col("scale"))
    )
    off = (pl.col("ratio_value") - pl.col("computed")).abs()
    least = pl.when(pl.col("bottom_end") < pl.col("period_end")).then(EARLIER).otherwise(REVISED)
    doubtful = beside.filter(off > least * pl.col("computed").abs() * EVEN)
    # half a digit of a part moves the ratio by as large a share of it as of the part
    halves = {f"{name}_half": _half(doubtful, name) for name in ("ratio", "top", "bottom")}
    of_top = pl.col("top_half") * pl.col("scale") / pl.col("bottom_value")
    of_bottom = pl.col("bottom_half") * pl.col("computed").abs() / pl.col("bottom_value")
    wrong = doubtful.with_columns(**halves).filter(off > (pl.col("ratio_half") + of_top + of_bottom) * EVEN)
    return [
        _asked(row, "ratio_disagrees_beside", _division(row, catalogue), "ratio", "top", "bottom")
        for row in _rows(wrong.sort("ratio_row", nulls_last=True))
    ]


def _with_denominator(ratio: pl.DataFrame, figures: pl.DataFrame) -> pl.DataFrame:
    """Each ratio with the figure of its denominator (`bottom_…`) and the day that it stands for (`bottom_end`)."""
    latest = figures.select("region", bottom="indicator", bottom_end="period_end", **_stated("bottom"))
    return (
        ratio.sort("period_end")
        .join_asof(
            latest.sort("bottom_end"),
            left_on="period_end",
            right_on="bottom_end",
            by=["region", "bottom"],
            strategy="backward",
            tolerance=_OLDEST,
            check_sortedness=False,
        )
        .filter(pl.col("yearly") | (pl.col("bottom_end") == pl.col("period_end")))
    )


def _ratios(catalogue: Catalogue) -> list[tuple[str, int, str, str, float, bool]]:
    """(ratio, version of its definition, numerator, denominator, scale, yearly).

    The ratio is numerator ÷ denominator × scale, of figures in the units of their own definitions; `yearly`: whether
    the denominator is counted once a year.
    """
    found = []
    for one in catalogue.indicators.values():
        for said in one.definitions:
            top, bottom = level(catalogue, said.numerator), level(catalogue, said.denominator)
            if top and bottom:
                scale = said.factor * top[1] / bottom[1]
                yearly = catalogue.indicators[bottom[0]].current.frequency is Frequency.YEAR
                found.append((one.id, said.version, top[0], bottom[0], scale, yearly))
    return found


def level(catalogue: Catalogue, part: Part | None) -> tuple[str, float] | None:
    """The indicator that counts `part` at an instant, and how many of the part's units its own unit is."""
    name = catalogue.indicator_names.get(fold(part.name)) if part else None
    if part is None or name is None:
        return None
    definitions = catalogue.indicators[name].definitions
    units = {d.unit for d in definitions}
    if len(units) > 1 or any(d.measure is not MeasureType.STOCK for d in definitions):
        return None
    try:
        return name, factor(units.pop(), part.unit)
    except UnitError:
        return None


def _division(row: Row, catalogue: Catalogue) -> dict[str, str]:
    facts = {"computed": f"{row['computed']:.4g}"}
    for name, indicator in (("ratio", row["indicator"]), ("top", row["top"]), ("bottom", row["bottom"])):
        one = catalogue.indicators[indicator]
        stated = f"{figure(row[f'{name}_value'])} {one.current.unit}"
        facts |= {f"{name}_zh": one.name_zh, f"{name}_en": one.name_en, name: stated}
    if row["bottom_end"] < row["period_end"]:
        facts["bottom"] += f"({row['bottom_period']})"
    return facts


# -- figures side by side --------------------------------------------------------------------------------------


def _stated(name: str) -> dict[str, str]:
    """The columns of a figure in its place beside others."""
    return {f"{name}_{column}": column for column in _STATED}


def _new(*names: str) -> pl.Expr:
    """Whether one of the figures says something new."""
    return pl.any_horizontal(pl.col(f"{name}_change").is_in(NEWS).fill_null(False) for name in names)


def _half(beside: pl.DataFrame, name: str) -> pl.Series:
    """Half of the last digit each of these figures prints, in its definition's unit; 0 where there is none."""
    stated = {column: pl.col(f"{name}_{column}") for column in ("value", "unit")}
    return half_digits(beside.select(**stated, found=pl.col(f"{name}_found").fill_null("")))


def _rows(wrong: pl.DataFrame) -> Iterator[Row]:
    return wrong.iter_rows(named=True)


def _asked(row: Row, code: str, facts: Mapping[str, str], *names: str) -> Problem:
    """A warning on the first of the figures that says something new."""
    name = next(name for name in names if row[f"{name}_change"] in NEWS)
    told = {column: row[f"{name}_{column}"] for column in _STATED}
    return finding(told, Severity.WARNING, "value", code, facts)
