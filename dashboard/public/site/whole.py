"""A whole release to take along, under `data/`: its tables as CSV and Parquet, its DuckDB file, what describes them.

`datapackage.json` is a Data Package (https://datapackage.org, version 2), `SHA256SUMS` what `sha256sum -c` reads.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from dashboard.figures import calendar
from dashboard.i18n import LANGUAGES, words
from dashboard.public.book import Book, Leaf
from dashboard.public.site.citing import demonstration, licence, terms_address
from dashboard.public.site.subject_schema import SCHEMA, schema
from ingest import export

__all__ = ["FOLDER", "laid", "leaves"]

FOLDER = "data/"
_KINDS = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "duckdb": "application/vnd.duckdb"}
_TYPES: tuple[tuple[type[pl.DataType], str], ...] = (
    (pl.Boolean, "boolean"),
    (pl.Float64, "number"),
    (pl.Date, "date"),
    (pl.Datetime, "datetime"),
    (pl.String, "string"),
)


def laid(book: Book, folder: Path) -> Iterator[Path]:
    """Put the release's own files where its site has them: no second copy where both lie in the release's folder."""
    own = folder.resolve().is_relative_to(book.snapshot.folder.resolve())
    for source in _sources(book):
        there = folder / FOLDER / source.name
        there.parent.mkdir(parents=True, exist_ok=True)
        if not (own and _linked(source, there)):
            shutil.copyfile(source, there)
        yield there


def _linked(source: Path, there: Path) -> bool:
    try:
        os.link(source, there)
    except OSError:  # a disk without links
        return False
    return True


def leaves(book: Book) -> Iterator[Leaf]:
    """The tables as CSV, the description of all, and the sums that prove them whole."""
    sums: dict[str, str] = {}
    resources: list[dict[str, Any]] = []
    for source in _sources(book):
        with source.open("rb") as file:
            sums[source.name] = hashlib.file_digest(file, "sha256").hexdigest()
        columns: Sequence[dict[str, str]] = ()
        if source.suffix == ".parquet":
            frame = pl.read_parquet(source)
            columns = [{"name": name, "type": _type(kind)} for name, kind in frame.schema.items()]
            leaf = Leaf(f"{FOLDER}{source.stem}.csv", export.frame_csv(frame))
            sums[f"{source.stem}.csv"] = hashlib.sha256(leaf.content).hexdigest()
            resources.append(_resource(f"{source.stem}.csv", sums, len(leaf.content), columns))
            yield leaf
        resources.append(_resource(source.name, sums, source.stat().st_size, columns))
    told = [Leaf(SCHEMA, schema(book)), Leaf(f"{FOLDER}datapackage.json", _package(book, resources))]
    for leaf in told:
        sums[leaf.path.removeprefix(FOLDER)] = hashlib.sha256(leaf.content).hexdigest()
        yield leaf
    yield Leaf(f"{FOLDER}SHA256SUMS", "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)).encode())


def _sources(book: Book) -> list[Path]:
    """The files of the release itself."""
    folder = book.snapshot.folder
    return [*sorted((folder / "parquet").glob("*.parquet")), folder / "snapshot.duckdb"]


def _resource(name: str, sums: dict[str, str], size: int, columns: Sequence[dict[str, str]]) -> dict[str, Any]:
    stem, _, ending = name.rpartition(".")
    found: dict[str, Any] = {
        "name": f"{stem}-{ending}".replace("_", "-"),
        "path": name,
        "format": ending,
        "mediatype": _KINDS[ending],
        "bytes": size,
        "hash": f"sha256:{sums[name]}",
    }
    if columns:
        found |= {"type": "table", "schema": {"fields": list(columns), "missingValues": [""]}}
    return found | ({"encoding": "utf-8"} if ending == "csv" else {})


def _type(kind: pl.DataType) -> str:
    """The type as Table Schema calls it."""
    return next((name for known, name in _TYPES if isinstance(kind, known)), "integer")


def _package(book: Book, resources: Sequence[dict[str, Any]]) -> bytes:
    release = book.release
    both = [words(language) for language in LANGUAGES]
    title = [
        demonstration(book, w) + w("files.whole_title", publisher=release.publisher(w.language), number=release.number)
        for w in both
    ]
    told = [
        w("files.whole_told", number=release.number, day=calendar(release.released_on, w)) + f" {licence(book, w)}"
        for w in both
    ]
    package = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"zhibiao-release-{release.number}",
        "id": f"{book.url}releases/{release.number}/",
        "title": " / ".join(title),
        "description": "\n\n".join(told),
        "version": f"{release.number}.0.0",
        "created": release.released_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "homepage": book.url,
        "licenses": [{"path": terms_address(book, both[0]), "title": " / ".join(w("files.licence") for w in both)}],
        "contributors": [{"title": release.publisher_zh, "roles": ["publisher"]}],
        "resources": list(resources),
    }
    return json.dumps(package, ensure_ascii=False, indent=1).encode()
