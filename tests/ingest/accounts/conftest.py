"""A place with accounts, where hashing takes a millisecond."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from indicators.store import Store
from ingest.accounts import passwords
from ingest.people import Role, User
from ingest.place import Place
from ingest.settings import Home, Settings
from tests.accounts import with_password


@pytest.fixture(autouse=True)
def _quick(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same code with less work, but where a test is about the work itself."""
    passwords._nobodys.cache_clear()
    if "slow" not in request.fixturenames:
        monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))
    yield
    passwords._nobodys.cache_clear()


@pytest.fixture
def slow() -> None:
    """Hash as in earnest."""


@pytest.fixture
def place(store: Store, settings: Settings, home: Home) -> Place:
    return Place(store, settings, home)


@pytest.fixture
def chen(place: Place) -> User:
    """An administrator with a password."""
    return with_password(place, "chen", Role.ADMINISTRATOR)


@pytest.fixture
def wang(place: Place, chen: User) -> User:
    """A statistician with a password."""
    return with_password(place, "wang", Role.STATISTICIAN, "chengdu-health")
