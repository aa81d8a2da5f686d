"""Admission: whom an identity provider's proven claims make someone here, and who is turned away.

A person is (issuer, subject), never a name alone: names may be changed and given anew at the provider (OpenID
Connect Core 1.0 §5.7). The first sign-in binds the two to a name by a line of `credential` of kind `oidc`; whoever
has that name already, by a password or by another subject, keeps it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import polars as pl

from indicators.store import Store
from ingest.accounts import names
from ingest.accounts.provider import Grant, Provider
from ingest.people import Role

__all__ = ["ACTOR", "NotAdmitted", "Refusal", "admit", "refuse"]

ACTOR = "oidc"  # who the ledger says acted; no person may have this name


class Refusal(StrEnum):
    """Why a sign-in through the provider came to nothing."""

    DOWN = "down"  # the provider does not answer, or not as one
    STALE = "stale"  # not begun in this browser, begun too long ago, or answered already
    TOO_OFTEN = "too_often"  # asked from one address; the one that no ledger hears of
    DENIED = "denied"  # the provider said no
    UNPROVEN = "unproven"  # what it said does not hold
    NO_ROLE = "no_role"
    LOCKED = "locked"
    NAME_TAKEN = "name_taken"
    NAME_UNFIT = "name_unfit"
    NO_ADMINISTRATOR = "no_administrator"
    NO_ORGANISATION = "no_organisation"


class NotAdmitted(Exception):
    """Someone proven who may not come in; `name` and `subject` are what the provider calls them."""

    def __init__(self, refusal: Refusal, *, name: str, subject: str) -> None:
        super().__init__(refusal.value)
        self.refusal, self.name, self.subject = refusal, name, subject


def admit(store: Store, provider: Provider, claims: Mapping[str, Any], *, address: str = "") -> str:
    """The name of whoever these proven claims speak of, their standing brought up to date by the grants.

    Raises NotAdmitted, and then nothing was written.
    """
    subject = str(claims["sub"])
    said = claims.get(provider.name_claim) or subject
    called = said if isinstance(said, str) else ""
    try:
        found = _settle(store, provider, claims, called=called)
        if found.stands:
            return found.name
        line: dict[str, Any] = {
            "role": found.grant.role.value,
            "organisation": found.grant.organisation,
            "active": True,
        }
        who = {"issuer": provider.issuer, "subject_id": subject}
        with store.entry(actor=ACTOR, action="person", subject=found.name, address=address, **line, **who) as entry:
            # asked again where nobody else writes, so that no lock is undone and no name given twice
            found = _settle(store, provider, claims, called=called)
            entry.add("person", [{"name": found.name, **line}])
            if not found.bound:
                key = _key(provider.issuer, subject)
                entry.add("credential", [{"name": found.name, "kind": "oidc", "hash": key, "expires_at": None}])
        return found.name
    except _No as no:
        raise NotAdmitted(no.refusal, name=called, subject=subject) from None


class _No(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class _Found:
    """Who someone is here. `bound`: known by issuer and subject; `stands`: with the standing of the grant."""

    name: str
    grant: Grant
    bound: bool
    stands: bool


def _settle(store: Store, provider: Provider, claims: Mapping[str, Any], *, called: str) -> _Found:
    """Who these claims speak of. Raises _No."""
    people = store.ask("people")
    ruling = people.filter(pl.col("active") & (pl.col("role") == Role.ADMINISTRATOR.value))
    if ruling.is_empty():  # or the first to come would close the terminal to whoever holds it
        raise _No(Refusal.NO_ADMINISTRATOR)
    grant = next((grant for grant in provider.grants if grant.meets(claims)), None)
    if grant is None:
        raise _No(Refusal.NO_ROLE)
    if grant.organisation and grant.organisation not in store.catalogue().organisations:
        raise _No(Refusal.NO_ORGANISATION)
    credentials = store.ask("credentials", name=None)
    theirs = (pl.col("kind") == "oidc") & (pl.col("hash") == _key(provider.issuer, str(claims["sub"])))
    bound = credentials.filter(theirs)
    name = grant.name or called if bound.is_empty() else str(bound["name"][0])
    if bound.is_empty():
        if not names.fits(name):
            raise _No(Refusal.NAME_UNFIT)
        taken = {each.casefold() for each in [*people["name"], *credentials["name"]]}
        if not grant.name and name.casefold() in taken:
            raise _No(Refusal.NAME_TAKEN)
    standing = people.filter(pl.col("name") == name).rows(named=True)
    if standing and not standing[0]["active"]:
        raise _No(Refusal.LOCKED)
    as_granted = (grant.role.value, grant.organisation)
    stands = bool(standing) and (standing[0]["role"], standing[0]["organisation"]) == as_granted
    return _Found(name, grant, bound=not bound.is_empty(), stands=stands and not bound.is_empty())


def _key(issuer: str, subject: str) -> str:
    return hashlib.sha256(json.dumps([issuer, subject]).encode()).hexdigest()


def refuse(
    store: Store, refusal: Refusal, *, name: str = "", subject: str = "", what: str = "", address: str = ""
) -> None:
    """Write a refused sign-in into the ledger. `what`: which claim or step; never a token, a code or a secret."""
    who = name if names.fits(name) else ""
    detail = {"means": "oidc", "reason": refusal.value, "what": what, "subject_id": subject}
    said = {key: value for key, value in detail.items() if value}
    with store.entry(actor=ACTOR, action="sign_in_refused", subject=who, outcome="refused", address=address, **said):
        pass
