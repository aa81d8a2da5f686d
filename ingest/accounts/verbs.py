"""What the terminal may ask about accounts: who may act, signing in and out, one's own password."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from ingest.accounts import signing_in
from ingest.accounts.accounts import accounts, change, invite, lock, reset, unlock
from ingest.accounts.codes import HOLDS
from ingest.accounts.proof import Proof
from ingest.accounts.sessions import ABSOLUTE, Means, Session
from ingest.accounts.signing_in import NotSignedIn, Weak
from ingest.people import Action, Role, User, demand, find
from ingest.place import Place, Reply
from ingest.printed import office_time
from ingest.submission import Refused

__all__ = ["PROVING", "unproved", "user"]

_TERMINAL = User("terminal", Role.OPERATOR)  # whoever holds it, before anybody rules the store


def unproved(place: Place, name: str, proof: Proof | None) -> Reply | None:
    """Why `name` may not act yet; None once it is proved, and while nobody can prove anything."""
    if place.store.kind == "demo" or not place.store.ask("have_accounts")["have"].item():
        return None
    if proof is None:
        return _prove(place, name, "请证明您是", "prove that you are")
    if proof.token:
        return (
            None
            if _session(place, name, proof)
            else _prove(place, name, "登录已失效,请重新证明您是", "signed out: prove that you are")
        )
    try:
        signing_in.prove(place, name=name, password=proof.secret)
    except NotSignedIn as error:
        return Reply.refused(error.zh, error.en)
    return None


def _prove(place: Place, name: str, zh: str, en: str) -> Reply:
    return Reply.refused(
        f"{zh}“{name}”:先运行 zhibiao login --as {name},或在终端里输入密码;"
        f"还没有密码的,用 zhibiao password --as {name} 兑换一次性代码",
        f"{en} “{name}”: run zhibiao login --as {name}, or type the password at a terminal; "
        f"without one yet, zhibiao password --as {name} takes the one-time code",
        prove={"store": place.store.id, "name": name},
    )


def _session(place: Place, name: str, proof: Proof) -> Session | None:
    """The session that `zhibiao login` began for a name."""
    session = place.sessions.of(proof.token)
    return session if session and session.user.name == name and session.means is Means.TERMINAL else None


# -- one's own ---------------------------------------------------------------------------------------------


def _login(place: Place, given: Mapping[str, Any], proof: Proof) -> Reply:
    token = signing_in.sign_in(place, name=given["name"], password=proof.secret, address="", means=Means.TERMINAL)
    return _signed_in(place, given["name"], token)


def _password(place: Place, given: Mapping[str, Any], proof: Proof) -> Reply:
    """Redeem a one-time code, or put a new password in the old one's place."""
    name, secret, here = given["name"], proof.secret, Means.TERMINAL
    states = {row["name"]: row["state"] for row in accounts(place.store).iter_rows(named=True)}
    if states.get(name, "").startswith("code"):
        token = signing_in.redeem(place, name=name, code=secret, password=proof.new, address="", means=here)
    else:
        token = signing_in.replace_password(place, name=name, old=secret, new=proof.new, address="", means=here)
    return _signed_in(place, name, token)


def _signed_in(place: Place, name: str, token: str) -> Reply:
    until = office_time(datetime.now(UTC).replace(tzinfo=None) + ABSOLUTE, place.settings.timezone)
    return Reply(0, {"name": name, "until": until, "store": place.store.id, "token": token})


def _logout(place: Place, given: Mapping[str, Any], proof: Proof) -> Reply:
    if session := _session(place, given["name"], proof):
        place.sessions.end(session)
    elif not proof.token:
        return _prove(place, given["name"], "请证明您是", "prove that you are")
    return Reply(0, {"name": given["name"], "store": place.store.id})


def _carried(
    act: Callable[[Place, Mapping[str, Any], Proof], Reply],
) -> Callable[[Place, Mapping[str, Any], Proof | None], Reply]:
    def carried(place: Place, given: Mapping[str, Any], proof: Proof | None) -> Reply:
        try:
            return act(place, given, proof or Proof())
        except (NotSignedIn, Weak) as error:
            return Reply.refused(error.zh, error.en)

    return carried


PROVING: Mapping[str, Callable[[Place, Mapping[str, Any], Proof | None], Reply]] = {
    "login": _carried(_login),
    "logout": _carried(_logout),
    "password": _carried(_password),
}


# -- the administrator's -----------------------------------------------------------------------------------


def user(place: Place, given: Mapping[str, Any]) -> Reply:
    """`zhibiao user list|add|role|lock|unlock|reset`."""
    verb, name = given["verb"], given.get("name") or ""
    by = _ruler(place, given)
    if verb == "list":
        demand(by, Action.ADMINISTER)
        return Reply(0, [_row(place, row) for row in accounts(place.store).iter_rows(named=True)])
    if not name:
        raise Refused("请写明姓名", "say whose account it is")
    told: dict[str, Any] = {}
    match verb:
        case "add":
            role = Role(given.get("role") or Role.STATISTICIAN)
            told["code"] = invite(
                place.store, name=name, role=role, organisation=given.get("organisation") or "", by=by
            )
        case "reset":
            told["code"] = reset(place.store, name=name, by=by)
        case "lock":
            lock(place.store, name=name, by=by)
        case "unlock":
            unlock(place.store, name=name, by=by)
        case _:
            _change(place, given, name=name, by=by)
    row = next(row for row in accounts(place.store).iter_rows(named=True) if row["name"] == name)
    if told:
        told["hours"] = int(HOLDS.total_seconds() // 3600)
    return Reply(0, {**_row(place, row), **told})


def _change(place: Place, given: Mapping[str, Any], *, name: str, by: User) -> None:
    """Another role or organisation; what is not named stays."""
    before = {row["name"]: row for row in place.store.ask("people").iter_rows(named=True)}.get(name)
    if before is None:
        raise Refused(f"没有用户“{name}”", f"there is no user “{name}”")
    role = Role(given.get("role") or before["role"])
    organisation = before["organisation"] if given.get("organisation") is None else given["organisation"]
    change(place.store, name=name, role=role, organisation=organisation, by=by)


def _row(place: Place, row: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: row[name] for name in ("name", "role", "organisation", "active", "state")}
    for name in ("code_until", "last_sign_in"):
        told[name] = office_time(row[name], place.settings.timezone) if row[name] else None
    return told


def _ruler(place: Place, given: Mapping[str, Any]) -> User:
    """Who administers: the one named, or whoever holds the terminal while nobody else can."""
    named = given.get("user") or ""
    if not named and _nobody_rules(place, given):
        return _TERMINAL
    return find(named, place.store.ask("people"))


def _nobody_rules(place: Place, given: Mapping[str, Any]) -> bool:
    """Whether no administrator could do this: then the terminal makes one, and in a store without accounts anyone."""
    everyone = accounts(place.store)
    ruling = everyone.filter(pl.col("active") & (pl.col("role") == Role.ADMINISTRATOR.value))
    # who signs in elsewhere is able while that is set up, and a lost provider does not lock the office out
    means = ["password", "code", *(["oidc"] if place.settings.oidc else [])]
    able = pl.col("state").is_in(means) | ((pl.col("state") == "none") & pl.col("last_sign_in").is_not_null())
    if not ruling.filter(able).is_empty():
        return False
    if ruling.is_empty() and not place.store.ask("have_accounts")["have"].item():
        return True
    if given["verb"] == "add":
        return bool(given.get("role") == Role.ADMINISTRATOR.value)
    administrators = everyone.filter(pl.col("role") == Role.ADMINISTRATOR.value)["name"]
    return given["verb"] in ("reset", "unlock") and given.get("name") in set(administrators)
