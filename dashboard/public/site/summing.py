"""How targets stand, in one sentence; and what places and domains are called."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.i18n import Words
from dashboard.public.book import Book
from dashboard.verdict import BAD, GOOD, plan_sentence
from indicators.monitor import Judged, tally
from indicators.plan import Plan

__all__ = ["domain_name", "region_name", "sentence_of", "standing_of"]


def sentence_of(judged: Sequence[Judged], w: Words) -> str:
    """How targets of several plans stand, counted among those that have figures."""
    counts, known = tally(judged), sum(one.assessment.actual is not None for one in judged)
    if not judged:
        return w("public.no_targets")
    if not known:
        return w("public.none_released", total=counts.total)
    off, binding = counts.among(BAD), counts.among(BAD, binding=True)
    on = counts.among(GOOD)
    if known == counts.total:
        told = w("public.sum", total=known, on=on)
    else:
        told = w("public.sum_known", total=counts.total, known=known, on=on)
    if not off:
        return told + w("public.sum_none_off")
    return told + (w("public.sum_binding", off=off, binding=binding) if binding else w("public.sum_off", off=off))


def standing_of(plan: Plan, book: Book, w: Words) -> str:
    """How a plan stands; where nothing is released of it, that."""
    judged = book.judged.get(plan.id, ())
    if any(one.assessment.actual is not None for one in judged):
        return plan_sentence(judged, w, over=plan.end < book.release.as_of)
    return sentence_of(judged, w)


def region_name(code: str, book: Book, w: Words) -> str:
    region = book.catalogue.regions.get(code)
    return code if region is None else region.name(w.language)


def domain_name(domain: str, w: Words) -> str:
    """A domain of a catalogue file may be one that we have no word for."""
    return w.get(f"domain.{domain}", domain)
