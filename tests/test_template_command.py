"""`zhibiao template`: the file it writes, what it prints, whom it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import zhibiao
from ingest.owner import opened as store_of
from ingest.people import Role, User
from ingest.settings import Home
from ingest.workflow import add_person
from tests.office import opened

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`zhibiao template …` on a home of its own, written to `F.xlsx`: (exit code, output, errors)."""
    monkeypatch.setenv("ZHIBIAO_HOME", str(home.folder))

    def one(organisation: str, period: str, *more: str) -> tuple[int, str, str]:
        out = ["-o", str(tmp_path / "F.xlsx")]
        code = zhibiao.main(["template", "--organisation", organisation, "--period", period, *out, *more])
        said = capsys.readouterr()
        return code, said.out, said.err

    return one


def test_it_writes_the_return_and_prints_what_it_asks_for(run: Run, tmp_path: Path) -> None:
    code, out, err = run("成都市卫健委", "2024年一季度", "--json")
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert told["form_id"].startswith("ZB-J01-2024Q1-chengdu-health-")
    assert (told["organisation"], told["period"], told["due"]) == ("chengdu-health", "2024Q1", "2024-04-05T12:00")
    assert told["written"] == str(tmp_path / "F.xlsx")
    assert len(told["rows"]) == 12
    assert told["rows"][0] == {
        "code": "beds-per-1000@510100",
        "indicator": "beds-per-1000",
        "region": "510100",
        "name_zh": "每千人口医疗卫生机构床位数",
        "unit": "张/千人",
        "optional": False,
        "explain": False,
    }
    assert "workbook" not in told and told["matters"] == []
    sheet = opened((tmp_path / "F.xlsx").read_bytes())["报表"]
    assert f"表单编号:{told['form_id']}" in [cell.value for cell in sheet["A"]]


def test_for_a_persons_eyes(run: Run) -> None:
    code, out, _ = run("chengdu-health", "2024Q1")
    assert code == 0
    assert "12 indicators, 0 tasks and milestones, due 2024-04-05 12:00" in out


@pytest.mark.parametrize(
    ("organisation", "period", "said"),
    [("chengdu-heath", "2024Q1", "did you mean"), ("chengdu-health", "2024H1", "季度或年度")],
)
def test_a_refusal_writes_nothing(run: Run, tmp_path: Path, organisation: str, period: str, said: str) -> None:
    code, out, err = run(organisation, period)
    assert (code, out) == (1, "")
    assert said in err
    assert not (tmp_path / "F.xlsx").exists()


def test_a_statistician_asks_for_the_own_return(run: Run, home: Home, chen: User) -> None:
    assert zhibiao.main(["init"]) == 0
    with store_of(home) as store:
        for name, role, body in (("wang", Role.STATISTICIAN, "chengdu-health"), ("li", Role.REVIEWER, "")):
            add_person(store, name=name, role=role, organisation=body, active=True, user=chen)
    assert run("chengdu-health", "2024Q1", "--as", "wang")[0] == 0
    assert run("chengdu-sports", "2024Q1", "--as", "li")[0] == 0
    code, _, err = run("chengdu-sports", "2024Q1", "--as", "wang")
    assert code == 1 and "chengdu-health" in err
    assert run("chengdu-health", "2024Q1", "--as", "nobody")[0] == 1


def test_a_folder_that_is_not_there_could_not_run(run: Run) -> None:
    assert run("chengdu-health", "2024Q1", "-o", "/nowhere/at/all.xlsx")[0] == 2
