"""The catalogue of a store: what ships, and newer files that add versions and say what they change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import polars as pl

from indicators.catalogue import Catalogue, CatalogueKind, parse, read_folder, write
from indicators.definition import Definition, Indicator, Range
from indicators.plan import Plan
from indicators.rules import RuleSet
from indicators.store import Store
from ingest.people import Action, User, demand
from ingest.settings import SHIPPED
from ingest.submission import Refused

__all__ = ["import_file", "initialise"]


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
