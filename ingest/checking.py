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
        return Checked(pl.DataFrame(), _once(map(sheet.locate, (*sheet.refused, *problems))), sheet.at.len())
    from ingest.schema import failures  # pandera loads slowly, and only a return needs it

    problems += failures(figures, problems)
    problems += not_yours(figures, catalogue, user)
    named = {p.row for p in problems if p.severity is Severity.ERROR} - {None}
    sound = figures.filter(~pl.col("row").is_in(list(named))) if named else figures
    sound, more = check(sound, catalogue, partial(held, store, settings, user=user), today=day)
    called = titles(sheet)
    named_as_there = [replace(p, column=called.get(p.column, p.column)) for p in problems + more]
    return Checked(sound, _once(map(sheet.locate, (*sheet.refused, *named_as_there))), sheet.at.len())


def _once(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Each problem of a cell told once, however many figures of its row it stands in the way of."""
    return tuple({(p.sheet, p.row, p.column, p.code, p.found, p.facts.get("submission")): p for p in problems}.values())
