"""The page of an indicator in a region: the answer first, then the figures, what they mean, what became of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import SimpleNamespace
from urllib.parse import urlencode

from markupsafe import Markup

from dashboard.figures import amount, day_name
from dashboard.i18n import Words
from dashboard.public.book import Book, Leaf, Subject
from dashboard.public.drawing import pictured, signs, trajectory_svg
from dashboard.public.drawing.bare import plain_history
from dashboard.public.labels import newest, title_of
from dashboard.public.site.layout import file_of, home_of, render
from dashboard.public.site.meaning import definitions, promises, quotes, sources
from dashboard.public.site.qr import qr_svg
from dashboard.public.site.references import address_of, citation, dataset, frame
from dashboard.public.site.standing import Fact, headline, quantities
from dashboard.public.site.subject_figures import FigureRow, figure_rows, latest_mark
from dashboard.public.site.subject_past import corrections, status_changes
from dashboard.verdict import sentences

__all__ = ["HEADS", "NARROW", "WIDE", "answer", "charts", "leaves"]

WIDE, NARROW = 620, 320  # pixels of the two drawings; the style sheet shows the one that fits
FILES = ("data.csv", "data.xlsx", "data.json", "chart.svg", "chart.png")
# the words that stand over each part of the page
HEADS = (
    *("figures", "standing", "promises", "quote", "definition", "sources", "corrections", "changes"),
    *(
        "no_corrections",
        "no_changes",
        "cite",
        "embed",
        "embed_hint",
        "qr",
        "copy",
        "downloads",
        "explore",
    ),
    *("period", "actual", "expected", "short_gap", "mark", "release", "was_value", "is_value", "reason", "target"),
    *("due", "status", "before", "after", "cause", "empty", "path", "first", "goal", "nothing"),
)


def leaves(subject: Subject, book: Book, w: Words) -> Iterator[Leaf]:
    """The one page, in the language of `w`."""
    yield Leaf(file_of(subject.address, w), _page(subject, book, w))


def _page(subject: Subject, book: Book, w: Words) -> bytes:
    told = answer(subject, book, w)
    drawings = charts(subject, book, w)
    picture = bool(drawings) and pictured(subject)
    title, none = title_of(subject, w), w("indicator.none")
    rows = figure_rows(subject, book, w)
    return render(
        "subject.html",
        book,
        w,
        path=subject.address,
        title=title,
        description=" ".join(told),
        image="chart.png" if picture else "",
        subject=subject,
        code=subject.judged[0].assessment.status if subject.judged else "",
        told=told,
        facts=_headline(subject, w),
        latest_mark=latest_mark(subject, w),
        charts=drawings,
        explore=_explore(subject, book, w),
        rows=rows,
        until=latest["period_end"] if (latest := newest(subject)) else None,
        covers=_covers(rows),
        withheld=w("veil.explained") if any(row.withheld for row in rows) else "",
        expects=any(row.expected != none or row.gap != none for row in rows),
        signs=signs(subject, w),
        unit=w("subject.unit", unit=_unit(subject, w)),
        standing=[fact for one in subject.judged[:1] for fact in quantities(one, w)],
        plans=list({one.plan.id: one.plan for one in subject.judged}.values()),
        rule_told=w("indicator.rule_note", rule=book.rule.called(w.language), version=book.rule.version),
        promises=promises(subject, book, w),
        quotes=quotes(subject, w),
        definitions=definitions(subject, w),
        sources=sources(subject, book, w),
        corrections=corrections(subject, book, w),
        changes=status_changes(subject, book, w),
        citation=citation(subject, book, w),
        frame=frame(subject, book, w),
        dataset=dataset(subject, book, w, picture=picture),
        qr=Markup(qr_svg(address_of(subject, book, w).permanent)),
        files=_files(drawn=bool(drawings), picture=picture),
        domain=_domain(subject, w),
        said=SimpleNamespace(**{name: w(f"subject.{name}") for name in HEADS}),
    )


def answer(subject: Subject, book: Book, w: Words) -> list[str]:
    """The verdict in sentences; of figures without a target, the latest; `**…**` is emphasised."""
    if subject.judged:
        return sentences(subject.judged[0], book.rule, w)
    seen = plain_history(subject.indicator, subject.observations)
    if not seen:
        return [w("subject.nothing")]
    definition = subject.indicator.current
    when = day_name(seen[-1].day, w, measure=definition.measure)
    return [w("subject.plain", when=when, value=amount(seen[-1].value, definition, w))]


@lru_cache(maxsize=8)  # a page and its frame for other sites show the same
def charts(subject: Subject, book: Book, w: Words) -> tuple[Markup, ...]:
    """The drawing for a desk and the one for a phone; none where there is nothing to draw."""
    told = answer(subject, book, w)
    drawn = (trajectory_svg(subject, w, width=width, told=told) for width in (WIDE, NARROW))
    return tuple(Markup(svg) for svg in drawn if svg)


def _headline(subject: Subject, w: Words) -> list[Fact]:
    if subject.judged:
        return headline(subject.judged[0], w)
    seen = plain_history(subject.indicator, subject.observations)[-1:]
    measure = subject.indicator.current.measure
    return [
        Fact(w("subject.value"), amount(a.value, subject.indicator.current, w), day_name(a.day, w, measure=measure))
        for a in seen
    ]


def _covers(rows: Sequence[FigureRow]) -> str:
    """What all figures of a flow cover, to be said once; those whose period leaves nothing open name none."""
    named = {row.covers for row in rows} - {""}
    return named.pop() if len(named) == 1 else ""


def _explore(subject: Subject, book: Book, w: Words) -> str:
    """Where the same can be looked at interactively; "" where there is no target to look at."""
    if not subject.judged:
        return ""
    one = subject.judged[0]
    asked = {"plan": one.plan.id, "indicator": one.commitment.id, "region": subject.region.code, "lang": w.language}
    return f"{home_of(book)}explore?{urlencode(asked)}"


def _files(*, drawn: bool, picture: bool) -> list[tuple[str, str]]:
    """What can be taken along: (name, what it is called); the figures have no language, the picture has."""
    there: Mapping[str, bool] = {"chart.svg": drawn, "chart.png": picture}
    return [(name, name.partition(".")[2].upper()) for name in FILES if there.get(name, True)]


def _unit(subject: Subject, w: Words) -> str:
    definition = subject.indicator.current
    return definition.unit if w.chinese else definition.unit_en or definition.unit


def _domain(subject: Subject, w: Words) -> str:
    return w.get(f"domain.{subject.indicator.domain}", subject.indicator.domain)
