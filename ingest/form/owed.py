"""What an organisation owes for a period: the indicators whose figures are due, the matters it reports on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from indicators.catalogue import Catalogue, Organisation, fold
from indicators.definition import Definition, Frequency, Indicator
from indicators.period import Period, PeriodKind, year_end
from indicators.plan import Commitment, Kind, Plan
from ingest.form.forms import Due
from ingest.rights import groups, predecessors
from ingest.submission import Refused

__all__ = ["Duties", "Matter", "Owed", "duties", "find_organisation"]


@dataclass(frozen=True, slots=True)
class Owed:
    """One row of a return: an indicator in a region. `optional`: it may stay empty without being late."""

    indicator: Indicator
    definition: Definition
    region: str
    optional: bool

    @property
    def code(self) -> str:
        """What identifies the row wherever it is moved."""
        return f"{self.indicator.id}@{self.region}"


@dataclass(frozen=True, slots=True)
class Matter:
    """A milestone or task that the organisation leads."""

    plan: Plan
    commitment: Commitment

    @property
    def code(self) -> str:
        return f"{self.plan.id}/{self.commitment.id}"

    @property
    def deadline(self) -> str:
        """Until when, as the plan says it; tasks without a date run to the plan's end."""
        due = self.commitment.due
        if due is None:
            return f"规划期内({self.plan.end.year}年底前)"
        end_of_year = due == year_end(due.year)
        return f"{due.year}年底前" if end_of_year else f"{due.year}年{due.month}月{due.day}日前"


@dataclass(frozen=True, slots=True)
class Duties:
    """Everything due of one organisation for one period, and the plans it comes from."""

    rows: tuple[Owed, ...]
    matters: tuple[Matter, ...]
    plans: tuple[Plan, ...]


def duties(catalogue: Catalogue, organisation: Organisation, period: Period, *, due: Due) -> Duties:
    """What `organisation` owes of `period`, in the plans' order, rows of one domain and region together.

    An indicator stands once per region, however many targets rest on it. Quarterly ones are due in every period,
    yearly ones with the year's last quarter and the year, those that happen when they happen may always stay
    empty. So may a yearly figure whose own due day lies after the form's, and one that another body leads.
    """
    mine = predecessors(catalogue, organisation)
    rows: dict[str, Owed] = {}
    matters, plans = [], []
    for plan in catalogue.plans.values():
        if plan.start > period.end or plan.end < period.start:
            continue
        found = list(_rows(catalogue, plan, organisation, mine, period, due))
        led = [Matter(plan, c) for c in plan.commitments if _reported_on(c) and mine & set(c.lead)]
        for row in found:
            before = rows.setdefault(row.code, row)
            rows[row.code] = replace(before, optional=before.optional and row.optional)
        matters += led
        if found or led:
            plans.append(plan)
    return Duties(tuple(_together(rows.values())), tuple(matters), tuple(plans))


def _rows(
    catalogue: Catalogue, plan: Plan, organisation: Organisation, mine: set[str], period: Period, due: Due
) -> Iterator[Owed]:
    for commitment in plan.targets:
        if not commitment.indicator or commitment.duplicate_of:
            continue
        indicator = catalogue.indicators[commitment.indicator]
        definition = indicator.definition_at(period.end)
        if not _due(definition.frequency, period):
            continue
        owner = catalogue.owner(plan, commitment)
        owns = owner is not None and owner.id in mine
        named = {*commitment.lead, *commitment.cooperating}
        region = catalogue.region_of(plan, commitment)
        if not owns and not named & mine:
            if not named & groups(catalogue, organisation):
                continue
            region = organisation.region  # each member of a group answers for its own place
        later = definition.due_days is not None and period.end + timedelta(days=definition.due_days) > due.day
        spare = definition.frequency is Frequency.YEAR and period.kind is PeriodKind.QUARTER and later
        yield Owed(indicator, definition, region, not owns or spare or definition.frequency is Frequency.EVENT)


def _due(frequency: Frequency, period: Period) -> bool:
    return frequency is not Frequency.YEAR or period.end == year_end(period.end.year)


def _reported_on(commitment: Commitment) -> bool:
    return commitment.kind in (Kind.MILESTONE, Kind.TASK) and not commitment.duplicate_of


def _together(rows: Iterable[Owed]) -> list[Owed]:
    """Rows of one region and domain next to each other, both in the order in which they first appear."""
    groups: dict[tuple[str, str], list[Owed]] = {}
    for row in rows:
        groups.setdefault((row.region, row.indicator.domain), []).append(row)
    return [row for group in groups.values() for row in group]


# -- which organisation ------------------------------------------------------------------------------------


def find_organisation(catalogue: Catalogue, text: str) -> Organisation:
    """The organisation of an id, name or alias. Raises Refused with the nearest names."""
    names = _names(catalogue)
    found = names.get(fold(text), set())
    if len(found) == 1:
        return catalogue.organisations[next(iter(found))]
    if found:
        several = ", ".join(sorted(found))
        raise Refused(
            f"“{text}”可指多个单位,请用其中一个代码:{several}", f"“{text}” names several; give an id: {several}"
        )
    close = difflib.get_close_matches(fold(text)[:100], list(names), n=3, cutoff=0.5)
    ids = list(dict.fromkeys(i for name in close for i in sorted(names[name])))
    zh = ";您是不是要找:" + "、".join(f"{catalogue.organisations[i].name_zh}({i})" for i in ids) if ids else ""
    en = "; did you mean " + ", ".join(f"{catalogue.organisations[i].name_en} ({i})" for i in ids) + "?" if ids else ""
    raise Refused(f"没有单位“{text}”{zh}", f"there is no organisation “{text}”{en}")


def _names(catalogue: Catalogue) -> Mapping[str, set[str]]:
    """Every name of every organisation, folded, to the ids it stands for."""
    names: dict[str, set[str]] = {}
    for one in catalogue.organisations.values():
        for name in (one.id, one.name_zh, one.name_en, one.short_zh, *one.aliases.split(";")):
            if name:
                names.setdefault(fold(name), set()).add(one.id)
    return names
