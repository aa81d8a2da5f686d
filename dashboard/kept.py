"""Answers found once: the first who asks finds one, who asks meanwhile waits for it, who asks later has it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

__all__ = ["Kept", "forget", "kept"]

P = ParamSpec("P")
T = TypeVar("T")
_all: list[Kept[Any, Any]] = []


class Kept(Generic[P, T]):
    """A function that keeps its last `most` answers by what it was asked; `found` counts those it had to find.

    What it answers must follow from what it is asked alone: the state of the store, (`Store.id`,
    `Store.last_entry()`), is among it, and nothing of who asks is left out. A failure is told to whoever waited for
    it, and is not kept.
    """

    def __init__(self, find: Callable[P, T], most: int) -> None:
        self._find, self._most = find, most
        self._held: OrderedDict[Hashable, Future[T]] = OrderedDict()
        self._lock = threading.Lock()
        self.found = 0
        update_wrapper(self, find)
        _all.append(self)

    def __call__(self, *given: P.args, **named: P.kwargs) -> T:
        key = (given, tuple(sorted(named.items())))
        with self._lock:
            answer = self._held.get(key)
            if known := answer is not None:
                self._held.move_to_end(key)
            else:
                answer = self._held[key] = Future()
                self.found += 1
                if len(self._held) > self._most:
                    self._held.popitem(last=False)
        assert answer is not None
        if not known:
            try:
                answer.set_result(self._find(*given, **named))
            except BaseException as error:
                with self._lock:
                    if self._held.get(key) is answer:
                        del self._held[key]
                answer.set_exception(error)
        return answer.result()

    def forget(self) -> None:
        """Keep nothing of what was found."""
        with self._lock:
            self._held.clear()


def kept(most: int) -> Callable[[Callable[P, T]], Kept[P, T]]:
    """Keep the last `most` answers of a function."""
    return lambda find: Kept(find, most)


def forget() -> None:
    """Keep nothing of any answer: where a store is opened that may have the id of another."""
    for one in _all:
        one.forget()
