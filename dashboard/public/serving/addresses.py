"""What may be asked for of one release: an index of its pages, made once. No other file is ever opened for a reader,
and no path is ever put together from what a reader asks.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from indicators.store.snapshot import PAGES, SnapshotError

__all__ = ["SITE", "Addresses", "File"]

SITE = "site"
_INDEX = "index.html"


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """A file of the site. `address` begins with a stroke; `size` in bytes; `packed`: its size in gzip where that lies
    beside it, else 0. `sha256` (hex) and `packed_sha256` as the release lists them, empty where it does not.
    """

    folder: str
    address: str
    size: int
    sha256: str
    packed: int
    packed_sha256: str

    @property
    def path(self) -> str:
        return self.folder + self.address

    @property
    def kind(self) -> str:
        """The end of its name, with the dot; empty where it has none."""
        return os.path.splitext(self.address)[1]


class Addresses(Mapping[str, File]):
    """The files of a release's site by their addresses, `/plans/x/` standing for `/plans/x/index.html` too.

    Where the release's list of files names pages, it is what is there: each must have its size, and no other is
    served. Symbolic links are never followed.
    """

    def __init__(self, folder: Path) -> None:
        """Raises SnapshotError where the folder has no site, or the site is not what the release wrote."""
        site = folder / SITE
        try:
            found = dict(_found(str(site), ""))
            listed = _listed(folder)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise SnapshotError(f"{folder.name}: its pages or its list of files cannot be read") from None
        if not found:
            raise SnapshotError(f"{folder.name} has no pages")
        for address, (size, _) in listed.items():
            if found.get(address) != size:
                raise SnapshotError(f"{folder.name}: {SITE}{address} is missing or not as long as it was written")
        sizes = {address: found[address] for address in listed} if listed else found
        self._files: dict[str, File] = {}
        for address, size in sizes.items():
            packed = sizes.get(f"{address}.gz", 0)
            if address.endswith(".gz") and address[:-3] in sizes:
                continue
            digest, packed_digest = (listed.get(name, (0, ""))[1] for name in (address, f"{address}.gz"))
            file = File(str(site), address, size, digest, packed, packed_digest)
            self._files[address] = file
            if address.endswith(f"/{_INDEX}"):
                self._files[address.removesuffix(_INDEX)] = file
        self.get = self._files.get  # type: ignore[method-assign]  # asked at every request

    def __getitem__(self, address: str) -> File:
        return self._files[address]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def _found(folder: str, below: str) -> Iterator[tuple[str, int]]:
    """(address, bytes) of every plain file."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _found(entry.path, f"{below}/{entry.name}")
            elif entry.is_file(follow_symlinks=False):
                yield f"{below}/{entry.name}", entry.stat(follow_symlinks=False).st_size


def _listed(folder: Path) -> dict[str, tuple[int, str]]:
    """Bytes and SHA-256 of every page that the release lists, by address."""
    try:
        told = (folder / PAGES).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    files = json.loads(told)["files"].items()
    return {name.removeprefix(SITE): (int(facts["bytes"]), str(facts["sha256"])) for name, facts in files}
