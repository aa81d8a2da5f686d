"""自上次发布以来: which statuses changed and why, and what is new, revised or edited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from dashboard import answers, session
from dashboard.components.markup import empty, esc, heading, status
from dashboard.components.returns import day
from dashboard.figures import amount, calendar, day_name, number, printed
from dashboard.i18n import Words
from dashboard.session import View
from indicators.causes import Cause, Change
from indicators.monitor import Judged
from indicators.plan import Commitment, Operator
from indicators.rules import RuleSet
from ingest.edits import DefinitionEdit, RuleEdit, TargetEdit
from ingest.since_release import News, Revision, Since

T = TypeVar("T")

__all__ = ["since_release"]

_SHOWN = 5  # of a list; the rest opens
_SIGNS = {Operator.MORE_THAN: ">", Operator.LESS_THAN: "<", Operator.AT_MOST: "≤"}


def since_release(found: Since | None, asked: View, w: Words) -> str:
    """The card of what changed since the last release; where there was none, that there was none."""
    if found is None:
        return heading(w("since.title")) + empty(w("since.never"), w("since.never_hint"))
    rule = answers.rule(asked)
    note = w("since.after", number=found.number, when=calendar(found.released_on, w))
    told = w("since.released_by", who=found.released_by, note=found.note) if found.note else ""
    rows = [
        (Cause.NEW_DATA, _news(found.news, asked, w)),
        (Cause.REVISION, _list(found.revisions, lambda one: _revision(one, asked, w), w)),
        (Cause.TARGET, _list(found.targets, lambda one: _target(one, asked, w), w)),
        (Cause.DEFINITION, _list(found.definitions, lambda one: _definition(one, w), w)),
        (Cause.RULE, _list(found.rules, lambda one: _rule(one, w), w)),
    ]
    kinds = "".join(f"<dt>{_chip(cause, w)}</dt><dd>{drawn}</dd>" for cause, drawn in rows if drawn)
    still = w("overview.joined").join(w(f"since.{cause}") for cause, drawn in rows if not drawn)
    return (
        heading(w("since.title"), note)
        + (f'<p class="zb-note">{esc(told)}</p>' if told else "")
        + _changes(found, asked, rule, w)
        + (f'<dl class="zb-since">{kinds}</dl>' if kinds else "")
        + (f'<p class="zb-note">{esc(w("since.still", kinds=still))}</p>' if still else "")
    )


def _chip(cause: Cause, w: Words) -> str:
    return f'<span class="zb-tag notice">{esc(w(f"since.{cause}"))}</span>'


def _list(things: Sequence[T], draw: Callable[[T], str], w: Words) -> str:
    """The first few of a list, and the rest to open; nothing for nothing."""
    if not things:
        return ""
    items = [f"<li>{draw(thing)}</li>" for thing in things]
    first, rest = "".join(items[:_SHOWN]), items[_SHOWN:]
    more = f"<summary>{esc(w('since.more', count=len(rest)))}</summary><ul>{''.join(rest)}</ul>"
    return f"<ul>{first}</ul>" + (f"<details>{more}</details>" if rest else "")


def _link(one: Judged, asked: View, w: Words) -> str:
    href = session.href("indicator", asked.params(indicator=one.commitment.id))
    return f'<a href="{esc(href)}" target="_self">{esc(one.commitment.name(w.language))}</a>'


def _small(*facts: str) -> str:
    told = " · ".join(filter(None, facts))
    return f"<small>{esc(told)}</small>" if told else ""


# -- statuses ------------------------------------------------------------------------------------------------


def _changes(found: Since, asked: View, rule: RuleSet, w: Words) -> str:
    if not found.changes:
        return f'<p class="zb-note">{esc(w("since.no_change"))}</p>'
    counted = w("since.changed", count=len(found.changes))
    drawn = _list(found.changes, lambda change: _change(change, found.revisions, asked, rule, w), w)
    return f'<div class="zb-since-changes"><b>{esc(counted)}</b>{drawn}</div>'


def _change(change: Change, revisions: Sequence[Revision], asked: View, rule: RuleSet, w: Words) -> str:
    """One status that changed: from what to what, by which causes, with their values."""
    before, after = (status(code, rule, w) for code in (change.before, change.after))
    way = f'{before} <span class="to">→</span> {after}'
    chips = "".join(_chip(cause, w) for cause in change.causes)
    how = "" if len(change.causes) < 2 else w("since.together" if change.together else "since.each_enough")
    facts = [_fact(cause, change, revisions, asked, w) for cause in change.causes]
    return f'{_link(change.now, asked, w)}<div class="way">{way}</div><div>{chips} {_small(how, *facts)}</div>'


def _fact(cause: Cause, change: Change, revisions: Sequence[Revision], asked: View, w: Words) -> str:
    """What a cause was, in figures: from what to what."""
    was, now = change.was, change.now
    match cause:
        case Cause.NEW_DATA:
            return _values(was, now, w)
        case Cause.REVISION:
            mine = [r for r in revisions if (r.one.indicator.id, r.one.region) == (now.indicator.id, now.region)]
            return "; ".join(_moved(one, w) for one in mine[:2])
        case Cause.TARGET:
            return f"{_goal(was.commitment)} → {_goal(now.commitment)}"
        case Cause.DEFINITION:
            return _versions(was.definition.version, now.definition.version, w)
        case Cause.RULE:
            return _versions(was.assessment.rule_version, now.assessment.rule_version, w)
        case Cause.TIME:
            first, last = (calendar(one.assessment.as_of, w) for one in (was, now))
            return w("since.time_passed", first=first, last=last)
        case _:
            return w("since.program_why")


def _values(was: Judged, now: Judged, w: Words) -> str:
    """The figure the judgement rests on, and the one it rested on."""
    before, after = was.assessment.actual, now.assessment.actual
    if after is None:
        return ""
    told = f"{_when(after.day, now, w)} {amount(after.value, now.definition, w)}"
    if before is None or before.day == after.day:
        return told
    return w("since.before", told=told, when=_when(before.day, was, w), value=_number(before.value, was))


def _when(day: date, one: Judged, w: Words) -> str:
    return day_name(day, w, measure=one.definition.measure)


def _number(value: float | None, one: Judged) -> str:
    return "—" if value is None else number(value, one.definition.decimals)


def _versions(before: int, after: int, w: Words) -> str:
    if before == after:
        return w("since.version", version=after)
    return w("since.versions", before=before or "—", after=after)


# -- by itself -----------------------------------------------------------------------------------------------


def _news(found: Sequence[News], asked: View, w: Words) -> str:
    """How many new figures on how many targets, and to open, which."""
    if not found:
        return ""
    summed = w("since.news", targets=len(found), figures=sum(one.figures for one in found))
    items = "".join(f"<li>{_link(one.one, asked, w)} {_small(_newest(one, w))}</li>" for one in found)
    return f"<details><summary>{esc(summed)}</summary><ul>{items}</ul></details>"


def _newest(one: News, w: Words) -> str:
    return f"{one.period.name(w.language)} {amount(one.value, one.one.definition, w)}"


def _moved(one: Revision, w: Words) -> str:
    return f"{one.period.name(w.language)} {_number(one.before, one.one)} → {_number(one.after, one.one)}"


def _revision(one: Revision, asked: View, w: Words) -> str:
    vintage = w(f"vintage.{one.vintage}") if one.vintage else ""
    who = w("since.approved", who=one.approved_by, when=day(one.at, w))
    told = _small(vintage, one.reason, who)
    return f"{_link(one.one, asked, w)} <b>{esc(_moved(one, w))}</b> {told}"


def _target(edit: TargetEdit, asked: View, w: Words) -> str:
    """An edited target: from what to what, by which document."""
    told = edit.after or edit.before
    assert told is not None
    name = esc(told.name(w.language))
    if edit.after is not None and not edit.after.each:
        href = session.href("indicator", asked.params(indicator=edit.after.id))
        name = f'<a href="{esc(href)}" target="_self">{name}</a>'
    if edit.before is None:
        way = w("since.target_added", goal=_goal(told))
    elif edit.after is None:
        way = w("since.target_removed", goal=_goal(told))
    elif _goal(edit.before) == _goal(edit.after):
        way = w("since.path_edited", goal=_goal(told))
    else:
        way = f"{_goal(edit.before)} → {_goal(edit.after)}"
    return f"{name} <b>{esc(way)}</b> {_edited(edit, w)}"


def _goal(commitment: Commitment) -> str:
    """What a plan promises, in its own unit: `≥8.3 张 (2025)`."""
    low, high = commitment.target_low, commitment.target_high
    if commitment.target_value is not None:
        text = _SIGNS.get(commitment.operator or Operator.EQUAL, "") + printed(commitment.target_value)
    else:
        text = f"{printed(low or 0)}–{printed(high or 0)}"
    year = commitment.due.year if commitment.due else ""
    return f"{text} {commitment.unit} ({year})" if commitment.unit != "%" else f"{text}% ({year})"


def _edited(edit: TargetEdit | DefinitionEdit | RuleEdit, w: Words) -> str:
    """Who edited it by which document, and when."""
    document = w("since.document", document=edit.document) if edit.document else ""
    return _small(document, w("since.edited", who=edit.by, when=day(edit.at, w)))


def _definition(edit: DefinitionEdit, w: Words) -> str:
    """A definition that is new or reads otherwise."""
    name = esc(edit.indicator.name(w.language))
    version = w("since.version", version=edit.version)
    named = w("course.and").join(w.get(f"field.{field}", field) for field in edit.fields)
    way = w("since.fields", version=version, fields=named) if edit.fields else w("since.added", version=version)
    return f"{name} <b>{esc(way)}</b> {_edited(edit, w)}"


def _rule(edit: RuleEdit, w: Words) -> str:
    way = _versions(edit.before, edit.rule.version, w)
    return f"{esc(edit.rule.called(w.language))} <b>{esc(way)}</b> {_edited(edit, w)}"
