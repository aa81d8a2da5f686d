"""A history from its file to what holds: the same figures as a return would store, the same course, or nothing."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from indicators.store import Store
from ingest.history import load as loading
from ingest.history.load import Loaded
from ingest.importing import initialise
from ingest.people import Forbidden, Role, User
from ingest.release import release
from ingest.settings import Settings
from ingest.submission import Decision
from ingest.words import phrase
from ingest.workflow import decide, submit
from tests.ingest.history.conftest import Load, counts, errors
from tests.returns import PUBLISHED, codes, csv, years


def staged(store: Store, loaded: Loaded) -> pl.DataFrame:
    assert loaded.submission, loaded.problems
    return store.ask("staged", submission=loaded.submission)


# -- the course of a submission ------------------------------------------------------------------------------


def test_from_file_to_release(send: Load, store: Store, wang: User, li: User, zhao: User, tmp_path: Path) -> None:
    raw = years("80", "80.5", "81", note="年鉴")
    loaded = send(raw)
    assert (loaded.accepted, loaded.rows, loaded.changes, loaded.total) == (True, 3, {"new": 3}, 0)
    told = store.ask("submissions", id=loaded.submission, sha256=None, submitted_by=None).row(0, named=True)
    digest = hashlib.sha256(raw).hexdigest()
    assert (told["decision"], told["sha256"], told["file_name"]) == ("", digest, "历史.csv")
    assert (told["submitted_by"], told["rows"], told["origin"]) == ("wang", 3, "reported")
    assert [file.name for file in (tmp_path / "uploads").iterdir()] == [digest]
    assert (tmp_path / "uploads" / digest).read_bytes() == raw
    assert store.approved().is_empty()
    with pytest.raises(Forbidden):
        decide(store, submission=loaded.submission, decision=Decision.APPROVE, user=wang)
    decide(store, submission=loaded.submission, decision=Decision.APPROVE, user=li)
    assert store.approved()["value"].to_list() == [80, 80.5, 81]
    assert release(store, user=zhao, as_of=date(2021, 12, 31)).figures == 3


def test_the_ledger_says_who_loaded_what(send: Load, store: Store) -> None:
    before = store.last_entry()
    loaded = send(years("80"), note="省年鉴")
    line = store.ask("ledger", most=1).row(0, named=True)
    assert (line["entry"], line["actor"], line["action"]) == (before + 1, "wang", "submit")
    assert line["subject"] == loaded.submission
    assert json.loads(line["detail"]) == {"file": "历史.csv", "history": True, "note": "省年鉴"}


def test_a_history_is_stored_as_a_return_would_be(send: Load, store: Store, settings: Settings, tmp_path: Path) -> None:
    loaded = send(PUBLISHED.read_bytes())
    other, sender = Store(":memory:"), User("wang", Role.OPERATOR)
    initialise(other)
    receipt = submit(other, settings, name="a.csv", raw=PUBLISHED.read_bytes(), user=sender, uploads=tmp_path)
    mine, theirs = staged(store, loaded), other.ask("staged", submission=receipt.submission)
    other.close()
    same = [c for c in theirs.columns if c not in ("entry", "submission")]
    assert mine.height == 57
    assert mine.select(same).to_dicts() == theirs.select(same).to_dicts()


def test_a_note_is_said_of_every_figure_without_one(send: Load, store: Store) -> None:
    loaded = send(csv({"note": "普查"}, {"period": "2020"}), note="省年鉴")
    assert staged(store, loaded)["note"].to_list() == ["普查", "省年鉴"]
    again = send(years("79"), note="市年鉴")  # a file without the column
    assert staged(store, again)["note"].to_list() == ["市年鉴"]


def test_what_the_reviewer_should_know_is_kept_with_it(send: Load, store: Store) -> None:
    loaded = send(years("80", "96", "96.1"))
    what = phrase("counted_value_unusual", "en")
    assert counts(loaded)[what] == (2, 3)
    assert loaded.accepted
    kept = store._connection.execute("SELECT submission, row, code, facts FROM finding ORDER BY row").fetchall()
    assert {(s, code) for s, _, code, _ in kept} == {(loaded.submission, "history_counted")}
    assert [(row, json.loads(facts)["count"]) for _, row, _, facts in kept if json.loads(facts)["what_en"] == what] == [
        (3, "2")
    ]


# -- all or nothing ------------------------------------------------------------------------------------------


def everything(store: Store, uploads: Path) -> tuple[object, ...]:
    tables = ("figure", "submission", "signing", "finding", "decision")
    rows = [store._connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables]
    return *rows, sorted(uploads.iterdir()) if uploads.exists() else []


@pytest.mark.usefixtures("small_batches")
def test_an_error_in_the_last_batch_leaves_nothing_of_the_first(send: Load, store: Store, tmp_path: Path) -> None:
    before, entries = everything(store, tmp_path / "uploads"), store.ask("ledger", most=99).height
    loaded = send(years("80", "80.1", "80.2", "80.3", "八十"))
    assert errors(loaded) == [("number_unreadable", 6, "value", "八十")]
    assert (loaded.submission, loaded.rows, loaded.total) == ("", 5, 1)
    assert everything(store, tmp_path / "uploads") == before
    assert store.ask("ledger", most=99).height == entries + 1
    line = store.ask("ledger", most=1).row(0, named=True)
    assert (line["action"], json.loads(line["detail"])) == ("submit_refused", {"file": "历史.csv", "problems": 1})


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("failing", ["figure", "submission", "signing"])
def test_whatever_breaks_while_storing_leaves_nothing(
    send: Load, store: Store, tmp_path: Path, failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, entry = everything(store, tmp_path / "uploads"), store.last_entry()
    add = loading.Entry.add

    def breaks(self: loading.Entry, table: str, rows: pl.DataFrame, **same: object) -> None:
        add(self, table, rows, **same)
        if table == failing:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(loading.Entry, "add", breaks)
        with pytest.raises(KeyboardInterrupt):
            send(years("80", "80.1", "80.2"))
    assert everything(store, tmp_path / "uploads") == before
    assert store.last_entry() == entry
    assert send(years("80", "80.1", "80.2")).submission


def test_a_copy_left_by_a_machine_that_stopped_is_cleared(send: Load, tmp_path: Path) -> None:
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    (uploads / ".history-0123abcd").write_bytes(b"half")
    raw = years("80")
    send(raw)
    assert [file.name for file in uploads.iterdir()] == [hashlib.sha256(raw).hexdigest()]


def test_the_same_bytes_twice_are_one_submission(send: Load, store: Store) -> None:
    first, entry = send(years("80")), store.last_entry()
    second = send(years("80"))
    assert (second.submission, codes(second.problems), second.rows) == (first.submission, ["already_submitted"], 1)
    assert store.last_entry() == entry


def test_who_may_not_submit_loads_nothing(send: Load, store: Store, li: User, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        send(years("80"), user=li)
    assert not (tmp_path / "uploads").exists()


# -- beside what is approved ---------------------------------------------------------------------------------


@pytest.fixture
def approved(send: Load, store: Store, li: User) -> None:
    """Life expectancy of 2001 to 2003 is approved."""
    loaded = send(years("80", "80.5", "81", vintage="年报"))
    decide(store, submission=loaded.submission, decision=Decision.APPROVE, user=li)


@pytest.mark.usefixtures("approved", "small_batches")
def test_only_what_says_something_new_is_stored(send: Load, store: Store) -> None:
    loaded = send(years("80", "80.6", "81", "81.2", vintage="年报"))
    assert loaded.changes == {"unchanged": 2, "changed": 1, "new": 1}
    assert staged(store, loaded)["value"].to_list() == [80.6, 81.2]
    assert counts(loaded) == {phrase("counted_value_changes_approved", "en"): (1, 3)}


@pytest.mark.usefixtures("approved")
def test_a_lower_vintage_is_counted(send: Load) -> None:
    loaded = send(years("80.1", vintage="快报"))
    assert counts(loaded)[phrase("counted_vintage_lower", "en")] == (1, 2)
    assert loaded.accepted


@pytest.mark.usefixtures("approved")
def test_a_history_of_what_is_known_says_nothing(send: Load, store: Store, tmp_path: Path) -> None:
    entry = store.last_entry()
    loaded = send(years("80", "80.5", vintage="年报"))
    assert (codes(loaded.problems), loaded.accepted, loaded.submission) == (["nothing_new"], True, "")
    assert (store.last_entry(), len(list((tmp_path / "uploads").iterdir()))) == (entry, 1)


@pytest.mark.usefixtures("approved", "small_batches")
@pytest.mark.parametrize(("period", "value", "counted"), [("2004", "90", 1), ("2004", "81.2", 0), ("2000", "70", 0)])
def test_a_figure_is_seen_beside_the_approved_one_before_it(send: Load, period: str, value: str, counted: int) -> None:
    loaded = send(csv({"period": period, "value": value}))
    assert counts(loaded).get(phrase("counted_value_jump", "en"), (0, None))[0] == counted
