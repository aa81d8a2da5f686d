"""What was edited in the catalogue after an instant: targets, definitions, rule sets; a target's earlier forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from indicators.catalogue import CatalogueKind, parse
from indicators.definition import Indicator
from indicators.monitor import Judged
from indicators.plan import Commitment, Plan
from indicators.rules import RuleSet
from indicators.store import Store
from indicators.target import Target
from ingest.changes import Change, ChangeKind, differences

__all__ = ["DefinitionEdit", "Edits", "PathVersion", "RuleEdit", "TargetEdit", "edits", "paths"]

_BEGINNING, _FOREVER = datetime(1, 1, 1), datetime(9999, 12, 31)
# what of a commitment is words about it and not what is promised
_WORDS = {"name_zh", "name_en", "quotes", "number", "code", "duplicate_of", "inferred", "suspicious_zh"}
_WORDS |= {"suspicious_en", "note_zh", "note_en", "scope_zh", "scope_en", "lead", "cooperating", "aspirational"}


@dataclass(frozen=True, slots=True)
class TargetEdit:
    """A target or its path as it read `before` and reads `after`; None where it was not there. `at` is UTC."""

    before: Commitment | None
    after: Commitment | None
    by: str
    document: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DefinitionEdit:
    """One version of a definition that is new (no `fields`) or reads otherwise in some fields."""

    indicator: Indicator
    version: int
    fields: tuple[str, ...]
    by: str
    document: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RuleEdit:
    """A rule set in another version; `before` is 0 where there was none."""

    rule: RuleSet
    before: int
    by: str
    document: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Edits:
    """Edits of the catalogue, oldest first."""

    targets: tuple[TargetEdit, ...] = ()
    definitions: tuple[DefinitionEdit, ...] = ()
    rules: tuple[RuleEdit, ...] = ()

    @property
    def some(self) -> bool:
        return bool(self.targets or self.definitions or self.rules)


_Step = tuple[CatalogueKind, str, str | None, Mapping[str, Any]]


def edits(store: Store, plan: Plan, *, rule: str, since: datetime, known_on: datetime | None = None) -> Edits:
    """What was edited of a plan, its indicators and a rule set after an instant (UTC, naive)."""
    files = {f"{CatalogueKind.PLAN}/{plan.id}", f"{CatalogueKind.RULE}/{rule}"}
    files |= {f"{CatalogueKind.INDICATOR}/{c.indicator}" for c in plan.targets if c.indicator}
    found = store.ask("catalogue_edits", files=sorted(files), since=since, known_on=known_on or _FOREVER)
    if found.is_empty():
        return Edits()
    known = {(kind.value, name): text for kind, name, text in store.catalogue_texts(since)}
    steps = list(_steps(found.rows(named=True), known))
    return Edits(
        targets=tuple(edit for step in steps if step[0] is CatalogueKind.PLAN for edit in _targets(step)),
        definitions=tuple(edit for step in steps if step[0] is CatalogueKind.INDICATOR for edit in _definitions(step)),
        rules=tuple(_rule(step) for step in steps if step[0] is CatalogueKind.RULE),
    )


def _steps(rows: Sequence[Mapping[str, Any]], known: Mapping[tuple[str, str], str]) -> Iterator[_Step]:
    """Each new version of a file with the text it replaced."""
    texts = dict(known)
    for row in rows:
        key = row["kind"], row["id"]
        yield CatalogueKind(row["kind"]), row["id"], texts.get(key), row
        texts[key] = row["text"]


def _who(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"by": row["actor"], "document": row["document"], "at": row["recorded_at"]}


def _targets(step: _Step) -> Iterator[TargetEdit]:
    """The targets that promise something else; of a plan that was not known none, it is new as a whole."""
    kind, _, before, row = step
    if before is None:
        return
    old, new = parse(kind, before, canonical=True), parse(kind, row["text"], canonical=True)
    assert isinstance(old, Plan) and isinstance(new, Plan)
    was, now = ({c.id: c for c in plan.targets} for plan in (old, new))
    for name in {**now, **was}:
        if _promise(was.get(name)) != _promise(now.get(name)):
            yield TargetEdit(was.get(name), now.get(name), **_who(row))


def _promise(commitment: Commitment | None) -> tuple[Any, ...] | None:
    """All of a commitment that says what is to be reached by when, and on which way."""
    if commitment is None:
        return None
    return tuple(getattr(commitment, field) for field in Commitment.__dataclass_fields__ if field not in _WORDS)


def _definitions(step: _Step) -> Iterator[DefinitionEdit]:
    kind, name, before, row = step
    if before is None:
        return
    indicator = parse(kind, row["text"], canonical=True)
    assert isinstance(indicator, Indicator)
    found: dict[str, list[Change]] = {}
    for change in differences(kind, name, before, row["text"]):
        place, _, version = change.where.rpartition("/")
        if place == name and change.kind is not ChangeKind.REMOVED:
            found.setdefault(version, []).append(change)
    for version, changes in found.items():
        fields = tuple(change.field for change in changes if change.field)
        yield DefinitionEdit(indicator, int(version), fields, **_who(row))


def _rule(step: _Step) -> RuleEdit:
    kind, _, before, row = step
    old, new = (parse(kind, text, canonical=True) if text else None for text in (before, row["text"]))
    assert isinstance(new, RuleSet)
    return RuleEdit(new, old.version if isinstance(old, RuleSet) else 0, **_who(row))


# -- earlier ways --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PathVersion:
    """A target as it was until an instant (UTC), and who replaced it by which document, for which reason."""

    until: datetime
    target: Target
    by: str
    document: str
    reason: str


def paths(store: Store, one: Judged, *, known_on: datetime | None = None) -> tuple[PathVersion, ...]:
    """The earlier versions of a judged target, oldest first; none where it was never edited."""
    files = [f"{CatalogueKind.PLAN}/{one.plan.id}"]
    found = store.ask("catalogue_edits", files=files, since=_BEGINNING, known_on=known_on or _FOREVER)
    if found.height < 2:
        return ()
    versions = [(row, *_target(row["text"], one)) for row in found.iter_rows(named=True)]
    earlier = []
    for (_, target, before), (row, following, after) in pairwise(versions):
        if target is not None and target != following:
            reason = after.note_zh if after and (before is None or after.note_zh != before.note_zh) else ""
            earlier.append(PathVersion(row["recorded_at"], target, row["actor"], row["document"], reason))
    return tuple(earlier)


def _target(text: str, one: Judged) -> tuple[Target | None, Commitment | None]:
    """A target as a version of its plan has it, in the unit of today's definition; None where it has none."""
    plan = parse(CatalogueKind.PLAN, text, canonical=True)
    assert isinstance(plan, Plan)
    name = one.commitment.id.partition("@")[0]
    commitment = next((c for c in plan.targets if c.id == name and c.indicator == one.indicator.id), None)
    try:
        return (Target.of(commitment, one.indicator, plan=plan) if commitment else None), commitment
    except ValueError:  # in a unit that the definition of today does not convert to
        return None, commitment
