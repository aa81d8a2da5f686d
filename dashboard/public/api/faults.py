"""What is wrong with the parameters of a request, in the words of the API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.public.api.problems import Code, Refused

__all__ = ["refused_for"]


def refused_for(errors: Sequence[Mapping[str, Any]], path: str) -> Refused:
    """The refusal that names each parameter that is wrong; an unknown one is said first."""
    found = [_refusal(error, path) for error in errors]
    first = next((one for one in found if one.code is Code.UNKNOWN_PARAMETER), found[0])
    first.faults = tuple(one.fault() for one in found)
    return first


def _refusal(error: Mapping[str, Any], path: str) -> Refused:
    name = str(next((part for part in error["loc"][1:] if isinstance(part, str)), error["loc"][0]))
    if error["type"] == "extra_forbidden":
        return Refused(Code.UNKNOWN_PARAMETER, name, name=name)
    about = "since_release" if name == "since" and path.endswith("/changes") else name
    return Refused(Code.BAD_VALUE, name, name=name, found=error.get("input", ""), about=about)
