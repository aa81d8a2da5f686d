"""Whose figures are whose: the indicators and regions an organisation may send."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from indicators.catalogue import Catalogue, Organisation
from indicators.problem import Problem, Severity
from ingest.people import Role, User
from ingest.words import phrase

__all__ = ["groups", "not_yours", "predecessors", "rights", "whose"]


def predecessors(catalogue: Catalogue, organisation: Organisation) -> set[str]:
    """The organisation and every body it succeeds: what they were charged with is now its own."""
    mine = {organisation.id}
    while more := {o.id for o in catalogue.organisations.values() if o.successor in mine} - mine:
        mine |= more
    return mine


def groups(catalogue: Catalogue, organisation: Organisation) -> set[str]:
    """The group of bodies, such as all county governments, that an organisation of another place belongs to."""
    parent = catalogue.organisations.get(organisation.parent)
    return {parent.id} if parent is not None and parent.region != organisation.region else set()


def rights(catalogue: Catalogue, organisation: Organisation) -> Mapping[str, frozenset[str]]:
    """What an organisation may send: indicator → regions.

    An indicator that it owns, or on a target of which it is named, for its own region and those within it (a
    city's body compiles its districts' figures, domain.md B9, B10); for the regions of such a target; and what a
    group it belongs to is charged with, for its own place.
    """
    mine, together = predecessors(catalogue, organisation), groups(catalogue, organisation)
    own = _within(catalogue, organisation.region)
    may = {i.id: own for i in catalogue.indicators.values() if i.owner in mine}
    for plan in catalogue.plans.values():
        for commitment in plan.targets:
            named = {*commitment.lead, *commitment.cooperating}
            if commitment.indicator and named & (mine | together):
                places = own.union(catalogue.regions_of(plan, commitment) if named & mine else ())
                may[commitment.indicator] = may.get(commitment.indicator, frozenset()) | places
    return may


def _within(catalogue: Catalogue, region: str) -> frozenset[str]:
    """A region and everything below it."""
    found = {region}
    while more := {r.code for r in catalogue.regions.values() if r.parent in found} - found:
        found |= more
    return frozenset(found)


def not_yours(figures: pl.DataFrame, catalogue: Catalogue, user: User | None) -> list[Problem]:
    """Every figure that `user`, a statistician, may not send, with whose it is; others are not asked."""
    if user is None or user.role is not Role.STATISTICIAN:
        return []
    if not user.organisation:
        return [Problem(Severity.ERROR, "organisation_none", facts={"who": user.name})]
    mine = catalogue.organisations.get(user.organisation)
    if mine is None:
        return [Problem(Severity.ERROR, "organisation_unknown", found=user.organisation, facts={"who": user.name})]
    may = rights(catalogue, mine)
    pairs = figures.select("indicator", "region").drop_nulls().unique()
    foreign = {(i, r): _facts(catalogue, mine, i, r) for i, r in pairs.iter_rows() if r not in may.get(i, ())}
    if not foreign:
        return []
    refused = pl.DataFrame(list(foreign), schema=["indicator", "region"], orient="row")
    rows = figures.select("row", "indicator", "region").join(refused, on=["indicator", "region"], how="semi")
    return [
        Problem(
            Severity.ERROR,
            "not_yours",
            row=row,
            column="indicator",
            found=catalogue.indicators[indicator].name_zh,
            facts=foreign[indicator, region],
        )
        for row, indicator, region in rows.iter_rows()
    ]


def _facts(catalogue: Catalogue, mine: Organisation, indicator: str, region: str) -> Mapping[str, str]:
    owner = whose(catalogue, indicator, region)
    facts = {}
    for language in ("zh", "en"):
        facts[f"mine_{language}"] = mine.name(language)
        facts[f"region_{language}"] = catalogue.regions[region].name(language)
        facts[f"indicator_{language}"] = catalogue.indicators[indicator].name(language)
        code = "hint_owner" if owner else "hint_no_owner"
        facts[f"hint_{language}"] = phrase(code, language, owner=owner.name(language) if owner else "")
    return facts


def whose(catalogue: Catalogue, indicator: str, region: str) -> Organisation | None:
    """Who answers for an indicator in a region: the body that owes a target of it there, else its owner at home."""
    for plan in catalogue.plans.values():
        here = (c for c in plan.targets if c.indicator == indicator and region in catalogue.regions_of(plan, c))
        if owed := next(filter(None, (catalogue.owner(plan, c) for c in here)), None):
            return _today(catalogue, owed)
    owner = catalogue.organisations.get(catalogue.indicators[indicator].owner)
    return _today(catalogue, owner) if owner and region in _within(catalogue, owner.region) else None


def _today(catalogue: Catalogue, organisation: Organisation) -> Organisation:
    """The body that does today what `organisation` was charged with."""
    while successor := catalogue.organisations.get(organisation.successor):
        organisation = successor
    return organisation
