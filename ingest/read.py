"""From a file as received to cells of text that know their address. Parsing happens in a child process."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import polars as pl

from indicators.catalogue import Catalogue, fold
from indicators.problem import Problem, Severity
from ingest.columns import BY_NAME
from ingest.reader.filling import doubt_periods
from ingest.reader.layout import lay_out
from ingest.reader.several import lay_out_all
from ingest.reader.sheet import Book, Grid, Sheet, notices
from ingest.reader.spoken import Spoken
from ingest.settings import Settings

__all__ = ["READERS", "Sheet", "Unreadable", "read"]

_READERS = Path(__file__).with_name("reader")
_CHILD, _XLSX_CHILD = _READERS / "child.py", _READERS / "child_xlsx.py"
_NO_NAMES = Catalogue()
_AT_ONCE = threading.BoundedSemaphore(2)  # two parsers at a time; the rest wait
_WAIT_SECONDS = 60


class Unreadable(Exception):
    """A file that yields no cells; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def read(name: str, raw: bytes, settings: Settings, *, catalogue: Catalogue = _NO_NAMES) -> Sheet:
    """The figures of an uploaded file, still text; `catalogue` has the names that a table's header may hold.

    Of a form of ours `book` holds its other sheets too.

    Raises Unreadable; never anything else because of what the bytes hold.
    """
    if not raw:
        raise _unreadable("file_empty")
    if len(raw) > settings.upload_bytes:
        megabytes = f"{settings.upload_bytes / 1e6:g}"
        raise _unreadable("file_too_large", found=f"{len(raw) / 1e6:.1f} MB", most=megabytes)
    ending = Path(name.replace("\\", "/")).suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        raise _unreadable("file_kind", found=ending or "—", kinds=" ".join(READERS))
    return reader(raw, settings, catalogue)


def _unreadable(code: str, *, sheet: str = "", row: int | None = None, found: str = "", **facts: str) -> Unreadable:
    return Unreadable(Problem(Severity.ERROR, code, sheet=sheet, row=row, found=found, facts=facts))


def _read_csv(raw: bytes, settings: Settings, catalogue: Catalogue) -> Sheet:
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG")):
        raise _unreadable("not_csv")
    limits = {"rows": settings.upload_rows, "columns": settings.upload_columns, "names": BY_NAME}
    answer = _in_child(raw, limits, settings)
    if "rows" in answer:
        return _lay_out_csv(answer, settings, catalogue)
    header = answer["header"]
    columns = {f"c{i}": pl.Series([text]).str.split("\x00").explode() for i, text in enumerate(answer.pop("columns"))}
    cells = pl.DataFrame(columns)
    if _has_other_names(header, cells, catalogue):
        rows = zip(answer["at"], map(list, cells.iter_rows()), strict=True)
        answer["rows"] = [(answer["header_at"], header), *rows]
        return _lay_out_csv(answer, settings, catalogue)
    return Sheet(
        name="",
        header=tuple(header),
        header_at=answer["header_at"],
        at=pl.Series(answer["at"], dtype=pl.Int32),
        cells=cells,
        notices=notices(answer),
    )


def _lay_out_csv(answer: Mapping[str, Any], settings: Settings, catalogue: Catalogue) -> Sheet:
    """The figures of a CSV that is no return in long form but a table as it is drawn."""
    grid = Grid.of(answer, most=settings.upload_rows, strict=True)
    ((sheet,),) = doubt_periods([(grid, [lay_out(grid, catalogue)])])
    return sheet


def _has_other_names(header: Sequence[str], cells: pl.DataFrame, catalogue: Catalogue) -> bool:
    """Whether an indicator is written as in a drawn table: 其中:二级医院, 床位数(张)."""
    place = next((n for n, title in enumerate(header) if BY_NAME.get(fold(title)) == "indicator"), None)
    spoken = Spoken(catalogue)
    names = cells[f"c{place}"].unique() if place is not None else ()
    return any(spoken.indicator(name.strip())[0] != name.strip() for name in names)


def _read_xlsx(raw: bytes, settings: Settings, catalogue: Catalogue) -> Sheet:
    found = [find_spec(name) for name in ("openpyxl", "et_xmlfile")]
    paths = [str(Path(spec.origin).parents[1]) for spec in found if spec and spec.origin]
    root = str(Path(__file__).parents[1])
    limits = {"rows": settings.upload_rows, "columns": settings.upload_columns, "paths": [root, *dict.fromkeys(paths)]}
    answer = _in_child(raw, limits, settings)
    grid = Grid.of(answer, most=settings.upload_rows)
    if book := Book.of(answer, grid):
        return replace(lay_out(grid, catalogue, form=True), book=book)
    others = [Grid.of(other, most=settings.upload_rows) for other in answer["others"]]
    return lay_out_all([grid, *others], catalogue, hidden=answer["hidden_sheets"])


READERS: Mapping[str, Callable[[bytes, Settings, Catalogue], Sheet]] = {".xlsx": _read_xlsx, ".csv": _read_csv}


def _in_child(raw: bytes, limits: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """What the child made of the bytes. Its death, whatever the cause, is one clear error."""
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise _unreadable("reader_busy")
    try:
        seconds = settings.reader_seconds
        confined = {**limits, "memory": settings.reader_megabytes * 2**20, "seconds": seconds}
        done = subprocess.run(
            # without site-packages: a reader that needs some is told their folders
            [sys.executable, "-I", "-S", str(_XLSX_CHILD if "paths" in limits else _CHILD), json.dumps(confined)],
            input=raw,
            capture_output=True,
            env={},
            timeout=seconds,
            check=False,
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, OSError, ValueError):
        answer = None
    finally:
        _AT_ONCE.release()
    if answer is None:
        raise _unreadable("reader_died")
    if refused := answer.get("refused"):
        facts = {k: str(v) for k, v in refused["facts"].items()}
        raise _unreadable(refused["code"], row=refused["row"], **facts)
    return answer  # type: ignore[no-any-return]
