"""How the API behaves over HTTP: what may be kept, who may ask and how often, and how it refuses."""

from __future__ import annotations

import gzip
import logging
from typing import Any

import pytest
from starlette.testclient import TestClient

from dashboard.gate.limits import Buckets
from dashboard.public.api import answering, front
from dashboard.public.api.problems import Code
from indicators.store import snapshot
from indicators.store.snapshot import Snapshot
from tests.dashboard.public.api.conftest import REVENUE, URL, World

SERIES = f"/api/v1/series?indicator={REVENUE}"


def refused(client: TestClient, path: str, **more: Any) -> tuple[int, str, str]:
    """Status, code and place of a refusal; that it is whole is looked at here."""
    answer = client.request(more.pop("method", "GET"), f"/api/v1{path}", **more)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["type"] == f"urn:zhibiao:problem:{told['code']}"
    assert told["detail"] == f"{told['zh']} {told['en']}"
    assert told["code"] in set(Code)
    assert told["errors"]
    return answer.status_code, told["code"], told["where"]


# -- what may be kept ----------------------------------------------------------------------------------------


def test_what_they_have_is_not_sent_again_and_not_even_asked_for(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get(SERIES)
    monkeypatch.setattr(Snapshot, "ask", None)  # whoever asks now, fails
    for tag in (first.headers["etag"], f'"other", W/{first.headers["etag"]}'):
        again = client.get(SERIES, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert {name: again.headers[name] for name in ("etag", "cache-control", "vary", "link")} == {
            name: first.headers[name].partition(", <https://zhibiao.example/api/v1/series?")[0]
            for name in ("etag", "cache-control", "vary", "link")
        }


def test_a_tag_is_of_one_answer_in_one_form(client: TestClient, world: World) -> None:
    asked = [SERIES, f"{SERIES}&limit=3", f"{SERIES}&format=csv", "/api/v1/series", "/api/v1/assessments"]
    tags = [client.get(path).headers["etag"] for path in asked]
    tags.append(client.get(SERIES, headers={"Accept-Encoding": "identity"}).headers["etag"])
    world.out = 1
    tags.append(client.get(SERIES).headers["etag"])
    assert len(set(tags)) == len(tags)
    assert all(tag.startswith('"') for tag in tags)


def test_the_same_question_in_another_order_is_the_same(client: TestClient) -> None:
    one = client.get(f"{SERIES}&indicator=beds&region=510100&limit=1000")
    other = client.get(f"/api/v1/series?region=510100&indicator=beds&indicator={REVENUE}&format=json&release=2")
    assert one.headers["etag"] == other.headers["etag"]
    assert one.content == other.content


def test_what_names_its_release_never_changes(client: TestClient) -> None:
    assert client.get(SERIES).headers["cache-control"] == "public, max-age=60"
    for path in (f"{SERIES}&release=1", "/api/v1/releases/2", "/api/v1/releases/2/changes"):
        assert client.get(path).headers["cache-control"] == "public, max-age=86400"


def test_F20_a_new_release_is_seen_at_once(client: TestClient, world: World) -> None:
    world.out = 1
    before = client.get("/api/v1/").json()["release"]["number"]
    world.out = 2
    assert (before, client.get("/api/v1/").json()["release"]["number"]) == (1, 2)


def test_an_answer_is_packed_where_they_can_unpack_it(client: TestClient) -> None:
    packed = client.get(SERIES, headers={"Accept-Encoding": "gzip"})
    plain = client.get(SERIES, headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.json() == plain.json()
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 4
    assert "Accept-Encoding" in packed.headers["vary"]


def test_json_or_a_table_as_they_would_rather_have_it(client: TestClient) -> None:
    def form(accept: str) -> str:
        return client.get(SERIES, headers={"Accept": accept}).headers["content-type"]

    assert form("*/*") == form("text/csv;q=0.5, application/json") == form("text/html, */*;q=0.1") == "application/json"
    assert form("text/csv") == form("text/*, application/json;q=0.2") == "text/csv; charset=utf-8"
    named = client.get(f"{SERIES}&format=json", headers={"Accept": "text/csv"})
    assert named.headers["content-type"] == "application/json"


def test_head_is_get_without_its_body(client: TestClient) -> None:
    whole, head = client.get(SERIES), client.head(SERIES)
    assert head.content == b""
    assert dict(head.headers) == dict(whole.headers)
    assert client.head("/api/v1/nowhere").status_code == 404


# -- who may ask ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/series", "/nowhere", "/openapi.json", "/sdmx/structure.xml", "/series?x=1"])
def test_every_answer_may_be_read_by_any_page_and_sets_nothing(client: TestClient, path: str) -> None:
    headers = client.get(f"/api/v1{path}", headers={"Origin": "https://elsewhere.example"}).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in headers
    assert {"ETag", "Link"} <= set(headers["access-control-expose-headers"].split(", "))
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert "set-cookie" not in headers


def test_a_browser_is_told_beforehand_that_it_may_read(client: TestClient) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    told = client.options(SERIES, headers=asked)
    assert (told.status_code, told.content) == (204, b"")
    assert told.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert "If-None-Match" in told.headers["access-control-allow-headers"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_nothing_can_be_written(client: TestClient, method: str) -> None:
    assert refused(client, "/series", method=method) == (405, "method", "method")
    assert client.request(method, SERIES).headers["allow"] == "GET, HEAD, OPTIONS"


def test_one_address_may_ask_so_often_and_another_still_may(world: World) -> None:
    app = world.app(Buckets(3, 0.1))
    greedy, other = TestClient(app, client=("2001:db8::1", 1)), TestClient(app, client=("192.0.2.9", 1))
    neighbour = TestClient(app, client=("2001:db8::2", 1))
    assert [greedy.get("/api/v1/regions").status_code for _ in range(3)] == [200] * 3
    late = neighbour.get("/api/v1/regions")
    assert (late.status_code, late.json()["code"]) == (429, "too_many")
    assert 1 <= int(late.headers["retry-after"]) <= 11
    assert other.get("/api/v1/regions").status_code == 200


# -- how it refuses ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status", "code", "where"),
    [
        ("/openapi.json?x=1", 400, "unknown_parameter", "x"),
        ("/series?indicater=beds", 400, "unknown_parameter", "indicater"),
        ("/series?limit=1&limit=2", 400, "repeated_parameter", "limit"),
        (f"/series?since={'0' * 9000}", 400, "too_long", "query"),
        ("/nowhere", 404, "no_such_address", "path"),
        ("/plans/", 404, "no_such_address", "path"),
        ("/docs", 404, "no_such_address", "path"),
        ("/series?release=3", 404, "unknown_release", "release"),
        ("/releases/3", 404, "unknown_release", "release"),
        ("/plans/chengdu-155", 404, "unknown_plan", "plan"),
        ("/assessments?plan=chengdu-155", 404, "unknown_plan", "plan"),
        ("/series?indicator=bed", 404, "unknown_indicator", "indicator"),
        ("/indicators/bed", 404, "unknown_indicator", "indicator"),
        ("/series?region=999999", 404, "unknown_region", "region"),
        ("/assessments?status=fine", 404, "unknown_status", "status"),
        ("/indicators?domain=magic", 404, "unknown_domain", "domain"),
        ("/series?limit=0", 422, "bad_value", "limit"),
        ("/series?limit=10001", 422, "bad_value", "limit"),
        ("/series?limit=1e3", 422, "bad_value", "limit"),
        ("/series?offset=-1", 422, "bad_value", "offset"),
        ("/series?since=2024", 422, "bad_value", "since"),
        ("/series?until=1700000000", 422, "bad_value", "until"),
        ("/series?until=2023-02-30", 422, "bad_value", "until"),
        ("/series?replaced=yes", 422, "bad_value", "replaced"),
        ("/series?format=xml", 422, "bad_value", "format"),
        ("/series?accumulation=year", 422, "bad_value", "accumulation"),
        ("/series?indicator=beds'%20OR%201=1--", 422, "bad_value", "indicator"),
        ("/series?" + "&".join(["region=510100"] * 101), 422, "bad_value", "region"),
        ("/indicators/..%5Cmanifest.json", 422, "bad_value", "indicator"),
        ("/releases/first", 422, "bad_value", "number"),
        ("/releases/1/changes?since=1", 404, "not_before", "since"),
    ],
)
def test_a_refusal_says_what_where_and_what_to_do(
    client: TestClient, path: str, status: int, code: str, where: str
) -> None:
    assert refused(client, path) == (status, code, where)


def test_everything_that_is_wrong_is_said_at_once(client: TestClient) -> None:
    told = client.get("/api/v1/series?limit=0&colour=red&since=soon").json()
    assert told["code"] == "unknown_parameter"
    assert {(one["code"], one["where"]) for one in told["errors"]} == {
        ("bad_value", "limit"),
        ("unknown_parameter", "colour"),
        ("bad_value", "since"),
    }
    assert "YYYY-MM-DD" in next(one["zh"] for one in told["errors"] if one["where"] == "since")


def test_a_form_that_is_not_there_is_refused(client: TestClient) -> None:
    assert refused(client, "/series", headers={"Accept": "text/html"}) == (406, "not_acceptable", "Accept")
    assert refused(client, "/series", headers={"Accept": "application/json;q=0"})[0] == 406


def test_before_the_first_release_it_says_so(client: TestClient, world: World) -> None:
    world.out = None
    for path in ("/", "/series", "/releases/1", "/sdmx/data.csv"):
        assert refused(client, path) == (503, "no_release", "")
    assert client.get("/api/v1/series").headers["retry-after"]
    assert client.get("/api/v1/openapi.json").status_code == 200


def test_a_question_that_takes_too_long_is_stopped(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(*_: object, **__: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(Snapshot, "ask", slow)
    assert refused(client, "/series") == (503, "slow", "")


def test_nothing_goes_on_being_computed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "SELECT count(*) FROM range(100000000000) a WHERE hash(a.range) % 7 = $seven"
    monkeypatch.setattr(snapshot, "_query", lambda _: endless)
    with pytest.raises(TimeoutError, match="endless: no answer within 0.1 s"):
        world.snapshots[2].ask("endless", within=0.1, seven=8)
    monkeypatch.undo()
    assert world.snapshots[2].ask("info", within=10).height == 1


def test_an_answer_that_is_too_large_is_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "_MOST", 2**20 // 1000)
    assert refused(client, "/regions") == (422, "too_large", "limit")


def test_only_so_many_are_answered_at_once(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "_AT_ONCE", 0)
    assert refused(client, "/regions") == (503, "busy", "")


def test_what_goes_wrong_is_a_number_and_nothing_of_what_lies_behind(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("/srv/zhibiao/store/zhibiao.duckdb")

    monkeypatch.setattr(Snapshot, "ask", broken)
    with caplog.at_level(logging.ERROR, logger="zhibiao"):
        answer = client.get("/api/v1/series")
    assert (answer.status_code, answer.json()["code"]) == (500, "incident")
    assert "duckdb" not in answer.text
    (line,) = [record for record in caplog.records if record.name == "zhibiao"]
    assert line.getMessage().removeprefix("incident ") in answer.json()["en"]


def test_a_packed_body_is_the_body(client: TestClient) -> None:
    with client.stream("GET", SERIES, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert gzip.decompress(raw) == client.get(SERIES, headers={"Accept-Encoding": "identity"}).content
    assert URL.encode() in gzip.decompress(raw)
