"""What changed since the last release: nothing before any, then each kind of change with its values and its people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from indicators.catalogue import CatalogueKind
from indicators.causes import Cause
from indicators.period import Period
from indicators.rules import Status
from indicators.store import Store
from ingest import demo
from ingest.edits import PathVersion, paths
from ingest.importing import import_file
from ingest.people import Role, User
from ingest.reading import judged_plan
from ingest.reasons import reasons
from ingest.release import DEFAULT_RULE, release
from ingest.settings import Settings
from ingest.since_release import Since, since_release
from ingest.submission import Decision
from tests.conftest import Texts
from tests.desk import PUBLISHER, REVIEWER, Desk
from tests.returns import csv, filled

pytestmark = pytest.mark.usefixtures("in_process")

PLAN, ZONE = "chengdu-145", "Asia/Shanghai"
FIRST, NOW = date(2022, 12, 31), date(2023, 12, 31)
BEDS = {"indicator": "beds-per-1000", "note": "核实"}
ADMIN = User("chen", Role.ADMINISTRATOR)


@pytest.fixture
def desk(store: Store, settings: Settings, tmp_path: Path) -> Desk:
    return Desk(store, settings, tmp_path)


def since(store: Store, *, as_of: date = NOW, known_on: Any = None) -> Since | None:
    catalogue = store.catalogue(known_on)
    rule, plan = catalogue.rules[DEFAULT_RULE], catalogue.plans[PLAN]
    judged = judged_plan(store, catalogue, plan, as_of=as_of, rule=rule, known_on=known_on)
    return since_release(store, catalogue, plan, judged, rule=rule, zone=ZONE, as_of=as_of, known_on=known_on)


def changed(store: Store, **asked: Any) -> Since:
    found = since(store, **asked)
    assert found is not None
    return found


def statuses(found: Since) -> list[tuple[str, Status, Status, tuple[Cause, ...]]]:
    return [(c.now.commitment.id, c.before, c.after, c.causes) for c in found.changes]


@pytest.fixture
def released(desk: Desk) -> Desk:
    """Two years of beds, released as of the second."""
    desk.approve(csv({"period": "2021Q4", "value": "7.54"}, {"period": "2022Q4", "value": "7.74"}, **BEDS))
    release(desk.store, user=PUBLISHER, note="2022年", as_of=FIRST)
    return desk


def test_before_any_release_there_is_nothing_to_say(store: Store) -> None:
    assert since(store) is None


def test_right_after_a_release_nothing_has_changed(released: Desk) -> None:
    found = changed(released.store, as_of=FIRST)
    assert (found.number, found.released_by, found.note) == (1, "zhao", "2022年")
    assert not (found.changes or found.news or found.revisions or found.targets or found.definitions or found.rules)


def test_new_figures_are_counted_and_move_a_status(released: Desk) -> None:
    released.approve(csv({"period": "2023Q3", "value": "7.80"}, {"period": "2023Q4", "value": "7.82"}, **BEDS))
    found = changed(released.store)
    (news,) = found.news
    assert (news.one.commitment.id, news.figures, news.period, news.value) == (
        "beds-per-1000",
        2,
        Period.quarter(2023, 4),
        7.82,
    )
    assert not found.revisions
    assert statuses(found) == [("beds-per-1000", Status.ON_SCHEDULE, Status.BEHIND, (Cause.NEW_DATA,))]


def test_a_revision_says_from_what_to_what_by_whom_and_why(released: Desk) -> None:
    released.approve(csv(period="2022Q4", value="7.60", vintage="年报", **BEDS | {"note": "年报核定"}))
    found = changed(released.store)
    (one,) = found.revisions
    assert (one.one.commitment.id, one.period, one.before, one.after) == (
        "beds-per-1000",
        Period.quarter(2022, 4),
        7.74,
        7.6,
    )
    assert (one.vintage, one.sent_by, one.approved_by, one.reason) == ("annual", "wang", REVIEWER.name, "年报核定")
    assert statuses(found) == [("beds-per-1000", Status.ON_SCHEDULE, Status.BEHIND, (Cause.REVISION,))]
    assert not found.news


def test_the_same_value_approved_again_is_no_revision(released: Desk) -> None:
    released.approve(csv(period="2022Q4", value="7.74", vintage="年报", **BEDS))
    found = changed(released.store, as_of=FIRST)
    assert not (found.revisions or found.news or found.changes)


def test_what_was_approved_and_voided_since_changed_nothing(released: Desk) -> None:
    submission = released.approve(csv(period="2023Q4", value="7.82", **BEDS))
    assert changed(released.store).news
    released.decide(submission, Decision.VOID)
    found = changed(released.store)
    assert not (found.news or found.revisions)


def test_only_the_plans_own_figures_count(released: Desk) -> None:
    released.approve(csv({"region": "武侯区"}, period="2023Q4", value="7.82", **BEDS))
    assert not changed(released.store).news


def test_a_later_day_may_be_all_that_changed(released: Desk) -> None:
    found = changed(released.store, as_of=date(2026, 6, 30))
    assert ("beds-per-1000", Status.ON_SCHEDULE, Status.NOT_ASSESSABLE, (Cause.TIME,)) in statuses(found)


def test_a_day_before_the_releases_shows_what_was_learned_since(released: Desk) -> None:
    assert not changed(released.store, as_of=date(2021, 12, 31)).changes
    released.approve(csv(period="2021Q4", value="7.30", vintage="修订", **BEDS | {"note": "订正"}))
    found = changed(released.store, as_of=date(2021, 12, 31))
    assert [change[3] for change in statuses(found)] == [(Cause.REVISION,)]
    assert len(found.revisions) == 1


def test_it_is_known_as_it_was(released: Desk) -> None:
    before = released.store.ask("last_entry")["recorded_at"][0]
    released.approve(csv(period="2023Q4", value="7.82", **BEDS))
    later = released.store.ask("last_entry")["recorded_at"][0]
    release(released.store, user=PUBLISHER, as_of=NOW)
    assert changed(released.store).number == 2
    assert not changed(released.store).news
    assert changed(released.store, known_on=later).number == 1
    assert changed(released.store, known_on=later).news
    assert not changed(released.store, known_on=before).news


def test_a_frozen_status_is_what_counts(released: Desk) -> None:
    frozen = released.store.ask("frozen", number=1, plan=PLAN).filter(commitment="beds-per-1000")
    assert frozen["status"].to_list() == ["on_schedule"]
    with released.store.entry(actor="x", action="release") as entry:  # by a program that judged otherwise
        entry.add("release", [{"number": 2, "released_by": "zhao", "note": ""}])
        entry.add("release_as_of", [{"number": 2, "as_of": FIRST}])
        entry.add(
            "release_status",
            frozen.with_columns(status=pl.lit("ahead"), number=pl.lit(2, pl.Int32)).with_columns(
                plan=pl.lit(PLAN), period=pl.lit("2022Q4"), value=pl.lit(7.74)
            ),
        )
    found = changed(released.store, as_of=FIRST)
    assert statuses(found) == [("beds-per-1000", Status.AHEAD, Status.ON_SCHEDULE, (Cause.PROGRAM,))]


def test_a_release_of_an_older_program_is_as_of_its_day(released: Desk) -> None:
    with released.store.entry(actor="x", action="release") as entry:
        entry.add("release", [{"number": 2, "released_by": "zhao", "note": ""}])
    found = changed(released.store)
    assert found.number == 2
    assert not found.changes


# -- the catalogue -------------------------------------------------------------------------------------------


@pytest.fixture
def edit(released: Desk) -> Callable[..., None]:
    """Import a shipped file with one text replaced by another."""

    def make(file: str, before: str, after: str, *, document: str = "成府发〔2024〕1号") -> None:
        texts = {name: text for _, name, text in released.store.catalogue_texts()}
        name = Path(file).stem
        assert before in texts[name], texts[name]
        text = texts[name].replace(before, after, 1)
        assert import_file(released.store, path_name=file, text=text, user=ADMIN, document=document)

    return make


def target_of(store: Store, name: str = "beds-per-1000") -> str:
    """The lines of one target in its plan's file."""
    text = next(t for _, n, t in store.catalogue_texts() if n == PLAN)
    start = text.index(f'id = "{name}"')
    return text[start : text.index("[[commitments]]", start)]


def test_an_edited_target_says_what_it_was_and_which_document_allows_it(
    released: Desk, edit: Callable[..., None]
) -> None:
    was = target_of(released.store)
    assert "target_value = 8.3" in was
    edit(f"{PLAN}.toml", was, was.replace("target_value = 8.3", "target_value = 9.5"))
    found = changed(released.store, as_of=FIRST)
    (one,) = found.targets
    assert one.before is not None and one.after is not None
    assert (one.before.target_value, one.after.target_value) == (8.3, 9.5)
    assert (one.by, one.document) == ("chen", "成府发〔2024〕1号")
    assert [change[3] for change in statuses(found)] == [(Cause.TARGET,)]


def test_other_words_about_a_target_are_no_edit_of_it(released: Desk, edit: Callable[..., None]) -> None:
    was = target_of(released.store)
    edit(f"{PLAN}.toml", was, was.replace('name_en = "', 'name_en = "The '))
    assert not changed(released.store).targets


def test_a_target_that_is_gone_or_new(released: Desk, edit: Callable[..., None]) -> None:
    was = target_of(released.store, "nurses-per-1000")
    edit(f"{PLAN}.toml", "[[commitments]]\n" + was, "")
    (gone,) = changed(released.store).targets
    assert gone.before is not None and gone.before.id == "nurses-per-1000" and gone.after is None
    edit(f"{PLAN}.toml", "[[commitments]]\n", "[[commitments]]\n" + was + "[[commitments]]\n")
    both = changed(released.store).targets
    assert [(one.before is None, one.after is None) for one in both] == [(False, True), (True, False)]


def test_an_edited_definition_names_its_fields(released: Desk, edit: Callable[..., None]) -> None:
    edit("beds-per-1000.toml", 'text_zh = "', 'text_zh = "(修订)')
    (one,) = changed(released.store).definitions
    assert (one.indicator.id, one.version, one.fields, one.by) == ("beds-per-1000", 1, ("text_zh",), "chen")
    assert not changed(released.store).changes or Cause.DEFINITION not in changed(released.store).changes[0].causes


def test_a_rule_in_another_version(released: Desk, edit: Callable[..., None]) -> None:
    edit("cn-schedule.toml", "version = 1", "version = 2")
    (one,) = changed(released.store).rules
    assert (one.rule.id, one.before, one.rule.version, one.document) == ("cn-schedule", 1, 2, "成府发〔2024〕1号")


def test_a_plan_that_came_after_the_release_has_no_then(
    empty: Store, settings: Settings, tmp_path: Path, shipped: Texts
) -> None:
    desk = Desk(
        filled(empty, [t for t in shipped if t[0] is not CatalogueKind.PLAN or t[1] != PLAN]), settings, tmp_path
    )
    desk.approve(csv(period="2022Q4", value="7.74", **BEDS))
    release(empty, user=PUBLISHER, as_of=FIRST)
    (text,) = (t for _, name, t in shipped if name == PLAN)
    import_file(empty, path_name=f"{PLAN}.toml", text=text, user=ADMIN, document="")
    found = changed(empty)
    assert not (found.changes or found.targets)


# -- earlier ways to a target ----------------------------------------------------------------------------------


def judged_beds(store: Store) -> Any:
    catalogue = store.catalogue()
    found = judged_plan(store, catalogue, catalogue.plans[PLAN], as_of=NOW, rule=catalogue.rules[DEFAULT_RULE])
    return next(one for one in found if one.commitment.id == "beds-per-1000")


def test_a_target_never_edited_has_no_earlier_way(released: Desk, edit: Callable[..., None]) -> None:
    assert paths(released.store, judged_beds(released.store)) == ()
    was = target_of(released.store)
    edit(f"{PLAN}.toml", was, was.replace('name_en = "', 'name_en = "The '))
    assert paths(released.store, judged_beds(released.store)) == ()


def test_the_earlier_ways_to_a_target_are_kept(released: Desk, edit: Callable[..., None]) -> None:
    for before, after in (("8.3", "9.5"), ("9.5", "9")):
        was = target_of(released.store)
        edit(f"{PLAN}.toml", was, was.replace(f"target_value = {before}", f"target_value = {after}"), document=after)
    found = paths(released.store, judged_beds(released.store))
    assert [(one.target.low, one.by, one.document) for one in found] == [(8.3, "chen", "9.5"), (9.5, "chen", "9")]
    assert all(isinstance(one, PathVersion) for one in found)
    assert found[0].until < found[1].until
    assert paths(released.store, judged_beds(released.store), known_on=found[0].until)[-1].target.low == 8.3


# -- what owners said ------------------------------------------------------------------------------------------


def test_reasons_are_known_once_they_are_approved(demo_store: Store) -> None:
    catalogue = demo_store.catalogue()
    judged = judged_plan(
        demo_store, catalogue, catalogue.plans[PLAN], as_of=date(2024, 12, 31), rule=catalogue.rules[DEFAULT_RULE]
    )
    told = reasons(demo_store, judged)
    (one,) = told["gps-per-10000", "510100"]
    assert (one.period, one.organisation) == (Period.quarter(2024, 4), "chengdu-health")
    assert one.reason.startswith("示例") and one.progress and one.measures
    assert reasons(demo_store, judged, known_on=one.at) == told
    before = one.at.replace(year=one.at.year - 1)
    assert reasons(demo_store, judged, known_on=before) == {}


@pytest.fixture(scope="module")
def demo_store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    made = Store(":memory:", kind="demo")
    settings = Settings(home=tmp_path_factory.mktemp("demo"), demo=True)
    demo.build(made, settings, settings.at())
    yield made
    made.close()
