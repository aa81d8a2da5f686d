"""A subject's chart for the pages of others: what it shows, how it stands, from whom, and the way to all of it."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.figures import calendar
from dashboard.i18n import Words
from dashboard.public.book import Book, Leaf, Subject
from dashboard.public.labels import publisher, source_named, title_of
from dashboard.public.site.layout import file_of, render
from dashboard.public.site.references import address_of
from dashboard.public.site.subject_page import answer, charts

__all__ = ["leaves"]


def leaves(subject: Subject, book: Book, w: Words) -> Iterator[Leaf]:
    """The one page, in the language of `w`: as small as a card, no way but to the full page."""
    path = subject.address + "embed/"
    told = answer(subject, book, w)
    page = render(
        "embed.html",
        book,
        w,
        path=path,
        title=title_of(subject, w),
        description=" ".join(told),
        subject=subject,
        code=subject.judged[0].assessment.status if subject.judged else "",
        told=told,
        charts=charts(subject, book, w),
        source=source_named(subject, w),
        publisher=publisher(subject, book, w),
        whole=address_of(subject, book, w).latest,
        edition=w("subject.released_told", number=book.release.number, day=calendar(book.release.released_on, w)),
        said={name: w(f"subject.{name}") for name in ("full", "empty")},
    )
    yield Leaf(file_of(path, w), page)
