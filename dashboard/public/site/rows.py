"""Rows of the public tables: what a target, or an indicator in a region, is shown with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from weakref import WeakKeyDictionary

from markupsafe import Markup

from dashboard.charts.palette import STATUS
from dashboard.figures import amount, day_name, target_text
from dashboard.i18n import Words
from dashboard.public.book import Book, Subject
from dashboard.public.drawing import spark_svg
from dashboard.verdict import BAD, GOOD, OTHER, WATCH
from indicators.monitor import Judged
from indicators.rules import RuleSet, Status

__all__ = ["Count", "Row", "Tallied", "counted", "of_indicator", "of_judged", "of_plan", "of_subject"]

_NOTHING = Markup("")
FEW = 6  # regions of one commitment that still have a row each
_sparks: WeakKeyDictionary[Book, dict[Judged, Markup]] = WeakKeyDictionary()
_ORDER = {status: number for number, status in enumerate((*GOOD, *WATCH, *BAD, *OTHER))}


@dataclass(frozen=True, slots=True)
class Count:
    """How many targets have a status; `before`: how many stand before them in a bar."""

    code: str
    word: str
    icon: str
    count: int
    binding: int
    before: int


@dataclass(frozen=True, slots=True)
class Tallied:
    """Targets counted by status, the best first."""

    counts: tuple[Count, ...]
    total: int
    binding: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table. `link`: an address from the root of the language, "" where there is no page.

    `number` and `order`: what value and status are sorted by. `spread`: counts by status where the row stands for
    several regions. `more`: how many regions there are besides the one shown; `whole`: the page of all of them.
    """

    name: str
    link: str
    attribute: str = ""
    note: str = ""
    target: str = ""
    due: str = ""
    value: str = ""
    period: str = ""
    number: float | str = ""
    spark: Markup = _NOTHING
    status: str = ""
    order: int = len(_ORDER)
    spread: tuple[Count, ...] = ()
    more: str = ""
    whole: str = ""


def counted(judged: Iterable[Judged], rule: RuleSet, w: Words) -> Tallied:
    """The counts of a page, of a plan, or of what one row stands for."""
    by_status: dict[Status, list[Judged]] = {}
    for one in judged:
        by_status.setdefault(one.assessment.status, []).append(one)
    counts: list[Count] = []
    before = 0
    for status in sorted(by_status, key=_ORDER.__getitem__):
        these = by_status[status]
        binding = sum(one.binding for one in these)
        word = rule.word(status, w.language)
        counts.append(Count(status, word, STATUS[status].icon, len(these), binding, before))
        before += len(these)
    return Tallied(tuple(counts), before, sum(one.binding for one in counts))


def of_judged(one: Judged, book: Book, w: Words, *, name: str = "", note: str = "", sparks: bool) -> Row:
    """A target with what it is judged on."""
    verdict, definition = one.assessment, one.definition
    value, period, number = _latest(book.subjects.get((one.indicator.id, one.region)), one, w)
    return Row(
        name=name or one.commitment.name(w.language),
        link=_link(book, one.indicator.id, one.region),
        attribute=one.commitment.attribute or "",
        note=note,
        target=_target(one),
        due=day_name(one.target.d1, w, measure=definition.measure),
        value=value,
        period=period,
        number=number,
        spark=_spark(one, book, w) if sparks else _NOTHING,
        status=verdict.status,
        order=_ORDER[verdict.status],
    )


def of_subject(subject: Subject, book: Book, w: Words, *, name: str = "", sparks: bool) -> Row:
    """An indicator in a region: with its first target, or its latest figure where it has none."""
    shown = name or subject.indicator.name(w.language)
    if subject.judged:
        return of_judged(subject.judged[0], book, w, name=shown, sparks=sparks)
    value, period, number = _latest(subject, None, w)
    return Row(name=shown, link=subject.address, value=value, period=period, number=number)


def of_indicator(subjects: Sequence[Subject], book: Book, w: Words, *, sparks: bool) -> Row:
    """An indicator wherever it is measured: one row, however many regions.

    It shows the region that a plan sets a target for, first one with figures; of a target for each of many regions
    the counts.
    """
    if len(subjects) == 1:
        return of_subject(subjects[0], book, w, sparks=sparks)
    indicator = subjects[0].indicator
    whole = f"indicators/{indicator.id}/"
    judged = [subject.judged[0] for subject in subjects if subject.judged]
    if len(judged) > FEW:
        spread = counted(judged, book.rule, w).counts
        note = w("public.in_regions", count=len(subjects))
        return Row(name=indicator.name(w.language), link=whole, note=note, spread=spread)
    shown = max(subjects, key=_told)
    row = of_subject(shown, book, w, sparks=sparks)
    more = w("public.more_regions", count=len(subjects) - 1)
    return replace(row, note=shown.region.name(w.language), more=more, whole=whole)


def _told(subject: Subject) -> tuple[bool, bool]:
    """How much there is to show of a subject: whether it has a target, and figures of it."""
    if not subject.judged:
        return False, bool(subject.observations)
    return True, subject.judged[0].assessment.actual is not None


def of_plan(judged: Sequence[Judged], book: Book, w: Words, *, sparks: bool) -> list[Row]:
    """Every target of a plan in its order; one that holds for each of many regions is one row with its counts."""
    rows: list[Row] = []
    for commitment, group in groupby(judged, key=lambda one: one.commitment.id.partition("@")[0]):
        these = list(group)
        if len(these) <= FEW:
            rows += [of_judged(one, book, w, sparks=sparks) for one in these]
            continue
        first = these[0]
        rows.append(
            Row(
                name=first.plan.commitment(commitment).name(w.language),
                link=f"indicators/{first.indicator.id}/",
                attribute=first.commitment.attribute or "",
                note=w("public.in_regions", count=len(these)),
                target=_target(first),
                due=day_name(first.target.d1, w, measure=first.definition.measure),
                spread=counted(these, book.rule, w).counts,
            )
        )
    return rows


def _spark(one: Judged, book: Book, w: Words) -> Markup:
    """Its small chart, drawn once for all tables and both languages: it says nothing in words."""
    kept = _sparks.setdefault(book, {})
    if one not in kept:
        kept[one] = Markup(spark_svg(one, w))
    return kept[one]


def _target(one: Judged) -> str:
    text = target_text(one.target.low, one.target.high, one.target.operator.value, one.definition)
    return text + "%" if one.definition.unit == "%" else text


def _latest(subject: Subject | None, one: Judged | None, w: Words) -> tuple[str, str, float | str]:
    """(value with its unit, its period, the number to sort by): what the judgement rests on, else the last figure."""
    if one is not None and one.assessment.actual is not None:
        actual = one.assessment.actual
        return (
            amount(actual.value, one.definition, w),
            day_name(actual.day, w, measure=one.definition.measure),
            actual.value,
        )
    if one is not None or subject is None or not subject.observations:
        return "", "", ""
    last = max(subject.observations, key=lambda seen: seen.period)
    definition = subject.indicator.definition_at(last.period.end)
    stock = definition.measure != "flow"
    return amount(last.value, definition, w), last.period.name(w.language, instant=stock), last.value


def _link(book: Book, indicator: str, region: str) -> str:
    subject = book.subjects.get((indicator, region))
    return "" if subject is None else subject.address
