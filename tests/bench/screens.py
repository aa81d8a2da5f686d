"""Screens over real sockets: how often they can be drawn anew, what that costs in bytes and memory, what a store of
12 000 000 observations adds, and how long a first visit takes in Chromium.

Every server is a process of its own: `zhibiao serve --demo`, a stock Streamlit page with one Altair chart, and the page
a typical analyst would write on the same figures, both with `streamlit run` as it comes. Nobody's limits are lifted:
twenty readers are twenty people. They ask by turns with those of the other pages, in one run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from ingest import demo
from ingest.people import Role
from tests import live
from tests.bench import visits
from tests.bench.crowd import Asked, Reader, crowd
from tests.bench.stores import Prepared, prepared
from tests.bench.timing import least, within

__all__ = ["bench"]

_STOCK = Path(__file__).with_name("stock")
_PLANS = ("chengdu-145", "guangzhou-2017", "liuzhou-2020", "qinhuangdao-2017", "yuexiu-2021")
_SCREENS = ("", "indicator", "compare")
_WRITER = demo.PEOPLE[Role.ADMINISTRATOR].name
_SECONDS = 6.0  # of a turn
_REST = 6.0  # seconds after which a reader may ask as often again as at first (dashboard/gate/gate.py)
_PAIRS = 4  # of looks at both stores
_LONG = 2500  # reruns of a long run
_MEGABYTES = 40  # that its second half may add


def bench(rows: int = 12_000_000) -> None:
    with tempfile.TemporaryDirectory() as folder:
        small = prepared(_made(folder, "small"), figures=10_000)
        with live.serving(small.folder) as ours, _stock("one_chart", small) as one, _stock("analyst", small) as analyst:
            time.sleep(_REST)
            _by_turns(small, ours, one, analyst)
            _long_run(small, ours)
            if live.CHROMIUM:
                visits.bench(ours, analyst)
        _of_size(small, prepared(_made(folder, "large"), figures=rows))


def _made(folder: str, name: str) -> Path:
    made = Path(folder) / name
    made.mkdir()
    return made


@contextmanager
def _stock(page: str, on: Prepared) -> Iterator[str]:
    """A page of another's, served as Streamlit serves any: its address."""
    port = live.free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(_STOCK / f"{page}.py"), "--server.headless", "true"]
    environment = {**os.environ, "ZHIBIAO_BENCH_FIGURES": str(on.copy)}
    with (on.folder / f"{page}.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--server.port", str(port)], cwd=on.folder, env=environment, stdout=log, stderr=log
        )
    url = f"http://127.0.0.1:{port}"
    try:
        live.wait(f"{url}/_stcore/health", process, on.folder / f"{page}.log")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=20)


def _readers(on: Prepared, screen: str) -> list[Reader]:
    """Readers who go through the plans, each from another one on, and through the targets of each."""
    found = []
    for number, cookie in enumerate(on.cookies):
        pages = []
        for turn in range(len(_PLANS) * 2):
            plan = _PLANS[(number + turn) % len(_PLANS)]
            targets = on.targets[plan]
            one = f"&indicator={targets[(number + turn) % len(targets)]}" if screen == "indicator" else ""
            pages.append((screen, f"plan={plan}{one}"))
        found.append(Reader(cookie, pages))
    return found


def _guests(count: int) -> list[Reader]:
    """The same of a page that knows nobody."""
    return [Reader("", [("", f"plan={_PLANS[(n + turn) % len(_PLANS)]}") for turn in range(5)]) for n in range(count)]


def _offered(server: live.Server, on: Prepared) -> list[str]:
    """The screens to look at that this version has."""
    page = {"Accept": "text/html"}
    return [s for s in _SCREENS if server.ask("GET", f"/{s}", cookie=on.cookies[0], **page)[0].status == 200]


# -- as often as a page that does little ---------------------------------------------------------------------


def _by_turns(on: Prepared, ours: live.Server, one: str, analyst: str) -> None:
    print(f"reruns a second with {len(on.cookies)} sessions, all five plans, by turns")
    guests = _guests(len(on.cookies))
    rates: dict[str, list[float]] = {}
    for turn in range(3):
        told = [("a stock page, one chart", crowd(one, guests, seconds=_SECONDS))]
        told.append(("an analyst's page", crowd(analyst, guests, seconds=_SECONDS)))
        for screen in _offered(ours, on):
            told.append((screen or "overview", crowd(ours.url, _readers(on, screen), seconds=_SECONDS)))
            time.sleep(_REST)
        for name, asked in told:
            rates.setdefault(name, []).append(asked.rate)
            if not turn:
                _tell(name, asked)
    overview = rates["overview"]
    for name, most in (("a stock page, one chart", 1.0), ("an analyst's page", 3.0)):
        times = median(mine / floor for mine, floor in zip(overview, rates[name], strict=True))
        least(f"总览, times as often as {name}", times, at_least=most)
    least("总览", median(overview), at_least=3.9, unit="/s")  # what Apache Superset managed of its own


def _tell(name: str, asked: Asked) -> None:
    slow = sorted(asked.reruns)
    half, most = median(slow) * 1e3, slow[len(slow) * 19 // 20] * 1e3
    print(
        f"  {name:<24} {asked.rate:6.1f}/s; a rerun {half:.0f} ms, p95 {most:.0f};"
        f" all at once for the first time {max(asked.first):.1f} s; {median(asked.first_bytes) / 1e3:.1f} kB first,"
        f" {median(asked.rerun_bytes) / 1e3:.1f} kB again in {median(asked.messages):.0f} messages",
        flush=True,
    )


def _long_run(on: Prepared, ours: live.Server) -> None:
    """Memory over many reruns of every screen: it may not go on growing."""
    start, held, count = ours.memory, [], 0
    screens = _offered(ours, on)
    for _ in range(2):
        for screen in screens:
            most = _LONG // (2 * len(screens))
            count += len(crowd(ours.url, _readers(on, screen), seconds=120, most=most).reruns)
        held.append(ours.memory)
        print(f"  memory: {start / 1e6:.0f} MB, after {count} reruns {held[-1] / 1e6:.0f} MB", flush=True)
    within("a long run's second half, memory", (held[1] - held[0]) / 1e6, most=_MEGABYTES, unit="MB")


# -- a store of any size -------------------------------------------------------------------------------------


def _of_size(small: Prepared, large: Prepared) -> None:
    print(f"screens on {large.figures:,} observations against {small.figures:,}")
    with live.serving(small.folder) as few, live.serving(large.folder) as many:
        time.sleep(_REST)
        for screen in _offered(few, small):
            pairs = [_pair(screen, (many, large), (few, small)) for _ in range(_PAIRS + 1)][1:]
            name = screen or "overview"
            for what, number in (
                ("a first visit", 0),
                ("a rerun", 1),
                ("right after a write", 2),
                ("once it is kept", 3),
            ):
                mine, floor = (median(pair[side][number] for pair in pairs) for side in (0, 1))
                times = median(many[number] / few[number] for many, few in pairs)
                print(f"  {name}, {what}: {mine * 1e3:.0f} ms against {floor * 1e3:.0f} ms, {times:.2f} ×", flush=True)
                if number != 2:
                    within(f"{name}, {what}, {large.figures:,} observations", times, most=1.1)


def _pair(screen: str, *sides: tuple[live.Server, Prepared]) -> list[tuple[float, float, float, float]]:
    """Seconds of a first visit and of a rerun, of the first visit right after a write, and of the one after that."""
    found = []
    for server, on in sides:
        readers = _readers(on, screen)[:5]
        usual = crowd(server.url, readers, seconds=30, queued=True)
        name = f"new-{time.monotonic_ns()}"
        done = server.zhibiao("user", "add", name, "--role", "leader", "--demo", "--as", _WRITER)
        assert done.returncode == 0, done.stderr
        cold = crowd(server.url, [Reader(readers[0].cookie, [(screen, "")])], seconds=0)
        time.sleep(_REST)
        kept = crowd(server.url, readers, seconds=30, queued=True)
        found.append((median(usual.first), median(usual.reruns), cold.first[0], median(kept.first)))
    return found
