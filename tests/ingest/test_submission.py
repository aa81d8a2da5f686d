"""The course of a submission: which state follows which, and who may decide."""

from __future__ import annotations

import pytest

from ingest.people import Forbidden, Role, User
from ingest.submission import Decision, Refused, State, may_decide, state_of

LI = User("li", Role.REVIEWER)


@pytest.mark.parametrize(
    ("decision", "released", "state"),
    [
        ("", False, State.WAITING),
        ("approve", False, State.APPROVED),
        ("return", False, State.RETURNED),
        ("approve", True, State.RELEASED),
    ],
)
def test_a_state_follows_from_the_latest_decision(decision: str, released: bool, state: State) -> None:
    assert state_of(decision, released) is state


def decide(
    user: User = LI,
    decision: Decision = Decision.APPROVE,
    *,
    state: State = State.WAITING,
    submitted_by: str = "wang",
    reason: str = "",
) -> None:
    may_decide(user, submitted_by=submitted_by, state=state, decision=decision, reason=reason)


def test_a_reviewer_may_approve_or_send_back_with_a_reason() -> None:
    decide()
    decide(decision=Decision.RETURN, reason="第3行单位")
    decide(User("anyone", Role.OPERATOR))


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OPERATOR])
def test_whoever_submitted_cannot_decide(decision: Decision, role: Role) -> None:
    with pytest.raises(Forbidden, match="whoever submitted cannot decide"):
        decide(User("wang", role), decision, reason="x")


@pytest.mark.parametrize("role", set(Role) - {Role.REVIEWER, Role.OPERATOR})
def test_no_one_else_may_decide(role: Role) -> None:
    with pytest.raises(Forbidden, match="may not decide"):
        decide(User("li", role))


@pytest.mark.parametrize("state", set(State) - {State.WAITING})
@pytest.mark.parametrize("decision", Decision)
def test_a_decision_is_final(state: State, decision: Decision) -> None:
    with pytest.raises(Refused, match=f"already {state}; it cannot be decided"):
        decide(decision=decision, state=state, reason="x")


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_sending_back_needs_a_reason(reason: str) -> None:
    with pytest.raises(Refused, match="needs a reason") as refused:
        decide(decision=Decision.RETURN, reason=reason)
    assert refused.value.zh == "退回须说明原因"
