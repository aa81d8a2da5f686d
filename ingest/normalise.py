"""From a sheet's text cells to typed observations, with every reading that was not plain named.

The work follows the number of *different* names, periods, units and odd numbers in a file, not its rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from indicators.catalogue import Catalogue, fold
from indicators.definition import MeasureType
from indicators.period import Period, PeriodKind
from indicators.problem import Problem, Severity
from indicators.units import UnitError, factor
from ingest.columns import BY_NAME, COLUMNS, REQUIRED
from ingest.guessing import guess
from ingest.numbers import DIGITS, GRAMMAR, Number, read_number
from ingest.reader.sheet import Sheet
from ingest.unknown import unknown_indicators
from ingest.words import phrase

__all__ = [
    "ACCUMULATIONS",
    "LONGEST_TEXT",
    "VINTAGES",
    "accumulates",
    "columns_of",
    "day",
    "normalise",
    "titles",
]

ACCUMULATIONS = {"": "", "ytd": "ytd", "本年累计": "ytd", "累计": "ytd", "period": "period", "本期": "period"}
ACCUMULATIONS |= {"当期": "period", "本季": "period"}
VINTAGES = {"": "", "flash": "flash", "快报": "flash", "初步": "flash", "annual": "annual", "年报": "annual"}
VINTAGES |= {"revised": "revised", "修订": "revised"}
_INVISIBLE = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
LONGEST_TEXT = 2000
_SPACE = " \t\n\u00a0\u3000"
_NUMBERS = ["value", "numerator", "denominator"]
_AT_ONCE = 20_000  # rows read together, so that memory does not follow the size of a return
_GUESSED = 200  # different unknown names that get a “did you mean”; more are not shown anyway

Row = tuple[Any, ...]


class _Collector:
    """Gathers problems with their row and the header's own name of the column."""

    def __init__(self, frame: pl.DataFrame, titles: Mapping[str, str]) -> None:
        self.frame, self.titles = frame, titles
        self.found: list[Problem] = []
        self.guesses: dict[str, dict[str, str]] = {}
        self.names: Sequence[str] = ()  # of indicators, all that the file says

    def guess(self, text: str, nearest: Callable[[str], dict[str, str]]) -> dict[str, str]:
        """The “did you mean” of a name, for the first of many different names only."""
        if text not in self.guesses and len(self.guesses) < _GUESSED:
            self.guesses[text] = nearest(text)
        return self.guesses.get(text) or guess("", ())

    def rows(
        self,
        column: str,
        bad: Mapping[str, tuple[str, Mapping[str, str]]],
        severity: Severity = Severity.ERROR,
    ) -> None:
        """A problem for every row whose `column` text is a key of `bad` (text → code, facts)."""
        if not bad:
            return
        hits = self.frame.filter(pl.col(column).is_in(list(bad))).select("row", column)
        for row, text in hits.iter_rows():
            code, facts = bad[text]
            self.found.append(
                Problem(severity, code, row=row, column=self.titles.get(column, column), found=text, facts=facts)
            )


def normalise(sheet: Sheet, catalogue: Catalogue) -> tuple[pl.DataFrame, list[Problem]]:
    """Observations in long form, one row a figure, and what was noticed on the way.

    Columns: row, indicator, region, period, period_end, accumulation, definition, value, missing, numerator,
    denominator, found, unit, vintage, published_on, contributors, confidence, source, note. What could not be
    read is null and named by an error.
    """
    titles, at, problems = _header(sheet)
    if any(p.severity is Severity.ERROR for p in problems):
        return pl.DataFrame(), problems
    seen = _Collector(pl.DataFrame(), titles)
    seen.found += problems
    seen.names = sheet.cells[f"c{at['indicator']}"].str.strip_chars(_SPACE).unique().to_list()
    pieces = []
    for start in range(0, max(sheet.cells.height, 1), _AT_ONCE):
        frame = seen.frame = _columns(sheet, at, slice(start, start + _AT_ONCE))
        _texts(seen)
        frame = _names(frame, catalogue, seen)
        frame = _periods(frame, catalogue, seen)
        frame = _numbers(frame, catalogue, seen)
        pieces.append(_small_columns(frame, seen))
    return pl.concat(pieces, rechunk=True), seen.found


# -- header ------------------------------------------------------------------------------------------------


def titles(sheet: Sheet) -> dict[str, str]:
    """What the sheet's own header calls each of our columns."""
    return _header(sheet)[0]


def columns_of(sheet: Sheet) -> tuple[pl.DataFrame, dict[str, str], list[Problem]]:
    """The sheet with our column names (missing optional ones empty), and the titles the sheet gives them."""
    titles, at, problems = _header(sheet)
    return _columns(sheet, at, slice(None)), titles, problems


def _header(sheet: Sheet) -> tuple[dict[str, str], dict[str, int], list[Problem]]:
    """The titles that the sheet gives our columns, where each stands, and what is wrong with its header."""
    problems = list(sheet.notices)
    at: dict[str, int] = {}
    for position, title in enumerate(sheet.header):
        column = BY_NAME.get(fold(title))
        say = partial(Problem, row=sheet.header_at, column=title, found=title)
        if re.search(_INVISIBLE, title):
            problems.append(say(Severity.ERROR, "text_control"))
        elif not title.strip():
            if sheet.cells[f"c{position}"].str.strip_chars().ne("").any():
                problems.append(say(Severity.ERROR, "column_blank", facts={"first": str(position + 1)}))
        elif column is None:
            problems.append(say(Severity.NOTICE, "column_ignored"))
        elif column in at:
            facts = {"first": str(at[column] + 1), "second": str(position + 1)}
            problems.append(say(Severity.ERROR, "column_twice", facts=facts))
        else:
            at[column] = position
            if title not in COLUMNS[column]:
                facts = {"name": next(n for n in COLUMNS[column] if fold(n) == fold(title))}
                problems.append(say(Severity.NOTICE, "column_read_as", facts=facts))
    if "region" not in at and "region_code" in at:
        at["region"] = at.pop("region_code")
    needed = [c for c in REQUIRED if c not in at and not (c == "value" and {"numerator", "denominator"} <= set(at))]
    for column in needed:
        facts = {"wanted": f"{COLUMNS[column][0]} / {COLUMNS[column][1]}", "have": ", ".join(sheet.header)}
        problems.append(Problem(Severity.ERROR, "column_missing", row=sheet.header_at, column=column, facts=facts))
    return {c: sheet.header[p] for c, p in at.items()}, at, problems


def _columns(sheet: Sheet, at: Mapping[str, int], rows: slice) -> pl.DataFrame:
    """Some rows of the sheet with all of our columns."""
    texts = {c: pl.col(f"c{at[c]}") if c in at else pl.lit("").alias(c) for c in COLUMNS}
    return (
        sheet.cells[rows]
        .select(sheet.at[rows].alias("row"), **texts)
        .with_columns(
            pl.col(pl.String).exclude(_NUMBERS).str.strip_chars(_SPACE),
            # a number keeps an odd space around it, to be read with a notice; nothing but space is an empty cell
            pl.when(pl.col(_NUMBERS).str.strip_chars(_SPACE) == "")
            .then(pl.lit(""))
            .otherwise(pl.col(_NUMBERS).str.strip_chars(" \t\n"))
            .name.keep(),
        )
    )


def _texts(seen: _Collector) -> None:
    """Refuse invisible characters and overlong text anywhere."""
    for column in COLUMNS:
        texts = seen.frame[column]
        if texts.str.contains(_INVISIBLE).any():
            bad = texts.filter(texts.str.contains(_INVISIBLE)).unique()
            seen.rows(column, {t: ("text_control", {}) for t in bad})
        if (texts.str.len_chars() > LONGEST_TEXT).any():
            bad = texts.filter(texts.str.len_chars() > LONGEST_TEXT).unique()
            seen.rows(column, {t: ("text_too_long", {"most": str(LONGEST_TEXT)}) for t in bad})


# -- names -------------------------------------------------------------------------------------------------


def _lookup(frame: pl.DataFrame, column: str, found: Mapping[str, Any], dtype: pl.DataType) -> pl.Expr:
    return pl.col(column).replace_strict(found, default=None, return_dtype=dtype)


def _names(frame: pl.DataFrame, catalogue: Catalogue, seen: _Collector) -> pl.DataFrame:
    """Names and codes to ids; null where unknown (the schema refuses those, with a guess)."""
    new = []
    for column, known in (("indicator", catalogue.indicator_names), ("region", catalogue.region_names)):
        ids = {t: known.get(fold(t)) for t in frame[column].unique(maintain_order=True)}
        unknown = [t for t, id_ in ids.items() if id_ is None]
        if unknown and column == "indicator":
            seen.rows(column, unknown_indicators(frame, unknown, catalogue=catalogue, names=seen.names, ask=seen.guess))
        else:
            seen.rows(column, {t: ("region_unknown", seen.guess(t, partial(guess, known=known))) for t in unknown})
        new.append(_lookup(frame, column, ids, pl.String()).alias(f"{column}_id"))
    frame = frame.with_columns(new)
    if (frame["region_code"] != "").any():
        codes = {t: catalogue.region_names.get(fold(t)) for t in frame["region_code"].unique() if t}
        other = frame.filter(
            (pl.col("region_code") != "")
            & _lookup(frame, "region_code", codes, pl.String()).ne_missing(pl.col("region_id"))
        )
        for row, text, region in other.select("row", "region_code", "region").iter_rows():
            title = seen.titles.get("region_code", "region_code")
            facts = {"region": region}
            seen.found.append(
                Problem(Severity.ERROR, "region_disagrees", row=row, column=title, found=text, facts=facts)
            )
    return frame


# -- periods -----------------------------------------------------------------------------------------------


def _periods(frame: pl.DataFrame, catalogue: Catalogue, seen: _Collector) -> pl.DataFrame:
    """Periods, the definition in force at each, and how flows accumulate."""
    periods: dict[str, Period] = {}
    unreadable: dict[str, tuple[str, Mapping[str, str]]] = {}
    first_of_month: dict[str, tuple[str, Mapping[str, str]]] = {}
    for text in frame["period"].unique():
        try:
            periods[text] = period = Period.parse(text)
        except ValueError:
            unreadable[text] = ("period_unreadable", {})
            continue
        if period.kind is PeriodKind.DAY and period.end.day == 1:
            first_of_month[text] = ("period_first_of_month", {"month": f"{period.end:%Y-%m}"})
    seen.rows("period", unreadable)
    unexplained = _Collector(frame.filter(pl.col("note") == ""), seen.titles)
    unexplained.rows("period", first_of_month, Severity.WARNING)
    seen.found += unexplained.found

    texts = {t: fold(t) for t in frame["accumulation"].unique()}
    said = {t: ACCUMULATIONS.get(folded) for t, folded in texts.items()}
    seen.rows("accumulation", {t: ("accumulation_unknown", {}) for t, a in said.items() if a is None})
    frame = frame.with_columns(
        _lookup(frame, "period", {t: p.code for t, p in periods.items()}, pl.String()).alias("period_code"),
        _lookup(frame, "period", {t: p.end for t, p in periods.items()}, pl.Date()).alias("period_end"),
        _lookup(frame, "accumulation", said, pl.String()).alias("said"),
    )
    pairs = frame.select("indicator_id", "period", "said").unique().drop_nulls()
    resolved = [
        (i, p, said, definition.version, *accumulates(definition.measure, periods[p], said))
        for i, p, said in pairs.iter_rows()
        if p in periods
        for definition in [catalogue.indicators[i].definition_at(periods[p].end)]
    ]
    columns = ["indicator_id", "period", "said", "definition", "accumulated", "trouble"]
    schema = dict(zip(columns, [pl.String, pl.String, pl.String, pl.Int32, pl.String, pl.String], strict=True))
    known = pl.DataFrame(resolved, schema=schema, orient="row")
    frame = frame.join(known, on=["indicator_id", "period", "said"], how="left", maintain_order="left")
    _accumulation_problems(frame, seen)
    return frame


def accumulates(measure: MeasureType, period: Period, said: str) -> tuple[str, str]:
    """(how a figure accumulates, code of what is wrong with what was said of it or '')."""
    accumulated, trouble = said, "" if said else "accumulation_needed"
    if measure is not MeasureType.FLOW:
        accumulated, trouble = "", "accumulation_ignored" if said else ""
    elif period.kind is PeriodKind.DAY:
        accumulated, trouble = "", "period_day_of_flow"
    elif period.to_date:
        single = period.kind in (PeriodKind.QUARTER, PeriodKind.MONTH, PeriodKind.YEAR)
        accumulated, trouble = "ytd", "" if said != "period" or single else "accumulation_contradicts"
    if accumulated == "period" and period.kind is PeriodKind.MONTH:
        accumulated = "month"  # its end is a quarter's too, and both may be known
    return accumulated, trouble


def _accumulation_problems(frame: pl.DataFrame, seen: _Collector) -> None:
    troubled = frame.filter(pl.col("trouble").is_not_null() & (pl.col("trouble") != ""))
    for row, code, period, said in troubled.select("row", "trouble", "period", "accumulation").iter_rows():
        day = code == "period_day_of_flow"
        column = "period" if day else "accumulation"
        found = period if day or code == "accumulation_needed" else said
        severity = Severity.NOTICE if code == "accumulation_ignored" else Severity.ERROR
        title = seen.titles.get(column, column)
        facts = {"period": period}
        seen.found.append(Problem(severity, code, row=row, column=title, found=found, facts=facts))


# -- numbers -----------------------------------------------------------------------------------------------


def _numbers(frame: pl.DataFrame, catalogue: Catalogue, seen: _Collector) -> pl.DataFrame:
    """Values, numerators and denominators as numbers in the definition's units."""
    definitions = {(i.id, d.version): d for i in catalogue.indicators.values() for d in i.definitions}
    rows = [
        (name, version, d.unit, d.numerator.unit if d.numerator else "", d.denominator.unit if d.denominator else "")
        for (name, version), d in definitions.items()
    ]
    columns = ["indicator_id", "definition", "own_value", "own_numerator", "own_denominator"]
    schema = dict(zip(columns, [pl.String, pl.Int32, pl.String, pl.String, pl.String], strict=True))
    units = pl.DataFrame(rows, schema=schema, orient="row")
    frame = frame.join(units, on=["indicator_id", "definition"], how="left", maintain_order="left")
    for column, unit in (("value", "unit"), ("numerator", "numerator_unit"), ("denominator", "denominator_unit")):
        frame = _number_column(frame, column, unit, seen)
    return frame


def _number_column(frame: pl.DataFrame, column: str, unit: str, seen: _Collector) -> pl.DataFrame:
    own = f"own_{column}"
    if column != "value" and (frame[column] == "").all():
        return frame.with_columns(pl.lit(None, pl.Float64).alias(f"{column}_number"))
    text = pl.col(column)
    plain = text.str.contains(GRAMMAR) & (text.str.replace_all("[^0-9]", "").str.len_chars() <= DIGITS)
    frame = frame.with_columns(pl.when(plain).then(text).cast(pl.Float64).alias("plain"))
    sent = pl.when(pl.col(unit) != "").then(pl.col(unit)).otherwise(pl.col(own)).alias("sent")
    # an empty part is simply not given, and an empty value is computed where both parts are
    given = (pl.col("numerator") != "") & (pl.col("denominator") != "") if column == "value" else pl.lit(True)
    odd = frame.filter(pl.col("plain").is_null() & ~((pl.col(column) == "") & given))
    values: list[tuple[int, float | None, str]] = []
    for row, text, sent_unit in odd.select("row", column, sent).iter_rows():
        cell = read_number(text, sent_unit or "")
        values.append((row, cell.value, cell.missing))
        _number_problem(seen, column, row, text, cell, sent_unit or "")
    read = pl.DataFrame(values, schema={"row": pl.Int32, "odd": pl.Float64, "odd_missing": pl.String}, orient="row")
    frame = frame.join(read, on="row", how="left", maintain_order="left")
    frame = _convert(frame, column, unit, own, seen)
    plain = pl.coalesce("plain", "odd") + 0.0  # −0 becomes 0
    converted = (pl.coalesce("plain", "odd") * pl.col("factor")).round_sig_figs(15) + 0.0
    frame = frame.with_columns(
        pl.when(pl.col("factor") == 1.0).then(plain).otherwise(converted).alias(f"{column}_number"),
        *([pl.col("odd_missing").fill_null("").alias("missing")] if column == "value" else []),
    )
    return frame.drop("plain", "odd", "odd_missing", "factor")


def _number_problem(seen: _Collector, column: str, row: int, text: str, number: Number, unit: str) -> None:
    title = seen.titles.get(column, column)
    if number.problem:
        facts = {"unit": unit}
        seen.found.append(Problem(Severity.ERROR, number.problem, row=row, column=title, found=text, facts=facts))
    elif number.missing:
        facts = {f"meaning_{language}": phrase(f"mean_{number.missing}", language) for language in ("zh", "en")}
        seen.found.append(
            Problem(Severity.NOTICE, "value_missing_mark", row=row, column=title, found=text, facts=facts)
        )
    elif number.noticed:
        facts = {"reading": f"{number.value:.15g}"}
        seen.found.append(Problem(Severity.NOTICE, "number_read_as", row=row, column=title, found=text, facts=facts))


def _convert(frame: pl.DataFrame, column: str, unit: str, own: str, seen: _Collector) -> pl.DataFrame:
    """Join the `factor` of each (unit sent, own unit); 1 where no unit is sent."""
    pairs = frame.select(unit, own).unique().drop_nulls().filter(pl.col(unit) != "")
    factors: list[Row] = []
    for sent, wanted in pairs.iter_rows():
        try:
            factors.append((sent, wanted, factor(sent, wanted), ""))
        except UnitError as error:
            code = "unit_unknown" if str(error).startswith("unknown") else "unit_other_dimension"
            factors.append((sent, wanted, None, code))
    schema = {unit: pl.String, own: pl.String, "factor": pl.Float64, "unit_trouble": pl.String}
    known = pl.DataFrame(factors, schema=schema, orient="row")
    frame = frame.join(known, on=[unit, own], how="left", maintain_order="left")
    for row, sent, wanted, code in (
        frame.filter(pl.col("unit_trouble").fill_null("") != "").select("row", unit, own, "unit_trouble").iter_rows()
    ):
        title = seen.titles.get(unit, unit)
        seen.found.append(Problem(Severity.ERROR, code, row=row, column=title, found=sent, facts={"unit": wanted}))
    return frame.with_columns(pl.when(pl.col(unit) == "").then(1.0).otherwise(pl.col("factor")).alias("factor")).drop(
        "unit_trouble"
    )


# -- the rest ----------------------------------------------------------------------------------------------


def _small_columns(frame: pl.DataFrame, seen: _Collector) -> pl.DataFrame:
    """Vintage, dates, counts and texts; then only the columns that go on."""
    vintages = {t: VINTAGES.get(fold(t)) for t in frame["vintage"].unique()}
    seen.rows("vintage", {t: ("vintage_unknown", {}) for t, v in vintages.items() if v is None})
    days = {t: day(t) for t in frame["published_on"].unique()}
    seen.rows("published_on", {t: ("date_unreadable", {}) for t, read in days.items() if t and read is None})
    counts = {t: int(t) if re.fullmatch("[0-9]{1,9}", t) else None for t in frame["contributors"].unique()}
    seen.rows("contributors", {t: ("count_unreadable", {}) for t, n in counts.items() if t and n is None})
    return frame.select(
        "row",
        indicator=pl.col("indicator_id"),
        region=pl.col("region_id"),
        period=pl.col("period_code"),
        period_end=pl.col("period_end"),
        accumulation=pl.col("accumulated").fill_null(""),
        definition=pl.col("definition"),
        value=pl.col("value_number"),
        missing=pl.col("missing"),
        numerator=pl.col("numerator_number"),
        denominator=pl.col("denominator_number"),
        found=pl.col("value"),
        unit=pl.when(pl.col("unit") != "").then(pl.col("unit")).otherwise(pl.col("own_value")).fill_null(""),
        vintage=_lookup(frame, "vintage", vintages, pl.String()),
        published_on=_lookup(frame, "published_on", days, pl.Date()),
        contributors=_lookup(frame, "contributors", counts, pl.Int32()),
        confidence=pl.col("confidence"),
        source=pl.col("source"),
        note=pl.col("note"),
    )


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
