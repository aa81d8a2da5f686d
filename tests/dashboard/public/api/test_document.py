"""The OpenAPI document: complete, and true of what the API does, by schemathesis."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from starlette.testclient import TestClient

from dashboard.public.api.routes import RESOURCES
from tests.dashboard.public.api.conftest import URL, World


@pytest.fixture
def document(client: TestClient) -> Any:
    return client.get("/api/v1/openapi.json").json()


def operations(document: Any) -> Iterator[tuple[str, Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert method == "get"
            yield path, operation


def test_the_document_is_whole(document: Any) -> None:
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": f"{URL}api/v1"}]
    assert document["info"]["license"]["url"] == f"{URL}about/"
    named = {operation["operationId"]: path for path, operation in operations(document)}
    assert named == {"root": "/", **{name: re.sub(r"\{\?.*", "", path) for name, path in RESOURCES.items()}}
    references = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert references == set(document["components"]["schemas"])


def test_every_operation_tells_its_parameters_forms_and_refusals(document: Any) -> None:
    for path, operation in operations(document):
        assert re.search("[\u4e00-\u9fff]", operation["summary"]), path
        answers = operation["responses"]
        assert {"200", "304", "400", "404", "406", "422", "429", "500", "503"} == set(answers)
        for status in ("400", "404", "503"):
            assert list(answers[status]["content"]) == ["application/problem+json"]
        assert "ETag" in answers["200"]["headers"]
        for parameter in operation.get("parameters", ()):
            schema = parameter["schema"]
            assert parameter["description"], (path, parameter["name"])
            assert "null" not in json.dumps(schema)
            held = schema.get("items", schema)
            bounded = {"pattern", "enum", "maximum", "maxLength", "format"} & set(held) or held["type"] == "boolean"
            assert bounded, (path, parameter["name"])


def test_the_templates_of_the_root_name_every_parameter(document: Any) -> None:
    for name, template in RESOURCES.items():
        path, _, query = template.partition("{?")
        told = {one.rstrip("*}") for one in query.split(",") if one}
        operation = document["paths"][path]["get"]
        assert told == {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}, name


def test_the_document_is_kept_like_any_other_answer(client: TestClient) -> None:
    first = client.get("/api/v1/openapi.json")
    again = client.get("/api/v1/openapi.json", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_api_does_what_its_document_says(world: World, client: TestClient) -> None:
    """Schemathesis with all its checks: at every boundary of every parameter, then on questions it draws."""
    schema = schemathesis.openapi.from_asgi(
        "/api/v1/openapi.json", client.app, config=SchemathesisConfig(seed=20261122)
    )
    asked: Counter[str] = Counter()
    for result in schema.get_all_operations():
        operation = result.ok()
        config = schema.config.generation_for(operation=operation, phase="coverage")
        for case in schema.iter_coverage_cases(
            operation, generation_modes=list(GenerationMode), generation_config=config
        ):
            asked[operation.path] += 1
            case.call_and_validate()
        asked[operation.path] += drawn(operation, GenerationMode.POSITIVE)
        if operation.query:
            asked[operation.path] += drawn(operation, GenerationMode.NEGATIVE)
    assert asked.keys() == set(schema) - {"/openapi.json"}  # it reads that, and asks the rest
    assert asked.total() > 300


def drawn(operation: Any, mode: GenerationMode) -> int:
    """How many questions were drawn for one resource, good or bad ones."""
    asked = 0

    @settings(max_examples=1, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case: schemathesis.Case) -> None:
        nonlocal asked
        asked += 1
        case.call_and_validate()

    check()
    return asked
