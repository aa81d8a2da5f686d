"""Freezing a release: what the public may know of it, judged on that alone, in a file of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from indicators.catalogue import Catalogue, CatalogueKind
from indicators.causes import attribute
from indicators.disclosure import Cell, Ground, Key, reach, suppressed
from indicators.monitor import Judged
from indicators.rules import RuleSet, Status
from indicators.store import Press, Snapshot, Store, press
from ingest.due import at_office
from ingest.release import DEFAULT_RULE
from ingest.released import KEY, judged_plans, places_of
from ingest.settings import Settings

__all__ = ["Freezing", "Frozen", "Terms", "freeze"]


@dataclass(frozen=True, slots=True)
class Freezing:
    """What is frozen: into which folder, which line of the store's `snapshots`, after which release's folder."""

    folder: Path
    row: Mapping[str, Any]
    before: Path | None
    settings: Settings
    program: str

    @property
    def number(self) -> int:
        number: int = self.row["number"]
        return number


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a release is frozen: the first time by today's settings, again by those of the first time."""

    least: int
    publisher_zh: str
    publisher_en: str


@dataclass(frozen=True, slots=True, eq=False)
class Frozen:
    """What came of it. `veil`: rows of the table `release_veil`."""

    terms: Terms
    veil: pl.DataFrame


def freeze(store: Store, of: Freezing) -> Frozen:
    """Write a release's snapshot into its folder.

    Whatever was decided or imported after the release is not in it.
    """
    catalogue = store.catalogue(of.row["recorded_at"])
    terms = _terms(of.row, of.settings, store, catalogue)
    veil = _veil(store, of, catalogue, least=terms.least)
    with press(store, of.folder, program=of.program) as made:
        made.figures(number=of.number, least=terms.least, units=_units(catalogue), veil=veil.select(KEY))
        rule, as_of = catalogue.rules[DEFAULT_RULE], of.row["as_of"] or _day(of, of.row["recorded_at"])
        corrections = made.ask("corrections")
        judged = judged_plans(catalogue, made.ask("held", **_promised(catalogue)), corrections, as_of=as_of, rule=rule)
        counted = made.ask("counted")
        made.add("release", _releases(store, of, catalogue, rule, counted))
        made.add("catalogue", _catalogue(store, of, catalogue, used=set(made.ask("indicators")["indicator"])))
        made.add("assessment", [_assessment(one, rule) for plan in judged.values() for one in plan])
        _changes(made, of, judged, rule)
    return Frozen(terms, veil)


def _terms(row: Mapping[str, Any], settings: Settings, store: Store, catalogue: Catalogue) -> Terms:
    if row["least"] is not None:
        return Terms(row["least"], row["publisher_zh"], row["publisher_en"])
    first = next(iter(catalogue.plans.values()), None)
    issuer = catalogue.organisations[first.issuer] if first else None
    zh, en = (issuer.name_zh, issuer.name_en) if issuer else ("", "")
    if store.kind == "demo":  # nobody's
        zh, en = "指标 Zhibiao 演示", "Zhibiao demonstration"
    return Terms(settings.least_contributors, settings.publisher_zh or zh, settings.publisher_en or en)


def _day(of: Freezing, instant: datetime) -> date:
    return at_office(instant, of.settings.timezone).date()


# -- what is not told -----------------------------------------------------------------------------------------

_VEIL = {"number": pl.Int32, **dict.fromkeys(KEY, pl.String), "period_end": pl.Date, "ground": pl.String}


def _veil(store: Store, of: Freezing, catalogue: Catalogue, *, least: int) -> pl.DataFrame:
    """The figures that too few contributed to, and those that such a one could be computed from."""
    small = store.ask("small_cells", number=of.number, least=least)
    if small.is_empty():
        return pl.DataFrame(schema=_VEIL)
    near = reach(small.iter_rows(), catalogue)
    indicators, years = sorted({name for name, _ in near}), sorted({year for _, year in near})
    found = store.ask("released_cells", number=of.number, indicators=indicators, years=years)
    before = {_key(row): row["ground"] for row in store.ask("veiled", number=of.number).iter_rows(named=True)}
    cells = {
        _key(row): Cell(_key(row), row["period"], row["value"], row["contributors"])
        for row in found.iter_rows(named=True)
    }
    grounds = suppressed(
        cells.values(),
        least=least,
        catalogue=catalogue,
        before={key for key, ground in before.items() if ground == Ground.COMPLEMENT},
        told={_key(row) for row in found.filter("told").iter_rows(named=True)} - before.keys(),
    )
    rows = [(of.number, *key, ground.value) for key, ground in grounds.items()]
    return pl.DataFrame(rows, schema=_VEIL, orient="row")


def _key(row: Mapping[str, Any]) -> Key:
    return row["indicator"], row["region"], row["period_end"], row["accumulation"]


# -- what is told ---------------------------------------------------------------------------------------------


def _units(catalogue: Catalogue) -> pl.DataFrame:
    rows = [(i.id, d.version, d.unit) for i in catalogue.indicators.values() for d in i.definitions]
    schema = {"indicator": pl.String, "definition": pl.Int32, "unit": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _promised(catalogue: Catalogue) -> dict[str, list[str]]:
    """The indicators and regions that plans promise something of: all that is judged."""
    places = set().union(*(places_of(catalogue, plan) for plan in catalogue.plans.values()))
    return {"indicators": sorted({name for name, _ in places}), "regions": sorted({region for _, region in places})}


def _releases(
    store: Store, of: Freezing, catalogue: Catalogue, rule: RuleSet, counted: pl.DataFrame
) -> list[dict[str, Any]]:
    """Every release up to this one, as the public knows it."""
    facts = {row["number"]: row for row in counted.iter_rows(named=True)}
    nothing = {"figures": 0, "corrections": 0, "data_until": None}
    return [
        {
            "number": row["number"],
            "released_at": row["recorded_at"],
            "public_from": row["public_from"],
            "released_on": _day(of, row["public_from"]),
            "as_of": row["as_of"] or _day(of, row["recorded_at"]),
            "note": row["note"],
            **{name: facts.get(row["number"], nothing)[name] for name in nothing},
            "publisher_zh": told.publisher_zh,
            "publisher_en": told.publisher_en,
            "rule": rule.id,
            "rule_version": rule.version,
        }
        for row in store.ask("snapshots").iter_rows(named=True)
        if row["number"] <= of.number
        for told in [_terms(row, of.settings, store, catalogue)]
    ]


def _catalogue(store: Store, of: Freezing, catalogue: Catalogue, *, used: set[str]) -> pl.DataFrame:
    """The files that the plans and the released figures need, as known at the release."""
    promised = {c.indicator for plan in catalogue.plans.values() for c in plan.commitments}
    needed = _wholes(catalogue, used | promised)
    known = store.ask("catalogue", known_on=of.row["recorded_at"]).select("kind", "id", "version", "text")
    return known.filter((pl.col("kind") != CatalogueKind.INDICATOR.value) | pl.col("id").is_in(needed))


def _wholes(catalogue: Catalogue, indicators: set[str]) -> list[str]:
    found = set(indicators)
    for name in indicators:
        while name in catalogue.indicators and (name := catalogue.indicators[name].part_of):
            found.add(name)
    return sorted(found)


def _assessment(one: Judged, rule: RuleSet) -> dict[str, Any]:
    verdict = one.assessment
    return {
        "plan": one.plan.id,
        "commitment": one.commitment.id,
        "indicator": one.indicator.id,
        "region": one.region,
        "rule": rule.id,
        "rule_version": rule.version,
        "status": verdict.status.value,
        "reason": verdict.reason.value,
        "period": one.latest.period.code if one.latest else "",
        "period_end": verdict.actual.day if verdict.actual else None,
        "value": verdict.actual.value if verdict.actual else None,
        "p": verdict.p,
        "t": verdict.t,
        "gap_points": verdict.gap_points,
        "gap_units": verdict.gap_units,
        "firmness": verdict.firmness.value,
    }


# -- what changed, and why ------------------------------------------------------------------------------------


def _changes(made: Press, of: Freezing, judged: Mapping[str, tuple[Judged, ...]], rule: RuleSet) -> None:
    """The ledger of causes: what it says of the releases before, and which statuses this one changes."""
    if of.before is None:
        return
    was = Snapshot(of.before)
    try:
        made.add("status_change", was.status_changes())
        then = was.catalogue.rules[was.release.rule]
        asked = _promised(was.catalogue)
        figures = was.figures(indicators=asked["indicators"], regions=asked["regions"])
        plans = judged_plans(was.catalogue, figures, was.corrections(), as_of=was.release.as_of, rule=then)
        earlier = {_name(one): one for plan in plans.values() for one in plan}
        frozen = {
            (plan, name): status for plan, name, status in was.assessments()["plan", "commitment", "status"].iter_rows()
        }
    finally:
        was.close()
    made.add("status_change", list(_changed(of, judged, earlier, frozen, (then, rule))))


def _name(one: Judged) -> tuple[str, str]:
    return one.plan.id, one.commitment.id


def _changed(
    of: Freezing,
    judged: Mapping[str, tuple[Judged, ...]],
    earlier: Mapping[tuple[str, str], Judged],
    frozen: Mapping[tuple[str, str], str],
    rules: tuple[RuleSet, RuleSet],
) -> Iterator[dict[str, Any]]:
    known = {status.value for status in Status}
    for one in (one for plan in judged.values() for one in plan):
        was, told = earlier.get(_name(one)), frozen.get(_name(one), "")
        if was is None:
            continue
        before = Status(told) if told in known else None
        if change := attribute(was, one, rules=rules, before=before):
            yield {
                "release": of.number,
                "plan": one.plan.id,
                "commitment": one.commitment.id,
                "indicator": one.indicator.id,
                "region": one.region,
                "before": change.before.value,
                "after": change.after.value,
                "causes": ",".join(cause.value for cause in change.causes),
                "together": change.together,
            }
