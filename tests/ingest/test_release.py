"""Releasing: what goes out, what stays, and what the published figures then say."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from indicators.definition import Accumulation
from indicators.monitor import Judged
from indicators.period import Period
from indicators.rules import Status
from indicators.store import Store
from ingest.people import Forbidden, Role, User
from ingest.reading import judged_plan, observations
from ingest.release import DEFAULT_RULE, release
from ingest.settings import Settings
from ingest.submission import Decision, Refused, State, state_of
from ingest.workflow import add_person, decide, submit
from tests.desk import ANYONE
from tests.returns import PUBLISHED, csv

pytestmark = pytest.mark.usefixtures("in_process")

END_2021 = date(2021, 12, 31)
OPERATOR = User("boss", Role.OPERATOR)


@pytest.fixture
def through(store: Store, settings: Settings, li: User, tmp_path: Path) -> Any:
    """Submit and approve a return; its submission."""

    def one(raw: bytes, *, by: User = ANYONE, reviewer: User = li) -> str:
        receipt = submit(store, settings, name="a.csv", raw=raw, user=by, uploads=tmp_path)
        decide(store, submission=receipt.submission, decision=Decision.APPROVE, user=reviewer)
        return receipt.submission

    return one


def judged(store: Store, commitment: str, *, as_of: date = END_2021, **more: Any) -> Judged:
    catalogue = store.catalogue()
    plan = catalogue.plans["chengdu-145"]
    found = judged_plan(store, catalogue, plan, as_of=as_of, rule=catalogue.rules[DEFAULT_RULE], **more)
    return next(one for one in found if one.commitment.id == commitment)


def states(store: Store) -> list[State]:
    told = store.ask("submissions", id=None, sha256=None, submitted_by=None)
    return [state_of(row["decision"], row["released"]) for row in told.iter_rows(named=True)]


def statuses(store: Store, number: int) -> dict[str, tuple[str, str, float | None]]:
    rows = store._connection.cursor().execute(
        "SELECT commitment, status, period, value FROM release_status WHERE number = ?", [number]
    )
    return {name: (status, period, value) for name, status, period, value in rows.fetchall()}


def test_the_published_figures_from_file_to_judgement(
    store: Store, settings: Settings, li: User, zhao: User, tmp_path: Path
) -> None:
    raw = PUBLISHED.read_bytes()
    receipt = submit(store, settings, name="published.csv", raw=raw, user=ANYONE, uploads=tmp_path)
    assert (receipt.checked.accepted, receipt.checked.rows) == (True, 57)
    with pytest.raises(Forbidden, match="whoever submitted cannot decide"):
        decide(store, submission=receipt.submission, decision=Decision.APPROVE, user=User("wang", Role.OPERATOR))
    assert states(store) == [State.WAITING]
    decide(store, submission=receipt.submission, decision=Decision.APPROVE, user=li)
    assert states(store) == [State.APPROVED]
    done = release(store, user=zhao, note="首次发布", as_of=END_2021)
    assert (done.number, done.figures, done.left_out) == (1, 57, ())
    assert states(store) == [State.RELEASED]
    verdict = judged(store, "life-expectancy").assessment
    assert verdict.p == pytest.approx(0.2667, abs=5e-5)
    assert verdict.t == pytest.approx(0.2)
    assert verdict.gap_points == pytest.approx(6.667, abs=5e-4)
    assert verdict.status is Status.ON_SCHEDULE
    assert statuses(store, 1)["life-expectancy"] == ("on_schedule", "2021", 81.76)
    assert statuses(store, 1)["tcm-beds-per-1000"] == ("no_data", "", None)


def test_nothing_to_release_is_said(store: Store, zhao: User) -> None:
    with pytest.raises(Refused, match="nothing is approved and unreleased"):
        release(store, user=zhao, as_of=END_2021)
    assert store.last_entry() == 1


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PUBLISHER, Role.OPERATOR}))
def test_only_a_publisher_may_release(store: Store, through: Any, role: Role) -> None:
    through(csv())
    with pytest.raises(Forbidden, match="may not release"):
        release(store, user=User("x", role), as_of=END_2021)
    assert store.ask("unreleased").height == 1


def test_a_correction_is_a_release_of_its_own(store: Store, through: Any, zhao: User) -> None:
    first = through(csv({}, {"period": "2022", "value": "82"}))
    assert release(store, user=zhao, as_of=END_2021).figures == 2
    through(csv({"value": "81.8", "vintage": "修订", "note": "订正"}))
    done = release(store, user=zhao, note="订正2021年", as_of=END_2021)
    assert (done.number, done.figures) == (2, 1)
    told = store.ask("releases", known_on=datetime(2999, 1, 1))
    assert told.select("number", "figures", "released_by", "note").rows() == [
        (2, 1, "zhao", "订正2021年"),
        (1, 2, "zhao", ""),
    ]
    assert statuses(store, 1)["life-expectancy"][2] == 81.76
    assert statuses(store, 2)["life-expectancy"][2] == 81.8
    assert store.approved().filter(pl.col("submission") == first)["released"].to_list() == [True]


def test_what_was_replaced_before_its_release_never_goes_out(store: Store, through: Any, zhao: User) -> None:
    through(csv())
    second = through(csv({"value": "81.8", "note": "订正"}))
    assert release(store, user=zhao, as_of=END_2021).figures == 1
    assert store.approved().select("submission", "released").rows() == [(second, True)]


def test_the_publishers_own_figures_are_left_out_and_listed(store: Store, through: Any) -> None:
    through(csv({"period": "2020", "value": "81.5"}))
    own = through(csv({}, {"period": "2022", "value": "82"}), by=OPERATOR)
    done = release(store, user=OPERATOR, as_of=END_2021)
    assert (done.figures, done.left_out) == (1, ((own, 2), (own, 3)))
    with pytest.raises(Refused, match="every figure was sent by the publisher; another must release"):
        release(store, user=OPERATOR, as_of=END_2021)
    assert release(store, user=User("zhao", Role.PUBLISHER), as_of=END_2021).figures == 2


# -- reading for whoever shows it ------------------------------------------------------------------------------


def test_an_observation_carries_everything_known_of_it(store: Store, through: Any) -> None:
    submission = through(
        csv(
            {"indicator": "beds-per-1000", "value": "7.5"},
            numerator="150000",
            denominator="20000000",
            vintage="年报",
            published_on="2022-03-25",
            source="公报",
            note="实有",
        )
    )
    (seen,) = observations(store, region="510100", indicators=["beds-per-1000"])
    assert (seen.indicator, seen.region, seen.period, seen.value) == ("beds-per-1000", "510100", Period.year(2021), 7.5)
    assert (seen.numerator, seen.denominator, seen.vintage, seen.definition) == (150000, 20000000, "annual", 1)
    assert (seen.source, seen.note, seen.published_on, seen.origin) == ("公报", "实有", date(2022, 3, 25), "reported")
    assert (seen.submission, seen.accumulation, seen.released) == (submission, None, False)
    assert seen.approved_at is not None


def test_a_figure_without_a_value_is_no_observation(store: Store, through: Any) -> None:
    through(csv({}, {"period": "2022", "value": "—"}))
    seen = observations(store, region=None, indicators=["life-expectancy"])
    assert [o.period.code for o in seen] == ["2021"]


def test_a_flow_says_how_it_accumulates(store: Store, through: Any) -> None:
    through(csv({"indicator": "biohealth-value-added", "period": "2021年上半年", "value": "5"}))
    (seen,) = observations(store, region="510100", indicators=["biohealth-value-added"])
    assert seen.accumulation is Accumulation.YTD


def test_a_plan_is_judged_as_it_was_known(store: Store, through: Any) -> None:
    through(csv())
    before = store.ask("last_entry")["recorded_at"][0]
    through(csv({"value": "81.5", "note": "订正"}))
    now, then = judged(store, "life-expectancy"), judged(store, "life-expectancy", known_on=before)
    assert now.assessment.actual is not None
    assert then.assessment.actual is not None
    assert (now.assessment.actual.value, then.assessment.actual.value) == (81.5, 81.76)
    assert now.assessment.p is not None
    assert now.assessment.p < 0  # worse than the baseline, and shown so


def test_past_revisions_make_a_judgement_borderline(store: Store, through: Any) -> None:
    through(csv({"period": "2021", "value": "81.70"}, {"period": "2022", "value": "81.90"}))
    firm = judged(store, "life-expectancy", as_of=date(2022, 12, 31))
    assert firm.assessment.firmness == "firm"
    through(csv({"period": "2021", "value": "81.75", "note": "订正"}))
    moved = judged(store, "life-expectancy", as_of=date(2022, 12, 31))
    assert moved.assessment.firmness == "borderline"


def test_a_district_is_held_against_the_citys_targets(store: Store, through: Any) -> None:
    through(csv({"region": "武侯区"}))
    assert judged(store, "life-expectancy").assessment.status is Status.NO_DATA
    assert judged(store, "life-expectancy", region="510107").assessment.status is Status.ON_SCHEDULE


# -- submitter, reviewer and publisher are three ---------------------------------------------------------------


def test_once_people_are_on_record_whoever_approved_does_not_publish(
    store: Store, through: Any, chen: User, zhao: User
) -> None:
    own = through(csv())
    add_person(store, name="li", role=Role.PUBLISHER, organisation="", active=True, user=chen)
    publisher = User("li", Role.PUBLISHER)  # and a reviewer before
    with pytest.raises(Refused, match="every figure was sent or approved by the publisher") as refused:
        release(store, user=publisher, as_of=END_2021)
    assert "报送或审核" in refused.value.zh
    through(csv({"period": "2020", "value": "81.5"}), reviewer=User("sun", Role.REVIEWER))
    done = release(store, user=publisher, as_of=END_2021)
    assert (done.figures, done.left_out) == (1, ((own, 2),))
    assert release(store, user=zhao, as_of=END_2021).figures == 1


def test_whoever_holds_the_terminal_alone_may_approve_and_publish(store: Store, through: Any) -> None:
    through(csv())
    assert release(store, user=User("li", Role.OPERATOR), as_of=END_2021).figures == 1
