"""What a return says, as the lines that a submission or a draft is kept in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from indicators.store import Entry
from ingest.check import Checked
from ingest.form.forms import read_forms
from ingest.people import User
from ingest.settings import Settings
from ingest.submission import Signers
from ingest.words import visible

__all__ = ["add_contents", "signing"]

_LONGEST_FOUND = 200  # characters of a cell kept with what was explained of it


def _contents(checked: Checked) -> Mapping[str, pl.DataFrame]:
    """What a return newly says, by the table it is kept in."""
    fresh = checked.fresh
    figures = fresh if fresh.is_empty() else fresh.drop("change", "known_value")
    return {"figure": figures, "matter_report": checked.matters, "explanation": checked.explanations}


def add_contents(entry: Entry, submission: str, checked: Checked) -> None:
    """Stage a return: its figures, its matters, what it says of what lags, and what its sender explained."""
    mine = pl.lit(submission).alias("submission")
    for table, frame in _contents(checked).items():
        if not frame.is_empty():
            entry.add(table, frame.with_columns(mine))
    explained = [
        {
            "submission": submission,
            "row": problem.row or 0,
            "code": problem.code,
            "column_name": problem.column,
            "found": visible(problem.found)[:_LONGEST_FOUND],
            "facts": json.dumps(dict(problem.facts), ensure_ascii=False),
        }
        for problem in checked.problems
        if problem.explained
    ]
    entry.add("finding", explained)


def signing(settings: Settings, submission: str, checked: Checked, signers: Signers, user: User) -> Mapping[str, Any]:
    """Whose return it is, who signed it and by when it was due."""
    on = checked.form
    form = next((f for f in read_forms().values() if f.number == on.number), None) if on else None
    return {
        "submission": submission,
        "organisation": on.organisation if on else user.organisation,
        "form": on.number if on else "",
        "period": on.period.code if on else _period_shared(checked),
        "due_at": form.due_for(on.period).instant(settings.timezone) if form and on else None,
        "filled_by": signers.filled_by,
        "statistics_head": signers.statistics_head,
        "organisation_head": signers.organisation_head,
        "reported_on": signers.reported_on,
    }


def _period_shared(checked: Checked) -> str:
    """The period that all figures of a return are of; '' where they are of several."""
    periods = set() if checked.fresh.is_empty() else set(checked.fresh["period"])
    return periods.pop() if len(periods) == 1 else ""
