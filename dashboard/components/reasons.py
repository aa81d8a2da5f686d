"""What the owner of an indicator says of it: 进展, 原因, 措施."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dashboard import session
from dashboard.components.markup import empty, esc, heading
from dashboard.components.returns import day
from dashboard.i18n import Words
from indicators.monitor import Judged
from ingest.reasons import Reason

__all__ = ["reason_line", "reasons_card"]

_LINE = 60  # characters of a reason in a row
_BREAKS = re.compile(r"[,;。、:!?,;.:!?\s]")


def reasons_card(one: Judged, reasons: Sequence[Reason], w: Words) -> str:
    """What was reported of progress, reasons and measures, newest first; where nothing was, who would and where."""
    if not reasons:
        owner = session.catalogue().owner(one.plan, one.commitment)
        name = owner.name(w.language) if owner else w("reason.owner")
        return heading(w("reason.title")) + empty(w("reason.none"), w("reason.none_hint", who=name))
    newest, *earlier = (_said(reason, w) for reason in reasons)
    more = f"<summary>{esc(w('reason.earlier', count=len(earlier)))}</summary>{''.join(earlier)}"
    return heading(w("reason.title")) + newest + (f'<details class="zb-reasons">{more}</details>' if earlier else "")


def _said(told: Reason, w: Words) -> str:
    body = session.catalogue().organisations.get(told.organisation)
    who = body.name(w.language) if body else told.organisation
    facts = (("progress", told.progress), ("reason", told.reason), ("measures", told.measures))
    rows = "".join(f"<dt>{esc(w(f'lag.{name}'))}</dt><dd>{esc(text)}</dd>" for name, text in facts if text)
    when = w("reason.by", who=who, period=told.period.name(w.language), when=day(told.at, w))
    return f'<dl class="zb-reason">{rows}</dl><p class="zb-note">{esc(when)}</p>'


def reason_line(told: Reason | None, w: Words) -> str:
    """A reason as it fits a row, cut at a mark or between words, whole on hovering; or that none was given."""
    if told is None:
        return f'<span class="zb-why none">{esc(w("reason.not_given"))}</span>'
    label = w("reason.short")
    return f'<span class="zb-why" title="{esc(told.reason)}"><b>{esc(label)}</b>{esc(_cut(told.reason))}</span>'


def _cut(text: str) -> str:
    """At most sixty characters of a text."""
    if len(text) <= _LINE:
        return text
    marks = [mark.start() for mark in _BREAKS.finditer(text[:_LINE])]
    end = marks[-1] if marks and marks[-1] >= _LINE // 2 else _LINE - 1
    return text[:end] + "…"
