"""Admission: who the claims of a provider make someone here, and whose name and lock they cannot touch."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from indicators.store import Store
from ingest.accounts.admission import NotAdmitted, Refusal, admit
from ingest.accounts.provider import Provider
from ingest.accounts.sessions import Means, Sessions
from ingest.people import Role, User
from ingest.workflow import add_person

CHEN = User("chen", Role.ADMINISTRATOR)
HEALTH = {"role": "statistician", "organisation": "chengdu-health"}
WANG: dict[str, Any] = {"sub": "a1b2", "preferred_username": "wang", "groups": ["statisticians"]}


def provider(*grants: dict[str, str], issuer: str = "https://id.example") -> Provider:
    given = grants or ({"claim": "groups", "value": "statisticians", **HEALTH},)
    return Provider.model_validate(
        {"issuer": issuer, "client_id": "zhibiao", "address": "https://zhibiao.example", "grants": given}
    )


def standing(store: Store, name: str) -> tuple[str, str, bool]:
    row = store.ask("people").filter(pl.col("name") == name).row(0, named=True)
    return row["role"], row["organisation"], row["active"]


def refused(store: Store, claims: dict[str, Any], by: Provider) -> Refusal:
    before = store.ask("ledger", most=1000).height
    with pytest.raises(NotAdmitted) as error:
        admit(store, by, claims)
    assert store.ask("ledger", most=1000).height == before, "whoever is turned away changes nothing"
    return error.value.refusal


def password(store: Store, name: str) -> None:
    with store.entry(actor="chen", action="credential", subject=name) as entry:
        entry.add("credential", [{"name": name, "kind": "password", "hash": "$argon2id$…", "expires_at": None}])


def test_the_first_sign_in_writes_who_they_are(ruled: Store) -> None:
    assert admit(ruled, provider(), WANG, address="10.0.0.7") == "wang"
    assert standing(ruled, "wang") == ("statistician", "chengdu-health", True)
    line = ruled.ask("ledger", most=1).row(0, named=True)
    assert (line["actor"], line["action"], line["subject"]) == ("oidc", "person", "wang")


def test_the_next_writes_nothing(ruled: Store) -> None:
    admit(ruled, provider(), WANG)
    before = ruled.ask("ledger", most=1000).height
    assert admit(ruled, provider(), WANG) == "wang"
    assert ruled.ask("ledger", most=1000).height == before


def test_other_groups_another_role_and_open_sessions_end(ruled: Store) -> None:
    both = provider(
        {"claim": "groups", "value": "reviewers", "role": "reviewer"},
        {"claim": "groups", "value": "statisticians", **HEALTH},
    )
    sessions = Sessions(ruled)
    token = sessions.begin(admit(ruled, both, WANG), means=Means.OIDC)
    assert sessions.of(token) is not None
    admit(ruled, both, WANG | {"groups": ["reviewers"]})
    assert standing(ruled, "wang") == ("reviewer", "", True)
    assert sessions.of(token) is None


def test_the_first_grant_that_meets_holds(ruled: Store) -> None:
    grants = [{"claim": "groups", "value": group, "role": group} for group in ("auditor", "administrator")]
    admit(ruled, provider(*grants), WANG | {"groups": ["administrator", "auditor"]})
    assert standing(ruled, "wang")[0] == "auditor"


@pytest.mark.parametrize(
    "claims",
    [
        {"groups": ["Statisticians"]},
        {"groups": ["statisticians "]},
        {"groups": "statisticians, reviewers"},
        {"groups": {"statisticians": True}},
        {"groups": []},
        {"groups": None},
        {"role": "statisticians"},
    ],
    ids=str,
)
def test_no_grant_no_role(ruled: Store, claims: dict[str, Any]) -> None:
    assert refused(ruled, {"sub": "a1b2", "preferred_username": "wang"} | claims, provider()) is Refusal.NO_ROLE


def test_a_group_taken_away_shuts_them_out(ruled: Store) -> None:
    admit(ruled, provider(), WANG)
    assert refused(ruled, WANG | {"groups": []}, provider()) is Refusal.NO_ROLE


def test_one_person_may_be_granted_by_sub(ruled: Store) -> None:
    admit(ruled, provider({"claim": "sub", "value": "a1b2", "role": "leader"}), WANG)
    assert standing(ruled, "wang") == ("leader", "", True)


def test_whoever_is_locked_stays_locked(ruled: Store) -> None:
    admit(ruled, provider(), WANG)
    add_person(ruled, name="wang", role=Role.STATISTICIAN, organisation="chengdu-health", active=False, user=CHEN)
    assert refused(ruled, WANG, provider()) is Refusal.LOCKED
    other = provider({"claim": "groups", "value": "statisticians", "role": "leader"})
    assert refused(ruled, WANG, other) is Refusal.LOCKED
    assert standing(ruled, "wang")[2] is False


def test_the_account_follows_the_subject_and_not_the_name(ruled: Store) -> None:
    admit(ruled, provider(), WANG)
    assert admit(ruled, provider(), WANG | {"preferred_username": "wang-married"}) == "wang"
    assert refused(ruled, WANG | {"sub": "c3d4"}, provider()) is Refusal.NAME_TAKEN


def test_the_same_subject_of_another_issuer_is_someone_else(ruled: Store) -> None:
    admit(ruled, provider(), WANG)
    assert refused(ruled, WANG, provider(issuer="https://other.example")) is Refusal.NAME_TAKEN


@pytest.mark.parametrize("name", ["chen", "CHEN", "Chen"])
def test_nobody_takes_a_local_name(ruled: Store, name: str) -> None:
    assert refused(ruled, WANG | {"preferred_username": name}, provider()) is Refusal.NAME_TAKEN


def test_nor_one_that_only_has_a_password(ruled: Store) -> None:
    password(ruled, "wang")
    assert refused(ruled, WANG, provider()) is Refusal.NAME_TAKEN


def test_a_password_set_since_then_makes_the_account_local(ruled: Store) -> None:
    admit(ruled, provider(), WANG)
    password(ruled, "wang")
    assert refused(ruled, WANG, provider()) is Refusal.NAME_TAKEN


def test_the_settings_may_say_whose_account_it_is(ruled: Store) -> None:
    add_person(ruled, name="wang", role=Role.STATISTICIAN, organisation="chengdu-health", active=True, user=CHEN)
    password(ruled, "wang")
    sessions = Sessions(ruled)
    token = sessions.begin("wang", means=Means.PASSWORD)
    named = provider({"claim": "sub", "value": "a1b2", "name": "wang", **HEALTH})
    assert admit(ruled, named, WANG | {"preferred_username": "w"}) == "wang"
    assert ruled.ask("credentials", name="wang")["kind"].to_list() == ["oidc"]
    assert sessions.of(token) is None


def test_a_locked_account_is_not_taken_over(ruled: Store) -> None:
    add_person(ruled, name="wang", role=Role.STATISTICIAN, organisation="chengdu-health", active=False, user=CHEN)
    named = provider({"claim": "sub", "value": "a1b2", "name": "wang", **HEALTH})
    assert refused(ruled, WANG, named) is Refusal.LOCKED


@pytest.mark.parametrize(
    "name",
    [
        "oidc",
        "OIDC",
        "wang ",
        " wang",
        "wa  ng",
        "wa\nng",
        "wa\u200bng",
        "ｗａｎｇ",
        "w" * 65,
        "wa\ud800ng",
        ["wang"],
        7,
    ],
    ids=ascii,
)
def test_names_that_cannot_stand_in_the_ledger(ruled: Store, name: object) -> None:
    assert refused(ruled, WANG | {"preferred_username": name}, provider()) is Refusal.NAME_UNFIT


@pytest.mark.parametrize("name", ["王小明", "wang@example.org", "Wang Xiaoming", "w" * 64])
def test_names_that_can(ruled: Store, name: str) -> None:
    assert admit(ruled, provider(), WANG | {"preferred_username": name}) == name


@pytest.mark.parametrize("said", [{}, {"preferred_username": ""}, {"preferred_username": None}], ids=str)
def test_without_a_name_the_subject_is_one(ruled: Store, said: dict[str, Any]) -> None:
    assert admit(ruled, provider(), {"sub": "a1b2", "groups": ["statisticians"], **said}) == "a1b2"


def test_an_organisation_that_is_not_in_the_catalogue(ruled: Store) -> None:
    wrong = provider({"claim": "sub", "value": "a1b2", "role": "statistician", "organisation": "no-such-body"})
    assert refused(ruled, WANG, wrong) is Refusal.NO_ORGANISATION


def test_the_first_administrator_is_made_at_the_terminal(store: Store) -> None:
    first = provider({"claim": "sub", "value": "a1b2", "role": "administrator"})
    assert refused(store, WANG, first) is Refusal.NO_ADMINISTRATOR
