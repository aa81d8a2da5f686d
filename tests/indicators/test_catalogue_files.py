"""The shipped catalogue: every file parses, says what its document says, and names nothing twice."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pytest

from indicators.catalogue import Catalogue, CatalogueKind, fold, parse, read_folder, write
from indicators.definition import MeasureType
from indicators.period import Period
from indicators.plan import Attribute, Commitment, Kind, Operator, Plan
from indicators.units import convert, known

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "data"
SEEDS = ROOT.parent / "shared" / "seeds"

FILES = read_folder(DATA)
PLANS = sorted(path.stem for path in (DATA / "plans").glob("*.toml"))
ACTUALS = list(csv.DictReader((DATA / "actuals" / "published.csv").read_text(encoding="utf-8").splitlines()))

BINDING, ANTICIPATORY = Attribute.BINDING, Attribute.ANTICIPATORY
AT_LEAST, EQUAL, MAINTAIN = Operator.AT_LEAST, Operator.EQUAL, Operator.MAINTAIN

# 专栏1 as printed: name, 2020, 2025, operator, 指标属性
TABLE = [
    ("人均预期寿命", 81.52, 82.42, AT_LEAST, ANTICIPATORY),
    ("每千人口医疗卫生机构床位数", 7.34, 8.30, AT_LEAST, ANTICIPATORY),
    ("其中,市办及以上公立医院", 1.93, 2.16, AT_LEAST, ANTICIPATORY),
    ("其中,县办公立医院及基层医疗卫生机构", 2.60, 2.90, AT_LEAST, ANTICIPATORY),
    ("每千人口中医医院床位数", 0.78, 0.98, AT_LEAST, ANTICIPATORY),
    ("每千人口精神科床位数", 0.52, 0.78, AT_LEAST, ANTICIPATORY),
    ("每千人口拥有执业(助理)医师数", 3.46, 4.48, AT_LEAST, BINDING),
    ("每千常住人口拥有注册护士数", 4.44, 5.81, AT_LEAST, BINDING),
    ("每千常住人口药师(士)数", 0.45, 0.54, AT_LEAST, ANTICIPATORY),
    ("每万人口全科医师数", 3.38, 4.00, AT_LEAST, BINDING),
    ("社区日间照料机构覆盖率", 85, 95, AT_LEAST, ANTICIPATORY),
    ("具备医养结合服务能力的养老机构占比", 19, 30, AT_LEAST, ANTICIPATORY),
    ("每千人口拥有婴幼儿托位数", 2.64, 4.74, AT_LEAST, ANTICIPATORY),
    ("养老机构护理型床位占比", 35, 60, AT_LEAST, BINDING),
    ("国家体育消费示范城市", None, 1, EQUAL, BINDING),
    ("国家体育旅游示范基地", None, 2, EQUAL, ANTICIPATORY),
    ("接待游客总人次", 2, 3.5, AT_LEAST, ANTICIPATORY),
    ("国家级省级全域旅游示范区", 9, 16, AT_LEAST, ANTICIPATORY),
    ("重点人群家庭医生签约服务率", 70, 70, MAINTAIN, ANTICIPATORY),
]
PRINTED_UNITS = {  # the unit cell is filled in these five rows only
    "day-care-coverage": "%",
    "medical-elderly-care-share": "%",
    "nursing-beds-share": "%",
    "visitors": "亿人次",
    "family-doctor-signup-rate": "%",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.of(FILES)


@pytest.fixture(scope="module")
def chengdu(catalogue: Catalogue) -> Plan:
    return catalogue.plans["chengdu-145"]


@pytest.fixture(scope="module")
def table(chengdu: Plan) -> list[Commitment]:
    """The rows of 专栏1, in the plan's order."""
    return [c for c in chengdu.commitments if c.quotes[0].section.endswith("专栏1")]


# -- files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "text"), [pytest.param(k, t, id=f"{k}-{n}") for k, n, t in FILES])
def test_file_is_written_back_letter_for_letter(kind: CatalogueKind, text: str) -> None:
    assert write(parse(kind, text)) == text


SHIPPED = sorted(p for p in DATA.rglob("*") if p.suffix in (".toml", ".csv") and "examples" not in p.parts)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda p: p.name)
def test_file_is_plain_utf8(path: Path) -> None:
    raw = path.read_bytes()
    raw.decode("utf-8")
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")


def test_an_indicator_lies_in_the_folder_of_its_domain(catalogue: Catalogue) -> None:
    for path in (DATA / "indicators").glob("*/*.toml"):
        assert catalogue.indicators[path.stem].domain == path.parent.name


def test_a_quote_is_a_verbatim_part_of_its_document(catalogue: Catalogue) -> None:
    if not SEEDS.is_dir():
        pytest.skip(f"the plan documents are not beside the repository: {SEEDS}")
    assert PLANS
    for plan in catalogue.plans.values():
        document = (SEEDS / f"{plan.seed}.txt").read_text(encoding="utf-8")
        headings = {" ".join(line.split()) for line in document.splitlines()}
        for commitment in plan.commitments:
            for quote in commitment.quotes:
                assert quote.text in document, f"{plan.id}, {commitment.id}: {quote.text!r}"
                for heading in quote.section.split(" > "):
                    assert any(h.startswith(heading) for h in headings), f"{plan.id}, {commitment.id}: {heading!r}"


# -- the Chengdu plan --------------------------------------------------------------------------------------


def test_the_table_stands_as_printed_and_in_order(table: list[Commitment]) -> None:
    assert [(c.name_zh, c.baseline_value, c.target_value, c.operator, c.attribute) for c in table] == TABLE
    assert {c.target_year for c in table} == {2025}
    assert {c.baseline_year for c in table} == {2020, None}


def test_a_unit_is_marked_supplied_where_the_cell_is_empty(table: list[Commitment]) -> None:
    assert {c.id: c.unit for c in table if not c.unit_supplied} == PRINTED_UNITS
    assert all(c.unit for c in table)


def test_the_counts_of_binding_and_anticipatory_rows(chengdu: Plan, table: list[Commitment]) -> None:
    assert sum(c.attribute is BINDING for c in table) == 5
    assert sum(c.attribute is ANTICIPATORY for c in table) == 14
    assert all(c.attribute is None for c in chengdu.commitments if c not in table)


def test_the_two_empty_baselines_stay_empty(table: list[Commitment]) -> None:
    empty = [c for c in table if c.baseline_value is None]
    assert [c.id for c in empty] == ["sports-consumption-cities", "sports-tourism-bases"]
    assert all(c.baseline_year is None for c in empty)


def test_the_two_parts_belong_to_the_total(catalogue: Catalogue, table: list[Commitment]) -> None:
    parts = [c for c in table if c.name_zh.startswith("其中")]
    assert len(parts) == 2
    for part in parts:
        assert part.part_of == "beds-per-1000"
        assert catalogue.indicators[part.indicator].part_of == "beds-per-1000"
    total = next(c for c in table if c.id == "beds-per-1000")
    assert sum(c.baseline_value or 0 for c in parts) <= (total.baseline_value or 0)
    assert sum(c.target_value or 0 for c in parts) <= (total.target_value or 0)


def test_the_blood_donation_rate_is_kept_and_flagged(chengdu: Plan) -> None:
    rate = chengdu.commitment("blood-donation-rate")
    assert (rate.target_value, rate.unit, rate.operator) == (25, "%", AT_LEAST)
    assert "‰" in rate.suspicious_zh
    assert rate.suspicious_en


@pytest.mark.parametrize(
    ("commitment", "value", "unit"),
    [
        ("hundred-billion-zones", 3, "个"),
        ("township-village-coverage", 100, "%"),
        ("quality-nursing-coverage", 100, "%"),
        ("clinical-pathway-tertiary", 50, "%"),
        ("clinical-pathway-secondary", 70, "%"),
        ("inclusive-childcare-share", 50, "%"),
        ("health-literacy", 34, "%"),
        ("tcm-preventive-departments", 100, "%"),
    ],
)
def test_targets_of_the_running_text(chengdu: Plan, commitment: str, value: float, unit: str) -> None:
    found = chengdu.commitment(commitment)
    assert (found.kind, found.target_value, found.unit, found.operator, found.target_year) == (
        Kind.TARGET,
        value,
        unit,
        AT_LEAST,
        2025,
    )
    assert "到2025年" in found.quotes[0].text or "规划未写明年份" in found.note_zh


def test_childcare_places_stand_in_two_places(chengdu: Plan) -> None:
    quotes = chengdu.commitment("childcare-places-per-1000").quotes
    assert [q.section.split(" > ")[-1] for q in quotes] == ["专栏1", "第一节 医疗卫生"]
    assert all("4.74" in q.text for q in quotes)


@pytest.mark.parametrize(
    ("commitment", "value", "unit"),
    [
        ("tertiary-institutions", 91, "家"),
        ("tertiary-institutions-increase", 39, "家"),
        ("beds", 15.37, "万张"),
        ("doctors", 7.24, "万人"),
        ("nurses", 9.3, "万人"),
        ("beds-growth", 34, "%"),
        ("doctors-growth", 44.22, "%"),
        ("nurses-growth", 56.04, "%"),
        ("private-beds-share", 32.25, "%"),
        ("private-visits-share", 34.58, "%"),
        ("medical-elderly-beds", 30332, "张"),
        ("sports-area-per-capita", 2.17, "平方米"),
        ("exercise-population-share", 48.6, "%"),
        ("biomedicine-fund", 247.5, "亿元"),
    ],
)
def test_values_the_plan_states_of_its_past(chengdu: Plan, commitment: str, value: float, unit: str) -> None:
    found = chengdu.commitment(commitment)
    assert (found.kind, found.value, found.unit, found.value_year) == (Kind.ACTUAL, value, unit, 2020)


def test_milestones_have_a_date(chengdu: Plan) -> None:
    milestones = [c for c in chengdu.commitments if c.kind is Kind.MILESTONE]
    assert "childcare-15-minutes" in {c.id for c in milestones}
    assert all(c.due == date(2025, 12, 31) for c in milestones)


def test_commitments_follow_the_document(chengdu: Plan) -> None:
    if not SEEDS.is_dir():
        pytest.skip(f"the plan documents are not beside the repository: {SEEDS}")
    document = (SEEDS / f"{chengdu.seed}.txt").read_text(encoding="utf-8")
    ends = [document.index(c.quotes[0].text) + len(c.quotes[0].text) for c in chengdu.commitments]
    assert ends == sorted(ends)


# -- published figures -------------------------------------------------------------------------------------


def _id(row: dict[str, str]) -> str:
    return f"{row['region']}-{row['indicator']}-{row['period']}"


@pytest.mark.parametrize("row", ACTUALS, ids=_id)
def test_a_published_figure_can_be_read(catalogue: Catalogue, row: dict[str, str]) -> None:
    assert catalogue.region_names[fold(row["region"])] in catalogue.regions
    indicator = catalogue.indicators[catalogue.indicator_names[fold(row["indicator"])]]
    period = Period.parse(row["period"])
    definition = indicator.definition_at(period.end)
    assert convert(float(row["value"]), row["unit"], definition.unit) in definition.possible
    flow = definition.measure is MeasureType.FLOW
    assert row["accumulation"] == ("本年累计" if flow else "")
    assert not flow or period.to_date
    assert row["source"]
    assert row["confidence"] in ("H", "M", "L")
    if row["published_on"]:
        assert date.fromisoformat(row["published_on"]) > period.end


def test_figures_per_10_000_and_per_1000_are_one_indicator(catalogue: Catalogue) -> None:
    names = catalogue.indicator_names
    assert names[fold("每万人口卫生机构床位")] == names[fold("每千人口医疗卫生机构床位数")] == "beds-per-1000"
    assert convert(56.62, "张/万人", catalogue.indicators["beds-per-1000"].current.unit) == 5.662


def test_the_census_breaks_the_population_series(catalogue: Catalogue) -> None:
    population = catalogue.indicators["resident-population"]
    assert [d.version for d in population.definitions] == [1, 2]
    assert not population.comparable_between(1, 2)
    assert population.definition_at(date(2019, 12, 31)).version == 1
    assert population.definition_at(date(2020, 11, 1)).version == 2


def test_the_plan_agrees_with_the_published_figures(catalogue: Catalogue, chengdu: Plan) -> None:
    stated = {(c.indicator, c.value_year): (c.value, c.unit) for c in chengdu.commitments if c.value is not None}
    both = 0
    for row in ACTUALS:
        key = (catalogue.indicator_names[fold(row["indicator"])], Period.parse(row["period"]).end.year)
        if row["region"] == chengdu.region and key in stated:
            both += 1
            assert stated[key] == (float(row["value"]), row["unit"])
    assert both == 4  # beds, doctors, nurses, sports area


# -- names and units ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "things",
    [lambda c: c.indicators.values(), lambda c: c.regions.values()],
    ids=["indicators", "regions"],
)
def test_no_name_stands_for_two_things(catalogue: Catalogue, things: Callable[[Catalogue], Iterable]) -> None:
    owner: dict[str, str] = {}
    for thing in things(catalogue):
        for name in {fold(n) for n in thing.names()}:
            assert name
            assert name not in owner, f"{name} stands for {owner[name]} and {thing.name_zh}"
            owner[name] = thing.name_zh


def test_no_organisation_name_stands_for_two(catalogue: Catalogue) -> None:
    owner: dict[str, str] = {}
    for body in catalogue.organisations.values():
        texts = (body.id, body.name_zh, body.name_en, body.short_zh, *body.aliases.split(";"))
        for name in {fold(n) for n in texts if n}:
            assert name not in owner, f"{name} stands for {owner[name]} and {body.id}"
            owner[name] = body.id


def test_every_region_hangs_under_a_known_one(catalogue: Catalogue) -> None:
    for region in catalogue.regions.values():
        assert region.parent in catalogue.regions or region.level == "nation"
        assert region.partition == ("管理口径" if region.level == "zone" else "行政区划" if region.parent else "")


@pytest.mark.parametrize(
    ("city", "districts", "zones"), [("510100", 20, 3), ("440100", 11, 0), ("450200", 10, 2), ("130300", 7, 2)]
)
def test_the_districts_of_a_city(catalogue: Catalogue, city: str, districts: int, zones: int) -> None:
    levels = [r.level for r in catalogue.regions.values() if r.parent == city]
    assert (levels.count("district"), levels.count("zone"), len(levels)) == (districts, zones, districts + zones)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("锦江", "510104"),
        ("新津县", "510118"),
        ("510132", "510118"),
        ("郫县", "510117"),
        ("萝岗区", "440112"),
        ("抚宁县", "130306"),
        ("融水县", "450225"),
        ("北戴河", "130304"),
        ("北戴河新区", "130372"),
        ("Jinjiang District", "510104"),
        ("锦 江 区", "510104"),
    ],
)
def test_a_region_is_found_by_its_other_names(catalogue: Catalogue, name: str, code: str) -> None:
    assert catalogue.region_names[fold(name)] == code


def test_every_unit_can_be_measured_in(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        for definition in indicator.definitions:
            assert known(definition.unit), f"{indicator.id}: {definition.unit}"
            assert definition.unit_en, indicator.id
            for part in filter(None, (definition.numerator, definition.denominator)):
                assert known(part.unit), f"{indicator.id}: {part.unit}"


def test_every_statement_of_the_plans_converts_to_its_indicator(catalogue: Catalogue) -> None:
    for plan in catalogue.plans.values():
        for commitment in plan.commitments:
            if commitment.unit:
                assert known(commitment.unit), f"{plan.id}, {commitment.id}: {commitment.unit}"
            if commitment.indicator and commitment.unit:
                convert(1.0, commitment.unit, catalogue.indicators[commitment.indicator].current.unit)


def test_every_indicator_says_what_it_is_in_both_languages(catalogue: Catalogue) -> None:
    for indicator in catalogue.indicators.values():
        assert indicator.owner
        assert indicator.publisher
        assert indicator.reviewed
        assert bool(indicator.note_zh) == bool(indicator.note_en), indicator.id
        assert all(d.text_zh and d.text_en for d in indicator.definitions), indicator.id


def test_every_commitment_is_named_in_both_languages(catalogue: Catalogue) -> None:
    for plan in catalogue.plans.values():
        for commitment in plan.commitments:
            assert commitment.name_zh
            assert commitment.name_en
            assert bool(commitment.note_zh) == bool(commitment.note_en), commitment.id
            assert bool(commitment.suspicious_zh) == bool(commitment.suspicious_en), commitment.id
