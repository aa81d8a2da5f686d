"""Whether the ledger is as it was sealed, and every file as it was kept."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indicators.store import Store
from ingest.place import Place, Reply

__all__ = ["answered", "verified"]

_HASH = 64  # letters of a SHA-256


def verified(store: Store, uploads: Path) -> dict[str, Any]:
    """What a look at everything found: `sound`, the ledger's first broken entry, and files missing or changed."""
    broken = store.first_break()
    files = _files(store, uploads)
    return {
        "sound": broken is None and not files["missing"] and not files["changed"],
        "ledger": {
            "entries": int(store.ask("last_entry")["entry"].item()),
            "broken": {"entry": broken.entry, "kind": broken.kind} if broken else None,
        },
        "files": files,
    }


def _files(store: Store, uploads: Path) -> dict[str, Any]:
    """Kept bytes against the store: how many should be there and are, and which are not, or are not the same."""
    owed = list(store.ask("kept")["sha256"])
    there = {file.name for file in uploads.iterdir() if file.is_file()} if uploads.is_dir() else set()
    kept = [digest for digest in owed if digest in there]
    return {
        "expected": len(owed),
        "kept": len(kept),
        "missing": [digest for digest in owed if digest not in there],
        "changed": [digest for digest in kept if _sha256(uploads / digest) != digest],
        # bytes whose transaction did not come to be; they do no harm
        "unclaimed": len([name for name in there.difference(owed) if len(name) == _HASH]),
    }


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def answered(place: Place, given: Mapping[str, Any]) -> Reply:
    """`zhibiao verify`: 0 when all is sound, else 1."""
    told = verified(place.store, place.home.uploads)
    return Reply(0 if told["sound"] else 1, told)
