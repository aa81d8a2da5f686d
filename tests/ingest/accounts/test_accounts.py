"""Accounts as the administrator handles them: what is possible, what never is, and what the ledger says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.accounts import codes
from ingest.accounts.accounts import accounts, change, invite, lock, reset, unlock
from ingest.accounts.audit import refused
from ingest.accounts.signing_in import NotSignedIn, sign_in
from ingest.people import Forbidden, Role, User
from ingest.place import Place
from ingest.submission import Refused
from tests.accounts import OPERATOR, PASSWORD, on_record, with_password

ACTS: dict[str, Callable[..., Any]] = {
    "change": lambda store, **who: change(store, role=Role.AUDITOR, organisation="", **who),
    "lock": lock,
    "unlock": unlock,
    "reset": reset,
}


def last(place: Place) -> dict[str, Any]:
    return place.store.ask("seals", after=0).tail(1).row(0, named=True)


def row(place: Place, name: str) -> dict[str, Any]:
    return next(one for one in accounts(place.store).iter_rows(named=True) if one["name"] == name)


def signed_in(place: Place, name: str) -> str:
    return sign_in(place, name=name, password=PASSWORD, address="10.0.0.9")


def test_an_invitation_is_an_account_and_a_code(place: Place, chen: User) -> None:
    code = invite(
        place.store, name="李明", role=Role.STATISTICIAN, organisation="chengdu-health", by=chen, address="10.0.0.1"
    )
    line = last(place)
    assert (line["actor"], line["action"], line["subject"], line["address"]) == ("chen", "invite", "李明", "10.0.0.1")
    assert '"role": "statistician"' in line["detail"]
    one = row(place, "李明")
    assert (one["role"], one["organisation"], one["active"], one["state"]) == (
        "statistician",
        "chengdu-health",
        True,
        "code",
    )
    left = one["code_until"] - datetime.now(UTC).replace(tzinfo=None)
    assert timedelta(hours=71) < left <= timedelta(hours=72)
    assert place.store.ask("credentials", name="李明")["hash"].item() == codes.hashed(code)


def test_the_list_says_how_far_everybody_is(
    place: Place, chen: User, wang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_record(place.store, "old", Role.LEADER)
    monkeypatch.setattr(codes, "HOLDS", timedelta(seconds=-1))
    invite(place.store, name="late", role=Role.LEADER, organisation="", by=chen)
    told = {one["name"]: (one["state"], one["code_until"] is not None) for one in accounts(place.store).to_dicts()}
    assert told == {
        "chen": ("password", False),
        "wang": ("password", False),
        "old": ("none", False),
        "late": ("code_expired", True),
    }
    assert row(place, "wang")["last_sign_in"] is not None
    assert row(place, "late")["last_sign_in"] is None


def test_E04_another_role_ends_the_session_and_is_in_force_at_once(place: Place, chen: User, wang: User) -> None:
    token = signed_in(place, "wang")
    change(place.store, name="wang", role=Role.REVIEWER, organisation="", by=chen)
    assert place.sessions.of(token) is None
    again = place.sessions.of(signed_in(place, "wang"))
    assert again is not None
    assert again.user == User("wang", Role.REVIEWER)
    assert (last(place)["action"], place.store.ask("people").height) == ("sign_in", 2)


def test_E04_a_locked_account_is_out_at_once_and_in_again_with_its_password(
    place: Place, chen: User, wang: User
) -> None:
    token = signed_in(place, "wang")
    lock(place.store, name="wang", by=chen)
    assert place.sessions.of(token) is None
    with pytest.raises(NotSignedIn):
        signed_in(place, "wang")
    unlock(place.store, name="wang", by=chen)
    assert place.sessions.of(token) is None
    assert signed_in(place, "wang")


def test_after_a_reset_the_old_password_is_none(place: Place, chen: User, wang: User) -> None:
    token = signed_in(place, "wang")
    reset(place.store, name="wang", by=chen)
    assert place.sessions.of(token) is None
    with pytest.raises(NotSignedIn):
        signed_in(place, "wang")
    assert row(place, "wang")["state"] == "code"


def test_a_reset_does_not_unlock(place: Place, chen: User, wang: User) -> None:
    lock(place.store, name="wang", by=chen)
    reset(place.store, name="wang", by=chen)
    assert row(place, "wang")["active"] is False


# -- what never is -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ACTS)
def test_nobody_handles_their_own_account(place: Place, chen: User, act: str) -> None:
    with_password(place, "other", Role.ADMINISTRATOR)
    before = place.store.ask("seals", after=0).height
    with pytest.raises(Forbidden, match="another administrator") as forbidden:
        ACTS[act](place.store, name="chen", by=chen)
    assert "另一位管理员" in forbidden.value.zh
    assert place.store.ask("seals", after=0).height == before


@pytest.mark.parametrize("act", ["change", "lock"])
def test_the_last_active_administrator_stays(place: Place, chen: User, act: str) -> None:
    other = with_password(place, "other", Role.ADMINISTRATOR)
    ACTS[act](place.store, name="chen", by=other)
    with pytest.raises(Forbidden, match="has just changed"):
        ACTS[act](place.store, name="other", by=chen)  # as it was when chen's page was drawn
    with pytest.raises(Refused, match="last active administrator"):
        ACTS[act](place.store, name="other", by=OPERATOR)
    assert row(place, "other")["active"]


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.ADMINISTRATOR, Role.OPERATOR)])
@pytest.mark.parametrize("act", [*ACTS, "invite"])
def test_E03_nobody_else_administers(place: Place, chen: User, role: Role, act: str) -> None:
    by = on_record(place.store, "sun", role, "chengdu-health")
    before = place.store.ask("seals", after=0).height
    with pytest.raises(Forbidden, match="may not administer"):
        if act == "invite":
            invite(place.store, name="x", role=Role.LEADER, organisation="", by=by)
        else:
            ACTS[act](place.store, name="chen", by=by)
    assert place.store.ask("seals", after=0).height == before


@pytest.mark.parametrize("act", ACTS)
def test_nobody_is_made_by_changing_them(place: Place, chen: User, act: str) -> None:
    before = place.store.ask("seals", after=0).height
    with pytest.raises(Refused, match="there is no user “zhou”"):
        ACTS[act](place.store, name="zhou", by=chen)
    assert place.store.ask("seals", after=0).height == before


@pytest.mark.parametrize(
    "name",
    [
        "",
        " ",
        " wang",
        "wang ",
        "a\r\nb",
        "a\tb",
        "a\0b",
        "\uff57ang",
        "a\u202eb",
        "a\u200bb",
        "\ud83e",
        "x" * 65,
        "--as",
    ],
    ids=repr,
)
def test_E20_a_name_is_one_visible_line(place: Place, chen: User, name: str) -> None:
    with pytest.raises(Refused, match="a name has 1 to 64 visible characters"):
        invite(place.store, name=name, role=Role.LEADER, organisation="", by=chen)


@pytest.mark.parametrize(
    ("name", "says"),
    [("wang", "account “wang” already"), ("WANG", "account “wang” already"), ("Unknown", "calls itself")],
)
def test_a_name_is_one_persons(place: Place, chen: User, wang: User, name: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        invite(place.store, name=name, role=Role.LEADER, organisation="", by=chen)


@pytest.mark.parametrize(
    ("role", "organisation", "says"),
    [
        (Role.OPERATOR, "", "no role that anybody is given"),
        (Role.STATISTICIAN, "", "belongs to an organisation"),
        (Role.STATISTICIAN, "no-such-body", "no organisation “no-such-body”"),
        (Role.LEADER, "no-such-body", "no organisation “no-such-body”"),
    ],
)
def test_a_role_fits_its_organisation(
    place: Place, chen: User, wang: User, role: Role, organisation: str, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        invite(place.store, name="x", role=role, organisation=organisation, by=chen)
    with pytest.raises(Refused, match=says):
        change(place.store, name="wang", role=role, organisation=organisation, by=chen)


# -- refusals in the ledger --------------------------------------------------------------------------------


def test_a_refusal_is_one_line(place: Place, chen: User) -> None:
    refused(place.store, chen, "decide", "a\r\nb" + "x" * 1000, "10.0.0.1")
    line = last(place)
    assert (line["actor"], line["action"], line["outcome"], line["address"]) == (
        "chen",
        "decide",
        "refused",
        "10.0.0.1",
    )
    assert line["subject"].isprintable()
    assert len(line["subject"]) == 200
    refused(place.store, User("my password", Role.LEADER), "decide")
    assert last(place)["actor"] == "unknown"


def test_while_nobody_is_on_record_no_refusal_is(place: Place) -> None:
    before = place.store.ask("seals", after=0).height
    refused(place.store, User("wang", Role.OPERATOR), "decide")
    assert place.store.ask("seals", after=0).height == before


def test_the_role_of_a_person_of_the_provider_is_the_providers(place: Place, chen: User) -> None:
    """It would come back with their next sign-in; locking holds."""
    on_record(place.store, "sun", Role.REVIEWER)
    with place.store.entry(actor="oidc", action="person", subject="sun") as entry:
        entry.add("credential", [{"name": "sun", "kind": "oidc", "hash": "0" * 64, "expires_at": None}])
    with pytest.raises(Refused, match="identity provider's"):
        change(place.store, name="sun", role=Role.LEADER, organisation="", by=chen)
    lock(place.store, name="sun", by=chen)
    assert not row(place, "sun")["active"]
