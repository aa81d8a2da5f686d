"""What a return says beside its figures: how its milestones and tasks stand, and why an indicator lags."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from indicators.catalogue import fold
from indicators.problem import Problem, Severity
from ingest.form.blank import Blank, Line, words
from ingest.form.filled import Filled, Row
from ingest.form.owed import Matter
from ingest.form.sheets import Part
from ingest.guessing import guess
from ingest.reader.sheet import Grid, letters

__all__ = ["Told", "owing", "read_day", "read_explanations", "read_matters"]

_DAY = re.compile(r"((?:19|20)[0-9]{2}) ?[-/.年] ?([0-9]{1,2}) ?[-/.月] ?([0-9]{1,2}) ?日?(?:[ T][0-9:.]+)?")
_MATTERS: Mapping[str, Any] = {
    "row": pl.Int32,
    **dict.fromkeys(("plan", "commitment", "state"), pl.String),
    "done_on": pl.Date,
    **dict.fromkeys(("evidence", "note"), pl.String),
}
_EXPLANATIONS: Mapping[str, Any] = {
    "row": pl.Int32,
    **dict.fromkeys(("indicator", "region", "period", "progress", "reason", "measures"), pl.String),
}
_NEEDED = {"done": ("完成日期", "佐证"), "dropped": ("说明",)}  # what a state asks for beside itself
_TEXTS = ("进展", "原因", "措施")
_LEAST = 2  # characters, as the form asks


@dataclass(frozen=True, slots=True)
class Told:
    """What one sheet newly reports, as its table in the store; `sent`: whether it says anything at all."""

    rows: pl.DataFrame
    problems: tuple[Problem, ...] = ()
    sent: bool = False


def read_day(text: str) -> date | None:
    """A day as people write it: 2024-03-05, 2024/3/5, 2024年3月5日; None for anything else."""
    found = _DAY.fullmatch(" ".join(unicodedata.normalize("NFKC", text).split()))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def owing(blank: Blank) -> dict[str, str]:
    """Whose return of which period it is, as facts of a message."""
    body, when = blank.organisation, blank.period
    return {"body_zh": body.name_zh, "body_en": body.name_en, "when_zh": when.name(), "when_en": when.name("en")}


# -- milestones and tasks ----------------------------------------------------------------------------------


def read_matters(grid: Grid | None, blank: Blank, before: pl.DataFrame, *, today: date) -> Told:
    """事项进展: how each matter stands, where that is new. `before`: what was last reported of each."""
    filled = Filled.of(grid, Part.MATTERS) if grid else Filled(())
    mine = {fold(matter.code): matter for matter in blank.matters}
    others = {f"{plan.id}/{one.id}" for plan in blank.catalogue.plans.values() for one in plan.commitments}
    problems = [*filled.broken, *filled.problems, *filled.twice()]
    lines = []
    for row in filled.answers:
        matter = mine.get(fold(row.key))
        found = list(_standing(row, today)) if matter else [_stranger(row, blank, mine, others)]
        problems += found
        if matter and not found:
            lines.append(_reported(row, matter))
    return Told(_new(lines, _MATTERS, before), tuple(problems), bool(filled.answers))


def _state(row: Row) -> str | None:
    said = fold(row.cells["完成情况"])
    return next((state for word, state in words()["state"].items() if fold(word) == said), None)


def _standing(row: Row, today: date) -> Iterator[Problem]:
    """What is wrong with how a matter is said to stand."""
    state, said = _state(row), row.cells["完成日期"]
    if state is None:
        yield row.problem("state_unknown", "完成情况", choices="、".join(words()["state"]))
        return
    for title in _NEEDED.get(state, ()):
        if not row.cells[title]:
            yield row.problem("matter_incomplete", title, state=row.cells["完成情况"], what=title)
    if said and state != "done":
        yield row.problem("matter_not_done", "完成日期", state=row.cells["完成情况"])
    elif said and (day := read_day(said)) is None:
        yield row.problem("date_unreadable", "完成日期")
    elif said and day and day > today:
        yield row.problem("date_future", "完成日期", today=f"{today}")


def _reported(row: Row, matter: Matter) -> tuple[Any, ...]:
    cells = row.cells
    done_on = read_day(cells["完成日期"])
    return (row.row, matter.plan.id, matter.commitment.id, _state(row), done_on, cells["佐证"], cells["说明"])


# -- what lags ---------------------------------------------------------------------------------------------


def read_explanations(grid: Grid | None, blank: Blank, before: pl.DataFrame, *, sent: bool) -> Told:
    """滞后说明: 进展, 原因, 措施 of each indicator, where they are new. `before`: what was last said of each.

    All three must be there for each indicator that lags when the return says anything: `sent`, or here.
    """
    filled = Filled.of(grid, Part.LAGGING) if grid else Filled(())
    mine = {fold(line.owed.code): line for line in blank.lines}
    others = {f"{name}@{region}" for name in blank.catalogue.indicators for region in blank.catalogue.regions}
    problems = [*filled.broken, *filled.problems, *filled.twice()]
    lines = []
    for row in filled.answers:
        line = mine.get(fold(row.key))
        if line is None:
            problems.append(_stranger(row, blank, mine, others))
            continue
        if not line.lagging:
            kept = row.problem("explanation_unasked", "代码", **_called(line))
            problems.append(replace(kept, severity=Severity.NOTICE))
        owed = line.owed
        lines.append((row.row, owed.indicator.id, owed.region, blank.period.code, *(row.cells[t] for t in _TEXTS)))
    if (sent or filled.answers) and not filled.broken:
        problems += _unexplained(filled, blank, sheet=grid.name if grid else "")
    return Told(_new(lines, _EXPLANATIONS, before), tuple(problems), bool(filled.answers))


def _unexplained(filled: Filled, blank: Blank, *, sheet: str) -> Iterator[Problem]:
    """An error for each indicator that lags and of which 进展, 原因, 措施 are not all said."""
    rows = {fold(row.key): row for row in reversed(filled.rows)}
    rows |= {fold(row.key): row for row in reversed(filled.answers)}  # a blank double says nothing
    for line in blank.lagging:
        row = rows.get(fold(line.owed.code))
        if row is None:
            facts = {**_called(line), "part": words()["sheet"]["lagging"]}
            yield Problem(Severity.ERROR, "explanation_row_missing", sheet, found=line.owed.code, facts=facts)
        elif empty := [title for title in _TEXTS if len(row.cells[title]) < _LEAST]:
            yield row.problem("explanation_missing", empty[0], what="、".join(empty), **_called(line))


def _called(line: Line) -> dict[str, str]:
    return {"name_zh": line.owed.indicator.name_zh, "name_en": line.owed.indicator.name_en}


# -- what both share ---------------------------------------------------------------------------------------


def _stranger(row: Row, blank: Blank, mine: Mapping[str, object], others: Collection[str]) -> Problem:
    """What is wrong with a row that answers for something the form does not ask."""
    key, column = next(iter(row.columns.items()))
    if not row.key:
        place = f"{letters(column.at)}{row.row}"
        return Problem(Severity.ERROR, "key_empty", row.sheet, row.row, column.label, place, {"name": key})
    if fold(row.key) in others:
        return row.problem("row_not_on_form", key, **owing(blank))
    return row.problem("answer_unknown", key, **guess(row.key, mine))


def _new(lines: Sequence[tuple[Any, ...]], schema: Mapping[str, Any], before: pl.DataFrame) -> pl.DataFrame:
    """The lines that say something else than what was last reported of the same."""
    names = [name for name in schema if name != "row"]
    known = set(before.select(names).iter_rows())
    return pl.DataFrame([line for line in lines if line[1:] not in known], schema=dict(schema), orient="row")
