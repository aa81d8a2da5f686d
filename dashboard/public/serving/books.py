"""The release that is served in the form that pages are made from, made once for each release."""

from __future__ import annotations

import threading
from collections.abc import Callable

from dashboard.public.book import Book
from indicators.store.snapshot import Snapshot

__all__ = ["Books"]


class Books:
    """`current` gives the snapshot that is served; `url` is the root of the public site, with a stroke at its end."""

    def __init__(self, current: Callable[[], Snapshot], *, url: str) -> None:
        self._current, self._url = current, url
        self._book: Book | None = None
        self._making = threading.Lock()

    def current(self) -> Book:
        """The book of the release that is served now. Raises NoRelease."""
        snapshot = self._current()
        with self._making:
            if self._book is None or self._book.snapshot is not snapshot:
                self._book = Book(snapshot, url=self._url)
            return self._book
