"""What a subject's figures mean and where they are from: definitions, sources, the plans' own words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dashboard.figures import amount, calendar, day_name
from dashboard.i18n import Words
from dashboard.public.book import Book, Subject
from dashboard.public.labels import newest, publisher, sources_of
from dashboard.public.site.standing import goal_text
from dashboard.verdict import sentence
from indicators.definition import Definition
from indicators.monitor import Judged

__all__ = ["Promise", "Said", "Version", "definitions", "promises", "quotes", "sources"]

_FEW = 3  # sources that are named


@dataclass(frozen=True, slots=True)
class Promise:
    """One target on the indicator, as its plan states it and as it stands."""

    plan: str
    title: str
    name: str
    goal: str
    baseline: str
    due: str
    attribute: str
    code: str
    told: str


@dataclass(frozen=True, slots=True)
class Said:
    """A verbatim phrase of a plan, where it stands in it, and what of it is ours."""

    plan: str
    text: str
    section: str
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a definition: since when, what is measured, what changed with it."""

    since: str
    text: str
    unit: str
    changed: str


def promises(subject: Subject, book: Book, w: Words) -> list[Promise]:
    """Every target on the indicator in the region, the one the page opens with first."""
    return [_promise(one, book, w) for one in subject.judged]


def _promise(one: Judged, book: Book, w: Words) -> Promise:
    target, attribute = one.target, one.commitment.attribute
    base = w("indicator.none") if target.baseline is None else amount(target.baseline, one.definition, w)
    return Promise(
        plan=one.plan.id,
        title=one.plan.title(w.language),
        name=one.commitment.name(w.language),
        goal=goal_text(one, w),
        baseline=base,
        due=day_name(target.d1, w, measure=one.definition.measure),
        attribute=w(f"attribute.{attribute}") if attribute else "",
        code=one.assessment.status,
        told=sentence(one, book.rule, w),
    )


def quotes(subject: Subject, w: Words) -> list[Said]:
    """The plans' own words for every target, verbatim."""
    found = []
    for one in subject.judged:
        plan, commitment = one.plan, one.commitment
        named = " ".join(filter(None, (plan.title(w.language), plan.document_number)))
        for number, said in enumerate(commitment.quotes):
            notes = _notes(one, w) if number == len(commitment.quotes) - 1 else []
            found.append(Said(named, " ".join(said.text.split()), said.section, notes))
    return found


def _notes(one: Judged, w: Words) -> list[str]:
    """What of a target is not the document's: a unit we supplied, a doubt, a remark."""
    commitment, found = one.commitment, []
    if commitment.unit_supplied:
        found.append(w("indicator.supplied", unit=commitment.unit))
    if doubt := commitment.suspicious_zh if w.chinese else commitment.suspicious_en:
        found.append(w("subject.doubt", told=doubt))
    if note := commitment.note_zh if w.chinese else commitment.note_en:
        found.append(note)
    return found


def definitions(subject: Subject, w: Words) -> list[Version]:
    """Every version of the definition, the newest first, each with what it changed."""
    versions = subject.indicator.definitions
    changed = {after.version: _changed(before, after, w) for before, after in pairwise(versions)}
    return [
        Version(
            w("indicator.definition_since", version=one.version, when=calendar(one.effective_from, w)),
            one.text_zh if w.chinese else one.text_en,
            one.unit if w.chinese else one.unit_en or one.unit,
            changed.get(one.version, ""),
        )
        for one in reversed(versions)
    ]


def _changed(before: Definition, after: Definition, w: Words) -> str:
    """Whether figures compare across it, and a change of the unit, which no text need tell."""
    told = w("subject.changed_compares" if after.comparable else "subject.changed_apart")
    was, now = (one.unit if w.chinese else one.unit_en or one.unit for one in (before, after))
    return told if was == now else told + w("subject.changed_unit", before=was, after=now)


def sources(subject: Subject, book: Book, w: Words) -> list[tuple[str, str]]:
    """数据来源, 统计制度, 发布机构, 发布时间, 数据截止, 责任单位, each with its name; those that there are."""
    definition, latest, none = subject.indicator.current, newest(subject), w("indicator.none")
    lines = [(w("indicator.source"), _sources(subject, w))]
    if definition.source:
        lines.append((w("subject.system"), definition.source))
    lines += [
        (w("subject.publisher"), publisher(subject, book, w)),
        (w("subject.released"), none if latest is None else _release(latest["release"], book, w)),
        (w("subject.until"), none if latest is None else calendar(latest["period_end"], w)),
        (w("subject.of_release"), _release(book.release.number, book, w)),
        (w("download.unit"), definition.unit if w.chinese else definition.unit_en or definition.unit),
        (w("indicator.frequency"), w(f"indicator.frequency_{definition.frequency}")),
    ]
    whole = book.catalogue.indicators.get(subject.indicator.part_of)
    if whole is not None:
        lines.append((w("subject.part"), w("indicator.of_total", total=whole.name(w.language))))
    if note := subject.indicator.note_zh if w.chinese else subject.indicator.note_en:
        lines.append((w("indicator.note"), note))
    if bodies := _organisations(subject, book, w):
        lines.append((w("subject.organisation"), bodies))
    return lines


def _sources(subject: Subject, w: Words) -> str:
    """Where the figures come from, the newest first; of many the first few, and how many there are."""
    said = sources_of(subject)
    told = w("overview.joined").join(said[:_FEW]) or w("indicator.none")
    return told if len(said) <= _FEW else w("subject.sources_more", told=told, count=len(said))


def _release(number: int, book: Book, w: Words) -> str:
    """The day and the number of a release."""
    day = next((one.released_on for one in book.releases if one.number == number), None)
    return w("subject.released_told", number=number, day=calendar(day, w) if day else w("indicator.none"))


def _organisations(subject: Subject, book: Book, w: Words) -> str:
    """Who is responsible for it: those who lead, else the owner of the indicator if of its region; none twice."""
    known = book.catalogue.organisations
    owners = [book.catalogue.owner(one.plan, one.commitment) for one in subject.judged]
    leads = [known.get(name) for one in subject.judged for name in one.commitment.lead]
    if not subject.judged:
        owner = known.get(subject.indicator.owner)
        owners = [owner if owner and owner.region == subject.region.code else None]
    names = dict.fromkeys(body.name(w.language) for body in (*leads, *owners) if body is not None)
    return w("overview.joined").join(names)
