"""The only functions that write. Each is one transaction and one line of the ledger."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from indicators.catalogue import Catalogue, CatalogueKind, parse, read_folder, write
from indicators.definition import Definition, Indicator, Range
from indicators.plan import Plan
from indicators.problem import Problem, Severity
from indicators.rules import RuleSet
from indicators.store import Store
from ingest.check import Checked, check, compare
from ingest.normalise import normalise, titles
from ingest.people import Action, Role, User, demand
from ingest.read import Unreadable, read
from ingest.settings import SHIPPED, Settings
from ingest.submission import Decision, Refused, may_decide, state_of
from ingest.words import visible

__all__ = ["Receipt", "add_person", "check_file", "decide", "import_file", "initialise", "submit"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file that was sent: its judgement, and the submission that holds it ('' when none)."""

    checked: Checked
    submission: str = ""


def today(settings: Settings) -> date:
    """The date where the office is."""
    return datetime.now(ZoneInfo(settings.timezone)).date()


# -- figures -----------------------------------------------------------------------------------------------


def check_file(store: Store, settings: Settings, *, name: str, raw: bytes) -> Checked:
    """Read and judge a return; stores nothing. Whatever the bytes hold, the answer is a Checked."""
    catalogue = store.catalogue()
    try:
        sheet = read(name, raw, settings, catalogue=catalogue)
    except Unreadable as refused:
        return Checked(pl.DataFrame(), (refused.problem,), 0)
    figures, problems = normalise(sheet, catalogue)
    if figures.is_empty():
        return Checked(pl.DataFrame(), tuple(map(sheet.locate, (*sheet.refused, *problems))), sheet.at.len())
    from ingest.schema import failures  # pandera loads slowly, and only a return needs it

    problems += failures(figures, problems)
    named = {p.row for p in problems if p.severity is Severity.ERROR}
    sound = figures.filter(~pl.col("row").is_in(list(named))) if named else figures
    sent = set(sound["indicator"])
    totals = {catalogue.indicators[i].part_of for i in sent} - {""}
    known = store.approved(indicators=sorted(sent | totals))
    sound, more = check(sound, catalogue, known, today=today(settings))
    called = titles(sheet)
    named_as_there = [replace(p, column=called.get(p.column, p.column)) for p in problems + more]
    judged = tuple(map(sheet.locate, (*sheet.refused, *named_as_there)))
    checked = Checked(compare(sound, known), judged, sheet.at.len())
    if checked.accepted and checked.fresh.is_empty():
        nothing = Problem(Severity.NOTICE, "nothing_new")
        checked = replace(checked, problems=(*checked.problems, nothing))
    return checked


def submit(
    store: Store, settings: Settings, *, name: str, raw: bytes, user: User, uploads: Path, origin: str = "reported"
) -> Receipt:
    """Check a return, keep its bytes under their hash and stage its new figures; all or nothing.

    The same bytes twice are one submission. A refused file leaves one line in the ledger and nothing else.
    Raises Forbidden when `user` may not submit.
    """
    demand(user, Action.SUBMIT)
    _keep_apart(store, origin)
    digest = hashlib.sha256(raw).hexdigest()
    if (receipt := _already(store, settings, digest)) is not None:
        return receipt
    checked = check_file(store, settings, name=name, raw=raw)
    label = visible(name.replace("\\", "/").rpartition("/")[2])[:255]
    if not checked.accepted:
        count = sum(problem.blocks for problem in checked.problems)
        with store.entry(actor=user.name, action="submit_refused", subject=digest, file=label, problems=count):
            pass
        return Receipt(checked)
    fresh = checked.fresh
    if fresh.is_empty():
        return Receipt(checked)
    _keep(uploads, digest, raw)
    submission = secrets.token_hex(6)
    with store.entry(actor=user.name, action="submit", subject=submission, file=label) as entry:
        # asked again inside the transaction: two people may send the same bytes at once
        if _already(store, settings, digest) is not None:
            raise Refused("同一文件正由他人报送", "the same file has just been submitted")
        line = {
            "id": submission,
            "sha256": digest,
            "file_name": label,
            "submitted_by": user.name,
            "rows": fresh.height,
            "origin": origin,
        }
        entry.add("submission", [line])
        entry.add("figure", fresh.drop("change", "known_value").with_columns(submission=pl.lit(submission)))
    return Receipt(checked, submission)


def _keep_apart(store: Store, origin: str) -> None:
    if (origin == "demo") and store.kind != "demo":
        raise Refused("示例数据不能进入正式库", "demonstration figures cannot enter a real store")


def _already(store: Store, settings: Settings, digest: str) -> Receipt | None:
    """The receipt of the same bytes sent before, unless they were sent back."""
    before = store.ask("submissions", id=None, sha256=digest, submitted_by=None)
    before = before.filter(pl.col("decision") != Decision.RETURN.value)
    if before.is_empty():
        return None
    first = before.row(0, named=True)
    when = first["recorded_at"].replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(settings.timezone))
    facts = {"who": first["submitted_by"], "when": f"{when:%Y-%m-%d %H:%M}"}
    told = Problem(Severity.NOTICE, "already_submitted", facts=facts)
    return Receipt(Checked(pl.DataFrame(), (told,), first["rows"]), first["id"])


def _keep(folder: Path, digest: str, raw: bytes) -> None:
    """Keep the bytes under their hash; whole or not at all, even if the machine stops."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    final = folder / digest
    if final.exists():
        return
    partial = folder / f".{digest}.{secrets.token_hex(4)}"
    with partial.open("xb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(final)


def decide(store: Store, *, submission: str, decision: Decision, user: User, reason: str = "") -> None:
    """Append one decision. Raises Forbidden or Refused when the user or the state does not allow it."""
    with store.entry(actor=user.name, action=decision.value, subject=submission, reason=reason) as entry:
        found = store.ask("submissions", id=submission, sha256=None, submitted_by=None)
        if found.is_empty():
            raise Refused(f"没有报送 {submission}", f"there is no submission {submission}")
        row = found.row(0, named=True)
        may_decide(
            user,
            submitted_by=row["submitted_by"],
            state=state_of(row["decision"], row["released"]),
            decision=decision,
            reason=reason,
        )
        line = {"submission": submission, "decision": decision.value, "decided_by": user.name, "reason": reason}
        entry.add("decision", [line])


# -- catalogue and people ----------------------------------------------------------------------------------


def initialise(store: Store, folder: Path = SHIPPED) -> int:
    """Load the shipped catalogue: files not yet known become versions. Returns how many; again = 0."""
    shipped = read_folder(folder)
    Catalogue.of(shipped)
    known = {(kind, name): text for kind, name, text in store.catalogue_texts()}
    new = [(kind, name, text) for kind, name, text in shipped if (kind, name) not in known]
    if new:
        with store.entry(actor="zhibiao", action="init", files=len(new)) as entry:
            entry.add("catalogue_version", [_version(kind, name, text, 1, "") for kind, name, text in new])
    return len(new)


def import_file(store: Store, *, path_name: str, text: str, user: User, document: str) -> list[str]:
    """Add a newer version of one catalogue file; returns what changed, one line each (none = nothing).

    Raises Refused when a target changes without the document that allows it, CatalogueError for a bad file.
    """
    demand(user, Action.IMPORT)
    kind, name, value = _recognise(path_name, text)
    canonical = write(value)  # type: ignore[arg-type]
    known = {(k, n): t for k, n, t in store.catalogue_texts()}
    before = known.get((kind, name))
    if before == canonical:
        return []
    Catalogue.of([(k, n, t) for (k, n), t in {**known, (kind, name): canonical}.items()])
    changes, promised = _changes(kind, name, before, canonical)
    if promised and not document.strip():
        raise Refused(
            "已有目标、口径或规则的变更须用 --document 注明依据文件",
            "a changed target, definition or rule needs the document that allows it: give --document",
        )
    newest = store.ask("catalogue", known_on=datetime(9999, 1, 1))
    same = newest.filter((pl.col("kind") == kind.value) & (pl.col("id") == name))
    version = 1 + sum(same["version"])
    with store.entry(actor=user.name, action="import", subject=name, document=document, changes=changes) as entry:
        entry.add("catalogue_version", [_version(kind, name, canonical, version, document)])
    return changes


def _version(kind: CatalogueKind, name: str, text: str, version: int, document: str) -> Mapping[str, object]:
    return {"kind": kind.value, "id": name, "version": version, "text": text, "document": document}


def _recognise(path_name: str, text: str) -> tuple[CatalogueKind, str, object]:
    """What kind of catalogue file a text is; CatalogueError of the likeliest kind when none fits."""
    if path_name.endswith(".csv"):
        kind = CatalogueKind.REGIONS if text.startswith("code,") else CatalogueKind.ORGANISATIONS
        return kind, kind.value, parse(kind, text)
    markers = {"commitments": CatalogueKind.PLAN, "definitions": CatalogueKind.INDICATOR}
    fields = set(re.findall(r"^(?:\[\[)?([a-z_]+)", text, re.MULTILINE))
    kind = next((k for marker, k in markers.items() if marker in fields), CatalogueKind.RULE)
    value = parse(kind, text)
    return kind, value.id, value  # type: ignore[union-attr]


def _rule_changes(name: str, before: str, after: str) -> list[str]:
    """A changed rule set must say so by its version: the one used is printed under every status."""
    old, new = parse(CatalogueKind.RULE, before), parse(CatalogueKind.RULE, after)
    assert isinstance(old, RuleSet)
    assert isinstance(new, RuleSet)
    if new.version <= old.version:
        raise Refused(
            f"规则 {name} 有变更,version 须大于 {old.version}",
            f"rule {name} changes: its version must exceed {old.version}",
        )
    return [f"rule {name}: version {old.version} → {new.version}"]


def _definitions_edited(before: str, after: str) -> bool:
    """Whether a definition that was in force reads otherwise now; adding a version is no edit."""
    old, new = parse(CatalogueKind.INDICATOR, before), parse(CatalogueKind.INDICATOR, after)
    assert isinstance(old, Indicator)
    assert isinstance(new, Indicator)

    def meaning(indicator: Indicator) -> list[Definition]:
        # what counts as usual, and when a return is due, may be tuned freely
        free = {"possible": Range(), "usual": Range(), "usual_change": None, "due_days": None}
        return [replace(definition, **free) for definition in indicator.definitions]  # type: ignore[arg-type]

    return meaning(old) != meaning(new)[: len(old.definitions)]


def _changes(kind: CatalogueKind, name: str, before: str | None, after: str) -> tuple[list[str], bool]:
    """Lines saying what differs, and whether an existing target's promise is among it."""
    if before is None:
        return [f"{kind} {name}: new"], False
    if kind is CatalogueKind.RULE:
        return _rule_changes(name, before, after), True
    if kind is CatalogueKind.INDICATOR:
        return [f"{kind} {name}: new version"], _definitions_edited(before, after)
    if kind is not CatalogueKind.PLAN:
        return [f"{kind} {name}: new version"], False
    old, new = parse(kind, before), parse(kind, after)
    assert isinstance(old, Plan) and isinstance(new, Plan)
    was, now = ({c.id: c for c in plan.commitments} for plan in (old, new))
    lines = [f"{name}/{i}: added" for i in now if i not in was]
    lines += [f"{name}/{i}: removed" for i in was if i not in now]
    edited = [i for i in was if i in now and was[i] != now[i]]
    for i in edited:
        fields = [f for f in was[i].__slots__ if getattr(was[i], f) != getattr(now[i], f)]
        lines += [f"{name}/{i}: {f}: {getattr(was[i], f)} → {getattr(now[i], f)}" for f in fields]
    gone = [i for i in was if i not in now]
    return lines or [f"{kind} {name}: new version"], bool(edited or gone)


def add_person(store: Store, *, name: str, role: Role, organisation: str, active: bool, user: User) -> None:
    """Record someone's standing. Raises Forbidden unless `user` may administer."""
    demand(user, Action.ADMINISTER)
    with store.entry(actor=user.name, action="person", subject=name, role=role.value, active=active) as entry:
        line = {"name": name, "role": role.value, "organisation": organisation, "active": active}
        entry.add("person", [line])
