"""From a file as received to cells of text that know their address. Parsing happens in a child process."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from indicators.problem import Problem, Severity
from ingest.settings import Settings

__all__ = ["READERS", "Sheet", "Unreadable", "read"]

_CHILD = Path(__file__).with_name("child.py")
_AT_ONCE = threading.BoundedSemaphore(2)  # two parsers at a time; the rest wait
_WAIT_SECONDS = 60


class Unreadable(Exception):
    """A file that yields no cells; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet's cells as text. `cells` has one String column per header (`c0`, `c1`, …), `at` their row numbers."""

    name: str
    header: tuple[str, ...]
    header_at: int
    at: pl.Series
    cells: pl.DataFrame
    notices: tuple[Problem, ...] = field(default=())


def read(name: str, raw: bytes, settings: Settings) -> Sheet:
    """The cells of an uploaded file. Raises Unreadable; never anything else because of what the bytes hold."""
    if not raw:
        raise _unreadable("file_empty")
    if len(raw) > settings.upload_bytes:
        megabytes = f"{settings.upload_bytes / 1e6:g}"
        raise _unreadable("file_too_large", found=f"{len(raw) / 1e6:.1f} MB", most=megabytes)
    ending = Path(name.replace("\\", "/")).suffix.lower()
    reader = READERS.get(ending)
    if reader is None:
        raise _unreadable("file_kind", found=ending or "—", kinds=" ".join(READERS))
    return reader(raw, settings)


def _unreadable(code: str, *, row: int | None = None, found: str = "", **facts: str) -> Unreadable:
    return Unreadable(Problem(Severity.ERROR, code, row=row, found=found, facts=facts))


def _read_csv(raw: bytes, settings: Settings) -> Sheet:
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG")):
        raise _unreadable("not_csv")
    answer = _in_child(raw, {"rows": settings.upload_rows, "columns": settings.upload_columns}, settings)
    columns = {f"c{i}": pl.Series(values, dtype=pl.String) for i, values in enumerate(answer["columns"])}
    notices = [
        Problem(Severity.NOTICE, n["code"], row=n["row"], facts={k: str(v) for k, v in n["facts"].items()})
        for n in answer["notices"]
    ]
    return Sheet(
        name="",
        header=tuple(answer["header"]),
        header_at=answer["header_at"],
        at=pl.Series(answer["at"], dtype=pl.Int32),
        cells=pl.DataFrame(columns),
        notices=tuple(notices),
    )


READERS: Mapping[str, Callable[[bytes, Settings], Sheet]] = {".csv": _read_csv}


def _in_child(raw: bytes, limits: Mapping[str, int], settings: Settings) -> dict[str, Any]:
    """What the child made of the bytes. Its death, whatever the cause, is one clear error."""
    if not _AT_ONCE.acquire(timeout=_WAIT_SECONDS):
        raise _unreadable("reader_busy")
    try:
        seconds = settings.reader_seconds
        confined = {**limits, "memory": settings.reader_megabytes * 2**20, "seconds": seconds}
        done = subprocess.run(
            [sys.executable, "-I", str(_CHILD), json.dumps(confined)],
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
