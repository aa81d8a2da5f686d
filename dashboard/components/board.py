"""The cards of 总览 as one piece of markup, so that the whole of it is drawn at once and nothing moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from dashboard import answers, session
from dashboard.charts.palette import Ground
from dashboard.components import rows, targets
from dashboard.components.markup import card, empty, heading
from dashboard.components.reasons import reason_line
from dashboard.components.reporting import reporting
from dashboard.components.since import since_release
from dashboard.i18n import Words
from dashboard.kept import kept
from dashboard.session import View
from indicators.monitor import Judged, attention

__all__ = ["overview"]


def overview(asked: View, w: Words, *, ground: Ground) -> str:
    """What stands beside each other where there is room, and below each other where there is not."""
    return _overview(*session.state(), session.hour(), replace(asked, indicator="", part=""), w, ground)


@kept(128)
def _overview(store: str, entry: int, hour: datetime, asked: View, w: Words, ground: Ground) -> str:
    judged, rule, catalogue = answers.judged(asked), answers.rule(asked), session.catalogue(asked.known_on)
    main = [
        card(targets.counts(judged, rule, asked, w), "counts"),
        card(_attention(judged, asked, w, ground), "attention"),
        card(heading(w("overview.domains")) + targets.domains(judged, w), "domains"),
    ]
    aside = [
        card(targets.final(judged, asked, rule, w), "final"),
        card("" if asked.region else since_release(answers.since(asked), asked, w), "since"),
        card("" if asked.region else _reporting(judged, asked, w), "reporting"),
    ]
    every = heading(w("overview.all"), w("overview.all_note")) + rows.every(
        judged, catalogue, rule, asked, w, ground=ground
    )
    return (
        f'<div class="zb-board"><div class="main">{"".join(main)}</div><div class="aside">{"".join(aside)}</div></div>'
        f"{card(every, 'every')}"
    )


def _reporting(judged: tuple[Judged, ...], asked: View, w: Words) -> str:
    plan = answers.plan(asked)
    return reporting(
        answers.owed(asked),
        judged,
        sorted(answers.grid_periods(), key=lambda period: (period.end, -period.start.toordinal())),
        w,
        place=session.catalogue(asked.known_on).regions[plan.region].name(w.language),
        day=session.now().date(),
        over=asked.as_of > plan.end,
    )


def _attention(judged: tuple[Judged, ...], asked: View, w: Words, ground: Ground) -> str:
    worst = attention(judged)
    if not worst:
        told = heading(w("overview.attention"))
        if all(one.assessment.actual is None for one in judged):
            return told + empty(w("overview.cannot_tell"), w("overview.no_data_hint"))
        return told + empty(w("overview.nothing_off"), w("overview.nothing_off_hint"))
    told = heading(w("overview.attention"), w("overview.attention_note"))
    rule, catalogue = answers.rule(asked), session.catalogue(asked.known_on)
    reasons = {place: reason_line(told, w) for place, told in answers.reasons(asked).items()}
    return told + rows.attention(worst, catalogue, rule, asked, w, ground=ground, reasons=reasons)
