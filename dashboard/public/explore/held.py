"""The releases that this process shows: the one that is out now, and older ones for as long as they are read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from dashboard import incidents
from dashboard.kept import kept
from dashboard.public.book import Book
from indicators.store.snapshot import Snapshot, SnapshotError
from ingest.shelf import Shelf, name_of

__all__ = ["book", "holding", "newest", "numbers"]

_current: Callable[[], Book] | None = None
_making = threading.Lock()  # one release at a time is made ready, however many ask for however many


def holding(current: Callable[[], Book]) -> None:
    """Show what `current` gives from now on: the release that is out at the moment it is asked."""
    global _current
    _current = current


def newest() -> Book | None:
    """The release that is out now; None while there is none that can be read (`current` raises SnapshotError)."""
    assert _current is not None, "pages run only while the process holds a release"
    try:
        return _ready(_current())
    except SnapshotError as error:
        incidents.note(error)
        return None


def numbers(latest: Book) -> tuple[int, ...]:
    """The releases that are out and can be chosen, newest first."""
    return tuple(sorted({*_out(latest), latest.release.number}, reverse=True))


def book(latest: Book, number: int) -> Book:
    """A release by its number; the latest where there is none of that number, or it can no longer be read."""
    folder = _out(latest).get(number)
    if number == latest.release.number or folder is None:
        return latest
    try:
        return _opened(number, folder.name, folder, latest.url)
    except SnapshotError as error:
        incidents.note(error)
        return latest


def _out(latest: Book) -> dict[int, Path]:
    """The folders of releases up to the latest, beside its own."""
    found = Shelf(latest.snapshot.folder.parent).folders()
    return {number: folder for number, folder in found.items() if number <= latest.release.number}


@kept(4)
def _opened(number: int, digest: str, folder: Path, url: str) -> Book:
    """An older release; the name of its folder carries its digest, and nothing of who asks is part of the key.

    Raises SnapshotError where it is not what the release wrote.
    """
    snapshot = Snapshot(folder)
    snapshot.check()
    if name_of(number, snapshot.digest) != folder.name:
        raise SnapshotError(f"{folder.name} is not release {number} as it was made")
    return _ready(Book(snapshot, url=url))


def _ready(book: Book) -> Book:
    """A release whose subjects are found, which is done once."""
    with _making:
        assert book.subjects is not None
    return book
