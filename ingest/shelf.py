"""The public folder: each release in a folder of its own that never changes, and a file that says which one is out."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

__all__ = ["CURRENT", "Shelf", "name_of"]

CURRENT = "current.json"
_NAME = re.compile(r"release-(\d{1,9})-[0-9a-f]{12}")


def name_of(number: int, digest: str) -> str:
    """What the folder of a release is called; `digest`: SHA-256 (hex) of its list of files."""
    return f"release-{number}-{digest[:12]}"


class Shelf:
    """The folder that the public side may read. Only whoever releases writes here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Path | None:
        """Folder of the release that is out now; None while none is, or what says so cannot be read."""
        try:
            told = json.loads((self.folder / CURRENT).read_text(encoding="utf-8"))
            name = told["folder"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        here = isinstance(name, str) and _NAME.fullmatch(name) and (self.folder / name).is_dir()
        return self.folder / name if here else None

    def folders(self) -> dict[int, Path]:
        """The folder of every release that is out, by number; none that is newer than the one that is out now."""
        out = self.current()
        newest = _number(out) if out else 0
        try:
            found = {_number(path): path for path in sorted(self.folder.iterdir()) if _NAME.fullmatch(path.name)}
        except OSError:
            return {}
        if out:
            found[newest] = out
        return {number: path for number, path in sorted(found.items()) if number <= newest}

    def put_out(self, work: Path, *, number: int, digest: str) -> Path:
        """Move a finished folder here and, unless a newer release is out, point to it; either is whole or not there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        there = self.folder / name_of(number, digest)
        if work != there:
            os.rename(work, there)
        _settle(self.folder)
        out = self.current()
        if out is None or _number(out) <= number:
            self._point({"release": number, "folder": there.name, "digest": digest})
        return there

    def _point(self, told: dict[str, object]) -> None:
        new = self.folder / f".{CURRENT}.new"
        with new.open("w", encoding="utf-8") as file:
            json.dump(told, file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(new, 0o644)
        os.replace(new, self.folder / CURRENT)
        _settle(self.folder)


def _number(folder: Path) -> int:
    found = _NAME.fullmatch(folder.name)
    assert found is not None, "a folder of ours"
    return int(found[1])


def _settle(folder: Path) -> None:
    """Have a folder's own entries on the disk before anything relies on them."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
