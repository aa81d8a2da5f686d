"""Places that pages run on: the filled demonstration, a copy of it to write to, a real store with no figures yet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import kept, session
from indicators.store import Store
from ingest import demo
from ingest.importing import initialise
from ingest.owner import opened
from ingest.people import Role, User
from ingest.settings import Home, Settings
from ingest.terminal import Place
from tests import live


def played() -> User:
    """Who asks, where no gate stands before the pages: the role that a test put into the page's memory."""
    return demo.PEOPLE[Role(session.st.session_state.get("role", Role.LEADER))]


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The demonstration, built once and closed; not to be written to."""
    settings = Settings(home=tmp_path_factory.mktemp("demonstration"), demo=True)
    home = settings.at()
    shutil.copytree(live.built_demo(), home.folder)
    return home


@pytest.fixture(scope="session")
def _demonstration(demo_home: Home) -> Iterator[Place]:
    with opened(demo_home) as store:
        yield Place(store, Settings(home=demo_home.folder.parent, demo=True), demo_home)


@pytest.fixture
def shown(_demonstration: Place) -> Iterator[Place]:
    """The demonstration offered to the pages, to be looked at only."""
    before = _demonstration.store.last_entry()
    with session.serving(_demonstration, asking=played):
        yield _demonstration
    assert _demonstration.store.last_entry() == before, "a test that writes takes `tried`"


@pytest.fixture
def tried(demo_home: Home, tmp_path: Path) -> Iterator[Place]:
    """A copy of the demonstration offered to the pages, to be written to."""
    settings = Settings(home=tmp_path, demo=True)
    shutil.copytree(demo_home.folder, settings.at().folder)
    kept.forget()  # a copy has the id of its original
    with opened(settings.at()) as store:
        place = Place(store, settings, settings.at())
        with session.serving(place, asking=played):
            yield place
    kept.forget()


@pytest.fixture
def real(empty: Store, settings: Settings) -> Iterator[Place]:
    """A real store right after `init`: plans, and not one figure."""
    initialise(empty)
    place = Place(empty, settings, settings.at())
    with session.serving(place, asking=lambda: User("zhou", Role.STATISTICIAN, "chengdu-health")):
        yield place
