"""Accounts as an administrator handles them: invited, changed, locked, given a new one-time code."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta

import polars as pl

from indicators.store import Store
from ingest.people import Action, Role, User, demand
from ingest.submission import Refused

__all__ = ["accounts", "change", "invite", "lock", "reset", "unlock"]


def _standing(store: Store, name: str) -> dict[str, object] | None:
    found = store.ask("people").filter(pl.col("name") == name)
    return None if found.is_empty() else found.row(0, named=True)


def _known(store: Store, name: str) -> dict[str, object]:
    row = _standing(store, name)
    if row is None:
        raise Refused(f"没有用户“{name}”", f"there is no user “{name}”")
    return row


def _code(name: str) -> tuple[str, dict[str, object]]:
    code = "-".join(secrets.token_hex(2).upper() for _ in range(4))
    until = datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=72)
    return code, {
        "name": name,
        "kind": "code",
        "hash": hashlib.sha256(code.encode()).hexdigest(),
        "expires_at": until,
    }


def invite(store: Store, *, name: str, role: Role, organisation: str, by: User, address: str = "") -> str:
    demand(by, Action.ADMINISTER)
    if not name.strip():
        raise Refused("请写用户名", "give a name")
    if _standing(store, name) is not None:
        raise Refused(f"用户“{name}”已存在", f"user “{name}” exists already")
    code, line = _code(name)
    with store.entry(actor=by.name, action="invite", subject=name, address=address, role=role.value) as entry:
        entry.add("person", [{"name": name, "role": role.value, "organisation": organisation, "active": True}])
        entry.add("credential", [line])
    return code


def change(store: Store, *, name: str, role: Role, organisation: str, by: User, address: str = "") -> None:
    demand(by, Action.ADMINISTER)
    row = _known(store, name)
    with store.entry(actor=by.name, action="change", subject=name, address=address, role=role.value) as entry:
        line = {"name": name, "role": role.value, "organisation": organisation, "active": row["active"]}
        entry.add("person", [line])


def lock(store: Store, *, name: str, by: User, address: str = "") -> None:
    _set(store, name, by, address, active=False)


def unlock(store: Store, *, name: str, by: User, address: str = "") -> None:
    _set(store, name, by, address, active=True)


def _set(store: Store, name: str, by: User, address: str, *, active: bool) -> None:
    demand(by, Action.ADMINISTER)
    row = _known(store, name)
    action = "unlock" if active else "lock"
    with store.entry(actor=by.name, action=action, subject=name, address=address) as entry:
        line = {"name": name, "role": row["role"], "organisation": row["organisation"], "active": active}
        entry.add("person", [line])


def reset(store: Store, *, name: str, by: User, address: str = "") -> str:
    demand(by, Action.ADMINISTER)
    _known(store, name)
    code, line = _code(name)
    with store.entry(actor=by.name, action="reset", subject=name, address=address) as entry:
        entry.add("credential", [line])
    return code


def accounts(store: Store) -> pl.DataFrame:
    now = datetime.now(UTC).replace(tzinfo=None)
    signed = store.ask("ledger", most=1_000_000).filter(pl.col("action") == "sign_in")
    rows = []
    for person in store.ask("people").iter_rows(named=True):
        held = store.ask("credentials", name=person["name"])
        newest = held.row(0, named=True) if held.height else None
        state, until = "none", None
        if newest is not None and newest["kind"] == "password":
            state = "password"
        elif newest is not None:
            until = newest["expires_at"]
            state = "code" if until > now else "code_expired"
        last = signed.filter(pl.col("subject") == person["name"])["recorded_at"].max()
        told = {k: person[k] for k in ("name", "role", "organisation", "active")}
        rows.append({**told, "state": state, "code_until": until, "last_sign_in": last})
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "name": pl.String,
        "role": pl.String,
        "organisation": pl.String,
        "active": pl.Boolean,
        "state": pl.String,
        "code_until": pl.Datetime("us"),
        "last_sign_in": pl.Datetime("us"),
    }
    return pl.DataFrame(rows, schema=schema)
