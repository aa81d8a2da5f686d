"""Where a question arrives: of which release it is, which form its answer has, and whether they have that already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import polars as pl
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Scope

from dashboard.public.api.answers import Facts, Page
from dashboard.public.api.asked import canonical
from dashboard.public.api.problems import Code, Refused
from indicators.catalogue import Catalogue
from indicators.store.snapshot import ReleaseFacts, Snapshot, SnapshotError

__all__ = ["CSV", "JSON", "Desk", "NotModified", "Question", "etag_of", "path_of", "tags", "unpacks"]

JSON, CSV = "application/json", "text/csv"
_REPRESENTATION = 1  # counts up whenever the same data begin to be said otherwise
_SECONDS = 10.0  # that a question to the snapshot may take
_FRESH, _PINNED = "public, max-age=60", "public, max-age=86400"


class NotModified(Exception):
    """What they have is what they would get."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__()
        self.headers = dict(headers)


@dataclass(frozen=True)
class Question:
    """One question to one release. `media`: the form of the answer; `pinned`: it named its release."""

    snapshot: Snapshot
    root: str  # of the API, without a slash at its end
    site: str  # of the public pages, with one
    path: str
    asked: tuple[tuple[str, str], ...]
    media: str
    packed: bool
    pinned: bool
    numbered: bool  # the path itself names the release

    @property
    def catalogue(self) -> Catalogue:
        return self.snapshot.catalogue

    @cached_property
    def etag(self) -> str:
        told = [_REPRESENTATION, self.snapshot.digest, self.root, self.path, self.asked, self.media, self.packed]
        return etag_of(json.dumps(told))

    @property
    def headers(self) -> dict[str, str]:
        """What an answer says of itself, also where it is not sent again."""
        release = self.snapshot.release
        return {
            "ETag": self.etag,
            "Cache-Control": _PINNED if self.pinned else _FRESH,
            "Link": f'<{self.permanent}>; rel="canonical", <{self.root}/openapi.json>; rel="service-desc"',
            "Zhibiao-Release": str(release.number),
            "Zhibiao-Released-On": release.released_on.isoformat(),
        }

    def ask(self, question: str, **values: Any) -> pl.DataFrame:
        """The answer of the snapshot. Raises Refused where it takes too long."""
        try:
            return self.snapshot.ask(question, within=_SECONDS, **values)
        except TimeoutError:
            raise Refused(Code.SLOW, seconds=10) from None

    # -- addresses -------------------------------------------------------------------------------------

    def address(self, **changed: int) -> str:
        """Where this is asked of this very release; with some parameters otherwise."""
        rest = [(name, said) for name, said in self.asked if name not in changed]
        own = [] if self.numbered else [("release", str(self.snapshot.release.number))]
        form = [("format", "csv")] if self.media.startswith(CSV) else []
        query = urlencode(sorted([*rest, *((name, str(said)) for name, said in changed.items())]) + own + form)
        return f"{self.root}{self.path}{'?' + query if query else ''}"

    @cached_property
    def permanent(self) -> str:
        return self.address()

    def page(self, total: int, *, limit: int, offset: int) -> Page:
        """Where the answer stands among `total` rows."""
        onward, back = offset + limit, max(0, offset - limit)
        return Page(
            total=total,
            limit=limit,
            offset=offset,
            next=self.address(offset=onward) if onward < total else None,
            previous=self.address(offset=back) if offset else None,
        )

    def cut(self, rows: Sequence[Any], asked: Any) -> tuple[tuple[Any, ...], Page]:
        """The page of a list that the catalogue holds."""
        part = tuple(rows[asked.offset : asked.offset + asked.limit])
        return part, self.page(len(rows), limit=asked.limit, offset=asked.offset)

    def facts(self) -> Facts:
        release = self.snapshot.release
        return Facts(
            number=release.number,
            released_on=release.released_on,
            as_of=release.as_of,
            data_until=release.data_until,
            publisher_zh=release.publisher_zh,
            publisher_en=release.publisher_en,
            demonstration=self.snapshot.kind != "real",
            digest=self.snapshot.digest,
            address=self.address_of(release),
        )

    def address_of(self, release: ReleaseFacts) -> str:
        """Where the pages of a release stay readable."""
        return f"{self.site}releases/{release.number}/"


class Desk:
    """Takes the questions. `url`: the root of the public site, absolute; the API is at `api/v1` below it."""

    def __init__(self, current: Callable[[], Snapshot], *, release: Callable[[int], Snapshot | None], url: str) -> None:
        self._current, self._release = current, release
        self.site = url.rstrip("/") + "/"
        self.root = f"{self.site}api/v1"

    def question(self, request: Request, asked: BaseModel, *, release: int | None = None, media: str = "") -> Question:
        """The question, whoever answers it. `release`: the one that the path names; `media`: the only form there is.

        Raises Refused, and NotModified where they have the answer.
        """
        named = release if release is not None else getattr(asked, "release", None)
        headers = request.headers
        question = Question(
            snapshot=self._snapshot(named),
            root=self.root,
            site=self.site,
            path=path_of(request.scope),
            asked=tuple(canonical(asked)),
            media=media or _form(getattr(asked, "format", None), headers),
            packed=unpacks(headers),
            pinned=named is not None,
            numbered=release is not None,
        )
        if question.etag in tags(headers):
            raise NotModified(question.headers)
        return question

    def _snapshot(self, number: int | None) -> Snapshot:
        try:
            current = self._current()
            if number is None or number == current.release.number:
                return current
            found = self._release(number) if number < current.release.number else None
        except SnapshotError:
            raise Refused(Code.NO_RELEASE, seconds=60) from None
        if found is None:
            raise Refused(Code.UNKNOWN_RELEASE, "release", release=number)
        return found


def path_of(scope: Scope) -> str:
    """The address below the API's own."""
    return str(scope["path"]).removeprefix(scope.get("root_path", "")) or "/"


def etag_of(what: str) -> str:
    return f'"{hashlib.sha256(what.encode()).hexdigest()[:32]}"'


def tags(headers: Headers) -> set[str]:
    """The answers they have. A weak tag stands for the strong one: bytes are not compared for reading (RFC 9110)."""
    said = ",".join(headers.getlist("if-none-match"))
    return {tag.strip().removeprefix("W/") for tag in said.split(",")}


def unpacks(headers: Headers) -> bool:
    """Whether they can unpack gzip."""
    return _weights(headers.getlist("accept-encoding")).get("gzip", 0) > 0


def _form(named: str | None, headers: Headers) -> str:
    """JSON or CSV: as named, else as they would rather have it. Raises Refused where neither will do."""
    if named:
        return CSV if named == "csv" else JSON
    weights = _weights(headers.getlist("accept"))
    if not weights:
        return JSON
    wanted = {
        media: weights.get(media, weights.get(f"{media.partition('/')[0]}/*", weights.get("*/*", 0)))
        for media in (JSON, CSV)
    }
    if not any(wanted.values()):
        raise Refused(Code.NOT_ACCEPTABLE, "Accept", found=", ".join(weights))
    return CSV if wanted[CSV] > wanted[JSON] else JSON


def _weights(said: Sequence[str]) -> dict[str, float]:
    """What a header would rather have, by name: 1 where it does not say how much, 0 what it will not have."""
    found: dict[str, float] = {}
    for one in ",".join(said).split(","):
        name, *more = (part.strip().lower() for part in one.split(";"))
        quality = next((part[2:] for part in more if part.startswith("q=")), "1")
        if name:
            try:
                found[name] = min(1.0, max(0.0, float(quality)))
            except ValueError:
                found[name] = 0.0
    return found
