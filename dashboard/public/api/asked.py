"""What may be asked: the parameters of each resource, with their limits. What is not named here is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from dashboard.i18n import LANGUAGES, words

__all__ = [
    "ID",
    "REGION",
    "AskedAssessments",
    "AskedChanges",
    "AskedData",
    "AskedIndicators",
    "AskedPage",
    "AskedPlain",
    "AskedRelease",
    "AskedReleaseChanges",
    "AskedSeries",
    "AskedStructure",
    "Number",
    "both",
    "canonical",
]

ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
REGION = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,19}$"
_STATUS = r"^[a-z][a-z_]{0,39}$"
_MOST_NAMED = 100
_MOST_ROWS, _MOST_OBSERVATIONS = 10_000, 50_000
_FARTHEST = 100_000_000
_NEWEST = 1_000_000_000
_ACCUMULATIONS = Literal["ytd", "period", "month", "none"]


def both(key: str, **facts: object) -> str:
    """Words of the API in both languages, for the document that describes it."""
    return "\n\n".join(words(language)(key, **facts) for language in LANGUAGES)


def _digits(said: object) -> object:
    """A whole number is written in digits, not as 1e3, 1_000 or 1.0."""
    if isinstance(said, str) and not re.fullmatch(r"-?[0-9]{1,12}", said):
        raise ValueError("a whole number in digits")
    return said


def _iso(said: object) -> object:
    """A date is written YYYY-MM-DD; a number is not one."""
    if isinstance(said, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", said):
        raise ValueError("a date as YYYY-MM-DD")
    return said


def _yes(said: object) -> object:
    """Yes and no are written true and false."""
    if isinstance(said, str) and said not in ("true", "false"):
        raise ValueError("true or false")
    return said


Whole = Annotated[int, BeforeValidator(_digits)]
Number = Annotated[int, Field(ge=1, le=_NEWEST), BeforeValidator(_digits)]
Earlier = Annotated[int, Field(ge=0, le=_NEWEST), BeforeValidator(_digits)]
Said = Annotated[str, Field(min_length=1, max_length=100)]
Day = Annotated[date, BeforeValidator(_iso)]
Yes = Annotated[bool, BeforeValidator(_yes)]
Id = Annotated[str, Field(pattern=ID)]
RegionCode = Annotated[str, Field(pattern=REGION)]


def _about(name: str, **more: Any) -> Any:
    """A parameter with what is said of it."""
    return Field(description=both(f"api.param_{name}"), **more)


class AskedRelease(BaseModel):
    """In which form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["json", "csv"] | None = _about("format", default=None)


class AskedPlain(AskedRelease):
    """In which form, and of which release."""

    release: Number | None = _about("release", default=None)


class _Paged(AskedRelease):
    limit: Whole = _about("limit", default=1000, ge=1, le=_MOST_ROWS)
    offset: Whole = _about("offset", default=0, ge=0, le=_FARTHEST)


class AskedPage(_Paged, AskedPlain):
    """A page of a list."""


class AskedReleaseChanges(_Paged):
    """A page of what one release changed."""


class AskedChanges(_Paged):
    """A page of what changed since another release."""

    since: Earlier | None = _about("since_release", default=None)


class AskedIndicators(AskedPage):
    """Which indicators."""

    domain: Id | None = _about("domain", default=None)
    plan: Id | None = _about("plan", default=None)
    q: Said | None = _about("q", default=None)


class _Figures(AskedPage):
    indicator: list[Id] = _about("indicator", default_factory=list, max_length=_MOST_NAMED)
    region: list[RegionCode] = _about("region", default_factory=list, max_length=_MOST_NAMED)
    since: Day | None = _about("since", default=None)
    until: Day | None = _about("until", default=None)
    accumulation: _ACCUMULATIONS | None = _about("accumulation", default=None)


class AskedSeries(_Figures):
    """Which figures."""

    replaced: Yes = _about("replaced", default=False)


class AskedAssessments(AskedPage):
    """Which judgements."""

    plan: Id | None = _about("plan", default=None)
    indicator: list[Id] = _about("indicator", default_factory=list, max_length=_MOST_NAMED)
    region: list[RegionCode] = _about("region", default_factory=list, max_length=_MOST_NAMED)
    status: list[Annotated[str, Field(pattern=_STATUS)]] = _about(
        "status", default_factory=list, max_length=_MOST_NAMED
    )


class AskedData(BaseModel):
    """Which observations, as SDMX-CSV."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    indicator: list[Id] = _about("indicator", default_factory=list, max_length=_MOST_NAMED)
    region: list[RegionCode] = _about("region", default_factory=list, max_length=_MOST_NAMED)
    since: Day | None = _about("since", default=None)
    until: Day | None = _about("until", default=None)
    accumulation: _ACCUMULATIONS | None = _about("accumulation", default=None)
    release: Number | None = _about("release", default=None)
    limit: Whole = _about("limit", default=_MOST_ROWS, ge=1, le=_MOST_OBSERVATIONS)
    offset: Whole = _about("offset", default=0, ge=0, le=_FARTHEST)


class AskedStructure(BaseModel):
    """Of which release."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: Number | None = _about("release", default=None)


def canonical(asked: BaseModel) -> list[tuple[str, str]]:
    """The parameters that make an answer what it is, in one order; without its form and its release."""
    told: Mapping[str, Any] = asked.model_dump(exclude={"format", "release"}, exclude_defaults=True)
    pairs: list[tuple[str, str]] = []
    for name, said in sorted(told.items()):
        for one in sorted(set(said)) if isinstance(said, list) else [said]:
            pairs.append((name, str(one).lower() if isinstance(one, bool) else str(one)))
    return pairs
