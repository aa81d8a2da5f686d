"""A trajectory that travels alone: what it is, how it stands, from whom, of which release, where to find it."""

from __future__ import annotations

from dashboard.charts.picture import PAD, Told, can_write_chinese, framed
from dashboard.figures import calendar
from dashboard.i18n import Words
from dashboard.public.book import Book, Subject
from dashboard.public.drawing.trajectory import trajectory_svg
from dashboard.public.labels import newest, publisher, source_named
from dashboard.verdict import sentences

__all__ = ["chart_svg", "pictured"]

_WIDTH = 960


def chart_svg(subject: Subject, book: Book, w: Words) -> str:
    """The chart as a file: complete, its text still text. Empty where there is nothing to draw."""
    told = _told(subject, book, w)
    inside = trajectory_svg(subject, w, standalone=True, width=_WIDTH - 2 * PAD, told=told.verdict)
    return framed(inside, _height(inside), told, width=_WIDTH) if inside else ""


def pictured(subject: Subject) -> bool:
    """Whether there is a PNG of it: it has figures, and this machine can write Chinese."""
    return bool(subject.observations) and can_write_chinese()


def _height(inside: str) -> float:
    return float(inside.partition(' height="')[2].partition('"')[0])


def _told(subject: Subject, book: Book, w: Words) -> Told:
    language, release = w.language, book.release
    region = subject.region.name(language)
    plans = [one.plan.title(language) for one in subject.judged[:1]]
    tree = "" if w.chinese else f"{language}/"
    (named, source), latest = source_named(subject, w), newest(subject)
    foot = [
        w("drawing.source", named=named, source=source, publisher=publisher(subject, book, w)),
        w(
            "drawing.edition",
            number=release.number,
            day=calendar(release.released_on, w),
            until=calendar(latest["period_end"], w) if latest else w("indicator.none"),
            rule=book.rule.called(language),
            version=book.rule.version,
        ),
        w("drawing.address", address=f"{book.url}releases/{release.number}/{tree}{subject.address}"),
    ]
    verdict = [line.replace("**", "") for one in subject.judged[:1] for line in sentences(one, book.rule, w)]
    return Told(
        kicker=w("drawing.kicker", region=region, plan=plans[0]) if plans else region,
        title=subject.indicator.name(language),
        verdict=verdict,
        foot=foot,
        mark=w("public.demo_mark") if book.demo else "",
    )
