"""What a request asks for, as far as an answer depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from starlette.types import Scope

__all__ = ["Asked"]


@lru_cache(256)
def _unpacks(accepted: bytes) -> bool:
    """Whether Accept-Encoding takes gzip (RFC 9110, 12.5.3)."""
    weights: dict[bytes, bool] = {}
    for one in accepted.lower().split(b","):
        name, _, weight = one.partition(b";")
        weights[name.strip()] = weight.replace(b" ", b"").rstrip(b"0") not in (b"q=", b"q=0.")
    return weights.get(b"gzip", weights.get(b"*", False))


@dataclass(slots=True)
class Asked:
    """What an answer depends on, of a request's headers. `host` is empty where it is not said exactly once."""

    host: bytes = b""
    unpacks: bool = False
    tags: bytes = b""
    reach: bytes = b""
    if_range: bytes = b""

    @classmethod
    def of(cls, scope: Scope) -> Asked:
        found, hosts = cls(), 0
        for name, value in scope["headers"]:
            if name == b"host":
                found.host, hosts = value, hosts + 1
            elif name == b"accept-encoding":
                found.unpacks = _unpacks(value)
            elif name == b"if-none-match":
                found.tags = value
            elif name == b"range":
                found.reach = value
            elif name == b"if-range":
                found.if_range = value
        if hosts != 1:
            found.host = b""
        return found
