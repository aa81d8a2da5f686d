"""From a release to what the public sees: frozen into a snapshot, held until it is due, put out whole.

Every step can be cut off and done again: what a folder does not hold whole was never there.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from indicators.store import Snapshot, SnapshotError, Store
from indicators.store.snapshot import MANIFEST
from ingest.freezing import Freezing, freeze
from ingest.settings import Home, Settings
from ingest.shelf import Shelf, name_of

__all__ = ["Render", "pending", "publish", "publishing"]

# what makes the pages of a snapshot in its folder; `older`: the folders of the releases before it, by number
Render = Callable[[Path, Mapping[int, Path]], None]

_WORK = "work-"
_EVERY = 5.0  # seconds between two looks at what is due
_log = logging.getLogger("zhibiao")
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


@contextmanager
def publishing(
    store: Store, settings: Settings, home: Home, *, render: Render | None = None, every: float = _EVERY
) -> Iterator[None]:
    """Publish beside everything else whatever is released and due, until the block ends."""
    over = threading.Event()
    aside = threading.Thread(target=_watch, args=(store, settings, home, render, every, over), name="publishing")
    aside.start()
    try:
        yield
    finally:
        over.set()
        aside.join(timeout=60)


def _watch(
    store: Store, settings: Settings, home: Home, render: Render | None, every: float, over: threading.Event
) -> None:
    failed = ""
    while not over.is_set():
        try:
            for number in publish(store, settings, home, render=render) if pending(store, home) else ():
                _log.info("release %s is public", number)
            failed = ""
        except Exception as error:  # such as a full disk: said once, tried again
            if repr(error) != failed:
                _log.error("a release could not be made public: %s", error)
            failed = repr(error)
        over.wait(every)


def pending(store: Store, home: Home) -> bool:
    """Whether there is anything to freeze or to put out; cheap to ask."""
    now, newest = datetime.now(UTC).replace(tzinfo=None), 0
    for name, number, public_from in store.ask("snapshots")["folder", "number", "public_from"].iter_rows():
        due = public_from <= now
        newest = number if due else newest
        if not name or not any((folder / name).is_dir() for folder in _places(home, due=due)):
            return True
    return newest > _out(Shelf(home.public))


def _places(home: Home, *, due: bool) -> tuple[Path, ...]:
    """Where the folder of a release may lie."""
    return (home.public,) if due else (home.public, home.releases / "held")


def _out(shelf: Shelf) -> int:
    """The number of the release that is out; 0 while none is."""
    return max(shelf.folders(), default=0)


def _found(home: Home, row: Mapping[str, Any]) -> Path | None:
    """Where a release's snapshot lies, out or held; None where it was never made or cannot be read any more."""
    name: str | None = row["folder"]
    for folder in (place / name for place in _places(home, due=False)) if name else ():
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
