"""The whole site of a release: every page in both languages, the files beside them, feeds, tables, assets.

Subjects are many and independent of each other, so they are drawn by several processes, each of which opens the
snapshot for itself. The same snapshot gives the same bytes, by however many.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from dashboard.i18n import LANGUAGES, Words, words
from dashboard.public.book import Book, Leaf, Subject
from dashboard.public.site import (
    about_page,
    embed_page,
    feeds,
    files,
    index_pages,
    layout,
    release_pages,
    subject_page,
    whole,
)
from dashboard.public.site.tree import Tree, Written
from indicators.store import Snapshot

__all__ = ["NAMED", "SITE", "last_changed", "opened", "rendering", "site_of", "write"]

SITE = "site"  # of a release's folder
NAMED = "site.json"  # which release a site is of, and at which address it was made to stand
_CHUNK = 25  # subjects that a process draws before it asks for more
_FEW = 200  # subjects for which it is not worth starting processes
_BOTH = tuple(words(language) for language in LANGUAGES)
_Place = tuple[str, str]


def rendering(url: str) -> Callable[[Path, Mapping[int, Path]], None]:
    """What draws the pages of a release in its folder, for a site that stands at `url`."""

    def render(folder: Path, older: Mapping[int, Path]) -> None:
        with opened(folder, url) as book:
            write(book, folder / SITE, older=older)

    return render


def site_of(folder: Path) -> Path:
    """Where a release's folder has its pages."""
    return folder / SITE


def write(
    book: Book,
    folder: Path,
    *,
    older: Mapping[int, Path] | None = None,
    processes: int | None = None,
    pictures: bool = True,
) -> Written:
    """Write the tree of one release into a folder that is not there yet.

    `older`: the folders of earlier releases, or of their sites, by number; of the last one, pictures that are still
    true are kept.
    `processes`: how many draw subjects; default, one for each core, none but this where there are few subjects.
    `pictures`: PNG too, each of which takes longer than all the rest of its subject.
    """
    kept = _newest_before(book, older or {})
    folder.mkdir(parents=True)
    places = list(book.subjects)
    chunks = [places[start : start + _CHUNK] for start in range(0, len(places), _CHUNK)]
    tree = Tree(folder, kept=kept)
    with _workers(book, len(places), processes) as workers:
        drawn = [
            workers.submit(_by_worker, chunk, folder, kept, pictures) if workers else None for chunk in chunks
        ]  # while they draw, this one goes on
        for leaf in _around(book):
            tree.put(leaf)
        for path in whole.laid(book, folder):
            tree.count(path)
        for chunk, waiting in zip(chunks, drawn, strict=True):
            tree.written += waiting.result() if waiting else _subjects(book, chunk, Tree(folder, kept=kept), pictures)
    for leaf in _last(book, tree.written):
        tree.put(leaf)
    return tree.written


def _newest_before(book: Book, older: Mapping[int, Path]) -> Path | None:
    before = max((number for number in older if number < book.release.number), default=None)
    if before is None:
        return None
    site = site_of(older[before])
    return site if site.is_dir() else older[before]


def _around(book: Book) -> Iterator[Leaf]:
    """Everything that is not of one subject."""
    yield from layout.leaves(book)
    for w in _BOTH:
        yield from index_pages.leaves(book, w)
        yield from release_pages.leaves(book, w)
        yield from about_page.leaves(book, w)
        yield from feeds.leaves(book, w)
    yield from whole.leaves(book)


def _last(book: Book, written: Written) -> Iterator[Leaf]:
    """What tells of the rest."""
    days = {release.number: release.released_on for release in book.releases}
    changed = {
        subject.address: last_changed(subject, days, otherwise=book.release.released_on)
        for subject in book.subjects.values()
    }
    pages = sorted(path.removesuffix("index.html") for path in written.pages)
    told = [path for path in pages if not path.endswith("embed/") and not path.startswith("en/")]
    yield from feeds.site_map(book, {path: changed.get(path, book.release.released_on) for path in told})
    yield feeds.robots(book)
    named = {"program": "zhibiao", "release": book.release.number, "url": book.url, "digest": book.snapshot.digest}
    yield Leaf(NAMED, json.dumps(named).encode())


def last_changed(subject: Subject, days: Mapping[int, date], *, otherwise: date) -> date:
    """The day of the last release that said anything new of a subject."""
    frames = (subject.figures, subject.corrections, subject.changes)
    numbers = [frame["release"].max() for frame in frames if not frame.is_empty()]
    return max((days[number] for number in numbers if isinstance(number, int) and number in days), default=otherwise)


# -- subjects -------------------------------------------------------------------------------------------------------


def _subjects(book: Book, places: Sequence[_Place], tree: Tree, pictures: bool) -> Written:
    for place in places:
        subject = book.subjects[place]
        for w in _BOTH:
            for leaf in _of(subject, book, w, tree.kept, pictures):
                tree.put(leaf)
    return tree.written


def _of(subject: Subject, book: Book, w: Words, kept: Path | None, pictures: bool) -> Iterator[Leaf]:
    yield from subject_page.leaves(subject, book, w)
    yield from embed_page.leaves(subject, book, w)
    yield from files.leaves(subject, book, w, kept=kept, pictures=pictures)


@contextmanager
def _workers(book: Book, subjects: int, processes: int | None) -> Iterator[ProcessPoolExecutor | None]:
    """Processes that have the snapshot open; None where this one does it all."""
    count = processes if processes is not None else len(os.sched_getaffinity(0)) if subjects > _FEW else 1
    if count <= 1:
        yield None
        return
    # a fork would take the threads and locks of a server with it
    with ProcessPoolExecutor(
        count, mp_context=get_context("spawn"), initializer=_open, initargs=(book.snapshot.folder, book.url)
    ) as workers:
        yield workers


@contextmanager
def opened(folder: Path, url: str) -> Iterator[Book]:
    snapshot = Snapshot(folder)
    try:
        yield Book(snapshot, url=url)
    finally:
        snapshot.close()


_mine: list[Book] = []  # of a worker


def _open(folder: Path, url: str) -> None:
    os.nice(5)  # whoever is at a screen goes first
    _mine.append(Book(Snapshot(folder), url=url))


def _by_worker(places: Sequence[_Place], folder: Path, kept: Path | None, pictures: bool) -> Written:
    return _subjects(_mine[0], places, Tree(folder, kept=kept), pictures)
