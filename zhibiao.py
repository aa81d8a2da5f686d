"""The terminal's door: `zhibiao COMMAND …`. Exits 0 done · 1 refused by the data or the rules · 2 could not run."""

from __future__ import annotations

import argparse
import base64
import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from dashboard.rendering import rendering
from indicators.store import SnapshotError, StoreBusy, StoreError
from ingest import log, startup
from ingest.accounts import proof as proofs
from ingest.accounts.proof import Proof
from ingest.log import one_line
from ingest.owner import ask
from ingest.people import Role
from ingest.public_settings import PublicSettingsError, load_public
from ingest.settings import Settings, SettingsError, load
from ingest.terminal import Reply

__all__ = ["main"]

_MOST_EVIDENCE = 140 * 2**20  # as base64: what the server takes of a terminal at once, less the return itself


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zhibiao", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, does: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=does, description=does)
        made.add_argument("--demo", action="store_true", help="work on the demonstration store")
        made.add_argument("--json", action="store_true", help="print data as JSON")
        return made

    command("init", "make the store and load the catalogue; again, nothing changes")
    serve = command("serve", "the app in the browser; --demo only ever binds to loopback")
    serve.add_argument("--port", type=int)
    serve.add_argument("--host")
    serve.add_argument("--public", action="store_true", help="the public site of what is released, without any secret")
    catalogue = command("catalogue", "every commitment of the plans")
    catalogue.add_argument("--plan", metavar="ID")
    imported = command("import", "add a newer catalogue file: plan, indicator or rule set")
    imported.add_argument("file", metavar="FILE")
    imported.add_argument("--as", dest="user", metavar="USER", required=True)
    imported.add_argument("--document", metavar="REF", help="what allows a changed target")
    template = command("template", "the return of an organisation and period to fill in")
    template.add_argument("--organisation", metavar="X", required=True, help="id, name or short name")
    template.add_argument("--period", metavar="P", required=True, help="2024Q1, 2024年一季度, 2024")
    template.add_argument("-o", dest="out", metavar="F.xlsx", required=True)
    template.add_argument("--as", dest="user", metavar="USER")
    check = command("check", "read and judge a return; stores nothing")
    check.add_argument("file", metavar="FILE")
    check.add_argument("--as", dest="user", metavar="USER", help="also whether this person may send it")
    submit = command("submit", "check a return, keep its bytes, stage it for review")
    submit.add_argument("file", metavar="FILE")
    submit.add_argument("--as", dest="user", metavar="USER", required=True)
    _signing(submit)
    draft = command("draft", "check a return and keep its bytes, to be sent later")
    draft.add_argument("file", metavar="FILE")
    draft.add_argument("--as", dest="user", metavar="USER", required=True)
    for name, does in (
        ("send", "send a draft, judged anew"),
        ("withdraw", "take back a submission nobody has decided on, or give up a draft"),
        ("void", "declare an approved submission void before it is released"),
        ("archive", "close the file of a released submission"),
    ):
        made = command(name, does)
        made.add_argument("id", metavar="ID")
        made.add_argument("--as", dest="user", metavar="USER", required=True)
        if name == "send":
            _signing(made)
        if name in ("withdraw", "void"):
            made.add_argument("--reason", required=name == "void")
    history = command("history", "load years of figures from a CSV or Parquet file, as one submission for review")
    history.add_argument("path", metavar="FILE")
    history.add_argument("--as", dest="user", metavar="USER", required=True)
    history.add_argument("--note", metavar="TEXT", help="said of every figure that has no note of its own")
    decide = command("decide", "approve a submission or send it back")
    decide.add_argument("id", metavar="ID")
    decide.add_argument("decision", choices=["approve", "return"])
    decide.add_argument("--as", dest="user", metavar="USER", required=True)
    decide.add_argument("--reason")
    release = command("release", "publish everything approved")
    release.add_argument("--as", dest="user", metavar="USER", required=True)
    release.add_argument("--note", metavar="TEXT", help="read by the public; needed where a published value changes")
    release.add_argument("--embargo", metavar="TIME", help="public from then on: 2026-12-01T10:00, where the office is")
    command("publish", "put out what was released and is due; a running server does so by itself")
    remind = command("remind", "record that a body was asked for a return")
    _whose(remind)
    remind.add_argument("--note")
    waive = command("waive", "record that a return need not be sent; --undo: must be again")
    _whose(waive)
    waive.add_argument("--reason", required=True)
    waive.add_argument("--undo", action="store_true")
    returns = command("returns", "who owes what, by when, and how far it has come")
    returns.add_argument("--period", metavar="P", action="append", help="again for more; default: what ended last")
    returns.add_argument("--organisation", metavar="X")
    returns.add_argument("-o", dest="out", metavar="F.csv", help="write whom to ask for what is still owed")
    submissions = command("submissions", "every submission and draft with its state; with --id its steps")
    submissions.add_argument("--id", metavar="ID")
    assess = command("assess", "judge the targets")
    assess.add_argument("--plan", metavar="ID")
    assess.add_argument("--region", metavar="CODE")
    assess.add_argument("--as-of", type=_day, metavar="DATE")
    assess.add_argument("--known-on", type=_day, metavar="DATE")
    assess.add_argument("--rule", metavar="R")
    judge = command("judge", "a rule on a table of your own: CSV in, CSV out")
    judge.add_argument("file", metavar="FILE.csv")
    judge.add_argument("--rule", metavar="R", required=True)
    judge.add_argument("-o", dest="out", metavar="OUT.csv", required=True)
    user = command("user", "accounts: list, add (prints a one-time code), role, lock, unlock, reset (a new code)")
    user.add_argument("verb", choices=["list", "add", "role", "lock", "unlock", "reset"])
    user.add_argument("name", nargs="?")
    user.add_argument("--role", choices=[role.value for role in Role if role is not Role.OPERATOR])
    user.add_argument("--organisation", metavar="ID")
    user.add_argument("--as", dest="user", metavar="USER")
    for name, does in (
        ("login", "prove once who acts with --as; a token is kept for this user of the machine alone"),
        ("logout", "end that"),
        ("password", "set one's own password: by a one-time code, or by the present one"),
    ):
        command(name, does).add_argument("--as", dest="name", metavar="USER", required=True)
    command("verify", "whether the ledger is as it was sealed and every file as it was kept")
    site = command("site", "the public site as files, from the releases that are out, for any web server or CDN")
    site.add_argument("folder", metavar="DIR", help="a new folder, or one that this command wrote")
    site.add_argument("--url", metavar="URL", help="where the site will stand; default: ZHIBIAO_PUBLIC_URL")
    site.add_argument("--folder", dest="public", metavar="F", help="the public folder; default: ZHIBIAO_HOME/public")
    command("doctor", "what keeps a server from starting, and how to mend it")
    return parser


def _signing(command: argparse.ArgumentParser) -> None:
    command.add_argument("--signed", type=_names, metavar="填报人,统计负责人,单位负责人", help="who signs, by name")
    command.add_argument("--evidence", action="append", metavar="FILE", help="kept with the return; again for more")


def _whose(command: argparse.ArgumentParser) -> None:
    command.add_argument("--organisation", metavar="X", required=True, help="id, name or short name")
    command.add_argument("--period", metavar="P", required=True, help="2024Q1, 2024年一季度, 2024")
    command.add_argument("--as", dest="user", metavar="USER", required=True)


def _names(text: str) -> list[str]:
    names = re.split("[,,、]", text)
    if len(names) != 3:
        raise argparse.ArgumentTypeError(f"{text!r} is not three names with commas between; one may be empty")
    return names


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2021-12-31") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = vars(_parser().parse_args(arguments))
    command, as_json = given.pop("command"), given.pop("json")
    if any(not _is_text(value) for name, value in given.items() if name not in ("file", "evidence", "path")):
        return _could_not("an argument is not text: write it in this terminal's encoding")
    if command == "serve" and given.pop("public"):
        return _serve_public(demo=given["demo"], host=given["host"], port=given["port"])
    try:
        settings = load(**({"demo": True} if given.pop("demo") else {}))
        if command == "serve":
            return _serve(settings, host=given["host"], port=given["port"])
        if command == "doctor":
            return _doctor(settings, as_json=as_json)
        if command == "site":
            return _site(settings, **given, as_json=as_json)
        if "file" in given:
            given |= _file(given.pop("file"), text=command == "import")
        if given.get("evidence"):
            given["evidence"] = _evidence(given["evidence"])
        if "path" in given:
            _there(given["path"])
        out = given.pop("out", None)
        if command == "returns":
            given["table"] = out is not None
        reply = _asked(settings, command, given)
        if out is not None and reply.code == 0:
            Path(out).write_bytes(_made(reply.data))
            reply.data["written"] = out
    except (SettingsError, StoreError, OSError) as error:
        return _could_not(error)
    except UnicodeDecodeError:
        return _could_not("the file is not UTF-8 text")
    try:
        _print(command, reply, as_json=as_json)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has seen enough; keep the interpreter from complaining at its exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return reply.code


def _asked(settings: Settings, command: str, given: dict[str, Any]) -> Reply:
    """The answer, with a proof of who acts where one is wanted."""

    def again(proof: Proof | None = None) -> Reply:
        return ask(settings.at(), settings, command, given, proof, render=rendering(settings.public_url))

    match command:
        case "login":
            reply = again(Proof(secret=proofs.typed("密码 Password: ")))
        case "password":
            old = proofs.typed("一次性代码或现在的密码 One-time code, or the present password: ")
            reply = again(Proof(secret=old, new=proofs.new_password()))
        case _:
            return proofs.proved(again(), again, prompt=command != "logout")
    if reply.code == 0:
        reply.data["kept"] = str(proofs.keep(reply.data.pop("store"), given["name"], reply.data.pop("token")))
    return reply


def _made(data: dict[str, Any]) -> bytes:
    """The file that an answer holds, taken out of it."""
    if "workbook" in data:
        return base64.b64decode(data.pop("workbook"))
    return str(data.pop("table")).encode()


def _is_text(value: object) -> bool:
    """Whether an argument is no bytes in disguise, which nothing can store."""
    if isinstance(value, list):
        return all(map(_is_text, value))
    return not isinstance(value, str) or all(not 0xD800 <= ord(character) <= 0xDFFF for character in value)


def _could_not(error: Exception | str) -> int:
    print(f"zhibiao: {error}", file=sys.stderr)
    if isinstance(error, StoreBusy):
        print("zhibiao: a server that is just starting answers in a moment; try again", file=sys.stderr)
    return 2


def _there(path: str) -> Path:
    file = Path(path)
    if not file.is_file():
        raise OSError(f"{path} is not a file")
    return file


def _file(path: str, *, text: bool) -> dict[str, str]:
    file = _there(path)
    raw = file.read_bytes()
    if text:
        return {"name": file.name, "text": raw.decode("utf-8")}
    return {"name": file.name, "raw": base64.b64encode(raw).decode()}


def _evidence(paths: Sequence[str]) -> list[dict[str, str]]:
    files = [_file(path, text=False) for path in paths]
    if sum(len(file["raw"]) for file in files) > _MOST_EVIDENCE:
        raise OSError(f"the evidence is more than {_MOST_EVIDENCE // 2**20} MB in all: send the rest in the browser")
    return files


def _doctor(settings: Settings, *, as_json: bool) -> int:
    """Print every check with how to mend it: 0 when all hold, else 1."""
    from streamlit_app import configure, options

    home = settings.at()
    found = [*startup.checks(settings, home), startup.store_check(home)]
    configure(settings, host=settings.host, port=settings.port)
    found += startup.option_checks(options(), settings, demo=home.demo)
    if as_json:
        print(json.dumps([asdict(check) for check in found], ensure_ascii=False, indent=2))
    else:
        for check in found:
            mend = "" if check.ok else f"\n          → {one_line(check.mend)}"
            print(f"[{'ok' if check.ok else 'mend'}] {one_line(f'{check.zh} {check.en}')}{mend}")
    return 0 if all(check.ok for check in found) else 1


def _site(settings: Settings, *, folder: str, url: str | None, public: str | None, as_json: bool) -> int:
    """Write the public site: neither a server nor the store is asked."""
    from dashboard.public.site.bundle import Refused, bundle  # draws charts, which no other command does

    try:
        made = bundle(Path(public) if public else settings.at().public, Path(folder), url=url or settings.public_url)
    except Refused as refused:
        print(f"{one_line(refused.zh)}\n{one_line(refused.en)}", file=sys.stderr)
        return 1
    except SnapshotError as error:
        return _could_not(error)
    told = asdict(made) | {"written": folder}
    if as_json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        for name, fact in told.items():
            print(one_line(f"{name}: {fact}"))
    return 0


def _serve(settings: Settings, *, host: str | None, port: int | None) -> int:
    from streamlit_app import serve

    return serve(settings, host=host, port=port)


def _serve_public(*, demo: bool, host: str | None, port: int | None) -> int:
    """The public site. Nothing of the office's own settings is read."""
    from dashboard.public.serving.server import serve

    log.install()
    asked = {"demo": demo or None, "host": host, "port": port}
    try:
        return serve(load_public(**{name: value for name, value in asked.items() if value is not None}))
    except PublicSettingsError as error:
        return _could_not(error)


def _print(command: str, reply: Reply, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(reply.data, ensure_ascii=False, indent=2))
    elif isinstance(reply.data, dict) and "error" in reply.data:
        for language in ("zh", "en"):
            print("\n".join(map(one_line, reply.data["error"][language].split("\n"))), file=sys.stderr)
    else:
        for line in _lines(command, _plain(reply.data)):
            print(line)


def _plain(data: Any) -> Any:
    """An answer whose texts move no cursor and begin no line of their own."""
    if isinstance(data, str):
        return one_line(data)
    if isinstance(data, list):
        return [_plain(one) for one in data]
    return {name: _plain(value) for name, value in data.items()} if isinstance(data, dict) else data


def _lines(command: str, data: Any) -> Sequence[str]:
    """An answer for a person's eyes."""
    match command:
        case "check" | "submit" | "draft" | "send" | "history":
            return _return_lines(data)
        case "returns":
            written = [f"written: {data['written']}"] if "written" in data else []
            return [*map(_owed_line, data["returns"]), *written]
        case "submissions":
            return [_sent_line(row) for row in data] if isinstance(data, list) else _step_lines(data)
        case "assess":
            return [_assess_line(row) for row in data]
        case "catalogue":
            return [f"{row['plan']}  {row['kind']:<9}  {row['name_zh']}  {row['quote']!r}" for row in data]
        case "template":
            due = data["due"].replace("T", " ")
            counts = f"{len(data['rows'])} indicators, {len(data['matters'])} tasks and milestones"
            return [f"{data['form_id']}: {counts}, due {due}", f"written: {data['written']}"]
        case "user" if isinstance(data, list):
            return [_account_line(row) for row in data]
        case "verify":
            return _verify_lines(data)
        case "import":
            return data["changes"] or ["nothing changed"]
        case _:
            return [f"{key}: {value}" for key, value in data.items()]


def _place(problem: dict[str, Any], *, sheet: bool) -> str:
    """Where a problem stands; its sheet too where there are several."""
    named = f"“{problem['sheet']}”" if sheet and problem["sheet"] else ""
    return f"{named}第{problem['row']}行 {problem['column']} " if problem["row"] else f"{named} " if named else ""


def _return_lines(data: dict[str, Any]) -> list[str]:
    order = ["error", "warning", "explained", "notice"]  # what refuses the file first
    kinds = [("explained" if p["explained"] else p["severity"], p) for p in data["problems"]]
    sheets = len({p["sheet"] for p in data["problems"]}) > 1
    lines = [
        f"[{kind}] {_place(p, sheet=sheets)}{p['zh']}\n          {p['en']}"
        for kind, p in sorted(kinds, key=lambda one: order.index(one[0]))
    ]
    hidden = data["problems_total"] - len(data["problems"])
    lines += [f"… {hidden} more"] if hidden else []
    verdict = "可以报送 accepted" if data["accepted"] else "未通过 not accepted"
    left = ", ".join(f"{sum(k == kind for k, _ in kinds)} {kind}" for kind in order[:2])
    blocks = "" if data["accepted"] else f" ({left}: 须改正 to mend, 须说明 to explain in the note)"
    lines.append(f"{verdict}: {data['rows']} rows, {data['new']} new, {data['changed']} changed{blocks}")
    return [*lines, *(f"{kind}: {data[kind]}" for kind in ("submission", "draft") if data.get(kind))]


def _owed_line(row: dict[str, Any]) -> str:
    marks = {"late": "迟报 late", "overdue": "逾期 overdue", "waived": "免报 waived"}
    said = [word for mark, word in marks.items() if row[mark]]
    said += [f"催报 reminded {row['reminded']}"] if row["reminded"] else []
    state = f"{row['words']['zh']} {row['words']['en']}"
    return "  ".join([row["period"], f"{row['sent']}/{row['owed']}", state, row["name_zh"], *said])


def _sent_line(row: dict[str, Any]) -> str:
    return f"{row['id']}  {row['recorded_at']}  {row['words']['zh']}  {row['submitted_by']}  {row['file_name']}"


def _step_lines(data: dict[str, Any]) -> list[str]:
    steps = [f"{step['when']}  {step['what']:<9}  {step['who']}  {step['why']}".rstrip() for step in data["steps"]]
    return [_sent_line(data), *steps]


def _account_line(row: dict[str, Any]) -> str:
    state = {
        "password": "有密码 password",
        "code": f"待兑换 code until {row['code_until']}",
        "code_expired": "代码过期 code expired",
        "none": "无密码 no password",
    }[row["state"]]
    active = "" if row["active"] else "  停用 locked"
    last = f"  最近登录 last signed in {row['last_sign_in']}" if row["last_sign_in"] else ""
    return f"{row['name']}  {row['role']}  {row['organisation'] or '-'}  {state}{active}{last}"


def _verify_lines(data: dict[str, Any]) -> list[str]:
    ledger, files = data["ledger"], data["files"]
    lines = [f"日志 ledger: {ledger['entries']} entries", f"文件 files: {files['kept']} of {files['expected']} kept"]
    if broken := ledger["broken"]:
        lines.append(f"[broken] 第 {broken['entry']} 条日志 entry {broken['entry']}: {broken['kind']}")
    lines += [f"[{what}] {digest}" for what in ("missing", "changed") for digest in files[what]]
    return [*lines, "完好 sound" if data["sound"] else "不完好 not sound"]


def _assess_line(row: dict[str, Any]) -> str:
    share = "" if row["p"] is None else f"  p {100 * row['p']:.1f}%  t {100 * row['t']:.1f}%  gap {row['gap']:+.1f}"
    return f"{row['words']['zh']:<10} {row['name_zh']}{share}"


if __name__ == "__main__":
    sys.exit(main())
