"""What a subject is called and whose its figures are: pages, files, pictures and frames say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from dashboard.i18n import Words
from dashboard.public.book import Book, Subject

__all__ = ["newest", "publisher", "republished", "source_named", "sources_of", "title_of"]


def title_of(subject: Subject, w: Words) -> str:
    """成都市每千人口医疗卫生机构床位数; 广州市生物产业企业总收入, which names its place itself."""
    indicator, region = subject.indicator.name(w.language), subject.region.name(w.language)
    return indicator if region in indicator else w("subject.title", indicator=indicator, region=region)


def newest(subject: Subject) -> Mapping[str, Any] | None:
    """The figure of the newest period that is out; None where none is."""
    return next(_out(subject).head(1).iter_rows(named=True), None)


def sources_of(subject: Subject) -> list[str]:
    """Where the figures that are out come from, as their returns say: none twice, the newest first."""
    return list(dict.fromkeys(source for source in _out(subject)["source"] if source))


def source_named(subject: Subject, w: Words) -> tuple[str, str]:
    """Under a chart: the source of its newest figures, or the statistical system where they name none."""
    said = sources_of(subject)
    if not said and (system := subject.indicator.current.source):
        return w("subject.system"), system
    return w("indicator.source"), said[0] if said else w("indicator.none")


def republished(subject: Subject, book: Book) -> bool:
    """Whether the figures are of another place: no plan has a target on them, and elsewhere is who owes them."""
    if subject.judged:
        return False
    region, owner = subject.region, book.catalogue.organisations.get(subject.indicator.owner)
    if owner is None:
        return region.code not in {plan.region for plan in book.plans}
    return owner.region not in (region.code, region.parent)


def publisher(subject: Subject, book: Book, w: Words) -> str:
    """Who publishes the site; of another place's figures, that they are taken from their source."""
    name = book.release.publisher(w.language) or w("indicator.none")
    return w("subject.republished", publisher=name) if republished(subject, book) else name


def _out(subject: Subject) -> pl.DataFrame:
    """The figures that hold and are not withheld, newest period first."""
    return subject.figures.filter(pl.col("replaced_by").is_null() & (pl.col("missing").fill_null("") != "suppressed"))
