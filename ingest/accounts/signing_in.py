"""Signing in: a name and what proves it become a session; every attempt is a line of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from indicators.store import Store
from ingest.accounts import audit, codes, passwords
from ingest.accounts.passwords import Weak
from ingest.accounts.sessions import Means, Session
from ingest.place import Place

__all__ = ["NotSignedIn", "TooOften", "Weak", "change_password", "prove", "redeem", "replace_password", "sign_in"]

_LONGEST_NAME = 200  # characters that anything is looked for under


class NotSignedIn(Exception):
    """Nobody is signed in. The same words for a wrong password as for an unknown name or a locked account."""

    zh = "用户名、密码或一次性代码不正确,或者账号目前不能登录。忘记密码、代码过期或账号停用,请找管理员。"
    en = (
        "The name, the password or the one-time code is not right, or the account cannot be used at present. "
        "Ask the administrator about a forgotten password, an expired code or a locked account."
    )

    def __str__(self) -> str:
        return self.en


class TooOften(NotSignedIn):
    """Too many failures: nothing is looked at for `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds
        minutes = -(-seconds // 60)
        self.zh = f"失败次数过多,请在 {minutes} 分钟后再试。"
        self.en = f"Too many failures: try again in {minutes} minute{'s' if minutes > 1 else ''}."


def sign_in(
    place: Place, *, name: str, password: str, address: str, replaces: str = "", means: Means = Means.PASSWORD
) -> str:
    """The token of a new session; the one with the id `replaces` ends. Raises NotSignedIn, TooOften."""
    credential = _verified(place, "sign_in", name=name, password=password, address=address)
    if passwords.is_outgrown(credential["hash"]):
        credential = _set(place, "rehash", name=name, password=password, address=address, instead_of=credential)
    return _begun(place, credential, means=means, address=address, replaces=replaces)


def redeem(place: Place, *, name: str, code: str, password: str, address: str, means: Means = Means.PASSWORD) -> str:
    """A one-time code becomes a password of one's own, and the token of a new session.

    Raises NotSignedIn, TooOften; Weak for the password, and the code still holds.
    """
    _attempt(place, "redeem", name, address)
    credential, why = _credential(place.store, name)
    if credential and credential["kind"] != "code":
        why = "no_code"
    elif credential and credential["expires_at"] <= datetime.now(UTC).replace(tzinfo=None):
        why = "code_expired"
    if credential is None or why or not codes.matches(code, credential["hash"]):
        raise _refusal(place.store, "redeem", name, address, why=why or "wrong_code")
    place.throttle.succeeded(name, address)
    passwords.demand_strong(password, name=name)
    credential = _set(place, "redeem", name=name, password=password, address=address, instead_of=credential)
    return _begun(place, credential, means=means, address=address)


def change_password(place: Place, session: Session, *, old: str, new: str, address: str) -> str:
    """The token of a new session with a new password; every other session of theirs ends.

    Raises NotSignedIn when `old` is not the password, TooOften, and Weak for `new`.
    """
    return replace_password(place, name=session.user.name, old=old, new=new, address=address, means=session.means)


def replace_password(place: Place, *, name: str, old: str, new: str, address: str, means: Means) -> str:
    """`change_password` of someone who is not signed in and proves it by the old one."""
    credential = _verified(place, "password", name=name, password=old, address=address)
    if new == old:
        raise Weak("新密码与原密码相同", "the new password is the old one")
    passwords.demand_strong(new, name=name)
    credential = _set(place, "password", name=name, password=new, address=address, instead_of=credential)
    return _begun(place, credential, means=means, address=address)


def prove(place: Place, *, name: str, password: str) -> None:
    """Prove who acts at the terminal, for this act alone. Raises NotSignedIn, TooOften."""
    _verified(place, "prove", name=name, password=password, address="")
    with place.store.entry(actor=name, action="prove", subject=name):
        pass


# -- what they share ---------------------------------------------------------------------------------------


def _attempt(place: Place, action: str, name: str, address: str) -> None:
    """Count an attempt. Raises TooOften when it is not to be looked at; of a block only the first is recorded."""
    if blocked := place.throttle.attempt(name, address):
        if blocked.first:
            _note(place.store, action, name, address, why="too_often")
        raise TooOften(blocked.seconds)


def _verified(place: Place, action: str, *, name: str, password: str, address: str) -> Mapping[str, Any]:
    """The credential of `name` whose password that is."""
    _attempt(place, action, name, address)
    credential, why = _credential(place.store, name)
    if credential and credential["kind"] != "password":
        why = "no_password"
    known = credential["hash"] if credential and not why else None
    if not passwords.matches(password, known) or credential is None:
        raise _refusal(place.store, action, name, address, why=why or "wrong_password")
    place.throttle.succeeded(name, address)
    return credential


def _credential(store: Store, name: str) -> tuple[Mapping[str, Any] | None, str]:
    """What proves someone now, or why nothing does."""
    person = store.ask("people").filter(pl.col("name") == name) if _is_name(name) else pl.DataFrame()
    if person.is_empty():
        return None, "unknown_name"
    if not person["active"].item():
        return None, "locked"
    found = store.ask("credentials", name=name)
    return (None, "no_password") if found.is_empty() else (found.row(0, named=True), "")


def _is_name(text: str) -> bool:
    """Whether a text could be anybody's name; of others the store is not even asked."""
    return 0 < len(text) <= _LONGEST_NAME and text.isprintable()


def _refusal(store: Store, action: str, name: str, address: str, *, why: str) -> NotSignedIn:
    _note(store, action, name, address, why=why)
    return NotSignedIn()


def _note(store: Store, action: str, name: str, address: str, *, why: str) -> None:
    told = name if _is_name(name) and audit.known(store, name) else audit.UNKNOWN
    audit.note(store, action=action, name=told, subject=told, address=address, why=why)


def _set(
    place: Place, action: str, *, name: str, password: str, address: str, instead_of: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Make a password the one that holds, unless something else was put in the old one's place meanwhile."""
    line = {"name": name, "kind": "password", "hash": passwords.hashed(password), "expires_at": None}
    with place.store.entry(actor=name, action=action, subject=name, address=address) as entry:
        now, _ = _credential(place.store, name)
        if now is None or now["entry"] != instead_of["entry"]:
            raise NotSignedIn
        entry.add("credential", pl.DataFrame([line], schema_overrides={"expires_at": pl.Datetime("us")}))
    return {**line, "entry": entry.number}


def _begun(place: Place, credential: Mapping[str, Any], *, means: Means, address: str, replaces: str = "") -> str:
    """A session, over at once if what proved it was replaced while it was being compared."""
    name = credential["name"]
    token = place.sessions.begin(name, means=means, address=address, replaces=replaces)
    now, _ = _credential(place.store, name)
    if now is None or now["entry"] != credential["entry"]:
        if session := place.sessions.of(token):
            place.sessions.end(session, address=address)
        raise NotSignedIn
    return token
