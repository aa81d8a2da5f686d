"""A plan as it stands: which figures each target is judged on, how many have which word, what comes first."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from indicators.catalogue import Catalogue, Region
from indicators.definition import Accumulation, Frequency, Indicator, MeasureType
from indicators.monitor import Judged, attention, judge_plan, tally
from indicators.period import year_end
from indicators.plan import Attribute, Commitment, Kind, Recurrence
from indicators.rules import Status
from indicators.series import Observation
from tests import builders as make

YTD, PERIOD = Accumulation.YTD, Accumulation.PERIOD
TODAY = year_end(2022)
FLOW: dict[str, Any] = {"measure": MeasureType.FLOW, "frequency": Frequency.QUARTER}


def judge(
    *commitments: Commitment,
    seen: list[Observation],
    as_of: date = TODAY,
    indicators: tuple[Indicator, ...] = (),
    **more: Any,
) -> list[Judged]:
    plan = make.plan(*commitments)
    catalogue = Catalogue(
        indicators={i.id: i for i in indicators or (make.indicator(),)},
        plans={plan.id: plan},
        regions={"510100": Region("510100", "成都市", "Chengdu", "city")},
    )
    return judge_plan(catalogue, plan, seen, as_of=as_of, rule=make.rule(), **more)


def one(seen: list[Observation], *, flow: bool = False, as_of: date = TODAY, **changes: Any) -> Judged:
    indicator = make.indicator(make.definition(**FLOW)) if flow else make.indicator()
    (judged,) = judge(make.commitment(**changes), seen=seen, as_of=as_of, indicators=(indicator,))
    return judged


def test_a_target_is_judged_on_its_own_figures() -> None:
    judged = one(
        [
            make.observation("2022", 44.0, source="公报"),
            make.observation("2021", 20.0),
            make.observation("2022", 99.0, region="440100"),
            make.observation("2022", 99.0, indicator="nurses"),
        ]
    )
    assert [a.value for a in judged.history] == [20.0, 44.0]
    assert judged.assessment.status is Status.ON_SCHEDULE
    assert judged.assessment.gap_points == pytest.approx(4)
    assert judged.latest is not None
    assert judged.latest.source == "公报"
    assert judged.definition.unit == "张"
    assert (judged.binding, judged.demonstrated, judged.within_year) == (False, False, ())


def test_figures_after_the_day_are_not_known_yet() -> None:
    judged = one([make.observation("2021", 20.0), make.observation("2022", 44.0)], as_of=date(2022, 12, 30))
    assert [o.period.code for o in judged.observations] == ["2021"]


def test_without_a_figure_there_is_none_to_rest_on() -> None:
    judged = one([])
    assert judged.latest is None
    assert judged.assessment.status is Status.NO_DATA


def test_only_targets_with_an_indicator_are_judged_and_in_the_plans_order() -> None:
    judged = judge(
        make.commitment(id="b"),
        make.commitment(id="free", indicator=""),
        make.commitment(id="milestone", kind=Kind.MILESTONE, operator=None, target_value=None, unit=""),
        make.commitment(id="a"),
        seen=[],
    )
    assert [j.commitment.id for j in judged] == ["b", "a"]


def test_a_district_may_be_held_against_the_citys_targets() -> None:
    seen = [make.observation("2022", 10.0), make.observation("2022", 60.0, region="510107")]
    (judged,) = judge(make.commitment(), seen=seen, region="510107")
    assert (judged.region, judged.assessment.status) == ("510107", Status.AHEAD)


def test_past_revisions_are_asked_for_by_indicator_and_region() -> None:
    asked = []

    def revisions(indicator: str, region: str) -> list[float]:
        asked.append((indicator, region))
        return [5.0]

    seen = [make.observation("2021", 21.0), make.observation("2022", 42.0)]
    (judged,) = judge(make.commitment(), seen=seen, revisions=revisions)
    assert asked == [("beds", "510100")]
    assert judged.assessment.firmness == "borderline"
    assert one(seen).assessment.firmness == "firm"


def test_a_demonstrated_figure_marks_the_target() -> None:
    assert one([make.observation("2021", 20.0), make.observation("2022", 40.0, origin="demo")]).demonstrated


def test_the_year_to_date_stands_for_a_flow_where_a_quarter_ends_with_it() -> None:
    seen = [
        make.observation("2022Q4", 11.0, accumulation=PERIOD, source="the quarter"),
        make.observation("2022", 44.0, accumulation=YTD, source="the year"),
    ]
    for order in (seen, seen[::-1]):
        judged = one(order, flow=True)
        assert judged.latest is not None
        assert judged.latest.source == "the year"


def test_a_dated_flow_shows_the_year_that_is_not_over_but_is_not_judged_on_it() -> None:
    seen = [
        make.observation("2021", 30.0, accumulation=YTD),
        make.observation("2022Q1", 9.0, accumulation=YTD),
        make.observation("2022年上半年", 19.0, accumulation=YTD),
    ]
    judged = one(seen, flow=True)
    assert judged.assessment.actual is not None
    assert judged.assessment.actual.value == 30.0
    assert [a.value for a in judged.within_year] == [9.0, 19.0]
    assert [a.value for a in one(seen[1:], flow=True).within_year] == [9.0, 19.0]


def test_an_accumulated_flow_is_judged_within_the_year() -> None:
    seen = [make.observation("2022Q1", 30.0, accumulation=YTD)]
    judged = one(seen, flow=True, recurrence=Recurrence.YEARLY, baseline_value=None, baseline_year=None)
    assert judged.assessment.p == pytest.approx(0.3)
    assert judged.within_year == ()


# -- the plan as a whole ---------------------------------------------------------------------------------------

# indicator: value at the end of 2022 when 40 is on time, and whether it is 约束性
STANDING = {
    "good": (45.0, True),
    "watched": (35.0, True),
    "late": (20.0, False),
    "later": (15.0, False),
    "bound": (20.0, True),
    "lost": (5.0, False),
    "silent": (None, True),
}


@pytest.fixture
def standing() -> list[Judged]:
    commitments = [
        make.commitment(id=name, indicator=name, attribute=Attribute.BINDING if binding else Attribute.ANTICIPATORY)
        for name, (_, binding) in STANDING.items()
    ]
    seen = [
        make.observation("2022", value, indicator=name) for name, (value, _) in STANDING.items() if value is not None
    ]
    indicators = tuple(make.indicator(id=name, name_zh=name, name_en=name) for name in STANDING)
    return judge(*commitments, seen=seen, indicators=indicators)


def test_a_tally_counts_binding_targets_apart(standing: list[Judged]) -> None:
    counted = tally(standing)
    assert counted.total == 7
    assert counted.counts == {
        Status.ON_SCHEDULE: 1,
        Status.WATCH: 1,
        Status.BEHIND: 3,
        Status.FAR_BEHIND: 1,
        Status.NO_DATA: 1,
    }
    assert counted.binding == {Status.ON_SCHEDULE: 1, Status.WATCH: 1, Status.BEHIND: 1, Status.NO_DATA: 1}
    off = [Status.BEHIND, Status.FAR_BEHIND, Status.MISSED]
    assert (counted.among(off), counted.among(off, binding=True)) == (4, 1)
    assert tally([]).total == 0


def test_attention_goes_to_the_worst_class_then_to_binding_then_to_the_widest_gap(standing: list[Judged]) -> None:
    assert [j.commitment.id for j in attention(standing)] == ["lost", "bound", "later", "late", "watched"]


def test_a_maintained_target_is_ranked_by_its_shortfall() -> None:
    keep = {"operator": ">=", "baseline_value": 100.0}
    judged = judge(
        make.commitment(id="slightly", indicator="slightly", **keep),
        make.commitment(id="more", indicator="more", **keep),
        seen=[make.observation("2022", 97.0, indicator="slightly"), make.observation("2022", 95.0, indicator="more")],
        indicators=tuple(make.indicator(id=n, name_zh=n, name_en=n) for n in ("slightly", "more")),
    )
    assert [j.commitment.id for j in attention(judged)] == ["more", "slightly"]


def test_a_target_for_each_district_is_judged_once_for_each() -> None:
    districts = ("510104", "510105", "510106")
    each = make.commitment(each=districts[:2], excluded=districts[2:])
    plan = make.plan(each)
    catalogue = Catalogue(
        indicators={"beds": make.indicator()},
        plans={plan.id: plan},
        regions={code: Region(code, f"区{code}", f"District {code}", "district") for code in districts},
    )

    def judged(region: str | None = None) -> list[Judged]:
        return judge_plan(catalogue, plan, [], as_of=TODAY, rule=make.rule(), region=region)

    assert [one.commitment.id for one in judged()] == [f"{each.id}@510104", f"{each.id}@510105"]
    assert judged()[0].commitment.name_zh.endswith("(区510104)")
    assert [one.region for one in judged("510105")] == ["510105"]
    assert judged("510106") == []  # exempt
