"""Catalogue texts: what is refused, in whose name, and what a catalogue answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from indicators.catalogue import (
    Catalogue,
    CatalogueError,
    CatalogueKind,
    Organisation,
    Region,
    fold,
    parse,
    read_folder,
    write,
)
from indicators.definition import Direction, Range
from indicators.plan import Kind, Operator, Plan
from tests import builders as make

REGIONS = "code,name_zh,name_en,level,parent,partition,aliases,valid_from,valid_to,note\n"
CITY = "510100,成都市,Chengdu,city,,行政区划,成都;蓉城,,,\n"
BODIES = "id,name_zh,name_en,region,short_zh,aliases,parent,valid_from,valid_to,successor\n"
BODY = "health-commission,卫生健康委员会,Health Commission,510100,卫健委,,,,,\n"
Texts = dict[tuple[CatalogueKind, str], str]


def small(**changes: str) -> Texts:
    """A whole catalogue of one of each; `changes` replace a text by its id."""
    texts = {
        (CatalogueKind.REGIONS, "regions"): REGIONS + CITY,
        (CatalogueKind.ORGANISATIONS, "organisations"): BODIES + BODY,
        (CatalogueKind.RULE, "cn-schedule"): write(make.rule()),
        (CatalogueKind.INDICATOR, "beds"): write(make.indicator(owner="health-commission")),
        (CatalogueKind.PLAN, "health-14"): write(make.plan(make.commitment())),
    }
    return {key: changes.pop(key[1].replace("-", "_"), text) for key, text in texts.items()}


def of(texts: Texts) -> Catalogue:
    return Catalogue.of([(kind, name, text) for (kind, name), text in texts.items()])


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return of(small())


# -- texts and values ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "text"), [pytest.param(k, t, id=n) for (k, n), t in small().items()])
def test_a_text_is_written_back_letter_for_letter(kind: CatalogueKind, text: str) -> None:
    assert write(parse(kind, text)) == text


def test_a_written_text_leaves_defaults_out_and_whole_numbers_bare() -> None:
    text = write(make.plan(make.commitment(target_value=8.0)))
    assert "target_value = 8\n" in text
    assert "baseline_definition" not in text
    assert "document_number" not in text


def test_values_come_back_as_they_were() -> None:
    indicator = make.indicator(make.ratio_definition(possible=Range(0, 60.5), comparable=True))
    assert parse(CatalogueKind.INDICATOR, write(indicator)) == indicator


INDICATOR_TEXT = small()[CatalogueKind.INDICATOR, "beds"]
PLAN_TEXT = small()[CatalogueKind.PLAN, "health-14"]
RULE_TEXT = small()[CatalogueKind.RULE, "cn-schedule"]


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("indicator", "id = ", "indicator: not TOML"),
        ("indicator", "id = 1\nid = 2", "indicator: not TOML"),
        ("indicator", 'id = "beds"', "indicator: domain: Field required"),
        ("indicator", INDICATOR_TEXT + "colour = 1\n", "indicator: unknown field definitions.colour"),
        ("indicator", 'colour = "red"\n' + INDICATOR_TEXT, "indicator: unknown field colour"),
        ("indicator", INDICATOR_TEXT.replace('"stock"', '"level"'), r"definitions\.0\.measure: Input should"),
        ("indicator", INDICATOR_TEXT.replace("version = 1", "version = 2"), "definition versions must run 1, 2, …"),
        ("indicator", INDICATOR_TEXT.replace("decimals = 0", "decimals = 9"), "decimals must be 0 to 6, not 9"),
        ("plan", PLAN_TEXT.replace("2025-12-31", "2020-12-31"), "plan health-14: must end after it starts"),
        ("plan", PLAN_TEXT.replace("target_value = 100", 'target_value = "many"'), "should be a valid number"),
        ("plan", PLAN_TEXT.replace("target_value", "target_valeu"), "target"),
        ("rule", RULE_TEXT.replace("nearly_from = 0.95", "nearly_from = 95"), "0 ≤ nearly_from ≤ 1"),
        ("rule", RULE_TEXT.replace("low = 10, low_included = true", "low = 20, low_included = true"), "hole between"),
        ("regions", "", "Region: columns must be code,name_zh"),
        ("regions", BODIES + BODY, "Region: columns must be code,name_zh"),
        ("regions", REGIONS, "Region: there is a header but no row"),
        ("regions", REGIONS + "510100,成都市\n", "Region: line 2 has not 10 cells"),
        ("regions", REGIONS + CITY + CITY.replace("\n", ",more\n"), "Region: line 3 has not 10 cells"),
        ("regions", '"code,name_zh', "Region: line 1: not CSV"),
        ("regions", REGIONS + CITY + '"510100,never closed\n', "Region: line 3: not CSV"),
        ("organisations", REGIONS + CITY, "Organisation: columns must be id,name_zh"),
    ],
)
def test_a_text_that_cannot_be_believed_is_refused(kind: str, text: str, says: str) -> None:
    with pytest.raises(CatalogueError, match=says):
        parse(CatalogueKind(kind), text)


# -- the whole -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"beds": "id = "}, "^beds: indicator: not TOML"),
        ({"beds": INDICATOR_TEXT.replace('"beds"', '"bed"', 1)}, "^beds: the id inside is bed; file and id must agree"),
        ({"beds": write(make.indicator(owner="nobody"))}, "^indicator beds: unknown organisation nobody"),
        ({"beds": write(make.indicator(publisher="nobody"))}, "^indicator beds: unknown organisation nobody"),
        ({"beds": write(make.indicator(part_of="clinics"))}, "^indicator beds: part of unknown clinics"),
        ({"health_14": write(make.plan(issuer="nobody"))}, "^plan health-14: unknown organisation nobody"),
        (
            {"health_14": write(make.plan(make.commitment(lead=("nobody",))))},
            "^plan health-14, beds-2025: unknown organisation nobody",
        ),
        (
            {"health_14": write(make.plan(make.commitment(cooperating=("nobody",))))},
            "^plan health-14, beds-2025: unknown organisation nobody",
        ),
        ({"health_14": write(make.plan(make.commitment(), region="990000"))}, "beds-2025: unknown region 990000"),
        ({"health_14": write(make.plan(make.commitment(region="990000")))}, "beds-2025: unknown region 990000"),
        ({"health_14": write(make.plan(make.commitment(indicator="bets")))}, "beds-2025: unknown indicator bets"),
        ({"health_14": write(make.plan(make.commitment(unit="人次")))}, "beds-2025: 人次 cannot become 张"),
        ({"health_14": write(make.plan(make.commitment(unit="斗")))}, "beds-2025: unknown unit '斗'"),
        (
            {"health_14": write(make.plan(make.commitment(operator=Operator.AT_MOST)))},
            "beds-2025: operator <= contradicts “higher is better”",
        ),
        (
            {"beds": write(make.indicator(make.definition(direction=Direction.LOWER)))},
            "beds-2025: operator >= contradicts “lower is better”",
        ),
        ({"regions": REGIONS + CITY + CITY}, "^regions: a code or id stands twice"),
        ({"organisations": BODIES + BODY + BODY}, "^organisations: a code or id stands twice"),
        (
            {"regions": REGIONS + CITY + "510107,武侯区,Wuhou,district,510100,行政区划,蓉 城,,,\n"},
            "^“蓉 城” stands for both 510100 and 510107",
        ),
    ],
)
def test_a_catalogue_that_contradicts_itself_is_refused(changes: dict[str, str], says: str) -> None:
    with pytest.raises(CatalogueError, match=says):
        of(small(**changes))


def test_a_name_of_two_indicators_is_refused() -> None:
    texts = small() | {(CatalogueKind.INDICATOR, "cots"): write(make.indicator(id="cots", name_en="Cots"))}
    with pytest.raises(CatalogueError, match="“医疗床位数” stands for both beds and cots"):
        of(texts)


def test_a_milestone_needs_no_target_to_compute() -> None:
    done = make.commitment(kind=Kind.MILESTONE, target_value=None, operator=None, unit="")
    assert of(small(health_14=write(make.plan(done)))).plans["health-14"].targets == ()


def test_an_empty_catalogue_is_one() -> None:
    assert Catalogue.of([]) == Catalogue()


# -- asking ----------------------------------------------------------------------------------------------------


def test_a_commitment_of_a_district_overrides_the_plans_region(catalogue: Catalogue) -> None:
    plan = catalogue.plans["health-14"]
    one = plan.commitments[0]
    assert catalogue.region_of(plan, one) == "510100"
    assert catalogue.region_of(plan, replace(one, region="510107")) == "510107"


def test_the_target_of_a_commitment(catalogue: Catalogue) -> None:
    plan = catalogue.plans["health-14"]
    found = catalogue.target(plan, plan.commitments[0])
    assert (found.baseline, found.low, found.d1) == (0.0, 100.0, plan.end)


def test_who_owes_a_commitment(catalogue: Catalogue) -> None:
    plan = catalogue.plans["health-14"]
    one = plan.commitments[0]
    owner = catalogue.owner(plan, one)
    assert owner is not None
    assert owner.id == "health-commission"  # the indicator's
    assert catalogue.owner(plan, replace(one, lead=("health-commission",))) == owner
    assert catalogue.owner(plan, replace(one, indicator="")) is None
    assert catalogue.owner(replace(plan, region="elsewhere"), replace(one, region="elsewhere")) is None


def test_names_are_found_however_they_are_written(catalogue: Catalogue) -> None:
    names = catalogue.indicator_names
    for text in ("beds", "BEDS", "医疗床位数", " 医疗 床位数", "Hospital beds", "hospitalbeds", "\uff22EDS"):
        assert names[fold(text)] == "beds"
    for text in ("成都", "蓉城", "510100", "\uff1510100", "chengdu"):
        assert catalogue.region_names[fold(text)] == "510100"
    assert "" not in names


def test_names_in_two_languages() -> None:
    region = Region("510100", "成都市", "Chengdu", "city")
    body = Organisation("x", "卫生健康委员会", "Health Commission", "510100")
    assert (region.name(), region.name("en"), region.names()) == ("成都市", "Chengdu", ("510100", "成都市", "Chengdu"))
    assert (body.name(), body.name("en"), replace(body, short_zh="卫健委").name()) == (
        "卫生健康委员会",
        "Health Commission",
        "卫健委",
    )


def test_a_folder_is_read_in_a_fixed_order(tmp_path: Path) -> None:
    texts = small()
    (tmp_path / "regions.csv").write_text(texts[CatalogueKind.REGIONS, "regions"], encoding="utf-8")
    (tmp_path / "organisations.csv").write_text(texts[CatalogueKind.ORGANISATIONS, "organisations"], encoding="utf-8")
    for folder in ("rules", "plans", "indicators/health"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "rules" / "cn-schedule.toml").write_text(RULE_TEXT, encoding="utf-8")
    (tmp_path / "indicators" / "health" / "beds.toml").write_text(INDICATOR_TEXT, encoding="utf-8")
    (tmp_path / "plans" / "health-14.toml").write_text(PLAN_TEXT, encoding="utf-8")
    found = read_folder(tmp_path)
    assert found == [(kind, name, text) for (kind, name), text in texts.items()]
    plan = Catalogue.of(found).plans["health-14"]
    assert isinstance(plan, Plan)
