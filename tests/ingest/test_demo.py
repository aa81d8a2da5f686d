"""The demonstration: generated alike everywhere, marked, kept apart, and made anew when its sources change."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from indicators.catalogue import Catalogue
from indicators.period import Period, year_end
from indicators.rollup import Obstacle, districts, roll_up
from indicators.store import Store, StoreBusy, StoreOfOtherKind
from indicators.store import store as store_module
from ingest import demo, demo_districts
from ingest.course import returns
from ingest.owner import opened
from ingest.people import Role, User
from ingest.reading import observations
from ingest.release import release
from ingest.settings import SHIPPED, Home, Settings
from ingest.submission import Decision, Refused, State
from ingest.workflow import decide, submit
from tests.conftest import Texts

ROOT = Path(demo.__file__).parents[1]
TOLD = ["indicator", "region", "period", "accumulation", "value", "vintage", "origin", "source", "note"]


@pytest.fixture
def demo_home(tmp_path: Path) -> Home:
    return Settings(home=tmp_path, demo=True).at()


@pytest.fixture
def built(settings: Settings, demo_home: Home, in_process: None) -> Iterator[Store]:
    """A demonstration in memory."""
    with_all = Store(":memory:", kind="demo")
    assert demo.build(with_all, settings, demo_home)
    yield with_all
    with_all.close()


def told(store: Store) -> pl.DataFrame:
    """Every approved figure, without what differs from one time to the next."""
    return store.approved().select(TOLD).sort(TOLD)


# -- what is generated -------------------------------------------------------------------------------------


def test_it_is_the_same_every_time(built: Store, settings: Settings, tmp_path: Path) -> None:
    again = Store(":memory:", kind="demo")
    demo.build(again, settings, Settings(home=tmp_path / "again", demo=True).at())
    assert told(again).equals(told(built))
    again.close()


def test_it_is_built_once(built: Store, settings: Settings, demo_home: Home) -> None:
    before = built.last_entry()
    assert demo.build(built, settings, demo_home) is False
    assert built.last_entry() == before


def test_figures_say_that_they_are_generated(built: Store) -> None:
    figures = told(built)
    generated = figures.filter(origin="demo")
    assert generated["note"].str.starts_with("示例数据,非真实统计结果").all()
    assert set(generated["source"]) == {"演示生成"}
    assert set(generated["region"]) == {"510100", *districts(built.catalogue().regions, "510100")}
    others = figures.filter(pl.col("origin") != "demo")
    assert set(others["origin"]) == {"reported"}
    assert others.height == len((SHIPPED / "actuals" / "published.csv").read_text("utf-8").splitlines()) - 1
    assert not others["note"].str.contains("示例").any()


def test_no_indicator_has_both_kinds_in_one_place(built: Store) -> None:
    kinds = told(built).group_by("indicator", "region").agg(pl.col("origin").n_unique())
    assert kinds["origin"].max() == 1


def test_figures_end_where_they_were_meant_to(built: Store, shipped: Texts) -> None:
    plan = Catalogue.of(shipped).plans[demo.PLAN]
    seen = told(built).filter(origin="demo", period="2024Q4", region="510100")
    values = dict(seen.select("indicator", "value").iter_rows())
    beds = plan.commitment("beds-per-1000")
    assert beds.baseline_value is not None and beds.target_value is not None
    assert values["beds-per-1000"] == pytest.approx(7.34 + 0.552 * (8.30 - 7.34), abs=0.005)
    assert values["visitors"] == 3.26
    assert not {"life-expectancy", "maternal-mortality"} & set(values)  # published ones exist


def test_two_quarters_are_missing_and_two_years_are_revised(built: Store) -> None:
    figures = told(built)
    places = figures.filter(indicator="childcare-places-per-1000")["period"].to_list()
    assert {"2022Q1", "2022Q4"} <= set(places) and not {"2022Q2", "2022Q3"} & set(places)
    annual = figures.filter(indicator="beds-per-1000", vintage="annual", origin="demo")
    assert annual.filter(region="510100")["period"].to_list() == ["2022Q4", "2023Q4"]


def test_districts_lie_around_the_city_and_together_a_little_off_it(built: Store) -> None:
    catalogue = built.catalogue()
    parts = districts(catalogue.regions, "510100")
    assert len(parts) == 20
    found = {}
    for name in demo_districts.INDICATORS:
        seen = observations(built, region=None, indicators=[name])
        rolled = roll_up(catalogue.indicators[name], seen, whole="510100", parts=parts, day=demo.AS_OF)
        found[name] = rolled.obstacle
        if rolled.obstacle is None:
            assert rolled.share is not None and 0.0005 < abs(rolled.share) < 0.03
    missing = ("family-doctor-signup-rate", "nursing-beds-share")
    assert found == {n: Obstacle.MISSING if n in missing else None for n in demo_districts.INDICATORS}
    sizes = built.revisions(indicators=list(demo_districts.INDICATORS))
    assert set(sizes["region"]) & set(parts)


# -- what its returns have been through -----------------------------------------------------------------------


def test_its_returns_are_in_every_state_a_visitor_may_meet(built: Store, settings: Settings) -> None:
    due = datetime(2025, 4, 5, 13, tzinfo=ZoneInfo("Asia/Shanghai"))
    found = returns(built, built.catalogue(), settings, periods=[Period.quarter(2025, 1)], now=due)
    next_ones = {one.organisation.id: one for one in found}
    health, elderly = next_ones["chengdu-health"], next_ones["chengdu-civil-affairs"]
    tourism, waived = next_ones["chengdu-culture-tourism"], next_ones["liuzhou-health"]
    assert (health.state, health.sent, health.overdue) == (State.RETURNED, 0, True)
    assert (elderly.state, elderly.reminded) == (State.DRAFT, 1)
    assert (tourism.state, tourism.late) == (State.WAITING, True)
    assert waived.waived and not waived.overdue
    before = returns(built, built.catalogue(), settings, periods=[Period.quarter(2024, 4)], now=due)
    last = {one.organisation.id: one for one in before}["chengdu-health"]
    assert (last.state, last.owed - last.sent, last.late) == (State.APPROVED, 0, False)


def test_one_of_its_returns_is_to_be_explained_and_none_was_approved(built: Store) -> None:
    told = built.ask("submissions", id=None, sha256=None, submitted_by=None)
    assert told.filter(decision="")["explained"].to_list() == [1, 0]
    assert told.filter(pl.col("file_name").str.contains("20"))["origin"].unique().to_list() == ["demo"]
    drafted = built.ask("drafts", id=None, sha256=None, drafted_by=demo.PEOPLE[Role.STATISTICIAN].name)
    assert drafted["period"].to_list() == ["2024"]


# -- kept apart --------------------------------------------------------------------------------------------


def test_no_generated_figure_is_ever_released(built: Store) -> None:
    assert told(built).filter(origin="demo").height > 100
    assert built.ask("unreleased").is_empty()
    with pytest.raises(Refused, match="nothing is approved and unreleased"):
        release(built, user=demo.PEOPLE[Role.PUBLISHER], as_of=year_end(2024))
    held = built._connection.cursor().execute(
        "SELECT s.origin, count(*) FROM release_figure r JOIN submission s ON s.id = r.submission GROUP BY s.origin"
    )
    published = told(built).filter(pl.col("origin") != "demo").height
    assert held.fetchall() == [("reported", published)]


def test_a_real_figure_on_top_is_released_alone(
    built: Store, settings: Settings, demo_home: Home, tmp_path: Path
) -> None:
    raw = "地区,指标,报告期,数值\n成都市,beds-per-1000,2025Q1,7.94\n".encode()
    sender = demo.PEOPLE[Role.STATISTICIAN]
    receipt = submit(built, settings, name="q1.csv", raw=raw, user=sender, uploads=demo_home.uploads)
    decide(built, submission=receipt.submission, decision=Decision.APPROVE, user=demo.PEOPLE[Role.REVIEWER])
    assert release(built, user=demo.PEOPLE[Role.PUBLISHER], as_of=year_end(2024)).figures == 1


def test_a_real_store_refuses_generated_figures(
    store: Store, settings: Settings, wang: User, tmp_path: Path, shipped: Texts, in_process: None
) -> None:
    catalogue = Catalogue.of(shipped)
    raw = demo._csv(list(demo._rows(catalogue, catalogue.plans[demo.PLAN])))
    before = store.last_entry()
    with pytest.raises(Refused, match="demonstration figures cannot enter a real store"):
        submit(store, settings, name="demo.csv", raw=raw, user=wang, uploads=tmp_path / "u", origin="demo")
    with pytest.raises(AssertionError):
        demo.build(store, settings, settings.at())
    assert store.last_entry() == before
    assert store.approved().is_empty()
    assert not (tmp_path / "u").exists()


# -- made anew ---------------------------------------------------------------------------------------------


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Shipped files that a test may change."""
    copied = tmp_path / "shipped"
    for part in ("actuals", "rules", "plans", "indicators"):
        shutil.copytree(SHIPPED / part, copied / part)
    for file in SHIPPED.glob("*.csv"):
        shutil.copy(file, copied)
    monkeypatch.setattr(demo, "SHIPPED", copied)
    return copied


def filled(home: Home) -> Path:
    """A demonstration with something in it; a file that goes when it is cleared."""
    demo.renew(home)
    with opened(home):
        kept = home.folder / "uploads" / "kept"
        kept.parent.mkdir(exist_ok=True)
        kept.touch()
    return kept


def test_one_made_from_the_same_files_is_kept(demo_home: Home, sources: Path) -> None:
    kept = filled(demo_home)
    demo.renew(demo_home)
    assert kept.exists() and demo_home.store.exists()


@pytest.mark.parametrize("changed", ["actuals/published.csv", "rules/cn-schedule.toml", "plans/chengdu-145.toml"])
def test_one_made_from_other_files_is_cleared(changed: str, demo_home: Home, sources: Path) -> None:
    kept = filled(demo_home)
    with (sources / changed).open("a", encoding="utf-8") as file:
        file.write("\n")
    demo.renew(demo_home)
    assert not kept.exists() and not demo_home.store.exists()
    kept = filled(demo_home)  # and from then on is kept
    demo.renew(demo_home)
    assert kept.exists()


def test_one_of_an_older_make_is_cleared(demo_home: Home, sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = filled(demo_home)
    monkeypatch.setattr(demo, "SCHEMA_VERSION", demo.SCHEMA_VERSION + 1)
    monkeypatch.setattr(store_module, "SCHEMA_VERSION", demo.SCHEMA_VERSION)
    demo.renew(demo_home)
    assert not kept.exists()


def test_one_of_which_nobody_knows_what_it_was_made_from_is_cleared(demo_home: Home, sources: Path) -> None:
    kept = filled(demo_home)
    (demo_home.folder / "made-from").unlink()
    demo.renew(demo_home)
    assert not kept.exists()


def test_a_real_store_in_its_place_is_left_alone(demo_home: Home, sources: Path) -> None:
    Store(demo_home.store).close()
    with pytest.raises(StoreOfOtherKind, match="is a real store and cannot be opened as a demo one"):
        demo.renew(demo_home)
    Store(demo_home.store).close()  # and still is one


HOLDER = """
import sys
from pathlib import Path
from ingest.owner import opened
from ingest.settings import Home
with opened(Home(Path(sys.argv[1]), demo=True)):
    print("open", flush=True)
    sys.stdin.readline()
"""


def test_one_that_a_server_has_open_is_not_cleared(demo_home: Home, sources: Path) -> None:
    kept = filled(demo_home)
    (demo_home.folder / "made-from").write_text("something else")
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(demo_home.folder.parent)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdin is not None and holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy, match=f"in use by process {holder.pid}"):
            demo.renew(demo_home)
        assert kept.exists() and demo_home.store.exists()
