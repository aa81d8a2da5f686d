"""SDMX: a tool that knows nothing of us reads structure and data, and has every value the snapshot has."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from dashboard.public.api.sdmx_codes import status_code, time_of, unit_code
from indicators.period import Period
from tests.dashboard.public.api.conftest import REVENUE, World

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import sdmx

DATA, STRUCTURE = "/api/v1/sdmx/data.csv", "/api/v1/sdmx/structure.xml"


@pytest.fixture
def structure(client: TestClient) -> Any:
    answer = client.get(STRUCTURE)
    assert answer.headers["content-type"] == "application/vnd.sdmx.structure+xml; version=3.0.0"
    return sdmx.read_sdmx(io.BytesIO(answer.content), format="XML")


def observations(client: TestClient, structure: Any, **params: Any) -> Iterator[Any]:
    answer = client.get(DATA, params=params or None)
    assert answer.headers["content-type"] == "application/vnd.sdmx.data+csv; version=2.0.0"
    flow = structure.dataflow["INDICATORS"]
    message = sdmx.read_sdmx(io.BytesIO(answer.content), format="CSV", structure=flow)
    for one in message.data:
        assert one.action.name == "information"
        yield from one.obs


def test_the_structure_is_read_with_its_lists_and_concepts(structure: Any, world: World) -> None:
    flow = structure.dataflow["INDICATORS"]
    assert (flow.maintainer.id, flow.version) == ("ZHIBIAO", "1.0.0")
    definition = structure.structure["INDICATORS"]
    assert flow.structure is definition
    assert [one.id for one in definition.dimensions] == [
        "FREQ", "REF_AREA", "INDICATOR", "ACCUMULATION", "TIME_PERIOD",
    ]  # fmt: skip
    assert [one.id for one in definition.measures] == ["OBS_VALUE"]
    listed = {
        one.id: one.local_representation.enumerated.id
        for one in (*definition.dimensions, *definition.attributes)
        if one.local_representation.enumerated is not None
    }
    assert listed["OBS_STATUS"] == "CL_OBS_STATUS"
    assert len(listed) == 8
    catalogue = world.snapshots[2].catalogue
    codes = structure.codelist["CL_INDICATOR"]
    assert {one.id for one in codes} == set(catalogue.indicators)
    assert codes["beds"].name.localizations == {"zh": "医疗卫生机构床位数", "en": "Beds in medical institutions"}
    assert {one.id for one in structure.codelist["CL_AREA"]} == set(catalogue.regions)
    concepts = structure.concept_scheme["CONCEPTS"]
    parts = [*definition.dimensions, *definition.attributes, *definition.measures]
    assert {one.id for one in parts} == {one.id for one in concepts}
    assert all(one.concept_identity is concepts[one.id] for one in parts)


def test_every_observation_is_the_snapshots(client: TestClient, world: World, structure: Any) -> None:
    kept = {
        (row["indicator"], row["region"], row["accumulation"].upper() or "_Z", time_of(row["period"])[1]): row
        for row in world.snapshots[2].figures().iter_rows(named=True)
    }
    found = {}
    for one in observations(client, structure):
        key = {name: value.value for name, value in one.dimension.values.items()}
        attributes = {name: value.value for name, value in one.attached_attribute.items()}
        found[key["INDICATOR"], key["REF_AREA"], key["ACCUMULATION"], key["TIME_PERIOD"]] = (one.value, attributes, key)
    assert found.keys() == kept.keys()
    assert len(found) > 60
    for key, (value, attributes, dimensions) in found.items():
        row = kept[key]
        assert (float(value) if value else None) == row["value"]
        assert attributes["OBS_STATUS"] == status_code(row["missing"], row["vintage"])
        assert attributes["UNIT_MEASURE"] == unit_code(row["unit"])
        assert (attributes["RELEASE"], attributes["DEFINITION"]) == (str(row["release"]), str(row["definition"]))
        assert attributes["DATA_KIND"] == "REAL"
        assert dimensions["FREQ"] == time_of(row["period"])[0]


def test_every_code_is_in_its_list(client: TestClient, structure: Any) -> None:
    definition = structure.structure["INDICATORS"]
    lists = {
        one.id: {code.id for code in one.local_representation.enumerated}
        for one in (*definition.dimensions, *definition.attributes)
        if one.local_representation.enumerated is not None
    }
    rows = list(csv.DictReader(io.StringIO(client.get(DATA).text)))
    assert len(rows) > 60
    for row in rows:
        for name, codes in lists.items():
            assert row[name] in codes, (name, row)


def test_what_is_not_known_has_the_status_that_says_why(client: TestClient) -> None:
    rows = csv.DictReader(io.StringIO(client.get(DATA, params={"indicator": REVENUE, "region": "510100"}).text))
    told = {row["TIME_PERIOD"]: (row["OBS_VALUE"], row["OBS_STATUS"]) for row in rows}
    assert told["2020"] == ("", "Q")
    assert told["2021"] == ("", "M")
    assert told["2022"] == ("", "N")
    assert told["2023-Q1"] == ("200.0", "P")
    assert told["2023-01-01/P9M"] == ("620.5", "A")


def test_a_line_is_one_observation_and_no_text_is_run(client: TestClient) -> None:
    text = client.get(DATA, params={"indicator": REVENUE, "since": "2023-01-01", "region": "510100"}).text
    assert text.count("\n") == 6
    assert "季报 第一页" in text
    assert ",'=季报," in text


def test_an_older_release_and_a_part_can_be_had(client: TestClient, structure: Any) -> None:
    asked = {"indicator": "life-expectancy", "region": "510100", "since": "2021-12-31"}
    assert [one.value for one in observations(client, structure, **asked)] == ["81.9"]
    assert [one.value for one in observations(client, structure, **asked, release=1)] == ["81.76"]
    answer = client.get(DATA, params={"limit": 5})
    assert answer.text.count("\n") == 6
    assert "offset=5" in answer.links["next"]["url"]


@pytest.mark.parametrize(
    ("period", "frequency", "time"),
    [
        ("2024", "A", "2024"),
        ("2024H1", "S", "2024-S1"),
        ("2024Q3", "Q", "2024-Q3"),
        ("2024-03", "M", "2024-03"),
        ("2020-11-01", "D", "2020-11-01"),
        ("2024M1-9", "_O", "2024-01-01/P9M"),
        ("2024M1-5", "_O", "2024-01-01/P5M"),
    ],
)
def test_times_are_written_as_sdmx_writes_them(period: str, frequency: str, time: str) -> None:
    assert time_of(Period.parse(period).code) == (frequency, time)


def test_two_units_never_have_one_code() -> None:
    units = ["", "%", "‰", "张", "张/千人", "1/10万", "亿元", "km", "U_km", "5F20"]
    codes = [unit_code(unit) for unit in units]
    assert len(set(codes)) == len(codes)
    assert all(code.replace("_", "").isalnum() and code.isascii() for code in codes)


def test_the_message_is_xml_of_the_standards_order(client: TestClient) -> None:
    root = ET.fromstring(client.get(STRUCTURE).content)
    names = [child.tag.partition("}")[2] for child in root[1]]
    assert names == ["Codelists", "ConceptSchemes", "Dataflows", "DataStructures"]
