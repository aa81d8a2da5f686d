"""Who may do what: the one table, and who a name is."""

from __future__ import annotations

import polars as pl
import pytest

from ingest.people import Action, Forbidden, Role, User, demand, find, may

MAY = {
    Role.LEADER: "read",
    Role.STATISTICIAN: "read submit",
    Role.REVIEWER: "read decide remind waive",
    Role.PUBLISHER: "read release remind waive",
    Role.ADMINISTRATOR: "read import administer",
    Role.AUDITOR: "read",
    Role.OPERATOR: "read submit decide release remind waive import administer",
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
