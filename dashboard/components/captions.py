"""What stands under an indicator's chart: what each line and sign of it means."""

from __future__ import annotations

from dashboard.charts.beside import Beside, PathVersion
from dashboard.charts.extent import ghosts, whisker
from dashboard.charts.frames import Break, Trajectory, trajectory_of
from dashboard.components.markup import esc
from dashboard.figures import change, day_name, target_text
from dashboard.i18n import Words
from indicators.monitor import Judged

__all__ = ["caption"]


def caption(one: Judged, beside: Beside, w: Words) -> str:
    """The line of signs, then a line for each earlier path and break, as far as they occur."""
    frames = trajectory_of(one)
    told = [_signs(one, frames, beside, w)]
    told += [_path(path, one, w) for path in beside.paths]
    told += [_break(found, one, w) for found in frames.breaks]
    lines = "".join(f'<p class="zb-note">{esc(line)}</p>' for line in told)
    return f'<div class="zb-caption">{lines}</div>'


def _signs(one: Judged, frames: Trajectory, beside: Beside, w: Words) -> str:
    """Unit, what the lines are, what the signs are that occur, where figures are missing."""
    unit = one.definition.unit if w.chinese else one.definition.unit_en or one.definition.unit
    line = w(
        "chart.caption",
        unit=unit,
        path=_path_words(one, frames, w),
        holes="" if frames.holes.is_empty() else w("chart.holes"),
        demo=w("chart.demo") if one.demonstrated else "",
    )
    signs = [w("chart.sign_flash")] if frames.points["flash"].any() else []
    signs += [w("chart.sign_revised")] if ghosts(one, beside) else []
    if usual := whisker(one, beside):
        signs.append(w("chart.sign_usual", size=change(usual, one.definition, w)))
    signs += [w("chart.sign_borderline")] if one.assessment.firmness == "borderline" else []
    return line + "".join(w("chart.sign", told=sign) for sign in signs)


def _path_words(one: Judged, frames: Trajectory, w: Words) -> str:
    """What the dashed line is, where there is one."""
    if frames.path.is_empty():
        return ""
    if frames.provisional:
        return w("chart.line_provisional")
    if frames.goals:
        return w("chart.line_yearly")
    return w("chart.line_path", shape=w(f"chart.shape_{one.target.shape}"))


def _path(path: PathVersion, one: Judged, w: Words) -> str:
    """An earlier path: until when, what the target was, by which document and why it was changed."""
    old = path.target
    goal = target_text(old.low, old.high, old.operator.value, one.definition)
    told = w(
        "chart.path_told",
        when=f"{path.until:%Y-%m-%d}",
        target=goal,
        due=day_name(old.d1, w, measure=one.definition.measure),
    )
    why = [w("chart.path_document", document=path.document)] if path.document else []
    why += [w("chart.path_reason", reason=path.reason)] if path.reason else []
    return told + "".join(why)


def _break(found: Break, one: Judged, w: Words) -> str:
    """A break of definition: since when, what is measured now, whether the two compare."""
    version = next(d for d in one.indicator.definitions if d.version == found.version)
    comparable = one.indicator.comparable_between(version.version - 1, version.version)
    return w(
        "chart.break_told",
        version=version.version,
        when=version.effective_from.isoformat(),
        text=version.text_zh if w.chinese else version.text_en,
        comparable=w("chart.break_comparable" if comparable else "chart.break_apart"),
    )
