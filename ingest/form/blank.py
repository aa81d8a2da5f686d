"""A return before it is drawn: whose it is, what it asks for, and what is already known of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from indicators.catalogue import Catalogue, Organisation
from indicators.definition import Frequency, MeasureType
from indicators.monitor import Judged
from indicators.period import Period, shift
from indicators.plan import Plan
from indicators.rules import RuleSet, Status
from indicators.series import Observation, year_to_date
from indicators.store import Store
from ingest.form.forms import Due, Form, form_for, form_id, read_forms
from ingest.form.owed import Matter, Owed, duties
from ingest.reading import judged_plan, observations
from ingest.release import DEFAULT_RULE
from ingest.submission import Refused

__all__ = ["Blank", "Line", "prepare", "words"]


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """The words of a printed return, by the part they stand in."""
    return tomllib.loads(Path(__file__).with_name("template.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Line:
    """One row with what is approved of it: a year and a period before; `lagging` where it was behind."""

    owed: Owed
    last_year: float | None
    previous: float | None
    lagging: Judged | None


@dataclass(frozen=True, slots=True)
class Blank:
    """A return before it is drawn. `as_of`: the date of the assessment that says who lags."""

    form: Form
    id: str
    organisation: Organisation
    region: str
    period: Period
    authority: str
    due: Due
    lines: tuple[Line, ...]
    matters: tuple[Matter, ...]
    as_of: date
    rule: RuleSet
    catalogue: Catalogue
    sample: bool

    @property
    def lagging(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.lagging)


def prepare(
    store: Store,
    catalogue: Catalogue,
    organisation: Organisation,
    period: Period,
    *,
    today: date,
    forms: Iterable[Form] | None = None,
) -> Blank:
    """Everything that the return of an organisation and period says before it is filled in."""
    form = form_for(period, read_forms().values() if forms is None else forms)
    form.demand_valid(period, today=today)
    due = form.due_for(period)
    owed = duties(catalogue, organisation, period, due=due)
    if not owed.rows and not owed.matters:
        raise Refused(
            f"{organisation.name_zh} {period.name()}没有应报的指标和事项",
            f"{organisation.name_en} owes nothing for {period.name('en')}",
        )
    rule, as_of = catalogue.rules[DEFAULT_RULE], period.start - timedelta(days=1)
    behind = _behind(store, catalogue, owed.plans, owed.rows, as_of=as_of, rule=rule)
    known = _known(store, owed.rows)
    issuers = dict.fromkeys(catalogue.organisations[plan.issuer].name_zh for plan in owed.plans)
    return Blank(
        form=form,
        id=form_id(organisation.id, period, form),
        organisation=organisation,
        region=organisation.region,
        period=period,
        authority=form.authority or "、".join(issuers),
        due=due,
        lines=tuple(Line(row, *_before(row, known[row.code], period), behind.get(row.code)) for row in owed.rows),
        matters=owed.matters,
        as_of=as_of,
        rule=rule,
        catalogue=catalogue,
        sample=store.kind == "demo",
    )


def _known(store: Store, rows: Sequence[Owed]) -> dict[str, list[Observation]]:
    """Approved figures of each row."""
    known: dict[str, list[Observation]] = {row.code: [] for row in rows}
    for region in dict.fromkeys(row.region for row in rows):
        wanted = [row.indicator.id for row in rows if row.region == region]
        for seen in observations(store, region=region, indicators=wanted):
            known[f"{seen.indicator}@{region}"].append(seen)
    return known


def _before(row: Owed, known: Sequence[Observation], period: Period) -> tuple[float | None, float | None]:
    """What was a year before and a period before: levels, or years to date of a flow, whose year starts anew.

    A figure under a definition that does not compare with today's is not shown. What happens now and then keeps
    its last known count.
    """
    sound = [o for o in known if row.indicator.comparable_between(o.definition, row.definition.version)]
    flow, frequency = row.definition.measure is MeasureType.FLOW, row.definition.frequency
    if flow:
        values = {actual.day: actual.value for actual in year_to_date(sound)}
    else:
        values = {o.period.end: o.value for o in sorted(sound, key=lambda o: o.period)}
    year_before = shift(period.end, months=-12)
    before = year_before if frequency is Frequency.YEAR else shift(period.end, months=-3)
    if frequency is Frequency.EVENT:
        return _latest(values, year_before), _latest(values, before)
    if flow and before.year < period.end.year and frequency is not Frequency.YEAR:
        return values.get(year_before), None
    return values.get(year_before), values.get(before)


def _latest(values: Mapping[date, float], until: date) -> float | None:
    past = [day for day in values if day <= until]
    return values[max(past)] if past else None


def _behind(
    store: Store, catalogue: Catalogue, plans: Iterable[Plan], rows: Iterable[Owed], *, as_of: date, rule: RuleSet
) -> dict[str, Judged]:
    """The rows that were behind or worse when last assessed, each with its worst judgement."""
    mine = {row.code for row in rows}
    found: dict[str, Judged] = {}
    for plan in plans:
        for one in judged_plan(store, catalogue, plan, as_of=as_of, rule=rule):
            code, severity = f"{one.indicator.id}@{one.region}", one.assessment.status.severity
            if code not in mine or severity < Status.BEHIND.severity:
                continue
            if code not in found or severity > found[code].assessment.status.severity:
                found[code] = one
    return found
