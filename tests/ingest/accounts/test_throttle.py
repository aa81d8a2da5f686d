"""The brake on guessing: it lasts longer each time, ends by itself, and remembers only so much."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from ingest.accounts import throttle as module
from ingest.accounts.throttle import Blocked, Throttle


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def throttle(clock: Clock) -> Throttle:
    return Throttle(now=clock)


def fail(throttle: Throttle, times: int, name: str = "wang", address: str = "10.0.0.1") -> None:
    for _ in range(times):
        assert throttle.attempt(name, address) is None


def test_five_failures_and_then_a_minute(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, 5)
    assert throttle.attempt("wang", "10.0.0.1") == Blocked(60, first=True)
    assert throttle.attempt("wang", "10.0.0.1") == Blocked(60, first=False)
    clock.at += 59.5
    assert throttle.attempt("wang", "10.0.0.1") == Blocked(1, first=False)
    clock.at += 0.5
    fail(throttle, 1)


def test_each_wait_is_twice_the_last_up_to_an_hour(throttle: Throttle, clock: Clock) -> None:
    fail(throttle, 4)
    waits = []
    for _ in range(12):
        fail(throttle, 1)
        blocked = throttle.attempt("wang", "10.0.0.1")
        assert blocked is not None
        assert blocked.first
        waits.append(blocked.seconds)
        clock.at += blocked.seconds
    assert waits[:6] == [60, 120, 240, 480, 960, 1920]
    assert set(waits[6:]) <= {1920, 3600}  # after a quiet hour one failure is forgiven
    assert max(waits) == 3600


def test_no_lock_is_for_good(throttle: Throttle, clock: Clock) -> None:
    for _ in range(50):
        throttle.attempt("wang", "10.0.0.1")
        clock.at += 3600
    clock.at += 24 * 3600
    fail(throttle, 4)
    throttle.succeeded("wang", "10.0.0.1")
    fail(throttle, 5)


def test_success_clears(throttle: Throttle) -> None:
    for _ in range(10):
        fail(throttle, 4)
        throttle.succeeded("wang", "10.0.0.1")
        # each round leaves what failed with the address, so it moves on
        throttle._counts.popitem(last=True)
    fail(throttle, 4)


def test_a_right_password_at_the_fifth_attempt_is_not_braked(throttle: Throttle) -> None:
    fail(throttle, 5)
    throttle.succeeded("wang", "10.0.0.1")
    fail(throttle, 1)


def test_another_address_and_another_name_are_free(throttle: Throttle) -> None:
    fail(throttle, 5)
    fail(throttle, 1, address="10.0.0.2")
    fail(throttle, 1, name="li")
    assert throttle.attempt("wang", "10.0.0.1") is not None


def test_many_names_from_one_address_are_braked(throttle: Throttle, clock: Clock) -> None:
    for n in range(30):
        fail(throttle, 1, name=f"name {n}")
    assert throttle.attempt("name 30", "10.0.0.1") == Blocked(60, first=True)
    fail(throttle, 1, name="name 30", address="10.0.0.2")
    clock.at += 60
    fail(throttle, 1, name="name 30")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),  # of one /64
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("fe80::1%eth0", "fe80::2%eth1", True),
        ("10.0.0.1", "10.0.0.2", False),
        ("", "", True),
        ("socket", "10.0.0.1", False),
    ],
)
def test_an_address_is_what_its_user_cannot_choose(throttle: Throttle, one: str, other: str, same: bool) -> None:
    fail(throttle, 5, address=one)
    assert (throttle.attempt("wang", other) is not None) == same


def test_many_at_once_are_not_all_let_through(throttle: Throttle) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: throttle.attempt("wang", "10.0.0.1"), range(200)))
    assert sum(answer is None for answer in answers) == 5
    assert sum(answer is not None and answer.first for answer in answers) == 1


def test_memory_is_bounded(throttle: Throttle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 100)
    for n in range(1000):
        throttle.attempt("x" * 10_000, f"10.0.{n // 256}.{n % 256}")
    assert len(throttle._counts) <= 100
    assert all(len(key) == 16 for key in throttle._counts)  # no typed name is kept
