"""About the site: how a status is given, what the words mean, data and API, reuse, privacy, accessibility."""

from __future__ import annotations

from collections.abc import Iterator

from dashboard.figures import number
from dashboard.i18n import Words
from dashboard.public.book import Book, Leaf
from dashboard.public.site.layout import file_of, render
from dashboard.verdict import GOOD
from indicators.rules import Band, RuleSet, Status

__all__ = ["leaves"]

# the statuses that no band gives
_APART = (
    Status.ACHIEVED_EARLY,
    Status.EXCEEDED,
    Status.COMPLETED,
    Status.NEARLY_COMPLETED,
    Status.MISSED,
    Status.IN_PROGRESS,
    Status.NO_DATA,
    Status.NOT_ASSESSABLE,
)
_SHARED = ("baseline", "target", "completion", "schedule", "gap", "catch_up", "firmness")
_OWN = ("binding", "preliminary", "revised", "suppressed", "data_until")


def leaves(book: Book, w: Words) -> Iterator[Leaf]:
    yield Leaf(file_of("about/", w), _about(book, w))


def _about(book: Book, w: Words) -> bytes:
    rule = book.rule
    return render(
        "about.html",
        book,
        w,
        path="about/",
        title=w("public.nav_about"),
        description=w("public.about_lead", publisher=book.release.publisher(w.language) or w("app.title")),
        called=rule.called(w.language),
        rule_note=rule.note.zh if w.chinese else rule.note.en,
        rule_source=rule.source.zh if w.chinese else rule.source.en,
        formula=w(f"rules.formula_{rule.method}"),
        bands=[(w(f"rules.band_{name}"), _stretches(bands)) for name, bands in rule.bands.items()],
        words=_words(rule, w),
        terms=_terms(w),
        curl=_examples(book),
        curl_api=f"curl '{book.url}api/v1/indicators'\ncurl -H 'Accept: text/csv' '{book.url}api/v1/assessments'",
        embed=_embed(book, w),
    )


def _words(rule: RuleSet, w: Words) -> list[tuple[str, str]]:
    shares = {name: f"{100 * value:g}%" for name, value in rule.settings.items()}
    return [(code, w(f"public.is_{code}", **shares)) for code in _APART if code in rule.words]


def _terms(w: Words) -> list[tuple[str, str]]:
    shared = [(w(f"glossary.{term}"), w(f"glossary.{term}_is")) for term in _SHARED]
    return shared + [(w(f"public.term_{term}"), w(f"public.term_{term}_is")) for term in _OWN]


def _stretches(bands: tuple[Band, ...]) -> list[tuple[str, str]]:
    """Each band as mathematics prints it, the best first: (−30 ≤ x ≤ −10, behind)."""
    best_first = bands if bands[0].status in GOOD else tuple(reversed(bands))
    return [(_stretch(band), band.status) for band in best_first]


def _stretch(band: Band) -> str:
    low = "" if band.low is None else f"{_plain(band.low)} {'≤' if band.low_included else '<'} "
    high = "" if band.high is None else f" {'≤' if band.high_included else '<'} {_plain(band.high)}"
    return f"{low}x{high}"


def _plain(value: float) -> str:
    return number(value, len(f"{value:g}".partition(".")[2]))


def _examples(book: Book) -> str:
    """How to fetch the files of one page; of the first that there is."""
    subject = next(iter(book.subjects.values()), None)
    address = book.url + ("indicators/<indicator>/<region>/" if subject is None else subject.address)
    return f"curl -O '{address}data.csv'\ncurl '{address}data.json'"


def _embed(book: Book, w: Words) -> str:
    subject = next(iter(book.subjects.values()), None)
    if subject is None:
        return ""
    tree = "" if w.chinese else f"{w.language}/"
    name = subject.indicator.name(w.language)
    return f'<iframe src="{book.url}{tree}{subject.address}embed/" width="100%" height="480" title="{name}"></iframe>'
