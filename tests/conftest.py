"""Fixtures that several rooms share. Every test has stores, folders and settings of its own."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from indicators.catalogue import CatalogueKind, read_folder
from indicators.store import Store
from ingest import read as reading
from ingest.people import Role, User
from ingest.reader import child, child_xlsx
from ingest.settings import SHIPPED, Home, Settings
from tests import live
from tests.public_site import Releases
from tests.public_site import two_releases as made_twice
from tests.returns import filled

Texts = list[tuple[CatalogueKind, str, str]]


# files that start servers, browsers or many processes: begun last, one of them would keep everything waiting
_LONG = ("test_gate", "test_reach", "test_story", "test_killed", "test_leader", "test_uploads", "test_deploy")
_LONG += ("test_public_server", "test_explore", "test_site_in_a_browser", "test_pages", "test_answers")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first."""
    items.sort(key=lambda item: _LONG.index(item.path.stem) if item.path.stem in _LONG else len(_LONG))


@pytest.fixture(scope="session")
def no_configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration file that says nothing."""
    file = tmp_path_factory.mktemp("settings") / "zhibiao.toml"
    file.touch()
    return file


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, no_configuration: Path) -> None:
    """What is set where the tests run must not decide what they find."""
    for name in [name for name in os.environ if name.startswith("ZHIBIAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ZHIBIAO_CONFIG", str(no_configuration))
    monkeypatch.setenv("ZHIBIAO_PUBLIC_SIDE", "0")  # pages take a while to draw, and few tests are about them


@pytest.fixture(scope="session")
def shipped() -> Texts:
    """The shipped catalogue as texts, read once."""
    return read_folder(SHIPPED)


@pytest.fixture
def empty() -> Iterator[Store]:
    """A store in memory with nothing in it."""
    made = Store(":memory:")
    yield made
    made.close()


@pytest.fixture
def store(empty: Store, shipped: Texts) -> Store:
    """A store in memory that holds the shipped catalogue."""
    return filled(empty, shipped)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def home(settings: Settings) -> Home:
    return settings.at()


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Read files here instead of in a child process: the same code, without its limits and its 30 ms."""

    def answer(raw: bytes, limits: dict[str, Any], _: Settings) -> dict[str, object]:
        try:
            return child_xlsx.read(raw, limits) if "paths" in limits else child.read(raw, limits)
        except child.Refused as refused:
            facts = {name: str(value) for name, value in refused.facts.items()}
            raise reading._unreadable(refused.code, row=refused.row, **facts) from None

    monkeypatch.setattr(reading, "_in_child", answer)
    before = csv.field_size_limit()
    yield
    csv.field_size_limit(before)


@pytest.fixture
def wang() -> User:
    return User("wang", Role.STATISTICIAN, "chengdu-health")


@pytest.fixture
def li() -> User:
    return User("li", Role.REVIEWER)


@pytest.fixture
def zhao() -> User:
    return User("zhao", Role.PUBLISHER)


@pytest.fixture
def chen() -> User:
    return User("chen", Role.ADMINISTRATOR)


@pytest.fixture(scope="module")
def untouched(shipped: Texts) -> Iterator[Store]:
    """A store with the shipped catalogue, to be asked only."""
    made = filled(Store(":memory:"), shipped)
    yield made
    made.close()


# -- the program as it runs --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.Server]:
    """The demonstration, served."""
    with live.serving(tmp_path_factory.mktemp("live")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A real browser; where there is none its tests are skipped."""
    if live.CHROMIUM is None:
        pytest.skip("no chromium, chromium-browser or google-chrome here")
    with live.browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def two_releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """Two releases with their pages, in a home with their store; to be read, or copied to shelves."""
    return Releases(made_twice(tmp_path_factory.mktemp("released")))
