"""Writing a site to disk: many small files, each once, those of text packed beside themselves."""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from dashboard.public.book import Leaf

__all__ = ["Tree", "Written"]

_TEXT = frozenset({".html", ".css", ".js", ".json", ".svg", ".xml", ".csv", ".txt", ""})  # "": SHA256SUMS
_LEAST = 500  # bytes; packing less saves nobody anything
_LARGE = 2**20  # bytes from which the last few per cent are not worth their time


@dataclass(slots=True)
class Written:
    """What was written: pages, files, their bytes (a linked one's too), and where the pages are."""

    pages: list[str] = field(default_factory=list)
    files: int = 0
    bytes: int = 0

    def __iadd__(self, other: Written) -> Written:
        self.pages += other.pages
        self.files += other.files
        self.bytes += other.bytes
        return self


class Tree:
    """A folder being filled. Nothing in it is written twice, and nothing outside it is written at all.

    `kept`: the site of an earlier release, with which pictures that are the same share their place on the disk.
    """

    def __init__(self, folder: Path, *, kept: Path | None = None) -> None:
        self.folder, self.kept = folder, kept
        self.written = Written()
        self._known: set[str] = set()

    def put(self, leaf: Leaf) -> None:
        """Write a file; where it is text and long enough, `.gz` too, for servers that send that as it is."""
        path = PurePosixPath(leaf.path)
        assert not path.is_absolute() and ".." not in path.parts and "\0" not in leaf.path, leaf.path
        self._made(str(path.parent))
        if path.suffix == ".png" and self._shared(leaf):
            self._count(len(leaf.content))
            return
        self._write(leaf.path, leaf.content)
        if path.suffix in _TEXT and len(leaf.content) > _LEAST:
            level = 6 if len(leaf.content) > _LARGE else 9
            self._write(leaf.path + ".gz", gzip.compress(leaf.content, level, mtime=0))
        if path.name == "index.html":
            self.written.pages.append(leaf.path)

    def count(self, path: Path) -> None:
        """Take note of a file that was laid here otherwise."""
        self._count(path.stat().st_size)

    def _made(self, parent: str) -> None:
        if parent not in self._known:
            os.makedirs(self.folder / parent, exist_ok=True)
            self._known.add(parent)

    def _write(self, path: str, content: bytes) -> None:
        handle = os.open(f"{self.folder}/{path}", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        try:
            whole = memoryview(content)
            while whole:
                whole = whole[os.write(handle, whole) :]
        finally:
            os.close(handle)
        self._count(len(content))

    def _shared(self, leaf: Leaf) -> bool:
        """Whether the earlier release has the same picture, which then stands in both."""
        if self.kept is None:
            return False
        there = self.kept / leaf.path
        try:
            if there.stat().st_size != len(leaf.content) or there.read_bytes() != leaf.content:
                return False
            os.link(there, self.folder / leaf.path)
        except OSError:
            return False
        return True

    def _count(self, size: int) -> None:
        self.written.files += 1
        self.written.bytes += size
