"""Who owes what: which indicators and matters stand on an organisation's return of a period."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from indicators.catalogue import Catalogue, Organisation, Region
from indicators.definition import Frequency
from indicators.period import Period
from indicators.plan import Commitment, Kind
from ingest.form.forms import Due
from ingest.form.owed import Duties, duties, find_organisation
from ingest.submission import Refused
from tests.builders import commitment, definition, indicator, plan
from tests.conftest import Texts

CITY, DISTRICT = "510100", "510104"
ORGANISATIONS = [
    Organisation("health", "某市卫健委", "Health", CITY, "市卫健委", "卫健委"),
    Organisation("health-old", "某市卫生局", "Health bureau", CITY, successor="health"),
    Organisation("health-older", "某市防疫站", "Sanitation", CITY, successor="health-old"),
    Organisation("finance", "某市财政局", "Finance", CITY),
    Organisation("districts", "各区政府", "Districts", CITY),
    Organisation("jinjiang", "锦江区政府", "Jinjiang", DISTRICT, parent="districts"),
    Organisation("office", "某市卫健委办公室", "Its office", CITY, parent="health"),
]
Q1, Q4, YEAR = Period.quarter(2024, 1), Period.quarter(2024, 4), Period.year(2024)


def world(*commitments: Commitment, frequency: Frequency = Frequency.QUARTER, **more: Any) -> Catalogue:
    """One plan 2021–2025 of these commitments; `beds` is owned by `health`."""
    beds = indicator(definition(frequency=frequency, **more), owner="health")
    nurses = indicator(definition(frequency=frequency), id="nurses", name_zh="护士数", name_en="Nurses", domain="staff")
    made = plan(*commitments, issuer="finance")
    return Catalogue(
        indicators={"beds": beds, "nurses": nurses},
        plans={made.id: made},
        regions={code: Region(code, code, code, "city") for code in (CITY, DISTRICT)},
        organisations={o.id: o for o in ORGANISATIONS},
    )


def owed(catalogue: Catalogue, organisation: str, period: Period = Q1, *, due: date = date(2024, 4, 5)) -> Duties:
    return duties(catalogue, catalogue.organisations[organisation], period, due=Due(due, 12))


def codes(found: Duties) -> list[tuple[str, bool]]:
    return [(row.code, row.optional) for row in found.rows]


def test_the_owner_of_an_indicator_owes_it() -> None:
    catalogue = world(commitment())
    assert codes(owed(catalogue, "health")) == [("beds@510100", False)]
    assert codes(owed(catalogue, "finance")) == []


def test_a_lead_owes_it_instead_and_the_others_may_leave_it_empty() -> None:
    catalogue = world(commitment(lead=("finance", "health"), cooperating=("jinjiang",)))
    assert codes(owed(catalogue, "finance")) == [("beds@510100", False)]
    assert codes(owed(catalogue, "health")) == [("beds@510100", True)]
    assert codes(owed(catalogue, "jinjiang")) == [("beds@510100", True)]


def test_a_successor_owes_what_its_predecessors_led() -> None:
    catalogue = world(commitment(lead=("health-older",)))
    assert codes(owed(catalogue, "health")) == [("beds@510100", False)]
    assert codes(owed(catalogue, "health-old")) == [("beds@510100", False)]
    assert not owed(catalogue, "finance").rows


def test_a_member_of_a_group_answers_for_its_own_place() -> None:
    catalogue = world(commitment(cooperating=("districts",)))
    assert codes(owed(catalogue, "jinjiang")) == [("beds@510104", True)]
    assert not owed(world(commitment(lead=("health",))), "office").rows


def test_an_indicator_stands_once_per_region() -> None:
    again = commitment(id="again", target_year=2024, target_value=90.0, cooperating=("finance",))
    there = commitment(id="there", region=DISTRICT, lead=("health",))
    copied = commitment(id="copied", duplicate_of="beds-2025", region="999999")
    catalogue = world(commitment(), again, there, copied)
    assert codes(owed(catalogue, "health")) == [("beds@510100", False), ("beds@510104", False)]


def test_an_optional_row_that_is_also_required_is_required() -> None:
    catalogue = world(commitment(lead=("finance",), cooperating=("health",)), commitment(id="own"))
    assert codes(owed(catalogue, "health")) == [("beds@510100", False)]


@pytest.mark.parametrize(
    ("frequency", "period", "expected"),
    [
        (Frequency.QUARTER, Q1, [("beds@510100", False)]),
        (Frequency.QUARTER, YEAR, [("beds@510100", False)]),
        (Frequency.YEAR, Q1, []),
        (Frequency.YEAR, Q4, [("beds@510100", False)]),
        (Frequency.YEAR, YEAR, [("beds@510100", False)]),
        (Frequency.EVENT, Q1, [("beds@510100", True)]),
    ],
)
def test_what_is_due_depends_on_how_often(
    frequency: Frequency, period: Period, expected: list[tuple[str, bool]]
) -> None:
    assert codes(owed(world(commitment(), frequency=frequency), "health", period)) == expected


@pytest.mark.parametrize(("days", "optional"), [(7, False), (8, True)])
def test_a_yearly_figure_due_after_the_quarterly_form_may_wait(days: int, optional: bool) -> None:
    catalogue = world(commitment(), frequency=Frequency.YEAR, due_days=days)
    assert codes(owed(catalogue, "health", Q4, due=date(2025, 1, 7))) == [("beds@510100", optional)]
    assert codes(owed(catalogue, "health", YEAR, due=date(2025, 1, 7))) == [("beds@510100", False)]


@pytest.mark.parametrize(("period", "due"), [("2020Q4", False), ("2021Q1", True), ("2025Q4", True), ("2026Q1", False)])
def test_a_plan_asks_only_while_it_runs(period: str, due: bool) -> None:
    found = owed(world(commitment()), "health", Period.parse(period))
    assert (bool(found.rows), bool(found.plans)) == (due, due)


def test_rows_of_a_domain_stand_together_in_the_plans_order() -> None:
    nurses = commitment(id="nurses", indicator="nurses", lead=("health",))
    there = commitment(id="there", region=DISTRICT, lead=("health",))
    found = owed(world(nurses, commitment(), there), "health")
    assert [row.code for row in found.rows] == ["nurses@510100", "beds@510100", "beds@510104"]


def matter(kind: Kind, **more: Any) -> Commitment:
    bare = {"indicator": "", "operator": None, "target_value": None, "target_year": None, "baseline_value": None}
    return commitment(**{**bare, "baseline_year": None, "kind": kind, "lead": ("health",), **more})


def test_milestones_and_tasks_that_it_leads() -> None:
    led = [matter(Kind.MILESTONE, id="a", target_year=2023), matter(Kind.TASK, id="b")]
    day = matter(Kind.TASK, id="c", target_date=date(2024, 6, 30))
    others = [matter(Kind.PROJECT, id="d"), matter(Kind.TASK, id="e", lead=("finance",), cooperating=("health",))]
    catalogue = world(*led, day, *others, matter(Kind.TASK, id="f", duplicate_of="b"))
    found = owed(catalogue, "health")
    assert [m.code for m in found.matters] == ["health-14/a", "health-14/b", "health-14/c"]
    assert [m.deadline for m in found.matters] == ["2023年底前", "规划期内(2025年底前)", "2024年6月30日前"]
    assert [p.id for p in found.plans] == ["health-14"]


# -- names -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped_catalogue(shipped: Texts) -> Catalogue:
    return Catalogue.of(shipped)


@pytest.mark.parametrize(
    "text", ["chengdu-health", "成都市卫生健康委员会", "市卫健委", " 成都市 卫健委", "CHENGDU-health"]
)
def test_any_name_finds_an_organisation(shipped_catalogue: Catalogue, text: str) -> None:
    assert find_organisation(shipped_catalogue, text).id == "chengdu-health"


def test_a_near_name_is_guessed(shipped_catalogue: Catalogue) -> None:
    with pytest.raises(Refused, match=r"did you mean .*\(chengdu-health\)") as refused:
        find_organisation(shipped_catalogue, "chengdu-heath")
    assert "您是不是要找" in refused.value.zh


@pytest.mark.parametrize("text", ["", "xyzzy", "区" * 10_000])
def test_a_name_like_none_is_refused(shipped_catalogue: Catalogue, text: str) -> None:
    with pytest.raises(Refused, match="no organisation"):
        find_organisation(shipped_catalogue, text)


def test_a_name_of_several_asks_for_the_id() -> None:
    both = [Organisation("a", "甲局", "A", CITY, "民政局"), Organisation("b", "乙局", "B", CITY, "民政局")]
    catalogue = Catalogue(organisations={o.id: o for o in both})
    with pytest.raises(Refused, match="a, b"):
        find_organisation(catalogue, "民政局")
