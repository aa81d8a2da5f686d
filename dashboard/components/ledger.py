"""The ledger on screen: whether its chain is whole, what it is narrowed to, and each line as a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from dashboard import session, trail
from dashboard.components.markup import empty, esc, heading
from dashboard.components.returns import moment
from dashboard.figures import hour
from dashboard.i18n import Words
from dashboard.session import View
from ingest.auditing import MOST, PAGE, Wanted
from ingest.words import visible

__all__ = ["chain", "export", "filters", "lines", "paging"]

_NAMED = {"role", "means", "why"}  # facts of a line whose values have words
_TAGS = {"done": "good", "refused": "error"}


def chain(found: trail.Chain, w: Words) -> None:
    """One line that says whether the ledger is whole, or which entry is broken first."""
    at = hour(found.at, w)
    with st.container(key="chain", horizontal=True, vertical_alignment="center"):
        if found.broken is None:
            told = w("audit.whole", entry=found.entry, when=at)
            st.html(f'<div class="zb-chain" role="status">{esc(told)}</div>')
        else:
            what = w(f"audit.break_{found.broken.kind}", entry=found.broken.entry)
            told = f"<b>{esc(what)}</b> {esc(w('audit.break_hint', when=at))}"
            st.html(f'<div class="zb-chain broken" role="alert">{told}</div>')
        st.button(w("audit.check_again"), key="check_again", type="tertiary", on_click=trail.check_again)


def filters(asked: Wanted, w: Words) -> None:
    """The controls; each choice is written into the address, and the newest page is shown again."""
    with st.container(key="controls"):
        with st.container(horizontal=True):
            _text("who", asked.who, w)
            _choice("act", asked.act, {act: trail.act_name(act, w) for act in trail.acts()}, w)
            _choice("outcome", asked.outcome, {one: w(f"audit.outcome_{one}") for one in trail.OUTCOMES}, w)
        with st.container(horizontal=True):
            _date("since", asked.since, w)
            _date("until", asked.until, w)
            _text("q", asked.text, w)


def _narrow(name: str) -> None:
    session.filter_by(name)
    session.go(before=None)


def _text(name: str, now: str, w: Words) -> None:
    st.text_input(
        w(f"audit.filter_{name}"),
        value=now,
        key=f"filter_{name}",
        placeholder=w(f"audit.hint_{name}"),
        max_chars=200,
        on_change=_narrow,
        args=(name,),
    )


def _choice(name: str, now: str, options: Mapping[str, str], w: Words) -> None:
    named = {"": w("catalogue.any"), **options, **({now: now} if now and now not in options else {})}
    st.selectbox(
        w(f"audit.filter_{name}"),
        list(named),
        index=list(named).index(now),
        format_func=named.__getitem__,
        key=f"filter_{name}",
        on_change=_narrow,
        args=(name,),
    )


def _date(name: str, now: date | None, w: Words) -> None:
    st.date_input(
        w(f"audit.filter_{name}"),
        value=now,
        min_value=date(2000, 1, 1),
        max_value=date(2099, 12, 31),
        format="YYYY-MM-DD",
        key=f"filter_{name}",
        on_change=_narrow,
        args=(name,),
    )


def lines(page: trail.Page, w: Words) -> str:
    """The lines of a page; each opens to where it came from and its detail."""
    if page.lines.is_empty():
        return empty(w("audit.none"), w("audit.none_hint"))
    header = "".join(f"<span>{esc(w(f'audit.{name}'))}</span>" for name in ("entry", "when", "who", "act", "outcome"))
    body = "".join(_line(row, w) for row in page.lines.iter_rows(named=True))
    return (
        heading(w("audit.lines"), w("audit.lines_note"))
        + f'<div class="zb-lines"><div class="zb-line head">{header}</div>{body}</div>'
    )


def _line(row: Mapping[str, Any], w: Words) -> str:
    subject = visible(row["subject"])
    did = f"<b>{esc(trail.act_name(row['action'], w))}</b>"
    about = f" {esc(subject)}" if subject and subject != row["actor"] else ""
    when = moment(row["recorded_at"], w, seconds=True)
    summary = (
        f'<span class="entry">{row["entry"]}</span><span class="when">{when}</span>'
        f'<span class="who">{esc(visible(row["actor"]))}</span><span class="did">{did}{about}</span>'
        f'<span class="outcome">{_outcome(row["outcome"], w)}</span>'
    )
    facts = {
        w("audit.subject"): subject or "—",
        w("audit.address"): visible(row["address"]) or w("audit.at_terminal"),
        w("audit.system_user"): visible(row["system_user"]) or "—",
        w("audit.act_code"): visible(row["action"]),
        **_detail(row["detail"], w),
    }
    told = "".join(f"<dt>{esc(name)}</dt><dd>{esc(value)}</dd>" for name, value in facts.items())
    return f'<details><summary class="zb-line">{summary}</summary><dl class="zb-inside">{told}</dl></details>'


def _outcome(outcome: str, w: Words) -> str:
    known = outcome in _TAGS
    word = w(f"audit.outcome_{outcome}") if known else w("audit.outcome_none")
    return f'<span class="zb-tag {_TAGS.get(outcome, "warning")}">{esc(word)}</span>'


def _detail(text: str, w: Words) -> dict[str, str]:
    """The detail of a line by name; what is no JSON object is shown as it stands."""
    try:
        told = json.loads(text)
    except ValueError:
        told = None
    if not isinstance(told, dict):
        return {w("audit.detail"): visible(text) or "—"}
    return {_named(name, w): _said(name, value, w) for name, value in told.items() if value not in ("", None, [])}


def _named(name: str, w: Words) -> str:
    return w.get(f"detail.{name}", visible(name))


def _said(name: str, value: object, w: Words) -> str:
    if isinstance(value, bool):
        return w("audit.yes") if value else w("audit.no")
    if isinstance(value, list):
        return "; ".join(visible(str(one)) for one in value)
    return w.get(f"{name}.{value}", visible(str(value))) if name in _NAMED else visible(str(value))


def paging(page: trail.Page, asked: View, w: Words) -> None:
    """To the newest and to older lines, each with an address of its own."""
    kept = {**session.filters("audit"), **asked.params()}
    start = kept.pop("before", None)
    if start is None and page.older is None:
        return
    links = []
    if start is not None:
        links.append((w("audit.newest"), kept))
    if page.older is not None:
        links.append((w("audit.older", count=PAGE), {**kept, "before": str(page.older)}))
    told = "".join(f'<a href="{esc(session.href("audit", params))}">{esc(label)}</a>' for label, params in links)
    st.html(f'<nav class="zb-tabs">{told}</nav>')


def export(asked: Wanted, w: Words) -> None:
    """What the filters show, as a file."""
    who, zone = session.user(), session.place().settings.timezone
    st.download_button(
        w("audit.export"),
        lambda: trail.export(asked, who, zone, w),
        file_name=f"audit-{session.now():%Y%m%d}.csv",
        mime="text/csv",
        key="audit_download",
        help=w("audit.export_note", most=f"{MOST:,}"),
    )
