"""How targets stand, in one sentence; and what places and domains are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dashboard.i18n import Words
from dashboard.public.book import Book
from dashboard.verdict import BAD, GOOD, WATCH
from indicators.monitor import Judged, tally
from indicators.rules import Status

__all__ = ["domain_name", "region_name", "sentence_of"]


def sentence_of(judged: Sequence[Judged], w: Words) -> str:
    """How targets stand: those that have figures in groups that add up, and how many have none."""
    known = [one for one in judged if one.assessment.actual is not None]
    if not judged:
        return w("public.no_targets")
    if not known:
        return w("public.none_released", total=len(judged))
    groups = w("public.sum_joined").join(_groups(known, w))
    if len(known) == len(judged):
        return w("public.sum", total=len(known), groups=groups)
    return w("public.sum_known", total=len(judged), known=len(known), groups=groups, rest=len(judged) - len(known))


def _groups(known: Sequence[Judged], w: Words) -> Iterator[str]:
    """Each target in exactly one; what is off course is never left unsaid."""
    counts = tally(known)
    on, watch, off, binding = (
        counts.among(GOOD),
        counts.among(WATCH),
        counts.among(BAD),
        counts.among(BAD, binding=True),
    )
    going, unclear = counts.among((Status.IN_PROGRESS,)), counts.among((Status.NOT_ASSESSABLE, Status.NO_DATA))
    if on:
        yield w("public.sum_on", count=on)
    if watch:
        yield w("public.sum_watch", count=watch)
    if binding:
        yield w("public.sum_binding", off=off, binding=binding)
    elif off:
        yield w("public.sum_off", off=off)
    if going:
        yield w("public.sum_in_progress", count=going)
    if unclear:
        last = sum(one.assessment.earlier in BAD for one in known if one.assessment.status is Status.NOT_ASSESSABLE)
        yield w("public.sum_unclear_off" if last else "public.sum_unclear", count=unclear, off=last)
    if not off:
        yield w("public.sum_none_off")


def region_name(code: str, book: Book, w: Words) -> str:
    region = book.catalogue.regions.get(code)
    return code if region is None else region.name(w.language)


def domain_name(domain: str, w: Words) -> str:
    """A domain of a catalogue file may be one that we have no word for."""
    return w.get(f"domain.{domain}", domain)
