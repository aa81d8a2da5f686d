"""The brake on guessing: who failed too often waits, ever longer, and never for good. Kept in memory."""

from __future__ import annotations

import hashlib
import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Blocked", "Throttle"]

_FIRST, _LONGEST = 60.0, 3600.0  # seconds to wait
_MOST = 20_000  # counts remembered; who was not heard of for longest is forgotten first


@dataclass(frozen=True, slots=True)
class Blocked:
    """An attempt that is not even looked at: for how many seconds yet, and whether it is the first of this block."""

    seconds: int
    first: bool


@dataclass(frozen=True, slots=True)
class _Limit:
    """`free` failures end in a block; one is forgiven after each `forgiven` seconds."""

    free: int
    forgiven: float


_PAIR = _Limit(free=5, forgiven=3600.0)  # one name from one address
_ADDRESS = _Limit(free=30, forgiven=120.0)  # all names from one address, behind which a whole office may sit


@dataclass(slots=True)
class _Count:
    failures: int
    at: float
    until: float = 0.0
    told: bool = False

    def forgive(self, limit: _Limit, now: float) -> None:
        some = int((now - self.at) / limit.forgiven)
        self.failures = max(0, self.failures - some)
        self.at = now if self.failures == 0 else self.at + some * limit.forgiven

    def fail(self, limit: _Limit, now: float) -> None:
        self.failures = min(self.failures + 1, limit.free + 6)
        if self.failures >= limit.free:
            self.until = now + min(_LONGEST, _FIRST * 2 ** (self.failures - limit.free))
            self.told = False


class Throttle:
    """Failures by (name, address) and by address. Thread-safe.

    An attempt counts as failed from its start, so that many at once are not all let through; success takes it back.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._counts: OrderedDict[bytes, _Count] = OrderedDict()
        self._lock = threading.Lock()

    def attempt(self, name: str, address: str) -> Blocked | None:
        """Count an attempt; when it is blocked, do nothing else for it."""
        keys = _keys(name, address)
        with self._lock:
            now = self._now()
            counts = [self._count(key, now) for key in keys]
            if blocking := [count for count in counts if count.until > now]:
                first = any(not count.told for count in blocking)
                for count in blocking:
                    count.told = True
                return Blocked(math.ceil(max(count.until for count in blocking) - now), first)
            for count, limit in zip(counts, (_PAIR, _ADDRESS), strict=True):
                count.forgive(limit, now)
                count.fail(limit, now)
        return None

    def succeeded(self, name: str, address: str) -> None:
        """Forget the failures of this name from this address, and take back what this attempt cost the address."""
        pair, whole = _keys(name, address)
        with self._lock:
            self._counts.pop(pair, None)
            if count := self._counts.get(whole):
                count.failures = max(0, count.failures - 1)
                if count.failures < _ADDRESS.free:
                    count.until = 0.0

    def _count(self, key: bytes, now: float) -> _Count:
        if key not in self._counts:
            self._counts[key] = _Count(0, now)
            if len(self._counts) > _MOST:
                self._counts.popitem(last=False)
        self._counts.move_to_end(key)
        return self._counts[key]


def _keys(name: str, address: str) -> tuple[bytes, bytes]:
    """What failures are counted under; a typed name, which may be a password, is not kept."""
    network = _network(address)
    said = (f"{len(name)} {name} {network}", network)
    pair, whole = (hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16] for text in said)
    return pair, whole


def _network(address: str) -> str:
    """An address, or of an IPv6 one the /64 that its user may choose from freely."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)
