"""A sender's own file back, its cells marked and commented with what is wrong and how to mend it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from indicators.problem import Problem, Severity
from ingest.marking import LISTED, alone
from ingest.settings import Settings
from ingest.words import explain

__all__ = ["annotate"]

_CHILD = Path(__file__).with_name("marking.py")
_ONE = threading.BoundedSemaphore(1)
_WAIT_SECONDS = 60
_WORDS = {Severity.ERROR: "错误", Severity.WARNING: "须说明", Severity.NOTICE: "提示"}


def annotate(name: str, raw: bytes, problems: Sequence[Problem], settings: Settings) -> bytes:
    """A workbook: first a list of all problems, then the sender's sheets with the cells marked.

    A CSV becomes a workbook of text. The file is parsed and written in a child process with limits; where that
    fails, or the file is none we read, the list comes alone. Formulas come back as the text they were written as.
    """
    order = list(Severity)
    ranked = sorted(problems, key=lambda p: (p.row or 0, order.index(p.severity)))[:LISTED]
    found = [_told(problem) for problem in ranked]
    ending = Path(name.replace("\\", "/")).suffix.lower()
    made = _marked(raw, found, len(problems), settings, table=ending == ".csv") if ending in (".csv", ".xlsx") else None
    return made or alone(found, len(problems), "原文件无法附上标注。")


def _told(problem: Problem) -> dict[str, Any]:
    """A problem as the list prints it."""
    told = explain(problem)
    word = "已说明" if problem.explained else _WORDS[problem.severity]
    return {"word": word, **{key: told[key] for key in ("sheet", "row", "column", "found", "zh", "en")}}


def _marked(
    raw: bytes, problems: Sequence[dict[str, Any]], total: int, settings: Settings, *, table: bool
) -> bytes | None:
    """What the child made of the file; None when it could not."""
    asked = json.dumps({"problems": problems, "total": total, "table": table}).encode()
    limits = {"memory": settings.reader_megabytes * 2**20, "seconds": settings.reader_seconds, "paths": _paths()}
    if not _ONE.acquire(timeout=_WAIT_SECONDS):
        return None
    try:
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-I", "-S", str(_CHILD), json.dumps(limits)],
                input=len(asked).to_bytes(8, "big") + asked + raw,
                capture_output=True,
                env={"TMPDIR": folder},
                timeout=settings.reader_seconds,
                check=False,
            )
    except (subprocess.TimeoutExpired, OSError):
        return None
    finally:
        _ONE.release()
    return done.stdout if done.returncode == os.EX_OK else None


def _paths() -> list[str]:
    """The folders the child may import from: ours, and those of the workbook library."""
    found = [find_spec(name) for name in ("openpyxl", "et_xmlfile")]
    folders = [str(Path(spec.origin).parents[1]) for spec in found if spec and spec.origin]
    return [str(Path(__file__).parents[1]), *dict.fromkeys(folders)]
