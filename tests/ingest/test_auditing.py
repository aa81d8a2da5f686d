"""Reading the ledger: what each filter leaves, in pages, by days of the office, at a cost that follows the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from indicators.store import Store
from ingest import auditing
from ingest.auditing import Wanted, chain, lines
from ingest.people import Forbidden, Role, User

ZONE = "Asia/Shanghai"
AUDITOR = User("sun", Role.AUDITOR)


def entries(store: Store, *, before: int | None = None, most: int = 100, **wanted: object) -> list[int]:
    found = lines(store, Wanted(**wanted), user=AUDITOR, zone=ZONE, before=before, most=most)  # type: ignore[arg-type]
    return found["entry"].to_list()


@pytest.fixture
def ledger(empty: Store) -> Store:
    """Forty lines: of two people, three acts, every tenth refused."""
    for number in range(1, 41):
        who, act = ("Li", "li-wei")[number % 2], ("submit", "approve", "sign_in")[number % 3]
        outcome = "refused" if number % 10 == 0 else "done"
        with empty.entry(
            actor=who, action=act, subject=f"S-{number}", outcome=outcome, address=f"10.0.0.{number}", note="100%_x"
        ):
            pass
    return empty


FILTERS: dict[str, tuple[dict[str, object], Callable[[int], bool]]] = {
    "nothing": ({}, lambda n: True),
    "who, whatever the case": ({"who": "lI"}, lambda n: True),
    "who, a part": ({"who": "wei"}, lambda n: n % 2 == 1),
    "act": ({"act": "approve"}, lambda n: n % 3 == 1),
    "an act whole": ({"act": "appro"}, lambda n: False),
    "outcome": ({"outcome": "refused"}, lambda n: n % 10 == 0),
    "subject": ({"text": "s-3"}, lambda n: n == 3 or 30 <= n < 40),
    "address": ({"text": "10.0.0.7"}, lambda n: n == 7),
    "detail, no wildcard": ({"text": "100%_X"}, lambda n: True),
    "a wildcard is a character": ({"text": "%"}, lambda n: True),
    "not a pattern": ({"text": "1__%"}, lambda n: False),
    "several": ({"who": "wei", "act": "submit", "outcome": "done"}, lambda n: n % 2 == 1 and n % 3 == 0),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_leaves_what_a_loop_leaves(name: str, ledger: Store) -> None:
    wanted, fits = FILTERS[name]
    assert entries(ledger, **wanted) == [n for n in range(40, 0, -1) if fits(n)]


@pytest.mark.parametrize("name", FILTERS)
def test_pages_join_without_gap_or_overlap(name: str, ledger: Store) -> None:
    wanted, fits = FILTERS[name]
    found: list[int] = []
    before: int | None = None
    while page := entries(ledger, before=before, most=3, **wanted):
        assert len(page) <= 3
        found += page
        before = page[-1]
    assert found == [n for n in range(40, 0, -1) if fits(n)]


def test_days_are_the_offices_and_both_inclusive(ledger: Store) -> None:
    at = ledger.ask("ledger", most=1)["recorded_at"][0]
    day = (at + timedelta(hours=8)).date()  # where the office is
    assert len(entries(ledger, since=day, until=day)) == 40
    assert entries(ledger, since=day + timedelta(days=1)) == []
    assert entries(ledger, until=day - timedelta(days=1)) == []
    assert len(entries(ledger, since=date.min, until=date.max)) == 40


def test_the_day_turns_at_the_offices_midnight(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    instants = iter([datetime(2024, 6, 30, 15, 59), datetime(2024, 6, 30, 16, 0)])  # 23:59 and 00:00 in Shanghai
    monkeypatch.setattr("indicators.store.store._now", lambda: next(instants))
    for _ in range(2):
        with empty.entry(actor="li", action="submit"):
            pass
    assert entries(empty, until=date(2024, 6, 30)) == [1]
    assert entries(empty, since=date(2024, 7, 1)) == [2]


def test_only_the_auditor_reads(ledger: Store) -> None:
    for role in set(Role) - {Role.AUDITOR, Role.OPERATOR}:
        with pytest.raises(Forbidden):
            lines(ledger, Wanted(), user=User("x", role), zone=ZONE)
        with pytest.raises(Forbidden):
            chain(ledger, user=User("x", role))


def test_what_an_outcome_and_an_address_are_not_known_of_is_shown_all_the_same(ledger: Store) -> None:
    """A line whose seal was taken away must not vanish from the page."""
    ledger._connection.execute("DELETE FROM seal WHERE entry = 12")
    found = lines(ledger, Wanted(), user=AUDITOR, zone=ZONE, most=100)
    assert found.filter(pl.col("entry") == 12)["outcome"].to_list() == [""]
    broken = chain(ledger, user=AUDITOR)
    assert broken is not None
    assert (broken.entry, broken.kind) == (12, "unsealed")


def test_a_page_is_read_from_its_end_of_the_ledger(ledger: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    ask = Store.ask

    def noted(self: Store, question: str, **values: int) -> pl.DataFrame:
        if question == "audit":
            asked.append((values["oldest"], values["before"]))
        return ask(self, question, **values)

    monkeypatch.setattr(Store, "ask", noted)
    assert entries(ledger, most=2) == [40, 39]
    assert asked == [(33, 41)]  # four times the page, and no further
    asked.clear()
    assert entries(ledger, most=2, text="S-1") == [19, 18]
    assert asked == [(33, 41), (1, 33)]  # pieces that grow, until the page is full
    assert auditing.last_line(ledger) == 40
