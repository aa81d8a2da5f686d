"""Judgements in sentences, in both languages: one row of the table for each way a target can stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from dashboard.i18n import words
from dashboard.verdict import catch_up_parts, firmness, gap_text, plan_lead, plan_sentence, sentence, sentences
from indicators.definition import Direction, MeasureType
from indicators.monitor import Judged
from indicators.period import year_end
from indicators.plan import Attribute, Operator
from tests import builders as make
from tests.judged import BEDS, QUARTERLY, judged

ZH, EN = words("zh"), words("en")
RULE = make.rule()
NONE: dict[str, Any] = {"baseline_value": None, "baseline_year": None}
TITLES = make.definition(measure=MeasureType.TITLES)
OLD = make.definition(**QUARTERLY)
NEW = make.definition(2, effective_from=date(2023, 1, 1), comparable=False, **QUARTERLY)
DEATHS = make.definition(unit="例", direction=Direction.LOWER)
LOWER: dict[str, Any] = {"operator": Operator.AT_MOST}
AFTER = date(2026, 6, 30)

STANDINGS = {
    "behind": (
        judged(BEDS),
        "**▼ 滞后**。2024年末 7.87 张/千人,完成目标增量的 55.2%,时序进度 80.0%,"
        "**落后 24.8 个百分点**(低于应达路径 0.24 张/千人)。",
        "**▼ Behind**. As of end 2024: 7.87 per 1,000. 55.2% of the targeted change is done against "
        "80.0% of the time elapsed: "
        "**24.8 points behind**, 0.24 per 1,000 less than required.",
    ),
    "ahead": (
        judged({"2024": 8.25}),
        "**▲ 快于时序**。2024年末 8.25 张/千人,完成目标增量的 94.8%,时序进度 80.0%,"
        "**领先 14.8 个百分点**(高于应达路径 0.14 张/千人)。",
        "**▲ Ahead**. As of end 2024: 8.25 per 1,000. 94.8% of the targeted change is done against "
        "80.0% of the time elapsed: "
        "**14.8 points ahead**, 0.14 per 1,000 more than required.",
    ),
    "on the path": (
        judged({"2024": 8.108}),
        "**● 达到时序进度**。2024年末 8.11 张/千人,完成目标增量的 80.0%,时序进度 80.0%,与应达路径持平。",
        "**● On schedule**. As of end 2024: 8.11 per 1,000. 80.0% of the targeted change is done "
        "against 80.0% of the time "
        "elapsed: exactly on the path.",
    ),
    "met early": (
        judged({"2023": 8.31, "2024": 8.40}),
        "**▲▲ 提前完成**。2024年末 8.40 张/千人,完成目标增量的 110.4%,时序进度 80.0%,"
        "**领先 30.4 个百分点**(高于应达路径 0.29 张/千人)。自2023年末起达标。",
        "**▲▲ Achieved early**. As of end 2024: 8.40 per 1,000. 110.4% of the targeted change is "
        "done against 80.0% of the time "
        "elapsed: **30.4 points ahead**, 0.29 per 1,000 more than required. Met since end 2023.",
    ),
    "final": (
        judged({"2024": 7.87, "2025": 8.20}, as_of=AFTER),
        "**× 未完成**。2025年末 8.20 张/千人,目标 8.30,完成目标增量的 89.6%。",
        "**× Missed**. As of end 2025: 8.20 per 1,000, target 8.30; 89.6% of the targeted change was done.",
    ),
    "final without a baseline": (
        judged({"2025": 8.20}, as_of=AFTER, **NONE),
        "**× 未完成**。2025年末 8.20 张/千人,目标 8.30。",
        "**× Missed**. As of end 2025: 8.20 per 1,000, target 8.30.",
    ),
    "the final figure is missing": (
        judged(BEDS, as_of=AFTER),
        "**? 无法评估**:缺2025年末数据。截至2024年末 7.87 张/千人,完成目标增量的 55.2%,当时为“▼ 滞后”,"
        "**落后 24.8 个百分点**(低于应达路径 0.24 张/千人)。",
        "**? Not assessable**: the figure for end 2025 is missing. As of end 2024 it was 7.87 per 1,000, 55.2% of the "
        "targeted change, then “▼ Behind”: **24.8 points behind**, 0.24 per 1,000 less than required.",
    ),
    "the final figure is missing, no baseline": (
        judged({"2024": 7.87}, as_of=AFTER, **NONE),
        "**? 无法评估**:缺2025年末数据。截至2024年末 7.87 张/千人,目标 8.30,当时为“→ 推进中”。",
        "**? Not assessable**: the figure for end 2025 is missing. As of end 2024 it was 7.87 per 1,000, target 8.30, "
        "then “→ In progress”.",
    ),
    "nothing ever came": (
        judged({}, as_of=AFTER),
        "**? 无法评估**:缺2025年末数据,规划期内没有数值。目标 8.30。",
        "**? Not assessable**: the figure for end 2025 is missing, and there is none within the plan. Target 8.30.",
    ),
    "no figure yet": (
        judged({}),
        "**— 暂无数据**。还没有数值。目标:2025年末达到 8.30。",
        "**— No data**. There is no figure yet. Target: 8.30 by end 2025.",
    ),
    "only the baseline": (
        judged({"2020": 7.34}),
        "**— 暂无数据**。只有基期值,还没有规划期内的数值。目标:2025年末达到 8.30。",
        "**— No data**. Only the baseline is known, no figure of the plan period. Target: 8.30 by end 2025.",
    ),
    "no baseline": (
        judged({"2024": 7.47}, **NONE),
        "**→ 推进中**。2024年末 7.47 张/千人,为目标 8.30 的 90.0%。基期值未公布,不判定进度。",
        "**→ In progress**. As of end 2024: 7.47 per 1,000, 90.0% of the target 8.30. The plan publishes no baseline, "
        "so progress is not judged.",
    ),
    "no baseline, met": (
        judged({"2023": 8.1, "2024": 8.4}, **NONE),
        "**▲▲ 提前完成**。2024年末 8.40 张/千人,已达到目标 8.30。自2024年末起达标。",
        "**▲▲ Achieved early**. As of end 2024: 8.40 per 1,000, the target 8.30 is met. Met since end 2024.",
    ),
    "no baseline, down to nothing": (
        judged({"2024": 3}, DEATHS, **NONE, **LOWER, target_value=0.0),
        "**→ 推进中**。2024年末 3 例,为目标 ≤0 的 —。基期值未公布,不判定进度。",
        "**→ In progress**. As of end 2024: 3 例, — of the target ≤0. The plan publishes no baseline, "
        "so progress is not judged.",
    ),
    "titles": (
        judged({"2024": 12}, TITLES, **NONE, target_value=14.0),
        "**→ 推进中**。2024年末 12 张,目标:2025年末达到 14。创建类目标不按时间折算进度。",
        "**→ In progress**. As of end 2024: 12 张; target 14 by end 2025. Titles are not expected in "
        "proportion to time.",
    ),
    "titles won": (
        judged({"2022": 14}, TITLES, **NONE, target_value=14.0),
        "**✓ 完成**。2022年末 14 张,已达到目标 14。自2022年末起达标。",
        "**✓ Completed**. As of end 2022: 14 张, the target 14 is met. Met since end 2022.",
    ),
    "a level to keep": (
        judged({"2024": 8.22}, operator=Operator.MAINTAIN, baseline_value=8.30),
        "**◆ 基本达到(关注)**。2024年末 8.22 张/千人,维持型目标 8.30,相差 −0.08 张/千人。",
        "**◆ Watch**. As of end 2024: 8.22 per 1,000; a level to keep, 8.30: off by −0.08 per 1,000.",
    ),
    "the baseline was beyond the target": (
        judged({"2024": 8.00}, baseline_value=8.50),
        "**▼ 滞后**。2024年末 8.00 张/千人,基期已超过目标 8.30,相差 −0.30 张/千人。",
        "**▼ Behind**. As of end 2024: 8.00 per 1,000; the baseline was already beyond the target 8.30: "
        "off by −0.30 per 1,000.",
    ),
    "another definition": (
        judged({"2023": 9.0}, OLD, NEW),
        "**? 无法评估**。2023年末 9.00 张/千人 与基期口径不同,没有可比值,不作比较。",
        "**? Not assessable**. As of end 2023: 9.00 per 1,000 is defined otherwise than the baseline, "
        "and no comparable value is known.",
    ),
}


@pytest.mark.parametrize(("one", "zh", "en"), STANDINGS.values(), ids=STANDINGS)
def test_a_sentence_opens_with_the_status_and_says_what_it_rests_on(one: Judged, zh: str, en: str) -> None:
    assert sentence(one, RULE, ZH) == zh
    assert sentence(one, RULE, EN) == en


def test_the_second_sentence_is_what_it_takes_to_arrive() -> None:
    _, demand = sentences(judged(BEDS), RULE, ZH)
    assert demand == "要在2025年末达到 8.30,**每季须 +0.11 张/千人,为近四个季度平均增量的 2.7 倍**。"


def test_a_met_target_demands_nothing() -> None:
    assert len(sentences(judged({"2024": 8.4}), RULE, ZH)) == 1


@pytest.mark.parametrize(
    ("values", "zh", "en"),
    [
        (BEDS, "为近四个季度平均增量的 2.7 倍", "2.7 times the pace of the last four quarters"),
        ({"2024": 7.87}, "近期增量未知", "the recent pace is not known"),
        ({"2023": 7.87, "2024": 7.87}, "而近四季没有变化", "while nothing moved in the last year"),
        ({"2023": 7.90, "2024": 7.87}, "而近四季在朝相反方向变化", "while the last year went the wrong way"),
    ],
    ids=["known", "unknown", "none", "wrong way"],
)
def test_the_demand_is_set_against_the_recent_pace(values: dict[str, float], zh: str, en: str) -> None:
    one = judged(values)
    assert one.assessment.catch_up is not None
    assert catch_up_parts(one, one.assessment.catch_up, ZH) == ("+0.11/季", zh)
    assert catch_up_parts(one, one.assessment.catch_up, EN) == ("+0.11 a quarter", en)


def test_yearly_figures_catch_up_by_the_year() -> None:
    one = judged({"2022": 20, "2023": 40}, make.definition(), baseline_value=0.0, target_value=100.0)
    assert one.assessment.catch_up is not None
    assert catch_up_parts(one, one.assessment.catch_up, ZH) == ("+30/年", "为上一年增量的 1.5 倍")


@pytest.mark.parametrize(
    ("values", "word"),
    [({"2024": 7.87}, "无法判断"), (BEDS, "牢靠"), ({"2023": 8.2, "2024": 7.9}, "临界")],
    ids=["one figure", "firm", "borderline"],
)
def test_a_judgement_says_whether_it_is_firm(values: dict[str, float], word: str) -> None:
    said, why = firmness(judged(values), ZH)
    assert said == word
    assert why


def test_where_lower_is_better_less_than_required_is_ahead() -> None:
    one = judged({"2024": 40}, DEATHS, **LOWER, baseline_value=100.0, target_value=40.0)
    assert gap_text(one, ZH) == "**领先 20.0 个百分点**(低于应达路径 12 例)"


# -- a plan in one sentence --------------------------------------------------------------------------------

BEHIND, ON, EMPTY = judged(BEDS), judged({"2024": 8.2}), judged({})


def binding(one: Judged) -> Judged:
    return replace(one, commitment=replace(one.commitment, attribute=Attribute.BINDING))


@pytest.mark.parametrize(
    ("judgements", "zh", "en"),
    [
        (
            [binding(BEHIND), BEHIND, ON],
            "3 项指标,1 项达标或达到时序进度;**2 项滞后,其中约束性 1 项**",
            "3 targets, 1 met or on schedule; **2 behind, 1 of them binding**",
        ),
        (
            [BEHIND, ON, EMPTY],
            "3 项指标,1 项达标或达到时序进度;**1 项滞后**",
            "3 targets, 1 met or on schedule; **1 behind**",
        ),
        ([ON], "1 项指标,1 项达标或达到时序进度;没有滞后。", "1 target, 1 met or on schedule; none is behind."),
        (
            [EMPTY],
            "1 项指标,还没有已审核的数据",
            "1 target, and no figure approved yet",
        ),
    ],
    ids=["binding", "off", "none off", "nothing yet"],
)
def test_a_plan_is_summed_up_in_one_sentence(judgements: list[Judged], zh: str, en: str) -> None:
    assert plan_sentence(judgements, ZH) == zh
    assert plan_sentence(judgements, EN) == en


def test_the_lead_names_the_worst_and_what_it_would_take() -> None:
    worse = judged({"2023": 7.40, "2024": 7.45})
    assert plan_lead([BEHIND, worse, ON], ZH) == (
        "时序进度 80%。最需要关注的是**床位数**:完成目标增量的 11.5%,要按期达标,"
        "每季须 +0.21 张/千人,为近四个季度平均增量的 17.0 倍。"
    )


def test_a_lead_without_judged_figures_is_empty() -> None:
    assert plan_lead([EMPTY], ZH) == ""


def test_after_the_end_nothing_is_demanded_any_more() -> None:
    over = judged({"2025": 7.4}, as_of=year_end(2025))
    assert plan_lead([over], EN) == (
        "100% of the time is gone. Most in need of attention: **Beds**, with 6.3% of the targeted change done."
    )
