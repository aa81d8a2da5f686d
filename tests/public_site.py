"""Releases on a shelf, with pages that say which release they are of, and the public site asked without a server."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Message

from dashboard.public.serving.app import PublicSite
from dashboard.public.serving.watch import Watch
from indicators.store.snapshot import MANIFEST, Snapshot
from ingest.public_settings import PublicSettings
from ingest.shelf import CURRENT, Shelf
from tests.returns import csv
from tests.snapshots import office

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><style>path{stroke:#123}</style></svg>'


def pages(number: int) -> Mapping[str, bytes]:
    """The files of a small site of a release."""
    told = f"<!DOCTYPE html><title>指标</title><p>release {number}</p>{'<p>beds per thousand people</p>' * 40}".encode()
    link = b'<!DOCTYPE html><link href="assets/public.0123456789ab.css"><a href="./">first</a><a href="en/">en</a>'
    return {
        "index.html": told,
        "en/index.html": told,
        "404.html": link,
        "plans/chengdu-145/index.html": told,
        "indicators/beds/510100/index.html": told,
        "indicators/beds/510100/embed/index.html": told,
        "indicators/beds/510100/chart.svg": SVG,
        "indicators/beds/510100/chart.png": b"\x89PNG\r\n\x1a\n" + bytes(200),
        "indicators/beds/510100/data.csv": b"period,value\n2024,8.3\n" * 20,
        "indicators/beds/510100/data.json": json.dumps({"release": number}).encode(),
        "all.csv": b"period,value\n" + b"2024,8.30\n" * 60_000,
        "releases/index.html": told,
        f"releases/{number}/changes/index.html": told,
        "releases/compare/index.html": told,
        "assets/public.0123456789ab.css": b"p{color:#222}" * 30,
        "assets/mark.svg": SVG,
        "feed.xml": b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"/>',
        "latest.json": json.dumps({"release": number}).encode(),
        "robots.txt": b"User-agent: *\n",
    }


def drawn(work: Path, number: int) -> None:
    """Write the pages of a release, each text with its gzip beside it."""
    for name, body in pages(number).items():
        file = work / "site" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
        if file.suffix in (".html", ".css", ".csv", ".json", ".svg", ".xml"):
            file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(body, 9, mtime=0))


def two_releases(home: Path) -> Path:
    """A public folder with releases 1 and 2, in a home with the store that they come from."""
    with office(home) as here:
        for number, figure in ((1, {"period": "2021", "value": "81.76"}), (2, {"period": "2022", "value": "81.9"})):
            here.send(csv(figure))
            here.release(f"release {number}")
            here.publish(render=lambda work, older: drawn(work, max(older, default=0) + 1))
        assert set(here.shelf.folders()) == {1, 2}
        return here.home.public


@dataclass(frozen=True, slots=True)
class Releases:
    """Two finished releases, to be put on shelves of one's own."""

    made: Path

    def folder(self, number: int) -> Path:
        return Shelf(self.made).folders()[number]

    def put_out(self, public: Path, number: int, *, pointed: bool = True) -> Path:
        """Release `number` on the shelf `public`, as whoever releases puts it there; its folder."""
        public.mkdir(parents=True, exist_ok=True)
        source = self.folder(number)
        there = public / source.name
        if not there.exists():
            shutil.copytree(source, there)
            for path in (there, *there.rglob("*")):  # so that a test may damage it
                path.chmod(path.stat().st_mode | stat.S_IWUSR)
        if pointed:
            point(public, number, there.name)
        return there


def point(public: Path, number: int, name: str) -> None:
    digest = ""
    if (public / name / MANIFEST).exists():
        digest = name.rpartition("-")[2]
    new = public / ".new"
    new.write_text(json.dumps({"release": number, "folder": name, "digest": digest}), encoding="utf-8")
    os.replace(new, public / CURRENT)


# -- asking --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    pairs: list[tuple[str, str]]
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        """By name; no answer of ours says one twice."""
        named = dict(self.pairs)
        assert len(named) == len(self.pairs), self.pairs
        return named


@dataclass
class Asking:
    """A running site and its loop."""

    site: ASGIApp
    watch: Watch
    runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        client: str = "127.0.0.1",
        scheme: str = "http",
        query: bytes = b"",
        **headers: str,
    ) -> Answer:
        """One request; `Header_name` stands for Header-name."""
        named = {"host": "localhost", **{name.replace("_", "-").lower(): value for name, value in headers.items()}}
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query,
            "scheme": scheme,
            "http_version": "1.1",
            "client": (client, 40_000),
            "headers": [(name.encode(), value.encode()) for name, value in named.items()],
        }
        return self.runner.run(self._answered(scope))

    async def _answered(self, scope: dict[str, Any]) -> Answer:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.site(scope, receive, send)
        start, *bodies = sent
        assert start["type"] == "http.response.start"
        assert not bodies[-1].get("more_body"), "the answer is complete"
        pairs = [(name.decode(), value.decode()) for name, value in start["headers"]]
        return Answer(start["status"], pairs, b"".join(one.get("body", b"") for one in bodies))


@contextmanager
def asking(public: Path, *, parts: Mapping[str, Callable[[], ASGIApp]] = {}, **settings: Any) -> Iterator[Asking]:
    """The site over a shelf, looked at when a test says `watch.look()`."""
    watch = Watch(public)
    site = PublicSite(PublicSettings(folder=public, **settings), watch, parts=parts)
    here = Asking(site, watch)
    with here.runner:
        watch.look()
        try:
            yield here
        finally:
            watch.close()


def opened(public: Path) -> Snapshot:
    folder = Shelf(public).current()
    assert folder is not None
    return Snapshot(folder)
