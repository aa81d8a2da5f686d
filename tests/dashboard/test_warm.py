"""What readers find ready: the usual pages of a new state of the store, before anybody asks for them."""

from __future__ import annotations

import gc
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard import answers, incidents, session, warm
from dashboard.charts.palette import LIGHT
from dashboard.components import board
from dashboard.i18n import LANGUAGES, words
from dashboard.kept import forget
from dashboard.session import View
from ingest.people import Role, User
from ingest.terminal import Place
from ingest.workflow import add_person

ROOT = User("root", Role.OPERATOR)


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """What was set aside for a server is looked at again."""
    yield
    gc.unfreeze()


def until(holds: Callable[[], bool]) -> None:
    for _ in range(1500):
        if holds():
            return
        time.sleep(0.02)
    raise AssertionError("it does not come")


def everything_found() -> int:
    return board._overview.found + answers._judged.found


def usual() -> list[View]:
    return [View(language, plan, session.default_day()) for plan in session.catalogue().plans for language in LANGUAGES]


def test_the_usual_pages_are_found_before_anybody_asks(tried: Place) -> None:
    forget()
    with warm.warming(tried.store):
        for turn in range(2):
            start = board._overview.found
            if turn:
                add_person(tried.store, name="zhou", role=Role.LEADER, organisation="", active=True, user=ROOT)
            until(lambda start=start: board._overview.found == start + len(usual()))  # type: ignore[misc]
            found = everything_found()
            for asked in usual():
                assert board.overview(asked, words(asked.language), ground=LIGHT)
            assert everything_found() == found
    assert gc.get_freeze_count()


def test_a_page_that_cannot_be_found_is_noted_and_the_next_state_is_found(
    tried: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[BaseException] = []
    wrong = [ZeroDivisionError("once")]
    find = warm.find

    def careless(over: object) -> None:
        if wrong:
            raise wrong.pop()
        find(over)  # type: ignore[arg-type]

    monkeypatch.setattr(warm, "find", careless)
    monkeypatch.setattr(incidents, "note", noted.append)
    forget()
    with warm.warming(tried.store):
        until(lambda: bool(noted))
        before = board._overview.found
        add_person(tried.store, name="zhou", role=Role.LEADER, organisation="", active=True, user=ROOT)
        until(lambda: board._overview.found == before + len(usual()))
    assert len(noted) == 1


def test_python_collects_by_itself_and_not_after_every_run() -> None:
    said = tomllib.loads((Path(session.__file__).parents[1] / ".streamlit" / "config.toml").read_text("utf-8"))
    assert said["runner"] == {"postScriptGC": False}
