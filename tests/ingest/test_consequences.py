"""Which statuses would change if a return were approved."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from indicators.assessment import Firmness
from indicators.catalogue import CatalogueKind
from indicators.rules import Status
from indicators.store import Store
from ingest.consequences import StatusChange, would_change
from ingest.settings import Settings
from tests.conftest import Texts
from tests.desk import Desk
from tests.returns import csv, filled

pytestmark = pytest.mark.usefixtures("in_process")

END_2021 = date(2021, 12, 31)


@pytest.fixture
def desk(store: Store, settings: Settings, tmp_path: Path) -> Desk:
    return Desk(store, settings, tmp_path)


def changed(desk: Desk, raw: bytes, *, as_of: date = END_2021) -> list[StatusChange]:
    return would_change(desk.store, desk.store.catalogue(), desk.check(raw).fresh, as_of=as_of)


def told(changes: list[StatusChange]) -> list[tuple[str, str, str, Status, Status]]:
    return [(c.plan.id, c.commitment.id, c.region, c.before, c.after) for c in changes]


def test_a_first_figure_gives_its_target_a_status(desk: Desk) -> None:
    (one,) = changed(desk, csv())
    assert told([one]) == [("chengdu-145", "life-expectancy", "510100", Status.NO_DATA, Status.ON_SCHEDULE)]
    assert one.was.latest is None
    assert one.becomes.latest is not None and one.becomes.latest.value == 81.76
    assert one.becomes.assessment.p == pytest.approx(0.2667, abs=5e-5)


def test_a_correction_is_judged_in_the_place_of_what_it_corrects(desk: Desk) -> None:
    desk.approve(csv())
    (one,) = changed(desk, csv({"value": "81.6"}, note="订正"))
    assert (one.before, one.after) == (Status.ON_SCHEDULE, Status.BEHIND)
    assert [o.value for o in one.becomes.observations] == [81.6]


def test_a_figure_taken_back_leaves_its_target_without_one(desk: Desk) -> None:
    desk.approve(csv())
    assert told(changed(desk, csv({"value": "***"}, note="不予公布"))) == [
        ("chengdu-145", "life-expectancy", "510100", Status.ON_SCHEDULE, Status.NO_DATA)
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"value": "81.77", "note": "订正"},
        {},
        {"region": "武侯区", "value": "70"},
        {"indicator": "infant-mortality", "value": "2.15"},
        {"period": "2022", "value": "81.6"},
    ],
    ids=["same status", "nothing new", "a district", "on no target", "after the day"],
)
def test_what_changes_no_status(desk: Desk, row: dict[str, str]) -> None:
    desk.approve(csv())
    assert changed(desk, csv(row)) == []


def test_a_file_without_figures_changes_nothing(desk: Desk) -> None:
    assert would_change(desk.store, desk.store.catalogue(), pl.DataFrame(), as_of=END_2021) == []


def test_a_later_day_judges_later_figures(desk: Desk) -> None:
    desk.approve(csv())
    row = csv({"period": "2022", "value": "81.77"})
    assert [c.after for c in changed(desk, row, as_of=date(2022, 12, 31))] == [Status.BEHIND]


def test_a_target_for_each_of_several_regions_changes_where_the_figure_is(desk: Desk) -> None:
    row = {"indicator": "lz-elderly-projects-500-beds", "region": "450203", "period": "2021", "value": "1"}
    (one,) = changed(desk, csv(row))
    assert (one.commitment.id, one.region) == ("elderly-project-500-beds@450203", "450203")


def test_a_figure_that_several_plans_rest_on_changes_each(
    empty: Store, settings: Settings, shipped: Texts, tmp_path: Path
) -> None:
    plan = next(text for kind, name, text in shipped if name == "chengdu-145")
    other = (CatalogueKind.PLAN, "other", plan.replace('id = "chengdu-145"', 'id = "other"', 1))
    desk = Desk(filled(empty, [*shipped, other]), settings, tmp_path)
    assert sorted(c.plan.id for c in changed(desk, csv())) == ["chengdu-145", "other"]


def test_the_new_status_is_as_firm_as_past_revisions_leave_it(desk: Desk) -> None:
    desk.approve(csv({"value": "81.54"}, {"period": "2022", "value": "82"}))
    desk.approve(csv({"value": "81.6"}, note="订正"))  # by 0.06: as much again would make 滞后 another word
    (one,) = changed(desk, csv({"period": "2022", "value": "81.78"}, note="订正"), as_of=date(2022, 12, 31))
    assert (one.before, one.after) == (Status.AHEAD, Status.BEHIND)
    assert one.becomes.assessment.firmness is Firmness.BORDERLINE


def test_a_return_may_be_judged_at_the_end_of_the_newest_figure(desk: Desk) -> None:
    def days(raw: bytes, as_of: date) -> set[date]:
        changes = would_change(desk.store, desk.store.catalogue(), desk.check(raw).fresh, as_of=as_of, newest=True)
        return {change.becomes.assessment.as_of for change in changes}

    both = csv({}, {"period": "2022", "value": "82"})
    assert days(both, date(2026, 11, 22)) == {date(2022, 12, 31)}
    assert days(both, date(2022, 6, 30)) == {END_2021}
    assert days(both, date(2021, 6, 30)) == set()
    # today the plan has run out: without its last figures nothing a return brings can be judged
    assert changed(desk, both, as_of=date(2026, 11, 22)) == []
    desk.approve(csv({"period": "2023", "value": "82.2"}))
    assert days(csv(), date(2026, 11, 22)) == set()


def test_the_work_follows_the_targets_not_the_rows(desk: Desk) -> None:
    """A hundred thousand figures of districts cost little more than none."""
    one = desk.check(csv()).fresh
    many = pl.concat([one.with_columns(region=pl.lit("510107"))] * 100_000)
    catalogue = desk.store.catalogue()

    def seconds(figures: pl.DataFrame) -> float:
        start = time.perf_counter()
        assert len(would_change(desk.store, catalogue, figures, as_of=END_2021)) == 1
        return time.perf_counter() - start

    seconds(one)
    assert seconds(pl.concat([one, many])) < 1
