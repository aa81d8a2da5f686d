"""How others take a page along: a line to cite it by, a frame to show it in, what machines are told of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from dashboard.i18n import Words
from dashboard.public.book import Book, Subject
from dashboard.public.labels import republished, source_named, title_of

__all__ = ["Address", "address_of", "citation", "dataset", "frame"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a subject's page lies: as it goes on, and as it is in this release; both absolute."""

    latest: str
    permanent: str


def address_of(subject: Subject, book: Book, w: Words) -> Address:
    tree = "" if w.chinese else f"{w.language}/"
    return Address(
        book.url + tree + subject.address, f"{book.url}releases/{book.release.number}/{tree}{subject.address}"
    )


def citation(subject: Subject, book: Book, w: Words) -> str:
    """A line of references after GB/T 7714—2015 (electronic resource of data); in English the plain order.

    Figures of another place name where they are taken from.
    """
    release = book.release
    return w(
        "subject.citation",
        publisher=release.publisher(w.language) or w("app.title"),
        title=title_of(subject, w),
        taken=w("subject.taken_from", source=source_named(subject, w)[1]) if republished(subject, book) else "",
        number=release.number,
        day=release.released_on.isoformat(),
        address=address_of(subject, book, w).permanent,
    )


def frame(subject: Subject, book: Book, w: Words) -> str:
    """The line that shows this chart on another site."""
    address = address_of(subject, book, w).latest + "embed/"
    return (
        f'<iframe src="{escape(address)}" title="{escape(title_of(subject, w))}" width="100%" height="460"'
        ' style="border:0" loading="lazy"></iframe>'
    )


def dataset(subject: Subject, book: Book, w: Words, *, picture: bool) -> Markup:
    """schema.org Dataset as JSON that cannot close the tag it stands in."""
    told = json.dumps(_dataset(subject, book, w, picture=picture), ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        told = told.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(told)


def _dataset(subject: Subject, book: Book, w: Words, *, picture: bool) -> Mapping[str, object]:
    release, definition, language = book.release, subject.indicator.current, w.language
    at = address_of(subject, book, w)
    files = f"{book.url}releases/{release.number}/{subject.address}"
    publisher = {"@type": "GovernmentOrganization", "name": release.publisher(language) or w("app.title")}
    days = sorted(o.period.end.isoformat() for o in subject.observations)
    told: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": title_of(subject, w),
        "description": definition.text_zh if w.chinese else definition.text_en,
        "url": at.latest,
        "identifier": at.permanent,
        "version": str(release.number),
        "inLanguage": "zh-CN" if w.chinese else language,
        "isAccessibleForFree": True,
        "publisher": publisher,
        "dateModified": release.released_on.isoformat(),
        "spatialCoverage": {"@type": "Place", "name": subject.region.name(language), "identifier": subject.region.code},
        "variableMeasured": {
            "@type": "PropertyValue",
            "name": subject.indicator.name(language),
            "unitText": definition.unit if w.chinese else definition.unit_en or definition.unit,
        },
        "distribution": [
            {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": files + name}
            for name, kind in (("data.csv", "text/csv"), ("data.json", "application/json"))
        ],
    }
    if republished(subject, book):
        told["isBasedOn"] = {"@type": "CreativeWork", "name": source_named(subject, w)[1]}
    else:
        told["creator"] = publisher
    if days:
        told["temporalCoverage"] = f"{days[0]}/{days[-1]}"
    if picture:
        told["image"] = at.permanent + "chart.png"
    return told
