"""The catalogue: indicators, plans, rule sets, regions and organisations, as text and as values.

Every file of `data/` parses into frozen values and is written back letter for letter:
`write(parse(kind, text)) == text`. The text is canonical: keys in the order of the class, defaults left out.
"""

from __future__ import annotations

import csv
import io
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import tomli_w
from pydantic import TypeAdapter, ValidationError

from indicators.definition import Indicator
from indicators.plan import Commitment, Kind, Plan
from indicators.rules import RuleSet
from indicators.target import Target

__all__ = [
    "Catalogue",
    "CatalogueError",
    "CatalogueKind",
    "Organisation",
    "Region",
    "Value",
    "fold",
    "parse",
    "read_folder",
    "write",
]


class CatalogueError(ValueError):
    """A catalogue file that cannot be believed; the message names the file and the field."""


class CatalogueKind(StrEnum):
    INDICATOR = "indicator"
    PLAN = "plan"
    RULE = "rule"
    REGIONS = "regions"
    ORGANISATIONS = "organisations"


@dataclass(frozen=True, slots=True)
class Region:
    """A region by its GB/T 2260 code (functional zones by the code we give them). `aliases` split by `;`."""

    code: str
    name_zh: str
    name_en: str
    level: str  # nation, city, district, zone
    parent: str = ""
    partition: str = ""  # 行政区划 or 管理口径: two partitions of one city are never added
    aliases: str = ""
    valid_from: str = ""
    valid_to: str = ""
    note: str = ""

    def name(self, language: str = "zh") -> str:
        return self.name_zh if language == "zh" else self.name_en

    def names(self) -> tuple[str, ...]:
        return (self.code, self.name_zh, self.name_en, *filter(None, self.aliases.split(";")))


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body that issues plans, owes indicators or sends returns."""

    id: str
    name_zh: str
    name_en: str
    region: str
    short_zh: str = ""
    aliases: str = ""
    parent: str = ""
    valid_from: str = ""
    valid_to: str = ""
    successor: str = ""

    def name(self, language: str = "zh") -> str:
        return (self.short_zh or self.name_zh) if language == "zh" else self.name_en


Value: TypeAlias = Indicator | Plan | RuleSet | tuple[Region, ...] | tuple[Organisation, ...]

_ADAPTERS: dict[CatalogueKind, TypeAdapter[Any]] = {
    CatalogueKind.INDICATOR: TypeAdapter(Indicator),
    CatalogueKind.PLAN: TypeAdapter(Plan),
    CatalogueKind.RULE: TypeAdapter(RuleSet),
}
_ROWS: dict[CatalogueKind, type[Region] | type[Organisation]] = {
    CatalogueKind.REGIONS: Region,
    CatalogueKind.ORGANISATIONS: Organisation,
}


def parse(kind: CatalogueKind, text: str, *, canonical: bool = False) -> Value:
    """The value a catalogue text states. Raises CatalogueError for bad TOML or CSV, unknown fields, contradictions."""
    if kind in _ROWS:
        return _parse_rows(_ROWS[kind], text)
    try:
        raw = tomllib.loads(text)
        value: Value = _ADAPTERS[kind].validate_python(raw)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{kind}: not TOML: {error}") from None
    except RecursionError:
        raise CatalogueError(f"{kind}: not TOML: nested too deeply") from None
    except ValidationError as error:
        first = error.errors()[0]
        field_name = ".".join(map(str, first["loc"]))
        raise CatalogueError(f"{kind}: {field_name or 'file'}: {first['msg']}") from None
    if canonical:
        return value  # written by us, so no field of it is unknown
    if unknown := sorted(set(_paths(raw)) - set(_paths(_ADAPTERS[kind].dump_python(value)))):
        raise CatalogueError(f"{kind}: unknown field {unknown[0]}")
    return value


def _parse_rows(row_type: type[Region] | type[Organisation], text: str) -> tuple[Any, ...]:
    names = [f.name for f in fields(row_type)]
    reader = csv.DictReader(io.StringIO(text), strict=True)
    rows = []
    try:
        if reader.fieldnames != names:
            raise CatalogueError(f"{row_type.__name__}: columns must be {','.join(names)}")
        for row in reader:
            if None in row or None in row.values():
                raise CatalogueError(f"{row_type.__name__}: line {reader.line_num} has not {len(names)} cells")
            rows.append(row_type(**row))
    except csv.Error as error:
        raise CatalogueError(f"{row_type.__name__}: line {reader.reader.line_num}: not CSV: {error}") from None
    if not rows:
        raise CatalogueError(f"{row_type.__name__}: there is a header but no row")
    return tuple(rows)


def write(value: Value) -> str:
    """The canonical text of a catalogue value."""
    if isinstance(value, tuple):
        out = io.StringIO()
        names = [f.name for f in fields(value[0])]
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([getattr(row, name) for name in names] for row in value)
        return out.getvalue()
    kind = {Indicator: CatalogueKind.INDICATOR, Plan: CatalogueKind.PLAN}.get(type(value), CatalogueKind.RULE)
    return tomli_w.dumps(_plain(_ADAPTERS[kind].dump_python(value, exclude_defaults=True)))


def _plain(value: Any) -> Any:
    """TOML's own types: no enum, no tuple, no None, whole numbers without a decimal point."""
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _paths(value: Any, prefix: str = "") -> Iterator[str]:
    """Names of every field of a nested mapping, list positions left out."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield prefix + str(key)
            yield from _paths(inner, f"{prefix}{key}.")
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _paths(inner, prefix)


def read_folder(folder: Path) -> list[tuple[CatalogueKind, str, str]]:
    """Every catalogue file under `folder` as (kind, id, text), in a fixed order."""
    found = [
        (CatalogueKind.REGIONS, "regions", folder / "regions.csv"),
        (CatalogueKind.ORGANISATIONS, "organisations", folder / "organisations.csv"),
        *((CatalogueKind.RULE, p.stem, p) for p in sorted((folder / "rules").glob("*.toml"))),
        *((CatalogueKind.INDICATOR, p.stem, p) for p in sorted((folder / "indicators").glob("*/*.toml"))),
        *((CatalogueKind.PLAN, p.stem, p) for p in sorted((folder / "plans").glob("*.toml"))),
    ]
    return [(kind, name, path.read_text(encoding="utf-8")) for kind, name, path in found]


@dataclass(frozen=True)
class Catalogue:
    """Everything the catalogue holds, by id, checked against itself."""

    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    plans: Mapping[str, Plan] = field(default_factory=dict)
    rules: Mapping[str, RuleSet] = field(default_factory=dict)
    regions: Mapping[str, Region] = field(default_factory=dict)
    organisations: Mapping[str, Organisation] = field(default_factory=dict)

    @classmethod
    def of(cls, texts: Iterable[tuple[CatalogueKind, str, str]], *, canonical: bool = False) -> Catalogue:
        """Parse and check; CatalogueError names the file and what contradicts."""
        values: dict[CatalogueKind, dict[str, Any]] = {kind: {} for kind in CatalogueKind}
        for kind, name, text in texts:
            try:
                value = parse(kind, text, canonical=canonical)
            except CatalogueError as error:
                raise CatalogueError(f"{name}: {error}") from None
            if isinstance(value, tuple):
                values[kind] = {(row.code if isinstance(row, Region) else row.id): row for row in value}
                if len(values[kind]) < len(value):
                    raise CatalogueError(f"{name}: a code or id stands twice")
            elif value.id != name:
                raise CatalogueError(f"{name}: the id inside is {value.id}; file and id must agree")
            else:
                values[kind][name] = value
        made = cls(
            indicators=values[CatalogueKind.INDICATOR],
            plans=values[CatalogueKind.PLAN],
            rules=values[CatalogueKind.RULE],
            regions=values[CatalogueKind.REGIONS],
            organisations=values[CatalogueKind.ORGANISATIONS],
        )
        made._check()
        return made

    def _check(self) -> None:
        _no_name_twice(self.indicators)
        _no_name_twice(self.regions)
        for indicator in self.indicators.values():
            self._organisations(f"indicator {indicator.id}", filter(None, (indicator.owner, indicator.publisher)))
            if indicator.part_of and indicator.part_of not in self.indicators:
                raise CatalogueError(f"indicator {indicator.id}: part of unknown {indicator.part_of}")
        for plan in self.plans.values():
            self._organisations(f"plan {plan.id}", [plan.issuer])
            for commitment in plan.commitments:
                self._check_commitment(plan, commitment)

    def _check_commitment(self, plan: Plan, commitment: Commitment) -> None:
        where = f"plan {plan.id}, {commitment.id}"
        self._organisations(where, (*commitment.lead, *commitment.cooperating))
        for code in (self.region_of(plan, commitment), *commitment.each, *commitment.excluded):
            if code not in self.regions:
                raise CatalogueError(f"{where}: unknown region {code}")
        if commitment.indicator and commitment.indicator not in self.indicators:
            raise CatalogueError(f"{where}: unknown indicator {commitment.indicator}")
        if commitment.kind is Kind.TARGET and commitment.indicator:
            try:
                self.target(plan, commitment)
            except ValueError as error:
                raise CatalogueError(f"{where}: {error}") from None

    def _organisations(self, where: str, ids: Iterable[str]) -> None:
        for organisation in ids:
            if organisation not in self.organisations:
                raise CatalogueError(f"{where}: unknown organisation {organisation}")

    # -- asking ----------------------------------------------------------------------------------------

    @staticmethod
    def region_of(plan: Plan, commitment: Commitment) -> str:
        return commitment.region or plan.region

    @classmethod
    def regions_of(cls, plan: Plan, commitment: Commitment) -> tuple[str, ...]:
        """Every region a commitment is judged in: each of its own, or the one it holds for."""
        return commitment.each or (cls.region_of(plan, commitment),)

    def target(self, plan: Plan, commitment: Commitment) -> Target:
        """The computable form of a target commitment."""
        return Target.of(commitment, self.indicators[commitment.indicator], plan=plan)

    def owner(self, plan: Plan, commitment: Commitment) -> Organisation | None:
        """Who owes it: the plan's first lead, else the owner of the indicator where that is a body of the region."""
        if commitment.lead:
            return self.organisations[commitment.lead[0]]
        indicator = self.indicators.get(commitment.indicator)
        owner = self.organisations.get(indicator.owner) if indicator else None
        return owner if owner and owner.region in (plan.region, self.region_of(plan, commitment)) else None

    @cached_property
    def indicator_names(self) -> Mapping[str, str]:
        """Every name of every indicator, folded, to its id."""
        return {fold(name): i.id for i in self.indicators.values() for name in i.names() if name}

    @cached_property
    def region_names(self) -> Mapping[str, str]:
        """Every name of every region, folded, to its code."""
        return {fold(name): r.code for r in self.regions.values() for name in r.names() if name}


def _no_name_twice(things: Mapping[str, Indicator] | Mapping[str, Region]) -> None:
    """A name that stands for two things would file a figure under the wrong one."""
    owner: dict[str, str] = {}
    for key, thing in things.items():
        for name in filter(None, thing.names()):
            if owner.setdefault(fold(name), key) != key:
                raise CatalogueError(f"“{name}” stands for both {owner[fold(name)]} and {key}")


def fold(text: str) -> str:
    """A name as it is compared: no spaces, full-width forms and brackets made plain, case ignored."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(plain.split()).casefold()
