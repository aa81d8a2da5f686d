"""A public site as its leaves: drawn in memory, read by a parser, followed from link to link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

from dashboard.i18n import LANGUAGES, words
from dashboard.public.book import Book, Subject
from dashboard.public.site import about_page, index_pages, layout, release_pages
from indicators.store import Snapshot

URL = "https://data.example.gov.cn/zhibiao/"
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_SVG = {"rect", "path", "circle", "line", "polyline", "polygon"}  # written `<rect/>`
_LINKS = {"href", "src", "data-newest", "data-latest", "data-root", "data-search"}


def leaves_of(book: Book) -> dict[str, bytes]:
    """Every leaf but those of the subjects, by path."""
    found = {leaf.path: leaf.content for leaf in layout.leaves(book)}
    for w in map(words, LANGUAGES):
        for module in (index_pages, release_pages, about_page):
            for leaf in module.leaves(book, w):
                assert leaf.path not in found, leaf.path
                found[leaf.path] = leaf.content
    return found


def pages_of(leaves: Mapping[str, bytes]) -> dict[str, Page]:
    return {path: read(raw) for path, raw in leaves.items() if path.endswith(".html")}


@dataclass
class Page(HTMLParser):
    """What a page is made of; what is wrong with its markup."""

    text: str = ""
    links: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    __hash__ = object.__hash__

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if len(given) < len(attrs):
            self.wrong.append(f"{tag}: an attribute stands twice")
        self.tags.append((tag, given))
        self.links += [value for name, value in given.items() if name in _LINKS]
        self.ids += [given["id"]] if "id" in given else []
        self.wrong += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        if tag == "script" and "src" not in given and given.get("type") != "application/ld+json":
            self.wrong.append("a script inside the page")
        if tag == "style":
            self.wrong.append("a style inside the page")
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()
            if tag not in _SVG:
                self.wrong.append(f"<{tag}/> is not closed by that")

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        self.text += data

    def close(self) -> None:
        super().close()
        self.wrong += [f"<{tag}> stays open" for tag in self._open]
        self.wrong += [f"id {one} stands twice" for one in set(self.ids) if self.ids.count(one) > 1]

    def every(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [given for name, given in self.tags if name == tag and attributes.items() <= given.items()]

    def meta(self, name: str) -> str:
        """What a `<meta>` says, by its name or property."""
        found = [m for m in self.every("meta") if name in (m.get("name"), m.get("property"))]
        return found[0]["content"] if found else ""


def read(raw: bytes) -> Page:
    page = Page()
    page.feed(raw.decode())
    page.close()
    return page


def followed(path: str, page: Page, *, base: str = URL) -> Iterator[str]:
    """Where the links of a page lead, from the root of the public site, when it is served below `base`."""
    at = base + path.removesuffix("index.html")
    for link in page.links:
        yield urljoin(at, link)


def file_at(address: str) -> tuple[str, str]:
    """The file that answers at an address below the root, whichever release serves it, and the fragment."""
    place, fragment = urldefrag(address)
    path = place.removeprefix(URL)
    parts = path.split("/")
    if parts[0] == "releases" and len(parts) > 1 and parts[1].isdigit():
        path = "/".join(parts[2:])
    return path + ("index.html" if path == "" or path.endswith("/") else ""), fragment


def elsewhere(book: Book) -> set[str]:
    """Files that other modules of the site write."""
    trees = ("", "en/")
    found = {f"{tree}{subject.address}index.html" for tree in trees for subject in book.subjects.values()}
    found |= {f"{tree}feed.xml" for tree in trees} | {"api/v1/index.html"}
    tables = {f"data/{table}.{kind}" for table in release_pages.TABLES for kind in ("csv", "parquet")}
    return found | tables | {"data/snapshot.duckdb", "data/datapackage.json", "data/SHA256SUMS"}


def grown(book: Book, *, indicators: int, regions: int) -> Book:
    """The book with its first target promised for each of many regions, in as many indicators, all of one domain."""
    one = next(iter(book.subjects.values())).judged[0]
    place = book.catalogue.regions[one.region]
    places = [
        replace(place, code=f"9{number:05}", name_zh=f"第{number}个区", name_en=f"District {number}", aliases="")
        for number in range(regions)
    ]
    subjects: dict[tuple[str, str], Subject] = {}
    promised = []
    for number in range(indicators):
        indicator = replace(one.indicator, id=f"indicator-{number}", name_zh=f"第{number}项每千人口指标", aliases=())
        commitment = replace(one.commitment, id=f"c{number}", indicator=indicator.id, name_zh=indicator.name_zh)
        promised.append(commitment)
        for region in places:
            here = replace(commitment, id=f"c{number}@{region.code}")
            judged = replace(one, indicator=indicator, commitment=here, region=region.code)
            own = book.subjects[one.indicator.id, one.region]
            subjects[indicator.id, region.code] = replace(own, indicator=indicator, region=region, judged=(judged,))
    plan = replace(one.plan, commitments=tuple(promised))
    every = tuple(replace(judged, plan=plan) for subject in subjects.values() for judged in subject.judged)
    return drawn(
        book, subjects, {plan.id: every}, plans=(plan,), regions=tuple(places), domains=(one.indicator.domain,)
    )


def drawn(
    book: Book, subjects: Mapping[tuple[str, str], Subject], judged: object, *, kind: str = "real", **facts: object
) -> Book:
    """The book's release with other contents; `kind`: real or demo."""
    indicators = {subject.indicator.id: subject.indicator for subject in subjects.values()}
    catalogue = replace(book.catalogue, indicators={**book.catalogue.indicators, **indicators})
    snapshot = called(book.snapshot, catalogue=catalogue, kind=kind)
    made = Book(snapshot, url=book.url)
    vars(made).update(subjects=subjects, judged=judged, **facts)
    return made


def called(snapshot: Snapshot, **facts: object) -> Snapshot:
    """The snapshot with other facts."""
    made = copy(snapshot)
    vars(made).update(facts)
    return made
