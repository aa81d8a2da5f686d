"""Which release is out: the folder is looked at again and again, and a release is served once it has been checked.

Each release has a folder of its own. DuckDB keeps an open file by its path, so that another file under the same name
would be answered for by the one that was opened first.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dashboard.public.serving.addresses import Addresses
from indicators.store.snapshot import Snapshot, SnapshotError
from ingest.shelf import CURRENT, Shelf

__all__ = ["EVERY", "NoRelease", "Out", "Watch"]

EVERY = 1.0  # seconds between two looks, each of which is one stat where nothing changed
_AGAIN, _AT_MOST = 30.0, 600.0  # seconds until what could not be opened is tried again, doubled each time
_GRACE = 120.0  # seconds that a release stays open for those who are still reading from it
_OLDER = 6  # older releases whose pages, and whose snapshots, are remembered
_NAMED = re.compile(r"release-(\d{1,9})-([0-9a-f]{12})")

_log = logging.getLogger("zhibiao")


class NoRelease(SnapshotError):
    """Nothing has been released yet, or nothing of it can be read."""


@dataclass(frozen=True, slots=True, eq=False)
class Out:
    """A release that is served."""

    snapshot: Snapshot
    addresses: Addresses

    @property
    def folder(self) -> Path:
        return self.snapshot.folder

    @classmethod
    def opened(cls, folder: Path) -> Out:
        """A release whose every listed file was read and is as it wrote it. Raises SnapshotError."""
        snapshot = _sound(folder)
        try:
            return cls(snapshot, Addresses(folder))
        except BaseException:
            snapshot.close()
            raise


def _sound(folder: Path) -> Snapshot:
    """A snapshot that is the one its folder's name says, every listed file of it as it was written."""
    snapshot = Snapshot(folder)
    try:
        named = _NAMED.fullmatch(folder.name)
        number = snapshot.release.number if snapshot.releases else None
        if named is None or not snapshot.digest.startswith(named[2]) or int(named[1]) != number:
            raise SnapshotError(f"{folder.name} is not the release that its name says")
        snapshot.check()
    except BaseException:
        snapshot.close()
        raise
    return snapshot


class Watch:
    """The release that is served, and the older ones. `look` and `older` read the disk: not in the event loop."""

    def __init__(self, folder: Path, *, now: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._shelf, self._now = folder, Shelf(folder), now
        self.out: Out | None = None
        self.trouble = ""  # what is wrong with the release that should be out, in a word; empty where it is
        self._seen: object = None
        self._next, self._wait = 0.0, _AGAIN
        self._told = ""
        self._bad: set[Path] = set()
        self._folders: dict[int, Path] = {}
        self._indexes: OrderedDict[Path, Addresses] = OrderedDict()
        self._opened: OrderedDict[Path, Snapshot] = OrderedDict()
        self._remembering = threading.Lock()
        self._leaving: list[tuple[float, Snapshot]] = []

    def snapshot(self) -> Snapshot:
        """The snapshot that is served. Raises NoRelease."""
        if self.out is None:
            raise NoRelease
        return self.out.snapshot

    def look(self) -> None:
        """See whether another release is out, and serve it if it is sound."""
        self._let_go()
        mark = self._mark()
        if mark == self._seen and (not self.trouble or self._now() < self._next):
            return
        if mark != self._seen:
            self._wait, self._bad = _AGAIN, set()
        self._seen, self._next = mark, self._now() + self._wait
        self._wait = min(2 * self._wait, _AT_MOST)
        self._choose()

    def older(self, number: int) -> Addresses | None:
        """The pages of a release that is or was out."""
        folder = self._out(number)
        return None if folder is None else self.remembered(number) or self._indexed(folder)

    def remembered(self, number: int) -> Addresses | None:
        """The same where it needs no look at the disk."""
        folder = self._out(number)
        if folder is None or self.out is None:
            return None
        return self.out.addresses if folder == self.out.folder else self._indexes.get(folder)

    def released(self, number: int) -> Snapshot | None:
        """The snapshot of a release that is or was out. It stays open while others are asked for now and then."""
        out, folder = self.out, self._out(number)
        if out is None or folder is None or folder == out.folder:
            return out.snapshot if out and folder else None
        with self._remembering:
            if folder not in self._opened:
                try:
                    self._opened[folder] = _sound(folder)
                except SnapshotError as error:
                    _log.warning("public: %s", error)
                    return None
            self._opened.move_to_end(folder)
            while len(self._opened) > _OLDER:
                self._leaving.append((self._now() + _GRACE, self._opened.popitem(last=False)[1]))
            return self._opened[folder]

    def _out(self, number: int) -> Path | None:
        """Where a release lies, none that is newer than what is served."""
        newest = self.out.snapshot.release.number if self.out else 0
        return self._folders.get(number) if number <= newest else None

    def close(self) -> None:
        """Let go of every file."""
        for snapshot in (*self._opened.values(), *(one for _, one in self._leaving)):
            snapshot.close()
        self._opened.clear()
        if self.out is not None:
            self.out.snapshot.close()
        self.out, self._leaving = None, []

    # -- choosing --------------------------------------------------------------------------------------------

    def _mark(self) -> object:
        try:
            told = (self._folder / CURRENT).stat()
        except OSError as error:
            return error.errno
        return told.st_mtime_ns, told.st_ino, told.st_size

    def _choose(self) -> None:
        wanted = self._shelf.current()
        if wanted is None:
            missing = isinstance(self._seen, int)
            if self.out is None and not missing:
                self._fall_back()
            waiting = missing and self.out is None  # nothing has been released yet
            return self._tell("" if waiting else "torn", f"{CURRENT} is missing, unreadable, or names no release")
        self._folders = self._shelf.folders()
        if self.out is not None and self.out.folder == wanted:
            return self._tell("", "")
        try:
            self._serve(Out.opened(wanted))
        except SnapshotError as error:
            self._bad.add(wanted)
            if self.out is None:
                self._fall_back()
            return self._tell("damaged", str(error))
        self._tell("", "")
        return None

    def _fall_back(self) -> None:
        """The newest older release that is sound; what is served stays where there is none."""
        served = self.out.folder if self.out else None
        for folder in self._newest_first():
            if folder in self._bad or folder == served:
                continue
            try:
                self._serve(Out.opened(folder))
                return
            except SnapshotError as error:
                _log.warning("public: %s", error)
                self._bad.add(folder)

    def _newest_first(self) -> Iterator[Path]:
        if self._folders:  # none is newer than the one that should be out
            yield from reversed(self._folders.values())
            return
        try:
            named = [(path, _NAMED.fullmatch(path.name)) for path in self._folder.iterdir()]
        except OSError:
            return
        found = sorted(((int(name[1]), path) for path, name in named if name), reverse=True)
        self._folders = dict(reversed(found))
        yield from (path for _, path in found)

    def _serve(self, out: Out) -> None:
        before, self.out = self.out, out
        if before is not None:
            self._remember(before.folder, before.addresses)
            self._leaving.append((self._now() + _GRACE, before.snapshot))

    def _indexed(self, folder: Path) -> Addresses | None:
        try:
            found = Addresses(folder)
        except SnapshotError as error:
            _log.warning("public: %s", error)
            return None
        self._remember(folder, found)
        return found

    def _remember(self, folder: Path, addresses: Addresses) -> None:
        with self._remembering:
            self._indexes[folder] = addresses
            while len(self._indexes) > _OLDER:
                self._indexes.popitem(last=False)

    def _tell(self, trouble: str, why: str) -> None:
        """Say once what is wrong; `trouble` empty: nothing is, or not any more."""
        self.trouble = trouble
        told = why if trouble else ""
        if told and told != self._told:
            served = self.out.folder.name if self.out else "nothing"
            _log.warning("public: %s; served: %s", told, served)
        self._told = told

    def _let_go(self) -> None:
        now = self._now()
        for until, snapshot in list(self._leaving):
            if until <= now:
                snapshot.close()
                self._leaving.remove((until, snapshot))
