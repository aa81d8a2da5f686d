"""Files of history: what is read of their bytes, and what is said where one cannot be read on."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from indicators.store import Store
from ingest.history import source
from ingest.words import explain
from tests.ingest.history.conftest import Load, errors
from tests.returns import PLAIN, codes, csv, table, years

HEAD = "region,indicator,period,value\n"
ROW = "510100,life-expectancy,{},81.76\n"
GOOD = HEAD + ROW.format(2020) + ROW.format(2021)


def rows(send: Load, store: Store, raw: bytes | str) -> list[tuple[int, str, float]]:
    """The figures of a CSV as (row, period, value)."""
    loaded = send(raw.encode() if isinstance(raw, str) else raw)
    assert loaded.submission, loaded.problems
    kept = store.ask("staged", submission=loaded.submission)
    return list(kept.select("row", "period", "value").iter_rows())


FIGURES = [(2, "2020", 81.76), (3, "2021", 81.76)]


@pytest.mark.parametrize(
    "raw",
    [
        GOOD,
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.rstrip("\n"),
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD + "\n\n",
        GOOD.replace("\n", ",\n"),
        HEAD.replace("region", '"region"') + ROW.format('"2020"') + ROW.format("2021"),
        "地区,指标,报告期,数值\n成都市,人均预期寿命,2020年,81.76\n成都市,人均预期寿命,2021年末,81.76\n",
    ],
    ids=[
        "plain",
        "B01 mark",
        "CRLF",
        "no last line end",
        "B10 ;",
        "B10 TAB",
        "blank end",
        "empty column",
        "quoted",
        "zh",
    ],
)
def test_a_csv_is_read_however_it_is_written(send: Load, store: Store, raw: str) -> None:
    assert rows(send, store, raw) == FIGURES


@pytest.mark.usefixtures("small_batches")
def test_B14_B19_rows_are_called_as_a_spreadsheet_calls_them(send: Load, store: Store) -> None:
    raw = (
        "region,indicator,period,value,note\n"
        '510100,life-expectancy,2019,81,"one\ntwo"\n'
        "\n"
        ",,,,\n"
        "510100,life-expectancy,2020,81,\n"
        "510100,life-expectancy,2021,81\n"  # a row may end early: what it lacks is empty
    )
    assert [row for row, *_ in rows(send, store, raw)] == [2, 5, 6]


def test_columns_in_any_order_and_under_any_of_their_names(send: Load, store: Store) -> None:
    raw = table(["数值", "填表人", "期别", "指标名称", "区划"], [["81.76", "王", "2020", "life-expectancy", "510100"]])
    loaded = send(raw)
    assert codes(loaded.problems) == ["column_ignored"]
    assert store.ask("staged", submission=loaded.submission)["value"].to_list() == [81.76]


@pytest.mark.parametrize(
    ("raw", "code", "found"),
    [
        (csv(without=["value"]), "column_missing", ""),
        (table(["region", "区域", "indicator", "period", "value"], [["1"] * 5]), "column_twice", "区域"),
        (table(["region", "indicator", "period", "value", ""], [["1"] * 4 + [""], ["1"] * 5]), "column_blank", ""),
        (table(["region", "indicator", "period", "value", "no\u200bte"], [["1"] * 5]), "text_control", "no\u200bte"),
        (csv(numerator_unit="人"), "history_column", "numerator_unit"),
        (csv(参报单位数="3"), "history_column", "参报单位数"),
        (b"a\n1\n", "column_missing", ""),
        (b"\n\n", "history_damaged", ""),
    ],
)
def test_a_header_that_is_none_is_refused(send: Load, raw: bytes, code: str, found: str) -> None:
    loaded = send(raw)
    assert {(c, f) for c, _, _, f in errors(loaded)} == {(code, found)}
    assert (loaded.rows, loaded.submission) == (0, "")


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("a.csv", b"", "file_empty"),
        ("a.csv", HEAD.encode(), "no_rows"),
        ("a.csv", HEAD.encode() + b"\n,,,\n", "no_rows"),
        ("a.xlsx", csv(), "history_kind"),
        ("历史", csv(), "history_kind"),
        ("a.csv", b"PK\x03\x04\x00\x00", "not_csv"),
        ("a.csv", gzip.compress(csv(), mtime=0), "not_csv"),
        ("a.csv", csv().decode().encode("utf-16"), "not_csv"),
        ("a.csv", csv(region="成都市").decode().encode("gbk"), "history_encoding"),
        ("a.csv", "地区,指标".encode("gbk"), "history_encoding"),
        ("a.parquet", csv(), "history_damaged"),
        ("a.parquet", b"PAR1" + b"x" * 100 + b"PAR1", "history_damaged"),
        ("a.CSV", GOOD.encode(), ""),
    ],
)
def test_A05_A07_a_file_of_another_kind_is_refused(send: Load, name: str, raw: bytes, code: str) -> None:
    loaded = send(raw, name=name)
    assert [c for c, *_ in errors(loaded)] == ([code] if code else [])
    for problem in loaded.problems:
        assert "{" not in explain(problem)["zh"] + explain(problem)["en"]


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    ("broken", "code", "row"),
    [
        (b"510100,life-expectancy,2010,81,82\n", "row_width", 7),
        (b'510100,"life-expectancy,2010,81\n', "quote_open", 7),
        (b'510100,"life"-expectancy,2010,81\n', "quote_open", 7),
        (b"510100,life\xff,2010,81\n", "history_encoding", 7),
        (b'510100,life"-expectancy,2010,81\n', "history_damaged", None),
    ],
)
def test_B06_B12_B13_where_a_file_breaks_off_is_said_and_nothing_stored(
    send: Load, store: Store, broken: bytes, code: str, row: int | None
) -> None:
    header, *lines = years(*["80"] * 5).splitlines(keepends=True)
    entries = store.ask("ledger", most=99).height
    loaded = send(b"".join([header, *lines, broken, *lines]))
    assert (code, row) in [(c, r) for c, r, *_ in errors(loaded)]
    assert loaded.submission == ""
    assert store.ask("ledger", most=99).height == entries + 1
    assert store._connection.execute("SELECT count(*) FROM figure").fetchone() == (0,)


def test_B12_a_row_too_long_is_seen_though_the_last_column_is_not_read(send: Load) -> None:
    loaded = send(csv(填表人="王") + b"510100,life-expectancy,2020,81,x,y\n")
    assert [(code, row) for code, row, *_ in errors(loaded)] == [("row_width", 3)]


def test_B07_a_nul_inside_a_cell_is_an_error_of_the_cell(send: Load) -> None:
    loaded = send(csv({"note": "a\0b"}, {"period": "20\x0020"}))
    assert {(code, row) for code, row, *_ in errors(loaded)} == {("text_control", 2), ("period_unreadable", 3)}


def test_a_parquet_file_cut_short_in_its_middle_is_refused(send: Load, tmp_path: Path) -> None:
    file = tmp_path / "whole.parquet"
    frame = pl.DataFrame({k: [v] * 5000 for k, v in PLAIN.items()}).with_columns(note=pl.int_range(5000).hash())
    frame.write_parquet(file, compression="uncompressed")
    raw = bytearray(file.read_bytes())
    raw[200:30_000] = b"\xff" * 29_800
    loaded = send(bytes(raw), name="a.parquet")
    assert [code for code, *_ in errors(loaded)] == ["history_damaged"]


def test_a_type_that_is_no_cell_is_refused(send: Load) -> None:
    frame = pl.DataFrame({**{k: [v] for k, v in PLAIN.items()}, "note": [["a", "b"]], "source": [b"x"]})
    loaded = send(frame)
    assert [(c, column) for c, _, column, _ in errors(loaded)] == [("history_type", "note"), ("history_type", "source")]
    assert "List(String)" in explain(loaded.problems[0])["en"]


def test_a_parquet_column_may_be_called_as_ours_are_inside(send: Load, store: Store) -> None:
    loaded = send(pl.DataFrame({"row": [7], "c0": ["x"], **{k: [v] for k, v in PLAIN.items()}, "last": [1]}))
    assert codes(loaded.problems) == ["column_ignored"] * 3
    assert store.ask("staged", submission=loaded.submission)["row"].to_list() == [1]


def test_an_empty_parquet_file_has_no_rows(send: Load) -> None:
    assert codes(send(pl.DataFrame({k: [v] for k, v in PLAIN.items()}).clear()).problems) == ["no_rows"]


def test_A26_a_name_with_stars_and_brackets_is_that_file_only(send: Load, store: Store, tmp_path: Path) -> None:
    (tmp_path / "ab.csv").write_bytes(b"nothing")
    loaded = send(GOOD.encode(), name="a[b]*\u202e.csv")
    told = store.ask("submissions", id=loaded.submission, sha256=None, submitted_by=None)
    assert told["file_name"].to_list() == ["a[b]*�.csv"]


def test_a_batch_is_whole_row_groups_of_the_store() -> None:
    assert source._BATCH % 122_880 == 0
