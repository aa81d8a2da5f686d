"""The releases: all of them, what this one changed, and what changed between any two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.i18n import Words
from dashboard.public.book import Book, Leaf
from dashboard.public.site.changes import Changed, Corrected, changed_by, corrected_again, corrected_by, told
from dashboard.public.site.layout import file_of, home_of, render
from dashboard.verdict import BAD, GOOD, OTHER, WATCH
from indicators.store.snapshot import ReleaseFacts

__all__ = ["leaves"]

TABLES = ("figure", "assessment", "status_change", "correction", "release", "catalogue")
SHOWN = 400  # corrections, and status changes, that a page tells; the files of the release hold all


def leaves(book: Book, w: Words) -> Iterator[Leaf]:
    """`releases/`, `releases/compare/`, and what every release has of its own: `changes/` and `data/`."""
    yield Leaf(file_of("releases/", w), _releases(book, w))
    yield Leaf(file_of("releases/compare/", w), _compare(book, w))
    yield Leaf(file_of("changes/", w), _changes(book, w))
    yield Leaf(file_of("data/", w), _data(book, w))


def _tree(number: int, book: Book, w: Words) -> str:
    """Where the pages of a release lie for good, in a language."""
    return f"{home_of(book)}releases/{number}/" + ("" if w.chinese else f"{w.language}/")


# -- all releases --------------------------------------------------------------------------------------------


def _releases(book: Book, w: Words) -> bytes:
    return render(
        "releases.html",
        book,
        w,
        path="releases/",
        title=w("public.releases"),
        description=w("public.releases_lead", count=len(book.releases)),
        editions=[_edition(one, book, w) for one in book.releases],
    )


def _edition(one: ReleaseFacts, book: Book, w: Words) -> dict[str, object]:
    this = one.number == book.release.number
    rule = book.catalogue.rules.get(one.rule)
    return {
        "number": one.number,
        "released_on": one.released_on,
        "data_until": one.data_until,
        "publisher": one.publisher(w.language) or w("app.title"),
        "rule": one.rule if rule is None else rule.called(w.language),
        "rule_version": one.rule_version,
        "figures": one.figures,
        "corrections": one.corrections,
        "note": one.note,
        "this": this,
        "link": _tree(one.number, book, w),
        "changes": _tree(one.number, book, w) + "changes/",
        "data": _tree(one.number, book, w) + "data/",
        "digest": book.snapshot.digest if this else "",
    }


# -- the data of the whole release ---------------------------------------------------------------------------


def _data(book: Book, w: Words) -> bytes:
    """The files that hold all of the release, as `whole.py` writes them beside this page."""
    return render(
        "data.html",
        book,
        w,
        path="data/",
        title=w("public.data_title", number=book.release.number),
        description=w("public.data_lead"),
        tables=[(table, w(f"public.table_{table}")) for table in TABLES],
        digest=book.snapshot.digest,
    )


# -- what this release changed -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Standing:
    """How many targets had a status in the release before, and have it now."""

    code: str
    then: int
    now: int


def _changes(book: Book, w: Words) -> bytes:
    corrections, changes = corrected_by(book, w), changed_by(book, w)
    earlier = [one.number for one in book.releases if one.number < book.release.number]
    return render(
        "changes.html",
        book,
        w,
        path="changes/",
        title=w("public.changes_title", number=book.release.number),
        description=told(book, w) + " " + book.release.note,
        told=told(book, w),
        previous=max(earlier, default=0),
        standings=_standings(book, changes) if earlier else [],
        corrections=corrections[:SHOWN],
        corrected=len(corrections),
        changes=changes[:SHOWN],
        changed=len(changes),
    )


def _standings(book: Book, changes: list[Changed]) -> list[_Standing]:
    """Counts by status now, and in the release before: what changed since, taken back."""
    now = [one.assessment.status for judged in book.judged.values() for one in judged]
    found = []
    for status in (*GOOD, *WATCH, *BAD, *OTHER):
        came = sum(one.after == status for one in changes)
        left = sum(one.before == status for one in changes)
        here = now.count(status)
        if here or left:
            found.append(_Standing(status, here - came + left, here))
    return found


# -- between any two -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Step:
    """What one release changed after the one before it; `more`: not all of it is told here."""

    facts: ReleaseFacts
    link: str
    corrections: list[Corrected]
    corrected: int
    changes: list[Changed]
    changed: int

    @property
    def more(self) -> bool:
        return self.corrected > len(self.corrections) or self.changed > len(self.changes)


def _compare(book: Book, w: Words) -> bytes:
    """What changed between two releases is what every release after the first of them changed."""
    return render(
        "compare.html",
        book,
        w,
        path="releases/compare/",
        title=w("public.compare_title"),
        description=w("public.compare_lead"),
        editions=book.releases,
        steps=list(_steps(book, w)),
        again=corrected_again(book, w)[:SHOWN],
    )


def _steps(book: Book, w: Words) -> Iterator[_Step]:
    """From the newest release back to the second; together they tell as many rows as a page may hold."""
    left = SHOWN
    for one in book.releases[:-1]:
        corrections, changes = corrected_by(book, w, one.number), changed_by(book, w, one.number)
        told_corrections = corrections[:left]
        left -= len(told_corrections)
        told_changes = changes[:left]
        left -= len(told_changes)
        link = _tree(one.number, book, w) + "changes/"
        yield _Step(one, link, told_corrections, len(corrections), told_changes, len(changes))
