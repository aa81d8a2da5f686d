"""Why a status changed: each ingredient by itself, several together, and the same by brute force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest

from indicators.catalogue import Catalogue, Organisation, Region
from indicators.causes import Cause, Change, attribute
from indicators.definition import Indicator
from indicators.monitor import Judged, judge_plan
from indicators.period import year_end
from indicators.plan import Commitment, PathShape, Waypoint
from indicators.rules import RuleSet, Status
from tests import oracle
from tests.builders import commitment, definition, indicator, observation, plan, rule

END_2022 = year_end(2022)
REGION = Region("510100", "成都市", "Chengdu", "city")
ISSUER = Organisation("health-commission", "卫生健康委", "Health commission", "510100")
LENIENT = replace(
    rule(),
    version=2,
    bands={
        **rule().bands,
        "gap": tuple(
            replace(band, low=-50.0 if band.low == -30 else band.low, high=-50.0 if band.high == -30 else band.high)
            for band in rule().bands["gap"]
        ),
    },
)


def judged(
    values: Mapping[str, float],
    *,
    promise: Commitment | None = None,
    measured: Indicator | None = None,
    as_of: date = END_2022,
    by: RuleSet | None = None,
    versions: Mapping[str, int] | None = None,
    **dates: Any,
) -> Judged:
    """One target, 0 to 100 from 2020 to 2025 unless another is promised, on the figures of some years."""
    whole = plan(promise or commitment(), **dates)
    catalogue = Catalogue(
        indicators={"beds": measured or indicator()},
        plans={whole.id: whole},
        regions={REGION.code: REGION},
        organisations={ISSUER.id: ISSUER},
    )
    seen = [observation(year, value, definition=(versions or {}).get(year, 1)) for year, value in values.items()]
    (one,) = judge_plan(catalogue, whole, seen, as_of=as_of, rule=by or rule())
    return one


def why(was: Judged, now: Judged, *, rules: tuple[RuleSet, RuleSet] | None = None) -> Change:
    change = attribute(was, now, rules=rules or (rule(), rule()))
    assert change is not None
    return change


def causes(change: Change) -> tuple[tuple[Cause, ...], bool]:
    return change.causes, change.together


# -- one ingredient ------------------------------------------------------------------------------------------


def test_what_did_not_change_has_no_cause() -> None:
    was = judged({"2021": 20, "2022": 40})
    assert attribute(was, judged({"2021": 21, "2022": 41}), rules=(rule(), rule())) is None


def test_a_new_period_is_the_cause() -> None:
    change = why(judged({"2021": 20}), judged({"2021": 20, "2022": 35}))
    assert (change.before, change.after) == (Status.ON_SCHEDULE, Status.WATCH)
    assert causes(change) == ((Cause.NEW_DATA,), False)


def test_a_figure_brings_the_time_it_is_of() -> None:
    was, now = judged({"2021": 20}, as_of=year_end(2021)), judged({"2021": 20, "2022": 35})
    assert causes(why(was, now)) == ((Cause.NEW_DATA,), False)


def test_a_first_figure_is_new_data() -> None:
    change = why(judged({}), judged({"2022": 40}))
    assert change.before is Status.NO_DATA
    assert causes(change) == ((Cause.NEW_DATA,), False)


@pytest.mark.parametrize("now", [{"2021": 20, "2022": 35}, {"2021": 15}], ids=["another value", "none any more"])
def test_a_revision_is_the_cause(now: Mapping[str, float]) -> None:
    assert causes(why(judged({"2021": 20, "2022": 41}), judged(now))) == ((Cause.REVISION,), False)


def test_a_figure_taken_back_is_a_revision() -> None:
    change = why(judged({"2022": 35}), judged({}))
    assert change.after is Status.NO_DATA
    assert causes(change) == ((Cause.REVISION,), False)


@pytest.mark.parametrize(
    "edited",
    [
        {"target_value": 120.0},
        {"target_year": 2024},
        {"baseline_value": 10.0},
        {"shape": PathShape.CUSTOM, "waypoints": (Waypoint(END_2022, 45.0),)},
    ],
    ids=["value", "year", "baseline", "path"],
)
def test_an_edited_target_or_path_is_the_cause(edited: Mapping[str, Any]) -> None:
    values = {"2021": 20.0, "2022": 40.0}
    now = judged(values, promise=commitment(**edited))
    assert causes(why(judged(values), now)) == ((Cause.TARGET,), False)


def test_an_edited_definition_is_the_cause() -> None:
    values = {"2021": 20.0, "2022": 40.0}
    wan = indicator(definition(unit="万张"))
    was = judged(values, promise=commitment(target_value=100.0))
    now = judged(values, promise=commitment(target_value=100.0), measured=wan)
    assert causes(why(was, now)) == ((Cause.DEFINITION,), False)


def test_a_changed_rule_is_the_cause() -> None:
    values = {"2022": 5.0}
    was, now = judged(values), judged(values, by=LENIENT)
    change = why(was, now, rules=(rule(), LENIENT))
    assert (change.before, change.after) == (Status.FAR_BEHIND, Status.BEHIND)
    assert causes(change) == ((Cause.RULE,), False)
    assert (change.was.assessment.rule_version, change.now.assessment.rule_version) == (1, 2)


def test_time_alone_is_the_cause_where_the_last_figure_does_not_come() -> None:
    values = {"2024": 85.0}
    was, now = judged(values, as_of=year_end(2025)), judged(values, as_of=date(2026, 3, 1))
    change = why(was, now)
    assert (change.before, change.after) == (Status.ON_SCHEDULE, Status.NOT_ASSESSABLE)
    assert causes(change) == ((Cause.TIME,), False)


# -- several ---------------------------------------------------------------------------------------------------


def test_each_that_is_enough_by_itself_is_named() -> None:
    was = judged({"2021": 20, "2022": 40})
    now = judged({"2021": 20, "2022": 35}, promise=commitment(target_value=110.0))
    assert causes(why(was, now)) == ((Cause.REVISION, Cause.TARGET), False)


def test_what_only_together_changes_a_status_is_named_together() -> None:
    was = judged({"2021": 20, "2022": 48})
    now = judged({"2021": 20, "2022": 45}, promise=commitment(target_value=114.0))
    change = why(was, now)
    assert causes(change) == ((Cause.REVISION, Cause.TARGET), True)


def test_what_had_no_part_is_left_out() -> None:
    was = judged({"2021": 20, "2022": 48})
    now = judged(
        {"2021": 20, "2022": 45},
        promise=commitment(target_value=114.0),
        measured=indicator(definition(text_zh="年末实有床位数(含加床)")),
        as_of=date(2023, 2, 1),
    )
    assert causes(why(was, now)) == ((Cause.REVISION, Cause.TARGET), True)
    between = replace(LENIENT, version=3)
    now = judged({"2021": 20, "2022": 5}, promise=commitment(target_value=99.0), by=between)
    assert causes(why(was, now, rules=(rule(), between)))[0] == (Cause.REVISION, Cause.RULE)


def test_a_break_of_definition_takes_a_new_definition_and_a_figure_by_it() -> None:
    broken = indicator(definition(), definition(2, comparable=False))
    now = judged({"2021": 20, "2022": 41}, measured=broken, versions={"2022": 2})
    change = why(judged({"2021": 20}), now)
    assert change.after is Status.NOT_ASSESSABLE
    assert causes(change) == ((Cause.NEW_DATA, Cause.DEFINITION), True)


def test_a_target_that_fits_only_the_new_definition_goes_with_it() -> None:
    was = judged({"2022": 40})
    wards = indicator(definition(unit="个"))
    now = judged({"2022": 40}, promise=commitment(unit="个", target_value=150.0), measured=wards)
    assert causes(why(was, now)) == ((Cause.TARGET, Cause.DEFINITION), True)


# -- frozen ----------------------------------------------------------------------------------------------------


def test_what_was_frozen_is_what_it_was() -> None:
    was, now = judged({"2021": 20}), judged({"2021": 20, "2022": 35})
    change = attribute(was, now, rules=(rule(), rule()), before=Status.AHEAD)
    assert change is not None
    assert (change.before, change.after) == (Status.AHEAD, Status.WATCH)
    assert attribute(was, now, rules=(rule(), rule()), before=Status.WATCH) is None


def test_where_nothing_else_changed_the_program_did() -> None:
    was = judged({"2022": 40})
    change = attribute(was, judged({"2022": 40}), rules=(rule(), rule()), before=Status.WATCH)
    assert change is not None
    assert causes(change) == ((Cause.PROGRAM,), False)


def test_what_no_replacing_explains_is_the_programs() -> None:
    was, now = judged({"2022": 40}), judged({"2022": 40})
    odd = replace(now, assessment=replace(now.assessment, status=Status.MISSED))
    assert causes(why(was, odd)) == ((Cause.PROGRAM,), False)


# -- by brute force --------------------------------------------------------------------------------------------


def by_hand(value: float, year: int, goal: float, strict: float) -> str:
    """The status of one figure on a straight way from 0, by the method's words."""
    if value >= goal:
        return "achieved_early"
    gap = oracle.gap(0.0, year_end(2020), goal, year_end(2025), value, year_end(year))
    status = oracle.status_by_gap(gap)
    return "behind" if status == "far_behind" and gap >= strict else status


@pytest.mark.parametrize("revised", [20.0, 12.0, 3.0])
@pytest.mark.parametrize("fresh", [None, 45.0, 28.0, 11.0])
@pytest.mark.parametrize("goal", [100.0, 130.0, 70.0])
@pytest.mark.parametrize("by", [rule(), LENIENT], ids=["strict", "lenient"])
def test_the_causes_are_those_that_brute_force_finds(
    revised: float, fresh: float | None, goal: float, by: RuleSet
) -> None:
    values = {"2021": revised} | ({} if fresh is None else {"2022": fresh})
    was, now = judged({"2021": 20.0}), judged(values, promise=commitment(target_value=goal), by=by)

    def status(replaced: Iterable[Cause]) -> str:
        new = Cause.NEW_DATA in replaced and fresh is not None
        value, year = (fresh or 0.0, 2022) if new else (revised if Cause.REVISION in replaced else 20.0, 2021)
        strict = -50.0 if Cause.RULE in replaced and by is LENIENT else -30.0
        return by_hand(value, year, goal if Cause.TARGET in replaced else 100.0, strict)

    four = (Cause.NEW_DATA, Cause.REVISION, Cause.TARGET, Cause.RULE)
    assert (was.assessment.status, now.assessment.status) == (status(()), status(four))
    change = attribute(was, now, rules=(rule(), by))
    if status(()) == status(four):
        assert change is None
        return
    assert change is not None
    alone = tuple(cause for cause in four if status((cause,)) == status(four))
    if alone:
        assert causes(change) == (alone, False)
        return
    assert change.together
    assert status(change.causes) == status(four)  # they are enough
    smaller = (some for size in range(len(change.causes)) for some in combinations(change.causes, size))
    assert all(status(some) != status(four) for some in smaller if len(some) == len(change.causes) - 1)  # and needed
    first = next(n for n in range(2, 5) if status(four[:n]) == status(four))
    assert set(change.causes) <= set(four[:first])
