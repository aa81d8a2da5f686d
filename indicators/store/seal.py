"""The ledger's seal: each line's SHA-256 over itself and the seal before it, so that no line changes unseen.

A copy of every seal goes to an append-only file beside the store, so that lines cut off at the end are missed too.
Whoever may write to both can make both anew; keep a copy of that file on another machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Break", "first_break", "journal_of", "note", "noted", "seal"]

_SEAL = re.compile("[0-9a-f]{64}")
_SEALED = ("entry", "recorded_at", "actor", "system_user", "action", "subject", "detail", "outcome", "address")


def seal(before: str, line: Mapping[str, Any]) -> str:
    """The seal (hex) of a ledger line with its outcome and address, after the seal `before`."""
    said = [before, *(str(line[name]) for name in _SEALED)]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def journal_of(store: Path) -> Path | None:
    """The file that seals are copied to; None for a store in memory."""
    return None if str(store) == ":memory:" else store.with_suffix(".seals")


def note(journal: Path, sealed: Mapping[int, str]) -> None:
    """Append seals by entry, and wait until they are on the disk."""
    descriptor = os.open(journal, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        torn = size and os.pread(descriptor, 1, size - 1) != b"\n"
        lines = "".join(f"{entry} {hashed}\n" for entry, hashed in sealed.items()).encode("ascii")
        left = memoryview(b"\n" * bool(torn) + lines)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def noted(journal: Path) -> Iterator[tuple[int, str]]:
    """The seals of a journal in its order; a last line that was torn while it was written is left out."""
    if not journal.exists():
        return
    with journal.open(encoding="ascii", errors="replace") as lines:
        for line in lines:
            entry, _, hashed = line.partition(" ")
            if line.endswith("\n") and entry.isdecimal() and _SEAL.fullmatch(hashed.rstrip("\n")):
                yield int(entry), hashed.rstrip("\n")


@dataclass(frozen=True, slots=True)
class Break:
    """The first place where the ledger is not what was sealed. `kind`: altered, missing, unsealed or cut_off."""

    entry: int
    kind: str


def first_break(lines: Iterator[Mapping[str, Any]], journal: Iterator[tuple[int, str]]) -> Break | None:
    """What `lines` (the whole ledger with seals, in order) and the journal's copy of the seals disagree on first."""
    copies: dict[int, str] = {}
    for entry, hashed in journal:
        copies.setdefault(entry, hashed)  # a line written where another was cut off is not the one first copied
    before, expected = "", 1
    for line in lines:
        entry = int(line["entry"])
        if entry != expected:
            return Break(expected, "missing")
        if line["hash"] is None:
            return Break(entry, "unsealed")
        if seal(before, line) != line["hash"] or copies.get(entry, line["hash"]) != line["hash"]:
            return Break(entry, "altered")
        before, expected = line["hash"], entry + 1
    beyond = [entry for entry in copies if entry >= expected]
    return Break(min(beyond), "cut_off") if beyond else None
