"""The catalogue on screen: filters, and each commitment as its own document reads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import streamlit as st

from dashboard import session
from dashboard.components.markup import empty, esc, heading
from dashboard.components.targets import domain_name
from dashboard.figures import calendar, printed
from dashboard.i18n import Words
from dashboard.search import matches
from indicators.catalogue import Catalogue
from indicators.plan import Attribute, Commitment, Kind, Operator, Plan, Recurrence

__all__ = ["chosen", "filters", "plan_table"]

_SIGNS = {Operator.AT_LEAST: "≥", Operator.MORE_THAN: ">", Operator.AT_MOST: "≤", Operator.LESS_THAN: "<"}


def filters(catalogue: Catalogue, w: Words) -> None:
    """The controls; each choice is written into the address."""
    asked = session.filters()
    called: Mapping[str, Callable[[str], str]] = {
        "plan": lambda key: catalogue.plans[key].short(w.language),
        "region": lambda key: catalogue.regions[key].name(w.language),
        "kind": lambda key: w(f"kind.{key}"),
        "attribute": lambda key: w(f"attribute.{key}"),
        "domain": lambda key: domain_name(key, w),
        "organisation": lambda key: catalogue.organisations[key].name(w.language),
    }
    st.text_input(
        w("catalogue.search"),
        value=asked.get("q", ""),
        key="filter_q",
        placeholder=w("catalogue.search_hint"),
        on_change=session.filter_by,
        args=("q",),
    )
    with st.container(horizontal=True):
        for name, known in _options(catalogue).items():
            options = {"": w("catalogue.any"), **{key: called[name](key) for key in known}}
            keys = list(options)
            st.selectbox(
                w(f"catalogue.{name}"),
                keys,
                index=keys.index(asked[name]) if asked.get(name) in keys else 0,
                format_func=options.__getitem__,
                key=f"filter_{name}",
                on_change=session.filter_by,
                args=(name,),
            )


def _options(catalogue: Catalogue) -> Mapping[str, Sequence[str]]:
    """What each filter may be set to."""
    every = [(plan, commitment) for plan in catalogue.plans.values() for commitment in plan.commitments]
    return {
        "plan": list(catalogue.plans),
        "region": sorted({place for plan, c in every for place in _places(catalogue, plan, c)}),
        "kind": [kind.value for kind in Kind],
        "attribute": [attribute.value for attribute in Attribute],
        "domain": sorted({indicator.domain for indicator in catalogue.indicators.values()}),
        "organisation": sorted({o for _, c in every for o in (*c.lead, *c.cooperating)}),
    }


def _places(catalogue: Catalogue, plan: Plan, commitment: Commitment) -> set[str]:
    """Where a commitment holds: its region, and each of those it holds for separately."""
    return {catalogue.region_of(plan, commitment), *commitment.each}


def chosen(catalogue: Catalogue, asked: Mapping[str, str]) -> list[tuple[Plan, list[Commitment]]]:
    """The commitments the filters leave, by plan, in the plan's order; a filter set to nothing known is not set."""
    known = _options(catalogue)
    asked = {name: value for name, value in asked.items() if name == "q" or value in known[name]}
    found = []
    for plan in catalogue.plans.values():
        if asked.get("plan") in (None, plan.id):
            mine = [c for c in plan.commitments if _wanted(catalogue, plan, c, asked)]
            if mine:
                found.append((plan, mine))
    return found


def _wanted(catalogue: Catalogue, plan: Plan, commitment: Commitment, asked: Mapping[str, str]) -> bool:
    indicator = catalogue.indicators.get(commitment.indicator)
    facts: Mapping[str, Collection[str]] = {
        "region": _places(catalogue, plan, commitment),
        "kind": [commitment.kind.value],
        "attribute": [commitment.attribute.value if commitment.attribute else ""],
        "domain": [indicator.domain if indicator else ""],
        "organisation": [*commitment.lead, *commitment.cooperating],
    }
    fits = all(name not in asked or asked[name] in values for name, values in facts.items())
    return fits and matches(commitment, asked.get("q", ""))


def plan_table(catalogue: Catalogue, found: Sequence[tuple[Plan, Sequence[Commitment]]], w: Words) -> None:
    """Each plan as a card of rows; a row opens its quotes, section and notes."""
    if not found:
        st.html(empty(w("catalogue.none"), w("catalogue.none_hint")))
    for plan, mine in found:
        with st.container(key=f"card_plan_{plan.id}"):
            count = w("catalogue.count", shown=len(mine), total=len(plan.commitments))
            dates = f"{plan.start.year}–{plan.end.year}"
            issuer = catalogue.organisations[plan.issuer].name(w.language)
            rows = "".join(_row(catalogue, commitment, w) for commitment in mine)
            st.html(
                f"{heading(plan.title(w.language), count)}"
                f'<div class="zb-note">{esc(" · ".join([dates, issuer, plan.document_number]).strip(" ·"))}</div>'
                f'<div class="zb-commitments"><div class="zb-commitment head">{_head(w)}</div>{rows}</div>'
            )


def _head(w: Words) -> str:
    columns = ("name", "baseline", "goal", "due", "lead")
    return "".join(f"<span>{esc(w('catalogue.' + name))}</span>" for name in columns)


def _row(catalogue: Catalogue, commitment: Commitment, w: Words) -> str:
    lead = ", ".join(catalogue.organisations[o].name(w.language) for o in commitment.lead[:2])
    cells = [
        f"<span><b>{esc(commitment.name(w.language))}</b> {_chips(commitment, w)}</span>",
        f"<span>{esc(_baseline(commitment))}</span>",
        f"<span>{esc(goal(commitment, _unit(catalogue, commitment, w), w))}</span>",
        f"<span>{esc(_due(commitment, w))}</span>",
        f"<span>{esc(lead)}</span>",
    ]
    return (
        f'<details class="zb-detail"><summary class="zb-commitment">{"".join(cells)}</summary>'
        f"{_inside(catalogue, commitment, w)}</details>"
    )


def _chips(commitment: Commitment, w: Words) -> str:
    words = [w(f"kind.{commitment.kind}")]
    words += [w(f"attribute.{commitment.attribute}")] if commitment.attribute else []
    words += [w("catalogue.aspirational")] if commitment.aspirational else []
    words += [w("indicator.suspicious")] if commitment.suspicious_zh else []
    words += [w("catalogue.duplicate")] if commitment.duplicate_of else []
    return " ".join(f'<span class="zb-chip">{esc(word)}</span>' for word in words)


def _baseline(commitment: Commitment) -> str:
    if commitment.baseline_value is None:
        return ""
    return f"{printed(commitment.baseline_value)} ({commitment.baseline_year})"


def _unit(catalogue: Catalogue, commitment: Commitment, w: Words) -> str:
    """The unit as printed; in English as its indicator is counted, or in general words."""
    indicator = catalogue.indicators.get(commitment.indicator)
    if w.chinese or not commitment.unit:
        return commitment.unit
    counted = {one.unit: one.unit_en for one in indicator.definitions} if indicator else {}
    return counted.get(commitment.unit) or w.get(f"counted.{commitment.unit}", commitment.unit)


def goal(commitment: Commitment, unit: str, w: Words) -> str:
    """What is promised (or stated), as printed: ≥8.3 张/千人, 30–50 家, 每年 600 名."""
    if commitment.operator is None or (commitment.kind is Kind.ACTUAL and commitment.value is not None):
        return "" if commitment.value is None else f"{printed(commitment.value)} {unit}"
    sign = _SIGNS.get(commitment.operator, "")
    if commitment.target_low is not None and commitment.target_high is not None:
        number = f"{printed(commitment.target_low)}–{printed(commitment.target_high)}"
    else:
        number = printed(commitment.target_value or 0.0)
    yearly = w("catalogue.yearly") if commitment.recurrence is Recurrence.YEARLY else ""
    return f"{yearly}{sign}{number} {unit}".strip()


def _due(commitment: Commitment, w: Words) -> str:
    if commitment.target_date:
        return calendar(commitment.target_date, w)
    year = commitment.target_year or commitment.value_year
    if year is None:
        return ""
    field = "value_year" if commitment.kind is Kind.ACTUAL else "target_year"
    return f"{year}{w('catalogue.inferred') if field in commitment.inferred else ''}"


def _inside(catalogue: Catalogue, commitment: Commitment, w: Words) -> str:
    """Quotes with their sections, then what is ours: notes, scope, organisations."""
    parts = [
        f'<div class="zb-quote">{esc(" ".join(q.text.split()))}</div><div class="zb-note">{esc(q.section)}</div>'
        for q in commitment.quotes
    ]
    parts += [f'<p class="zb-note">{esc(line)}</p>' for line in _notes(catalogue, commitment, w)]
    return f'<div class="zb-inside">{"".join(parts)}</div>'


def _notes(catalogue: Catalogue, commitment: Commitment, w: Words) -> Iterable[str]:
    def names(ids: Iterable[str]) -> str:
        return ", ".join(catalogue.organisations[o].name(w.language) for o in ids)

    if commitment.lead:
        yield f"{w('catalogue.lead')}: {names(commitment.lead)}"
    if commitment.cooperating:
        yield f"{w('catalogue.cooperating')}: {names(commitment.cooperating)}"
    if scope := (commitment.scope_zh if w.chinese else commitment.scope_en):
        yield f"{w('catalogue.scope')}: {scope}"
    if commitment.code:
        yield f"{w('catalogue.code')}: {commitment.code}"
    if commitment.unit_supplied:
        yield w("indicator.supplied", unit=commitment.unit)
    if suspicious := (commitment.suspicious_zh if w.chinese else commitment.suspicious_en):
        yield f"{w('indicator.suspicious')}: {suspicious}"
    if note := (commitment.note_zh if w.chinese else commitment.note_en):
        yield note
