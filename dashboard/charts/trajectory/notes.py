"""What happened when: hairlines at the turns of years, breaks of definition, numbered flags of dated notes."""

from __future__ import annotations

from datetime import date

import altair as alt

from dashboard.charts.trajectory.scene import HEIGHT, Layer, Scene, iso

__all__ = ["breaks", "flag_spots", "flags", "years"]

_APART = 110  # days that two flags side by side need on a phone
_FLAG, _LEVEL = 10.0, 17.0  # pixels from the axis to a flag's middle, and between one flag and the next above it


def years(scene: Scene) -> Layer:
    """A hairline at each turn of the year."""
    start, end = scene.span
    turns = [date(year, 12, 31) for year in range(start.year, end.year + 1)]
    data = alt.InlineData(values=[{"day": iso(turn)} for turn in turns if start < turn < end])
    rule: alt.Chart = alt.Chart(data).mark_rule(color=scene.ground.line, strokeWidth=1)
    return rule.encode(x=scene.x)


def breaks(scene: Scene) -> list[Layer]:
    """A dotted upright where the definition changes."""
    if not scene.frames.breaks:
        return []
    data = alt.InlineData(values=[{"day": iso(one.day)} for one in scene.frames.breaks])
    rule: alt.Chart = alt.Chart(data).mark_rule(color=scene.ground.ink, strokeDash=[1, 3], strokeWidth=1.5)
    return [rule.encode(x=scene.x)]


def _levels(scene: Scene) -> list[tuple[int, date, int]]:
    """Number, day and level of each note within the chart's span; those close together stand above each other."""
    start, end = scene.span
    found: list[tuple[int, date, int]] = []
    for number, note in enumerate(scene.beside.notes, start=1):
        if start <= note.day <= end:
            near = {level for _, day, level in found if abs((note.day - day).days) < _APART}
            found.append((number, note.day, next(level for level in range(len(near) + 1) if level not in near)))
    return found


def flag_spots(scene: Scene) -> list[tuple[float, float]]:
    """Where the flags stand, as shares of the plot, for words to keep clear of."""
    plot = HEIGHT - 62
    return [(scene.share(day, 0)[0], 1 - (_FLAG + level * _LEVEL) / plot) for _, day, level in _levels(scene)]


def flags(scene: Scene) -> list[Layer]:
    """A numbered flag on the time axis for each dated note; the list under the chart says what it is."""
    drawn: list[Layer] = []
    ground, notes = scene.ground, scene.beside.notes
    for number, day, level in _levels(scene):
        up = -(_FLAG + level * _LEVEL)
        note = notes[number - 1]
        told = f"{iso(day)} {note.text}"
        chart = alt.Chart(alt.InlineData(values=[{"day": iso(day), "told": told}]))
        badge = chart.mark_point(
            shape="circle", size=190, fill=ground.card, stroke=ground.ink, strokeWidth=1.2, opacity=1, yOffset=up
        )
        words = chart.mark_text(color=ground.ink, fontSize=11, fontWeight="bold", dy=up, baseline="middle")
        tip = alt.Tooltip("told:N", title=scene.w("chart.tip_note"))
        drawn.append(badge.encode(x=scene.x, y=alt.value("height"), tooltip=[tip]))
        drawn.append(words.encode(x=scene.x, y=alt.value("height"), text=alt.value(str(number))))
    return drawn
