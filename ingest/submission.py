"""The course of a submission: which state may follow which, and who may decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from ingest.people import Action, Forbidden, User, demand

__all__ = ["UNSIGNED", "Decision", "Refused", "Signers", "State", "may_decide", "state_of"]


class State(StrEnum):
    WAITING = "waiting"  # 已上报
    RETURNED = "returned"  # 退回修改
    APPROVED = "approved"  # 审核通过
    RELEASED = "released"  # 已发布


class Decision(StrEnum):
    APPROVE = "approve"
    RETURN = "return"


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


class Refused(Exception):
    """An act that the rules of the course forbid; the message says why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def state_of(decision: str, released: bool) -> State:
    """The state of a submission from its latest decision ('' while it waits)."""
    if released:
        return State.RELEASED
    return {"": State.WAITING, Decision.APPROVE: State.APPROVED, Decision.RETURN: State.RETURNED}[decision]


def may_decide(user: User, *, submitted_by: str, state: State, decision: Decision, reason: str) -> None:
    """Raise Forbidden or Refused unless `user` may take this decision on a submission in this state."""
    demand(user, Action.DECIDE)
    if user.name == submitted_by:
        raise Forbidden("报送人不能审核自己报送的数据", "whoever submitted cannot decide on the same figures")
    if state is not State.WAITING:
        raise Refused(f"该报送已是“{state}”,不能再审核", f"this submission is already {state}; it cannot be decided")
    if decision is Decision.RETURN and not reason.strip():
        raise Refused("退回须说明原因", "sending back needs a reason")
