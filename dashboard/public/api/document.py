"""The OpenAPI 3.1 document: FastAPI's, with every form of an answer, its headers and its refusals told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from dashboard.i18n import words
from dashboard.public.api.asked import both
from dashboard.public.api.desk import CSV, JSON, Desk
from dashboard.public.api.problems import MEDIA, Problem

__all__ = ["VERSION", "document"]

VERSION = "1.0.0"  # of what is promised: the first number is that of the address
_REFUSALS: Mapping[str, str] = {
    "400": "unknown_parameter, repeated_parameter, too_long",
    "404": "unknown_release, unknown_plan, unknown_indicator, unknown_region, unknown_status, unknown_domain, "
    "not_before",
    "406": "not_acceptable",
    "422": "bad_value, too_large",
    "429": "too_many",
    "500": "incident",
    "503": "no_release, busy, slow",
}
_HEADERS: Mapping[str, tuple[str, str]] = {
    "ETag": ("string", "etag"),
    "Link": ("string", "link"),
    "Cache-Control": ("string", "cache"),
    "Zhibiao-Release": ("integer", "release"),
    "Zhibiao-Released-On": ("string", "released_on"),
}
_WAIT = ("429", "503")


def document(app: FastAPI, desk: Desk) -> dict[str, Any]:
    """The document, as plain values."""
    told = get_openapi(
        title=f"{words('zh')('api.title')} {words('en')('api.title')}",
        version=VERSION,
        openapi_version="3.1.0",
        description=both("api.description"),
        routes=app.routes,
        servers=[{"url": desk.root}],
        license_info={"name": words("en")("api.licence_name"), "url": f"{desk.site}about/"},
        terms_of_service=f"{desk.site}about/",
        separate_input_output_schemas=False,
    )
    schemas = told["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= {**problem.pop("$defs"), "Problem": problem}
    for path in told["paths"].values():
        for operation in path.values():
            _complete(operation)
    return told


def _complete(operation: dict[str, Any]) -> None:
    """Tell what an operation answers besides its JSON."""
    answers = operation["responses"]
    content = answers["200"].setdefault("content", {})
    answers["200"]["description"] = operation["summary"]
    answers["200"]["headers"] = {name: _header(*how) for name, how in _HEADERS.items()}
    if JSON in content and operation["operationId"] != "openapi":
        content[CSV] = {"schema": {"type": "string"}}
    answers.pop("422", None)
    answers["304"] = {"description": both("api.not_modified")}
    for status, codes in _REFUSALS.items():
        refusal: dict[str, Any] = {
            "description": codes,
            "content": {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        if status in _WAIT:
            refusal["headers"] = {"Retry-After": _header("integer", "retry_after")}
        answers[status] = refusal
    for parameter in operation.get("parameters", ()):
        parameter["schema"] = _stated(parameter["schema"])


def _header(kind: str, what: str) -> dict[str, Any]:
    return {"description": both(f"api.header_{what}"), "schema": {"type": kind}}


def _stated(schema: dict[str, Any]) -> dict[str, Any]:
    """What a parameter may be where it is there: in an address nothing is null."""
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if len(choices) != 1:
        return schema
    return {**choices[0], **{name: said for name, said in schema.items() if name not in ("anyOf", "title", "default")}}
