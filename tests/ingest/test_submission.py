"""The course of a submission: which state follows which, who may take it there, and how a return is signed."""

from __future__ import annotations

import pytest

from ingest.people import Forbidden, Role, User
from ingest.submission import AGAIN, UNSIGNED, Decision, Refused, Signers, State, may_decide, sign, state_of

LI = User("li", Role.REVIEWER)
# who is right for a decision on what wang sent
RIGHT = {
    Decision.APPROVE: LI,
    Decision.RETURN: LI,
    Decision.WITHDRAW: User("wang", Role.STATISTICIAN),
    Decision.VOID: LI,
    Decision.ARCHIVE: User("zhao", Role.PUBLISHER),
}
FOLLOWS = {
    Decision.APPROVE: State.WAITING,
    Decision.RETURN: State.WAITING,
    Decision.WITHDRAW: State.WAITING,
    Decision.VOID: State.APPROVED,
    Decision.ARCHIVE: State.RELEASED,
}
REVIEWS = [Decision.APPROVE, Decision.RETURN]


@pytest.mark.parametrize(
    ("decision", "released", "state"),
    [
        ("", False, State.WAITING),
        ("approve", False, State.APPROVED),
        ("return", False, State.RETURNED),
        ("approve", True, State.RELEASED),
        ("archive", True, State.ARCHIVED),
        ("withdraw", False, State.WITHDRAWN),
        ("void", False, State.VOIDED),
    ],
)
def test_a_state_follows_from_the_latest_decision(decision: str, released: bool, state: State) -> None:
    assert state_of(decision, released) is state


def test_every_state_has_its_word_in_both_languages() -> None:
    assert [state.called() for state in State] == [
        *("未填报", "草稿", "已上报", "退回修改", "审核通过", "已发布", "已归档", "已撤回", "已作废")
    ]
    assert len({state.called("en") for state in State}) == len(State)


def decide(
    user: User | None = None,
    decision: Decision = Decision.APPROVE,
    *,
    state: State | None = None,
    submitted_by: str = "wang",
    reason: str = "",
) -> None:
    standing = state or FOLLOWS[decision]
    may_decide(user or RIGHT[decision], submitted_by=submitted_by, state=standing, decision=decision, reason=reason)


@pytest.mark.parametrize("decision", Decision)
def test_each_decision_follows_one_state_and_is_taken_by_whoever_it_belongs_to(decision: Decision) -> None:
    decide(decision=decision, reason="第3行单位")
    decide(User(RIGHT[decision].name, Role.OPERATOR), decision, reason="第3行单位")


@pytest.mark.parametrize("decision", [*REVIEWS, Decision.VOID])
@pytest.mark.parametrize("role", [Role.REVIEWER, Role.OPERATOR])
def test_whoever_submitted_cannot_decide(decision: Decision, role: Role) -> None:
    with pytest.raises(Forbidden, match="whoever submitted cannot decide"):
        decide(User("wang", role), decision, reason="x")


@pytest.mark.parametrize("role", [Role.STATISTICIAN, Role.OPERATOR])
def test_only_whoever_submitted_takes_it_back(role: Role) -> None:
    with pytest.raises(Forbidden, match="only whoever submitted may withdraw") as refused:
        decide(User("zhou", role), Decision.WITHDRAW)
    assert refused.value.zh == "只有报送人可以撤回自己的报送"


@pytest.mark.parametrize("decision", Decision)
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OPERATOR}))
def test_no_one_else_may_decide(decision: Decision, role: Role) -> None:
    user = User(RIGHT[decision].name, role)
    if role is RIGHT[decision].role:
        decide(user, decision, reason="x")
        return
    with pytest.raises(Forbidden, match=r"may not (decide|submit|release)"):
        decide(user, decision, reason="x")


@pytest.mark.parametrize("state", sorted(set(State) - {State.WAITING}))
@pytest.mark.parametrize("decision", REVIEWS)
def test_a_decision_is_final(state: State, decision: Decision) -> None:
    with pytest.raises(Refused, match=f"already {state}; it cannot be decided") as refused:
        decide(decision=decision, state=state, reason="x")
    assert f"该报送已是“{state.called()}”" in refused.value.zh


@pytest.mark.parametrize("state", sorted(set(State) - {State.WAITING}))
def test_what_was_decided_on_is_not_taken_back(state: State) -> None:
    with pytest.raises(Refused, match=f"already {state}; it cannot be withdrawn"):
        decide(decision=Decision.WITHDRAW, state=state)


@pytest.mark.parametrize("state", sorted(set(State) - {State.APPROVED}))
def test_only_what_is_approved_and_not_released_is_voided(state: State) -> None:
    with pytest.raises(Refused, match="only one that is approved can be voided") as refused:
        decide(decision=Decision.VOID, state=state, reason="x")
    assert refused.value.zh == f"该报送现为“{state.called()}”,只有“审核通过”的才能作废"


@pytest.mark.parametrize("state", sorted(set(State) - {State.RELEASED}))
def test_only_what_is_released_is_archived(state: State) -> None:
    with pytest.raises(Refused, match="only one that is released can be archived"):
        decide(decision=Decision.ARCHIVE, state=state)


@pytest.mark.parametrize("reason", ["", "  ", "\n"])
@pytest.mark.parametrize(
    ("decision", "zh", "en"),
    [
        (Decision.RETURN, "退回须说明原因", "sending back needs a reason"),
        (Decision.VOID, "作废须说明原因", "voiding needs a reason"),
    ],
)
def test_sending_back_and_voiding_need_a_reason(reason: str, decision: Decision, zh: str, en: str) -> None:
    with pytest.raises(Refused, match=en) as refused:
        decide(decision=decision, reason=reason)
    assert refused.value.zh == zh


def test_after_three_decisions_the_same_file_may_come_again() -> None:
    assert set(AGAIN) == {Decision.RETURN, Decision.WITHDRAW, Decision.VOID}


# -- who signs -------------------------------------------------------------------------------------------------

SIGNED = Signers("张三", "李四", "王五")


def test_a_file_that_is_no_form_is_filled_in_by_its_sender() -> None:
    assert sign(UNSIGNED, on_form=False, sender="wang") == Signers("wang")
    assert sign(Signers("张三", "", "王五"), on_form=False, sender="wang") == Signers("张三", "", "王五")


def test_a_form_is_signed_by_all_three() -> None:
    assert sign(SIGNED, on_form=True, sender="wang") == SIGNED


@pytest.mark.parametrize(
    ("signers", "zh", "en"),
    [
        (UNSIGNED, "填报人、统计负责人、单位负责人", "preparer, head of statistics, head of the organisation"),
        (Signers("张三", " ", "王五"), "统计负责人", "head of statistics"),
        (Signers("", "李四", "王五"), "填报人", "preparer"),
    ],
)
def test_a_form_that_lacks_a_name_says_whose(signers: Signers, zh: str, en: str) -> None:
    with pytest.raises(Refused) as refused:
        sign(signers, on_form=True, sender="wang")
    assert refused.value.zh == f"缺少{zh}的签名,请填写姓名后再报送"
    assert refused.value.en == f"the return is not signed by its {en}: name them before sending"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("  张三\n", "张三"),
        ("张\u3000三", "张 三"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("Anna  van\u00a0Dijk", "Anna van Dijk"),
        ("名" * 50, "名" * 50),
    ],
    ids=ascii,
)
def test_a_name_is_kept_without_spare_spaces(name: str, kept: str) -> None:
    assert sign(Signers(name), on_form=False, sender="wang").filled_by == kept


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("名" * 51, "填报人的姓名超过 50 个字符"),
        ("张\u202e三", "不可见字符"),
        ("张\x07三", "不可见字符"),
        ("张\n三", "不可见字符"),
        ("张\ud800", "不可见字符"),
    ],
    ids=ascii,
)
def test_what_is_no_name_is_refused(name: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        sign(Signers(name), on_form=False, sender="wang")
    assert says in refused.value.zh
    assert refused.value.en.startswith("the name of the preparer")
