"""The course of a return at the terminal: drafts, signatures, evidence, the grid, and what a person reads of them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import zhibiao
from ingest.owner import listening, opened
from ingest.settings import Home, Settings
from ingest.terminal import Place
from tests.returns import csv

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`zhibiao …` on a home of its own: (exit code, output, errors)."""
    monkeypatch.setenv("ZHIBIAO_HOME", str(home.folder))

    def one(*arguments: str | Path) -> tuple[int, str, str]:
        try:
            code = zhibiao.main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            assert isinstance(stopped.code, int)
            code = stopped.code
        said = capsys.readouterr()
        return code, said.out, said.err

    assert one("init")[0] == 0
    return one


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def one(raw: bytes = csv(), name: str = "六月.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(raw)
        return path

    return one


def data(told: tuple[int, str, str], code: int = 0) -> Any:
    assert (told[0], told[2]) == (code, "")
    return json.loads(told[1])


def test_from_draft_to_archive(run: Run, write: Callable[..., Path], home: Home) -> None:
    code, out, _ = run("draft", write(), "--as", "wang")
    assert (code, out.splitlines()[-1][:7]) == (0, "draft: ")
    made = out.split()[-1]
    evidence = ["--evidence", write(b"%PDF", "批复.pdf"), "--evidence", write(b"x", "表.png")]
    done = data(run("send", made, "--as", "wang", "--signed", "张三,李四,王五", *evidence, "--json"))
    assert done["submission"] == made
    assert len(list(home.uploads.iterdir())) == 3
    assert data(run("decide", made, "approve", "--as", "li", "--json"))["decision"] == "approve"
    assert data(run("release", "--as", "zhao", "--json"))["figures"] == 1
    assert data(run("archive", made, "--as", "zhao", "--json"))["decision"] == "archive"
    told = data(run("submissions", "--id", made, "--json"))
    assert [step["what"] for step in told["steps"]] == ["drafted", "submitted", "approved", "released", "archived"]
    assert told["signed"]["statistics_head"] == "李四"
    assert [one["file_name"] for one in told["attachments"]] == ["批复.pdf", "表.png"]
    code, out, _ = run("submissions")
    assert re.fullmatch(rf"{made}  20\S+\+08:00  已归档  wang  六月.csv\n", out)
    lines = run("submissions", "--id", made)[1].splitlines()
    assert len(lines) == 6 and lines[1].split()[1:] == ["drafted", "wang"]


def test_a_submission_is_signed_at_once(run: Run, write: Callable[..., Path]) -> None:
    made = data(run("submit", write(), "--as", "wang", "--signed", "张三、,王五", "--json"))["submission"]
    signed = data(run("submissions", "--id", made, "--json"))["signed"]
    assert signed == {"filled_by": "张三", "statistics_head": "", "organisation_head": "王五"}
    assert run("void", made, "--as", "li", "--reason", "x")[0] == 1
    assert data(run("withdraw", made, "--as", "wang", "--json"))["decision"] == "withdraw"


@pytest.mark.parametrize(
    "arguments",
    [
        ["submit", "x.csv", "--as", "wang", "--signed", "张三"],
        ["void", "x", "--as", "li"],
        ["waive", "--organisation", "x", "--period", "2024Q1", "--as", "li"],
        ["remind", "--period", "2024Q1", "--as", "li"],
        ["archive", "x"],
        ["send", "--as", "wang"],
    ],
    ids=" ".join,
)
def test_bad_arguments_exit_2_and_say_how(run: Run, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("usage: zhibiao")


def test_evidence_that_is_not_there_or_too_much_exits_2(
    run: Run, write: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write()
    assert run("submit", path, "--as", "wang", "--evidence", tmp_path / "x.pdf")[0] == 2
    monkeypatch.setattr(zhibiao, "_MOST_EVIDENCE", 1)
    code, out, err = run("submit", path, "--as", "wang", "--evidence", path)
    assert (code, out) == (2, "")
    assert "send the rest in the browser" in err
    assert data(run("submissions", "--json")) == []


def test_names_that_are_not_text_are_no_crash(run: Run, write: Callable[..., Path]) -> None:
    code, _, err = run("submit", write(), "--as", "wang", "--signed", "a,b,\udcff")
    assert code == 2 and "is not text" in err


def test_the_grid_and_whom_to_ask(run: Run, tmp_path: Path) -> None:
    which = ["--organisation", "chengdu-civil-affairs", "--period", "2024Q1"]
    assert run("returns", *which) == (0, "2024Q1  0/1  未填报 not sent  成都市民政局  逾期 overdue\n", "")
    assert data(run("remind", *which, "--as", "li", "--note", "请抓紧", "--json"))["reminded"] == 1
    assert run("returns", *which)[1].endswith("逾期 overdue  催报 reminded 1\n")
    out = tmp_path / "催报.csv"
    told = data(run("returns", *which, "-o", out, "--json"))
    assert (set(told), told["written"]) == ({"returns", "written"}, str(out))
    assert out.read_bytes().startswith("\ufeff单位".encode())
    assert len(out.read_text("utf-8-sig").splitlines()) == 2
    assert run("returns", *which, "-o", out)[1].endswith(f"written: {out}\n")
    waived = run("waive", *which, "--as", "zhao", "--reason", "系统迁移")
    assert waived[0] == 0 and "waived: 系统迁移" in waived[1]
    assert run("returns", *which)[1] == "2024Q1  0/1  未填报 not sent  成都市民政局  免报 waived  催报 reminded 1\n"
    assert data(run("waive", *which, "--as", "zhao", "--reason", "完成", "--undo", "--json"))["waived"] is None
    assert run("returns", "--organisation", "nobody", "-o", tmp_path / "no.csv")[0] == 1
    assert not (tmp_path / "no.csv").exists()
    periods = {
        row["period"] for row in data(run("returns", "--period", "2024Q1", "--period", "2023", "--json"))["returns"]
    }
    assert periods == {"2024Q1", "2023"}


def test_all_of_it_through_the_server_that_owns_the_store(
    run: Run, write: Callable[..., Path], home: Home, settings: Settings, tmp_path: Path
) -> None:
    with opened(home) as store, listening(Place(store, settings, home)):
        made = data(run("draft", write(), "--as", "wang", "--json"))["draft"]
        evidence = ["--evidence", write(b"%PDF", "批复.pdf")]
        assert data(run("send", made, "--as", "wang", *evidence, "--json"))["submission"] == made
        assert run("returns", "--period", "2024Q1", "-o", tmp_path / "F.csv")[0] == 0
        assert store.ask("submission_attachments", submission=made).height == 1
    assert (tmp_path / "F.csv").stat().st_size > 100
