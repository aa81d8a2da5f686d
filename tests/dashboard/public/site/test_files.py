"""What is taken along of a subject: figures that a spreadsheet reads as numbers, everything about it as JSON."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import jsonschema
import polars as pl
import pytest

from dashboard.i18n import words
from dashboard.public.book import Book, Subject
from dashboard.public.site import files, whole
from dashboard.public.site.described import described
from dashboard.public.site.subject_schema import schema
from indicators.store import Snapshot
from ingest.shelf import Shelf
from tests.cities import CITY, corrected
from tests.office import SOFFICE, needs_soffice, opened

URL = "https://data.example/zb/"
AT = f"indicators/beds-0/{CITY}/"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The second release of a small city, which corrects one figure of the first."""
    folder = Shelf(corrected(tmp_path_factory.mktemp("office"), url=URL).public).current()
    assert folder is not None
    return Book(Snapshot(folder), url=URL)


@pytest.fixture(scope="module")
def subject(book: Book) -> Subject:
    return book.subject("beds-0", CITY)


@pytest.fixture(scope="module")
def made(book: Book, subject: Subject) -> dict[str, bytes]:
    """Its files by name."""
    return {leaf.path.removeprefix(AT): leaf.content for leaf in files.leaves(subject, book, words("zh"))}


def test_a_subject_has_its_files_and_each_language_its_picture(book: Book, subject: Subject) -> None:
    both = [{leaf.path for leaf in files.leaves(subject, book, words(language))} for language in ("zh", "en")]
    assert both[0] == {AT + name for name in ("data.csv", "data.xlsx", "data.json", "chart.svg", "chart.png")}
    assert both[1] == {f"en/{AT}chart.svg", f"en/{AT}chart.png"}


def test_the_csv_tells_what_holds_and_what_was_corrected(made: dict[str, bytes]) -> None:
    rows = list(csv.DictReader(io.StringIO(made["data.csv"].decode("utf-8-sig"))))
    assert list(rows[0]) == list(files.COLUMNS)
    assert len(rows) == 21  # twenty quarters, one of them twice
    newest = [row for row in rows if row["period"] == "2024Q4"]
    assert [(row["value"], row["release"], row["replaced_by_release"]) for row in newest] == [
        ("7.67", "2", ""),
        ("7.57", "1", "2"),
    ]
    assert {row["name_en"] for row in rows} == {"Beds of kind 0 per 1,000 people"}
    assert {row["notice"] for row in rows} == {""}


def test_D28_text_in_a_figure_is_never_run(book: Book, subject: Subject) -> None:
    bad = replace(subject, figures=subject.figures.with_columns(source=pl.lit('=HYPERLINK("http://x")')))
    made = {leaf.path.removeprefix(AT): leaf.content for leaf in files.leaves(bad, book, words("zh"))}
    assert b"'=HYPERLINK" in made["data.csv"]
    assert not [row for row in csv.reader(io.StringIO(made["data.csv"].decode())) for cell in row if cell[:1] == "="]
    page = opened(made["data.xlsx"]).worksheets[0]
    cell = next(cell for cell in page[2] if str(cell.value).startswith("="))
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_the_workbook_has_figures_meaning_and_corrections(made: dict[str, bytes]) -> None:
    workbook = opened(made["data.xlsx"])
    assert workbook.sheetnames == ["数据 Figures", "说明 Meaning", "更正 Corrections"]
    assert workbook.properties.modified == workbook.properties.created
    figures, meaning, corrections = workbook.worksheets
    header = [cell.value for cell in figures[1]]
    assert header[:4] == ["报告期 Period", "期末日 Period end", "累计或当期 Year to date or period", "数值 Value"]
    row = [cell.value for cell in figures[2]]
    assert row[:5] == ["2024Q4", datetime(2024, 12, 31), None, 7.67, "张/千人"]
    assert figures["D2"].number_format == "#,##0.00"
    told = {str(row[0].value): (row[1].value, row[2].value) for row in meaning.iter_rows(min_row=2)}
    assert told["指标 Indicator"] == ("每千人口第0类床位数", "Beds of kind 0 per 1,000 people")
    assert told["规划目标 Target of the plan"][1] == "Beds of kind 0 per 1,000 people: 8.30 (2025-12-31)"
    assert told["固定地址 Permanent address"][1] == f"{URL}releases/2/en/{AT}"
    assert "到2025年" in told["规划原文(主要指标) In the plan's words (主要指标)"][0]
    assert [cell.value for cell in corrections[2]][5:] == [7.57, None, 7.67, None, "更正:原数漏计一家医院 <b>&"]


@needs_soffice
def test_a_spreadsheet_reads_numbers_as_numbers(made: dict[str, bytes], tmp_path: Path) -> None:
    """LibreOffice opens both files and writes what it read: a number bare, a text in quotes."""
    assert SOFFICE is not None
    (tmp_path / "table.csv").write_bytes(made["data.csv"])
    (tmp_path / "book.xlsx").write_bytes(made["data.xlsx"])
    quoted = "Text - txt - csv (StarCalc):44,34,76,1,,0,true,true,false"
    command = [SOFFICE, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless"]
    for name, reading in (("table.csv", ["--infilter=Text - txt - csv (StarCalc):44,34,76,1"]), ("book.xlsx", [])):
        to = ["--convert-to", f"csv:{quoted}", "--outdir", str(tmp_path / "out"), str(tmp_path / name)]
        done = subprocess.run([*command, *reading, *to], capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr
    read = [(tmp_path / "out" / name).read_text(encoding="utf-8-sig") for name in ("table.csv", "book.csv")]
    table, sheet = (text.splitlines() for text in read)
    assert table[0].startswith('"indicator","name_zh"')
    assert '"2024Q4",2024-12-31' in table[1]
    assert ',7.67,"张/千人"' in table[1]
    assert sheet[1].startswith('"2024Q4",2024-12-31,,7.67,"张/千人"')


def test_the_json_is_as_its_schema_says(book: Book, made: dict[str, bytes]) -> None:
    rules = json.loads(schema(book))
    validator = jsonschema.Draft202012Validator(rules, format_checker=jsonschema.FormatChecker())
    validator.check_schema(rules)
    for one in book.subjects.values():
        validator.validate(json.loads(described(one, book)))
    told = json.loads(made["data.json"])
    assert set(told) == {*rules["required"], "$schema"}, "nothing is told that the schema does not know"
    assert told["permanent_address"] == f"{URL}releases/2/{AT}"
    (target,) = told["targets"]
    assert target["assessment"]["word"]["zh"] in target["assessment"]["sentence"]["zh"]
    assert target["assessment"]["figure"] == {"date": "2024-12-31", "value": 7.67}
    assert told["corrections"][0]["before_value"] == 7.57


def test_of_the_same_snapshot_every_byte_is_the_same(book: Book, made: dict[str, bytes]) -> None:
    again = Book(Snapshot(book.snapshot.folder), url=URL)
    for leaf in files.leaves(again.subject("beds-0", CITY), again, words("zh")):
        assert leaf.content == made[leaf.path.removeprefix(AT)], leaf.path


def test_the_whole_release_is_described_with_its_sums(book: Book, tmp_path: Path) -> None:
    assert [path.name for path in whole.laid(book, tmp_path)][-1] == "snapshot.duckdb"
    leaves = {leaf.path: leaf.content for leaf in whole.leaves(book)}
    for path, content in leaves.items():
        (tmp_path / path).write_bytes(content)
    folder = tmp_path / "data"
    done = subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert len(done.stdout.splitlines()) == len(list(folder.iterdir())) - 1, "every file but the sums themselves"
    package = json.loads(leaves["data/datapackage.json"])
    for resource in package["resources"]:
        assert (folder / resource["path"]).stat().st_size == resource["bytes"]
    figures = next(r for r in package["resources"] if r["path"] == "figure.csv")
    assert {"name": "value", "type": "number"} in figures["schema"]["fields"]
    table = pl.read_csv(leaves["data/figure.csv"], try_parse_dates=True)
    assert table.columns == [field["name"] for field in figures["schema"]["fields"]]
    assert table.height == 2 * 2 * 20 + 1
    assert table["period_end"].max() == date(2024, 12, 31)
    assert "第2次发布" in package["title"]
    assert package["licenses"][0]["path"] == f"{URL}about/"


def test_the_releases_own_files_stand_in_its_site_without_a_second_copy(book: Book) -> None:
    folder = book.snapshot.folder
    assert (folder / "site" / "data" / "snapshot.duckdb").samefile(folder / "snapshot.duckdb")
