"""The ways to a page: the first page, and what there is by plan, by domain, by region and by indicator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboard.figures import calendar
from dashboard.i18n import Words
from dashboard.public.book import Book, Leaf, Subject
from dashboard.public.site import rows
from dashboard.public.site.first_page import first_page
from dashboard.public.site.layout import file_of, plain, render
from dashboard.public.site.summing import domain_name, region_name, sentence_of
from indicators.catalogue import Region
from indicators.plan import Commitment, Kind, Plan

__all__ = ["leaves"]

SPARKS = 80  # rows of a table up to which each has its small chart; more would weigh too much


def leaves(book: Book, w: Words) -> Iterator[Leaf]:
    """Every page of this module in one language."""
    yield Leaf(file_of("", w), first_page(book, w))
    for plan in book.plans:
        path = f"plans/{plan.id}/"
        yield Leaf(file_of(path, w), _plan(plan, book, w, path=path))
    subjects = list(book.subjects.values())
    for domain in book.domains:
        path = f"domains/{domain}/"
        inside = [subject for subject in subjects if subject.indicator.domain == domain]
        yield Leaf(file_of(path, w), _domain(domain, inside, book, w, path=path))
    for region in book.regions:
        path = f"regions/{region.code}/"
        inside = [subject for subject in subjects if subject.region.code == region.code]
        yield Leaf(file_of(path, w), _region(region, inside, book, w, path=path))
    for found in _by_indicator(subjects):
        path = f"indicators/{found[0].indicator.id}/"
        yield Leaf(file_of(path, w), _indicator(found, book, w, path=path))
    yield Leaf(
        file_of("404.html", w),
        render("missing.html", book, w, path="404.html", title=w("gate.no_page"), description=w("public.missing")),
    )


def _by_indicator(subjects: Sequence[Subject]) -> list[list[Subject]]:
    found: dict[str, list[Subject]] = {}
    for subject in subjects:
        found.setdefault(subject.indicator.id, []).append(subject)
    return list(found.values())


# -- a plan --------------------------------------------------------------------------------------------------


def _plan(plan: Plan, book: Book, w: Words, *, path: str) -> bytes:
    judged = book.judged.get(plan.id, ())
    sentence = sentence_of(judged, w)
    title = plan.title(w.language)
    lines = rows.of_plan(judged, book, w, sparks=len(judged) <= SPARKS)
    return render(
        "plan.html",
        book,
        w,
        path=path,
        title=title,
        description=f"{title}: {plain(sentence)}",
        region=region_name(plan.region, book, w),
        region_link=f"regions/{plan.region}/" if plan.region in {one.code for one in book.regions} else "",
        facts=_facts(plan, book, w),
        tally=rows.counted(judged, book.rule, w),
        sentence=sentence,
        rows=lines,
        sparks=any(row.spark for row in lines),
        others=_others(plan, book, w),
    )


def _facts(plan: Plan, book: Book, w: Words) -> list[tuple[str, str]]:
    """What the document is: where whoever wants to read it finds it."""
    issuer = book.catalogue.organisations.get(plan.issuer)
    found = {
        w("public.issuer"): "" if issuer is None else (issuer.name_zh if w.chinese else issuer.name_en),
        w("public.document_number"): plan.document_number,
        w("public.issued"): calendar(plan.issued, w) if plan.issued else "",
        w("public.published"): calendar(plan.published, w) if plan.published else "",
        w("overview.region"): region_name(plan.region, book, w),
        w("public.years"): f"{plan.start.year}–{plan.end.year}",
    }
    return [(term, said) for term, said in found.items() if said]


def _others(plan: Plan, book: Book, w: Words) -> list[tuple[str, list[dict[str, str]]]]:
    """What the plan states besides targets that are judged, by kind, as its document says it and without a state."""
    grouped: dict[str, list[dict[str, str]]] = {}
    for one in plan.commitments:
        if (one.kind is Kind.TARGET and one.indicator) or one.duplicate_of:
            continue
        grouped.setdefault(one.kind, []).append(
            {"name": one.name(w.language), "by": _by(one, book, w), "quote": one.quotes[0].text}
        )
    order = (Kind.TARGET, Kind.MILESTONE, Kind.TASK, Kind.PHASE, Kind.PROJECT, Kind.ACTUAL)
    return [(kind, grouped[kind]) for kind in order if kind in grouped]


def _by(one: Commitment, book: Book, w: Words) -> str:
    """By when and by whom."""
    leads = [book.catalogue.organisations[name].name(w.language) for name in one.lead]
    due = calendar(one.due, w) if one.target_date and one.due else str(one.target_year or "")
    return " · ".join(filter(None, (due, w("overview.joined").join(leads))))


# -- by domain, by region, by indicator ----------------------------------------------------------------------


def _domain(domain: str, inside: Sequence[Subject], book: Book, w: Words, *, path: str) -> bytes:
    """A row an indicator: where one is measured in many regions, its own page lists them."""
    found = _by_indicator(inside)
    judged = [one for subject in inside for one in subject.judged[:1]]
    sparks = len(found) <= SPARKS
    lines = [rows.of_indicator(subjects, book, w, sparks=sparks) for subjects in found]
    name = domain_name(domain, w)
    return _listing(
        book,
        w,
        path=path,
        heading=name,
        sentence=sentence_of(judged, w),
        first=w("public.indicator"),
        groups=[("", lines)] if lines else [],
        tally=rows.counted(judged, book.rule, w),
    )


def _region(region: Region, inside: Sequence[Subject], book: Book, w: Words, *, path: str) -> bytes:
    """Every indicator of a region, by domain."""
    judged = [one for subject in inside for one in subject.judged[:1]]
    sparks = len(inside) <= SPARKS
    grouped: dict[str, list[rows.Row]] = {domain: [] for domain in book.domains}
    for subject in inside:
        grouped[subject.indicator.domain].append(rows.of_subject(subject, book, w, sparks=sparks))
    return _listing(
        book,
        w,
        path=path,
        heading=region.name(w.language),
        sentence=sentence_of(judged, w),
        first=w("public.indicator"),
        groups=[(domain_name(domain, w), lines) for domain, lines in grouped.items() if lines],
        tally=rows.counted(judged, book.rule, w),
    )


def _indicator(found: Sequence[Subject], book: Book, w: Words, *, path: str) -> bytes:
    """One indicator wherever it is measured."""
    indicator = found[0].indicator
    judged = [one for subject in found for one in subject.judged[:1]]
    sparks = len(found) <= SPARKS
    definition = indicator.current
    return _listing(
        book,
        w,
        path=path,
        heading=indicator.name(w.language),
        sentence=sentence_of(judged, w),
        text=definition.text_zh if w.chinese else definition.text_en,
        first=w("overview.region"),
        groups=[
            ("", [rows.of_subject(one, book, w, name=one.region.name(w.language), sparks=sparks) for one in found])
        ],
        tally=rows.counted(judged, book.rule, w),
        above=[(domain_name(indicator.domain, w), f"domains/{indicator.domain}/")],
    )


def _listing(
    book: Book,
    w: Words,
    *,
    path: str,
    heading: str,
    sentence: str,
    groups: Sequence[tuple[str, Sequence[rows.Row]]],
    **facts: object,
) -> bytes:
    given: dict[str, object] = {"above": [], "text": ""} | facts
    sparks = any(row.spark for _, lines in groups for row in lines)
    return render(
        "listing.html",
        book,
        w,
        path=path,
        title=heading,
        description=f"{heading}: {plain(sentence)}",
        heading=heading,
        sentence=sentence,
        groups=groups,
        sparks=sparks,
        **given,
    )
