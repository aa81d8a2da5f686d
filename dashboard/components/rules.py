"""Rule sets on screen: all of them beside one target, and each explained with a real series."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.charts.palette import STATUS, Ground, status_colour
from dashboard.components.markup import Cell, esc, heading, table
from dashboard.figures import amount, day_name, number, percent
from dashboard.i18n import Words
from indicators.comparison import Comparison, Side, compare
from indicators.monitor import Judged
from indicators.rules import Band, Method, RuleSet, Standing

__all__ = ["explained", "side_by_side", "worked"]


_LOOKS = {
    Standing.GOOD: "on_schedule",
    Standing.MIDDLING: "watch",
    Standing.BAD: "behind",
    Standing.NONE: "no_data",
}


def _measure(side: Side, w: Words) -> str:
    """The number a rule looks at, by its own name: R=0.71, 55%."""
    value = side.verdict.progress
    if value is None:
        return ""
    match side.rule.method:
        case Method.SCHEDULE:
            score = side.verdict.score
            return "" if score is None else w("overview.gap_points", gap=number(score, 1, signed=True))
        case Method.GROWTH_RATIO:
            return f"R={number(value, 2)}"
        case Method.EXTRAPOLATION:
            return percent(value, 0)
        case Method.CHANGE:
            return number(value, 0) + "%"


def _verdict(side: Side, w: Words, ground: Ground) -> str:
    # the schedule's own statuses have their own looks; the others borrow that of what they amount to
    code = side.verdict.status if side.rule.method is Method.SCHEDULE else _LOOKS[side.standing]
    word = esc(side.rule.word(side.verdict.status, w.language))
    return f'<span class="zb-status" style="color:{status_colour(code, ground)}">{STATUS[code].icon} {word}</span>'


def side_by_side(found: Comparison, w: Words, ground: Ground) -> str:
    """Every rule set's verdict of one target; where they disagree, it is said and why."""
    rows = [
        [
            Cell(side.rule.called(w.language)),
            Cell(_verdict(side, w, ground), markup=True),
            Cell(_measure(side, w), "n"),
        ]
        for side in found.sides
    ]
    header = [Cell(w("rules.rule")), Cell(w("rules.verdict")), Cell(w("rules.measure"), "n")]
    told = ""
    if found.disagree:
        why = "".join(w(f"rules.why_{reason}") for reason in found.why)
        told = f'<p class="zb-note"><b>{esc(w("rules.disagree"))}</b> {esc(why)}</p>'
    return heading(w("rules.title")) + table(header, rows) + told


def explained(rule: RuleSet, w: Words) -> str:
    """A rule set for a citizen: what it looks at, its thresholds in words, where it comes from."""
    source = rule.source.zh if w.chinese else rule.source.en
    note = rule.note.zh if w.chinese else rule.note.en
    tables = "".join(_band_table(name, rule, w) for name in rule.bands)
    settings = " · ".join(w(f"rules.setting_{name}", value=f"{value:g}") for name, value in rule.settings.items())
    version = w("rules.version", version=rule.version)
    return (
        f'{heading(rule.called(w.language), version)}<p class="zb-text">{esc(note)}</p>'
        f'<p class="zb-text">{esc(w(f"rules.formula_{rule.method}"))}</p>{tables}'
        f'<p class="zb-note">{esc(settings)}</p><p class="zb-note">{esc(w("indicator.source"))}: {esc(source)}</p>'
    )


def _band_table(name: str, rule: RuleSet, w: Words) -> str:
    scale = 100 if (rule.method, name) in ((Method.GROWTH_RATIO, "growth"), (Method.EXTRAPOLATION, "share")) else 1
    rows = [
        [Cell(_stretch(band, scale), "nowrap"), Cell(rule.word(band.status, w.language))]
        for band in reversed(rule.bands[name])
    ]
    return table([Cell(w(f"rules.band_{name}")), Cell(w("rules.verdict"))], rows)


def _stretch(band: Band, scale: float) -> str:
    """A band as mathematics prints it: −30 ≤ x ≤ −10."""
    low = "" if band.low is None else f"{number(band.low * scale, _digits(band.low * scale))} "
    high = "" if band.high is None else f" {number(band.high * scale, _digits(band.high * scale))}"
    left = "" if not low else "≤ " if band.low_included else "< "
    right = "" if not high else " ≤" if band.high_included else " <"
    return f"{low}{left}x{right}{high}"


def _digits(value: float) -> int:
    return len(f"{value:g}".partition(".")[2])


def worked(one: Judged, rules: Sequence[RuleSet], w: Words, ground: Ground) -> str:
    """A worked example computed live: one real series under every rule."""
    verdict, target, definition = one.assessment, one.target, one.definition
    if verdict.actual is None or target.baseline is None or target.d0 is None:
        return ""
    facts = {
        "name": one.commitment.name(w.language),
        "base": amount(target.baseline, definition, w),
        "base_when": day_name(target.d0, w),
        "actual": amount(verdict.actual.value, definition, w),
        "when": day_name(verdict.actual.day, w),
        "target": amount(target.low, definition, w),
        "due": day_name(target.d1, w),
        "p": "—" if verdict.p is None else percent(verdict.p),
        "t": "—" if verdict.t is None else percent(verdict.t),
        "gap": "—" if verdict.gap_points is None else number(verdict.gap_points, 1, signed=True),
    }
    told = f'<p class="zb-text">{esc(w("rules.example", **facts))}</p>'
    return (
        heading(w("rules.example_title"), one.commitment.name(w.language))
        + told
        + side_by_side(compare(one, rules), w, ground)
    )
