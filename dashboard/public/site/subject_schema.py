"""The JSON Schema of a subject's `data.json`, which says what is in it and what it means."""

from __future__ import annotations

import json
from collections.abc import Mapping

from dashboard.public.book import Book

__all__ = ["FORM", "SCHEMA", "schema"]

SCHEMA = "data/subject.schema.json"
FORM = 1  # counted up when a field is renamed or taken away


def _object(properties: Mapping[str, object], **more: object) -> dict[str, object]:
    return {"type": "object", "required": list(properties), "properties": dict(properties), **more}


def _list(of: object) -> dict[str, object]:
    return {"type": "array", "items": of}


_TEXT, _WHOLE, _NUMBER, _YES = ({"type": kind} for kind in ("string", "integer", "number", "boolean"))
_DAY = {"type": "string", "format": "date"}
_BOTH = _object({"zh": _TEXT, "en": _TEXT})
_ADDRESS = {"type": "string", "format": "uri"}


def _or_null(one: Mapping[str, object], note: str = "") -> dict[str, object]:
    found: dict[str, object] = {"anyOf": [dict(one), {"type": "null"}]}
    return found | ({"description": note} if note else {})


def schema(book: Book) -> bytes:
    """The JSON Schema of every subject's `data.json`."""
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": book.url + SCHEMA}
    return json.dumps(whole | _WHOLE_SUBJECT, ensure_ascii=False, indent=1).encode()


_MISSING = {
    "enum": ["", "below_unit", "not_applicable", "suppressed"],
    "description": "why there is no value: less than the smallest unit shown; not applicable; not published by law",
}
_ACCUMULATION = {"enum": ["", "ytd", "period", "month"], "description": "of a flow: the year to date, or its period"}
_ONE_DEFINITION = _object(
    {
        "version": _WHOLE,
        "effective_from": _DAY,
        "text": _BOTH,
        "unit": _BOTH,
        "decimals": _WHOLE,
        "numerator": _or_null(_object({"name": _TEXT, "unit": _TEXT})),
        "denominator": _or_null(_object({"name": _TEXT, "unit": _TEXT})),
        "factor": {"type": "number", "description": "value = numerator ÷ denominator × factor"},
        "source": _TEXT,
        "comparable_with_earlier": _YES,
    }
)
_ONE_ASSESSMENT = _object(
    {
        "status": _TEXT,
        "word": _BOTH,
        "sentence": _BOTH,
        "reason": _TEXT,
        "firmness": _TEXT,
        "rule": _TEXT,
        "rule_version": _WHOLE,
        "as_of": _DAY,
        "figure": _or_null(_object({"date": _DAY, "value": _NUMBER}), "the one that was judged"),
        "final": _YES,
        "p": _or_null(_NUMBER, "completion of the targeted change; 1 is all of it"),
        "t": _or_null(_NUMBER, "share of the time that has passed; 1 is all of it"),
        "expected": _or_null(_NUMBER, "what the required path asks for on the day of the figure"),
        "gap_points": _or_null(_NUMBER, "100·(p − t), in percentage points"),
        "gap_units": _or_null(_NUMBER, "in the indicator's unit"),
    }
)
_ONE_TARGET = _object(
    {
        "plan": _object({"id": _TEXT, "title": _BOTH, "document_number": _TEXT}),
        "commitment": _TEXT,
        "name": _BOTH,
        "attribute": _or_null({"enum": ["binding", "anticipatory"]}),
        "recurrence": _TEXT,
        "operator": _TEXT,
        "low": {"type": "number", "description": "what progress is measured to, in the indicator's unit"},
        "high": {"type": "number", "description": "differs from `low` only where the target is a range"},
        "date": _DAY,
        "baseline": _or_null(_object({"value": _NUMBER, "date": _DAY})),
        "quotes": _list(_object({"section": _TEXT, "text": _TEXT})),
        "assessment": _ONE_ASSESSMENT,
    }
)
_ONE_FIGURE = _object(
    {
        "period": {"type": "string", "description": "2024, 2024Q1, 2024H1, 2024M1-9, 2024-03, or a day"},
        "period_end": _DAY,
        "accumulation": _ACCUMULATION,
        "value": _or_null(_NUMBER),
        "missing": _MISSING,
        "unit": _TEXT,
        "vintage": {"enum": ["", "flash", "annual", "revised"]},
        "definition": _WHOLE,
        "published_on": _or_null(_DAY),
        "source": _or_null(_TEXT),
        "release": {"type": "integer", "description": "the release that published it"},
        "replaced_by": _or_null(_WHOLE, "the release that published another instead; null: it holds"),
    }
)
_ONE_CORRECTION = _object(
    {
        "release": _WHOLE,
        "previous_release": _WHOLE,
        "period": _TEXT,
        "period_end": _DAY,
        "accumulation": _ACCUMULATION,
        "before_value": _or_null(_NUMBER),
        "before_missing": _MISSING,
        "after_value": _or_null(_NUMBER),
        "after_missing": _MISSING,
        "reason": _TEXT,
    }
)
_ONE_CHANGE = _object(
    {
        "release": _WHOLE,
        "plan": _TEXT,
        "commitment": _TEXT,
        "before": _TEXT,
        "after": _TEXT,
        "causes": _list(_TEXT),
        "together": _YES,
    }
)
_WHOLE_SUBJECT = _object(
    {
        "form": {"const": FORM},
        "demonstration": {"type": "boolean", "description": "true: the figures were generated and are no statistics"},
        "indicator": _object(
            {
                "id": _TEXT,
                "name": _BOTH,
                "domain": _TEXT,
                "measure": _TEXT,
                "direction": _TEXT,
                "frequency": _TEXT,
            }
        ),
        "region": _object({"code": _TEXT, "name": _BOTH, "level": _TEXT}),
        "unit": _BOTH,
        "decimals": _WHOLE,
        "definitions": _list(_ONE_DEFINITION),
        "targets": _list(_ONE_TARGET),
        "figures": _list(_ONE_FIGURE),
        "figures_until": _or_null(_DAY, "the end of the newest period whose figure is out"),
        "sources": _list(_TEXT),
        "corrections": _list(_ONE_CORRECTION),
        "status_changes": _list(_ONE_CHANGE),
        "release": _object({"number": _WHOLE, "released_on": _DAY, "as_of": _DAY, "data_until": _or_null(_DAY)}),
        "publisher": _BOTH,
        "licence": _object({"zh": _TEXT, "en": _TEXT, "address": _ADDRESS}),
        "citation": _BOTH,
        "address": _ADDRESS,
        "permanent_address": _ADDRESS,
    },
    title="An indicator in a region, as one release tells it",
)
