"""Values and words that nobody outside may ever read, planted wherever an office keeps any; and where they turn up.

Every planted word holds `WORD`; every planted number is in `NUMBERS` and is nobody else's.
"""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from indicators.store.snapshot import _LOCKED
from ingest.annotating import annotate
from ingest.people import Role, User
from ingest.publishing import Render
from ingest.release import release
from ingest.submission import Decision
from ingest.workflow import decide, draft, submit
from tests.returns import csv
from tests.snapshots import AS_OF, Office

WORD = "Zhongzi7"
# by where each was planted
NUMBERS = {
    "waiting for review": 82.7351,
    "sent back": 82.7393,
    "replaced before it was released": 81.9753,
    "approved, and the publisher's own": 82.1357,
    "under embargo": 82.8642,
    "a numerator": 150_123.0,
    "a denominator": 20_016_461.0,
    "a cell of too few": 1735.127,
    "how many contributed": 271_828.0,
    "a draft": 82.7519,
}
SHOWN = {81.76, 7.5}  # what is public, so that a search that finds nothing is known to search
_SENDER = User(f"{WORD}-sender", Role.OPERATOR)
_REVIEWER = User(f"{WORD}-reviewer", Role.REVIEWER)
_PUBLISHER = User(f"{WORD}-publisher", Role.PUBLISHER)
_HEALTH = User(f"{WORD}-health", Role.STATISTICIAN, "chengdu-health")


def plant(here: Office, *, render: Render | None = None) -> None:
    """Two releases are out, a third is under embargo, and everything else an office has is planted."""
    own = {"source": "国家统计公报"}
    _sent(here, csv({"period": "2021", "value": "81.9753"}, **own), reason="later replaced")
    _sent(here, csv({"period": "2021", "value": "81.76", "note": f"{WORD} note"}, **own))
    ratio = csv(
        {"indicator": "beds-per-1000", "period": "2021", "value": "7.5"},
        numerator="150123",
        denominator="20016461",
        contributors="271828",
        note=f"{WORD} numerator",
    )
    _sent(here, ratio)
    few = csv(
        {"indicator": "gz-bio-enterprise-revenue", "region": "440100", "period": "2021", "value": "1735.127"},
        accumulation="本年累计",
        contributors="2",
        note="x",
    )
    _sent(here, few)
    _released(here, "首次发布")
    here.publish(render=render)
    _sent(here, csv({"period": "2021", "value": "81.77", "vintage": "修订", "note": f"{WORD} why"}, **own))
    _released(here, "按年报核定")
    here.publish(render=render)
    _send(here, csv({"period": "2023", "value": "82.7351", "note": WORD, "source": f"{WORD} source"}))
    back = _send(here, csv({"period": "2024", "value": "82.7393", "note": WORD, "source": f"{WORD} source"}))
    decide(here.store, submission=back, decision=Decision.RETURN, user=_REVIEWER, reason=f"{WORD} sent back")
    _drafted(here, csv({"period": "2020", "value": "82.7519", "source": f"{WORD} draft"}))
    day = date(2023, 5, 1)
    place = {"indicator": "life-expectancy", "region": "510100"}
    annotate(here.store, **place, day=day, kind="event", text=f"{WORD} said", user=_HEALTH, today=AS_OF)
    held = csv({"period": "2022", "value": "82.8642", "source": f"{WORD} held", "note": "x"})
    _sent(here, held)
    release(
        here.store,
        user=_PUBLISHER,
        note=f"{WORD} embargo",
        as_of=AS_OF,
        public_from=datetime.now(UTC).replace(tzinfo=None) + timedelta(days=9),
    )
    own_row = csv({"period": "2019", "value": "82.1357", "source": f"{WORD} own", "note": "x"})
    receipt = submit(
        here.store, here.settings, name=f"{WORD}.csv", raw=own_row, user=_PUBLISHER_AS_SENDER, uploads=here.home.uploads
    )
    assert receipt.submission, receipt.checked.problems
    decide(here.store, submission=receipt.submission, decision=Decision.APPROVE, user=_REVIEWER, reason=WORD)
    here.publish(render=render)


_PUBLISHER_AS_SENDER = User(_PUBLISHER.name, Role.OPERATOR)


def _send(here: Office, raw: bytes) -> str:
    receipt = submit(
        here.store, here.settings, name=f"{WORD}-file.csv", raw=raw, user=_SENDER, uploads=here.home.uploads
    )
    assert receipt.submission, [problem for problem in receipt.checked.problems if problem.blocks]
    return receipt.submission


def _sent(here: Office, raw: bytes, *, reason: str = "") -> None:
    decide(
        here.store,
        submission=_send(here, raw),
        decision=Decision.APPROVE,
        user=_REVIEWER,
        reason=f"{WORD} {reason}",
    )


def _drafted(here: Office, raw: bytes) -> None:
    kept = draft(here.store, here.settings, name=f"{WORD}-draft.csv", raw=raw, user=_SENDER, uploads=here.home.uploads)
    assert kept.submission


def _released(here: Office, note: str) -> None:
    release(here.store, user=_PUBLISHER, note=note, as_of=AS_OF)


# -- looking -----------------------------------------------------------------------------------------------------


def found_in_tables(folder: Path) -> Iterator[str]:
    """Whatever planted is in a table of any DuckDB or Parquet file below a folder, value by value."""
    for file in sorted(folder.rglob("*")):
        if file.suffix == ".duckdb":
            with duckdb.connect(str(file), read_only=True, config=_LOCKED) as connection:
                for (table,) in connection.execute("SELECT table_name FROM duckdb_tables()").fetchall():
                    yield from _in_frame(connection.execute(f'FROM "{table}"').pl(), f"{file.name} {table}")
        elif file.suffix == ".parquet":
            yield from _in_frame(pl.read_parquet(file), file.name)


def _in_frame(frame: pl.DataFrame, where: str) -> Iterator[str]:
    for column in frame:
        for value in column.drop_nulls():
            if WORD.lower() in str(value).lower() or _planted(value):
                yield f"{where}.{column.name}: {value}"


def _planted(value: object) -> bool:
    return isinstance(value, int | float) and any(abs(value - number) < 1e-6 for number in NUMBERS.values())


_NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


def found_in_text(text: str) -> Iterator[str]:
    """Whatever planted is in a text: words, and numbers however they are grouped."""
    if WORD.lower() in text.lower():
        yield WORD
    for number in _NUMBER.findall(text):
        if _planted(float(number.replace(",", ""))):
            yield number


def found_in_files(folder: Path) -> Iterator[str]:
    """Whatever planted is in the bytes of any file below a folder, packed ones opened."""
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        for name, raw in _opened(file.name, file.read_bytes()):
            if WORD.encode() in raw or WORD.lower().encode() in raw:
                yield f"{file.relative_to(folder)} {name}: {WORD}"
            if not name.endswith((".duckdb", ".parquet", ".png")):
                for planted in found_in_text(raw.decode("utf-8", errors="replace")):
                    yield f"{file.relative_to(folder)} {name}: {planted}"


def _opened(name: str, raw: bytes) -> Iterator[tuple[str, bytes]]:
    if name.endswith(".gz"):
        yield from _opened(name.removesuffix(".gz"), gzip.decompress(raw))
    elif name.endswith((".xlsx", ".zip")):
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            for inner in packed.namelist():
                yield from _opened(inner, packed.read(inner))
    else:
        yield name, raw
