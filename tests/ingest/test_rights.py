"""Whose figures are whose: what a body may send, and what it is told of the rest."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from indicators.catalogue import Catalogue
from indicators.period import Period
from indicators.problem import Severity
from indicators.store import Store
from ingest.form.forms import Due
from ingest.form.owed import duties
from ingest.people import Role, User
from ingest.rights import rights
from ingest.settings import Settings
from ingest.words import explain
from tests.conftest import Texts
from tests.desk import ANYONE, HEALTH, REVIEWER, Desk
from tests.returns import codes, csv

pytestmark = pytest.mark.usefixtures("in_process")

NURSING = {"indicator": "nursing-beds-share", "value": "55", "period": "2024Q4"}


@pytest.fixture
def desk(store: Store, settings: Settings, tmp_path: Path) -> Desk:
    return Desk(store, settings, tmp_path)


@pytest.fixture(scope="module")
def catalogue(shipped: Texts) -> Catalogue:
    return Catalogue.of(shipped)


def may(catalogue: Catalogue, organisation: str) -> dict[str, frozenset[str]]:
    return dict(rights(catalogue, catalogue.organisations[organisation]))


# -- what a body may send --------------------------------------------------------------------------------------


def test_an_owner_sends_for_its_own_region_and_the_districts_in_it(catalogue: Catalogue) -> None:
    beds = may(catalogue, "chengdu-health")["beds-per-1000"]
    assert {"510100", "510107", "5101Z1"} <= beds
    assert not {"510000", "100000", "440100"} & beds


def test_a_lead_and_a_cooperating_body_send_for_the_target(catalogue: Catalogue) -> None:
    plan = catalogue.plans["yuexiu-2021"]
    parks = next(c for c in plan.targets if c.indicator == "yx-theme-parks")
    assert "yuexiu-health" in parks.cooperating
    assert may(catalogue, "yuexiu-health")["yx-theme-parks"] == {"440104"}
    assert "yx-theme-parks" in may(catalogue, parks.lead[0])
    assert "yx-theme-parks" not in may(catalogue, "yuexiu-finance")


def test_a_body_named_on_a_target_elsewhere_sends_for_that_place_too(shipped: Texts) -> None:
    texts = [
        (kind, name, text.replace('region = "440104"', 'region = "440112"', 1) if name == "yuexiu-2021" else text)
        for kind, name, text in shipped
    ]
    assert may(Catalogue.of(texts), "yuexiu-health")["yx-theme-parks"] == {"440104", "440112"}


def test_a_successor_sends_what_its_predecessor_was_charged_with(catalogue: Catalogue) -> None:
    assert catalogue.organisations["guangzhou-quality-supervision"].successor == "guangzhou-market-regulation"
    cooperating = next(
        c for c in catalogue.plans["guangzhou-2017"].targets if c.indicator == "gz-credit-system-coverage"
    ).cooperating
    assert "guangzhou-quality-supervision" in cooperating
    assert "440100" in may(catalogue, "guangzhou-market-regulation")["gz-credit-system-coverage"]


def test_each_member_of_a_group_sends_for_its_own_place(catalogue: Catalogue) -> None:
    assert may(catalogue, "qinhuangdao-haigang")["qhd-tertiary-general-hospitals"] == {"130302"}
    assert may(catalogue, "qinhuangdao-development-zone")["qhd-tertiary-general-hospitals"] == {"130371"}


@pytest.mark.parametrize("period", ["2018Q4", "2022Q4", "2024Q4"])
def test_whatever_a_form_asks_of_a_body_it_may_send(catalogue: Catalogue, period: str) -> None:
    for organisation in catalogue.organisations.values():
        mine = rights(catalogue, organisation)
        owed = duties(catalogue, organisation, Period.parse(period), due=Due(date(2025, 1, 7), 12)).rows
        assert [row.code for row in owed if row.region not in mine.get(row.indicator.id, ())] == []


# -- what it is told of the rest -------------------------------------------------------------------------------


def test_D22_a_figure_of_another_body_is_refused_and_says_whose_it_is(desk: Desk) -> None:
    found = desk.check(csv({}, NURSING), user=HEALTH)
    assert not found.accepted
    (problem,) = found.problems
    assert (problem.severity, problem.code, problem.row, problem.column) == (
        Severity.ERROR,
        "not_yours",
        3,
        "indicator",
    )
    said = explain(problem)
    assert said["zh"].startswith("市卫健委不能报送成都市的“养老机构护理型床位占比”。该数据由市民政局报送:请删去这一行")
    assert "It is Chengdu Civil Affairs Bureau's to send" in said["en"]
    assert desk.check(csv({}), user=HEALTH).accepted


def test_D22_the_whole_file_is_refused_and_the_refusal_recorded(desk: Desk) -> None:
    receipt = desk.send(csv({}, NURSING), user=HEALTH)
    assert (receipt.submission, codes(receipt.checked.problems)) == ("", ["not_yours"])
    (line,) = desk.store.ask("ledger", most=1).iter_rows(named=True)
    assert (line["actor"], line["action"], json.loads(line["detail"])["problems"]) == ("zhou", "submit_refused", 1)
    assert desk.store.ask("submissions", id=None, sha256=None, submitted_by=None).is_empty()


def test_D22_what_is_not_yours_is_not_judged_any_further(desk: Desk) -> None:
    assert codes(desk.check(csv(NURSING | {"value": "101"}), user=HEALTH).problems) == ["not_yours"]


def test_another_citys_figure_names_the_body_that_owes_it(desk: Desk) -> None:
    row = {"indicator": "gz-credit-system-coverage", "region": "广州市", "period": "2020", "value": "80"}
    (problem,) = desk.check(csv(row), user=HEALTH).problems
    # the lead that the plan names is gone; its successor answers today
    assert "广州市市场监督管理局" in explain(problem)["zh"]


def test_an_indicator_of_no_plan_names_its_owner_at_home(desk: Desk) -> None:
    row = {"indicator": "常住人口", "value": "2119.2", "note": "x"}
    (problem,) = desk.check(csv(row), user=HEALTH).problems
    assert "市统计局" in explain(problem)["zh"]


def test_a_figure_that_nobody_is_charged_with_says_so(desk: Desk) -> None:
    (problem,) = desk.check(csv(region="广州市"), user=HEALTH).problems
    assert "目录中没有登记由哪个单位报送" in explain(problem)["zh"]
    assert "names nobody for it" in explain(problem)["en"]


@pytest.mark.parametrize("user", [None, ANYONE, REVIEWER], ids=["nobody named", "operator", "reviewer"])
def test_whoever_is_no_statistician_is_not_asked(desk: Desk, user: User | None) -> None:
    assert desk.check(csv(NURSING), user=user).accepted


def test_a_statistician_without_an_organisation_sends_nothing(desk: Desk) -> None:
    found = desk.check(csv({"value": "x"}), user=User("sun", Role.STATISTICIAN))
    assert codes(found.problems) == ["number_unreadable", "organisation_none"]
    assert found.problems[1].row is None
    assert "请联系管理员" in explain(found.problems[1])["zh"]
    assert not desk.check(csv(), user=User("sun", Role.STATISTICIAN)).accepted


def test_an_organisation_that_the_catalogue_does_not_know_sends_nothing(desk: Desk) -> None:
    found = desk.check(csv(), user=User("sun", Role.STATISTICIAN, "chengdu-weather"))
    assert [(p.code, p.found) for p in found.problems] == [("organisation_unknown", "chengdu-weather")]
    assert found.count("new") == 1
