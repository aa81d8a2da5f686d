"""What each resource answers, and that nothing but what was released is in any answer."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import pytest
from starlette.testclient import TestClient

from tests.dashboard.public.api.conftest import REVENUE, SECRETS, URL, Get, World

EVERYWHERE = ("", "/releases", "/releases/1", "/releases/2", "/releases/2/changes?since=0", "/plans", "/indicators")
EVERYWHERE += ("/plans/chengdu-145", f"/indicators/{REVENUE}", "/indicators/beds", "/regions", "/assessments")
EVERYWHERE += ("/series?replaced=true", "/series?release=1", "/openapi.json")
SDMX = ("/sdmx/data.csv", "/sdmx/structure.xml")


def table(client: TestClient, path: str, **params: Any) -> list[dict[str, str]]:
    bare, _, query = path.partition("?")
    answer = client.get(f"/api/v1{bare}", params={**dict(parse_qsl(query)), "format": "csv", **params})
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("path", [*EVERYWHERE, *SDMX])
def test_E23_what_was_not_released_or_is_nobodys_business_is_in_no_answer(client: TestClient, path: str) -> None:
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == 200
    assert [word for word in SECRETS if word in answer.text] == []


@pytest.mark.parametrize("path", [path for path in EVERYWHERE if path != "/openapi.json"])
def test_every_answer_says_of_which_release_it_is(client: TestClient, get: Get, path: str) -> None:
    told = get(path)
    named = 1 if path in ("/releases/1", "/series?release=1") else 2
    assert told["release"]["number"] == named
    assert date.fromisoformat(told["release"]["released_on"]) > date(2026, 1, 1)
    assert told["release"]["address"] == f"{URL}releases/{named}/"
    again = client.get(told["permanent"].removeprefix(URL.rstrip("/")))
    assert again.json() == told
    for row in table(client, path)[:3]:
        assert (row["of_release"], row["release_address"]) == (str(named), f"{URL}releases/{named}/")


def test_the_root_leads_to_everything(client: TestClient, get: Get) -> None:
    told = get("/")
    assert [link["name"] for link in told["data"]][:3] == ["releases", "release", "changes"]
    assert all(link["href"].startswith(f"{URL}api/v1/") and link["zh"] and link["en"] for link in told["data"])
    assert client.get("/api/v1/").json() == told
    plain = [link["href"].partition("{")[0] for link in told["data"] if "/{" not in link["href"]]
    assert len(plain) > 7
    assert {client.get(there.removeprefix(URL.rstrip("/"))).status_code for there in plain} == {200}


def test_releases_come_newest_first(get: Get) -> None:
    newest, first = get("/releases")["data"]
    assert (newest["number"], newest["note"], newest["corrections"]) == (2, "2021年人均预期寿命更正", 1)
    assert first["number"] == 1
    assert first["released_at"].endswith("Z")


def test_a_release_tells_what_it_corrected(get: Get, world: World) -> None:
    told = get("/releases/2")["data"]
    assert told["digest"] == world.snapshots[2].digest
    (correction,) = [one for one in told["changes"] if one["kind"] == "correction"]
    assert (correction["before_value"], correction["after_value"]) == (81.76, 81.9)
    assert (correction["indicator_zh"], correction["unit"]) == ("人均预期寿命", "岁")
    assert correction["reason"] == "2021年人均预期寿命更正"
    assert get("/releases/1")["data"]["changes"] == []


def test_two_releases_are_compared(get: Get, world: World) -> None:
    told = get("/releases/2/changes", since=0)
    corrections, statuses = world.snapshots[2].corrections(), world.snapshots[2].status_changes()
    assert (told["corrections"], told["status_changes"]) == (corrections.height, statuses.height)
    assert [one["after_value"] for one in told["data"] if one["kind"] == "correction"] == [81.9]
    rows = [one for one in told["data"] if one["kind"] == "status_change"]
    assert {(row["commitment"], row["region"], ",".join(row["causes"])) for row in rows} == set(
        statuses.select("commitment", "region", "causes").iter_rows()
    )
    assert all(row["before_zh"] and row["after_en"] for row in rows)


def test_a_plan_has_its_targets_with_quotes(get: Get, client: TestClient) -> None:
    told = get("/plans/chengdu-145")["data"]
    assert told["title_zh"].startswith("成都市")
    assert told["targets"] == len(told["promises"]) == len(table(client, "/plans/chengdu-145"))
    assert all(promise["quotes"][0]["text"] for promise in told["promises"])
    beds = next(one for one in told["promises"] if one["indicator"] == "beds-per-1000")
    assert (beds["target_value"], beds["unit"], beds["operator"], beds["due"]) == (8.3, "张/千人", ">=", "2025-12-31")


def test_indicators_are_found_by_domain_plan_and_words(get: Get, world: World) -> None:
    every = get("/indicators")
    assert every["page"]["total"] == len(world.snapshots[2].catalogue.indicators)
    assert {one["domain"] for one in get("/indicators", domain="sports")["data"]} == {"sports"}
    assert "beds-per-1000" in {one["id"] for one in get("/indicators", plan="chengdu-145")["data"]}
    found = get("/indicators", q="LIFE expectancy")["data"]
    assert [one["id"] for one in found] == ["life-expectancy"]
    assert (found[0]["name_zh"], found[0]["unit"], found[0]["unit_en"]) == ("人均预期寿命", "岁", "years")
    assert found[0]["figures"] == world.snapshots[2].figures(indicators=["life-expectancy"]).height > 2


def test_an_indicator_has_its_definitions_and_targets(get: Get) -> None:
    told = get("/indicators/life-expectancy")["data"]
    assert told["definitions"][0]["version"] == 1
    assert told["definitions"][0]["text_zh"]
    assert "chengdu-145" in {one["plan"] for one in told["promises"]}


def test_figures_are_narrowed(get: Get) -> None:
    def periods(**params: Any) -> list[str]:
        return [one["period"] for one in get("/series", indicator=REVENUE, region="510100", **params)["data"]]

    assert periods(since="2023-01-01", until="2023-06-30") == ["2023Q1", "2023-05", "2023H1"]
    assert periods(accumulation="month") == ["2023-05"]
    assert periods(accumulation="none") == []
    several = get("/series", indicator=[REVENUE, "beds"], region=["510100", "440100"])["data"]
    assert {one["indicator"] for one in several} == {REVENUE, "beds"}
    assert {one["region"] for one in several} == {"510100", "440100"}


def test_a_figure_without_a_value_says_why_and_a_suppressed_one_no_more_than_that(get: Get) -> None:
    found = {one["period"]: one for one in get("/series", indicator=REVENUE, region="510100")["data"]}
    lacks = {period: one["missing"] for period, one in found.items() if one["value"] is None}
    assert lacks == {"2020": "suppressed", "2021": "not_applicable", "2022": "below_unit"}
    assert (found["2020"]["source"], found["2020"]["vintage"]) == ("", "")


def test_what_was_replaced_is_told_only_when_asked_for(get: Get) -> None:
    asked = {"indicator": "life-expectancy", "region": "510100", "since": "2021-12-31"}
    (now,) = get("/series", **asked)["data"]
    assert (now["value"], now["vintage"], now["release"], now["replaced_by"]) == (81.9, "revised", 2, None)
    before, after = get("/series", **asked, replaced="true")["data"]
    assert (before["value"], before["release"], before["replaced_by"]) == (81.76, 1, 2)
    assert after == now


def test_an_older_release_says_what_it_said(get: Get) -> None:
    (told,) = get("/series", indicator="life-expectancy", region="510100", since="2021-12-31", release=1)["data"]
    assert (told["value"], told["replaced_by"]) == (81.76, None)


def test_judgements_are_narrowed(get: Get) -> None:
    every = get("/assessments", plan="chengdu-145")["data"]
    assert {one["plan"] for one in every} == {"chengdu-145"}
    (life,) = [one for one in every if one["indicator"] == "life-expectancy"]
    assert (life["value"], life["unit"], life["period"]) == (81.9, "岁", "2021")
    assert life["status_zh"]
    same = get("/assessments", indicator="life-expectancy", region="510100", status=life["status"])["data"]
    assert life in same
    then = get("/assessments", plan="chengdu-145", indicator="life-expectancy", release=1)["data"]
    assert [one["value"] for one in then] == [81.76]


def test_a_list_comes_in_pages_that_see_one_release(client: TestClient, world: World, get: Get) -> None:
    whole = [(one["indicator"], one["region"], one["period"]) for one in get("/series")["data"]]
    found, there = [], "/api/v1/series?limit=7"
    world.out = 2
    while there:
        answer = client.get(there)
        told = answer.json()
        found += [(one["indicator"], one["region"], one["period"]) for one in told["data"]]
        assert told["page"]["total"] == int(answer.headers["x-total-count"]) == len(whole)
        there = answer.links.get("next", {}).get("url", "")
        assert there == (told["page"]["next"] or "")
        assert not there or "release=2" in there
        there = there.removeprefix(URL.rstrip("/"))
    assert found == whole
    assert len(whole) > 60


def test_every_value_is_the_snapshots_in_json_and_as_a_table(world: World, get: Get, client: TestClient) -> None:
    kept = world.snapshots[2].figures(replaced=True)
    names = kept.columns
    told = get("/series", replaced="true")["data"]
    rows = table(client, "/series", replaced="true")
    assert len(told) == len(rows) == kept.height > 60
    for mine, json, row in zip(kept.iter_rows(named=True), told, rows, strict=True):
        hidden = {"source": "", "vintage": ""} if mine["missing"] == "suppressed" else {}
        for name in names:
            said = hidden.get(name, mine[name])
            said = said.isoformat() if isinstance(said, date) else said
            assert json[name] == said, (name, mine)
            shown = "" if said is None else f"'{said}" if str(said).startswith("=") else str(said)
            assert row[name] == shown, (name, mine)


def test_every_judgement_is_the_snapshots(world: World, get: Get) -> None:
    kept = world.snapshots[2].assessments()
    told = get("/assessments")["data"]
    assert len(told) == kept.height > 50
    key = ("plan", "commitment", "indicator", "region")
    by_key = {tuple(one[name] for name in key): one for one in told}
    for mine in kept.iter_rows(named=True):
        one = by_key[tuple(mine[name] for name in key)]
        for name, said in mine.items():
            assert one[name] == (said.isoformat() if isinstance(said, date) else said), name


def test_a_table_has_its_header_where_it_has_no_row(client: TestClient) -> None:
    answer = client.get("/api/v1/series", params={"indicator": REVENUE, "until": "1990-01-01", "format": "csv"})
    assert answer.text.lstrip("\ufeff").startswith("indicator,indicator_zh,indicator_en,region")
    assert answer.text.count("\n") == 1


def test_text_that_a_spreadsheet_would_run_is_harmless(client: TestClient) -> None:
    (row,) = table(client, "/series", indicator=REVENUE, since="2023-06-30", until="2023-06-30")
    assert row["source"] == "'=季报"
