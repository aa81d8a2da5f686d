"""What is due: which return by which hour, and which body owes what of a period."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from indicators.catalogue import Catalogue, Organisation
from indicators.period import Period, PeriodKind
from indicators.plan import Plan
from ingest.form.forms import Due, Form
from ingest.form.owed import Duties, duties
from ingest.submission import Refused

__all__ = ["at_office", "calendar", "owing", "period_of"]


def calendar(forms: Iterable[Form], *, year: int, zone: str) -> list[tuple[Form, Period, datetime]]:
    """Every return about `year` by the hour it is due, where the office is; none that its form does not live to."""
    quarters = [Period.quarter(year, number) for number in range(1, 5)]
    found = [
        (form, period, at_office(form.due_for(period).instant(zone), zone))
        for form in forms
        for period in (quarters if form.cadence is PeriodKind.QUARTER else [Period.year(year)])
        if form.due_for(period).day <= form.valid_until
    ]
    return sorted(found, key=lambda one: (one[2], one[0].number))


def period_of(text: str) -> Period:
    """A period as people write it. Raises Refused."""
    try:
        return Period.parse(text)
    except ValueError as error:
        raise Refused(f"报告期“{text}”无法识别,请写 2024年一季度 或 2024Q1", str(error)) from None


def owing(
    catalogue: Catalogue, period: Period, due: Due, wanted: set[str] | None
) -> Iterator[tuple[Organisation, Duties]]:
    """Every body that owes something of a period, and what. One that has a successor owes nothing: its successor does.

    Each is asked only about the plans that concern it, which is most of the time saved.
    """
    plans = [p for p in catalogue.plans.values() if p.start <= period.end and p.end >= period.start]
    charged = {plan.id: _charged(catalogue, plan) for plan in plans}
    narrowed: dict[tuple[str, ...], Catalogue] = {}
    for body in catalogue.organisations.values():
        mine = tuple(plan for plan, bodies in charged.items() if not bodies.isdisjoint((body.id, body.parent)))
        if not mine or body.successor or (wanted is not None and body.id not in wanted):
            continue
        if mine not in narrowed:
            narrowed[mine] = replace(catalogue, plans={plan: catalogue.plans[plan] for plan in mine})
        owed = duties(narrowed[mine], body, period, due=due)
        if owed.rows or owed.matters:
            yield body, owed


def _charged(catalogue: Catalogue, plan: Plan) -> set[str]:
    """Bodies that a plan names or whose indicator it uses, and their successors."""
    named = {i for c in plan.commitments for i in (*c.lead, *c.cooperating)}
    named |= {owner.id for c in plan.commitments if (owner := catalogue.owner(plan, c))}
    while more := {catalogue.organisations[i].successor for i in named} - named - {""}:
        named |= more
    return named


def at_office(instant: datetime, zone: str) -> datetime:
    """A moment of the store where the office is."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
