"""A server to be attacked: the program as it runs, with a clock to be moved, a log of what is asked of its store,
a page that fails when it is told to, and someone at its console. `python -m tests.gated [--demo] --port N`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

import streamlit_app
from dashboard import session
from dashboard.screens import method
from indicators.store import Store
from ingest.accounts import sessions
from ingest.accounts.sessions import Means, Sessions
from ingest.importing import initialise
from ingest.owner import opened
from ingest.people import Role, User, find
from ingest.settings import load
from ingest.workflow import add_person, submit
from tests import live

ROOT = User("root", Role.OPERATOR)
SECRET_TEXT = "DSN postgres://zhibiao:hunter2@db/x password=hunter2 /srv/zhibiao.duckdb SELECT 1"
PASSWORDS = {
    "li": "正确的马电池订书钉 2026",
    "zhou": "horse river lantern copper seventy walnut bridge orbit candle meadow 一号楼",
    "chen": "lantern copper walnut orbit",
}
PEOPLE = {
    "li": (Role.REVIEWER, ""),
    "zhou": (Role.STATISTICIAN, "chengdu-health"),
    "chen": (Role.ADMINISTRATOR, ""),
    "audit": (Role.AUDITOR, ""),
    "boss": (Role.LEADER, ""),
    "zhao": (Role.PUBLISHER, ""),
}


@dataclass(frozen=True)
class Console:
    """Whoever sits at the server: changes accounts and the clock beside it, and reads what was asked of the store."""

    home: Path

    def order(self, **order: Any) -> str:
        """Have something done inside the server; what came of it."""
        file = self.home / "orders" / f"{time.monotonic_ns()}.json"
        file.with_suffix(".new").write_text(json.dumps(order))
        file.with_suffix(".new").rename(file)
        done = file.with_suffix(".done")
        for _ in range(1000):
            if done.exists():
                return done.read_text()
            time.sleep(0.01)
        raise AssertionError(f"not carried out: {order}")

    def person(self, name: str, role: Role, *, active: bool = True) -> None:
        self.order(do="person", name=name, role=role, organisation=PEOPLE[name][1], active=active)

    def token(self, name: str) -> str:
        """A session of someone on record."""
        return self.order(do="begin", name=name)

    def later(self, by: timedelta) -> None:
        """Move the clock of sessions to so long from now."""
        self.order(do="later", seconds=by.total_seconds())

    def asked(self) -> int:
        """How many questions the store was asked."""
        return int(self.order(do="asked"))

    def refused(self, action: str) -> list[str]:
        """Who was refused an act, and of what, as the ledger tells it."""
        told: list[str] = json.loads(self.order(do="refused", action=action))
        return told

    def counted(self) -> int:
        """How often the page that keeps its answer had to find it anew."""
        return int(self.order(do="counted"))


@contextmanager
def attacked(home: Path, *, demo: bool = True, **settings: str) -> Iterator[tuple[live.Server, Console]]:
    """That server, and its console."""
    (home / "orders").mkdir()
    command = [sys.executable, "-m", "tests.gated", *(["--demo"] if demo else [])]
    with live.serving(home, command=command, **settings) as server:
        yield server, Console(home)


# -- inside the server -------------------------------------------------------------------------------------------

_late = 0.0
_asked = 0
_counted = 0


def _ask(self: Store, question: str, **values: Any) -> Any:
    global _asked
    # what the server finds by itself after a write (dashboard/warm.py) was asked for by nobody
    _asked += question not in ("session", "sessions") and threading.current_thread().name != "warm"
    return _store_ask(self, question, **values)


_store_ask = Store.ask
_method_page = method.page


@st.cache_data
def _found_once() -> int:
    global _counted
    _counted += 1
    return _counted


def _page() -> None:
    if "fail" in st.query_params:
        raise ZeroDivisionError(SECRET_TEXT)
    _found_once()
    _method_page()


async def _boom(_: Request) -> Response:
    raise ZeroDivisionError(SECRET_TEXT)


def _do(order: dict[str, Any]) -> str:
    global _late
    here = session.place()
    match order.pop("do"):
        case "person":
            add_person(here.store, **{**order, "role": Role(order["role"])}, user=ROOT)
        case "begin":
            return here.sessions.begin(order["name"], means=Means.DEMO)
        case "later":
            _late = order["seconds"]
        case "asked":
            return str(_asked)
        case "counted":
            return str(_counted)
        case "submit":
            raw = f"地区,指标,报告期,数值,备注\n成都市,beds-per-1000,2025Q1,{order['value']},核实无误\n".encode()
            who = find(order["name"], here.store.ask("people"))
            sent = submit(here.store, here.settings, name="q1.csv", raw=raw, user=who, uploads=here.home.uploads)
            return sent.submission
        case "decision":
            found = here.store.ask("submissions", id=order["id"], sha256=None, submitted_by=None)
            return str(found["decision"].item())
        case "refused":
            lines = here.store.ask("seals", after=0).filter(outcome="refused", action=order["action"])
            return json.dumps([f"{line['actor']} {line['subject']}" for line in lines.iter_rows(named=True)])
    return ""


def _console(home: Path) -> None:
    while True:
        for file in sorted((home / "orders").glob("*.json")):
            with suppress(AssertionError):  # the store is not open yet, or no longer
                done = _do(json.loads(file.read_text()))
                file.unlink()
                file.with_suffix(".tmp").write_text(done)
                file.with_suffix(".tmp").rename(file.with_suffix(".done"))
        time.sleep(0.02)


def main() -> int:
    demo, port = "--demo" in sys.argv, int(sys.argv[sys.argv.index("--port") + 1])
    settings = load(demo=demo)
    defaults = Sessions.__init__.__kwdefaults__
    defaults["now"] = lambda: sessions._utc() + timedelta(seconds=_late)
    if not demo:
        _people(settings)
    Store.ask, method.page = _ask, _page  # type: ignore[method-assign]
    streamlit_app.app._user_routes.append(Route("/boom", _boom))
    threading.Thread(target=_console, args=(Path(os.environ["ZHIBIAO_HOME"]),), daemon=True).start()
    return streamlit_app.serve(settings, port=port)


def _people(settings: Any) -> None:
    """A real store with people who have passwords."""
    from ingest.accounts import accounts, signing_in
    from ingest.place import Place

    with opened(settings.at()) as store:
        initialise(store)
        place = Place(store, settings, settings.at())
        root = User("root", Role.OPERATOR)
        for name, (role, organisation) in PEOPLE.items():
            code = accounts.invite(store, name=name, role=role, organisation=organisation, by=root)
            if name in PASSWORDS:
                signing_in.redeem(place, name=name, code=code, password=PASSWORDS[name], address="")


if __name__ == "__main__":
    sys.exit(main())
