"""What a request must look like before anything is asked about it: its path, and the site it comes from."""

from __future__ import annotations

import re

from starlette.datastructures import Headers

__all__ = ["PATH", "SAFE", "STREAM", "below", "from_here"]

PATH = re.compile(r"/(?!/)(?:(?!\.\.|//)[A-Za-z0-9._~@/+-])*")  # no path of ours has anything else in it
SAFE = frozenset({"GET", "HEAD"})
STREAM = "/_stcore/stream"  # the one socket of Streamlit


def below(path: str, places: tuple[str, ...]) -> bool:
    """Whether a path is one of these places or lies below it."""
    return any(path == place or path.startswith(place + "/") for place in places)


def from_here(headers: Headers, *, named: bool, secure: bool) -> bool:
    """Whether the page that asks is of this server; one that does not say so passes unless it must be `named`."""
    origins = headers.getlist("origin")
    if not origins:
        return not named
    here = f"{'https' if secure else 'http'}://{headers.get('host', '').lower()}"
    return len(origins) == 1 and origins[0].lower() == here
