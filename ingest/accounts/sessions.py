"""Sessions: who signed in, for how long, and what ends it. The token is known to its bearer alone."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from indicators.store import Store
from ingest.people import Role, User

__all__ = ["ABSOLUTE", "IDLE", "Means", "Session", "Sessions"]

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)


class Means(StrEnum):
    """How someone proved who they are."""

    PASSWORD = "password"
    OIDC = "oidc"
    TERMINAL = "terminal"  # a password given to `zhibiao login`
    DEMO = "demo"  # a role button of the demonstration


@dataclass(frozen=True, slots=True)
class Session:
    """A session in force. `id` is the SHA-256 of its token, hex; `user` as they stand now."""

    id: str
    user: User
    means: Means
    began: datetime


def _utc() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


class Sessions:
    """The sessions of a store; one for each process that serves it.

    Rows say who signed in and out; when a session was last used is kept in memory, so after a restart only those
    begun within the last half hour live on.
    """

    def __init__(self, store: Store, *, now: Callable[[], datetime] = _utc) -> None:
        self._store, self._now = store, now
        self._seen: dict[str, datetime] = {}
        self._read: dict[str, Mapping[str, Any] | None] = {}
        self._known: frozenset[str] | None = None
        self._read_at = 0
        self._lock = threading.Lock()

    def begin(self, name: str, *, means: Means, address: str = "", replaces: str = "") -> str:
        """A new session's token (256 bits, URL-safe), told once; `replaces` is the id of one that ends with it."""
        token = secrets.token_urlsafe(32)
        made = {"session": _id(token), "name": name, "means": means.value, "address": address}
        made["expires_at"] = self._now() + ABSOLUTE  # type: ignore[assignment]
        with self._store.entry(actor=name, action="sign_in", subject=name, address=address, means=means.value) as entry:
            entry.add("sign_in", [made])
            if replaces:
                entry.add("sign_out", [{"session": replaces, "name": name, "reason": "replaced"}])
        with self._lock:
            self._seen[made["session"]] = self._now()
        return token

    def of(self, token: str, *, used: bool = True) -> Session | None:
        """The session of a token, None where it is over; `used` keeps it from growing idle."""
        return self.named(_id(token), used=used) if 0 < len(token) < 200 else None

    def named(self, session: str, *, used: bool = False) -> Session | None:
        """The session of that id, None where it is over. What ends it ends it at once."""
        now = self._now()
        row = self._row(session)
        if row is None or row["expires_at"] <= now:
            return None
        with self._lock:
            seen = self._seen.get(session, row["recorded_at"])
            if now - seen > IDLE:
                return None
            if used:
                self._seen[session] = now
        user = User(row["name"], Role(row["role"]), row["organisation"])
        return Session(session, user, Means(row["means"]), row["recorded_at"])

    def _row(self, session: str) -> Mapping[str, Any] | None:
        """What the store says of a session now; read again once anything was written of accounts."""
        written = self._store.written("person", "credential", "sign_in", "sign_out")
        with self._lock:
            if written != self._read_at or self._known is None:
                self._read, self._read_at = {}, written
                self._known = frozenset(self._store.ask("sessions")["session"])
                self._seen = {known: seen for known, seen in self._seen.items() if known in self._known}
            if session not in self._known:  # whatever a stranger makes up never asks the store
                return None
            if session in self._read:
                return self._read[session]
            read = self._read
        found = self._store.ask("session", session=session)
        row = None if found.is_empty() else found.row(0, named=True)
        read[session] = row  # thrown away with `read` if something was written meanwhile
        return row

    def end(self, session: Session, *, address: str = "") -> None:
        """Sign out."""
        name = session.user.name
        with self._store.entry(actor=name, action="sign_out", subject=name, address=address) as entry:
            entry.add("sign_out", [{"session": session.id, "name": name, "reason": "signed_out"}])
        with self._lock:
            self._seen.pop(session.id, None)

    def end_all(self, name: str, *, by: User, address: str = "") -> None:
        """End every session that `name` has."""
        with self._store.entry(actor=by.name, action="end_sessions", subject=name, address=address) as entry:
            entry.add("sign_out", [{"session": "", "name": name, "reason": "ended"}])


def _id(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
