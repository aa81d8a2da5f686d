"""Who may do what: the one table, and who a name is."""

from __future__ import annotations

import polars as pl
import pytest

from ingest.people import Action, Forbidden, Role, User, demand, demand_standing, find, may

MAY = {
    Role.LEADER: "read",
    Role.STATISTICIAN: "read submit annotate",
    Role.REVIEWER: "read decide remind waive",
    Role.PUBLISHER: "read release remind waive",
    Role.ADMINISTRATOR: "read import administer",
    Role.AUDITOR: "read audit",
    Role.OPERATOR: "read submit annotate decide release remind waive import administer audit",
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_the_table_of_rights(role: Role, action: Action) -> None:
    user = User("wang", role)
    assert may(user, action) == (action in MAY[role].split())
    if not may(user, action):
        with pytest.raises(Forbidden, match=rf"^wang \({role}\) may not {action}$") as refused:
            demand(user, action)
        assert "无权" in refused.value.zh
    else:
        demand(user, action)


# whose: an organisation of one's own, another's, or none on record; submitting and noting are somebody's own
SCOPES = {"own": ("chengdu-health", True), "another's": ("chengdu-sports", False), "nobody's": ("", False)}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("scope", SCOPES)
def test_the_table_of_rights_by_organisation(role: Role, action: Action, scope: str) -> None:
    user = User("wang", role, "chengdu-health")
    organisation, own = SCOPES[scope]
    bound = role is Role.STATISTICIAN and action in (Action.SUBMIT, Action.ANNOTATE)
    allowed = action in MAY[role].split() and (own or not bound)
    assert may(user, action, organisation=organisation) == allowed
    if allowed:
        demand(user, action, organisation=organisation)
    else:
        with pytest.raises(Forbidden, match="may not|only, not for") as refused:
            demand(user, action, organisation=organisation)
        assert refused.value.zh != refused.value.en


def test_a_statistician_of_no_organisation_submits_for_none() -> None:
    assert may(User("wang", Role.STATISTICIAN), Action.SUBMIT)
    assert not may(User("wang", Role.STATISTICIAN), Action.SUBMIT, organisation="")
    with pytest.raises(Forbidden, match="for their own organisation only, not for chengdu-health"):
        demand(User("wang", Role.STATISTICIAN), Action.SUBMIT, organisation="chengdu-health")


def test_who_administers_accounts_neither_audits_nor_approves() -> None:
    three = [
        {action for action in Action if may(User("x", role), action)} for role in Role if role is not Role.OPERATOR
    ]
    for rights in three:
        acts = rights & {Action.ADMINISTER, Action.AUDIT, Action.DECIDE, Action.RELEASE, Action.SUBMIT}
        assert len(acts) <= 1


def test_leaders_can_alter_nothing() -> None:
    assert [a for a in Action if may(User("x", Role.LEADER), a)] == [Action.READ]


PEOPLE = pl.DataFrame(
    {
        "name": ["li", "wang", "老赵"],
        "role": ["reviewer", "statistician", "publisher"],
        "organisation": ["", "chengdu-health", ""],
        "active": [True, True, False],
    }
)


def test_a_name_is_the_person_on_record() -> None:
    assert find("wang", PEOPLE) == User("wang", Role.STATISTICIAN, "chengdu-health")


def test_while_nobody_is_on_record_the_terminal_acts_under_any_name() -> None:
    assert find("anyone", PEOPLE.clear()) == User("anyone", Role.OPERATOR)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("zhou", "there is no user “zhou”; known are: li, wang, 老赵"),
        ("Wang", "there is no user “Wang”"),
        ("wang' OR '1'='1", "there is no user"),
        ("老赵", "user “老赵” is locked"),
        ("", "say who acts, with --as"),
        (" ", "say who acts, with --as"),
    ],
)
def test_anyone_else_is_refused(name: str, says: str) -> None:
    with pytest.raises(Forbidden, match=says) as refused:
        find(name, PEOPLE)
    assert refused.value.zh
    if not name.strip():
        with pytest.raises(Forbidden, match=says):
            find(name, PEOPLE.clear())


@pytest.mark.parametrize(
    ("role", "organisation", "active"),
    [("leader", "chengdu-health", True), ("statistician", "", True), ("statistician", "chengdu-health", False)],
)
def test_E04_whoever_changed_while_an_act_was_prepared_does_not_do_it(
    role: str, organisation: str, active: bool
) -> None:
    wang = User("wang", Role.STATISTICIAN, "chengdu-health")
    line = {"name": "wang", "role": role, "organisation": organisation, "active": active}
    with pytest.raises(Forbidden, match="has just changed"):
        demand_standing(wang, pl.DataFrame([line]))
    as_asked = line | {"role": "statistician", "organisation": "chengdu-health", "active": True}
    demand_standing(wang, pl.DataFrame([as_asked]))
    demand_standing(wang, pl.DataFrame([as_asked | {"name": "li"}]))  # nobody on record, as in a trial
