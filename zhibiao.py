"""The terminal's door: `zhibiao COMMAND …`. Exits 0 done · 1 refused by the data or the rules · 2 could not run."""

from __future__ import annotations

import argparse
import base64
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from indicators.store import StoreBusy, StoreError
from ingest.owner import ask
from ingest.people import Role
from ingest.settings import Settings, SettingsError, load
from ingest.terminal import Reply

__all__ = ["main"]


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
    submit = command("submit", "check a return, keep its bytes, stage it for review")
    submit.add_argument("file", metavar="FILE")
    submit.add_argument("--as", dest="user", metavar="USER", required=True)
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
    release.add_argument("--note")
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
    user = command("user", "who may act: add, change the role of, or lock a person")
    user.add_argument("verb", choices=["add", "role", "lock"])
    user.add_argument("name")
    user.add_argument("--role", choices=[role.value for role in Role if role is not Role.OPERATOR])
    user.add_argument("--organisation", metavar="ID")
    user.add_argument("--as", dest="user", metavar="USER")
    return parser


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2021-12-31") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = vars(_parser().parse_args(arguments))
    command, as_json = given.pop("command"), given.pop("json")
    if any(not _is_text(value) for name, value in given.items() if name not in ("file", "path")):
        return _could_not("an argument is not text: write it in this terminal's encoding")
    try:
        settings = load(**({"demo": True} if given.pop("demo") else {}))
        if command == "serve":
            return _serve(settings, host=given["host"], port=given["port"])
        if "file" in given:
            given |= _file(given.pop("file"), text=command == "import")
        if "path" in given:
            _there(given["path"])
        out = given.pop("out", None)
        reply = ask(settings.at(), settings, command, given)
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


def _made(data: dict[str, Any]) -> bytes:
    """The file that an answer holds, taken out of it."""
    if "workbook" in data:
        return base64.b64decode(data.pop("workbook"))
    return str(data.pop("table")).encode()


def _is_text(value: object) -> bool:
    """Whether an argument is no bytes in disguise, which nothing can store."""
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


def _serve(settings: Settings, *, host: str | None, port: int | None) -> int:
    from streamlit_app import serve

    return serve(settings, host=host, port=port)


def _print(command: str, reply: Reply, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(reply.data, ensure_ascii=False, indent=2))
    elif isinstance(reply.data, dict) and "error" in reply.data:
        print(f"{reply.data['error']['zh']}\n{reply.data['error']['en']}", file=sys.stderr)
    else:
        for line in _lines(command, reply.data):
            print(line)


def _lines(command: str, data: Any) -> Sequence[str]:
    """An answer for a person's eyes."""
    match command:
        case "check" | "submit" | "history":
            return _return_lines(data)
        case "assess":
            return [_assess_line(row) for row in data]
        case "catalogue":
            return [f"{row['plan']}  {row['kind']:<9}  {row['name_zh']}  {row['quote']!r}" for row in data]
        case "template":
            due = data["due"].replace("T", " ")
            counts = f"{len(data['rows'])} indicators, {len(data['matters'])} tasks and milestones"
            return [f"{data['form_id']}: {counts}, due {due}", f"written: {data['written']}"]
        case "import":
            return data["changes"] or ["nothing changed"]
        case _:
            return [f"{key}: {value}" for key, value in data.items()]


def _return_lines(data: dict[str, Any]) -> list[str]:
    places = [(p, f"第{p['row']}行 {p['column']} " if p["row"] else "") for p in data["problems"]]
    lines = [f"[{p['severity']}] {place}{p['zh']}\n          {p['en']}" for p, place in places]
    hidden = data["problems_total"] - len(data["problems"])
    lines += [f"… {hidden} more"] if hidden else []
    verdict = "可以报送 accepted" if data["accepted"] else "未通过 not accepted"
    lines.append(f"{verdict}: {data['rows']} rows, {data['new']} new, {data['changed']} changed")
    return [*lines, f"submission: {data['submission']}"] if data.get("submission") else lines


def _assess_line(row: dict[str, Any]) -> str:
    share = "" if row["p"] is None else f"  p {100 * row['p']:.1f}%  t {100 * row['t']:.1f}%  gap {row['gap']:+.1f}"
    return f"{row['words']['zh']:<10} {row['name_zh']}{share}"


if __name__ == "__main__":
    sys.exit(main())
