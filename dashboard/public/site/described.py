"""Everything about a subject as JSON; `subject_schema` says what is in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

import polars as pl

from dashboard.i18n import LANGUAGES, words
from dashboard.public.book import Book, Subject
from dashboard.public.labels import newest, sources_of
from dashboard.public.site.citing import citation, licence, permanent, terms_address
from dashboard.public.site.subject_schema import FORM, SCHEMA
from dashboard.verdict import sentences
from indicators.definition import Definition, Part
from indicators.monitor import Judged
from indicators.trajectory import exact

__all__ = ["CORRECTION", "FIGURE", "described"]

_ZH, _EN = (words(language) for language in LANGUAGES)
# columns of the tables `figure`, `correction` and `status_change`, in the order they are told
FIGURE = (
    *("period", "period_end", "accumulation", "value", "unit", "missing", "vintage", "definition"),
    *("published_on", "source", "release", "replaced_by"),
)
CORRECTION = (
    *("release", "previous_release", "period", "period_end", "accumulation"),
    *("before_value", "before_missing", "after_value", "after_missing", "reason"),
)
_CHANGE = ("release", "plan", "commitment", "before", "after", "causes", "together")


def described(subject: Subject, book: Book) -> bytes:
    """A subject with all that is known of it. Days as `2024-12-31`, numbers as numbers, what is not known null."""
    indicator, region, release, current = subject.indicator, subject.region, book.release, subject.indicator.current
    latest = newest(subject)
    told = {
        "$schema": book.url + SCHEMA,
        "form": FORM,
        "demonstration": book.demo,
        "indicator": {
            "id": indicator.id,
            "name": _pair(indicator.name_zh, indicator.name_en),
            "domain": indicator.domain,
            "measure": current.measure,
            "direction": current.direction,
            "frequency": current.frequency,
        },
        "region": {"code": region.code, "name": _pair(region.name_zh, region.name_en), "level": region.level},
        "unit": _pair(current.unit, current.unit_en or current.unit),
        "decimals": current.decimals,
        "definitions": [_definition(one) for one in reversed(indicator.definitions)],
        "targets": [_target(one, book) for one in subject.judged],
        "figures": _rows(subject.figures, FIGURE),
        "figures_until": latest and latest["period_end"],
        "sources": sources_of(subject),
        "corrections": _rows(subject.corrections, CORRECTION),
        "status_changes": [
            row | {"causes": [code for code in row["causes"].split(",") if code]}
            for row in _rows(subject.changes, _CHANGE)
        ],
        "release": {
            "number": release.number,
            "released_on": release.released_on,
            "as_of": release.as_of,
            "data_until": release.data_until,
        },
        "publisher": _pair(release.publisher_zh, release.publisher_en),
        "licence": _pair(licence(book, _ZH), licence(book, _EN)) | {"address": terms_address(book, _ZH)},
        "citation": _pair(citation(subject, book, _ZH), citation(subject, book, _EN)),
        "address": book.url + subject.address,
        "permanent_address": permanent(subject, book, _ZH),
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=_plain, allow_nan=False).encode()


def _pair(chinese: str, english: str) -> dict[str, str]:
    return {"zh": chinese, "en": english}


def _plain(value: object) -> str:
    assert isinstance(value, date), value
    return value.isoformat()


def _rows(frame: pl.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    return frame[list(names)].to_dicts()


def _definition(one: Definition) -> dict[str, object]:
    return {
        "version": one.version,
        "effective_from": one.effective_from,
        "text": _pair(one.text_zh, one.text_en),
        "unit": _pair(one.unit, one.unit_en or one.unit),
        "decimals": one.decimals,
        "numerator": _part(one.numerator),
        "denominator": _part(one.denominator),
        "factor": one.factor,
        "source": one.source,
        "comparable_with_earlier": one.comparable,
    }


def _part(part: Part | None) -> dict[str, str] | None:
    return None if part is None else {"name": part.name, "unit": part.unit}


def _target(one: Judged, book: Book) -> dict[str, object]:
    target, commitment, plan = one.target, one.commitment, one.plan
    return {
        "plan": {
            "id": plan.id,
            "title": _pair(plan.title_zh, plan.title_en),
            "document_number": plan.document_number,
        },
        "commitment": commitment.id,
        "name": _pair(commitment.name_zh, commitment.name_en),
        "attribute": commitment.attribute,
        "recurrence": target.recurrence,
        "operator": target.operator,
        "low": target.low,
        "high": target.high,
        "date": target.d1,
        "baseline": None if target.baseline is None else {"value": target.baseline, "date": target.d0},
        "quotes": [{"section": quote.section, "text": quote.text} for quote in commitment.quotes],
        "assessment": _assessment(one, book),
    }


def _assessment(one: Judged, book: Book) -> dict[str, object]:
    """As `method` on the site's page about itself explains it; p and t are shares, 1 is the whole."""
    found, rule = one.assessment, book.rule
    seen = found.actual
    return {
        "status": found.status,
        "word": _pair(rule.word(found.status, "zh"), rule.word(found.status, "en")),
        "sentence": {w.language: " ".join(sentences(one, rule, w)).replace("**", "") for w in (_ZH, _EN)},
        "reason": found.reason,
        "firmness": found.firmness,
        "rule": found.rule,
        "rule_version": found.rule_version,
        "as_of": found.as_of,
        "figure": None if seen is None else {"date": seen.day, "value": seen.value},
        "final": found.final,
        **{name: _share(getattr(found, name)) for name in ("p", "t", "expected", "gap_points", "gap_units")},
    }


def _share(number: float | None) -> float | None:
    return None if number is None else exact(number)
