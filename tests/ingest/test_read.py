"""Reading an upload: what is refused before it is parsed, and what becomes of a parser that dies."""

from __future__ import annotations

import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from indicators.problem import Problem, Severity
from ingest import read as reading
from ingest.read import Sheet, Unreadable, read
from ingest.settings import Settings
from ingest.words import explain
from tests.returns import csv


def refused(name: str, raw: bytes, settings: Settings) -> Problem:
    with pytest.raises(Unreadable) as error:
        read(name, raw, settings)
    assert error.value.problem.severity is Severity.ERROR
    return error.value.problem


def test_a_return_becomes_cells_of_text(settings: Settings) -> None:
    sheet = read("a.csv", csv({"value": "007"}, {"value": " 1,5 "}, delimiter=";"), settings)
    assert sheet.header == ("region", "indicator", "period", "value")
    assert (sheet.name, sheet.header_at, sheet.at.to_list()) == ("", 1, [2, 3])
    assert sheet.at.dtype == pl.Int32
    assert sheet.cells["c3"].to_list() == ["007", " 1,5 "]
    assert [(n.severity, n.code, n.facts) for n in sheet.notices] == [(Severity.NOTICE, "delimiter", {"found": ";"})]


def test_A01_an_empty_file(settings: Settings) -> None:
    assert refused("a.csv", b"", settings).code == "file_empty"


def test_A03_one_byte_too_many_is_refused_before_it_is_parsed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_in_child", lambda *_: pytest.fail("parsed"))
    problem = refused("a.csv", b"x" * (settings.upload_bytes + 1), settings)
    assert problem.code == "file_too_large"
    assert explain(problem)["en"].startswith("The file is 10.0 MB, over the limit of 10 MB.")


def test_a_file_of_exactly_the_limit_is_read(settings: Settings) -> None:
    small = settings.model_copy(update={"upload_bytes": len(csv())})
    assert read("a.csv", csv(), small).at.len() == 1


@pytest.mark.parametrize(
    "head",
    [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-1.7", b"\x89PNG\r\n"],
    ids=["A06 zip or xlsx", "xls or encrypted", "pdf", "png"],
)
def test_A06_what_is_called_csv_but_is_not(settings: Settings, head: bytes) -> None:
    assert refused("a.csv", head + b"\0" * 100, settings).code == "not_csv"


@pytest.mark.parametrize(
    "raw",
    [b"<html><body><table><tr><td>1</td></tr></table></body></html>", b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", b"GIF89a"],
    ids=["html", "eicar", "gif"],
)
def test_A05_other_text_that_is_no_table(settings: Settings, raw: bytes) -> None:
    assert refused("a.csv", raw, settings).code in ("no_rows", "quote_open")


@pytest.mark.parametrize("ending", [".xls", ".xlsb", ".ods", ".xlsm", ".et", ".pdf", ".CSV.exe", ""])
def test_A07_another_kind_is_told_how_to_save(settings: Settings, ending: str) -> None:
    problem = refused(f"六月{ending}", csv(), settings)
    assert problem.code == "file_kind"
    said = explain(problem)
    assert "另存为" in said["zh"]
    assert "save as" in said["en"]


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd.csv",
        "C:\\windows\\x.csv",
        "x" * 300 + ".csv",
        "\u202efdp.csv",
        "<img src=x onerror=alert(1)>.csv",
        "a\0b.csv",
        "con.csv",
        "😀.csv",
        "二月.CSV",
        "\udcff.csv",
    ],
    ids=ascii,
)
def test_A26_a_name_is_only_asked_for_its_ending(settings: Settings, name: str) -> None:
    assert read(name, csv(), settings).at.to_list() == [2]


# -- a parser that does not answer -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "script",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os; os.abort()",
        "raise SystemExit(3)",
        "print('[1, 2')",
        "print('')",
        "x = bytearray(2**31)",
        "import time; time.sleep(30)",
        "while True: pass",
    ],
    ids=["killed", "aborted", "failed", "half an answer", "no answer", "out of memory", "hangs", "spins"],
)
def test_A24_a_parser_that_dies_is_one_clear_error(
    settings: Settings, script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "child.py"
    file.write_text(script, encoding="utf-8")
    monkeypatch.setattr(reading, "_CHILD", file)
    hasty = settings.model_copy(update={"reader_seconds": 1})
    started = time.monotonic()
    problem = refused("a.csv", csv(), hasty)
    assert (problem.code, problem.row) == ("reader_died", None)
    assert time.monotonic() - started < 10
    monkeypatch.undo()
    assert read("a.csv", csv(), settings).at.len() == 1  # the next one is read


def test_a_python_that_cannot_be_started_is_the_same_error(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert refused("a.csv", csv(), settings).code == "reader_died"


def test_too_little_memory_is_the_same_error(settings: Settings) -> None:
    # 9 MB of text as 4.5 million cells does not fit
    raw = b"a,b\n" + b"1,2\n" * 2_000_000
    poor = settings.model_copy(update={"reader_megabytes": 128, "upload_rows": 2_000_000})
    assert refused("a.csv", raw, poor).code == "reader_died"


def test_the_real_parser_is_confined(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside the child no file can be written and the environment is empty."""
    own = reading._CHILD.read_text(encoding="utf-8")
    leak = tmp_path / "leak"
    spy = own.replace(
        "    raw = sys.stdin.buffer.read()",
        f"    raw = sys.stdin.buffer.read()\n    import os\n    assert not [n for n in os.environ if n != 'LC_CTYPE']\n"
        f"    open({str(leak)!r}, 'wb', buffering=0).write(b'x')\n",
    )
    assert spy != own
    file = tmp_path / "child.py"
    file.write_text(spy, encoding="utf-8")
    monkeypatch.setattr(reading, "_CHILD", file)
    assert refused("a.csv", csv(), settings).code == "reader_died"
    assert leak.stat().st_size == 0


def test_two_parsers_at_a_time_and_the_rest_wait(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadPoolExecutor(6) as pool:
        sheets = list(pool.map(lambda n: read("a.csv", csv({"value": str(n)}), settings), range(6)))
    assert [s.cells["c3"].to_list() for s in sheets] == [[str(n)] for n in range(6)]
    monkeypatch.setattr(reading, "_AT_ONCE", threading.BoundedSemaphore(1))
    monkeypatch.setattr(reading, "_WAIT_SECONDS", 0.05)
    with reading._AT_ONCE:
        assert refused("a.csv", csv(), settings).code == "reader_busy"
    assert isinstance(read("a.csv", csv(), settings), Sheet)


def test_what_the_child_refuses_comes_back_with_its_row_and_facts(settings: Settings) -> None:
    problem = refused("a.csv", csv() + b"1,2\n", settings)
    assert (problem.code, problem.row, problem.facts) == ("row_width", 3, {"count": "2", "wanted": "4"})
