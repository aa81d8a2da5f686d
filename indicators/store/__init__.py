"""The one door to DuckDB: append-only facts, every read able to answer “as known on”."""

from indicators.store.store import Entry, Store, StoreBusy, StoreError, known_until

__all__ = ["Entry", "Store", "StoreBusy", "StoreError", "known_until"]
