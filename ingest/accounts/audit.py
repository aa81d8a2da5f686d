"""What is refused is told in the ledger: one line, with outcome `refused`."""

from __future__ import annotations

from typing import Any

from indicators.store import Store
from ingest.accounts.names import UNKNOWN
from ingest.people import User
from ingest.words import visible

__all__ = ["UNKNOWN", "known", "note", "refused"]

_LONGEST = 200  # characters of what was asked for


def refused(store: Store, user: User, action: str, subject: str = "", address: str = "") -> None:
    """Record that `user` was forbidden an act. While nobody is on record, nothing is: no name says who it was."""
    if not store.ask("people").is_empty():
        note(store, action=action, name=user.name, subject=subject, address=address)


def note(store: Store, *, action: str, name: str, subject: str = "", address: str = "", **detail: Any) -> None:
    """One refused line of whoever says to be `name`."""
    told = {"subject": visible(subject[:_LONGEST]), "outcome": "refused", "address": address}
    with store.entry(actor=name if known(store, name) else UNKNOWN, action=action, **told, **detail):
        pass


def known(store: Store, name: str) -> bool:
    """Whether that is the name of somebody on record."""
    return name in set(store.ask("people")["name"])
