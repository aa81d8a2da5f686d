"""What a session rests on, and what ends it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from indicators.store import Store
from ingest.accounts.sessions import ABSOLUTE, IDLE, Means, Sessions
from ingest.people import Role
from tests.accounts import OPERATOR, on_record

START = datetime(2026, 1, 5, 9)


class Clock:
    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sessions(store: Store, clock: Clock) -> Sessions:
    on_record(store, "wang", Role.LEADER)
    return Sessions(store, now=clock)


def test_a_session_is_its_bearers_until_it_is_left_alone_for_half_an_hour(sessions: Sessions, clock: Clock) -> None:
    token = sessions.begin("wang", means=Means.PASSWORD)
    for _ in range(3):
        clock.at += IDLE
        assert (found := sessions.of(token)) is not None and found.user.name == "wang"
    clock.at += IDLE + timedelta(seconds=1)
    assert sessions.of(token) is None
    assert sessions.of(token) is None


def test_looking_is_no_use_of_it(sessions: Sessions, clock: Clock) -> None:
    token = sessions.begin("wang", means=Means.PASSWORD)
    clock.at += IDLE
    assert sessions.of(token, used=False) is not None
    clock.at += timedelta(seconds=1)
    assert sessions.of(token) is None


def test_E05_twelve_hours_end_it_however_busy(sessions: Sessions, clock: Clock) -> None:
    token = sessions.begin("wang", means=Means.PASSWORD)
    while clock.at + timedelta(minutes=20) < START + ABSOLUTE:
        clock.at += timedelta(minutes=20)
        assert sessions.of(token) is not None
    clock.at = START + ABSOLUTE
    assert sessions.of(token) is None


@pytest.mark.parametrize("how", ["signed out", "ended", "role", "replaced"])
def test_E04_what_ends_it_ends_it_at_once(store: Store, sessions: Sessions, how: str) -> None:
    token = sessions.begin("wang", means=Means.PASSWORD)
    found = sessions.of(token)
    assert found is not None
    match how:
        case "signed out":
            sessions.end(found)
        case "ended":
            sessions.end_all("wang", by=OPERATOR)
        case "role":
            on_record(store, "wang", Role.AUDITOR)
        case "replaced":
            assert sessions.of(sessions.begin("wang", means=Means.PASSWORD, replaces=found.id)) is not None
    assert sessions.of(token) is None
    assert sessions.of(sessions.begin("wang", means=Means.PASSWORD)) is not None


def test_a_made_up_token_never_asks_the_store(
    store: Store, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = sessions.begin("wang", means=Means.PASSWORD)
    assert sessions.of(token) is not None
    asked: list[str] = []
    ask = Store.ask

    def counted(self: Store, question: str, **values: Any) -> Any:
        asked.append(question)
        return ask(self, question, **values)

    monkeypatch.setattr(Store, "ask", counted)
    for made_up in ("x", "", "y" * 43, "z" * 10_000, "\ud800"):
        assert sessions.of(made_up) is None
    assert sessions.of(token) is not None
    assert asked == []


def test_only_the_hash_is_kept(store: Store, sessions: Sessions) -> None:
    token = sessions.begin("wang", means=Means.PASSWORD)
    rows = store._connection.execute("SELECT * FROM sign_in").fetchall()
    assert token not in str(rows) and len(rows) == 1
