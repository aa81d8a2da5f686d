"""`zhibiao judge`: a table in, a table out, and what it says when it will not."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

import zhibiao
from ingest.settings import Home

Run = Callable[..., tuple[int, str, str]]
TABLE = """\
name,base_year,base_value,current_year,current_value,target,target_year,direction,limit
床位,2020,100,2022,121,146.41,2024,1,
死亡率,2020,100,2022,98.01,65.61,2024,,
缺,2020,100,2022,,146.41,2024,1,
"""


@pytest.fixture
def run(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`zhibiao judge …` in this process, on a home of its own: (exit code, output, errors)."""
    monkeypatch.setenv("ZHIBIAO_HOME", str(home.folder))

    def one(*arguments: str | Path) -> tuple[int, str, str]:
        try:
            code = zhibiao.main(["judge", *map(str, arguments)])
        except SystemExit as stopped:
            assert isinstance(stopped.code, int)
            code = stopped.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return one


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "我的表.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.csv"


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize(
    ("rule", "statuses", "progress"),
    [
        ("open-sdg", ["substantial_progress", "limited_progress", "not_available"], [1, 0.1]),
        # 21/46.41 against 2/4; lower than the base and the target below it: higher is better, so 98.01 is still met
        ("cn-schedule", ["watch", "on_schedule", "no_data"], [21 / 46.41, None]),
        # 146.41 in 2024; 96.0596… − 100 over −34.39
        ("un-2023", ["on_track", "met", "not_available"], [1, 3.940399 / 34.39]),
        ("healthy-people", ["improved", "met_or_exceeded", "not_available"], [2100 / 46.41, 199 / 34.39]),
    ],
)
def test_each_rule_on_a_table(
    run: Run, source: Path, out: Path, rule: str, statuses: list[str], progress: list[float | None]
) -> None:
    """Nothing has to be made ready first: the rules are those of the shipped catalogue."""
    assert run(source, "--rule", rule, "-o", out) == (0, f"written: {out}\n", "")
    found = rows(out)
    assert [row["status"] for row in found] == statuses
    assert [row["name"] for row in found] == ["床位", "死亡率", "缺"]
    for row, wanted in zip(found, [*progress, None], strict=True):
        if wanted is None:
            assert row["progress_value"] == ""
        else:
            assert float(row["progress_value"]) == pytest.approx(wanted, abs=1e-6)
    assert source.read_text(encoding="utf-8") == TABLE


def test_judge_says_where_it_wrote_as_json(run: Run, source: Path, out: Path) -> None:
    code, said, err = run(source, "--rule", "open-sdg", "-o", out, "--json")
    assert (code, json.loads(said), err) == (0, {"written": str(out)}, "")


def test_judge_after_init(run: Run, source: Path, out: Path) -> None:
    assert zhibiao.main(["init"]) == 0
    assert run(source, "--rule", "open-sdg", "-o", out)[0] == 0
    assert len(rows(out)) == 3


def test_an_unknown_rule_lists_the_known(run: Run, source: Path, out: Path) -> None:
    code, said, err = run(source, "--rule", "best", "-o", out)
    assert (code, said) == (1, "")
    zh, en = err.splitlines()
    assert zh.startswith("没有规则“best”;现有:")
    assert en.startswith("there is no rule “best”; known are: ")
    for line in (zh, en):
        for known in ("cn-schedule", "healthy-people", "open-sdg", "un-2023"):
            assert known in line
    assert not out.exists()


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            TABLE.replace("121", "nan"),
            "第2行 current_value:“nan”不是数字",
            "row 2, current_value: “nan” is not a number",
        ),
        (TABLE.replace("65.61", "６５"), "第3行 target:“６５”不是数字", "row 3, target: “６５” is not a number"),
        (TABLE.replace("2024,1,", "2024,up,", 1), "第2行 direction:“up”应为 1 或 -1", "row 2, direction: “up” must be"),
        (TABLE.replace("current_value", "value", 1), "缺少列 current_value", "column current_value is missing"),
        ("", "不是可读的 CSV:", "not a readable CSV: "),
        ("base_value,current_value\n1,2,3\n", "不是可读的 CSV:", "not a readable CSV: "),
    ],
)
def test_a_table_is_refused_in_both_languages(run: Run, source: Path, out: Path, text: str, zh: str, en: str) -> None:
    source.write_text(text, encoding="utf-8")
    code, said, err = run(source, "--rule", "open-sdg", "-o", out)
    assert (code, said) == (1, "")
    first, second = err.splitlines()
    assert first.startswith(zh)
    assert second.startswith(en)
    assert not out.exists()


def test_a_refusal_as_json(run: Run, source: Path, out: Path) -> None:
    code, said, err = run(source, "--rule", "best", "-o", out, "--json")
    assert (code, err) == (1, "")
    assert set(json.loads(said)["error"]) == {"zh", "en"}


def test_bytes_that_are_no_text(run: Run, source: Path, out: Path) -> None:
    source.write_bytes(TABLE.encode("gbk"))
    code, _, err = run(source, "--rule", "open-sdg", "-o", out)
    assert code == 1
    assert "not a readable CSV" in err


def test_a_file_that_is_not_there(run: Run, tmp_path: Path, out: Path) -> None:
    code, said, err = run(tmp_path / "none.csv", "--rule", "open-sdg", "-o", out)
    assert (code, said) == (2, "")
    assert "none.csv is not a file" in err


def test_a_place_that_cannot_be_written(run: Run, source: Path, tmp_path: Path) -> None:
    code, _, err = run(source, "--rule", "open-sdg", "-o", tmp_path / "nowhere" / "out.csv")
    assert code == 2
    assert "nowhere" in err


def test_rule_and_output_must_be_named(run: Run, source: Path, out: Path) -> None:
    assert run(source, "-o", out)[0] == 2
    assert run(source, "--rule", "open-sdg")[0] == 2


def test_several_series_of_one_indicator(run: Run, source: Path, out: Path) -> None:
    header, *lines = TABLE.splitlines()
    series = ["indicator," + header, *(f"3.1,{line}" for line in lines)]
    source.write_text("\n".join(series) + "\n", encoding="utf-8")
    assert run(source, "--rule", "open-sdg", "-o", out)[0] == 0
    found = rows(out)
    # scores 2.8572 and −2.08333, and one without
    assert [row["indicator_status"] for row in found] == ["moderate_progress"] * 3
    assert [float(row["indicator_score"]) for row in found] == pytest.approx([0.386935] * 3, abs=1e-6)
