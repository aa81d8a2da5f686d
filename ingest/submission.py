"""The course of a submission: its states, the one table of which decision may follow which, and who may take it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from ingest.people import Action, Forbidden, User, demand

__all__ = [
    "AGAIN",
    "SIGNERS",
    "UNSIGNED",
    "Decision",
    "Refused",
    "Signers",
    "State",
    "Unclean",
    "may_decide",
    "sign",
    "state_of",
]


class State(StrEnum):
    """Where a return stands. Only what waits, is approved, released or archived brings figures."""

    NOT_SENT = "not_sent"  # 未填报
    DRAFT = "draft"  # 草稿
    WAITING = "waiting"  # 已上报
    RETURNED = "returned"  # 退回修改
    APPROVED = "approved"  # 审核通过
    RELEASED = "released"  # 已发布
    ARCHIVED = "archived"  # 归档
    WITHDRAWN = "withdrawn"  # 已撤回
    VOIDED = "voided"  # 已作废

    def called(self, language: str = "zh") -> str:
        """The word for it in `zh` or `en`."""
        return _CALLED[self][language != "zh"]


_CALLED: Mapping[State, tuple[str, str]] = {
    State.NOT_SENT: ("未填报", "not sent"),
    State.DRAFT: ("草稿", "draft"),
    State.WAITING: ("已上报", "waiting for review"),
    State.RETURNED: ("退回修改", "sent back"),
    State.APPROVED: ("审核通过", "approved"),
    State.RELEASED: ("已发布", "released"),
    State.ARCHIVED: ("已归档", "archived"),
    State.WITHDRAWN: ("已撤回", "withdrawn"),
    State.VOIDED: ("已作废", "voided"),
}


class Decision(StrEnum):
    APPROVE = "approve"
    RETURN = "return"
    WITHDRAW = "withdraw"
    VOID = "void"
    ARCHIVE = "archive"


AGAIN = (Decision.RETURN, Decision.WITHDRAW, Decision.VOID)  # after these the same file may be sent again


class Unclean(StrEnum):
    """Why a submission is not approved together with others and wants a look of its own."""

    NOT_FOUND = "not_found"
    NOT_WAITING = "not_waiting"
    OWN = "own"  # the reviewer sent it
    EXPLAINED = "explained"  # its sender had something to explain
    REPLACES = "replaces"  # it replaces an approved figure


class Refused(Exception):
    """An act that the rules of the course forbid; the message says why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


# -- who signed ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signers:
    """Who signed a return by name: 填报人, 统计负责人, 单位负责人; '' where nobody did. `reported_on`: 报出日期."""

    filled_by: str = ""
    statistics_head: str = ""
    organisation_head: str = ""
    reported_on: date | None = None

    def __or__(self, other: Signers) -> Signers:
        """These names, and the other's where one is missing."""
        return Signers(
            self.filled_by or other.filled_by,
            self.statistics_head or other.statistics_head,
            self.organisation_head or other.organisation_head,
            self.reported_on or other.reported_on,
        )


UNSIGNED = Signers()
_LONGEST_NAME = 50
_SIGNS_AS = {
    "filled_by": ("填报人", "preparer"),
    "statistics_head": ("统计负责人", "head of statistics"),
    "organisation_head": ("单位负责人", "head of the organisation"),
}
SIGNERS = tuple(_SIGNS_AS)


def sign(given: Signers, *, on_form: bool, sender: str) -> Signers:
    """The names as they are kept: spaces as one, none around. Raises Refused for what is no name.

    On a form all three must be there; on another file whoever sends it has filled it in where nobody is named.
    """
    names = {field: _name(field, getattr(given, field)) for field in SIGNERS}
    missing = [_SIGNS_AS[field] for field, name in names.items() if not name]
    if on_form and missing:
        raise Refused(
            f"缺少{'、'.join(zh for zh, _ in missing)}的签名,请填写姓名后再报送",
            f"the return is not signed by its {', '.join(en for _, en in missing)}: name them before sending",
        )
    return replace(
        given,
        filled_by=names["filled_by"] or sender,
        statistics_head=names["statistics_head"],
        organisation_head=names["organisation_head"],
    )


def _name(field: str, text: str) -> str:
    zh, en = _SIGNS_AS[field]
    plain = text.strip()
    if any(not sign.isprintable() and unicodedata.category(sign) != "Zs" for sign in plain):
        raise Refused(f"{zh}的姓名含有不可见字符,请重新输入", f"the name of the {en} holds invisible characters")
    name = " ".join(plain.split())
    if len(name) > _LONGEST_NAME:
        raise Refused(
            f"{zh}的姓名超过 {_LONGEST_NAME} 个字符", f"the name of the {en} is longer than {_LONGEST_NAME} characters"
        )
    return name


# -- what may follow -------------------------------------------------------------------------------------------


def state_of(decision: str, released: bool) -> State:
    """The state of a submission from its latest decision ('' while it waits)."""
    if decision == Decision.ARCHIVE:
        return State.ARCHIVED
    return State.RELEASED if released else _AFTER[decision]


_AFTER: Mapping[str, State] = {
    "": State.WAITING,
    Decision.APPROVE: State.APPROVED,
    Decision.RETURN: State.RETURNED,
    Decision.WITHDRAW: State.WITHDRAWN,
    Decision.VOID: State.VOIDED,
}


@dataclass(frozen=True, slots=True)
class _Step:
    """When a decision may be taken and by whom. `own`: by the sender alone (True), by anyone else (False), by all."""

    follows: State
    right: Action
    own: bool | None
    reason: bool
    zh: str
    en: str  # what becomes of the submission
    act: str = ""  # and what is done, where it needs a reason


_COURSE: Mapping[Decision, _Step] = {
    Decision.APPROVE: _Step(State.WAITING, Action.DECIDE, False, False, "审核", "decided"),
    Decision.RETURN: _Step(State.WAITING, Action.DECIDE, False, True, "退回", "decided", "sending back"),
    Decision.WITHDRAW: _Step(State.WAITING, Action.SUBMIT, True, False, "撤回", "withdrawn"),
    Decision.VOID: _Step(State.APPROVED, Action.DECIDE, False, True, "作废", "voided", "voiding"),
    Decision.ARCHIVE: _Step(State.RELEASED, Action.RELEASE, None, False, "归档", "archived"),
}


def may_decide(user: User, *, submitted_by: str, state: State, decision: Decision, reason: str) -> None:
    """Raise Forbidden or Refused unless `user` may take this decision on a submission in this state."""
    step = _COURSE[decision]
    demand(user, step.right)
    if step.own is False and user.name == submitted_by:
        raise Forbidden("报送人不能审核自己报送的数据", "whoever submitted cannot decide on the same figures")
    if step.own is True and user.name != submitted_by:
        raise Forbidden("只有报送人可以撤回自己的报送", "only whoever submitted may withdraw it")
    if state is not step.follows:
        if step.follows is State.WAITING:
            raise Refused(
                f"该报送已是“{state.called()}”,不能再{step.zh}",
                f"this submission is already {state}; it cannot be {step.en}",
            )
        raise Refused(
            f"该报送现为“{state.called()}”,只有“{step.follows.called()}”的才能{step.zh}",
            f"this submission is {state.called('en')}; only one that is {step.follows} can be {step.en}",
        )
    if step.reason and not reason.strip():
        raise Refused(f"{step.zh}须说明原因", f"{step.act} needs a reason")
