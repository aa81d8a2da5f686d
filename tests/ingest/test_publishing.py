"""From a release to what the public has: frozen, held until it is due, put out whole or not at all."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from indicators.store import Snapshot, SnapshotError, StoreError
from ingest import publishing
from ingest.publishing import UnknownRelease, pending, publish
from ingest.publishing import publishing as beside
from ingest.submission import Refused
from tests.returns import csv
from tests.snapshots import Office, office, released

pytestmark = pytest.mark.usefixtures("in_process")

LATER = timedelta(days=30)
REVENUE = {"indicator": "gz-bio-enterprise-revenue", "region": "440100", "note": "x"}
REVISED = {"value": "81.8", **(WHY := {"vintage": "修订", "note": "内部:录入错误"})}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path / "home") as opened:
        yield opened


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


# -- what a snapshot holds ---------------------------------------------------------------------------------------


def test_a_release_becomes_a_numbered_dated_and_hashed_snapshot(here: Office) -> None:
    here.send(csv({}, {"period": "2022", "value": "82"}))
    here.release("首次发布")
    assert here.publish() == [1]
    snapshot = here.snapshot()
    snapshot.check()
    facts = snapshot.release
    assert (facts.number, facts.figures, facts.corrections, facts.note) == (1, 2, 0, "首次发布")
    assert (facts.as_of.isoformat(), str(facts.data_until)) == ("2024-12-31", "2022-12-31")
    assert facts.publisher("zh") == "成都市健康服务业领导小组办公室"
    assert snapshot.figures().select("period", "value", "unit", "release", "replaced_by").rows() == [
        ("2021", 81.76, "岁", 1, None),
        ("2022", 82.0, "岁", 1, None),
    ]
    told = json.loads((here.home.public / "current.json").read_text())
    assert told == {"release": 1, "folder": snapshot.folder.name, "digest": snapshot.digest}
    assert here.store.ask("snapshots")["digest"].to_list() == [snapshot.digest]


def test_parquet_says_what_the_tables_say(tmp_path: Path) -> None:
    snapshot = released(tmp_path, csv({}, {"period": "2022", "value": "82"}), csv(REVISED), notes=["", "订正"])
    for table in ("release", "catalogue", "figure", "assessment", "status_change", "correction"):
        read = pl.read_parquet(snapshot.folder / "parquet" / f"{table}.parquet")
        with duckdb.connect(str(snapshot.folder / "snapshot.duckdb"), read_only=True, config=_same()) as beside_it:
            assert read.rows() == beside_it.execute(f"FROM {table}").fetchall()


def _same() -> dict[str, Any]:
    """A second connection of one process to one file must ask for the same."""
    from indicators.store.snapshot import _LOCKED

    return dict(_LOCKED)


def test_a_correction_is_a_release_that_lists_both_values_and_why(here: Office) -> None:
    here.send(csv({}, {"period": "2022", "value": "82"}))
    here.release()
    here.send(csv(REVISED))
    with pytest.raises(Refused, match="1 of the figures correct published ones: say why"):
        here.release()
    done = here.release("按年报核定")
    assert (done.figures, done.corrections) == (1, 1)
    here.publish()
    snapshot = here.snapshot()
    assert snapshot.corrections().drop("accumulation", "period_end").rows() == [
        (2, 1, "life-expectancy", "510100", "2021", 81.76, "", 81.8, "", "按年报核定")
    ]
    assert snapshot.figures(replaced=True).select("value", "release", "replaced_by").rows() == [
        (81.76, 1, 2),
        (81.8, 2, None),
        (82.0, 1, None),
    ]
    assert [(one.number, one.figures, one.corrections) for one in snapshot.releases] == [(2, 1, 1), (1, 2, 0)]


def test_the_same_value_again_is_no_correction(here: Office) -> None:
    here.send(csv({"vintage": "快报"}))
    here.release()
    here.send(csv({"vintage": "年报"}))
    assert here.release().corrections == 0
    here.publish()
    assert here.snapshot().corrections().is_empty()
    assert here.snapshot().figures()["vintage"].to_list() == ["annual"]


def test_the_ledger_of_causes_goes_with_every_later_release(here: Office) -> None:
    told = [("81.76", {}, ""), ("82.4", WHY, "订正"), ("82.41", WHY, "再订正")]
    for value, why, note in told:
        here.send(csv({"period": "2024", "value": value, **why}))
        here.release(note)
        here.publish()
    changes = here.snapshot().status_changes()
    assert changes.select("release", "plan", "commitment", "before", "after", "causes", "together").rows() == [
        (2, "chengdu-145", "life-expectancy", "far_behind", "ahead", "revision", False)
    ]


def test_an_older_release_still_says_what_it_said(here: Office) -> None:
    here.send(csv())
    here.release()
    here.publish()
    here.send(csv(REVISED))
    here.release("订正")
    assert here.publish() == [2]
    first = Snapshot(here.shelf.folders()[1])
    assert first.figures()["value"].to_list() == [81.76]
    assert first.release.number == 1


def test_what_is_decided_after_a_release_is_not_in_it_however_late_it_is_frozen(here: Office) -> None:
    here.send(csv())
    here.release()
    here.send(csv(REVISED))
    here.release("订正")
    here.send(csv({"period": "2023", "value": "82.3"}))
    assert here.publish() == [1, 2]
    assert Snapshot(here.shelf.folders()[1]).figures(replaced=True)["value"].to_list() == [81.76]
    assert here.snapshot().figures(replaced=True)["value"].to_list() == [81.76, 81.8]


def test_what_few_enterprises_stand_behind_is_veiled_with_what_would_give_it_away(here: Office) -> None:
    """Two of a year's cells would tell the third: the second quarter is its year to date less that of the first."""
    quarters = [
        {"period": "2023Q1", "value": "100", "accumulation": "本年累计", "contributors": "40"},
        {"period": "2023Q2", "value": "300", "accumulation": "本年累计", "contributors": "42"},
        {"period": "2023Q2", "value": "200", "accumulation": "当期", "contributors": "2", "source": "企业名录"},
        {"period": "2022Q4", "value": "700", "accumulation": "本年累计", "contributors": "40"},
    ]
    here.send(csv(*quarters, indicator="gz-bio-enterprise-revenue", region="440100", note="x"))
    here.release()
    here.publish()
    told = here.snapshot().figures(replaced=True)
    columns = ("period", "accumulation", "value", "missing", "source")
    assert told.filter(accumulation="period").select(columns).rows() == [("2023Q2", "period", None, "suppressed", "")]
    ytd = told.filter(accumulation="ytd")
    assert ytd["value"].null_count() == 1
    assert ytd.filter(period="2022Q4")["value"].to_list() == [700.0]
    kept = here.store._connection.cursor().execute("SELECT ground FROM release_veil ORDER BY ground").fetchall()
    assert kept == [("complement",), ("few",)]


def test_generated_figures_are_in_no_snapshot(tmp_path: Path) -> None:
    with office(tmp_path, demo=True) as here:
        here.send(csv())
        here.send(csv({"period": "2022", "value": "82.99", "note": "x"}), origin="demo")
        here.release()
        here.publish()
        snapshot = here.snapshot()
    assert snapshot.kind == "demo"
    assert snapshot.figures(replaced=True)["value"].to_list() == [81.76]
    assert 82.99 not in snapshot.assessments()["value"].to_list()


# -- until it is due ---------------------------------------------------------------------------------------------


def test_E24_what_is_embargoed_is_nowhere_before_its_time_and_there_after(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.send(csv())
    here.release()
    here.publish()
    here.send(csv({"period": "2022", "value": "82.345"}))
    here.release(public_from=now() + LATER)
    assert here.publish() == []
    assert here.snapshot().release.number == 1
    assert list(here.shelf.folders()) == [1]
    assert len(list(here.home.public.glob("release-*"))) == 1
    assert not (here.home.releases.stat().st_mode | (here.home.releases / "held").stat().st_mode) & 0o077
    assert not pending(here.store, here.home)
    monkeypatch.setattr(publishing, "datetime", _At(now() + LATER))
    assert pending(here.store, here.home)
    assert here.publish() == [2]
    assert here.snapshot().figures()["value"].to_list() == [81.76, 82.345]


class _At:
    """The clock of a day to come."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self, zone: object) -> datetime:
        return self._moment.replace(tzinfo=UTC)


def test_no_release_comes_out_before_an_earlier_one_that_is_held(here: Office) -> None:
    here.send(csv())
    here.release(public_from=now() + LATER)
    here.send(csv({"period": "2022", "value": "82"}))
    with pytest.raises(Refused, match="release 1 is not public yet"):
        here.release()
    with pytest.raises(Refused, match="release 1 is not public yet"):
        here.release(public_from=now() + LATER / 2)
    assert here.release(public_from=now() + 2 * LATER).number == 2
    assert here.publish() == []
    assert here.shelf.current() is None


# -- cut off -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["freeze", "_listed", "_for_reading"])
def test_F19_a_release_cut_off_while_it_is_frozen_leaves_the_old_one_and_nothing_else(
    here: Office, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    here.send(csv())
    here.release()
    here.publish()
    here.send(csv({"period": "2022", "value": "82"}))
    here.release()

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, step, cut)
    with pytest.raises(KeyboardInterrupt):
        here.publish()
    assert here.snapshot().release.number == 1
    assert not list(here.home.releases.glob("work-*"))
    monkeypatch.undo()
    assert here.publish() == [2]


_KILLED = """
import os, signal, sys
from pathlib import Path
from ingest import publishing, shelf
from tests.snapshots import office

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

where, name = sys.argv[2].split(":")
setattr({"publishing": publishing, "shelf": shelf.Shelf, "os": os}[where], name, die)
with office(Path(sys.argv[1])) as here:
    here.publish()
"""


@pytest.mark.parametrize(
    "step", ["publishing:freeze", "publishing:_listed", "publishing:_for_reading", "shelf:put_out", "shelf:point"]
)
def test_F19_a_release_killed_at_any_step_is_there_after_the_next_start_and_the_old_one_until_then(
    tmp_path: Path, step: str
) -> None:
    with office(tmp_path / "home") as here:
        here.send(csv())
        here.release()
        here.publish()
        here.send(csv({"period": "2022", "value": "82"}))
        here.release()
    root = Path(__file__).resolve().parents[2]
    died = subprocess.run(
        [sys.executable, "-c", _KILLED, str(tmp_path / "home"), step],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        check=False,
        capture_output=True,
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    with office(tmp_path / "home") as again:
        assert again.snapshot().release.number == 1
        assert again.publish() == [2]
        assert not list(again.home.releases.glob("work-*"))
        assert again.snapshot().figures()["value"].to_list() == [81.76, 82.0]
        again.snapshot().check()


@pytest.mark.parametrize("harm", ["removed", "truncated"])
def test_F19_a_snapshot_that_is_lost_is_made_again_from_the_store(here: Office, harm: str) -> None:
    here.send(csv())
    here.release()
    here.publish()
    file = here.snapshot().folder / "snapshot.duckdb"
    os.chmod(file.parent, 0o755)
    os.chmod(file, 0o644)
    if harm == "removed":
        file.unlink()
    else:
        os.truncate(file, 5000)
    with pytest.raises(SnapshotError, match="cannot be read as a release"):
        here.snapshot()
    here.publish()
    assert here.snapshot().figures()["value"].to_list() == [81.76]


def harmed(here: Office) -> Path:
    """The folder of the release that is out, its snapshot gone."""
    folder = here.shelf.current()
    assert folder is not None
    os.chmod(folder, 0o755)
    (folder / "snapshot.duckdb").unlink()
    return folder


def test_frozen_again_a_release_tells_what_it_told_whatever_the_settings_say_now(here: Office) -> None:
    few = csv({"period": "2021", "accumulation": "本年累计", "value": "700", "contributors": "2"}, **REVENUE)
    here.send(few)
    here.release()
    here.publish()
    harmed(here)
    now_other = here.settings.model_copy(update={"least_contributors": 1, "publisher_zh": "另一机构"})
    publish(here.store, now_other, here.home)
    snapshot = here.snapshot()
    assert snapshot.figures()["missing"].to_list() == ["suppressed"]
    assert snapshot.release.publisher("zh") == "成都市健康服务业领导小组办公室"


def test_what_is_damaged_stays_until_something_whole_is_in_its_place(
    here: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.send(csv())
    here.release()
    here.publish()
    folder = harmed(here)

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(publishing, "freeze", full)
    with pytest.raises(OSError, match="no space left"):
        here.publish()
    assert folder.is_dir() and here.shelf.current() == folder
    monkeypatch.undo()
    here.publish()
    assert here.snapshot().figures()["value"].to_list() == [81.76]
    assert len(list(here.home.public.iterdir())) == 2  # one release, and what points to it


def test_where_what_points_to_it_is_lost_the_newest_is_out_again_and_nothing_older(here: Office) -> None:
    for value, why in (("81.76", {}), ("81.8", WHY)):
        here.send(csv({"value": value, **why}))
        here.release("订正")
        here.publish()
    (here.home.public / "current.json").unlink()
    assert pending(here.store, here.home)
    assert here.publish() == [2]
    assert here.snapshot().release.number == 2


def test_a_store_that_is_an_older_copy_publishes_nothing(here: Office, tmp_path: Path) -> None:
    here.send(csv())
    here.release()
    here.publish()
    with office(tmp_path / "other") as other:
        other.send(csv())
        other.release()
        shutil.copytree(here.home.public, other.home.public)
        with pytest.raises(UnknownRelease, match="it may be an older backup"):
            other.publish()
        assert other.snapshot().digest == here.snapshot().digest


def test_the_public_folder_may_be_on_another_disk(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    here.send(csv())
    here.release()
    rename = os.rename

    def across(old: Path, new: Path) -> None:
        if "held" in str(old):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        rename(old, new)

    monkeypatch.setattr(os, "rename", across)
    assert here.publish() == [1]
    here.snapshot().check()
    assert not list((here.home.releases / "held").iterdir())
    assert here.home.public.stat().st_mode & 0o777 == 0o755


def test_what_is_no_snapshot_is_an_error_of_the_store(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    here.send(csv())
    here.release()
    monkeypatch.setattr("indicators.store.pressing.SNAPSHOT", "nowhere/snapshot.duckdb")
    with pytest.raises(StoreError, match="the snapshot could not be written"):
        here.publish()
    assert here.shelf.current() is None


def test_with_a_clock_that_ran_ahead_nothing_is_released(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    here.send(csv())
    monkeypatch.setattr("indicators.store.store._now", lambda: now() + LATER)
    here.send(csv({"period": "2022", "value": "82"}))
    monkeypatch.undo()
    with pytest.raises(Refused, match="the server's clock was ahead"):
        here.release()


def test_pages_that_cannot_be_drawn_leave_the_old_release_out(here: Office) -> None:
    here.send(csv())
    here.release()

    def failing(folder: Path, older: object) -> None:
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space left"):
        here.publish(render=failing)
    assert here.shelf.current() is None
    assert not list(here.home.releases.glob("work-*"))

    def drawing(folder: Path, older: object) -> None:
        (folder / "site").mkdir()
        (folder / "site" / "index.html").write_text("第1次发布")

    assert here.publish(render=drawing) == [1]
    assert (here.snapshot().folder / "site" / "index.html").read_text() == "第1次发布"


def test_a_server_publishes_by_itself(here: Office) -> None:
    here.send(csv())
    with beside(here.store, here.settings, here.home, every=0.05):
        assert here.shelf.current() is None
        here.release()
        until = time.monotonic() + 20
        while here.shelf.current() is None and time.monotonic() < until:
            time.sleep(0.02)
    assert here.snapshot().release.number == 1
    assert publish(here.store, here.settings, here.home) == []


# -- reading -----------------------------------------------------------------------------------------------------


def test_a_snapshot_of_another_make_is_refused(here: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    here.send(csv())
    here.release()
    monkeypatch.setattr("indicators.store.pressing.SNAPSHOT_VERSION", 99)
    monkeypatch.setattr("indicators.store.snapshot.SNAPSHOT_VERSION", 99)
    here.publish()
    monkeypatch.setattr("indicators.store.snapshot.SNAPSHOT_VERSION", 1)
    with pytest.raises(SnapshotError, match="has snapshot schema 99, this program reads 1"):
        here.snapshot()


def test_a_file_that_is_not_as_it_was_written_is_found(here: Office) -> None:
    here.send(csv())
    here.release()
    here.publish()
    snapshot = here.snapshot()
    file = snapshot.folder / "parquet" / "figure.parquet"
    os.chmod(file, 0o644)
    file.write_bytes(file.read_bytes()[:-1] + b"\x00")
    with pytest.raises(SnapshotError):
        snapshot.check()


@pytest.mark.parametrize(
    "question",
    [
        "CREATE TABLE t AS SELECT 1",
        "INSERT INTO figure SELECT * FROM figure",
        "COPY figure TO '{folder}/out.csv'",
        "SELECT * FROM read_text('/etc/passwd')",
        "ATTACH '{store}' AS internal (READ_ONLY)",
        "SET enable_external_access = true",
        "INSTALL httpfs",
        "EXPORT DATABASE '{folder}'",
    ],
)
def test_E23_a_snapshot_can_be_read_and_nothing_else(here: Office, question: str) -> None:
    here.send(csv())
    here.release()
    here.publish()
    snapshot = here.snapshot()
    asked = question.format(folder=here.home.folder, store=here.home.store)
    with pytest.raises(duckdb.Error):
        snapshot._connection.cursor().execute(asked)
    assert not (here.home.folder / "out.csv").exists()
