"""Answers found once: for those who ask at the same time, for those who ask later, and never a failure."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.kept import Kept, forget, kept


@kept(2)
def double(number: int, *, by: int = 2) -> int:
    """A number, doubled."""
    return number * by


def test_an_answer_is_found_once() -> None:
    forget()
    before = double.found
    assert [double(3), double(3), double(3, by=3), double(3, by=3)] == [6, 6, 9, 9]
    assert double.found == before + 2
    assert double.__doc__ == "A number, doubled."


def test_the_last_answers_are_kept() -> None:
    forget()
    double(1), double(2), double(1), double(3)
    before = double.found
    double(1), double(3)
    assert double.found == before
    double(2)
    assert double.found == before + 1


def test_who_asks_meanwhile_waits_for_the_same_answer() -> None:
    began, go = threading.Event(), threading.Event()

    def slow(number: int) -> list[int]:
        began.set()
        assert go.wait(10)
        return [number]

    asked = Kept(slow, 4)
    with ThreadPoolExecutor(8) as readers:
        first = readers.submit(asked, 1)
        assert began.wait(10)
        others = [readers.submit(asked, 1) for _ in range(6)]
        go.set()
        answers = [one.result(timeout=10) for one in (first, *others)]
    assert all(answer is answers[0] for answer in answers)
    assert asked.found == 1


def test_a_failure_is_told_and_not_kept() -> None:
    wrong = [ZeroDivisionError("once")]

    def careless(number: int) -> int:
        if wrong:
            raise wrong.pop()
        return number

    asked = Kept(careless, 4)
    with pytest.raises(ZeroDivisionError):
        asked(1)
    assert asked(1) == 1


def test_nothing_is_kept_once_all_is_forgotten() -> None:
    double(5)
    before = double.found
    forget()
    double(5)
    assert double.found == before + 1
