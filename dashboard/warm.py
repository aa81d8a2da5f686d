"""The usual pages' answers, found once something was decided and before anybody asks."""

from __future__ import annotations

import gc
import importlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard import incidents, session
from dashboard.charts.palette import LIGHT
from dashboard.i18n import LANGUAGES, words
from dashboard.offered import PAGES
from dashboard.packed import pack
from dashboard.session import View
from indicators.store import Store

__all__ = ["find", "warming"]

_LOOK = 0.25  # seconds after which the end of the server is looked for
_PAUSE = 0.02  # between two plans: readers come first


@contextmanager
def warming(store: Store) -> Iterator[None]:
    """Until the block ends, find the usual answers of each new state of a store, one state at a time."""
    over = threading.Event()
    aside = threading.Thread(target=_warm, args=(store, over), name="warm", daemon=True)
    aside.start()
    try:
        yield
    finally:
        over.set()
        aside.join(timeout=30)


def _warm(store: Store, over: threading.Event) -> None:
    _load()
    entry = -1
    while not over.is_set():
        newest = store.next_entry(entry, timeout=_LOOK)
        if newest == entry:
            continue
        try:
            find(over)
        except Exception as error:  # the page that asks for it says so too
            incidents.note(error)
        if entry < 0:
            _set_aside()
        entry = newest


def find(over: threading.Event) -> None:
    """Judge and draw every plan as a reader finds it who asks for nothing in particular."""
    from dashboard.components.board import overview

    for plan in session.catalogue().plans:
        for language in LANGUAGES:
            if over.wait(_PAUSE):
                return
            overview(View(language, plan, session.default_day()), words(language), ground=LIGHT)


def _load() -> None:
    """Load what the first page needs while the browser still fetches its own scripts."""
    for screen in PAGES:
        importlib.import_module(f"dashboard.screens.{screen}")
    for slow in ("dashboard.charts.trajectory", "ingest.schema", "pandas", "pyarrow"):
        importlib.import_module(slow)
    for language in LANGUAGES:
        words(language)
    pack()


def _set_aside() -> None:
    """Tell Python that what is loaded stays: from then on a collection looks only at what came later."""
    gc.collect()
    gc.freeze()
