"""The terminal's contract: what each command prints, and that it exits 0 done, 1 refused, 2 could not run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

import zhibiao
from indicators.store import StoreBusy
from ingest.importing import initialise
from ingest.owner import listening, opened
from ingest.people import Role
from ingest.settings import SHIPPED, Home, Settings
from ingest.terminal import Place, Reply
from tests.accounts import PASSWORD, on_record
from tests.returns import PUBLISHED, csv

ROOT = Path(__file__).resolve().parents[1]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """`zhibiao …` in this process, on a home of its own: (exit code, output, errors)."""
    monkeypatch.setenv("ZHIBIAO_HOME", str(home.folder))

    def one(*arguments: str | Path) -> tuple[int, str, str]:
        try:
            code = zhibiao.main([str(argument) for argument in arguments])
        except SystemExit as stopped:
            assert isinstance(stopped.code, int)
            code = stopped.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return one


@pytest.fixture
def ready(run: Run) -> Run:
    """The same after `zhibiao init`."""
    assert run("init")[0] == 0
    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    def one(raw: bytes, name: str = "六月.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(raw)
        return path

    return one


def data(told: tuple[int, str, str], code: int = 0) -> Any:
    """The JSON of a command that ended so, with nothing said beside it."""
    assert (told[0], told[2]) == (code, "")
    return json.loads(told[1])


# -- the store -------------------------------------------------------------------------------------------------


def test_init_twice_changes_nothing(run: Run, home: Home) -> None:
    first = data(run("init", "--json"))
    assert first["new"] > 30
    assert data(run("init", "--json")) == {"new": 0, "store": "real"}
    assert home.store.is_file()
    assert run("init") == (0, "new: 0\nstore: real\n", "")


def test_the_demonstration_has_a_store_of_its_own(run: Run, settings: Settings) -> None:
    assert data(run("init", "--demo", "--json"))["store"] == "demo"
    assert settings.at(demo=True).store.is_file()
    assert not settings.at().store.exists()


# -- returns ---------------------------------------------------------------------------------------------------


def test_check_of_a_good_return(ready: Run, home: Home) -> None:
    told = data(ready("check", PUBLISHED, "--json"))
    assert (told["accepted"], told["rows"]) == (True, 57)
    assert not any(p["severity"] == "error" for p in told["problems"])
    assert ready("check", PUBLISHED) == (0, "可以报送 accepted: 57 rows, 57 new, 0 changed\n", "")
    assert not home.uploads.exists()


def test_D22_check_as_someone_asks_whether_this_person_may_send_it(
    ready: Run, write: Callable[[bytes], Path], home: Home
) -> None:
    path = write(csv())
    assert ready("check", path, "--as", "anyone")[0] == 0  # nobody is on record yet
    with opened(home) as store:
        on_record(store, "sun", Role.STATISTICIAN, "chengdu-sports")
    assert ready("check", path)[0] == 0
    told = data(ready("check", path, "--as", "sun", "--json"), code=1)
    assert [p["code"] for p in told["problems"]] == ["not_yours"]
    assert ready("check", path, "--as", "nobody")[0] == 1


def test_check_of_a_bad_return(ready: Run, write: Callable[[bytes], Path]) -> None:
    path = write(csv({"value": "1,5"}, {"period": "2022", "value": "82"}))
    told = data(ready("check", path, "--json"), code=1)
    assert (told["accepted"], told["rows"]) == (False, 2)
    (problem,) = told["problems"]
    assert {k: problem[k] for k in ("severity", "sheet", "row", "column", "code", "found")} == {
        "severity": "error",
        "sheet": "",
        "row": 2,
        "column": "value",
        "code": "number_two_readings",
        "found": "1,5",
    }
    assert "两种读法" in problem["zh"]
    assert "two ways" in problem["en"]
    code, out, err = ready("check", path)
    assert (code, err) == (1, "")
    assert out.startswith("[error] 第2行 value “1,5”有两种读法。")
    assert "未通过 not accepted: 2 rows, 1 new, 0 changed (1 error, 0 warning" in out.splitlines()[-1]


def test_check_of_a_file_with_nothing_in_it(ready: Run, write: Callable[[bytes], Path]) -> None:
    code, out, _ = ready("check", write(b""))
    assert (code, out.splitlines()[0]) == (1, "[error] 文件是空的。请选择含有数据的文件。")


def test_many_problems_are_cut_in_print(ready: Run, write: Callable[[bytes], Path]) -> None:
    _, out, _ = ready("check", write(csv(*({"period": f"?{n}"} for n in range(250)))))
    assert "… 50 more" in out.splitlines()


def test_from_return_to_judgement(ready: Run, write: Callable[[bytes], Path], home: Home) -> None:
    told = data(ready("submit", PUBLISHED, "--as", "wang", "--json"))
    one = told["submission"]
    assert (told["accepted"], told["rows"], len(list(home.uploads.iterdir()))) == (True, 57, 1)
    assert ready("submit", PUBLISHED, "--as", "wang")[1].endswith(f"submission: {one}\n")
    refusal = data(ready("decide", one, "approve", "--as", "wang", "--json"), code=1)
    assert refusal["error"]["zh"] == "报送人不能审核自己报送的数据"
    assert ready("decide", one, "return", "--as", "li") == (1, "", "退回须说明原因\nsending back needs a reason\n")
    assert data(ready("decide", one, "approve", "--as", "li", "--json"))["decision"] == "approve"
    assert data(ready("release", "--as", "zhao", "--note", "首次", "--json")) == {
        "release": 1,
        "figures": 57,
        "corrections": 0,
        "left_out": [],
        "embargo": None,
        "public": [],
    }
    assert ready("release", "--as", "zhao")[0] == 1
    rows = data(ready("assess", "--plan", "chengdu-145", "--as-of", "2021-12-31", "--json"))
    life = next(row for row in rows if row["commitment"] == "life-expectancy")
    assert life["p"] == pytest.approx(0.2667, abs=5e-5)
    assert life["t"] == pytest.approx(0.2)
    assert life["gap"] == pytest.approx(6.667, abs=5e-4)
    assert life["status"] == "on_schedule"
    _, out, _ = ready("assess", "--as-of", "2021-12-31")
    assert "达到时序进度     人均预期寿命  p 26.7%  t 20.0%  gap +6.7" in out.splitlines()
    assert any(line.startswith("暂无数据") for line in out.splitlines())


def test_a_history_is_loaded_and_reviewed_like_a_return(ready: Run, write: Callable[..., Path]) -> None:
    path = write(csv({}, {"period": "2020", "value": "99"}), "历史.csv")
    told = data(ready("history", path, "--as", "wang", "--note", "省年鉴", "--json"))
    assert (told["accepted"], told["rows"], told["new"], told["changed"], told["unchanged"]) == (True, 2, 2, 0, 0)
    assert [p["code"] for p in told["problems"]] == ["history_counted"] * told["problems_total"]
    assert ready("decide", told["submission"], "approve", "--as", "wang")[0] == 1
    assert ready("decide", told["submission"], "approve", "--as", "li")[0] == 0
    assert data(ready("release", "--as", "zhao", "--json"))["figures"] == 2
    code, out, _ = ready("history", write(csv({"period": "二〇二〇"}), "b.csv"), "--as", "wang")
    assert code == 1
    assert out.startswith("[error] 第2行 period “二〇二〇”不是报告期。")
    assert "未通过 not accepted: 1 rows, 0 new, 0 changed (1 error" in out.splitlines()[-1]


def test_a_release_says_what_it_left_out(ready: Run, write: Callable[[bytes], Path]) -> None:
    for name, raw in (("wang", csv()), ("zhao", csv({"period": "2020", "value": "81.5"}))):
        one = data(ready("submit", write(raw), "--as", name, "--json"))["submission"]
        ready("decide", one, "approve", "--as", "li")
    assert data(ready("release", "--as", "zhao", "--json"))["left_out"] == [{"submission": one, "row": 2}]


PLANS = "chengdu-145, guangzhou-2017, liuzhou-2020, qinhuangdao-2017, yuexiu-2021"


def test_assess_of_what_is_not_there(ready: Run) -> None:
    assert ready("assess", "--plan", "x") == (
        1,
        "",
        f"没有规划“x”;现有:{PLANS}\nthere is no plan “x”; known are: {PLANS}\n",
    )
    assert ready("assess", "--region", "x")[0] == ready("assess", "--rule", "x")[0] == 1
    assert ready("assess", "--known-on", "2001-01-01", "--json")[0] == 1


# -- the catalogue and people ----------------------------------------------------------------------------------


def test_the_catalogue_in_print_and_as_data(ready: Run) -> None:
    rows = data(ready("catalogue", "--plan", "chengdu-145", "--json"))
    code, out, _ = ready("catalogue", "--plan", "chengdu-145")
    assert code == 0
    assert len(out.splitlines()) == len(rows)
    assert out.startswith(f"chengdu-145  {rows[0]['kind']:<9}  {rows[0]['name_zh']}  ")
    assert ready("catalogue", "--plan", "x")[0] == 1


def test_import_of_a_changed_target(ready: Run, write: Callable[..., Path]) -> None:
    plan = SHIPPED / "plans" / "chengdu-145.toml"
    text = plan.read_text(encoding="utf-8")
    assert ready("import", plan, "--as", "chen") == (0, "nothing changed\n", "")
    changed = write(text.replace("target_value = 82.42", "target_value = 82.5").encode(), "plan.toml")
    assert ready("import", changed, "--as", "chen")[0] == 1
    done = ready("import", changed, "--as", "chen", "--document", "成府发〔2024〕1号")
    assert done == (0, "chengdu-145/life-expectancy: target_value: 82.42 → 82.5\n", "")
    bad = write(b"id =", "bad.toml")
    code, out, err = ready("import", bad, "--as", "chen")
    assert (code, out) == (1, "")
    assert "not TOML" in err
    gbk = write("名".encode("gbk"), "gbk.toml")
    assert ready("import", gbk, "--as", "chen") == (2, "", "zhibiao: the file is not UTF-8 text\n")


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Somebody before the terminal who types these secrets, one after the other."""
    secrets: list[str] = []
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr("getpass.getpass", lambda prompt: secrets.pop(0))
    monkeypatch.setattr("ingest.accounts.proof.prompted", lambda: bool(secrets))
    return lambda *typed: secrets.extend(typed)


def test_accounts_from_the_first_code_to_the_first_act(ready: Run, typing: Callable[..., None], home: Home) -> None:
    added = data(ready("user", "add", "chen", "--role", "administrator", "--json"))
    assert (added["role"], added["state"]) == ("administrator", "code")
    code, out, err = ready("user", "add", "wang", "--as", "chen", "--organisation", "chengdu-health")
    assert (code, out) == (1, "")
    assert "zhibiao login --as chen" in err
    typing(added["code"], PASSWORD, PASSWORD)
    code, out, err = ready("password", "--as", "chen")
    assert (code, err) == (0, "")
    assert out.startswith("name: chen\nuntil: ")
    # from here on the token is kept
    code, out, err = ready("user", "add", "wang", "--as", "chen", "--organisation", "chengdu-health")
    assert (code, err) == (0, "")
    assert "code: " in out
    assert data(ready("user", "lock", "wang", "--as", "chen", "--json"))["active"] is False
    code, out, _ = ready("user", "list", "--as", "chen")
    assert [line.split("  ")[0] for line in out.splitlines()] == ["chen", "wang"]
    assert "停用 locked" in out
    assert ready("user", "add", "x", "--as", "chen", "--role", "operator")[0] == 2
    assert data(ready("logout", "--as", "chen", "--json"))["name"] == "chen"
    assert ready("user", "list", "--as", "chen")[0] == 1
    typing(PASSWORD)  # asked where no token is kept
    assert ready("user", "list", "--as", "chen")[0] == 0
    typing("wrong")
    assert ready("user", "list", "--as", "chen")[0] == 1
    typing(PASSWORD)
    told = data(ready("login", "--as", "chen", "--json"))
    assert set(told) == {"name", "until", "kept"}  # the token itself is not printed
    assert Path(told["kept"]).stat().st_mode & 0o077 == 0
    assert ready("user", "list", "--as", "chen")[0] == 0


def test_a_secret_is_typed_or_nothing_is_done(ready: Run, typing: Callable[..., None]) -> None:
    assert ready("login", "--as", "chen")[0] == 2
    assert "only typed at a terminal" in ready("password", "--as", "chen")[2]
    typing("one-time code", PASSWORD, "not the same")
    assert "the two differ" in ready("password", "--as", "chen")[2]


def test_E20_what_is_printed_moves_no_cursor(ready: Run, write: Callable[..., Path], home: Home) -> None:
    with opened(home) as store, store.entry(actor="a", action="submit", subject="x") as entry:
        line = {"id": "ab", "sha256": "0" * 64, "file_name": "a\r\n\x1b[2Jb", "submitted_by": "w\u202eang"}
        entry.add("submission", [{**line, "rows": 1, "origin": "reported"}])
    code, out, _ = ready("submissions")
    assert code == 0
    assert len(out.splitlines()) == 1
    assert "a\\r\\n\\x1b[2Jb" in out
    assert "w\\u202eang" in out


def test_F24_verify_says_whether_all_is_as_it_was(ready: Run, home: Home) -> None:
    one = data(ready("submit", PUBLISHED, "--as", "wang", "--json"))["submission"]
    told = data(ready("verify", "--json"))
    assert told["sound"]
    assert (told["ledger"]["broken"], told["files"]["expected"], told["files"]["kept"]) == (None, 1, 1)
    assert ready("verify") == (0, "日志 ledger: 2 entries\n文件 files: 1 of 1 kept\n完好 sound\n", "")
    (kept,) = home.uploads.iterdir()
    kept.write_bytes(b"something else")
    with duckdb.connect(str(home.store)) as direct:
        direct.execute("UPDATE ledger SET subject = 'other' WHERE subject = ?", [one])
    told = data(ready("verify", "--json"), code=1)
    assert (told["ledger"]["broken"], told["files"]["changed"]) == ({"entry": 2, "kind": "altered"}, [kept.name])
    code, out, _ = ready("verify")
    assert (code, out.splitlines()[-1]) == (1, "不完好 not sound")
    assert "[broken] 第 2 条日志 entry 2: altered" in out


def test_doctor_says_what_to_mend(run: Run, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # it goes where the server's options are
    code, out, _ = run("doctor")
    assert code == 1
    assert "[mend] 没有设置密钥 ZHIBIAO_SECRET。 ZHIBIAO_SECRET is not set.\n          → openssl rand" in out
    monkeypatch.setenv("ZHIBIAO_SECRET", "kFz0vQ3mTn8xYp2LwR7sBd5hJc9gEa1u")
    code, out, _ = run("doctor", "--json")
    checks = {check["code"]: check["ok"] for check in json.loads(out)}
    assert code == 0, [name for name, ok in checks.items() if not ok]
    assert {"secret", "store", "public_hosts", "server.enableXsrfProtection", "client.showErrorDetails"} <= set(checks)
    assert run("init")[0] == 0
    home.store.parent.chmod(0o755)
    code, out, _ = run("doctor")
    assert code == 1
    assert f"→ chmod 700 {home.store.parent}" in out
    assert "kFz0vQ3m" not in out


# -- what could not run ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["check"],
        ["submit", "x.csv"],
        ["decide", "x", "maybe", "--as", "li"],
        ["release"],
        ["assess", "--as-of", "2021-13-01"],
        ["assess", "--as-of", "yesterday"],
        ["serve", "--port", "many"],
        ["init", "--colour"],
    ],
    ids=" ".join,
)
def test_bad_arguments_exit_2_and_say_how(run: Run, home: Home, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("usage: zhibiao")
    assert not home.folder.exists()


def test_a_bad_date_is_named(run: Run) -> None:
    assert "'yesterday' is not a date such as 2021-12-31" in run("assess", "--as-of", "yesterday")[2]


@pytest.mark.parametrize(
    "command",
    [["check"], ["submit", "--as", "wang"], ["history", "--as", "wang"], ["import", "--as", "chen"]],
    ids=lambda c: c[0],
)
def test_a_file_that_is_not_there_exits_2(run: Run, tmp_path: Path, command: list[str]) -> None:
    for path in (tmp_path / "missing.csv", tmp_path):
        assert run(*command, path) == (2, "", f"zhibiao: {path} is not a file\n")


def test_a_bad_setting_exits_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHIBIAO_PORT", "0")
    code, out, err = run("init")
    assert (code, out) == (2, "")
    assert err.startswith("zhibiao: ZHIBIAO_PORT: ")


def test_F07_a_store_that_is_none_exits_2_and_is_left(run: Run, home: Home) -> None:
    home.store.parent.mkdir(parents=True)
    home.store.write_bytes(b"damaged" * 1000)
    code, out, err = run("assess")
    assert (code, out) == (2, "")
    assert "Put a backup in its place" in err
    assert home.store.read_bytes() == b"damaged" * 1000


def test_a_real_home_is_not_opened_as_a_demonstration(run: Run, settings: Settings) -> None:
    run("init")
    demo = settings.at(demo=True)
    demo.store.parent.mkdir(parents=True)
    settings.at().store.rename(demo.store)
    code, _, err = run("init", "--demo")
    assert code == 2
    assert "is a real store and cannot be opened as a demo one" in err


@pytest.mark.parametrize("word", ["as", "reason"])
def test_an_argument_that_is_not_text_is_no_crash(ready: Run, write: Callable[[bytes], Path], word: str) -> None:
    one = data(ready("submit", write(csv()), "--as", "wang", "--json"))["submission"]
    given = {"as": "li", "reason": "x"} | {word: "\udcff"}
    code, out, err = ready("decide", one, "return", "--as", given["as"], "--reason", given["reason"])
    assert (code, out) == (2, "")
    assert "is not text" in err


# -- the program -----------------------------------------------------------------------------------------------


def program(home: Home, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "zhibiao.py", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "ZHIBIAO_HOME": str(home.folder)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_as_a_program_of_its_own(home: Home) -> None:
    made = program(home, "init", "--json")
    assert (made.returncode, made.stderr) == (0, "")
    checked = program(home, "check", PUBLISHED, "--json")
    assert (checked.returncode, checked.stderr) == (0, "")
    assert json.loads(checked.stdout)["rows"] == 57
    helped = program(home, "--help")
    assert helped.returncode == 0
    assert all(command in helped.stdout for command in ("init", "check", "submit", "decide", "release", "assess"))


def test_a_store_in_use_is_worth_another_try(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object, **__: object) -> Reply:
        raise StoreBusy(Path("zhibiao.duckdb"), 4711)

    monkeypatch.setattr(zhibiao, "ask", busy)
    code, out, err = run("assess")
    assert (code, out) == (2, "")
    assert err.splitlines()[0].startswith("zhibiao: the store zhibiao.duckdb is in use by process 4711")
    assert "answers in a moment; try again" in err.splitlines()[1]


def test_F05_a_store_in_use_exits_2_and_names_its_owner(home: Home) -> None:
    with opened(home):
        refused = program(home, "init")
    assert refused.returncode == 2
    assert f"in use by process {os.getpid()}" in refused.stderr
    assert "try again" in refused.stderr


def test_a_history_needs_the_store_to_itself(
    run: Run, home: Home, settings: Settings, write: Callable[[bytes], Path]
) -> None:
    path = write(csv())
    with opened(home) as store:
        initialise(store)
        with listening(Place(store, settings, home)):
            refused = program(home, "history", path, "--as", "wang", "--json")
            assert store.last_entry() == 1
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "请先停止正在运行的服务" in refused.stderr
    assert f"stop the server that has it (process {os.getpid()})" in refused.stderr
    assert "try again" not in refused.stderr
    assert data(run("history", path, "--as", "wang", "--json"))["rows"] == 1


def test_E07_a_server_without_a_secret_does_not_start(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = program(home, "serve", "--port", "18765")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("zhibiao: 没有设置密钥 ZHIBIAO_SECRET。 ZHIBIAO_SECRET is not set. → openssl rand")
    assert not home.store.exists()
    monkeypatch.setenv("ZHIBIAO_SECRET", "kFz0vQ3mTn8xYp2LwR7sBd5hJc9gEa1u")
    with opened(home):
        home.store.parent.chmod(0o750)
        refused = program(home, "serve", "--port", "18765")
        assert (refused.returncode, refused.stdout) == (2, "")
        assert f"chmod 700 {home.store.parent}" in refused.stderr
        home.store.parent.chmod(0o700)
        refused = program(home, "serve", "--port", "18765")
    assert refused.returncode == 2
    assert f"in use by process {os.getpid()}" in refused.stderr
    assert "kFz0vQ3m" not in refused.stderr


def test_serve_hands_over_to_the_app(run: Run, monkeypatch: pytest.MonkeyPatch, home: Home) -> None:
    asked: list[tuple[Path, bool, str | None, int | None]] = []

    def serve(settings: Settings, *, host: str | None, port: int | None) -> int:
        asked.append((settings.home, settings.demo, host, port))
        return 0

    monkeypatch.setitem(sys.modules, "streamlit_app", SimpleNamespace(serve=serve))
    assert run("serve", "--demo", "--port", "9000", "--host", "127.0.0.1") == (0, "", "")
    assert run("serve") == (0, "", "")
    assert asked == [(home.folder, True, "127.0.0.1", 9000), (home.folder, False, None, None)]
