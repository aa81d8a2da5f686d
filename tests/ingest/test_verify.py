"""F24: what was done to the ledger or to kept files behind the program's back is found, and the first place named."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from indicators.store import Store
from indicators.store import store as module
from ingest.kept import hashed, keep
from ingest.verify import verified

LINES = 6


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with six lines in its ledger, closed."""
    made = tmp_path / "s.duckdb"
    store = Store(made)
    for n in range(LINES):
        with store.entry(actor="wang", action="note", subject=f"n{n}", outcome="refused" if n % 2 else "done"):
            pass
    store.close()
    return made


def behind(path: Path, *statements: str) -> None:
    """What somebody does who can open the file."""
    with duckdb.connect(str(path)) as direct:
        for statement in statements:
            direct.execute(statement)


def broken(path: Path) -> tuple[int, str] | None:
    store = Store(path)
    found = store.first_break()
    store.close()
    return (found.entry, found.kind) if found else None


def test_a_ledger_left_alone_is_sound(path: Path) -> None:
    assert broken(path) is None
    store = Store(path)
    with store.entry(actor="wang", action="note"):
        pass
    assert store.first_break() is None
    store.close()


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE ledger SET actor = 'li' WHERE entry = 3", (3, "altered")),
        ("UPDATE ledger SET detail = '{\"x\": 1}' WHERE entry = 1", (1, "altered")),
        ("UPDATE ledger SET recorded_at = recorded_at + INTERVAL 1 SECOND WHERE entry = 6", (6, "altered")),
        ("UPDATE ledger SET system_user = 'x' WHERE entry = 2", (2, "altered")),
        ("UPDATE seal SET outcome = 'done' WHERE entry = 2", (2, "altered")),
        ("UPDATE seal SET address = '10.0.0.1' WHERE entry = 4", (4, "altered")),
        ("UPDATE seal SET hash = repeat('0', 64) WHERE entry = 5", (5, "altered")),
        ("DELETE FROM ledger WHERE entry = 3", (3, "missing")),
        ("DELETE FROM ledger WHERE entry = 1", (1, "missing")),
        ("UPDATE ledger SET entry = 9 WHERE entry = 2", (2, "missing")),
        ("INSERT INTO ledger FROM ledger WHERE entry = 2", (3, "missing")),  # one twice: the next is not where it was
        ("DELETE FROM ledger WHERE entry >= 5", (5, "cut_off")),
        ("DELETE FROM ledger", (1, "cut_off")),
        ("DELETE FROM seal WHERE entry = 3", (3, "unsealed")),
        ("DELETE FROM seal WHERE entry = 6", (6, "unsealed")),
        ("DELETE FROM seal", (1, "unsealed")),
        (
            "INSERT INTO ledger SELECT * REPLACE (7 AS entry) FROM ledger WHERE entry = 6",  # a line put in at the end
            (7, "unsealed"),
        ),
    ],
)
def test_F24_the_first_broken_line_is_named(path: Path, statement: str, found: tuple[int, str]) -> None:
    behind(path, statement)
    assert broken(path) == found
    assert broken(path) == found  # opening the store mends nothing


def test_F24_a_tail_cut_with_its_seals_is_missed(path: Path) -> None:
    behind(path, "DELETE FROM ledger WHERE entry > 4", "DELETE FROM seal WHERE entry > 4")
    assert broken(path) == (5, "cut_off")
    store = Store(path)
    with store.entry(actor="li", action="note"):  # what comes later does not hide it
        pass
    store.close()
    assert broken(path) == (5, "altered")


def test_F24_a_last_line_cut_and_another_in_its_place_is_missed(path: Path) -> None:
    behind(path, "DELETE FROM ledger WHERE entry = 6", "DELETE FROM seal WHERE entry = 6")
    store = Store(path)
    with store.entry(actor="li", action="note"):
        pass
    store.close()
    assert broken(path) == (6, "altered")


def test_F24_a_ledger_sealed_anew_is_not_the_one_that_was_copied(path: Path) -> None:
    journal = path.with_suffix(".seals")
    copy = journal.read_bytes()
    behind(
        path,
        "UPDATE ledger SET actor = 'li' WHERE entry = 4",
        "DELETE FROM seal",
        "UPDATE store_info SET schema_version = 3",
    )
    assert broken(path) == (1, "altered") or broken(path) == (2, "altered")  # the outcome of a line is sealed too
    assert journal.read_bytes() == copy


def test_a_ledger_from_before_seals_is_sealed_once(path: Path) -> None:
    behind(path, "DELETE FROM seal", "UPDATE store_info SET schema_version = 3")
    path.with_suffix(".seals").unlink()
    assert broken(path) is None
    behind(path, "UPDATE ledger SET actor = 'li' WHERE entry = 4")
    assert broken(path) == (4, "altered")


def test_a_line_written_while_all_is_read_is_no_break(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(path)
    read = module.noted

    def meanwhile(journal: Path) -> object:
        yield from read(journal)
        with store.entry(actor="wang", action="note"):
            pass

    monkeypatch.setattr(module, "noted", meanwhile)
    assert store.first_break() is None
    store.close()


# -- files ---------------------------------------------------------------------------------------------------


def spoilt(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


@pytest.mark.parametrize(
    ("harm", "counts"),
    [
        (None, (3, 3, 0, 0, 0)),
        (spoilt, (3, 3, 0, 1, 0)),
        (Path.unlink, (3, 2, 1, 0, 0)),
        (lambda file: file.rename(file.with_name("f" * 64)), (3, 2, 1, 0, 1)),
    ],
    ids=["left alone", "changed", "missing", "renamed"],
)
def test_F17_every_kept_file_is_compared(
    empty: Store, tmp_path: Path, harm: Callable[[Path], object] | None, counts: tuple[int, ...]
) -> None:
    uploads = tmp_path / "uploads"
    digests = [hashed(raw) for raw in (b"sent", b"drafted", b"evidence")]
    for digest, raw in zip(digests, (b"sent", b"drafted", b"evidence"), strict=True):
        keep(uploads, digest, raw)
    (uploads / ".partial").write_bytes(b"x")
    sent, drafted, evidence = digests
    both = {"file_name": "a.csv", "rows": 1}
    with empty.entry(actor="wang", action="submit") as entry:
        line = {"id": "a", "sha256": sent, "submitted_by": "wang", "origin": "reported", **both}
        entry.add("submission", [line, {**line, "id": "b"}])  # sent twice, kept once
        entry.add("draft", [{"id": "c", "sha256": drafted, "drafted_by": "wang", **both}])
        entry.add("attachment", [{"submission": "a", "sha256": evidence, "file_name": "e", "bytes": 8}])
    if harm:
        harm(uploads / drafted)
    told = verified(empty, uploads)
    files = told["files"]
    found = (files["expected"], files["kept"], len(files["missing"]), len(files["changed"]), files["unclaimed"])
    assert found == counts
    assert told["sound"] == (harm is None)
    assert set(files["missing"] + files["changed"]) == ({drafted} if harm else set())


def test_a_store_that_nothing_was_sent_to_is_sound(empty: Store, tmp_path: Path) -> None:
    told = verified(empty, tmp_path / "none")
    assert (told["sound"], told["ledger"]["entries"], told["files"]["expected"]) == (True, 0, 0)
