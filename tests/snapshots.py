"""Releases as the public gets them: an office that sends, approves, releases and publishes in a line each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from indicators.catalogue import CatalogueKind, read_folder
from indicators.store import Snapshot, Store
from ingest.owner import opened
from ingest.people import Role, User
from ingest.publishing import Render, publish
from ingest.release import Released, release
from ingest.settings import SHIPPED, Home, Settings
from ingest.shelf import Shelf
from ingest.submission import Decision
from ingest.workflow import decide, submit
from tests.returns import PUBLISHED, filled

SENDER, REVIEWER, PUBLISHER = User("wang", Role.OPERATOR), User("li", Role.REVIEWER), User("zhao", Role.PUBLISHER)
AS_OF = date(2024, 12, 31)
Texts = Sequence[tuple[CatalogueKind, str, str]]


@dataclass(frozen=True, slots=True)
class Office:
    """An office with its store; what it releases lies in `home.public`."""

    store: Store
    settings: Settings
    home: Home

    def send(self, raw: bytes, *, name: str = "return.csv", approve: bool = True, **more: Any) -> str:
        """Send a return, and approve it; its submission."""
        receipt = submit(self.store, self.settings, name=name, raw=raw, user=SENDER, uploads=self.home.uploads, **more)
        assert receipt.submission, [problem for problem in receipt.checked.problems if problem.blocks][:3]
        if approve:
            decide(self.store, submission=receipt.submission, decision=Decision.APPROVE, user=REVIEWER)
        return receipt.submission

    def release(self, note: str = "", *, as_of: date = AS_OF, public_from: datetime | None = None) -> Released:
        return release(self.store, user=PUBLISHER, note=note, as_of=as_of, public_from=public_from)

    def publish(self, *, render: Render | None = None) -> list[int]:
        return publish(self.store, self.settings, self.home, render=render)

    @property
    def shelf(self) -> Shelf:
        return Shelf(self.home.public)

    def snapshot(self) -> Snapshot:
        """The release that is out."""
        folder = self.shelf.current()
        assert folder is not None, "nothing is out"
        return Snapshot(folder)


@contextmanager
def office(folder: Path, texts: Texts | None = None, **settings: Any) -> Iterator[Office]:
    """An office that knows the shipped catalogue, or `texts`, and has no figures yet."""
    given = Settings(home=folder, **settings)
    with opened(given.at()) as store:
        if not store.last_entry():
            filled(store, read_folder(SHIPPED) if texts is None else texts)
        yield Office(store, given, given.at())


def released(folder: Path, *returns: bytes, notes: Sequence[str] = (), **more: Any) -> Snapshot:
    """The last of as many releases as there are returns; the published figures that ship, where there are none.

    A release that corrects another needs its note.
    """
    with office(folder, **more) as here:
        for place, raw in enumerate(returns or [PUBLISHED.read_bytes()]):
            here.send(raw)
            here.release(notes[place] if place < len(notes) else "")
            here.publish()
        return here.snapshot()
