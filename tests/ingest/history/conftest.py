"""Loading a history in a test: bytes of a CSV, or a frame as Parquet."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from indicators.store import Store
from ingest.history import source, whole
from ingest.history.load import Loaded, load
from ingest.people import User
from ingest.settings import Settings

Load = Callable[..., Loaded]


@pytest.fixture
def send(store: Store, settings: Settings, wang: User, tmp_path: Path) -> Load:
    def of(raw: bytes | pl.DataFrame, *, name: str = "", user: User = wang, note: str = "") -> Loaded:
        file = tmp_path / (name or ("历史.csv" if isinstance(raw, bytes) else "历史.parquet"))
        if isinstance(raw, bytes):
            file.write_bytes(raw)
        else:
            raw.write_parquet(file)
        return load(store, settings, path=file, user=user, uploads=tmp_path / "uploads", note=note)

    return of


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows at a time, so that what must hold across batches is seen to."""
    monkeypatch.setattr(source, "_BATCH", 2)
    monkeypatch.setattr(whole, "_AT_ONCE", 2)


def counts(loaded: Loaded) -> dict[str, tuple[int, int | None]]:
    """What was only counted: phrase → how often, first row."""
    return {p.facts["what_en"]: (int(p.facts["count"]), p.row) for p in loaded.problems if p.code == "history_counted"}


def errors(loaded: Loaded) -> list[tuple[str, int | None, str, str]]:
    """What refuses it: (code, row, column, found)."""
    return [(p.code, p.row, p.column, p.found) for p in loaded.problems if p.blocks]
