"""What a newer catalogue file says otherwise: every difference in a line of its own, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from indicators.catalogue import CatalogueKind, parse, write
from indicators.store import Store
from ingest.changes import Change, ChangeKind, differences
from ingest.importing import import_file, would_import
from ingest.people import Forbidden, User
from ingest.submission import Refused
from tests import builders as make

PLAN = make.plan(make.commitment(id="a"), make.commitment(id="b"))


def told(before: object, after: object, *, kind: CatalogueKind = CatalogueKind.PLAN) -> list[str]:
    return [str(c) for c in differences(kind, "p", write(before), write(after))]  # type: ignore[arg-type]


def test_the_same_text_differs_in_nothing_but_its_version() -> None:
    assert told(PLAN, PLAN) == ["plan p: new version"]


def test_what_is_new_is_one_line() -> None:
    found = differences(CatalogueKind.PLAN, "p", None, write(PLAN))
    assert found == [Change(ChangeKind.NEW, "plan p")]


def test_commitments_come_go_and_change() -> None:
    first, second = PLAN.commitments
    after = replace(PLAN, commitments=(replace(first, target_value=7.0, note_zh="注"), make.commitment(id="c")))
    assert told(PLAN, after) == [
        "p/c: added",
        "p/b: removed",
        f"p/a: target_value: {first.target_value} → 7.0",
        "p/a: note_zh: — → 注",
    ]
    assert second.id == "b"


def test_a_plans_own_fields_are_told_beside_its_commitments() -> None:
    assert told(PLAN, replace(PLAN, title_zh="新题", seed=PLAN.seed)) == [f"plan p: title_zh: {PLAN.title_zh} → 新题"]


def test_regions_and_organisations_are_told_by_their_codes(store: Store) -> None:
    texts = {name: text for _, name, text in store.catalogue_texts()}
    rows = parse(CatalogueKind.REGIONS, texts["regions"])
    assert isinstance(rows, tuple)
    changed = (replace(rows[0], note="x"), *rows[2:])
    found = differences(CatalogueKind.REGIONS, "regions", texts["regions"], write(changed))  # type: ignore[arg-type]
    assert sorted(map(str, found)) == sorted(
        [f"regions/{rows[1].code}: removed", f"regions/{rows[0].code}: note: {rows[0].note or '—'} → x"]  # type: ignore[union-attr]
    )


# -- before it is stored -------------------------------------------------------------------------------------


def body(store: Store, name: str) -> str:
    return next(text for _, n, text in store.catalogue_texts() if n == name)


def test_what_would_change_is_what_changes(store: Store, chen: User) -> None:
    text = body(store, "chengdu-145").replace("target_value = 82.42", "target_value = 82.5")
    before = store.ask("last_entry").rows()
    found = would_import(store, path_name="x.toml", text=text, user=chen)
    assert store.ask("last_entry").rows() == before
    assert found.promised
    done = import_file(store, path_name="x.toml", text=text, user=chen, document="文", address="10.0.0.1")
    assert done == list(map(str, found.changes)) == ["chengdu-145/life-expectancy: target_value: 82.42 → 82.5"]
    assert store.ask("seals", after=0)["address"][-1] == "10.0.0.1"
    assert would_import(store, path_name="x.toml", text=text, user=chen).changes == ()


def test_looking_needs_the_right_to_import(store: Store, wang: User) -> None:
    with pytest.raises(Forbidden):
        would_import(store, path_name="x.toml", text=body(store, "beds"), user=wang)


def test_a_rule_without_a_higher_version_is_refused_before_it_is_stored(store: Store, chen: User) -> None:
    text = body(store, "cn-schedule").replace("nearly_from = 0.95", "nearly_from = 0.9")
    with pytest.raises(Refused, match="must exceed 1"):
        would_import(store, path_name="x.toml", text=text, user=chen)
