"""Loading a history: years of figures at once, from a CSV or Parquet file of the operator's own, as one submission.

It is a submission like any other: its bytes are kept under their hash, it waits for review, and it is decided on
and released as every other is. It passes the rules of a return that can be said over columns. What a return would ask
an explanation for, row by row, is counted instead, told to whoever loads it and kept for the reviewer.

The file is read in the process that holds the store, not in a child: it does not come from outside but from whoever
holds the terminal and the store's own file, who gains nothing by breaking it; and a process with limits and JSON on a
pipe would cost more than all the rest. No server does this: only the terminal, and only while no server has the store.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from indicators.problem import Problem, Severity
from indicators.store import Entry, Store
from ingest.check import Checked
from ingest.checking import today
from ingest.history.findings import Findings
from ingest.history.measure import measured
from ingest.history.names import at
from ingest.history.recognise import recognised
from ingest.history.source import Broken, Source
from ingest.history.terms import Terms
from ingest.history.whole import Whole
from ingest.people import Action, User, demand
from ingest.sending import already
from ingest.settings import Settings
from ingest.staging import signing
from ingest.submission import Signers
from ingest.words import visible

__all__ = ["Loaded", "load"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of a history that was sent: its judgement, and the submission that holds it ('' when none).

    `problems` are those named, `total` counts all; `changes`: how many figures are new, changed or unchanged,
    where nothing blocks.
    """

    rows: int
    problems: tuple[Problem, ...]
    total: int
    changes: Mapping[str, int]
    submission: str = ""

    @property
    def fresh(self) -> int:
        """Figures that say something new."""
        return self.changes.get("new", 0) + self.changes.get("changed", 0)

    @property
    def accepted(self) -> bool:
        return not any(problem.blocks for problem in self.problems)


class _Nothing(Exception):
    """Ends the transaction: nothing of the file is stored."""


def load(store: Store, settings: Settings, *, path: Path, user: User, uploads: Path, note: str = "") -> Loaded:
    """Judge a file of history and stage its new figures; all or nothing.

    `note` is said of every figure that has none of its own. The same bytes twice are one submission; a refused file
    leaves one line in the ledger and nothing else. Raises Forbidden when `user` may not submit.
    """
    demand(user, Action.SUBMIT)
    label = visible(path.name)[:255]
    with _copied(path, uploads) as (copy, digest):
        if (before := already(store, settings, digest)) is not None:
            return Loaded(before.checked.rows, before.checked.problems, 1, {}, before.submission)
        reading = Reading(copy, label, store, today=today(settings), note=note)
        submission = secrets.token_hex(6)
        with (
            suppress(_Nothing),
            store.entry(
                actor=user.name, action="submit", subject=submission, file=label, history=True, note=note
            ) as entry,
        ):
            _add_all(entry, reading.figures(), submission)
            loaded = reading.loaded(submission)
            if not loaded.submission:
                raise _Nothing
            line = {"id": submission, "sha256": digest, "file_name": label, "submitted_by": user.name}
            entry.add("submission", [{**line, "rows": loaded.fresh, "origin": "reported"}])
            checked = Checked(pl.DataFrame(), loaded.problems, loaded.rows)
            entry.add("signing", [signing(settings, submission, checked, Signers(filled_by=user.name), user)])
            entry.add("finding", _findings(submission, loaded.problems))
            _keep(copy, uploads / digest)
    if not loaded.accepted:
        with store.entry(actor=user.name, action="submit_refused", subject=digest, file=label, problems=loaded.total):
            pass
    return loaded


def _add_all(entry: Entry, figures: Iterable[tuple[pl.DataFrame, Mapping[str, Any]]], submission: str) -> None:
    """Store batches as they come; while one is written the next is already being judged."""
    with ThreadPoolExecutor(1) as aside:
        before: Future[None] | None = None
        for batch, same in figures:
            if before:
                before.result()
            before = aside.submit(entry.add, "figure", batch, submission=submission, **same)
        if before:
            before.result()


class Reading:
    """A file on its way to figures: read and judged batch by batch."""

    def __init__(self, path: Path, name: str, store: Store, *, today: date, note: str) -> None:
        self._path, self._name, self._today, self._note = path, name, today, note
        self._terms = Terms(store.catalogue())
        self._known = store.ask("known")
        self._problems: list[Problem] = []
        self._findings = Findings({})
        self._rows, self._changes = 0, Counter[str]()

    def figures(self) -> Iterator[tuple[pl.DataFrame, dict[str, Any]]]:
        """The figures that say something new, and what is the same in all of them, until something blocks."""
        try:
            source = Source.open(self._path, self._name)
            self._problems += source.problems
            if any(problem.blocks for problem in source.problems):
                return
            terms, findings = self._terms, self._findings
            findings.titles = source.titles
            whole = Whole(terms, findings, self._known)
            for cells in source.batches():
                self._rows += cells.height
                frame = recognised(cells, terms, findings, today=self._today, note=self._note)
                frame = whole.add(measured(frame, terms, findings))
                self._changes.update(dict(frame["change"].value_counts().iter_rows()))
                if not findings.errors:
                    yield self._stored(frame.filter(pl.col("change") != "unchanged"))
            if not self._rows:
                raise Broken("no_rows")
            whole.judge()
        except Broken as broken:
            self._problems.append(broken.problem)

    def _stored(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, Any]]:
        """Judged rows as the store's `figure` keeps them, and those of its columns that the file does not have."""
        terms = self._terms
        codes = [period.code for period in terms.periods.meanings]
        given = {
            "indicator": at(_words(terms.indicators), "i"),
            "region": at(_words(terms.regions), "r"),
            "period": at(_words(codes), "p"),
            "definition": at(terms.table["version"], "d"),
        }
        if "value_text" in frame.columns:
            given["found"] = pl.col("value_text")
        same = {column: value for column, value in self._absent().items() if column not in {*frame.columns, *given}}
        kept = [c for c in (*_ALWAYS, *self._absent()) if c in frame.columns]
        return frame.select(*kept, **given), same

    def _absent(self) -> dict[str, Any]:
        """What stands in columns that a file need not have."""
        texts = {"found": "", "vintage": "", "confidence": "", "source": "", "note": self._note}
        return {**texts, **dict.fromkeys(("numerator", "denominator", "published_on", "contributors"))}

    def loaded(self, submission: str) -> Loaded:
        """The judgement, once every figure has been given."""
        blocked = self._findings.errors or any(problem.blocks for problem in self._problems)
        fresh = self._changes["new"] + self._changes["changed"]
        if not blocked and not fresh:
            self._problems.append(Problem(Severity.NOTICE, "nothing_new"))
        return Loaded(
            self._rows,
            (*self._problems, *self._findings.problems()),
            len(self._problems) + self._findings.total,
            {} if blocked else dict(self._changes),
            "" if blocked or not fresh else submission,
        )


_ALWAYS = ("row", "period_end", "accumulation", "value", "missing", "unit")


def _words(words: list[str]) -> pl.Series:
    """A table of words, each different one kept once."""
    return pl.Series(words, dtype=pl.Enum(list(dict.fromkeys(words))))


def _findings(submission: str, problems: Iterable[Problem]) -> list[dict[str, object]]:
    """What was counted, for the reviewer."""
    return [
        {
            "submission": submission,
            "row": problem.row,
            "code": problem.code,
            "column_name": "",
            "found": "",
            "facts": json.dumps(dict(problem.facts), ensure_ascii=False),
        }
        for problem in problems
        if problem.code == "history_counted"
    ]


@contextmanager
def _copied(path: Path, folder: Path) -> Iterator[tuple[Path, str]]:
    """A copy of the file beside the kept ones and its hash, so that what is read is what is kept; then it is gone.

    What an earlier loading left when the machine stopped goes too: only one process has the store.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in folder.glob(".history-*"):
        left.unlink()
    copy = folder / f".history-{secrets.token_hex(4)}"
    try:
        shutil.copyfile(path, copy)
        with copy.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        yield copy, digest
    finally:
        copy.unlink(missing_ok=True)


def _keep(copy: Path, final: Path) -> None:
    """Keep the copy under its hash; whole or not at all, even if the machine stops."""
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    copy.rename(final)
