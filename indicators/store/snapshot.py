"""Reading a snapshot: one release as the public has it, from a file that holds nothing else."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from indicators.catalogue import Catalogue, CatalogueError, CatalogueKind

__all__ = ["MANIFEST", "PAGES", "SNAPSHOT", "SNAPSHOT_VERSION", "ReleaseFacts", "Snapshot", "SnapshotError"]

SNAPSHOT, MANIFEST, PAGES = "snapshot.duckdb", "manifest.json", "pages.json"  # PAGES lists the files of its site
SNAPSHOT_VERSION = 1
_HERE = Path(__file__).parent
# fixed before anything is asked: nothing is written, and no other file is reached
_LOCKED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "memory_limit": "1GB",
    "lock_configuration": "true",
}


class SnapshotError(Exception):
    """A snapshot that cannot be read: it is missing, damaged, or of another make."""


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """What the public knows of a release. Instants are UTC; `released_on` is the day where the office is."""

    number: int
    released_at: datetime
    public_from: datetime
    released_on: date
    as_of: date
    data_until: date | None
    note: str
    figures: int
    corrections: int
    publisher_zh: str
    publisher_en: str
    rule: str
    rule_version: int

    def publisher(self, language: str) -> str:
        return self.publisher_zh if language == "zh" else self.publisher_en


@cache
def _query(name: str) -> str:
    return (_HERE / "public" / f"{name}.sql").read_text(encoding="utf-8")


class Snapshot:
    """One release, opened read-only with external access off and the configuration locked.

    `digest`: SHA-256 (hex) of its list of files, under which whatever is kept of it may be kept.
    """

    def __init__(self, folder: Path) -> None:
        """Raises SnapshotError."""
        self.folder = folder
        try:
            self.digest = hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()
            self._connection = duckdb.connect(str(folder / SNAPSHOT), read_only=True, config=_LOCKED)
        except (OSError, duckdb.Error):
            raise _unreadable(folder) from None
        try:
            version, kind = self.ask("info").row(0)
            known = self.ask("releases")
        except (duckdb.Error, pl.exceptions.PolarsError):
            self.close()
            raise _unreadable(folder) from None
        if version != SNAPSHOT_VERSION:
            self.close()
            raise SnapshotError(
                f"{folder.name} has snapshot schema {version}, this program reads {SNAPSHOT_VERSION}: "
                f"update the public side and the office's program together"
            )
        self.kind = str(kind)  # real or demo
        names = [field.name for field in fields(ReleaseFacts)]
        self.releases = tuple(ReleaseFacts(*row) for row in known.select(names).iter_rows())

    @property
    def release(self) -> ReleaseFacts:
        return self.releases[0]

    def check(self) -> None:
        """Raise SnapshotError unless every file is as the release wrote it."""
        try:
            listed = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))["files"]
            for name, facts in listed.items():
                with (self.folder / name).open("rb") as file:
                    if hashlib.file_digest(file, "sha256").hexdigest() != facts["sha256"]:
                        raise _unreadable(self.folder)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise _unreadable(self.folder) from None

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    # -- asking ----------------------------------------------------------------------------------------

    def ask(self, question: str, *, within: float | None = None, **values: Any) -> pl.DataFrame:
        """The answer to `public/<question>.sql` with its values bound.

        Raises TimeoutError where it is not there `within` so many seconds; nothing goes on being computed.
        """
        cursor = self._connection.cursor()
        watch = threading.Timer(within, cursor.interrupt) if within else None
        try:
            if watch:
                watch.start()
            return cursor.execute(_query(question), values or None).pl()
        except duckdb.InterruptException:
            raise TimeoutError(f"{question}: no answer within {within} s") from None
        finally:
            if watch:
                watch.cancel()
            cursor.close()

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue as known at the release. Raises SnapshotError."""
        rows = self.ask("catalogue").iter_rows()
        try:
            return Catalogue.of([(CatalogueKind(kind), name, text) for kind, name, text in rows], canonical=True)
        except (CatalogueError, ValueError):
            raise _unreadable(self.folder) from None

    def figures(
        self,
        *,
        indicators: Sequence[str] | None = None,
        regions: Sequence[str] | None = None,
        replaced: bool = False,
    ) -> pl.DataFrame:
        """Rows of the table `figure`; with `replaced`, those too that a later release replaced."""
        asked = {"indicators": indicators, "regions": regions}
        named: dict[str, Any] = {name: None if given is None else list(given) for name, given in asked.items()}
        return self.ask("figures", **named, replaced=replaced)

    def assessments(self) -> pl.DataFrame:
        return self.ask("assessments")

    def status_changes(self) -> pl.DataFrame:
        return self.ask("status_changes")

    def corrections(self) -> pl.DataFrame:
        return self.ask("corrections")


def _unreadable(folder: Path) -> SnapshotError:
    return SnapshotError(f"{folder.name} cannot be read as a release: it is missing, damaged, or of another make")
