"""The course of returns: which body owes which return by when, how far it has come, and who is to be asked for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from indicators.catalogue import Catalogue, Organisation
from indicators.period import Period, PeriodKind
from indicators.store import Store
from ingest.due import at_office, calendar, owing, period_of
from ingest.export import csv_bytes
from ingest.form.forms import Due, Form, form_for, read_forms
from ingest.form.owed import Duties, Owed, find_organisation
from ingest.settings import Settings
from ingest.submission import Refused, State, state_of

__all__ = ["Return", "calendar", "history", "one_return", "period_of", "reminders", "returns"]

_HOLDS = (State.WAITING, State.APPROVED, State.RELEASED, State.ARCHIVED)  # from the least advanced
_Row = tuple[str, str, date]  # indicator, region, period end


@dataclass(frozen=True, slots=True)
class Return:
    """One return of one body and period: when it is due (`due_at` where the office is) and how far it has come.

    `owed`: rows that must be filled; `sent`: those of which a figure waits for review or is approved. `sent_at`: the
    first submission that counts. `late` 迟报: a row that must be filled first came after the due hour, in a
    submission that still stands. `overdue`: the due hour has passed and something is still owed. `waived` 免报: why
    it need not be sent, ''. `reminded` 催报: how often it was asked for, last at `reminded_at`. `submissions`: all
    that bear its form or carry one of its rows, oldest first, whatever became of them. `matters`: milestones and
    tasks it reports on.

    `state` is that of the least advanced row that must be filled, a row counting by the most advanced submission
    that carries it. While a row has none, the return is what happened to it last: sent back, drafted, or else not
    sent. A return without such rows is looked at as a whole. What was withdrawn or voided counts as not sent.
    """

    organisation: Organisation
    form: Form
    period: Period
    due: Due
    due_at: datetime
    state: State
    owed: int
    sent: int
    sent_at: datetime | None
    late: bool
    overdue: bool
    waived: str
    reminded: int
    reminded_at: datetime | None
    submissions: tuple[str, ...]
    matters: int

    @property
    def complete(self) -> bool:
        """Whether nothing is left to be sent."""
        return self.state in _HOLDS or (self.owed == 0 and self.matters == 0)


# -- how far it has come -----------------------------------------------------------------------------------


_Key = tuple[str, str, str]  # organisation, form, period


@dataclass(frozen=True, slots=True)
class _Sent:
    """A submission or a draft: when it came (UTC), and when it became what it is now.

    `generated`: the history that a demonstration is filled with, which nobody ever sent, in time or not.
    """

    id: str
    key: _Key
    state: State
    at: datetime
    since: datetime
    generated: bool = False


def returns(
    store: Store,
    catalogue: Catalogue,
    settings: Settings,
    *,
    periods: Sequence[Period],
    now: datetime,
    organisations: Iterable[str] | None = None,
) -> list[Return]:
    """Every return of some periods, or those of some bodies by id, as it stands `now` (aware).

    A submission covers a return when it bears its form's id, and row by row when it carries the figure: the same
    indicator and region at the end of the period, for a yearly return as an annual or revised one. Raises Refused
    for a period on which no form is sent.
    """
    assert now.tzinfo is not None
    forms = list(read_forms().values())
    wanted = None if organisations is None else set(organisations)
    asked = []
    for period in periods:
        form = form_for(period, forms)
        due = form.due_for(period)
        asked += [(body, form, period, due, owed) for body, owed in owing(catalogue, period, due, wanted)]
    known = _Known(store, settings, periods, (row for *_, owed in asked for row in owed.rows))
    return [known.judged(*one, now=now) for one in asked]


def one_return(store: Store, settings: Settings, *, organisation: str, period: Period | str, now: datetime) -> Return:
    """The return of one body (id, name or alias). Raises Refused when there is none."""
    catalogue = store.catalogue()
    body = find_organisation(catalogue, organisation)
    when = period if isinstance(period, Period) else period_of(period)
    found = returns(store, catalogue, settings, periods=[when], now=now, organisations=[body.id])
    if not found:
        raise Refused(
            f"{body.name_zh} {when.name()}没有应报的指标和事项", f"{body.name_en} owes nothing for {when.name('en')}"
        )
    return found[0]


class _Known:
    """Everything the store knows of the returns of some periods, and of the rows owed in them: one question each."""

    def __init__(self, store: Store, settings: Settings, periods: Sequence[Period], rows: Iterable[Owed]) -> None:
        self._zone = settings.timezone
        about = {(row.indicator.id, row.region) for row in rows}
        # asked before the submissions, so that whatever is carried is among them
        carried = store.ask(
            "carried",
            indicators=sorted({indicator for indicator, _ in about}),
            regions=sorted({region for _, region in about}),
            ends=[period.end for period in periods],
        )
        sent = {row["id"]: _submission(row) for row in _all(store, "submissions")}
        self._on_form: dict[_Key, list[_Sent]] = {}
        for one in sent.values():
            self._on_form.setdefault(one.key, []).append(one)
        self._drafts: dict[_Key, list[_Sent]] = {}
        for row in _all(store, "drafts"):
            if not row["sent"] and not row["discarded"]:
                self._drafts.setdefault(_key(row), []).append(_draft(row))
        self._carried: dict[_Row, list[tuple[_Sent, bool]]] = {}
        for indicator, region, end, submission, final in carried.iter_rows():
            self._carried.setdefault((indicator, region, end), []).append((sent[submission], final))
        self._reminded = {_key(row): row for row in store.ask("reminders").iter_rows(named=True)}
        self._waived = {_key(row): row["reason"] for row in store.ask("waivers").filter("waived").iter_rows(named=True)}

    def judged(
        self, body: Organisation, form: Form, period: Period, due: Due, owed: Duties, *, now: datetime
    ) -> Return:
        """One return as it stands."""
        key = (body.id, form.number, period.code)
        rows = [list(self._covering((row.indicator.id, row.region, period.end), key, form)) for row in owed.rows]
        every = {one.id: one for one in (*self._on_form.get(key, ()), *(one for row in rows for one in row))}
        must = [carrying for row, carrying in zip(owed.rows, rows, strict=True) if not row.optional]
        standing = [[one for one in part if one.state in _HOLDS] for part in must or [list(every.values())]]
        first = [min(part, key=lambda one: one.at) for part in standing if part]
        due_at = due.instant(self._zone)
        asked, waived = self._reminded.get(key), self._waived.get(key, "")
        open_drafts = (*self._drafts.get(key, ()), *self._drafts.get((body.id, "", period.code), ()))
        missing = not all(standing) and bool(must or owed.matters)
        return Return(
            organisation=body,
            form=form,
            period=period,
            due=due,
            due_at=self._office(due_at),
            state=_state(standing, [*every.values(), *open_drafts]),
            owed=len(must),
            sent=sum(map(bool, standing)) if must else 0,
            sent_at=self._office(min(one.at for one in first)) if first else None,
            late=not waived and any(one.at > due_at and not one.generated for one in first),
            overdue=not waived and missing and now > self._office(due_at),
            waived=waived,
            reminded=asked["reminded"] if asked else 0,
            reminded_at=self._office(asked["reminded_at"]) if asked else None,
            submissions=tuple(one.id for one in sorted(every.values(), key=lambda one: one.at)),
            matters=len(owed.matters),
        )

    def _covering(self, row: _Row, key: _Key, form: Form) -> Iterator[_Sent]:
        """The submissions that carry a row; the last quarter's figure is not yet the year's."""
        for sent, final in self._carried.get(row, ()):
            if final or form.cadence is not PeriodKind.YEAR or sent.key == key:
                yield sent

    def _office(self, instant: datetime) -> datetime:
        return at_office(instant, self._zone)


def _state(standing: Sequence[Sequence[_Sent]], every: Sequence[_Sent]) -> State:
    """Where a return is whose parts are carried by what stands, of everything that was ever sent or drafted of it."""
    if all(standing):
        return min((max((one.state for one in part), key=_HOLDS.index) for part in standing), key=_HOLDS.index)
    living = [one for one in every if one.state not in (State.WITHDRAWN, State.VOIDED)]
    last = max(living, key=lambda one: one.since).state if living else State.NOT_SENT
    return last if last in (State.RETURNED, State.DRAFT) else State.NOT_SENT


def _all(store: Store, question: str) -> Iterator[Mapping[str, Any]]:
    by = "drafted_by" if question == "drafts" else "submitted_by"
    return store.ask(question, id=None, sha256=None, **{by: None}).iter_rows(named=True)


def _key(row: Mapping[str, Any]) -> _Key:
    return row["organisation"], row["form"], row["period"]


def _submission(row: Mapping[str, Any]) -> _Sent:
    state = state_of(row["decision"], row["released"])
    since = row["decided_at"] if state is State.RETURNED else row["recorded_at"]
    return _Sent(row["id"], _key(row), state, row["recorded_at"], since, row["origin"] == "demo" and not row["period"])


def _draft(row: Mapping[str, Any]) -> _Sent:
    return _Sent(row["id"], _key(row), State.DRAFT, row["recorded_at"], row["recorded_at"])


# -- what happened, and who is to be asked -----------------------------------------------------------------


def history(store: Store, submission: str) -> pl.DataFrame:
    """What happened to a submission or draft, oldest first: when (UTC), who, what, why.

    `what`: drafted, discarded, submitted, approved, returned, withdrawn, voided, released, archived.
    """
    return store.ask("steps", submission=submission)


_HEADER = {
    "zh": ["单位", "表号", "报告期", "报出期限", "应报", "已报", "状态", "催报次数", "催报内容"],
    "en": ["Body", "Form", "Period", "Due", "Rows owed", "Rows sent", "State", "Times reminded", "Reminder"],
}


def reminders(found: Sequence[Return], *, language: str) -> bytes:
    """Those of some returns that are still to be sent, as CSV for Excel: one line each with a ready sentence."""
    owing = [one for one in found if not one.complete and not one.waived]
    return csv_bytes(_HEADER[language], (_reminder(one, language) for one in owing))


def _reminder(one: Return, language: str) -> list[object]:
    chinese = language == "zh"
    due = one.due.text() if chinese else f"{one.due.day.isoformat()} {one.due.hour:02d}:00"
    name, period = one.organisation.name_zh if chinese else one.organisation.name_en, one.period.name(language)
    title = one.form.title_zh if chinese else one.form.title_en
    facts = [name, one.form.number, period, due, one.owed, one.sent, one.state.called(language), one.reminded]
    left = one.owed - one.sent
    if chinese:
        rest = f",尚缺 {left} 项指标" if left else ""
        ask = f"已超过{due}的报出期限,请立即报送" if one.overdue else f"请于{due}前报送"
        return [*facts, f"{name}:{ask}{period}《{title}》({one.form.number}){rest}。"]
    rest = f"; {left} of {one.owed} rows are missing" if left else ""
    ask = f"was due by {due}: please send it at once" if one.overdue else f"is due by {due}: please send it"
    return [*facts, f"{name}: form {one.form.number}, {title}, for {period}, {ask}{rest}."]
