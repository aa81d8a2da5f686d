"""Journeys to the provider and back: kept in this process, for one browser, one use and ten minutes."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

__all__ = ["SECONDS", "Journey", "Journeys"]

SECONDS = 600
_MOST = 10_000


def _drawn() -> str:
    return secrets.token_urlsafe(32)  # 256 bits; as a PKCE verifier 43 characters, the least that RFC 7636 takes


@dataclass(frozen=True, slots=True)
class Journey:
    """Someone on their way. `browser` is in their cookie alone, `verifier` leaves us only to the token endpoint."""

    next: str
    began: float
    state: str = field(default_factory=_drawn, repr=False)
    nonce: str = field(default_factory=_drawn, repr=False)
    verifier: str = field(default_factory=_drawn, repr=False)
    browser: str = field(default_factory=_drawn, repr=False)


class Journeys:
    """Everyone on their way; of more than the memory holds, the oldest are forgotten."""

    def __init__(self, *, most: int = _MOST, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._now = most, now
        self._begun: OrderedDict[str, Journey] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, next_: str) -> Journey:
        """A new journey that ends at the page `next_`."""
        journey = Journey(next_, self._now())
        with self._lock:
            self._begun[journey.state] = journey
            while len(self._begun) > self._most:
                self._begun.popitem(last=False)
        return journey

    def end(self, state: str, browser: str) -> Journey | None:
        """The journey of that state, once; None unless this browser began it, not too long ago."""
        with self._lock:
            journey = self._begun.pop(state, None)
        if journey is None or self._now() - journey.began > SECONDS:
            return None
        return journey if hmac.compare_digest(journey.browser.encode(), browser.encode()) else None

    def __len__(self) -> int:
        return len(self._begun)
