"""Passwords: kept as argon2id, compared exactly, refused before hashing where they cannot be one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher, Type, extract_parameters

from ingest.accounts import passwords
from ingest.accounts.passwords import LONGEST, Weak, demand_strong, hashed, is_outgrown, matches
from tests.accounts import PASSWORD


@pytest.mark.usefixtures("slow")
def test_the_work_is_no_less_than_owasp_asks() -> None:
    made = extract_parameters(hashed(PASSWORD))
    assert made.type is Type.ID
    assert (made.memory_cost >= 19 * 1024, made.time_cost >= 2, made.parallelism >= 1) == (True, True, True)
    assert hashed(PASSWORD) != hashed(PASSWORD)  # a salt each


def test_a_hash_made_with_less_work_is_outgrown(monkeypatch: pytest.MonkeyPatch) -> None:
    old = hashed(PASSWORD)
    assert not is_outgrown(old)
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=2, memory_cost=2048, parallelism=1))
    assert is_outgrown(old)
    assert matches(PASSWORD, old)


@pytest.mark.parametrize(
    "other",
    [
        PASSWORD.upper(),
        PASSWORD + " ",
        " " + PASSWORD,
        PASSWORD.replace(" ", "\u00a0"),  # a no-break space
        PASSWORD[:-1],
        "",
    ],
)
def test_a_comparison_is_exact(other: str) -> None:
    known = hashed(PASSWORD)
    assert matches(PASSWORD, known)
    assert not matches(other, known)


def test_E15_nothing_after_the_72nd_byte_is_left_out() -> None:
    long = "竹" * 100
    known = hashed(long + "a")
    assert matches(long + "a", known)
    assert not matches(long + "b", known)


@pytest.mark.parametrize("length", [64, 200, LONGEST])
def test_E15_long_and_unicode_passwords_are_taken(length: int) -> None:
    password = ("三人行必有我师焉 Ω🦉 " * 200).encode()[:length].decode("utf-8", "ignore")
    demand_strong(password, name="wang")
    assert matches(password, hashed(password))


@pytest.mark.parametrize(
    "impossible",
    ["x" * (LONGEST + 1), "竹" * (LONGEST // 3 + 1), "x" * 10_000_000, "a\0b" * 9, "half \ud83e a letter"],
    ids=["a byte too long", "too long in bytes", "10 MB", "NUL", "half a letter"],
)
def test_E15_what_can_be_no_password_is_refused_before_it_is_hashed(
    impossible: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = hashed(PASSWORD)
    monkeypatch.setattr(passwords, "_HASHER", None)  # whoever hashes now fails
    assert not matches(impossible, known)
    assert not matches(impossible, None)
    with pytest.raises(Weak, match="at most 1024 bytes"):
        demand_strong(impossible, name="wang")


@pytest.mark.usefixtures("slow")
def test_E15_nobodys_password_takes_as_long_and_is_never_right() -> None:
    known = hashed(PASSWORD)
    assert not matches("nobody's", None)  # the text behind the hash that it is compared with

    def took(against: str | None) -> float:
        def once() -> float:
            start = time.process_time()
            assert not matches("not the password", against)
            return time.process_time() - start

        return min(once() for _ in range(5))

    assert 0.5 < took(None) / took(known) < 2


@pytest.mark.parametrize(
    "easy",
    [
        "password1234",
        "P@ssw0rd1234",
        "Admin@123456",
        "1qaz@WSX3edc",
        "123456789012",
        "aaaaaaaaaaaa",
        "qwertyuiop12",
        "wang19800101wang",
        "zhibiao-2026!",
        "指标指标指标指标指标指标",
        "woaini1314520",
    ],
)
def test_what_is_guessed_first_is_not_taken(easy: str) -> None:
    with pytest.raises(Weak, match="easily guessed") as weak:
        demand_strong(easy, name="wang")
    assert "容易被猜到" in weak.value.zh


@pytest.mark.parametrize("name", ["statistics-office-liu", "王小明王小明"])
def test_a_name_is_no_password_of_its_own(name: str) -> None:
    with pytest.raises(Weak):
        demand_strong(name * 2 if len(name) < 12 else name, name=name)


@pytest.mark.parametrize(
    "good",
    [PASSWORD, "kettle organ pale ditch", "我爱北京天安门太阳升起来了", "x7Kq-29fLp-3mVz", "all lower case nine words"],
)
def test_a_password_of_no_particular_characters_is_taken(good: str) -> None:
    demand_strong(good, name="wang")


def test_a_short_password_is_not_taken() -> None:
    with pytest.raises(Weak, match="at least 12 characters"):
        demand_strong("x7Kq-29fLp-", name="wang")
    demand_strong("x7Kq-29fLp-3", name="wang")


def test_at_most_two_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = 0, 0, threading.Lock()

    class Counting:
        def verify(self, known: str, raw: bytes) -> bool:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.02)
            with lock:
                running -= 1
            return True

    known = hashed(PASSWORD)
    monkeypatch.setattr(passwords, "_HASHER", Counting())
    attempt: Callable[[int], bool] = lambda _: matches(PASSWORD, known)  # noqa: E731
    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(attempt, range(12)))
    assert most == 2
