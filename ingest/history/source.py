"""A file of history, CSV or Parquet, as batches of cells under our column names. It is never held whole."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl
import polars.selectors as cs

from indicators.problem import Problem, Severity
from ingest.columns import PARTS
from ingest.normalise import columns_of
from ingest.numbers import DIGITS, GRAMMAR
from ingest.reader.child import separator
from ingest.reader.sheet import Sheet

__all__ = ["NUMBERS", "Broken", "Source"]

NUMBERS = ("value", *PARTS)
_NOT_READ = ("numerator_unit", "denominator_unit", "contributors")
_BATCH = 8 * 122_880  # rows at a time: whole row groups of the store
_HEAD = 1 << 16  # bytes in which the header must stand
_POLARS = (pl.exceptions.PolarsError, pl.exceptions.PanicException)

Opened = tuple[tuple[str, ...], pl.LazyFrame, str]  # header; the cells as `row`, c0, c1, …; delimiter


class Broken(Exception):
    """A file that cannot be read, or not to its end; `problem` says why and where."""

    def __init__(self, code: str, row: int | None = None, *, found: str = "", **facts: str) -> None:
        super().__init__(code)
        self.problem = Problem(Severity.ERROR, code, row=row, found=found, facts=facts)


@dataclass(frozen=True)
class Source:
    """An opened file. `titles`: what its header calls each of our columns; `problems`: what is said of the header."""

    titles: Mapping[str, str]
    problems: tuple[Problem, ...]
    _path: Path
    _header: tuple[str, ...]
    _cells: pl.LazyFrame
    _delimiter: str  # '' in Parquet

    @classmethod
    def open(cls, path: Path, name: str) -> Source:
        """The file at `path`, sent under `name`. Raises Broken where it has no header."""
        ending = Path(name).suffix.lower()
        if ending not in _KINDS:
            raise Broken("history_kind", found=ending or "—")
        if path.stat().st_size == 0:
            raise Broken("file_empty")
        try:
            header, cells, delimiter = _KINDS[ending](path)
            _, titles, problems = columns_of(_sheet(header, cells))
            kinds = cells.collect_schema()
        except _POLARS:
            raise Broken("history_damaged") from None
        problems = [replace(problem, row=None) for problem in problems]
        for column, title in titles.items():
            kind = kinds[f"c{header.index(title)}"]
            if column in _NOT_READ:
                problems.append(Problem(Severity.ERROR, "history_column", column=title, found=title))
            elif kind.is_nested() or kind == pl.Binary:
                facts = {"kind": str(kind)}
                problems.append(Problem(Severity.ERROR, "history_type", column=title, found=title, facts=facts))
        return cls(titles, tuple(problems), path, header, cells, delimiter)

    def batches(self) -> Iterator[pl.DataFrame]:
        """The rows in order, some at a time, blank ones left out. Raises Broken where the file breaks off.

        Columns: `row` (the line as a spreadsheet numbers it; in Parquet the record, from 1), and those of ours that
        the file has: texts as String, numbers as Float64 and null where the cell holds no plain number. Beside a
        number that was written as text stands that text, as `<column>_text`.
        """
        wanted: dict[str, pl.Expr] = {}
        for column, title in self.titles.items():
            wanted |= self._read(column, f"c{self._header.index(title)}")
        # a row that is too long is only noticed where the last column is read
        last = pl.col(f"c{len(self._header) - 1}").alias("last")
        rows = self._cells.select(pl.col("row").cast(pl.Int32), last, **wanted)
        empty = pl.all_horizontal(cs.string() == "", cs.float().is_null())
        try:
            for read in rows.collect_batches(chunk_size=_BATCH, maintain_order=True):
                batch = read.drop("last")
                yield batch.filter(~empty) if (batch["indicator"] == "").any() else batch
        except _POLARS:
            raise (_breaks(self._path, self._delimiter) if self._delimiter else Broken("history_damaged")) from None

    def _read(self, column: str, place: str) -> dict[str, pl.Expr]:
        """What the cells of a column become; numbers are read here, beside the reading of the file."""
        if column in NUMBERS and self._cells.collect_schema()[place].is_numeric():
            return {column: pl.col(place).cast(pl.Float64) + 0.0}  # −0 becomes 0
        text = pl.col(place).cast(pl.String).fill_null("")
        if column not in NUMBERS:
            return {column: text}
        plain = text.str.contains(GRAMMAR) & (text.str.len_bytes() <= DIGITS)
        return {column: pl.when(plain).then(text).cast(pl.Float64) + 0.0, f"{column}_text": text}


def _sheet(header: tuple[str, ...], cells: pl.LazyFrame) -> Sheet:
    """The header as a return's, with one cell that is not empty under each column that has no name but such a cell."""
    found = {f"c{at}": [""] for at in range(len(header))}
    for column in [f"c{at}" for at, title in enumerate(header) if not title.strip()]:
        text = pl.col(column).cast(pl.String)
        filled = cells.select(text).filter(text.str.strip_chars() != "").head(1).collect()
        found[column] = filled[column].to_list() or [""]
    return Sheet(name="", header=header, header_at=1, at=pl.Series([1], dtype=pl.Int32), cells=pl.DataFrame(found))


def _csv(path: Path) -> Opened:
    with path.open("rb") as file:
        line = file.readline(_HEAD)
    if b"\x00" in line:
        raise Broken("not_csv")
    try:
        text = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Broken("history_encoding", row=1) from None
    delimiter, _ = separator(text)  # type: ignore[no-untyped-call]
    header = next(csv.reader([text.rstrip("\r\n")], delimiter=delimiter), [])
    cells = pl.scan_csv(
        path,
        separator=delimiter,
        with_column_names=lambda names: [f"c{at}" for at in range(len(names))],
        infer_schema=False,
        empty_string_is_null=False,
        row_index_name="row",
        row_index_offset=2,
        glob=False,
    )
    return tuple(header), cells, delimiter


def _parquet(path: Path) -> Opened:
    cells = pl.scan_parquet(path, glob=False)
    header = tuple(cells.collect_schema())
    numbered = cells.select(pl.col(name).alias(f"c{at}") for at, name in enumerate(header)).with_row_index("row", 1)
    return header, numbered, ""


_KINDS: Mapping[str, Callable[[Path], Opened]] = {".csv": _csv, ".parquet": _parquet}


def _breaks(path: Path, delimiter: str) -> Broken:
    """Where and why a CSV cannot be read on: a loop over its lines, run for no other file."""
    with path.open("rb") as lines:
        for row, line in enumerate(lines, start=1):
            try:
                line.decode()
            except UnicodeDecodeError:
                return Broken("history_encoding", row)
    row, width = 0, 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row, cells in enumerate(csv.reader(file, delimiter=delimiter, strict=True), start=1):
                width = width or len(cells)
                if len(cells) > width:
                    return Broken("row_width", row, count=str(len(cells)), wanted=str(width))
    except csv.Error:
        return Broken("quote_open", row + 1)
    return Broken("history_damaged")
