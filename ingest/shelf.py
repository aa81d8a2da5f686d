"""The public folder: each release in a folder of its own that never changes, and a file that says which one is out."""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
from collections.abc import Collection
from pathlib import Path

__all__ = ["CURRENT", "Shelf", "name_of"]

CURRENT = "current.json"
_COMING = ".coming-"  # what is still being copied here, or was damaged
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
        found = {_number(path): path for path in self.releases()}
        if out:
            found[newest] = out
        return {number: path for number, path in sorted(found.items()) if number <= newest}

    def releases(self) -> list[Path]:
        """Every folder here that is called a release, whether it is out or not."""
        try:
            return [path for path in sorted(self.folder.iterdir()) if _NAME.fullmatch(path.name)]
        except OSError:
            return []

    def left_over(self, kept: Collection[str]) -> list[Path]:
        """Folders here that nobody needs: neither `kept` nor out, or never finished."""
        out = self.current()
        unfinished = list(self.folder.glob(f"{_COMING}*")) if self.folder.is_dir() else []
        return unfinished + [path for path in self.releases() if path.name not in kept and path != out]

    def put_out(self, work: Path, *, number: int, digest: str) -> Path:
        """Move a finished folder here; it is whole or not there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        os.chmod(self.folder, 0o755)  # whoever serves the public may be another user
        there = self.folder / name_of(number, digest)
        if there.exists():  # damaged, or it would not have been made again
            os.rename(there, self.folder / f"{_COMING}{secrets.token_hex(4)}")
        try:
            os.rename(work, there)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            beside = self.folder / f"{_COMING}{there.name}"  # the public folder is on a disk of its own
            shutil.copytree(work, beside)
            os.sync()
            os.rename(beside, there)
            shutil.rmtree(work)
        _settle(self.folder)
        return there

    def point(self, there: Path, *, digest: str) -> None:
        """From now on the release in `there` is the one that is out."""
        told = {"release": _number(there), "folder": there.name, "digest": digest}
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
