"""People on record, and accounts with passwords."""

from __future__ import annotations

from indicators.store import Store
from ingest.accounts.accounts import invite
from ingest.accounts.signing_in import redeem
from ingest.people import Role, User
from ingest.place import Place
from ingest.workflow import add_person

OPERATOR = User("zhibiao", Role.OPERATOR)
PASSWORD = "杜甫草堂 竹叶 2 kettles"  # of everyone here


def on_record(store: Store, name: str, role: Role, organisation: str = "") -> User:
    """Someone known by name alone: while nobody has an account, `--as` is not proved."""
    add_person(store, name=name, role=role, organisation=organisation, active=True, user=OPERATOR)
    return User(name, role, organisation)


def with_password(place: Place, name: str, role: Role, organisation: str = "", *, password: str = PASSWORD) -> User:
    """Someone who was invited and has redeemed their code."""
    code = invite(place.store, name=name, role=role, organisation=organisation, by=OPERATOR)
    redeem(place, name=name, code=code, password=password, address="10.0.0.1")
    return User(name, role, organisation)
