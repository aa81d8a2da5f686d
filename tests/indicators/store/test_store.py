"""The store: one owner, append-only, all or nothing, and able to say what was known when."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as law
from hypothesis import strategies as st

from indicators.catalogue import CatalogueKind
from indicators.period import Period
from indicators.store import SCHEMA_VERSION, Store, StoreBusy, StoreError, known_until, on_behalf_of
from indicators.store import store as module
from tests.returns import FIGURE, filled

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "indicators" / "store"
TABLES = re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", (FOLDER / "schema.sql").read_text(encoding="utf-8"))


def figure(row: int, value: float | None = 1.0, *, period: str = "2021", **changes: Any) -> dict[str, Any]:
    plain = FIGURE | {"row": row, "value": value, "period": period, "period_end": Period.parse(period).end}
    return plain | {"missing": "" if value is not None else "suppressed"} | changes


def send(store: Store, name: str, *figures: dict[str, Any], by: str = "wang", origin: str = "reported") -> datetime:
    """Stage figures as the submission `name`."""
    line = {"id": name, "sha256": name, "file_name": f"{name}.csv", "submitted_by": by, "rows": len(figures)}
    with store.entry(actor=by, action="submit", subject=name) as entry:
        entry.add("submission", [line | {"origin": origin}])
        frame = pl.DataFrame(
            [f | {"submission": name} for f in figures],
            infer_schema_length=None,
            schema_overrides={"value": pl.Float64, "numerator": pl.Float64, "published_on": pl.Date},
        )
        entry.add("figure", frame)
    return entry.at


def judge(store: Store, name: str, decision: str = "approve", by: str = "li") -> datetime:
    with store.entry(actor=by, action=decision, subject=name) as entry:
        entry.add("decision", [{"submission": name, "decision": decision, "decided_by": by, "reason": ""}])
    return entry.at


def publish(store: Store, number: int, rows: Iterable[tuple[str, int]], by: str = "zhao") -> datetime:
    with store.entry(actor=by, action="release") as entry:
        entry.add("release", [{"number": number, "released_by": by, "note": ""}])
        lines = [{"number": number, "submission": submission, "row": row} for submission, row in rows]
        entry.add("release_figure", lines)
    return entry.at


def counts(store: Store) -> dict[str, int]:
    """How many rows each table holds."""
    cursor = store._connection.cursor()
    return {table: cursor.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in TABLES}


def values(frame: pl.DataFrame) -> list[tuple[str, float | None]]:
    return list(frame.select("period", "value").iter_rows())


# -- what the files may say ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", sorted(p for p in FOLDER.rglob("*") if p.suffix in (".sql", ".py")), ids=lambda p: p.name
)
def test_no_file_of_the_store_rewrites_or_leans_on_keys(path: Path) -> None:
    statements = re.sub(r"(--|#).*", "", path.read_text(encoding="utf-8"))
    forbidden = r"\b(UPDATE|DELETE|MERGE|REPLACE INTO|TRUNCATE|DROP|ALTER|PRIMARY\s+KEY|UNIQUE|SEQUENCE|INDEX)\b"
    assert not re.findall(forbidden, statements if path.suffix == ".sql" else re.sub(r'""".*?"""', "", statements))


@pytest.mark.parametrize("path", sorted((FOLDER / "queries").glob("*.sql")), ids=lambda p: p.stem)
def test_a_query_says_in_its_first_line_what_it_answers(path: Path) -> None:
    assert re.match(r"-- [A-Z].*\S", path.read_text(encoding="utf-8"))


# -- opening ---------------------------------------------------------------------------------------------------


def test_a_store_keeps_its_identity(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "s.duckdb"
    first = Store(path)
    first.close()
    again = Store(path)
    assert (again.id, again.kind, again.last_entry()) == (first.id, "real", 0)
    again.close()


def test_two_stores_are_two(empty: Store) -> None:
    other = Store(":memory:")
    assert other.id != empty.id
    other.close()


def test_a_demonstration_is_never_opened_as_the_real_thing(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    Store(path, kind="demo").close()
    with pytest.raises(StoreError, match=r"s\.duckdb is a demo store and cannot be opened as a real one"):
        Store(path)
    Store(path, kind="demo").close()  # the refusal let go of the file


def test_a_store_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.duckdb"
    monkeypatch.setattr(module, "SCHEMA_VERSION", 1)
    Store(path).close()
    monkeypatch.undo()
    with pytest.raises(StoreError, match="has schema 1, this program needs 6"):
        Store(path)


def test_a_store_that_lacks_only_newer_tables_grows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "s.duckdb"
    monkeypatch.setattr(module, "SCHEMA_VERSION", 2)
    old = Store(path)
    old.close()
    monkeypatch.undo()
    grown = Store(path)
    assert grown.id == old.id
    grown.close()
    monkeypatch.setattr(module, "SCHEMA_VERSION", 2)
    with pytest.raises(StoreError, match=f"has schema {SCHEMA_VERSION}, this program needs 2"):
        Store(path)


@pytest.mark.parametrize(
    "content", [b"region,indicator\n" * 100, b"\0" * 20_000, b"x"], ids=["text", "zeroes", "one byte"]
)
def test_F07_what_is_no_store_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.duckdb"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="left as it is. Put a backup in its place"):
        Store(path)
    assert path.read_bytes() == content


def test_F07_a_cut_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    Store(path).close()
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(StoreError, match="cannot be opened as a store"):
        Store(path)


def test_a_database_of_someone_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with duckdb.connect(str(path)) as other:
        other.execute("CREATE TABLE store_info (colour VARCHAR)")
    with pytest.raises(StoreError, match="cannot be opened as a store"):
        Store(path)


def test_a_path_with_lock_in_it_is_not_mistaken_for_a_locked_store(tmp_path: Path) -> None:
    path = tmp_path / "locksmith.duckdb"
    path.write_bytes(b"not a database, and long enough to be looked at" * 500)
    with pytest.raises(StoreError) as refused:
        Store(path)
    assert not isinstance(refused.value, StoreBusy)


def test_another_configuration_in_this_process_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with duckdb.connect(str(path)), pytest.raises(StoreError, match="cannot be opened"):
        Store(path)


OWNER = """
import sys
from indicators.store import Store
store = Store(sys.argv[1])
print("open", flush=True)
sys.stdin.readline()
"""


def test_F05_a_second_process_is_told_who_owns_the_store(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(path)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdin is not None
        assert owner.stdout is not None
        assert owner.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy, match=f"in use by process {owner.pid}; stop it, or work through it") as busy:
            Store(path)
        assert busy.value.pid == owner.pid
        owner.stdin.close()
    Store(path).close()


def test_busy_without_a_known_owner_still_says_what_to_do() -> None:
    assert "another process" in str(StoreBusy(Path("s.duckdb"), None))


WRITER = """
import sys
from indicators.store import Store
store = Store(sys.argv[1])
for number in range(10_000):
    with store.entry(actor="w", action="user") as entry:
        entry.add("person", [
            {"name": f"{number}-{n}", "role": "leader", "organisation": "", "active": True} for n in range(20)
        ])
    print(number, flush=True)
"""


def test_F01_killed_at_any_moment_an_entry_is_there_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    told = 0
    for delay in (0.0, 0.011, 0.027):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(delay)
            writer.kill()
            told += 1 + len(re.findall(r"\d+\n", writer.stdout.read()))
        store = Store(path)
        entries = store.ask("ledger", most=100_000).height
        assert counts(store)["person"] == 20 * entries
        assert entries >= told
        store.close()
        told = entries
    assert told >= 3


# -- locked down -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "COPY ledger TO '/tmp/zhibiao-leak.csv'",
        "ATTACH '/tmp/zhibiao-leak.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SELECT * FROM outside",
    ],
)
def test_no_query_can_reach_outside(empty: Store, statement: str) -> None:
    outside = pl.DataFrame({"x": [1]})
    with pytest.raises(duckdb.Error):
        empty._connection.cursor().execute(statement)
    assert outside.height == 1


# -- entries ---------------------------------------------------------------------------------------------------


class Stopped(BaseException):
    """What a page that is closed in the middle of its run looks like."""


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), Stopped()], ids=lambda e: type(e).__name__)
def test_F03_an_entry_that_fails_leaves_nothing(store: Store, error: BaseException) -> None:
    before, last = counts(store), store.last_entry()
    with pytest.raises(type(error)), store.entry(actor="wang", action="submit") as entry:
        entry.add("person", [{"name": "x", "role": "leader", "organisation": "", "active": True}])
        raise error
    assert counts(store) == before
    assert store.last_entry() == last
    send(store, "next", figure(2))  # the door is open again
    assert store.last_entry() == last + 1


def test_the_first_error_is_the_one_that_is_told(empty: Store) -> None:
    with pytest.raises(ValueError, match="the real reason"), empty.entry(actor="a", action="b") as entry:
        entry._cursor.execute("ROLLBACK")  # as a COMMIT that fails does
        raise ValueError("the real reason")


def test_rows_that_do_not_fit_the_table_are_refused(empty: Store) -> None:
    with pytest.raises(duckdb.Error), empty.entry(actor="a", action="b") as entry:
        entry.add("person", [{"name": "x", "shoe_size": 43}])
    with pytest.raises(AssertionError, match="table names are ours"), empty.entry(actor="a", action="b") as entry:
        entry.add("person; DROP TABLE ledger", [{"name": "x"}])
    assert counts(empty)["ledger"] == 0


@pytest.mark.parametrize("column", ["value", "numerator", "denominator"])
@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")], ids=str)
def test_D09_the_store_asks_again_whether_a_number_is_finite(empty: Store, column: str, number: float) -> None:
    with pytest.raises(ValueError, match=rf"figure\.{column}: NaN and infinity are never stored"):
        send(empty, "s", figure(2), figure(3, period="2022", **{column: number}))
    assert counts(empty)["figure"] == counts(empty)["ledger"] == 0


def test_nothing_to_add_is_no_error(empty: Store) -> None:
    with empty.entry(actor="a", action="b") as entry:
        entry.add("figure", [])
        entry.add("figure", pl.DataFrame())
    assert empty.ask("ledger", most=9)["action"].to_list() == ["b"]
    assert empty.last_entry() == 0  # a line alone changes no answer


def test_a_line_of_the_ledger_says_who_did_what(empty: Store) -> None:
    with empty.entry(actor="王", action="submit", subject="abc", file="六月.csv", on=date(2024, 7, 1)) as entry:
        assert entry.number == 1
    line = empty.ask("ledger", most=5).row(0, named=True)
    assert (line["entry"], line["actor"], line["action"], line["subject"]) == (1, "王", "submit", "abc")
    assert line["detail"] == '{"file": "六月.csv", "on": "2024-07-01"}'
    assert line["recorded_at"] == entry.at
    assert line["system_user"]


def test_a_machine_without_user_names_is_no_obstacle(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(uid: int) -> pwd.struct_passwd:
        raise KeyError("uid not found")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with on_behalf_of(4711), empty.entry(actor="a", action="b"):
        pass
    assert empty.ask("ledger", most=1)["system_user"].to_list() == ["uid 4711"]


def test_the_environment_does_not_say_who_runs_the_program(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "somebody else")
    monkeypatch.setenv("USER", "somebody else")
    with empty.entry(actor="a", action="b"):
        pass
    assert empty.ask("ledger", most=1)["system_user"].to_list() == [pwd.getpwuid(os.geteuid()).pw_name]


def test_F21_a_clock_set_back_never_reorders_what_was_known(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    noon = datetime(2024, 7, 1, 12)
    clock = iter([noon, noon, noon - timedelta(hours=3), noon + timedelta(hours=1)])
    monkeypatch.setattr(module, "_now", lambda: next(clock))
    for _ in range(4):
        with empty.entry(actor="a", action="b"):
            pass
    tick = timedelta(microseconds=1)
    told = empty.ask("ledger", most=9).sort("entry")["recorded_at"].to_list()
    assert told == [noon, noon + tick, noon + 2 * tick, noon + timedelta(hours=1)]


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        (date(2024, 6, 30), "Asia/Shanghai", datetime(2024, 6, 30, 15, 59, 59, 999999)),
        (date(2024, 6, 30), "UTC", datetime(2024, 6, 30, 23, 59, 59, 999999)),
        (date(2024, 3, 31), "Europe/Berlin", datetime(2024, 3, 31, 21, 59, 59, 999999)),  # the clocks went forward
        (None, "UTC", None),
    ],
)
def test_known_on_a_day_is_until_its_last_instant(day: date | None, zone: str, instant: datetime | None) -> None:
    assert known_until(day, zone) == instant


# -- the catalogue ---------------------------------------------------------------------------------------------


def test_the_catalogue_as_it_was_known(store: Store) -> None:
    organisations = next(t for k, _, t in store.catalogue_texts() if k is CatalogueKind.ORGANISATIONS)
    before = store.ask("last_entry")["recorded_at"][0]
    line = {"kind": "organisations", "id": "organisations", "version": 2, "document": ""}
    with store.entry(actor="chen", action="import") as entry:
        entry.add("catalogue_version", [line | {"text": organisations.replace("市卫健委", "卫健委")}])
    assert store.catalogue().organisations["chengdu-health"].short_zh == "卫健委"
    assert store.catalogue(known_on=before).organisations["chengdu-health"].short_zh == "市卫健委"
    assert store.catalogue(known_on=before - timedelta(days=1)).organisations == {}


def test_the_catalogue_is_parsed_once_for_each_state(store: Store) -> None:
    assert store.catalogue() is store.catalogue()


# -- a small life ----------------------------------------------------------------------------------------------


def test_only_what_is_approved_holds(empty: Store) -> None:
    send(empty, "a", figure(2, 1.0), figure(3, 2.0, period="2022"))
    assert empty.approved().is_empty()
    judge(empty, "a")
    send(empty, "b", figure(2, 9.0), by="zhou")
    assert values(empty.approved()) == [("2021", 1.0), ("2022", 2.0)]
    judge(empty, "b")
    row = empty.approved().row(0, named=True)
    assert (row["value"], row["submission"], row["submitted_by"], row["approved_by"]) == (9.0, "b", "zhou", "li")
    assert row["file_name"] == "b.csv"


def test_what_is_sent_back_never_holds(empty: Store) -> None:
    send(empty, "a", figure(2))
    judge(empty, "a", "return")
    assert empty.approved().is_empty()
    assert empty.ask("unreleased").is_empty()


def test_the_one_decided_last_holds_not_the_one_sent_last(empty: Store) -> None:
    send(empty, "first", figure(2, 1.0))
    send(empty, "second", figure(2, 2.0))
    judge(empty, "second")
    judge(empty, "first")
    assert values(empty.approved()) == [("2021", 1.0)]


def test_region_indicators_and_time_narrow_the_answer(empty: Store) -> None:
    send(empty, "a", figure(2), figure(3, region="440100"), figure(4, indicator="nurses"))
    at = judge(empty, "a")
    assert empty.approved(regions=["440100"])["row"].to_list() == [3]
    assert empty.approved(indicators=["nurses", "doctors"])["row"].to_list() == [4]
    assert empty.approved(indicators=[]).is_empty()
    assert empty.approved(known_on=at).height == 3
    assert empty.approved(known_on=at - timedelta(microseconds=1)).is_empty()


def test_a_quarter_and_the_year_to_date_are_two_figures(empty: Store) -> None:
    send(
        empty,
        "a",
        figure(2, 3.0, period="2021Q2", accumulation="period"),
        figure(3, 5.0, period="2021年上半年", accumulation="ytd"),
    )
    judge(empty, "a")
    assert empty.approved()["value"].to_list() == [3.0, 5.0]


def test_released_is_said_as_it_was_known(empty: Store) -> None:
    send(empty, "a", figure(2), figure(3, period="2022"))
    approved = judge(empty, "a")
    publish(empty, 1, [("a", 2)])
    assert empty.approved()["released"].to_list() == [True, False]
    assert empty.approved(known_on=approved)["released"].to_list() == [False, False]
    assert [tuple(r) for r in empty.ask("unreleased").select("submission", "row").iter_rows()] == [("a", 3)]


def test_demonstration_figures_are_never_ready_for_release(empty: Store) -> None:
    send(empty, "a", figure(2), origin="demo")
    judge(empty, "a")
    assert empty.approved()["origin"].to_list() == ["demo"]
    assert empty.ask("unreleased").is_empty()


def test_the_history_of_a_figure_is_told_newest_first(empty: Store) -> None:
    for name, value in (("a", 1.0), ("b", 2.0)):
        send(empty, name, figure(2, value), figure(3, 7.0, period="2022"))
        at = judge(empty, name)
    asked = {"indicator": "beds", "region": "510100"}
    told = empty.ask("history", **asked, known_on=at)
    assert values(told) == [("2022", 7.0), ("2022", 7.0), ("2021", 2.0), ("2021", 1.0)]
    assert told["submission"].to_list() == ["b", "a", "b", "a"]
    assert empty.ask("history", **asked, known_on=at - timedelta(microseconds=1)).height == 2


def test_submissions_tell_their_latest_decision(empty: Store) -> None:
    for name in "abc":
        send(empty, name, figure(2), by=f"user {name}")
    judge(empty, "a")
    judge(empty, "b", "return")
    publish(empty, 1, [("a", 2)])
    nobody: dict[str, None] = {"id": None, "sha256": None, "submitted_by": None}
    told = empty.ask("submissions", **nobody)
    assert list(told.select("id", "decision", "decided_by", "released").iter_rows()) == [
        ("c", "", "", False),
        ("b", "return", "li", False),
        ("a", "approve", "li", True),
    ]
    assert empty.ask("submissions", **nobody | {"submitted_by": "user b"})["id"].to_list() == ["b"]
    assert empty.ask("submissions", **nobody | {"sha256": "c"})["id"].to_list() == ["c"]
    assert empty.ask("submissions", **nobody | {"id": "%"}).is_empty()


def test_the_rows_of_one_submission(empty: Store) -> None:
    send(empty, "a", figure(3, period="2022"), figure(2))
    send(empty, "b", figure(2))
    assert empty.ask("staged", submission="a")["row"].to_list() == [2, 3]


def sign(store: Store, name: str, *, drafted: str = "", **changes: Any) -> None:
    """Send `name`, or draft it, with what its form says."""
    plain = {"organisation": "health", "form": "ZB-J01", "period": "2024Q1", "due_at": datetime(2024, 4, 5, 4)}
    names = {"filled_by": "张三", "statistics_head": "李四", "organisation_head": "王五"}
    line = {"id": name, "sha256": name, "file_name": f"{name}.csv", "rows": 1}
    with store.entry(actor="wang", action="draft" if drafted else "submit", subject=name) as entry:
        if drafted:
            entry.add("draft", [line | {"drafted_by": drafted}])
        else:
            entry.add("submission", [line | {"submitted_by": "wang", "origin": "reported"}])
        entry.add("signing", [plain | names | {"submission": name} | changes])


NOBODY: dict[str, None] = {"id": None, "sha256": None, "submitted_by": None}


def test_submissions_tell_their_form_who_signed_and_whether_they_were_late(empty: Store) -> None:
    send(empty, "before signatures", figure(2))
    sign(empty, "late")
    sign(empty, "early", due_at=datetime(2999, 1, 1), organisation_head="")
    sign(empty, "no hour", due_at=None, form="", period="")
    columns = ["id", "organisation", "form", "period", "filled_by", "organisation_head", "late"]
    assert empty.ask("submissions", **NOBODY).select(columns).rows() == [
        ("no hour", "health", "", "", "张三", "王五", False),
        ("early", "health", "ZB-J01", "2024Q1", "张三", "", False),
        ("late", "health", "ZB-J01", "2024Q1", "张三", "王五", True),
        ("before signatures", "", "", "", "", "", False),
    ]


def test_submissions_count_what_they_explain_and_report_on(empty: Store) -> None:
    for name in ("a", "b"):
        sign(empty, name)
    found = {"submission": "a", "column_name": "value", "found": "9", "facts": "{}"}
    matter = {"submission": "b", "plan": "p", "commitment": "c", "state": "done", "evidence": "", "note": ""}
    with empty.entry(actor="wang", action="submit") as entry:
        entry.add("finding", [{**found, "row": n, "code": "value_jump"} for n in (3, 2)])
        entry.add("matter_report", [{**matter, "row": 2}])
        entry.add("attachment", [{"submission": "a", "sha256": "x", "file_name": "批复.pdf", "bytes": 5}])
    told = empty.ask("submissions", **NOBODY).sort("id")
    assert told.select("id", "explained", "matters").rows() == [("a", 2, 0), ("b", 0, 1)]
    assert empty.ask("submission_findings", submission="a")["row"].to_list() == [2, 3]
    assert empty.ask("submission_matters", submission="b")["commitment"].to_list() == ["c"]
    assert empty.ask("submission_attachments", submission="a")["file_name"].to_list() == ["批复.pdf"]
    assert empty.ask("submission_explanations", submission="a").is_empty()


def test_drafts_tell_what_became_of_them(empty: Store) -> None:
    for name in ("open", "sent", "sent and withdrawn", "discarded"):
        sign(empty, name, drafted="zhou" if name == "open" else "wang", filled_by="")
    for name in ("sent", "sent and withdrawn"):
        sign(empty, name)
    for name in ("sent and withdrawn", "discarded"):
        judge(empty, name, "withdraw")
    asked: dict[str, None] = {"id": None, "sha256": None, "drafted_by": None}
    told = empty.ask("drafts", **asked)
    assert told.select("id", "sent", "discarded").rows() == [
        ("discarded", False, True),
        ("sent and withdrawn", True, False),
        ("sent", True, False),
        ("open", False, False),
    ]
    assert set(told["form"]) == {"ZB-J01"} and set(told["filled_by"]) == {""}
    assert empty.ask("drafts", **asked | {"drafted_by": "zhou"})["id"].to_list() == ["open"]
    assert empty.ask("drafts", **asked | {"sha256": "sent"})["id"].to_list() == ["sent"]
    assert empty.ask("drafts", **asked | {"id": "none"}).is_empty()
    # and a draft that was signed when it was sent is one submission, by its latest signature
    assert empty.ask("submissions", **NOBODY | {"id": "sent"})["filled_by"].to_list() == ["张三"]


def test_which_submissions_carry_a_figure(empty: Store) -> None:
    send(empty, "q4", figure(2, period="2021Q4", vintage="flash"), figure(3, period="2021Q3"))
    send(empty, "year", figure(2, period="2021"))
    send(empty, "final", figure(2, period="2021Q4", vintage="revised"), figure(3, period="2021Q4", accumulation="ytd"))
    send(empty, "elsewhere", figure(2, region="440100"), figure(3, indicator="gps"))
    about = {"indicators": ["beds"], "regions": ["510100"]}
    told = empty.ask("carried", ends=[date(2021, 12, 31), date(2022, 12, 31)], **about)
    assert told.select("submission", "final").rows() == [("final", True), ("q4", False), ("year", True)]
    assert set(told["period_end"]) == {date(2021, 12, 31)}
    for nothing in ({"ends": []}, {"indicators": []}, {"regions": []}):
        assert empty.ask("carried", **{"ends": [date(2021, 12, 31)], **about, **nothing}).is_empty()


def test_reminders_are_counted_and_the_last_word_on_a_waiver_stands(empty: Store) -> None:
    which = {"organisation": "health", "form": "ZB-J01", "period": "2024Q1"}
    for waived, note in ((True, "x"), (False, "y")):
        with empty.entry(actor="li", action="remind") as entry:
            entry.add("reminder", [{**which, "reminded_by": "li", "note": note}])
            entry.add("waiver", [{**which, "waived": waived, "decided_by": "li", "reason": note}])
    assert empty.ask("reminders").rows() == [("health", "ZB-J01", "2024Q1", 2, entry.at)]
    assert empty.ask("waivers").select("waived", "reason", "decided_by").rows() == [(False, "y", "li")]


def test_the_steps_of_one_submission_are_told_oldest_first(empty: Store) -> None:
    sign(empty, "a", drafted="wang")
    sign(empty, "a")
    judge(empty, "a")
    publish(empty, 1, [("a", 2)])
    judge(empty, "a", "archive", by="zhao")
    told = empty.ask("steps", submission="a")
    assert told.columns == ["when", "who", "what", "why"]
    assert list(told.select("who", "what").iter_rows()) == [
        *(("wang", "drafted"), ("wang", "submitted"), ("li", "approved"), ("zhao", "released"), ("zhao", "archived"))
    ]
    assert empty.ask("steps", submission="b").is_empty()


def test_releases_count_their_figures(empty: Store) -> None:
    send(empty, "a", figure(2), figure(3, period="2022"))
    judge(empty, "a")
    first = publish(empty, 1, [("a", 2), ("a", 3)])
    last = publish(empty, 2, [])
    told = empty.ask("releases", known_on=last)
    assert list(told.select("number", "figures").iter_rows()) == [(2, 0), (1, 2)]
    assert empty.ask("releases", known_on=first)["number"].to_list() == [1]


def test_people_stand_as_last_recorded(empty: Store) -> None:
    for role, active in (("leader", True), ("reviewer", True), ("reviewer", False)):
        with empty.entry(actor="chen", action="person") as entry:
            entry.add("person", [{"name": "li", "role": role, "organisation": "", "active": active}])
    assert list(empty.ask("people").select("name", "role", "active").iter_rows()) == [("li", "reviewer", False)]


def test_D29_text_is_never_sql(empty: Store) -> None:
    nasty = "x'; DROP TABLE figure; --"
    send(empty, nasty, figure(2, note=nasty, indicator=nasty))
    judge(empty, nasty)
    assert empty.approved(indicators=[nasty])["note"].to_list() == [nasty]
    assert empty.approved(regions=[nasty]).is_empty()
    assert empty.approved(indicators=["%", "_", "x" * 1_000_000]).is_empty()
    assert counts(empty)["figure"] == 1


# -- an oracle by plain loops ----------------------------------------------------------------------------------

KEYS = [("beds", "510100", "2020"), ("beds", "510100", "2021"), ("beds", "440100", "2021"), ("gps", "510100", "2021")]
Key = tuple[str, str, str]


@dataclass
class Told:
    """Everything that happened to a store, in order: (instant, what, which)."""

    rows: dict[str, list[tuple[int, Key, float | None]]] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    events: list[tuple[datetime, str, Any]] = field(default_factory=list)

    def approvals(self, at: datetime) -> list[str]:
        voided = {which for when, what, which in self.events if what == "void" and when <= at}
        said = (which for when, what, which in self.events if what == "approve" and when <= at)
        return [which for which in said if which not in voided]

    def holding(self, at: datetime) -> dict[Key, tuple[str, int, float | None]]:
        held: dict[Key, tuple[str, int, float | None]] = {}
        for name in self.approvals(at):
            for row, key, value in self.rows[name]:
                held[key] = (name, row, value)
        return held

    def released(self, at: datetime) -> set[tuple[str, int]]:
        out: set[tuple[str, int]] = set()
        for when, what, which in self.events:
            if what == "release" and when <= at:
                out |= set(which)
        return out

    def unreleased(self, at: datetime) -> list[tuple[str, int]]:
        out = []
        for name, row, _ in self.holding(at).values():
            if (name, row) not in self.released(at) and self.origins[name] != "demo":
                out.append((name, row))
        return sorted(out)

    def revisions(self, at: datetime) -> list[tuple[str, str, float]]:
        last: dict[Key, float | None] = {}
        out = []
        for name in self.approvals(at):
            for _, key, value in self.rows[name]:
                before = last.get(key)
                if before is not None and value is not None and value != before:
                    out.append((key[0], key[1], value - before))
                last[key] = value
        return sorted(out)


VALUES = st.one_of(st.none(), st.integers(-3, 3).map(float))
SENT = st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1, max_size=4)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("submit"), SENT, st.sampled_from(["reported", "demo"])),
        st.tuples(st.sampled_from(["approve", "return"]), st.integers(0, 5)),
        st.tuples(st.just("void"), st.integers(0, 5)),
        st.tuples(st.just("release"), st.integers(0, 4)),
    ),
    max_size=12,
)


def _live(store: Store, acts: list[tuple[Any, ...]]) -> Told:
    told = Told()
    waiting: list[str] = []
    for number, (act, *rest) in enumerate(acts):
        if act == "submit":
            sent, origin = rest
            name = f"s{number}"
            told.rows[name] = [(n, key, value) for n, (key, value) in enumerate(sent.items(), start=2)]
            told.origins[name] = origin
            figures = [
                figure(row, value, indicator=key[0], region=key[1], period=key[2])
                for row, key, value in told.rows[name]
            ]
            told.events.append((send(store, name, *figures, origin=origin), "submit", name))
            waiting.append(name)
        elif act == "release":
            ready = told.unreleased(datetime.max)[: rest[0]]
            told.events.append((publish(store, number, ready), "release", ready))
        elif act == "void":
            published = {name for name, _ in told.released(datetime.max)}
            if standing := [name for name in told.approvals(datetime.max) if name not in published]:
                name = standing[rest[0] % len(standing)]
                told.events.append((judge(store, name, act), act, name))
        elif waiting:
            name = waiting.pop(rest[0] % len(waiting))
            told.events.append((judge(store, name, act), act, name))
    return told


@law(max_examples=20, deadline=None)
@given(ACTS)
def test_what_is_known_at_every_instant_is_what_loops_say(acts: list[tuple[Any, ...]]) -> None:
    store = Store(":memory:")
    told = _live(store, acts)
    instants = [datetime(2000, 1, 1), *(at for at, _, _ in told.events), datetime(2999, 1, 1)]
    assert instants == sorted(set(instants))
    for at in instants:
        held, released = told.holding(at), told.released(at)
        asked = store.approved(known_on=at)
        key = [tuple(r) for r in asked.select("indicator", "region", "period").iter_rows()]
        found = asked.select("submission", "row", "value").iter_rows()
        assert key == sorted(held)
        assert dict(zip(key, found, strict=True)) == held
        assert asked["released"].to_list() == [held[k][:2] in released for k in key]
        one = store.approved(known_on=at, regions=["510100"], indicators=["beds"])
        assert one.height == sum(k[:2] == ("beds", "510100") for k in held)
        moved = sorted(
            row
            for region in ("510100", "440100")
            for row in store.revisions(regions=[region], indicators=["beds", "gps"], known_on=at).iter_rows()
        )
        assert moved == told.revisions(at)
    now = store.ask("unreleased")
    assert sorted(now.select("submission", "row").iter_rows()) == told.unreleased(datetime.max)
    assert store.last_entry() == len(told.events)
    store.close()


# -- threads ---------------------------------------------------------------------------------------------------


def test_F11_eight_threads_each_read_their_own_rows(store: Store) -> None:
    """A bare connection shared by threads hands one thread another's row; cursors do not."""
    for number in range(8):
        send(store, f"s{number}", *(figure(row, float(number), region=f"r{number}") for row in range(2, 6)))
        judge(store, f"s{number}")
    wrong: list[object] = []
    start = threading.Barrier(8)

    def work(number: int) -> None:
        start.wait()
        for turn in range(30):
            name = f"s{(number + turn) % 8}"
            if (told := store.ask("staged", submission=name)["submission"].unique().to_list()) != [name]:
                wrong.append((name, told))
            region = f"r{number}"
            if (held := store.approved(regions=[region])["value"].to_list()) != [float(number)]:
                wrong.append((region, held))
            if turn % 6 == 0:
                mine = f"t{number}-{turn}"
                send(store, mine, figure(2, region="elsewhere", period="2022"), by=f"user {number}")
                told = store.ask("submissions", id=mine, sha256=None, submitted_by=None)["submitted_by"].to_list()
                if told != [f"user {number}"]:
                    wrong.append((mine, told))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert wrong == []
    entries = store.ask("ledger", most=1000).sort("entry")
    assert entries["entry"].to_list() == list(range(1, 1 + 1 + 16 + 40))
    assert entries["recorded_at"].is_sorted()
    assert entries["recorded_at"].n_unique() == entries.height


def test_a_reader_does_not_see_half_of_an_entry(empty: Store) -> None:
    with empty.entry(actor="a", action="b") as entry:
        entry.add("person", [{"name": "x", "role": "leader", "organisation": "", "active": True}])
        assert empty.ask("people").is_empty()
        assert empty.last_entry() == 0
    assert empty.ask("people").height == 1


def test_a_store_survives_being_closed(tmp_path: Path, shipped: list[tuple[CatalogueKind, str, str]]) -> None:
    path = tmp_path / "s.duckdb"
    store = filled(Store(path), shipped)
    send(store, "a", figure(2, 5.0))
    judge(store, "a")
    store.close()
    again = Store(path)
    assert values(again.approved()) == [("2021", 5.0)]
    assert again.catalogue().plans
    again.close()


def test_a_torn_line_of_the_journal_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    store = Store(path)
    for _ in range(3):
        with store.entry(actor="wang", action="x"):
            pass
    store.close()
    journal = path.with_suffix(".seals")
    journal.write_bytes(journal.read_bytes()[:-30])
    store = Store(path)
    with store.entry(actor="wang", action="y"):
        pass
    assert store.first_break() is None
    assert [line[:2] for line in journal.read_text().splitlines()] == ["1 ", "2 ", "3 ", "3 ", "4 "]
    store.close()


def test_whoever_waits_for_the_next_entry_has_it_as_soon_as_it_is_written(empty: Store) -> None:
    assert empty.next_entry(empty.last_entry(), timeout=0.01) == empty.last_entry()
    assert empty.next_entry(-1, timeout=0) == empty.last_entry()
    with ThreadPoolExecutor(1) as aside:
        waiting = aside.submit(empty.next_entry, empty.last_entry(), timeout=30)
        with empty.entry(actor="li", action="add_person") as entry:
            entry.add("person", [{"name": "li", "role": "leader", "organisation": "", "active": True}])
        assert waiting.result(timeout=30) == empty.last_entry() == entry.number
