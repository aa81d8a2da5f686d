"""Where a verb of the terminal works, and how it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from indicators.store import Store
from ingest.settings import Home, Settings

__all__ = ["Place", "Reply"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a verb works."""

    store: Store
    settings: Settings
    home: Home


@dataclass(frozen=True, slots=True)
class Reply:
    """A verb's answer: exit code (0 done · 1 refused by the data or the rules · 2 could not run) and its data."""

    code: int
    data: Any

    @classmethod
    def refused(cls, zh: str, en: str) -> Reply:
        return cls(1, {"error": {"zh": zh, "en": en}})
