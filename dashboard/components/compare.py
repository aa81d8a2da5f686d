"""Places beside each other: what is compared, small multiples on one scale, the same figures as a table and a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import streamlit as st

from dashboard import abreast, answers, session
from dashboard.charts.multiples import Scale, beneath, beyond, falls, scale_of, small
from dashboard.charts.palette import Ground
from dashboard.components import heatmap
from dashboard.components.markup import Cell, card, demo_mark, empty, esc, heading, table
from dashboard.components.ranking import ranked, rollup
from dashboard.figures import amount, day_name, number
from dashboard.i18n import Words
from dashboard.session import View
from dashboard.standings import gap_text, goal, name, order, unit
from indicators.abreast import Abreast, By, LeftOut, Panel
from indicators.rules import RuleSet
from indicators.units import normal
from ingest import export

__all__ = ["chosen", "csv_bytes", "downloads", "figures", "kinds", "multiples", "page"]

Periods: TypeAlias = tuple[Sequence[date], heatmap.Course]

_FEW = 4  # panels that are drawn larger


def page(found: Abreast, periods: Periods, asked: View, w: Words, *, ground: Ground) -> str:
    """The cards as one piece of markup: courses, ranking beside what districts amount to, indicator × quarter."""
    catalogue, rule = session.catalogue(asked.known_on), answers.rule(asked)
    ranking = card(ranked(found, rule, w, ground), "ranking")
    summed = card(rollup(found, catalogue, w), "rollup")
    if summed:
        ranking = f'<div class="zb-board"><div class="main">{ranking}</div><div class="aside">{summed}</div></div>'
    courses = card(multiples(found, asked, w, ground) + figures(found, w), "multiples")
    whose = catalogue.regions[asked.region or found.plan.region].name(w.language)
    # what other plans promise says nothing of this one quarter by quarter
    heat = "" if found.by is By.PLANS else card(heatmap.grid(*periods, rule, asked, w, whose=whose), "heat")
    return f'<div class="zb-abreast {found.by}">{courses}{ranking}{heat}</div>'


def chosen(found: Abreast, asked: View, w: Words) -> None:
    """Which indicator of the plan."""
    names = {c.id: c.name(w.language) for c in abreast.choices(asked)}
    key = f"compare_{found.commitment.id}"
    st.selectbox(
        w("indicator.choose"),
        list(names),
        index=list(names).index(found.commitment.id),
        format_func=names.__getitem__,
        key=key,
        on_change=lambda: session.go(indicator=st.session_state[key]),
    )


def kinds(here: By, asked: View, w: Words) -> str:
    """What can be compared, as links with an address each."""
    links = []
    for kind in By:
        address = session.href("compare", {**asked.params(), "by": kind})
        current = ' aria-current="page"' if kind == here else ""
        links.append(f'<a href="{esc(address)}"{current}>{esc(w(f"compare.by_{kind}"))}</a>')
    return f'<nav class="zb-tabs" aria-label="{esc(w("compare.by"))}">{"".join(links)}</nav>'


def multiples(found: Abreast, asked: View, w: Words, ground: Ground) -> str:
    """A small picture for each place with a line, all on one scale; what to do where there is none."""
    title = heading(w("compare.multiples", unit=unit(found, w)), order(found, w))
    if not found.panels:
        return title + empty(w("compare.empty_undivided"), w("compare.hint_undivided"))
    if not found.drawn:
        return title + empty(w(f"compare.empty_{found.by}"), w(f"compare.hint_{found.by}"))
    scale = scale_of(found)
    panels = "".join(
        f"<li>{_linked(_panel(panel, found, scale, w, ground, first=place == 0), panel, found, asked)}</li>"
        for place, panel in enumerate(found.drawn)
    )
    note = w("compare.scale", lines=w(f"compare.lines_{found.by}"))
    gutter = max(len(number(tick, scale.decimals)) for tick in scale.ticks)
    size = "zb-smalls few" if len(found.drawn) <= _FEW else "zb-smalls"
    drawn = f'<ul class="{size}" style="--zb-gutter:{gutter}ch">{panels}</ul>'
    return f'{title}{drawn}<p class="zb-note">{esc(note)}</p>'


def _linked(drawn: str, panel: Panel, found: Abreast, asked: View) -> str:
    """A district's picture opens the indicator there; of a place that no view of this plan shows, only the picture."""
    if found.by is not By.REGIONS or panel.left_out is LeftOut.EXEMPT or found.commitment.each:
        return drawn
    address = session.href("indicator", asked.params(indicator=found.commitment.id, region=panel.region.code))
    here = ' aria-current="true"' if panel.region.code == asked.region else ""
    return f'<a href="{esc(address)}"{here}>{drawn}</a>'


def _panel(panel: Panel, found: Abreast, scale: Scale, w: Words, ground: Ground, *, first: bool) -> str:
    source = small(panel, found.whole, scale, found.definition, ground=ground)
    share = "%" if normal(found.definition.unit) == "%" else ""
    value = "" if panel.value is None else number(panel.value, found.definition.decimals) + share
    state = "met" if panel.met else ""
    return (
        f'<figure class="zb-small"><figcaption><b>{esc(panel.region.name(w.language))}</b><span>{esc(value)}</span>'
        f"{_plan(panel, found, w)}</figcaption>"
        f'<div class="plot"><img src="{source}" alt="{esc(_told(panel, found, w))}">'
        f"{_ticks(scale)}{_marks(panel, found, scale, w, first=first)}</div>"
        f'<div class="years"><span>{scale.first.year}</span><span>{scale.last.year}</span></div>'
        f'<div class="gap {state}">{esc(gap_text(panel, found, w))}</div></figure>'
    )


def _plan(panel: Panel, found: Abreast, w: Words) -> str:
    """Whose target it is, of when the figure is and whether it is generated, where plans are compared."""
    if found.by is not By.PLANS or panel.day is None:
        return ""
    whose = panel.plan.short(w.language) if panel.plan else w("compare.no_target")
    told = " · ".join((_short(panel.day, found, w), whose))
    return f"<small>{esc(told)} {demo_mark(panel.demonstrated, w)}</small>"


def _told(panel: Panel, found: Abreast, w: Words) -> str:
    """A panel in a sentence, for whoever does not see it."""
    first, last = panel.history[0], panel.history[-1]
    return w(
        "compare.alt",
        name=name(panel, w),
        first=amount(first.value, found.definition, w),
        from_when=day_name(first.day, w, measure=found.definition.measure),
        last=amount(last.value, found.definition, w),
        when=day_name(last.day, w, measure=found.definition.measure),
        gap=gap_text(panel, found, w),
    )


def _ticks(scale: Scale) -> str:
    return "".join(
        f'<span class="tick" style="top:{scale.y(tick):.1f}%" aria-hidden="true">{number(tick, scale.decimals)}</span>'
        for tick in scale.ticks
    )


def _marks(panel: Panel, found: Abreast, scale: Scale, w: Words, *, first: bool) -> str:
    """The target, and in the first panel the names of the lines."""
    marks = ""
    if panel.target is not None and not panel.target.accumulates:
        x, y = scale.x(panel.target.d1), scale.y(panel.target.low)
        label = f"<small>{esc(goal(panel, found))}</small>" if first or panel.plan is not None else ""
        side = "goal under" if falls(panel) else "goal"
        marks += f'<span class="{side}" style="left:{x:.1f}%;top:{y:.1f}%" aria-hidden="true">◇{label}</span>'
    if first and found.whole is not None and found.whole.value is not None and found.whole.day is not None:
        x, y = scale.x(found.whole.day), scale.y(found.whole.value)
        label = esc(w("compare.city"))
        under = beneath(panel, found.whole, scale)
        side = f"city{' under' if under else ''}{' after' if beyond(found.whole, under=under) else ''}"
        marks += f'<span class="{side}" style="left:{x:.1f}%;top:{y:.1f}%" aria-hidden="true">{label}</span>'
    return marks


def figures(found: Abreast, w: Words) -> str:
    """The same figures as a table: places by period ends."""
    lines = [*([found.whole] if found.whole and found.whole.history else []), *found.drawn]
    days = sorted({a.day for panel in lines for a in panel.history})
    if not days:
        return ""
    header = [Cell(w("compare.place")), *(Cell(_short(day, found, w), "n") for day in days)]
    rows = []
    for panel in lines:
        known = {a.day: number(a.value, found.definition.decimals) for a in panel.history}
        label = w("compare.whole", name=name(panel, w)) if panel is found.whole else name(panel, w)
        rows.append([Cell(label, "nowrap strong"), *(Cell(known.get(day, ""), "n") for day in days)])
    told = esc(w("compare.table"))
    return f'<details class="zb-same"><summary>{told}</summary>{table(header, rows)}</details>'


def _short(day: date, found: Abreast, w: Words) -> str:
    return day_name(day, w, measure=found.definition.measure)


def downloads(found: Abreast, periods: Periods, rule: RuleSet, w: Words) -> None:
    """What is on the page as files, made when they are asked for."""
    made = {
        "places": (f"compare-{found.indicator.id}-{found.plan.id}", lambda: csv_bytes(found)),
        "periods": (f"periods-{found.plan.id}", lambda: heatmap.csv_bytes(*periods, rule)),
    }
    shown = [kind for kind in made if kind == "places" or found.by is By.REGIONS]
    for kind, (file, make) in ((kind, made[kind]) for kind in shown):
        st.download_button(
            w(f"compare.file_{kind}"), make, file_name=f"{file}.csv", mime="text/csv", key=f"compare_{kind}"
        )


def csv_bytes(found: Abreast) -> bytes:
    """Every point drawn, the ranks and what they rest on, as CSV for Excel."""
    header = [
        *("region", "name_zh", "plan", "indicator", "period_end", "value", "unit", "target", "target_date"),
        *("gap", "rank_best", "rank_worst", "usual_revision", "not_ranked", "origin"),
    ]
    lines = [*([found.whole] if found.whole else []), *found.panels]
    return export.csv_bytes(header, (row for panel in lines for row in _csv_rows(panel, found)))


def _csv_rows(panel: Panel, found: Abreast) -> list[list[object]]:
    plan = panel.plan.short() if panel.plan else ""
    mine = [panel.region.code, panel.region.name_zh, plan, found.indicator.name_zh]
    goal_day = panel.target.d1 if panel.target else ""
    ranks = [panel.rank.best, panel.rank.worst] if panel.rank else ["", ""]
    last = ["" if panel.gap is None else round(panel.gap, 9), *ranks, round(panel.spread, 9), panel.left_out or ""]
    origin = panel.latest.origin if panel.latest else ""
    target = goal(panel, found)
    same = [found.definition.unit, target, goal_day]
    earlier = [""] * len(last)
    points = [[*mine, a.day, a.value, *same, *(last if a.day == panel.day else earlier), origin] for a in panel.history]
    return points or [[*mine, "", "", *same, *last, origin]]
