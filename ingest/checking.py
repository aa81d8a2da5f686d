"""A return read and judged, from its bytes to what approving it would do; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import polars as pl

from indicators.catalogue import Catalogue
from indicators.problem import Problem, Severity
from indicators.store import Store
from ingest import part_rows
from ingest.check import Checked, check
from ingest.form.returned import take_back
from ingest.held import held
from ingest.normalise import normalise, titles
from ingest.people import User
from ingest.read import Sheet, Unreadable, read
from ingest.rights import not_yours
from ingest.settings import Settings

__all__ = ["check_file", "today"]


def today(settings: Settings) -> date:
    """The date where the office is."""
    return datetime.now(ZoneInfo(settings.timezone)).date()


def check_file(store: Store, settings: Settings, *, name: str, raw: bytes, user: User | None = None) -> Checked:
    """Read and judge a return, as sent by `user` where one is named; stores nothing.

    Whatever the bytes hold, the answer is a Checked.
    """
    catalogue = store.catalogue()
    try:
        sheet = read(name, raw, settings, catalogue=catalogue)
    except Unreadable as refused:
        return Checked(pl.DataFrame(), (refused.problem,), 0)
    day = today(settings)
    figures = _figures(store, settings, sheet, catalogue, day=day, user=user)
    checked = take_back(store, sheet, figures, catalogue=catalogue, today=day)
    if checked.accepted and checked.says_nothing and not checked.form and not checked.figures.is_empty():
        nothing = Problem(Severity.NOTICE, "nothing_new")
        checked = replace(checked, problems=(*checked.problems, nothing))
    return checked


def _figures(
    store: Store, settings: Settings, sheet: Sheet, catalogue: Catalogue, *, day: date, user: User | None
) -> Checked:
    """The figures of a file, judged, and what they would change."""
    figures, problems = normalise(sheet, catalogue)
    if figures.is_empty():
        return Checked(pl.DataFrame(), _once(sheet, (*sheet.refused, *problems)), sheet.at.len())
    from ingest.schema import failures  # pandera loads slowly, and only a return needs it

    problems += failures(figures, problems)
    problems += not_yours(figures, catalogue, user)
    named = {p.row for p in problems if p.severity is Severity.ERROR} - {None}
    sound = figures.filter(~pl.col("row").is_in(list(named))) if named else figures
    sound, more = check(sound, catalogue, partial(held, store, settings, user=user), today=day)
    if sheet.coded:
        more = [_as_on_the_form(p) for p in more]
    more += part_rows.doubts(figures, problems, judged=sound, catalogue=catalogue)
    called = titles(sheet)
    named_as_there = [replace(p, column=called.get(p.column, p.column)) for p in problems + more]
    return Checked(sound, _once(sheet, (*sheet.refused, *named_as_there)), sheet.at.len())


def _as_on_the_form(problem: Problem) -> Problem:
    """What a form asks for inside a year is due there, though it is a yearly figure elsewhere."""
    return replace(problem, severity=Severity.NOTICE, explained=False) if problem.code == "period_not_due" else problem


def _once(sheet: Sheet, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem of a cell told once, where it stands, however many figures of its row it stands in the way of.

    One of a head is told once for all rows; of a row that stands twice the first figure that differs is named.
    """
    told: dict[tuple[object, ...], Problem] = {}
    for problem in map(sheet.locate, problems):
        place: tuple[object, ...] = (problem.row, problem.column, problem.found, problem.facts.get("submission"))
        if problem.code == "twice_in_file" and sheet.places:
            place = (problem.row,)
        elif sheet.per_head(problem):
            place = (problem.column,)
        key = (problem.sheet, problem.code, *place)
        if key not in told or (_same(told[key]) and not _same(problem)):
            told[key] = problem
    return tuple(told.values())


def _same(problem: Problem) -> bool:
    """Whether it says of a figure that stands twice, and the same both times."""
    return problem.code == "twice_in_file" and problem.facts["value"] == problem.facts["other"]
