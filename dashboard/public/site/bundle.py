"""`zhibiao site DIR`: every release that is out as one folder of files, for any web server or CDN.

Only the public folder is read. The new site is written beside the old one and takes its name when it is whole.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.i18n import LANGUAGES, words
from dashboard.public.site.tree import Written
from dashboard.public.site.writing import NAMED, opened, site_of, write
from ingest.shelf import Shelf

__all__ = ["MARKER", "Bundle", "Refused", "bundle"]

MARKER = ".zhibiao-site"  # in a folder that this wrote, and may therefore write anew
_ADDRESS = re.compile(r"https?://[^\s?#/]+(?:/[^\s?#]*)?")


class Refused(Exception):
    """What cannot be done with what was given, in both languages."""

    def __init__(self, key: str, **facts: object) -> None:
        self.zh, self.en = (w(f"bundle.{key}", **facts) for w in map(words, LANGUAGES))
        super().__init__(f"{self.zh} {self.en}")


@dataclass(frozen=True, slots=True)
class Bundle:
    """What was written. `pages`, `files` and `bytes` of all releases in it; a file under two addresses counts twice."""

    release: int
    releases: list[int]
    url: str
    pages: int
    files: int
    bytes: int
    seconds: float


def bundle(public: Path, folder: Path, *, url: str) -> Bundle:
    """Write the site of the last release into `folder`, and each release's own under `releases/<n>/`.

    Raises Refused where the folder is somebody else's or nothing is out; OSError and SnapshotError.
    """
    start = time.perf_counter()
    url = _address(url)
    shelf = Shelf(public)
    out = shelf.folders()
    if shelf.current() is None or not out:
        raise Refused("no_release", folder=public)
    folder = folder.resolve()
    _ours(folder, public.resolve())
    with _beside(folder) as new:
        made = _Making(new)
        sites: dict[int, Path] = {}
        for number, release in out.items():
            sites[number] = made.site(release, url, into=new / "releases" / str(number), older=sites)
        made.copy(sites[max(out)], new)
        os.sync()  # what takes the old one's place is on the disk
        _swap(new, folder)
    seconds = round(time.perf_counter() - start, 3)
    return Bundle(max(out), sorted(out), url, len(made.pages), made.files, made.bytes, seconds)


def _address(url: str) -> str:
    """The root of the site with a slash at its end."""
    if not _ADDRESS.fullmatch(url):
        raise Refused("not_address", url=url)
    return url.rstrip("/") + "/"


def _ours(folder: Path, public: Path) -> None:
    """Refuse a folder that holds anything this program did not write."""
    if folder.is_relative_to(public) or public.is_relative_to(folder):
        raise Refused("inside", folder=folder, public=public)
    if folder.exists() and not folder.is_dir():
        raise Refused("not_folder", folder=folder)
    if folder.exists() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise Refused("not_ours", folder=folder)


# -- what is written ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Making:
    """A bundle being made. A file that several releases share is one file here too."""

    root: Path
    pages: list[Path] = field(default_factory=list)
    files: int = 0
    bytes: int = 0
    _seen: dict[tuple[int, int], Path] = field(default_factory=dict)

    def site(self, release: Path, url: str, *, into: Path, older: Mapping[int, Path]) -> Path:
        """The site of a release, as it was drawn when it was released, or anew for another address; where it is."""
        with opened(release, url) as book:
            book.snapshot.check()
            if _drawn_for(site_of(release), url):
                self.copy(site_of(release), into)
            else:
                self._count(write(book, into, older=older), into)
        return into

    def copy(self, source: Path, target: Path) -> None:
        """Copy a tree into one that may have other files already; those stay."""
        for here, _, names in os.walk(source):
            there = target / Path(here).relative_to(source)
            there.mkdir(parents=True, exist_ok=True)
            for name in names:
                if not (there / name).exists():
                    self._copied(Path(here, name), there / name)

    def _copied(self, source: Path, target: Path) -> None:
        facts = source.stat()
        first = self._seen.setdefault((facts.st_dev, facts.st_ino), target)
        if source.is_relative_to(self.root):
            os.link(source, target)
        elif first is not target:
            os.link(first, target)
        else:
            shutil.copyfile(source, target)
        self.files += 1
        self.bytes += facts.st_size
        if target.name == "index.html":
            self.pages.append(target)

    def _count(self, written: Written, into: Path) -> None:
        self.files += written.files
        self.bytes += written.bytes
        self.pages += (into / page for page in written.pages)


def _drawn_for(site: Path, url: str) -> bool:
    """Whether a release's own pages stand for this address."""
    try:
        named = json.loads((site / NAMED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(named, dict) and named.get("url") == url


# -- a whole site or none -------------------------------------------------------------------------------------------


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A new folder beside, marked and locked as ours; taken away unless it took the other's place."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    new = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.new")
    new.mkdir()
    with (new / MARKER).open("w", encoding="utf-8") as marker:
        fcntl.flock(marker, fcntl.LOCK_EX)
        marker.write("zhibiao site\n")
        marker.flush()
        try:
            yield new
        finally:
            shutil.rmtree(new, ignore_errors=True)


def _clear(folder: Path) -> None:
    """Take away what earlier runs left that were killed: a living one holds its lock."""
    for left in folder.parent.glob(f".{folder.name}.*.new"):
        try:
            with (left / MARKER).open() as marker:
                fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue
        shutil.rmtree(left, ignore_errors=True)


def _swap(new: Path, folder: Path) -> None:
    """Give the new folder the old one's name. Between two renames there is none; there is never half of one."""
    if not folder.exists() or not any(folder.iterdir()):
        os.rename(new, folder)
        return
    old = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.new")
    os.rename(folder, old)
    try:
        os.rename(new, folder)
    except OSError:
        os.rename(old, folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
