"""Plans, indicators and regions, as known at the release."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from dashboard.public.api.answers import (
    Definition,
    IndicatorAnswer,
    IndicatorLine,
    Indicators,
    IndicatorWhole,
    PlanAnswer,
    PlanLine,
    Plans,
    PlanWhole,
    Promise,
    RegionLine,
    Regions,
)
from dashboard.public.api.asked import AskedIndicators, AskedPage
from dashboard.public.api.desk import Question
from dashboard.public.api.naming import Naming
from dashboard.public.api.problems import Code, Refused
from indicators.catalogue import fold
from indicators.definition import Indicator
from indicators.plan import Plan

__all__ = ["indicator", "indicators", "plan", "plan_of", "plans", "regions"]


def plans(question: Question, asked: AskedPage) -> Plans:
    """Every plan."""
    part, page = question.cut(list(question.catalogue.plans.values()), asked)
    naming = _naming(question)
    lines = tuple(PlanLine(**_plan_line(one, naming)) for one in part)
    return Plans(release=question.facts(), permanent=question.permanent, page=page, data=lines)


def plan(question: Question, name: str) -> PlanAnswer:
    """A plan with its targets. Raises Refused where there is none of that name."""
    found, naming = plan_of(question, name), _naming(question)
    promises = tuple(naming.promise(found, one) for one in found.targets)
    whole = PlanWhole(**_plan_line(found, naming), promises=promises)
    return PlanAnswer(release=question.facts(), permanent=question.permanent, data=whole)


def plan_of(question: Question, name: str) -> Plan:
    found = question.catalogue.plans.get(name)
    if found is None:
        raise Refused(Code.UNKNOWN_PLAN, "plan", found=name)
    return found


def indicators(question: Question, asked: AskedIndicators) -> Indicators:
    """Indicators by domain, by a plan that has a target on them, and by words in any of their names."""
    chosen = list(question.catalogue.indicators.values())
    if asked.domain is not None:
        chosen = [one for one in chosen if one.domain == asked.domain]
        if not chosen:
            raise Refused(Code.UNKNOWN_DOMAIN, "domain", found=asked.domain)
    if asked.plan is not None:
        wanted = {one.indicator for one in plan_of(question, asked.plan).targets}
        chosen = [one for one in chosen if one.id in wanted]
    if asked.q is not None:
        words = fold(asked.q)
        chosen = [one for one in chosen if any(words in fold(name) for name in one.names())]
    part, page = question.cut(chosen, asked)
    lines = tuple(IndicatorLine(**facts) for facts in _indicator_lines(question, part))
    return Indicators(release=question.facts(), permanent=question.permanent, page=page, data=lines)


def indicator(question: Question, name: str) -> IndicatorAnswer:
    """An indicator with its definitions and the targets on it. Raises Refused where there is none of that name."""
    found = question.catalogue.indicators.get(name)
    if found is None:
        raise Refused(Code.UNKNOWN_INDICATOR, "indicator", found=name)
    naming = _naming(question)
    (line,) = _indicator_lines(question, [found])
    whole = IndicatorWhole(
        **line,
        aliases=found.aliases,
        owner=naming.body(found.owner),
        reviewed=found.reviewed,
        note_zh=found.note_zh,
        note_en=found.note_en,
        definitions=tuple(_definition(one) for one in found.definitions),
        promises=tuple(_promises(question, found, naming)),
    )
    return IndicatorAnswer(release=question.facts(), permanent=question.permanent, data=whole)


def regions(question: Question, asked: AskedPage) -> Regions:
    """Every region."""
    part, page = question.cut(list(question.catalogue.regions.values()), asked)
    lines = tuple(RegionLine(**asdict(one)) for one in part)
    return Regions(release=question.facts(), permanent=question.permanent, page=page, data=lines)


def _naming(question: Question) -> Naming:
    return Naming(question.catalogue, question.snapshot.release.rule)


def _plan_line(one: Plan, naming: Naming) -> dict[str, Any]:
    return {
        "id": one.id,
        "title_zh": one.title_zh,
        "title_en": one.title_en,
        "document_number": one.document_number,
        "issuer": naming.body(one.issuer),
        **naming.region(one.region),
        "start": one.start,
        "end": one.end,
        "issued": one.issued,
        "published": one.published,
        "targets": len(one.targets),
    }


def _indicator_lines(question: Question, some: Sequence[Indicator]) -> Iterable[dict[str, Any]]:
    naming = _naming(question)
    rows = question.ask("api_counted", indicators=[one.id for one in some]).iter_rows(named=True)
    counted = {row["indicator"]: row for row in rows}
    for one in some:
        count, now = counted.get(one.id, {}), one.current
        yield {
            "id": one.id,
            **naming.domain(one.domain),
            "name_zh": one.name_zh,
            "name_en": one.name_en,
            **{name: getattr(now, name) for name in ("unit", "unit_en", "decimals")},
            **{name: getattr(now, name) for name in ("measure", "direction", "frequency")},
            "part_of": one.part_of,
            "publisher": naming.body(one.publisher),
            "figures": count.get("figures", 0),
            "regions": tuple(count.get("regions", ())),
            "since": count.get("since"),
            "until": count.get("until"),
        }


def _definition(one: Any) -> Definition:
    told = {name: getattr(one, name) for name in Definition.model_fields if name not in ("numerator", "denominator")}
    parts = {name: part.name if (part := getattr(one, name)) else None for name in ("numerator", "denominator")}
    return Definition(**told, **parts)


def _promises(question: Question, found: Indicator, naming: Naming) -> Iterable[Promise]:
    for one in question.catalogue.plans.values():
        yield from (naming.promise(one, target) for target in one.targets if target.indicator == found.id)
