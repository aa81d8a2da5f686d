"""Where a verb of the terminal works, and how it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from indicators.store import Store
from ingest.accounts.sessions import Sessions
from ingest.accounts.throttle import Throttle
from ingest.publishing import Render
from ingest.settings import Home, Settings

__all__ = ["Place", "Reply"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a verb works. `sessions` are those of its store, `throttle` the brake on guessing at its accounts.

    `render` draws the pages of a release.
    """

    store: Store
    settings: Settings
    home: Home
    render: Render | None = None
    sessions: Sessions = field(init=False)
    throttle: Throttle = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sessions", Sessions(self.store))
        object.__setattr__(self, "throttle", Throttle())


@dataclass(frozen=True, slots=True)
class Reply:
    """A verb's answer: exit code (0 done · 1 refused by the data or the rules · 2 could not run) and its data."""

    code: int
    data: Any

    @classmethod
    def refused(cls, zh: str, en: str, **also: Any) -> Reply:
        return cls(1, {"error": {"zh": zh, "en": en}, **also})
