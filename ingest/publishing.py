"""From a release to what the public sees: frozen into a snapshot, held until it is due, put out whole.

Every step can be cut off and done again: what a folder does not hold whole was never there.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from indicators.store import Snapshot, SnapshotError, Store
from indicators.store.snapshot import MANIFEST
from ingest.freezing import Freezing, freeze
from ingest.settings import Home, Settings
from ingest.shelf import Shelf, name_of

__all__ = ["Render", "publish"]

# what makes the pages of a snapshot in its folder; `older`: the folders of the releases before it, by number
Render = Callable[[Path, Mapping[int, Path]], None]

_WORK = "work-"
_publishing = threading.Lock()


def publish(store: Store, settings: Settings, home: Home, *, render: Render | None = None) -> list[int]:
    """Freeze every release that is not frozen yet, and put out what is due; the numbers of what came out now."""
    with _publishing:
        _clear(home)
        shelf, held = Shelf(home.public), home.releases / "held"
        held.mkdir(parents=True, exist_ok=True, mode=0o700)
        came_out = []
        older: dict[int, Path] = {}
        for row in store.ask("snapshots").iter_rows(named=True):
            number = row["number"]
            there = _found(home, row)
            if there is None:
                there, digest = _frozen(store, settings, home, row, older=older, render=render)
            else:
                digest = row["digest"]
            due = row["public_from"] <= datetime.now(UTC).replace(tzinfo=None)
            if due and (there.parent != home.public or number > _out(shelf)):
                there = shelf.put_out(there, number=number, digest=digest)
                came_out.append(number)
            older[number] = there
        return came_out


def _out(shelf: Shelf) -> int:
    """The number of the release that is out; 0 while none is."""
    return max(shelf.folders(), default=0)


def _found(home: Home, row: Mapping[str, Any]) -> Path | None:
    """Where a release's snapshot lies, out or held; None where it was never made or cannot be read any more."""
    name: str | None = row["folder"]
    for folder in (home.public / name, home.releases / "held" / name) if name else ():
        if folder.is_dir():
            try:
                Snapshot(folder).close()
            except SnapshotError:
                shutil.rmtree(folder, onerror=_writable)
            else:
                return folder
    return None


def _frozen(
    store: Store,
    settings: Settings,
    home: Home,
    row: Mapping[str, Any],
    *,
    older: Mapping[int, Path],
    render: Render | None,
) -> tuple[Path, str]:
    """Freeze a release, draw its pages, and lay it by; where it lies, and its digest."""
    number = row["number"]
    work = home.releases / f"{_WORK}{number}-{secrets.token_hex(4)}"
    work.mkdir(parents=True, mode=0o700)
    try:
        veil = freeze(
            store,
            Freezing(work, row, older.get(number - 1), settings, program=version("zhibiao")),
        )
        digest = _listed(work, number)
        if render is not None:
            render(work, older)
        _for_reading(work)
        there = home.releases / "held" / name_of(number, digest)
        os.rename(work, there)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    with store.entry(actor="zhibiao", action="freeze", subject=str(number), digest=digest) as entry:
        entry.add("release_snapshot", [{"number": number, "folder": there.name, "digest": digest}])
        entry.add("release_veil", veil)
    return there, digest


def _listed(work: Path, number: int) -> str:
    """Write down every file of a snapshot with its hash; the hash of that list."""
    files = {}
    for path in _files(work):
        with path.open("rb") as file:
            found = {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}
        files[path.relative_to(work).as_posix()] = found
    raw = json.dumps({"release": number, "files": files}, indent=1).encode()
    (work / MANIFEST).write_bytes(raw)
    return hashlib.sha256(raw).hexdigest()


def _for_reading(work: Path) -> None:
    """Have everything on the disk, to be read by anyone and written by nobody."""
    for path in _files(work):
        os.chmod(path, 0o444)
    for folder in (work, *(path for path in work.rglob("*") if path.is_dir())):
        os.chmod(folder, 0o755)
    for path in (*work.glob("*.*"), *work.glob("parquet/*")):  # pages can be drawn again
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _clear(home: Home) -> None:
    """Take away what an earlier attempt left unfinished."""
    for left in home.releases.glob(f"{_WORK}*"):
        shutil.rmtree(left, onerror=_writable)


def _writable(remove: Callable[[str], object], path: str, _: object) -> None:
    """Take away what is not ours to write, since it was made for reading only."""
    os.chmod(Path(path).parent, 0o700)
    remove(path)
