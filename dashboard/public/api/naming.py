"""What the catalogue calls the codes that figures and judgements carry. A code it does not know has no name."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from dashboard.i18n import words
from dashboard.public.api.answers import Body, Promise, Quoted
from indicators.catalogue import Catalogue
from indicators.definition import Definition, MeasureType
from indicators.period import Period
from indicators.plan import Commitment, Plan
from indicators.rules import RuleSet

__all__ = ["Naming"]


@dataclass(frozen=True)
class Naming:
    """The names of one catalogue, each asked for once and found at once."""

    catalogue: Catalogue
    rule: str  # the rule set that gives statuses their words

    _kept: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def subject(self, indicator: str, region: str) -> dict[str, str]:
        """The names of both; many rows are of one indicator in one region."""
        found = self._kept.get((indicator, region))
        if found is None:
            found = self._kept[indicator, region] = {**self.indicator(indicator), **self.region(region)}
        return found

    def indicator(self, code: str) -> dict[str, str]:
        found = self.catalogue.indicators.get(code)
        zh, en = (found.name_zh, found.name_en) if found else ("", "")
        return {"indicator": code, "indicator_zh": zh, "indicator_en": en}

    def region(self, code: str) -> dict[str, str]:
        found = self.catalogue.regions.get(code)
        zh, en = (found.name_zh, found.name_en) if found else ("", "")
        return {"region": code, "region_zh": zh, "region_en": en}

    def commitment(self, plan: str, code: str) -> dict[str, str]:
        found = self._commitments.get((plan, code))
        zh, en = (found.name_zh, found.name_en) if found else ("", "")
        return {"plan": plan, "commitment": code, "commitment_zh": zh, "commitment_en": en}

    @cached_property
    def _commitments(self) -> dict[tuple[str, str], Commitment]:
        return {(plan.id, one.id): one for plan in self.catalogue.plans.values() for one in plan.commitments}

    def status(self, code: str, name: str = "status") -> dict[str, str]:
        rule = self.rules
        known = rule is not None and code in rule.words
        zh, en = (rule.word(code, "zh"), rule.word(code, "en")) if rule is not None and known else ("", "")
        return {name: code, f"{name}_zh": zh, f"{name}_en": en}

    @property
    def rules(self) -> RuleSet | None:
        return self.catalogue.rules.get(self.rule)

    def definition(self, indicator: str, version: int = 0) -> Definition | None:
        """A version of a definition; the newest one where none is said."""
        found = self.catalogue.indicators.get(indicator)
        if found is None or version > len(found.definitions):
            return None
        return found.definitions[version - 1] if version else found.current

    def period(self, code: str, definition: Definition | None) -> dict[str, str]:
        """A period as it is read; the year of a level is its end (2024年末)."""
        zh, en = _called(code, instant=definition is not None and definition.measure is not MeasureType.FLOW)
        return {"period": code, "period_zh": zh, "period_en": en}

    @staticmethod
    def domain(code: str) -> dict[str, str]:
        zh, en = (words(language).get(f"domain.{code}", code) for language in ("zh", "en"))
        return {"domain": code, "domain_zh": zh, "domain_en": en}

    def body(self, code: str) -> Body | None:
        found = self.catalogue.organisations.get(code)
        return Body(id=found.id, name_zh=found.name_zh, name_en=found.name_en) if found else None

    def promise(self, plan: Plan, one: Commitment) -> Promise:
        """A target as the plan prints it."""
        same = {name: getattr(one, name) for name in Promise.model_fields if hasattr(one, name)}
        return Promise.model_validate(
            {
                **same,
                "plan": plan.id,
                "commitment": one.id,
                "region": self.catalogue.region_of(plan, one),
                "regions": self.catalogue.regions_of(plan, one),
                "lead": [body for code in one.lead if (body := self.body(code))],
                "cooperating": [body for code in one.cooperating if (body := self.body(code))],
                "quotes": [Quoted(section=quote.section, text=quote.text) for quote in one.quotes],
            }
        )


@lru_cache(maxsize=4096)
def _called(code: str, *, instant: bool) -> tuple[str, str]:
    try:
        period = Period.parse(code)
    except ValueError:  # a judgement without a figure has no period
        return code, code
    return period.name("zh", instant=instant), period.name("en", instant=instant)
