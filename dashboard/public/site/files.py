"""The files of a subject to take along: its figures as CSV and XLSX, everything about it as JSON, its picture."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from weakref import WeakKeyDictionary

import polars as pl

from dashboard.charts import picture
from dashboard.charts.slim import slimmed
from dashboard.figures import amount, calendar, target_text
from dashboard.i18n import LANGUAGES, Words, words
from dashboard.public.book import Book, Leaf, Subject
from dashboard.public.drawing import chart_svg, pictured
from dashboard.public.labels import newest, publisher, sources_of
from dashboard.public.site.citing import citation, licence, permanent, tree
from dashboard.public.site.described import CORRECTION, FIGURE, described
from dashboard.verdict import sentences
from indicators.monitor import Judged
from indicators.store import ReleaseFacts
from ingest import export

__all__ = ["COLUMNS", "leaves"]

_SCALE = 1.25  # 1200 pixels wide, as links are previewed with: its time and its weight go with its pixels
COLUMNS = (
    *("indicator", "name_zh", "name_en", "region", "region_zh", "region_en"),
    *(name if name != "replaced_by" else "replaced_by_release" for name in FIGURE),
    "notice",
)
_RELEASE = re.compile(rb"/releases/([0-9]{1,9})/")  # in the address that a picture tells
_ZH, _EN = (words(language) for language in LANGUAGES)
_stencils: WeakKeyDictionary[Book, export.Stencil] = WeakKeyDictionary()


def leaves(
    subject: Subject, book: Book, w: Words, *, kept: Path | None = None, pictures: bool = True
) -> Iterator[Leaf]:
    """The files beside a subject's page. Only the picture has words in one language; the rest comes with the Chinese.

    `kept`: the site of the release before, from which a picture that is still true is taken.
    `pictures`: PNG too.
    """
    if w.chinese:
        yield Leaf(subject.address + "data.csv", _csv(subject, book))
        yield Leaf(subject.address + "data.xlsx", _stencil(book).filled(_sheets(subject, book)))
        yield Leaf(subject.address + "data.json", described(subject, book))
    yield from _pictures(subject, book, w, kept, png=pictures)


# -- pictures -------------------------------------------------------------------------------------------------------


class _Earlier(Book):
    """A book dated as the release in which a picture was drawn that is still true."""

    def __init__(self, book: Book, release: ReleaseFacts) -> None:
        super().__init__(book.snapshot, url=book.url)
        self._then = release

    @property
    def release(self) -> ReleaseFacts:
        return self._then


def _pictures(subject: Subject, book: Book, w: Words, kept: Path | None, *, png: bool) -> Iterator[Leaf]:
    """The chart as SVG and PNG, dated by the release that last changed anything on it.

    A PNG takes longer to make than everything else of its subject, so one that is still true is not made again.
    """
    place = tree(w) + subject.address
    still = _still(subject, book, w, kept / place) if png and kept is not None else None
    if still is not None:
        yield Leaf(place + "chart.svg", still[0])
        yield Leaf(place + "chart.png", still[1])
        return
    if drawn := chart_svg(subject, book, w):
        yield Leaf(place + "chart.svg", drawn.encode())
        if png and pictured(subject):
            yield Leaf(place + "chart.png", slimmed(picture.rasterised(drawn, scale=_SCALE)))


def _still(subject: Subject, book: Book, w: Words, kept: Path) -> tuple[bytes, bytes] | None:
    """An earlier release's SVG and PNG, where the subject drawn under that release's date is the same to the byte."""
    try:
        svg, png = (kept / "chart.svg").read_bytes(), (kept / "chart.png").read_bytes()
    except OSError:
        return None  # the subject is new, or no font was there
    told = _RELEASE.findall(svg)
    number = int(told[-1]) if told else 0
    then = next((release for release in book.releases if release.number == number), None)
    if then is None or chart_svg(subject, _Earlier(book, then), w).encode() != svg:
        return None
    return svg, png


# -- CSV ------------------------------------------------------------------------------------------------------------


def _csv(subject: Subject, book: Book) -> bytes:
    """Every figure there ever was, newest period first; the columns are `COLUMNS`."""
    indicator, region = subject.indicator, subject.region
    names = (indicator.id, indicator.name_zh, indicator.name_en, region.code, region.name_zh, region.name_en)
    notice = _ZH("public.demo_mark") if book.demo else ""
    return export.csv_bytes(COLUMNS, ((*names, *row, notice) for row in subject.figures[list(FIGURE)].iter_rows()))


# -- XLSX -----------------------------------------------------------------------------------------------------------


def _stencil(book: Book) -> export.Stencil:
    """The form of every subject's workbook, laid out once for a release."""
    if book not in _stencils:
        widest = {"source": "源" * 20, "reason": "因" * 25, "unit": "单位单位单"}
        forms = [
            export.Sheet(title, header, [[widest.get(name, "0" * 10) for name in names]])
            for title, header, names in (
                (_both("figures"), _headers(FIGURE), FIGURE),
                (_both("meaning"), _meaning_header(), ("unit", "reason", "reason")),
                (_both("corrections"), _headers(CORRECTION), CORRECTION),
            )
        ]
        mark = f"{_ZH('public.demo_mark')} {_EN('public.demo_mark')}" if book.demo else ""
        _stencils[book] = export.Stencil(forms, at=book.release.released_at, mark=mark)
    return _stencils[book]


def _both(key: str) -> str:
    return " ".join(w(f"files.{key}") for w in (_ZH, _EN))


def _headers(names: tuple[str, ...]) -> list[str]:
    return [_both("column_" + name.removesuffix("_value")) for name in names]


def _meaning_header() -> list[str]:
    return [_both("item"), "中文", "English"]


def _sheets(subject: Subject, book: Book) -> list[export.Sheet]:
    decimals = subject.indicator.current.decimals
    return [
        export.Sheet(_both("figures"), _headers(FIGURE), _rows(subject.figures, FIGURE), _of(FIGURE, decimals)),
        export.Sheet(_both("meaning"), _meaning_header(), list(_meaning(subject, book))),
        export.Sheet(
            _both("corrections"),
            _headers(CORRECTION),
            _rows(subject.corrections, CORRECTION),
            _of(CORRECTION, decimals),
        ),
    ]


def _of(names: tuple[str, ...], decimals: int) -> Mapping[int, int]:
    """The decimals of the columns that hold values."""
    return {place: decimals for place, name in enumerate(names) if name.endswith("value")}


def _rows(frame: pl.DataFrame, names: tuple[str, ...]) -> list[list[object]]:
    """Rows of a table with codes told in both languages."""
    return [
        [_told(name, value) for name, value in zip(names, row, strict=True)] for row in frame[list(names)].iter_rows()
    ]


def _told(name: str, value: object) -> object:
    if not value:
        return value
    if name == "missing" or name.endswith("_missing"):
        return _both(f"missing_{value}")
    if name == "accumulation":
        return value if value == "month" else " ".join(w(f"indicator.covers_{value}") for w in (_ZH, _EN))
    if name == "vintage":
        return " ".join(w.get(f"vintage.{value}", str(value)) for w in (_ZH, _EN))
    return value


# -- the sheet that says what the figures mean ----------------------------------------------------------------------


def _meaning(subject: Subject, book: Book) -> Iterator[tuple[str, str, str]]:
    """Lines of three cells: what is told, in Chinese, in English."""
    if book.demo:
        yield _line("notice", *(w("public.demo_mark") for w in (_ZH, _EN)))
    indicator, region, current = subject.indicator, subject.region, subject.indicator.current
    yield _line("indicator", indicator.name_zh, indicator.name_en)
    yield _line("region", region.name_zh, region.name_en)
    yield _line("code", f"{indicator.id}, {region.code}", f"{indicator.id}, {region.code}")
    yield _line("unit", current.unit, current.unit_en or current.unit)
    yield _line("publisher", *(publisher(subject, book, w) for w in (_ZH, _EN)))
    yield _line("release", *(_release(book, w) for w in (_ZH, _EN)))
    latest = newest(subject)
    until = None if latest is None else latest["period_end"]
    yield _line("until", *(_day(until, w) for w in (_ZH, _EN)))
    yield _line(
        "column_source", *(w("overview.joined").join(sources_of(subject)) or w("files.none") for w in (_ZH, _EN))
    )
    yield " ".join(w("subject.system") for w in (_ZH, _EN)), current.source, current.source
    for version in reversed(indicator.definitions):
        named = (w("files.definition", version=version.version, since=version.effective_from) for w in (_ZH, _EN))
        yield " ".join(named), version.text_zh, version.text_en
    for one in subject.judged:
        yield from _promise(one, book)
    for key, told in (("licence", licence), ("citation", lambda book, w: citation(subject, book, w))):
        yield _line(key, *(told(book, w) for w in (_ZH, _EN)))
    yield _line("address", *(permanent(subject, book, w) for w in (_ZH, _EN)))


def _promise(one: Judged, book: Book) -> Iterator[tuple[str, str, str]]:
    """What a plan promised, in its own words, and how it stands."""
    plan, target, definition = one.plan, one.target, one.definition
    yield _line("plan", *(" ".join(filter(None, (plan.title(it), plan.document_number))) for it in LANGUAGES))
    goal = target_text(target.low, target.high, target.operator.value, definition)
    yield _line("target", *(f"{one.commitment.name(it)}: {goal} ({target.d1.isoformat()})" for it in LANGUAGES))
    if target.baseline is not None and target.d0 is not None:
        day = target.d0.isoformat()
        yield _line("baseline", *(f"{amount(target.baseline, definition, w)} ({day})" for w in (_ZH, _EN)))
    for quote in one.commitment.quotes:
        text = " ".join(quote.text.split())
        yield " ".join(w("files.quote", section=quote.section) for w in (_ZH, _EN)), text, text
    yield _line("verdict", *(" ".join(sentences(one, book.rule, w)).replace("**", "") for w in (_ZH, _EN)))
    yield _line(
        "rule",
        *(w("files.rule_told", rule=book.rule.called(w.language), version=book.rule.version) for w in (_ZH, _EN)),
    )


def _line(key: str, chinese: str, english: str) -> tuple[str, str, str]:
    return _both(key), chinese, english


def _release(book: Book, w: Words) -> str:
    return w("files.release_told", number=book.release.number, day=calendar(book.release.released_on, w))


def _day(day: date | None, w: Words) -> str:
    return w("files.none") if day is None else calendar(day, w)
