"""The first page: how everything stands, each plan, what this release changed, and the ways to every page."""

from __future__ import annotations

from collections import Counter

from dashboard.i18n import Words
from dashboard.public.book import Book
from dashboard.public.site import rows
from dashboard.public.site.changes import changed_by, corrected_by, told
from dashboard.public.site.layout import plain, render
from dashboard.public.site.summing import domain_name, region_name, sentence_of
from indicators.plan import Plan

__all__ = ["first_page"]

NEWS = 8  # corrections and status changes that it tells itself
_GROUPED = 4  # regions of one city from which on they are listed below its name


def first_page(book: Book, w: Words) -> bytes:
    judged = [one for targets in book.judged.values() for one in targets]
    sentence = sentence_of(judged, w) if judged else w("public.nothing_yet")
    what = w(
        "public.what",
        plans=len(book.plans),
        indicators=len({indicator for indicator, _ in book.subjects}),
        regions=len(book.regions),
        figures=sum(len(subject.observations) for subject in book.subjects.values()),
    )
    corrections, changes = corrected_by(book, w), changed_by(book, w)
    return render(
        "first.html",
        book,
        w,
        path="",
        title=plain(sentence).rstrip("。."),
        description=plain(sentence) + " " + what,
        kicker=w("overview.joined").join(_cities(book, w)),
        sentence=sentence,
        what=what,
        plans=[_card(plan, book, w) for plan in _in_order(book)],
        told=told(book, w),
        corrections=corrections[:NEWS],
        corrected=len(corrections),
        changes=changes[:NEWS],
        changed=len(changes),
        domains=_domains(book, w),
        regions=_regions(book, w),
    )


def _cities(book: Book, w: Words) -> list[str]:
    """The regions whose plans these are."""
    names = (region_name(plan.region, book, w) for plan in _in_order(book))
    return list(dict.fromkeys(names))


def _in_order(book: Book) -> list[Plan]:
    """Plans that have figures first, then those that end last."""

    def known(plan: Plan) -> bool:
        return any(one.assessment.actual is not None for one in book.judged.get(plan.id, ()))

    return sorted(book.plans, key=lambda plan: (not known(plan), -plan.end.toordinal()))


def _card(plan: Plan, book: Book, w: Words) -> dict[str, object]:
    judged = book.judged.get(plan.id, ())
    return {
        "id": plan.id,
        "title": plan.title(w.language),
        "region": region_name(plan.region, book, w),
        "years": f"{plan.start.year}–{plan.end.year}",
        "tally": rows.counted(judged, book.rule, w),
        "sentence": sentence_of(judged, w),
    }


def _domains(book: Book, w: Words) -> list[dict[str, object]]:
    found: dict[str, set[str]] = {}
    for subject in book.subjects.values():
        found.setdefault(subject.indicator.domain, set()).add(subject.indicator.id)
    return [
        {"id": domain, "name": domain_name(domain, w), "count": len(inside)}
        for domain, inside in sorted(found.items(), key=lambda one: -len(one[1]))
    ]


def _regions(book: Book, w: Words) -> list[tuple[str, list[dict[str, object]]]]:
    """Regions with how much is measured there; several of one city below its name."""
    counts = Counter(region for _, region in book.subjects)
    beside = Counter(region.parent for region in book.regions)
    grouped: dict[str, list[dict[str, object]]] = {"": []}
    for region in book.regions:
        above = region_name(region.parent, book, w) if region.parent and beside[region.parent] >= _GROUPED else ""
        line = {"id": region.code, "name": region.name(w.language), "count": counts[region.code]}
        grouped.setdefault(above, []).append(line)
    return [(above, inside) for above, inside in grouped.items() if inside]
