"""F01, F02: a process is killed while it submits, and nothing is half there when the store is opened again."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest

from indicators.store import Store
from ingest.owner import opened
from ingest.settings import Home
from tests.dying import FIGURES

ROOT = Path(__file__).resolve().parents[2]
Life = Callable[..., None]


@pytest.fixture
def life(home: Home) -> Iterator[Life]:
    """One life that submits, killed after so many seconds, or by itself after the rows of a table."""
    home.folder.mkdir(parents=True)
    driver = subprocess.Popen(
        [sys.executable, "-m", "tests.dying", str(home.folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert driver.stdin is not None
    assert driver.stdout is not None

    def one(*, seconds: float = 30.0, dies_after: str = "never") -> None:
        print(dies_after, file=driver.stdin, flush=True)
        pid = int(driver.stdout.readline())
        end = time.monotonic() + seconds
        while time.monotonic() < end and alive(pid):
            time.sleep(0.005)
        assert alive(pid) == (dies_after == "never")
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        while alive(pid):
            time.sleep(0.005)

    yield one
    driver.stdin.close()
    driver.stdout.close()
    assert driver.wait(timeout=20) == 0


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def rows(store: Store, table: str, by: str = "submission") -> dict[str, int]:
    """How many rows of a table each submission has."""
    counted = store._connection.execute(f"SELECT {by}, count(*) FROM {table} GROUP BY ALL").fetchall()
    return dict(counted)


def whole(home: Home) -> int:
    """How many submissions there are; every one is there with all that belongs to it, and nothing else is."""
    start = time.monotonic()
    with opened(home) as store:
        assert time.monotonic() - start < 10
        sent = store.ask("submissions", id=None, sha256=None, submitted_by=None)
        ids = set(sent["id"])
        assert len(ids) == sent.height
        assert rows(store, "figure") == dict.fromkeys(ids, FIGURES)
        assert rows(store, "signing") == dict.fromkeys(ids, 1)
        assert set(sent["rows"]) <= {FIGURES}
        ledger = store.ask("ledger", most=10_000)
        assert sorted(ledger["entry"]) == list(range(1, ledger.height + 1))
        assert set(ledger.filter(pl.col("action") == "submit")["subject"]) == ids
        for digest in sent["sha256"]:
            assert hashlib.sha256((home.uploads / digest).read_bytes()).hexdigest() == digest
    # bytes of a return that did not get in may be kept, whole or under a name of their own
    kept = list(home.uploads.glob("[!.]*")) if home.uploads.exists() else []
    assert all(hashlib.sha256(file.read_bytes()).hexdigest() == file.name for file in kept)
    assert set((home.folder / "acknowledged").read_text(encoding="ascii").split()) <= ids
    return len(ids)


def test_F01_F02_wherever_it_is_killed_every_return_is_whole_or_not_there(home: Home, life: Life) -> None:
    # F02: between the writings of one submission
    for table in ("ledger", "submission", "figure", "signing"):
        life(dies_after=table)
        assert whole(home) == 0
    # F01: anywhere, fifty times; what was there stays
    chance, there = random.Random(1), [0]
    while len(there) <= 50 or there[-1] < 10:  # and some did live long enough
        life(seconds=chance.uniform(0.05, 0.6))
        there.append(whole(home))
    assert there == sorted(there)
