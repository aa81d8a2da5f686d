"""Accounts as the administrator sees and changes them. Nobody but their owner ever learns a password."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from indicators.store import Entry, Store
from ingest.accounts import codes, names
from ingest.people import Action, Forbidden, Role, User, demand, demand_standing
from ingest.submission import Refused

__all__ = ["accounts", "change", "demand_other", "invite", "lock", "reset", "unlock"]


def accounts(store: Store) -> pl.DataFrame:
    """Everyone: name, role, organisation, active, state, code_until, last_sign_in.

    `state`: password, oidc, code, code_expired or none. Times are UTC, naive.
    """
    return store.ask("accounts", now=_now())


def invite(store: Store, *, name: str, role: Role, organisation: str, by: User, address: str = "") -> str:
    """A new account; its one-time code, told once. Raises Forbidden, or Refused for what cannot be an account."""
    demand(by, Action.ADMINISTER)
    _demand_name(name)
    _demand_fitting(store, role, organisation)
    code = codes.made()
    detail = {"role": role.value, "organisation": organisation}
    with store.entry(actor=by.name, action="invite", subject=name, address=address, **detail) as entry:
        demand_standing(by, store.ask("people"))
        if (same := _alike(store, name)) is not None:
            raise Refused(
                f"已有账号“{same}”;请改用修改角色、启用或重置",
                f"there is an account “{same}” already: change its role, unlock or reset it",
            )
        _stand(entry, {"name": name, "role": role.value, "organisation": organisation, "active": True})
        _hand_out(entry, name, code)
    return code


def change(store: Store, *, name: str, role: Role, organisation: str, by: User, address: str = "") -> None:
    """Another role or organisation, in force with the next message. Raises Forbidden or Refused."""
    demand(by, Action.ADMINISTER)
    demand_other(by, name)
    _demand_fitting(store, role, organisation)
    detail = {"role": role.value, "organisation": organisation}
    with store.entry(actor=by.name, action="change", subject=name, address=address, **detail) as entry:
        demand_standing(by, store.ask("people"))
        person = _person(store, name)
        if store.ask("credentials", name=name)["kind"].to_list() == ["oidc"]:
            raise Refused(
                f"“{name}”的身份由单位统一身份给出,请在设置 oidc.grants 中修改;要立即停止其使用,请停用账号",
                f"the role of “{name}” is the identity provider's: change it under oidc.grants in the settings; "
                "to stop them at once, lock the account",
            )
        if role is not Role.ADMINISTRATOR:
            _demand_another_administrator(store, person)
        _stand(entry, {**person, **detail})


def lock(store: Store, *, name: str, by: User, address: str = "") -> None:
    """End an account's sessions and let it begin none. Raises Forbidden or Refused."""
    demand(by, Action.ADMINISTER)
    demand_other(by, name)
    with store.entry(actor=by.name, action="lock", subject=name, address=address) as entry:
        demand_standing(by, store.ask("people"))
        person = _person(store, name)
        _demand_another_administrator(store, person)
        _stand(entry, {**person, "active": False})


def unlock(store: Store, *, name: str, by: User, address: str = "") -> None:
    """Let a locked account sign in again, with the password it had. Raises Forbidden or Refused."""
    demand(by, Action.ADMINISTER)
    demand_other(by, name)
    with store.entry(actor=by.name, action="unlock", subject=name, address=address) as entry:
        demand_standing(by, store.ask("people"))
        _stand(entry, {**_person(store, name), "active": True})


def reset(store: Store, *, name: str, by: User, address: str = "") -> str:
    """A new one-time code, told once; password and sessions end. Raises Forbidden or Refused."""
    demand(by, Action.ADMINISTER)
    demand_other(by, name)
    code = codes.made()
    with store.entry(actor=by.name, action="reset", subject=name, address=address) as entry:
        demand_standing(by, store.ask("people"))
        _person(store, name)
        _hand_out(entry, name, code)
    return code


def demand_other(by: User, name: str) -> None:
    """Raise Forbidden where someone would change their own account: 三员分立, and nobody locks themself out."""
    if by.name == name:
        raise Forbidden(
            "不能修改、停用或重置自己的账号,请由另一位管理员办理;修改密码请用“修改密码”",
            "nobody changes, locks or resets their own account: another administrator does; "
            "one's password is changed by oneself, with the old one",
        )


# -- what may be an account --------------------------------------------------------------------------------


def _demand_name(name: str) -> None:
    if names.reserved(name):
        raise Refused(f"“{name}”是系统用名,请换一个", f"the program calls itself “{name}”: take another name")
    if not names.fits(name):
        raise Refused(
            f"姓名须为 1 至 {names.LONGEST} 个可见字符,首尾无空格,不用全角字母或不可见字符,"
            "不混用形似的不同字母,不以“-”开头",
            f"a name has 1 to {names.LONGEST} visible characters, no space at either end, none of full width, "
            "no letters of several scripts that look alike, and does not begin with “-”",
        )


def _demand_fitting(store: Store, role: Role, organisation: str) -> None:
    if role is Role.OPERATOR:
        raise Refused("操作员不是可以授予的角色", "operator is no role that anybody is given")
    if role is Role.STATISTICIAN and not organisation:
        raise Refused("填报人须注明所属单位", "a statistician belongs to an organisation: name it")
    known = store.catalogue().organisations
    if organisation and organisation not in known:
        raise Refused(
            f"没有单位“{organisation}”,请用单位代码", f"there is no organisation “{organisation}”: give its id"
        )


def _alike(store: Store, name: str) -> str | None:
    """A name on record that could be taken for this one."""
    return next((known for known in store.ask("people")["name"] if names.alike(known, name)), None)


def _person(store: Store, name: str) -> Mapping[str, Any]:
    """Someone's standing as a line of the table `person`."""
    found = store.ask("people").filter(pl.col("name") == name).drop("recorded_at")
    if found.is_empty():
        raise Refused(f"没有用户“{name}”", f"there is no user “{name}”")
    return found.row(0, named=True)


def _demand_another_administrator(store: Store, person: Mapping[str, Any]) -> None:
    """Refuse to lose the last one who may administer; asked inside the transaction."""
    ruling = store.ask("people").filter(pl.col("active") & (pl.col("role") == Role.ADMINISTRATOR.value))["name"]
    if ruling.to_list() == [person["name"]]:
        raise Refused(
            f"“{person['name']}”是唯一在用的管理员,请先增加另一位管理员",
            f"“{person['name']}” is the last active administrator: add another first",
        )


def _stand(entry: Entry, person: Mapping[str, Any]) -> None:
    entry.add("person", [person])


def _hand_out(entry: Entry, name: str, code: str) -> None:
    line = {"name": name, "kind": "code", "hash": codes.hashed(code), "expires_at": _now() + codes.HOLDS}
    entry.add("credential", [line])


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
