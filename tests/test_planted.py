"""Nothing that was not released reaches the public, in any form: it is planted, and every value is looked at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from tests import planted
from tests.snapshots import Office, office

pytestmark = pytest.mark.usefixtures("in_process")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(tmp_path / "home") as opened:
        planted.plant(opened)
        yield opened


def test_E23_no_table_and_no_parquet_file_holds_what_was_not_released(here: Office) -> None:
    assert here.snapshot().release.number == 2
    assert list(planted.found_in_tables(here.home.public)) == []
    assert list(planted.found_in_files(here.home.public)) == []
    public = here.snapshot().figures()
    assert public["value"].drop_nulls().to_list() == [7.5, 81.77]
    assert public.filter(missing="suppressed")["indicator"].to_list() == ["gz-bio-enterprise-revenue"]


def test_what_looks_for_them_finds_them_in_the_store(here: Office) -> None:
    """A search that finds nothing anywhere would prove nothing."""
    figures = here.store._connection.cursor().execute("FROM figure").pl()
    kept = (
        set(figures["value"]) | set(figures["numerator"]) | set(figures["denominator"]) | set(figures["contributors"])
    )
    assert set(planted.NUMBERS.values()) - kept == {planted.NUMBERS["a draft"]}
    assert len(list(planted._in_frame(figures, "figure"))) > 10
    assert list(planted.found_in_text("约 150,123 张")) == ["150,123"]
    assert list(planted.found_in_files(here.home.uploads))
    held = next((here.home.releases / "held").iterdir())
    assert any("82.8642" in found for found in planted.found_in_tables(held))
    assert isinstance(figures, pl.DataFrame)
