"""Who may do what: people, roles, and the one table that both navigation and workflow ask."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import polars as pl

__all__ = ["Action", "Forbidden", "Role", "User", "demand", "demand_standing", "find", "may"]


class Role(StrEnum):
    LEADER = "leader"
    STATISTICIAN = "statistician"
    REVIEWER = "reviewer"
    PUBLISHER = "publisher"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    OPERATOR = "operator"  # whoever holds the terminal of a store that has no accounts yet


class Action(StrEnum):
    READ = "read"
    SUBMIT = "submit"
    ANNOTATE = "annotate"
    DECIDE = "decide"
    RELEASE = "release"
    REMIND = "remind"
    WAIVE = "waive"
    IMPORT = "import"
    ADMINISTER = "administer"
    AUDIT = "audit"


# what a statistician does for their own organisation alone
_OWN = {Action.SUBMIT, Action.ANNOTATE}

# leaders read and nothing else (统计法 第七条); 三员分立: whoever administers accounts neither submits, decides nor
# audits, and whoever audits does nothing else
_MAY = {
    Role.LEADER: {Action.READ},
    Role.STATISTICIAN: {Action.READ, *_OWN},
    Role.REVIEWER: {Action.READ, Action.DECIDE, Action.REMIND, Action.WAIVE},
    Role.PUBLISHER: {Action.READ, Action.RELEASE, Action.REMIND, Action.WAIVE},
    Role.ADMINISTRATOR: {Action.READ, Action.IMPORT, Action.ADMINISTER},
    Role.AUDITOR: {Action.READ, Action.AUDIT},
    Role.OPERATOR: set(Action),
}


class Forbidden(Exception):
    """An act that its actor may not do; the message says why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class User:
    """Someone who acts, with the role in force now. `organisation` is the scope of what they may send."""

    name: str
    role: Role
    organisation: str = ""


def may(user: User, action: Action, *, organisation: str | None = None) -> bool:
    """Whether `user` may do `action`, for `organisation` (an id) where one is named.

    Everyone reads everything internal; a statistician submits and notes for their own organisation alone.
    """
    if action not in _MAY[user.role]:
        return False
    if organisation is None or action not in _OWN or user.role is not Role.STATISTICIAN:
        return True
    return bool(organisation) and organisation == user.organisation


def demand(user: User, action: Action, *, organisation: str | None = None) -> None:
    """Raise Forbidden unless `user` may do `action`, for `organisation` where one is named."""
    if not may(user, action):
        raise Forbidden(f"{user.name}({user.role})无权执行 {action}", f"{user.name} ({user.role}) may not {action}")
    if not may(user, action, organisation=organisation):
        own = user.organisation
        raise Forbidden(
            f"{user.name}只能为本单位({own or '未登记'})执行 {action},不能为 {organisation}",
            f"{user.name} may {action} for {own or 'their own organisation'} only, not for {organisation}",
        )


def demand_standing(user: User, people: pl.DataFrame) -> None:
    """Raise Forbidden where someone on record no longer stands as they did when they asked.

    Asked where an act is written, by the store's `people`: judging a file takes its time, and a role may end in it.
    """
    now = people.filter(pl.col("name") == user.name).rows(named=True)
    if now and not (now[0]["active"] and (now[0]["role"], now[0]["organisation"]) == (user.role, user.organisation)):
        raise Forbidden("您的账号或身份刚刚改变,没有办理", "your account or role has just changed: nothing was done")


def find(name: str, people: pl.DataFrame) -> User:
    """The person of that name in the store's `people`.

    While a store has nobody on record, whoever holds its terminal acts under the name they give; what one name
    submitted it still cannot approve. Raises Forbidden for an unknown or locked name once people are on record.
    """
    if not name.strip():
        raise Forbidden("请用 --as 说明是谁", "say who acts, with --as")
    if people.is_empty():
        return User(name, Role.OPERATOR)
    row = people.filter(pl.col("name") == name)
    if row.is_empty():
        known = ", ".join(people["name"])
        raise Forbidden(f"没有用户“{name}”;已登记:{known}", f"there is no user “{name}”; known are: {known}")
    person = row.row(0, named=True)
    if not person["active"]:
        raise Forbidden(f"用户“{name}”已停用", f"user “{name}” is locked")
    return User(person["name"], Role(person["role"]), person["organisation"])
