"""A process that submits returns until it is killed: `python -m tests.dying HOME`.

Everything is imported once. Each line on standard input begins a life: a copy of the process opens the store of HOME,
answers with its number and submits one return after another. The line names the table after whose rows it kills
itself in the middle of a submission, or `never`. What was acknowledged is written to HOME/acknowledged.
"""

from __future__ import annotations

import os
import secrets
import signal
import sys
import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from indicators.catalogue import read_folder
from indicators.store import Entry
from indicators.store.store import _parsed
from ingest.importing import initialise
from ingest.owner import opened
from ingest.people import Role, User
from ingest.schema import Figures
from ingest.settings import SHIPPED, Home, Settings
from ingest.workflow import submit
from tests.returns import csv

FIGURES = 20


def die_after(table: str) -> None:
    add = Entry.add

    def adds(self: Entry, name: str, rows: Any, **same: Any) -> None:
        add(self, name, rows, **same)
        if name == table:
            os.kill(os.getpid(), signal.SIGKILL)

    Entry.add = adds  # type: ignore[method-assign]


def days(regions: list[str]) -> bytes:
    """A return of days that no other is likely to be about."""
    first, region = date(1950, 1, 1) + timedelta(days=FIGURES * secrets.randbelow(1300)), secrets.choice(regions)
    same = {"region": region, "indicator": "beds-per-1000", "value": "8", "note": "试"}
    return csv(*(same | {"period": f"{first + timedelta(days=number)}"} for number in range(FIGURES)))


def live(home: Home, settings: Settings, end: str) -> None:
    parent, user = os.getppid(), User("wang", Role.OPERATOR)
    with opened(home) as store, (home.folder / "acknowledged").open("a", encoding="ascii") as acknowledged:
        if not store.last_entry():
            initialise(store)
        regions = sorted(store.catalogue().regions)
        die_after(end)
        os.write(1, f"{os.getpid()}\n".encode())
        while os.getppid() == parent:
            receipt = submit(store, settings, name="a.csv", raw=days(regions), user=user, uploads=home.uploads)
            print(receipt.submission, file=acknowledged, flush=True)


def main() -> None:
    settings = Settings(home=Path(sys.argv[1]))
    # what every life would begin with, done once
    Figures.to_schema()
    _parsed(tuple(sorted(read_folder(SHIPPED), key=lambda text: text[:2])))
    assert threading.active_count() == 1, "a copy would lack the other threads"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the dead
    for line in sys.stdin:
        if not os.fork():
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            live(settings.at(), settings, line.strip())
            os._exit(0)


if __name__ == "__main__":
    main()
