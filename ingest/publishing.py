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
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from indicators.store import Snapshot, SnapshotError, Store
from indicators.store.snapshot import MANIFEST, PAGES
from ingest.freezing import Freezing, freeze
from ingest.settings import Home, Settings
from ingest.shelf import Shelf, name_of

__all__ = ["Render", "UnknownRelease", "pending", "publish", "publishing"]

# what makes the pages of a snapshot in its folder; `older`: the folders of the releases before it, by number
Render = Callable[[Path, Mapping[int, Path]], None]

_WORK = "work-"
_EVERY, _RAREST = 5.0, 600.0  # seconds between two looks at what is due; where it fails, at most
_log = logging.getLogger("zhibiao")
_publishing = threading.Lock()


class UnknownRelease(Exception):
    """The public folder holds a release that this store never made."""


def publish(store: Store, settings: Settings, home: Home, *, render: Render | None = None) -> list[int]:
    """Freeze every release that is not frozen yet, and put out what is due; the numbers of what came out now.

    The public never goes back to an earlier release, and nothing of it is taken away before something whole is in its
    place. Raises UnknownRelease where it has one that the store does not know (the store is an older copy), StoreError
    or OSError where something could not be written: what was out stays out.
    """
    with _publishing:
        shelf, held = Shelf(home.public), home.releases / "held"
        held.mkdir(parents=True, exist_ok=True, mode=0o700)
        _demand_known(store, shelf)
        _clear(store, home)
        came_out: list[int] = []
        older: dict[int, Path] = {}
        digests: dict[int, str] = {}
        for row in store.ask("snapshots").iter_rows(named=True):
            number, there, digest = row["number"], _found(home, row), row["digest"]
            if there is None:
                there, digest = _frozen(store, settings, home, row, older=older, render=render)
            if row["public_from"] <= _now():
                if there.parent != home.public:
                    there = shelf.put_out(there, number=number, digest=digest)
                    came_out.append(number)
                digests[number] = digest
            older[number] = there
        if digests and shelf.current() != older[newest := max(digests)]:
            shelf.point(older[newest], digest=digests[newest])
            came_out = sorted({*came_out, newest})
        _clear(store, home)
        return came_out


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _demand_known(store: Store, shelf: Shelf) -> None:
    made = set(store.ask("frozen_folders")["folder"])
    unknown = sorted(path.name for path in shelf.releases() if path.name not in made)
    if unknown:
        names = ", ".join(unknown)
        raise UnknownRelease(
            f"公开文件夹里有本库没有的发布({names}):本库可能是较早的备份。请恢复较新的备份,或把它移走。 "
            f"The public folder holds what this store did not release ({names}): it may be an older backup. Restore a "
            f"newer one, or move that folder away"
        )


@contextmanager
def publishing(
    store: Store, settings: Settings, home: Home, *, render: Render | None = None, every: float = _EVERY
) -> Iterator[None]:
    """Publish beside everything else whatever is released and due, until the block ends."""
    over = threading.Event()
    work = (store, settings, home, render, every, over)
    aside = threading.Thread(target=_watch, args=work, name="publishing", daemon=True)
    aside.start()
    try:
        yield
    finally:
        over.set()
        aside.join(timeout=20)  # what is cut off is done again at the next start


def _watch(
    store: Store, settings: Settings, home: Home, render: Render | None, every: float, over: threading.Event
) -> None:
    failed, pause = "", every
    while not over.is_set():
        try:
            for number in publish(store, settings, home, render=render) if pending(store, home) else ():
                _log.info("release %s is public", number)
            failed, pause = "", every
        except Exception as error:  # such as a full disk: said once, tried again and again more rarely
            if repr(error) != failed:
                _log.error("a release could not be made public: %s", error)
            failed, pause = repr(error), min(2 * pause, _RAREST)
        over.wait(pause)


def pending(store: Store, home: Home) -> bool:
    """Whether there is anything to freeze or to put out; cheap to ask."""
    now, newest = _now(), None
    for name, public_from in store.ask("snapshots")["folder", "public_from"].iter_rows():
        due = public_from <= now
        newest = name if due else newest
        if not name or not any((folder / name).is_dir() for folder in _places(home, due=due)):
            return True
    out = Shelf(home.public).current()
    return newest is not None and (out is None or out.name != newest)


def _places(home: Home, *, due: bool) -> tuple[Path, ...]:
    """Where the folder of a release may lie."""
    return (home.public,) if due else (home.public, home.releases / "held")


def _found(home: Home, row: Mapping[str, Any]) -> Path | None:
    """Where a release's snapshot lies, out or held, as the store has it on record; None where it has to be made."""
    name: str | None = row["folder"]
    for folder in (place / name for place in _places(home, due=False)) if name else ():
        try:
            snapshot = Snapshot(folder)
        except SnapshotError:
            continue
        snapshot.close()
        if snapshot.digest == row["digest"]:
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
        frozen = freeze(store, Freezing(work, row, older.get(number - 1), settings, program=version("zhibiao")))
        digest = _listed(work, MANIFEST, number)
        if render is not None:
            render(work, older)
            _listed(work, PAGES, number, below="site")
        _for_reading(work)
        there = home.releases / "held" / name_of(number, digest)
        os.rename(work, there)
    except BaseException:
        shutil.rmtree(work, onerror=_writable)
        raise
    with store.entry(actor="zhibiao", action="freeze", subject=str(number), digest=digest) as entry:
        named = {"number": number, "folder": there.name, "digest": digest}
        entry.add("release_snapshot", [{**named, **asdict(frozen.terms)}])
        entry.add("release_veil", frozen.veil)
    return there, digest


def _listed(work: Path, name: str, number: int, *, below: str = ".") -> str:
    """Write down every file of a folder with its hash; the hash of that list."""
    files = {}
    for path in _files(work / below):
        with path.open("rb") as file:
            found = {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "bytes": path.stat().st_size}
        files[path.relative_to(work).as_posix()] = found
    raw = json.dumps({"release": number, "files": files}, indent=1).encode()
    (work / name).write_bytes(raw)
    return hashlib.sha256(raw).hexdigest()


def _for_reading(work: Path) -> None:
    """Have everything on the disk, to be read by anyone and written by nobody."""
    for path in _files(work):
        os.chmod(path, 0o444)
    for folder in (work, *(path for path in work.rglob("*") if path.is_dir())):
        os.chmod(folder, 0o755)
    os.sync()


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _clear(store: Store, home: Home) -> None:
    """Take away what an attempt left unfinished, and what something newer took the place of."""
    kept = {name for name in store.ask("snapshots")["folder"] if name}
    held = home.releases / "held"
    left = [*home.releases.glob(f"{_WORK}*"), *(path for path in held.iterdir() if path.name not in kept)]
    for folder in (*left, *Shelf(home.public).left_over(kept)):
        shutil.rmtree(folder, onerror=_writable)


def _writable(remove: Callable[[str], object], path: str, _: object) -> None:
    """Take away what is not ours to write, since it was made for reading only."""
    if Path(path).exists():
        os.chmod(Path(path).parent, 0o700)
        remove(path)
