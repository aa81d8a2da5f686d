"""What one version of a catalogue file says otherwise than another, one line for each thing that differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any

from indicators.catalogue import CatalogueKind, Region, Value, parse
from indicators.definition import Definition, Indicator
from indicators.plan import Plan

__all__ = ["Change", "ChangeKind", "differences"]


class ChangeKind(StrEnum):
    NEW = "new"  # a file that was not known
    ADDED = "added"
    REMOVED = "removed"
    EDITED = "edited"
    VERSION = "version"  # written anew without saying anything else


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: `where` in the catalogue, and for an edit which `field` read what `before`."""

    kind: ChangeKind
    where: str
    field: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        if self.kind is ChangeKind.EDITED:
            return f"{self.where}: {self.field}: {self.before} → {self.after}"
        return f"{self.where}: {'new version' if self.kind is ChangeKind.VERSION else self.kind.value}"


def differences(kind: CatalogueKind, name: str, before: str | None, after: str) -> list[Change]:
    """What `after` would change in the file `name`, whose canonical text is `before`; None where it is not known."""
    whole = f"{kind} {name}"
    if before is None:
        return [Change(ChangeKind.NEW, whole)]
    was, now = parse(kind, before), parse(kind, after)
    found = [*_heads(whole, was, now), *_parts(name, _keyed(was), _keyed(now))]
    return found or [Change(ChangeKind.VERSION, whole)]


def _heads(where: str, was: Value, now: Value) -> Iterator[Change]:
    """What differs outside the parts that have an id of their own."""
    if isinstance(was, tuple) or isinstance(now, tuple):
        return
    parts = {"commitments", "definitions"}
    yield from _edits(where, _flat(was, leave_out=parts), _flat(now, leave_out=parts))


def _keyed(value: Value) -> dict[str, Any]:
    """The parts of a file that have an id of their own."""
    if isinstance(value, tuple):
        return {_key(row): row for row in value}
    held = {Plan: "commitments", Indicator: "definitions"}.get(type(value))
    return {_key(part): part for part in getattr(value, held)} if held else {}


def _key(part: Any) -> str:
    if isinstance(part, Definition):
        return str(part.version)
    return str(part.code if isinstance(part, Region) else part.id)


def _parts(name: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    yield from (Change(ChangeKind.ADDED, f"{name}/{key}") for key in now if key not in was)
    yield from (Change(ChangeKind.REMOVED, f"{name}/{key}") for key in was if key not in now)
    for key in was:
        if key in now and was[key] != now[key]:
            yield from _edits(f"{name}/{key}", _flat(was[key]), _flat(now[key]))


def _edits(where: str, was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Change]:
    for field in {**was, **now}:
        before, after = was.get(field, "—"), now.get(field, "—")
        if before != after:
            yield Change(ChangeKind.EDITED, where, field, before, after)


def _flat(value: Any, prefix: str = "", leave_out: frozenset[str] | set[str] = frozenset()) -> dict[str, str]:
    """Every field of a value as text, by its path; a list is one field."""
    if is_dataclass(value):
        value = {f.name: getattr(value, f.name) for f in fields(value)}
    if not isinstance(value, Mapping):
        return {prefix: _said(value)}
    found: dict[str, str] = {}
    for key, inner in value.items():
        if key not in leave_out:
            found |= _flat(inner, f"{prefix}.{key}" if prefix else str(key))
    return found


def _said(value: Any) -> str:
    """A value as a reader takes it in; nothing is a dash."""
    if value is None or value == "" or value == ():
        return "—"
    if is_dataclass(value):
        return " ".join(_said(getattr(value, f.name)) for f in fields(value))
    return " | ".join(map(_said, value)) if isinstance(value, tuple) else str(value)
