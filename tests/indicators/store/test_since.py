"""What a store of before grows by, and what changed in it between two instants."""

from __future__ import annotations

import random
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from indicators.store import SCHEMA_VERSION, Store
from indicators.store import store as module
from tests.returns import FIGURE

FOREVER = datetime(9999, 12, 31)
KEY = ("indicator", "region", "period_end", "accumulation")
FIGURES = {"value": pl.Float64, "numerator": pl.Float64, "denominator": pl.Float64, "published_on": pl.Date}


def test_a_store_of_before_annotations_grows_and_takes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schema 4: a ledger that is sealed, a release without the date its statuses are of, no table of notes."""
    path = tmp_path / "s.duckdb"
    monkeypatch.setattr(module, "SCHEMA_VERSION", 4)
    old = Store(path)
    with old.entry(actor="zhao", action="release") as entry:
        entry.add("release", [{"number": 1, "released_by": "zhao", "note": "2023年"}])
    for table in ("release_as_of", "annotation", "annotation_withdrawal"):
        old._connection.execute(f"DROP TABLE {table}")
    old.close()
    monkeypatch.undo()
    grown = Store(path)
    assert grown.ask("info")["schema_version"].to_list() == [SCHEMA_VERSION]
    assert grown.first_break() is None
    (last,) = grown.ask("last_release", known_on=FOREVER).rows(named=True)
    assert (last["number"], last["note"], last["as_of"]) == (1, "2023年", None)
    note = {"id": "a", "indicator": "beds", "region": "510100", "day": date(2024, 1, 1), "kind": "event"}
    note |= {"text": "投用", "link": "", "written_by": "zhou", "organisation": "chengdu-health"}
    with grown.entry(actor="zhou", action="annotate") as entry:
        entry.add("annotation", [note])
    found = grown.ask("annotations", id=None, indicator=None, region=None, known_on=FOREVER)
    assert found["text"].to_list() == ["投用"]
    grown.close()


def decide(store: Store, submission: str, decision: str) -> None:
    with store.entry(actor="li", action=decision, subject=submission) as entry:
        line = {"submission": submission, "decision": decision, "decided_by": "li", "reason": ""}
        entry.add("decision", [line])


def happened(store: Store, chance: random.Random) -> list[datetime]:
    """Sixty returns of one figure each, most approved and some voided later; when each thing happened."""
    for step in range(60):
        name = f"s{step}"
        sent = {"id": name, "sha256": name, "file_name": name, "submitted_by": "wang", "rows": 1, "origin": "reported"}
        place = {"indicator": chance.choice("ab"), "region": chance.choice("xy")}
        of = {"period_end": date(2020 + chance.randrange(3), 12, 31), "value": float(chance.randrange(4))}
        with store.entry(actor="wang", action="submit", subject=name) as entry:
            entry.add("submission", [sent])
            entry.add("figure", pl.DataFrame([FIGURE | place | of | {"submission": name}], schema_overrides=FIGURES))
        if chance.random() < 0.8:
            decide(store, name, "approve")
        if step and chance.random() < 0.3:
            decide(store, f"s{chance.randrange(step)}", "void")
    return store.ask("ledger", most=1000)["recorded_at"].sort().to_list()


@pytest.mark.parametrize("seed", range(5))
def test_what_changed_is_what_two_looks_at_the_whole_store_tell_apart(empty: Store, seed: int) -> None:
    chance = random.Random(seed)
    instants = happened(empty, chance)
    wanted: dict[str, Any] = {"indicators": ["a"], "regions": ["x", "y"]}
    last = date(2021, 12, 31)
    for _ in range(8):
        since, until = sorted(chance.sample(instants, 2))
        looks = [empty.approved(known_on=at, **wanted).rows(named=True) for at in (since, until)]
        then, now = ({tuple(row[n] for n in KEY): row["value"] for row in look} for look in looks)
        found: dict[Any, dict[str, float]] = {}
        for row in empty.ask("since", since=since, known_on=until, as_of=last, **wanted).iter_rows(named=True):
            found.setdefault(tuple(row[n] for n in KEY), {})[row["moment"]] = row["value"]
        assert all(place[0] == "a" and place[2] <= last for place in found)
        for place in (place for place in {*then, *now} if place[2] <= last):
            if place in found:
                assert (found[place].get("then"), found[place].get("now")) == (then.get(place), now.get(place))
            else:
                assert then.get(place) == now.get(place)
