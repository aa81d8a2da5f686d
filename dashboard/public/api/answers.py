"""What the API answers, as types: they are checked before anything is sent, and told in the OpenAPI document.

Fields are named as in the snapshot. Nothing that is not declared here can get out. Numbers are numbers, dates ISO,
`null` where there is none; a figure without a value says in `missing` why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "Address",
    "Answer",
    "Assessment",
    "Assessments",
    "Body",
    "Changes",
    "Correction",
    "Definition",
    "Event",
    "Facts",
    "Figure",
    "IndicatorAnswer",
    "IndicatorLine",
    "IndicatorWhole",
    "Indicators",
    "Page",
    "PlanAnswer",
    "PlanLine",
    "PlanWhole",
    "Plans",
    "Promise",
    "Quoted",
    "RegionLine",
    "Regions",
    "ReleaseAnswer",
    "ReleaseLine",
    "ReleaseWhole",
    "Releases",
    "Root",
    "Row",
    "Series",
    "StatusChange",
    "Told",
]

Row = Mapping[str, object]


class Told(BaseModel):
    """Anything that is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Facts(Told):
    """The release that an answer is of."""

    number: int = Field(examples=[3])
    released_on: date = Field(description="The day it came out, where the office is.")
    as_of: date = Field(description="Statuses are judged as of this date.")
    data_until: date | None = Field(description="End of the newest period with a figure.")
    publisher_zh: str
    publisher_en: str
    demonstration: bool = Field(description="True: generated figures, not statistics 示例数据.")
    digest: str = Field(description="SHA-256 (hex) of the release's list of files, manifest.json.")
    address: str = Field(description="Where this release stays readable.")


class Page(Told):
    """Which part of the whole an answer is. `next` and `previous` name the release, so that paging sees one release."""

    total: int
    limit: int
    offset: int
    next: str | None
    previous: str | None


class Answer(Told):
    """What every answer begins with. As a table it has the columns of its `lines`."""

    lines: ClassVar[tuple[type[Told], ...]]
    release: Facts
    permanent: str = Field(description="The address at which this answer stays as it is.")

    def columns(self) -> list[str]:
        """The header of the table, also where it has no row."""
        return list(dict.fromkeys(name for line in self.lines for name in line.model_fields))

    def rows(self) -> Iterable[Row]:
        """The rows of the table by column; what a row does not have is left out."""
        data: Sequence[Told] = getattr(self, "data", ())
        return (one.model_dump() for one in data)


class Body(Told):
    """An organisation."""

    id: str
    name_zh: str
    name_en: str


# -- the root ------------------------------------------------------------------------------------------------


class Address(Told):
    """One resource of the API."""

    name: str
    href: str = Field(description="An address, or an RFC 6570 template of one.")
    zh: str
    en: str


class Root(Answer):
    """Where to begin."""

    lines = (Address,)
    title_zh: str
    title_en: str
    licence_zh: str
    licence_en: str
    terms: str
    openapi: str
    data: tuple[Address, ...]


# -- releases ------------------------------------------------------------------------------------------------


class ReleaseLine(Told):
    """A release. Instants are UTC."""

    number: int
    released_at: datetime
    public_from: datetime
    released_on: date
    as_of: date
    data_until: date | None
    note: str
    figures: int = Field(description="How many figures it published.")
    corrections: int = Field(description="How many of them took the place of another value.")
    publisher_zh: str
    publisher_en: str
    rule: str
    rule_version: int
    address: str


class Releases(Answer):
    """The releases up to this one, newest first."""

    lines = (ReleaseLine,)
    page: Page
    data: tuple[ReleaseLine, ...]


class Correction(Told):
    """A published value that a release replaced. A side without a value says in `…_missing` why."""

    kind: Literal["correction"]
    release: int
    previous_release: int
    indicator: str
    indicator_zh: str
    indicator_en: str
    region: str
    region_zh: str
    region_en: str
    period: str
    period_end: date
    accumulation: str
    before_value: float | None
    before_missing: str
    after_value: float | None
    after_missing: str
    unit: str
    unit_en: str
    reason: str


class StatusChange(Told):
    """A target whose status is not what it was. `together`: all causes were needed; else each by itself leads there."""

    kind: Literal["status_change"]
    release: int
    plan: str
    commitment: str
    commitment_zh: str
    commitment_en: str
    indicator: str
    indicator_zh: str
    indicator_en: str
    region: str
    region_zh: str
    region_en: str
    before: str
    before_zh: str
    before_en: str
    after: str
    after_zh: str
    after_en: str
    causes: tuple[str, ...]
    together: bool


Event = Correction | StatusChange


class ReleaseWhole(ReleaseLine):
    """A release with what its list of files comes to, and what it changed."""

    digest: str
    corrections_listed: int
    status_changes_listed: int
    changes: tuple[Event, ...]


class ReleaseAnswer(Answer):
    """One release; `page` is about its `changes`."""

    lines = (Correction, StatusChange)
    page: Page
    data: ReleaseWhole

    def rows(self) -> Iterable[Row]:
        return (one.model_dump() for one in self.data.changes)


class Changes(Answer):
    """What changed after release `since` up to release `until`: corrections and statuses, newest release first."""

    lines = (Correction, StatusChange)
    since: int
    until: int
    corrections: int
    status_changes: int
    page: Page
    data: tuple[Event, ...]


# -- plans ---------------------------------------------------------------------------------------------------


class Quoted(Told):
    """A verbatim phrase of a plan's document and the section it stands in."""

    section: str
    text: str


class PlanLine(Told):
    """A plan. `issued` and `published` are the days of the document, null where it does not say."""

    id: str
    title_zh: str
    title_en: str
    document_number: str
    issuer: Body | None
    region: str
    region_zh: str
    region_en: str
    start: date
    end: date
    issued: date | None
    published: date | None
    targets: int


class Plans(Answer):
    """Every plan."""

    lines = (PlanLine,)
    page: Page
    data: tuple[PlanLine, ...]


class Promise(Told):
    """A target of a plan as its document prints it, in `unit`."""

    plan: str
    commitment: str
    name_zh: str
    name_en: str
    indicator: str
    region: str
    regions: tuple[str, ...] = Field(description="The regions in which it is judged.")
    unit: str
    unit_supplied: bool = Field(description="True: the document prints no unit, it was added.")
    baseline_value: float | None
    baseline_year: int | None
    operator: str | None
    target_value: float | None
    target_low: float | None
    target_high: float | None
    target_year: int | None
    due: date | None
    recurrence: str
    attribute: str | None
    number: str
    scope_zh: str
    scope_en: str
    lead: tuple[Body, ...]
    cooperating: tuple[Body, ...]
    quotes: tuple[Quoted, ...]
    suspicious_zh: str
    suspicious_en: str
    note_zh: str
    note_en: str


class PlanWhole(PlanLine):
    """A plan and its targets, in the plan's own order."""

    promises: tuple[Promise, ...]


class PlanAnswer(Answer):
    """One plan."""

    lines = (Promise,)
    data: PlanWhole

    def rows(self) -> Iterable[Row]:
        return (one.model_dump() for one in self.data.promises)


# -- indicators and regions ----------------------------------------------------------------------------------


class IndicatorLine(Told):
    """An indicator by its newest definition. `figures` counts those that hold, `since` and `until` span them."""

    id: str
    domain: str
    domain_zh: str
    domain_en: str
    name_zh: str
    name_en: str
    unit: str
    unit_en: str
    decimals: int
    measure: str
    direction: str
    frequency: str
    part_of: str
    publisher: Body | None
    figures: int
    regions: tuple[str, ...]
    since: date | None
    until: date | None


class Indicators(Answer):
    """Indicators."""

    lines = (IndicatorLine,)
    page: Page
    data: tuple[IndicatorLine, ...]


class Definition(Told):
    """One version of what an indicator means 口径. `comparable`: whether with the version before."""

    version: int
    effective_from: date
    text_zh: str
    text_en: str
    unit: str
    unit_en: str
    decimals: int
    measure: str
    direction: str
    frequency: str
    aggregation: str
    factor: float
    numerator: str | None
    denominator: str | None
    source: str
    comparable: bool


class IndicatorWhole(IndicatorLine):
    """An indicator with its definitions, oldest first, and the targets on it."""

    aliases: tuple[str, ...]
    owner: Body | None
    reviewed: date | None
    note_zh: str
    note_en: str
    definitions: tuple[Definition, ...]
    promises: tuple[Promise, ...]


class IndicatorAnswer(Answer):
    """One indicator. Its CSV has a row for each definition."""

    lines = (Definition,)
    data: IndicatorWhole

    def columns(self) -> list[str]:
        return ["indicator", "name_zh", "name_en", *super().columns()]

    def rows(self) -> Iterable[Row]:
        own = {"indicator": self.data.id, "name_zh": self.data.name_zh, "name_en": self.data.name_en}
        return ({**own, **one.model_dump()} for one in self.data.definitions)


class RegionLine(Told):
    """A region by its GB/T 2260 code; `aliases` separated by semicolons."""

    code: str
    name_zh: str
    name_en: str
    level: str
    parent: str
    partition: str
    aliases: str
    valid_from: str
    valid_to: str
    note: str


class Regions(Answer):
    """Regions."""

    lines = (RegionLine,)
    page: Page
    data: tuple[RegionLine, ...]


# -- figures and judgements ----------------------------------------------------------------------------------


class Figure(Told):
    """One figure of an indicator in a region for a period. `release` published it, `replaced_by` published another."""

    indicator: str
    indicator_zh: str
    indicator_en: str
    region: str
    region_zh: str
    region_en: str
    period: str
    period_zh: str
    period_en: str
    period_end: date
    accumulation: str = Field(description="ytd 本年累计, period 当期, month 当月; empty where nothing accumulates.")
    definition: int
    value: float | None
    missing: str = Field(description="Why there is no value: suppressed, below_unit, not_applicable; else empty.")
    unit: str
    unit_en: str
    decimals: int
    vintage: str = Field(description="flash 快报, annual 年报, revised 修订; else empty.")
    published_on: date | None
    source: str
    release: int
    replaced_by: int | None


class Series(Answer):
    """Figures, ordered by indicator, region, period, accumulation and release."""

    lines = (Figure,)
    page: Page
    data: tuple[Figure, ...]


class Assessment(Told):
    """How a release judges one target. `p`, `t` are shares, `gap_points` percentage points, `gap_units` in `unit`."""

    plan: str
    commitment: str
    commitment_zh: str
    commitment_en: str
    indicator: str
    indicator_zh: str
    indicator_en: str
    region: str
    region_zh: str
    region_en: str
    rule: str
    rule_version: int
    status: str
    status_zh: str
    status_en: str
    reason: str
    period: str
    period_end: date | None
    value: float | None
    unit: str
    unit_en: str
    decimals: int | None
    p: float | None
    t: float | None
    gap_points: float | None
    gap_units: float | None
    firmness: str


class Assessments(Answer):
    """Judgements."""

    lines = (Assessment,)
    page: Page
    data: tuple[Assessment, ...]
