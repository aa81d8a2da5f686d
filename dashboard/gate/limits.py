"""How much one address or one session may ask for. Everything is counted in memory, and the memory is bounded."""

from __future__ import annotations

import ipaddress
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from starlette.types import Scope

__all__ = ["Buckets", "Places", "address_of", "neighbourhood"]


def address_of(scope: Scope) -> str:
    """The client's address, empty where it is none.

    Only the server's own handling of a proxy on this machine ever changes it; what that one says is checked here.
    """
    client = scope.get("client")
    try:
        return str(ipaddress.ip_address(client[0].partition("%")[0])) if client else ""
    except ValueError:
        return ""


def neighbourhood(address: str) -> str:
    """What is counted as one address: an IPv4 address, or the /64 that one IPv6 subscriber has."""
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(read) if read.version == 4 else str(ipaddress.ip_network((int(read) >> 64 << 64, 64)))


class Buckets:
    """Token buckets by key: `burst` at once, then `each_second`. Of the keys, the `most` last used are remembered."""

    def __init__(
        self,
        burst: float,
        each_second: float,
        *,
        most: int = 20_000,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._burst, self._rate, self._most, self._now = burst, each_second, most, now
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens, and when that was

    def take(self, key: str, *, at_most_wait: float = 0.0) -> float:
        """Take a token: seconds to wait before going on; nothing is taken where that is more than `at_most_wait`."""
        now = self._now()
        left, then = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - then) * self._rate) - 1
        wait = 0.0 if left >= 0 else -left / self._rate
        self._left[key] = (left if wait <= at_most_wait else left + 1, now)
        if len(self._left) > self._most:
            self._left.popitem(last=False)
        return wait

    def __len__(self) -> int:
        return len(self._left)


class Places:
    """How many places each key holds at once; there is no memory of keys that hold none."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    @contextmanager
    def held(self, **most: tuple[str, int]) -> Iterator[str]:
        """Hold a place under each key; gives the name of the first that has no room, or nothing."""
        keys = [(name, f"{name} {key}", room) for name, (key, room) in most.items()]
        full = next((name for name, key, room in keys if self._held[key] >= room), "")
        taken = [] if full else [key for _, key, _ in keys]
        self._held.update(taken)
        try:
            yield full
        finally:
            self._held.subtract(taken)
            self._held = +self._held

    def __len__(self) -> int:
        return len(self._held)
