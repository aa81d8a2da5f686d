"""What machines look for at the root of a site: the feed of releases, the map of the pages, what robots may do."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from dashboard.figures import amount, calendar
from dashboard.i18n import LANGUAGES, Words, words
from dashboard.public.book import Book, Leaf
from dashboard.public.site.citing import address, changes, demonstration, terms_address, tree
from indicators.definition import MeasureType
from indicators.period import Period
from indicators.store.snapshot import ReleaseFacts

__all__ = ["TAGS", "leaves", "robots", "site_map"]

TAGS = {"zh": "zh-CN", "en": "en"}
MOST_RELEASES = 50  # of a feed; the rest is on the page of releases
MOST_CORRECTIONS = 20  # that a feed tells of one release
MOST_ADDRESSES = 50_000  # of one map, as sitemaps.org has it
_ATOM = "http://www.w3.org/2005/Atom"
_MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])


# -- the feed of releases -------------------------------------------------------------------------------------------


def leaves(book: Book, w: Words) -> Iterator[Leaf]:
    """`feed.xml` of a language: an entry for each release, newest first, with what it corrects and why."""
    yield Leaf(tree(w) + "feed.xml", _feed(book, w))


def _feed(book: Book, w: Words) -> bytes:
    Xml.register_namespace("", _ATOM)
    here = book.url + tree(w)
    feed = Xml.Element(f"{{{_ATOM}}}feed", {_LANG: TAGS[w.language]})
    publisher = book.release.publisher(w.language)
    _text(feed, "id", _tag(book, w, "feed"))
    _text(feed, "title", demonstration(book, w) + w("feeds.title"))
    _text(feed, "subtitle", w("feeds.subtitle", publisher=publisher))
    _text(feed, "updated", _instant(book.release.public_from))
    _link(feed, here + "feed.xml", rel="self", type="application/atom+xml")
    for language in LANGUAGES:
        _link(feed, book.url + tree(words(language)), rel="alternate", type="text/html", hreflang=TAGS[language])
    _text(Xml.SubElement(feed, f"{{{_ATOM}}}author"), "name", publisher)
    _text(feed, "rights", w("files.licence_told", publisher=publisher) + " " + terms_address(book, w))
    corrections = book.snapshot.corrections()
    by_release = {
        number: part.rows(named=True)
        for (number,), part in corrections.partition_by("release", as_dict=True, maintain_order=True).items()
    }
    for release in book.releases[:MOST_RELEASES]:
        _entry(feed, book, release, by_release.get(release.number, []), w)
    return _written(feed)


def _entry(
    feed: Xml.Element, book: Book, release: ReleaseFacts, corrections: Sequence[Mapping[str, Any]], w: Words
) -> None:
    entry = Xml.SubElement(feed, f"{{{_ATOM}}}entry")
    day = calendar(release.released_on, w)
    _text(entry, "id", _tag(book, w, f"releases/{release.number}"))
    _text(entry, "title", demonstration(book, w) + w("feeds.entry", number=release.number, day=day))
    _text(entry, "updated", _instant(release.public_from))
    _text(entry, "published", _instant(release.public_from))
    _link(entry, changes(release.number, book, w), rel="alternate", type="text/html")
    _text(entry, "summary", _summary(release, w))
    told = [_correction(row, book, w) for row in corrections[:MOST_CORRECTIONS]]
    if len(corrections) > MOST_CORRECTIONS:
        told.append(w("feeds.more", count=len(corrections) - MOST_CORRECTIONS))
    if told:
        _text(entry, "content", "\n".join([_summary(release, w), *told]))


def _summary(release: ReleaseFacts, w: Words) -> str:
    """How much was published and corrected, until when figures go, and what the publisher says of it."""
    parts = [w("feeds.counts", figures=release.figures, corrections=release.corrections)]
    if release.data_until is not None:
        parts.append(w("feeds.until", day=calendar(release.data_until, w)))
    return ("" if w.chinese else " ").join([*parts, *filter(None, [release.note])])


def _correction(row: Mapping[str, Any], book: Book, w: Words) -> str:
    """One corrected figure: where, what it was, what it is, why."""
    indicator = book.catalogue.indicators.get(row["indicator"])
    region = book.catalogue.regions.get(row["region"])
    stock = indicator is not None and indicator.current.measure is not MeasureType.FLOW
    return w(
        "feeds.correction",
        indicator=indicator.name(w.language) if indicator else row["indicator"],
        region=region.name(w.language) if region else row["region"],
        period=Period.parse(row["period"]).name(w.language, instant=stock),
        before=_value(row, "before", book, w),
        after=_value(row, "after", book, w),
        reason=row["reason"] or w("files.none"),
    )


def _value(row: Mapping[str, Any], side: str, book: Book, w: Words) -> str:
    value, missing = row[f"{side}_value"], row[f"{side}_missing"]
    if value is None:
        return w(f"files.missing_{missing}") if missing else w("files.none")
    indicator = book.catalogue.indicators.get(row["indicator"])
    return amount(value, indicator.definition_at(row["period_end"]), w) if indicator else str(value)


def _tag(book: Book, w: Words, name: str) -> str:
    """A name for ever (RFC 4151): of whoever had this host on the day of the first release."""
    site = urlsplit(book.url)
    first = book.releases[-1].released_on.isoformat()
    return f"tag:{site.hostname},{first}:{site.path}{tree(w)}{name}"


def _instant(at: datetime) -> str:
    """A moment in UTC as Atom writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


# -- the map of the site --------------------------------------------------------------------------------------------


def site_map(book: Book, addresses: Mapping[str, date], *, most: int = MOST_ADDRESSES) -> Iterator[Leaf]:
    """`sitemap.xml`: every address with its other language; an index of several where there are more than `most`.

    `addresses`: of each page, from the root without the language, when it last changed.
    """
    both = [(language, path, day) for path, day in addresses.items() for language in LANGUAGES]
    parts = [both[start : start + most] for start in range(0, len(both), most)] or [[]]
    if len(parts) == 1:
        yield Leaf("sitemap.xml", _map(book, parts[0]))
        return
    Xml.register_namespace("", _MAP)
    index = Xml.Element(f"{{{_MAP}}}sitemapindex")
    for number, part in enumerate(parts, start=1):
        name = f"sitemap-{number}.xml"
        one = Xml.SubElement(index, f"{{{_MAP}}}sitemap")
        Xml.SubElement(one, f"{{{_MAP}}}loc").text = book.url + name
        Xml.SubElement(one, f"{{{_MAP}}}lastmod").text = book.release.released_on.isoformat()
        yield Leaf(name, _map(book, part))
    yield Leaf("sitemap.xml", _written(index))


def _map(book: Book, pages: Iterable[tuple[str, str, date]]) -> bytes:
    Xml.register_namespace("", _MAP)
    Xml.register_namespace("xhtml", _XHTML)
    whole = Xml.Element(f"{{{_MAP}}}urlset")
    for own, path, day in pages:
        one = Xml.SubElement(whole, f"{{{_MAP}}}url")
        Xml.SubElement(one, f"{{{_MAP}}}loc").text = address(path, book, words(own))
        Xml.SubElement(one, f"{{{_MAP}}}lastmod").text = day.isoformat()
        for language in LANGUAGES:
            facts = {
                "rel": "alternate",
                "hreflang": TAGS[language],
                "href": address(path, book, words(language)),
            }
            Xml.SubElement(one, f"{{{_XHTML}}}link", facts)
    return _written(whole)


def robots(book: Book) -> Leaf:
    """`robots.txt`: a demonstration is not to be found; what is made anew for whoever asks is not to be crawled."""
    if book.demo:
        return Leaf("robots.txt", b"User-agent: *\nDisallow: /\n")
    home = urlsplit(book.url).path
    kept_out = "".join(f"Disallow: {home}{path}\n" for path in ("api/", "explore"))
    return Leaf("robots.txt", f"User-agent: *\n{kept_out}Sitemap: {book.url}sitemap.xml\n".encode())


# -- XML ------------------------------------------------------------------------------------------------------------


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, f"{{{_ATOM}}}{name}").text = text.translate(_NOT_XML)


def _link(parent: Xml.Element, address: str, **facts: str) -> None:
    Xml.SubElement(parent, f"{{{_ATOM}}}link", {"href": address, **facts})


def _written(root: Xml.Element) -> bytes:
    raw: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return raw
