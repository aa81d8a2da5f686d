"""The one door to DuckDB: append-only facts, every read able to answer “as known on”."""

from indicators.store.pressing import Press, press
from indicators.store.seal import Break
from indicators.store.snapshot import ReleaseFacts, Snapshot, SnapshotError
from indicators.store.store import (
    SCHEMA_VERSION,
    Entry,
    Store,
    StoreBusy,
    StoreError,
    StoreOfOtherKind,
    known_until,
    on_behalf_of,
)

__all__ = [
    "SCHEMA_VERSION",
    "Break",
    "Entry",
    "Press",
    "ReleaseFacts",
    "Snapshot",
    "SnapshotError",
    "Store",
    "StoreBusy",
    "StoreError",
    "StoreOfOtherKind",
    "known_until",
    "on_behalf_of",
    "press",
]
