"""The catalogue of a store: what ships, and newer files that add versions and say what they change."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from indicators.catalogue import Catalogue, CatalogueKind, Value, parse, read_folder, write
from indicators.definition import Definition, Indicator, Range
from indicators.plan import Plan
from indicators.rules import RuleSet
from indicators.store import Store
from ingest.changes import Change, differences
from ingest.people import Action, User, demand, demand_standing
from ingest.settings import SHIPPED
from ingest.submission import Refused

__all__ = ["Proposed", "import_file", "initialise", "would_import"]


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


@dataclass(frozen=True, slots=True)
class Proposed:
    """A catalogue file as it would be stored: its canonical text, what that changes, and whether it alters what was
    promised, so that a document must allow it."""

    kind: CatalogueKind
    name: str
    text: str
    changes: tuple[Change, ...] = ()
    promised: bool = False


def would_import(store: Store, *, path_name: str, text: str, user: User) -> Proposed:
    """What importing a catalogue file would change (no changes = nothing to store); stores nothing.

    Raises Forbidden, CatalogueError for a bad file, Refused for a changed rule set that does not say so.
    """
    demand(user, Action.IMPORT)
    kind, name, value = _recognise(path_name, text)
    canonical = write(value)
    known = {(k, n): t for k, n, t in store.catalogue_texts()}
    before = known.get((kind, name))
    if before == canonical:
        return Proposed(kind, name, canonical)
    Catalogue.of([(k, n, t) for (k, n), t in {**known, (kind, name): canonical}.items()])
    promised = before is not None and _promised(kind, name, before, canonical)
    return Proposed(kind, name, canonical, tuple(differences(kind, name, before, canonical)), promised)


def import_file(store: Store, *, path_name: str, text: str, user: User, document: str, address: str = "") -> list[str]:
    """Add a newer version of one catalogue file; returns what changed, one line each (none = nothing).

    Raises Refused when a target changes without the document that allows it, CatalogueError for a bad file.
    """
    found = would_import(store, path_name=path_name, text=text, user=user)
    if not found.changes:
        return []
    if found.promised and not document.strip():
        raise Refused(
            "已有目标、口径或规则的变更须注明依据文件(终端用 --document)",
            "a changed target, definition or rule needs the document that allows it (terminal: --document)",
        )
    newest = store.ask("catalogue", known_on=datetime(9999, 1, 1))
    same = newest.filter((pl.col("kind") == found.kind.value) & (pl.col("id") == found.name))
    version = 1 + sum(same["version"])
    changes = list(map(str, found.changes))
    with store.entry(
        actor=user.name, action="import", subject=found.name, address=address, document=document, changes=changes
    ) as entry:
        demand_standing(user, store.ask("people"))
        entry.add("catalogue_version", [_version(found.kind, found.name, found.text, version, document)])
    return changes


def _version(kind: CatalogueKind, name: str, text: str, version: int, document: str) -> Mapping[str, object]:
    return {"kind": kind.value, "id": name, "version": version, "text": text, "document": document}


def _recognise(path_name: str, text: str) -> tuple[CatalogueKind, str, Value]:
    """What kind of catalogue file a text is; CatalogueError of the likeliest kind when none fits."""
    if path_name.endswith(".csv"):
        kind = CatalogueKind.REGIONS if text.startswith("code,") else CatalogueKind.ORGANISATIONS
        return kind, kind.value, parse(kind, text)
    markers = {"commitments": CatalogueKind.PLAN, "definitions": CatalogueKind.INDICATOR}
    fields = set(re.findall(r"^(?:\[\[)?([a-z_]+)", text, re.MULTILINE))
    kind = next((k for marker, k in markers.items() if marker in fields), CatalogueKind.RULE)
    value = parse(kind, text)
    return kind, value.id, value  # type: ignore[union-attr]


def _demand_a_higher_version(name: str, before: str, after: str) -> None:
    """A changed rule set must say so by its version: the one used is printed under every status."""
    old, new = parse(CatalogueKind.RULE, before), parse(CatalogueKind.RULE, after)
    assert isinstance(old, RuleSet)
    assert isinstance(new, RuleSet)
    if new.version <= old.version:
        raise Refused(
            f"规则 {name} 有变更,version 须大于 {old.version}",
            f"rule {name} changes: its version must exceed {old.version}",
        )


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


def _promised(kind: CatalogueKind, name: str, before: str, after: str) -> bool:
    """Whether a file that is known alters a target, a definition in force or a rule."""
    if kind is CatalogueKind.RULE:
        _demand_a_higher_version(name, before, after)
        return True
    if kind is CatalogueKind.INDICATOR:
        return _definitions_edited(before, after)
    if kind is not CatalogueKind.PLAN:
        return False
    old, new = parse(kind, before), parse(kind, after)
    assert isinstance(old, Plan) and isinstance(new, Plan)
    was, now = ({c.id: c for c in plan.commitments} for plan in (old, new))
    return any(now.get(i) != was[i] for i in was)
