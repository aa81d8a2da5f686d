"""A provider that can be made to lie, and our two routes before a store with an administrator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx2
import pytest
from joserfc.jwk import RSAKey

from indicators.store import Store
from ingest.people import Role, User
from ingest.settings import Settings
from ingest.workflow import add_person
from tests.oidc.liar import Liar
from tests.oidc.servers import SECRET, STATISTICIANS, Ours, bound, browser, ours, served

Serve = Callable[..., AbstractContextManager[Ours]]


@pytest.fixture(scope="session")
def key() -> RSAKey:
    """The provider's key."""
    return RSAKey.generate_key(2048, {"kid": "first"})


@pytest.fixture(scope="session")
def other_key() -> RSAKey:
    """Somebody else's."""
    return RSAKey.generate_key(2048, {"kid": "first"})


@pytest.fixture
def ruled(store: Store) -> Store:
    """A store with the shipped catalogue and an administrator."""
    first = User("terminal", Role.OPERATOR)
    add_person(store, name="chen", role=Role.ADMINISTRATOR, organisation="", active=True, user=first)
    return store


@pytest.fixture
def liar(key: RSAKey) -> Iterator[Liar]:
    """The provider, served; honest so far."""
    on, address = bound()
    made = Liar(address, key)
    with served(made.app(), on):
        yield made


@pytest.fixture
def serve(ruled: Store, settings: Settings) -> Serve:
    """Serve our side, as known to a provider: `with serve(issuer, max_age=60) as here`."""

    @contextmanager
    def serving(issuer: str, **more: Any) -> Iterator[Ours]:
        on, address = bound()
        oidc = {
            "issuer": issuer,
            "client_id": "zhibiao",
            "client_secret": SECRET,
            "address": address,
            "grants": [STATISTICIANS],
        }
        with ours(ruled, Settings(home=settings.home, oidc=oidc | more), on, address) as here:  # type: ignore[arg-type]
            yield here

    return serving


@pytest.fixture
def here(serve: Serve, liar: Liar) -> Iterator[Ours]:
    """Our side, as known to the provider that can lie."""
    with serve(liar.address) as served_:
        yield served_


@pytest.fixture
def visitor() -> Iterator[httpx2.Client]:
    with browser() as opened:
        yield opened
