"""The public site of a city of 30 regions: how long it takes and how large it is, and how both grow with indicators.

Every series has five years of quarters, every indicator a target for the city. The floor writes the same bytes to the
same disk. Ratios are of one process's processor time, which others on the machine do not lengthen. PNG are made apart,
for a few subjects: they are by far the dearest, and of a later release only those that changed are made again.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from dashboard.public.book import Book
from dashboard.public.site import writing
from dashboard.public.site.tree import Written
from tests.bench.timing import within
from tests.cities import QUARTERS, city, put
from tests.snapshots import Office, office

T = TypeVar("T")
REGIONS = 30
PICTURED = 2  # indicators whose pictures are made, in all regions
URL = "http://127.0.0.1:8502/"
CHANGED = 100  # one series in so many has another newest figure in the second release


def bench(indicators: int = 200) -> None:
    """A quarter, a half and all of so many indicators; then pictures, and a second release."""
    print(f"a site of {REGIONS} regions, without pictures")
    each = [_size(count) for count in (indicators // 4, indicators // 2, indicators)]
    within("seconds a subject, all of them over a quarter of them", each[-1] / each[0], most=1.5)
    _pictured()


def _size(indicators: int) -> float:
    """Write the site of one release by one process and by all; seconds a subject of the first."""
    with tempfile.TemporaryDirectory() as folder, office(Path(folder) / "home", city(indicators, REGIONS)) as here:
        _released(here, "first")
        with _book(here) as book:
            subjects, judged = _timed(lambda: len(book.subjects))
            out = Path(folder) / "alone"
            made, alone = _timed(lambda: writing.write(book, out, processes=1, pictures=False))
            _, together = _timed(lambda: writing.write(book, Path(folder) / "all", pictures=False))
            _, floor = _timed(_copies(out, Path(folder) / "floor"))
    print(
        f"  {indicators} × {REGIONS}: judged in {judged.work:.1f} s; {len(made.pages)} pages, {made.files} files, "
        f"{made.bytes / 2**20:.0f} MB in {alone.work:.1f} s of work, "
        f"{len(made.pages) / alone.work:.0f} pages a second, "
        f"{together.clock:.1f} s by {len(os.sched_getaffinity(0))} processes; bare {floor.work:.1f} s",
        flush=True,
    )
    within(f"{indicators} × {REGIONS} over writing the same bytes", alone.work / floor.work, most=60)
    return alone.work / subjects


def _pictured() -> None:
    """Two releases with pictures; the second changes one series in a hundred, at least one."""
    with tempfile.TemporaryDirectory() as folder, office(Path(folder) / "home", city(PICTURED, REGIONS)) as here:
        _released(here, "first")
        made: list[tuple[Written, Took, Took]] = []
        older: dict[int, Path] = {}
        for number in (1, 2):
            if number == 2:
                put(here, "second", every=CHANGED, more=0.1, periods=QUARTERS[-1:])
                here.release("bench")
                here.publish()
            with _book(here) as book:
                out = Path(folder) / f"site-{number}"
                bare = _timed(
                    lambda book=book, out=out: writing.write(book, out / "bare", processes=1, pictures=False)
                )[1]
                whole = _timed(lambda book=book, out=out: writing.write(book, out / "site", older=older, processes=1))
                older[number] = out / "site"
                made.append((*whole, bare))
        pictures = list((Path(folder) / "site-1").rglob("*.png"))
        size = sum(path.stat().st_size for path in pictures)
        again = [path for path in (Path(folder) / "site-2").rglob("*.png") if path.stat().st_nlink == 1]
    (_, first, bare), (_, second, _) = made
    print(
        f"  pictures: {1000 * (first.work - bare.work) / len(pictures):.0f} ms and "
        f"{size / len(pictures) / 1024:.0f} KB each; "
        f"of a release that changes 1 % of series {len(again)} of {len(pictures)} are made again",
        flush=True,
    )
    within("a second release over the first, 1 % changed", second.work / first.work, most=0.7)


def _released(here: Office, name: str) -> None:
    put(here, name)
    here.release("bench")
    here.publish()


def _book(here: Office) -> AbstractContextManager[Book]:
    folder = here.shelf.current()
    assert folder is not None
    return writing.opened(folder, URL)


def _copies(source: Path, target: Path) -> Callable[[], None]:
    """Writing every file of a tree again, from memory."""
    held = {path.relative_to(source): path.read_bytes() for path in source.rglob("*") if path.is_file()}
    for folder in (target, *(target / path.relative_to(source) for path in source.rglob("*") if path.is_dir())):
        folder.mkdir(parents=True, exist_ok=True)

    def write() -> None:
        for path, content in held.items():
            (target / path).write_bytes(content)

    return write


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds by the clock, and of this process's work."""

    clock: float
    work: float


def _timed(work: Callable[[], T]) -> tuple[T, Took]:
    clock, mine = time.perf_counter(), time.process_time()
    done = work()
    return done, Took(time.perf_counter() - clock, time.process_time() - mine)
