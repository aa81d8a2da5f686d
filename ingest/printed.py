"""What the terminal prints of commitments, judgements and returns, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from indicators.assessment import Assessment, Reason
from indicators.catalogue import Catalogue
from indicators.comparison import compare
from indicators.monitor import Judged
from indicators.plan import Attribute, Commitment, Plan
from indicators.rules import RuleSet
from ingest.consequences import StatusChange
from ingest.course import Return
from ingest.due import at_office
from ingest.submission import State, state_of

__all__ = [
    "assessment_row",
    "commitment_row",
    "draft_row",
    "office_time",
    "return_row",
    "status_row",
    "submission_row",
]

# as the documents print it
_PRINTED = {Attribute.BINDING: "约束性", Attribute.ANTICIPATORY: "预期性", None: None}


def commitment_row(catalogue: Catalogue, plan: Plan, commitment: Commitment) -> dict[str, Any]:
    """One commitment with the fields of product.md's `catalogue`."""
    plain = {f.name: getattr(commitment, f.name) for f in fields(Commitment)}
    names = ["name_zh", "value", "value_year", "baseline_value", "baseline_year", "target_value", "target_low"]
    names += ["target_high", "operator", "target_year"]
    recurrence = None if commitment.recurrence == "once" else commitment.recurrence
    return {
        "plan": plan.id,
        "seed": plan.seed,
        "id": commitment.id,
        "region": catalogue.region_of(plan, commitment),
        "indicator": commitment.indicator or None,
        "kind": commitment.kind.value,
        "unit": commitment.unit or None,
        **{name: _plain(plain[name]) for name in names},
        "target_date": _plain(commitment.target_date),
        "attribute": _PRINTED.get(commitment.attribute),
        "attribute_code": _plain(commitment.attribute),
        "recurrence": _plain(recurrence),
        "lead": _called(catalogue, commitment.lead),
        "cooperating": _called(catalogue, commitment.cooperating),
        "lead_ids": list(commitment.lead),
        "cooperating_ids": list(commitment.cooperating),
        "section": commitment.quotes[0].section,
        "quote": commitment.quotes[0].text,
        "scope_zh": commitment.scope_zh or None,
        "excluded": list(commitment.excluded),
        "each": list(commitment.each),
        "part_of": commitment.part_of or None,
        "number": commitment.number or None,
        "code": commitment.code or None,
        "start_date": _plain(commitment.start_date),
        "duplicate_of": commitment.duplicate_of or None,
        "aspirational": commitment.aspirational,
        "suspicious": commitment.suspicious_zh or None,
        "note": commitment.note_zh or None,
        # what the document does not say and we filled in
        "inferred": [*commitment.inferred, *(["unit"] if commitment.unit_supplied else [])],
        "quotes": [{"section": q.section, "quote": q.text} for q in commitment.quotes],
    }


def _called(catalogue: Catalogue, ids: Iterable[str]) -> list[str]:
    """Bodies by the short names that documents print."""
    return [catalogue.organisations[one].name() for one in ids]


def assessment_row(catalogue: Catalogue, one: Judged, rule: RuleSet) -> dict[str, Any]:
    """One target's judgement as `assess --json` prints it; shares as numbers, dates as ISO text."""
    verdict, target, commitment = one.assessment, one.target, one.commitment
    owner, latest = catalogue.owner(one.plan, commitment), one.latest
    (side,) = compare(one, [rule]).sides
    return {
        "plan": one.plan.id,
        "commitment": commitment.id,
        "indicator": one.indicator.id,
        "name_zh": commitment.name_zh,
        "name_en": commitment.name_en,
        "region": one.region,
        "attribute": _PRINTED.get(commitment.attribute),
        "attribute_code": _plain(commitment.attribute),
        "owner": owner.id if owner else None,
        "inputs": {
            "unit": one.definition.unit,
            "direction": target.direction.value,
            "operator": target.operator.value,
            "baseline": target.baseline,
            "baseline_date": _plain(target.d0),
            "target": target.low,
            "target_high": target.high if target.high != target.low else None,
            "target_date": _plain(target.d1),
            "actual": verdict.actual.value if verdict.actual else None,
            "actual_date": _plain(verdict.actual.day) if verdict.actual else None,
            "period": latest.period.code if latest else None,
            "vintage": latest.vintage or None if latest else None,
            "source": latest.source or None if latest else None,
            "origin": latest.origin if latest else None,
        },
        **_quantities(verdict),
        **_sides(catalogue, one),
        "missing": _missing(one),
        "rule": rule.id,
        "rule_version": rule.version,
        "status": side.verdict.status,
        "words": {"zh": rule.word(side.verdict.status), "en": rule.word(side.verdict.status, "en")},
        "suspicious": {"zh": commitment.suspicious_zh, "en": commitment.suspicious_en}
        if commitment.suspicious_zh
        else None,
    }


def status_row(change: StatusChange, rule: RuleSet) -> dict[str, Any]:
    """A target whose status a return would change, as `check --json` prints it; codes, and their words by `rule`."""
    return {
        "plan": change.plan.id,
        "commitment": change.commitment.id,
        "indicator": change.was.indicator.id,
        "region": change.region,
        "name_zh": change.commitment.name_zh,
        "name_en": change.commitment.name_en,
        "before": change.before.value,
        "after": change.after.value,
        "words_before": {"zh": rule.word(change.before), "en": rule.word(change.before, "en")},
        "words_after": {"zh": rule.word(change.after), "en": rule.word(change.after, "en")},
        "as_of": change.becomes.assessment.as_of.isoformat(),
        "rule": rule.id,
    }


def _sides(catalogue: Catalogue, one: Judged) -> dict[str, Any]:
    """The target under every rule set, and whether they disagree."""
    found = compare(one, catalogue.rules.values())
    return {
        "verdicts": {
            side.rule.id: {
                "status": side.verdict.status,
                "progress_value": side.verdict.progress,
                "score": side.verdict.score,
                "words": {"zh": side.rule.word(side.verdict.status), "en": side.rule.word(side.verdict.status, "en")},
            }
            for side in found.sides
        },
        "rules_disagree": found.disagree,
        "rules_disagree_why": [why.value for why in found.why],
    }


def _missing(one: Judged) -> str | None:
    """The period whose figure a final judgement waits for."""
    if one.assessment.reason is not Reason.NO_FINAL_ACTUAL:
        return None
    return one.assessment.target.d1.isoformat()


def _quantities(verdict: Assessment) -> dict[str, Any]:
    catch_up = verdict.catch_up
    return {
        "as_of": verdict.as_of.isoformat(),
        "p": verdict.p,
        "t": verdict.t,
        "expected": verdict.expected,
        "gap": verdict.gap_points,
        "gap_unit": verdict.gap_units,
        "level": verdict.level,
        "shortfall": verdict.shortfall,
        "reason": verdict.reason.value,
        "final": verdict.final,
        "stale": verdict.stale,
        "since": _plain(verdict.since),
        "earlier_status": _plain(verdict.earlier),
        "catch_up": {
            "needed": catch_up.needed,
            "per": catch_up.step.value,
            "steps": catch_up.steps,
            "pace": catch_up.pace.value,
            "recent": catch_up.recent,
            "multiple": catch_up.multiple,
            "best_pace": catch_up.best,
            "last_chance": _plain(catch_up.last_chance),
        }
        if catch_up
        else None,
        "borderline": verdict.firmness.value,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


# -- returns -----------------------------------------------------------------------------------------------


def office_time(instant: datetime | None, zone: str) -> str | None:
    """A moment of the store where the office is, to the second."""
    return None if instant is None else at_office(instant, zone).isoformat(timespec="seconds")


def return_row(one: Return) -> dict[str, Any]:
    """One return as `returns --json` prints it."""
    return {
        "organisation": one.organisation.id,
        "name_zh": one.organisation.name_zh,
        "name_en": one.organisation.name_en,
        "form": one.form.number,
        "period": one.period.code,
        "due_at": one.due_at.isoformat(),
        "state": one.state.value,
        "words": _words(one.state),
        "owed": one.owed,
        "sent": one.sent,
        "sent_at": one.sent_at.isoformat(timespec="seconds") if one.sent_at else None,
        "late": one.late,
        "overdue": one.overdue,
        "waived": one.waived or None,
        "reminded": one.reminded,
        "reminded_at": one.reminded_at.isoformat(timespec="seconds") if one.reminded_at else None,
        "matters": one.matters,
        "submissions": list(one.submissions),
    }


def _words(state: State) -> dict[str, str]:
    return {"zh": state.called(), "en": state.called("en")}


def submission_row(row: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """One submission as `submissions --json` prints it."""
    state = state_of(row["decision"], row["released"])
    more = ("submitted_by", "origin", "late", "explained", "matters", "decided_by", "reason")
    return {
        **_file_row(row, state, zone),
        **{name: row[name] for name in more},
        "decided_at": office_time(row["decided_at"], zone),
    }


def draft_row(row: Mapping[str, Any], zone: str) -> dict[str, Any]:
    """One draft, among submissions."""
    state = State.WITHDRAWN if row["discarded"] else State.DRAFT
    return {**_file_row(row, state, zone), "submitted_by": row["drafted_by"]}


def _file_row(row: Mapping[str, Any], state: State, zone: str) -> dict[str, Any]:
    names = ("sha256", "file_name", "rows", "organisation", "form", "period")
    signed = ("filled_by", "statistics_head", "organisation_head")
    return {
        "id": row["id"],
        "state": state.value,
        "words": _words(state),
        "recorded_at": office_time(row["recorded_at"], zone),
        **{name: row[name] for name in names},
        "due_at": office_time(row["due_at"], zone),
        "signed": {name: row[name] for name in signed},
    }
