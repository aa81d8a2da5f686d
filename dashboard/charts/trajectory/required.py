"""What a plan asks for: the required path, the paths it had before, the marks at both ends, the band of the gap."""

from __future__ import annotations

from datetime import date

import altair as alt

from dashboard.charts.palette import status_colour
from dashboard.charts.sheet import compared, from_start, gap_shown, judged_points
from dashboard.charts.trajectory.scene import Layer, Scene, iso, rows
from indicators.plan import PathShape

__all__ = ["band", "ends", "paths"]


def paths(scene: Scene) -> list[Layer]:
    """The dashed path of today over the fainter ones it replaced."""
    frames, ground = scene.frames, scene.ground
    drawn = [_earlier(scene, number) for number, path in enumerate(scene.beside.paths) if path.target.path()]
    if not frames.path.is_empty():
        dash = [2, 4] if frames.provisional else [5, 4]
        colour = ground.muted if frames.provisional else ground.ink
        form = {"interpolate": "step-after"} if scene.one.target.shape is PathShape.STEP else {}
        line = alt.Chart(rows(frames.path)).mark_line(color=colour, strokeDash=dash, strokeWidth=1.2, **form)  # type: ignore[arg-type]
        drawn.append(line.encode(x=scene.x, y=scene.y, detail="piece:N"))
    return drawn


def _earlier(scene: Scene, number: int) -> Layer:
    """A path that was in force until the target was edited."""
    old = scene.beside.paths[number].target.path()
    assert old is not None
    data = alt.InlineData(values=[{"day": iso(day), "value": old.at(day)} for day, _ in old.points])
    line: alt.Chart = alt.Chart(data).mark_line(color=scene.ground.muted, strokeDash=[2, 3], strokeWidth=0.9, clip=True)
    return line.encode(x=scene.x, y=scene.y)


def band(scene: Scene) -> list[Layer]:
    """The band between what is and what should be, and a rule at the latest point."""
    inside = judged_points(scene)
    if not compared(scene, inside):
        return []
    colour = status_colour(scene.one.assessment.status, scene.ground)
    area = alt.Chart(rows(from_start(scene, inside))).mark_area(color=colour, opacity=0.1)
    drawn: list[Layer] = [area.encode(x=scene.x, y=scene.y, y2="expected:Q", detail="segment:N")]
    if gap_shown(scene):
        last = inside.tail(1).select("day", "value", "expected")
        rule = alt.Chart(rows(last)).mark_rule(color=colour, strokeWidth=1.5)
        drawn.append(rule.encode(x=scene.x, y=scene.y, y2="expected:Q"))
    return drawn


def ends(scene: Scene) -> list[Layer]:
    """The hollow circle of the baseline and the hollow diamond of the target; of a range, both its ends."""
    frames, target = scene.frames, scene.one.assessment.target
    marks: list[Layer] = []
    if frames.goals:
        marks.append(_mark(scene, list(frames.goals), "diamond", size=46))
    if frames.baseline is not None:
        marks.append(_mark(scene, [frames.baseline], "circle"))
    day, value = frames.target
    if target.high != value:
        both = alt.InlineData(values=[{"day": iso(day), "value": value, "high": target.high}])
        rule = alt.Chart(both).mark_rule(color=scene.ground.ink, strokeWidth=1.8)
        marks.append(rule.encode(x=scene.x, y=scene.y, y2="high:Q"))
        marks.append(_mark(scene, [(day, target.high)], "diamond", size=60))
    return [*marks, _mark(scene, [frames.target], "diamond")]


def _mark(scene: Scene, at: list[tuple[date, float]], shape: str, *, size: int = 110) -> Layer:
    data = alt.InlineData(values=[{"day": iso(day), "value": value} for day, value in at])
    ground = scene.ground
    point: alt.Chart = alt.Chart(data).mark_point(
        shape=shape, size=size, fill=ground.card, stroke=ground.ink, strokeWidth=1.8, opacity=1
    )
    return point.encode(x=scene.x, y=scene.y)
