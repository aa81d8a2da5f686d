"""The words on a trajectory, each where it covers nothing, as layers for a desk and for a phone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import altair as alt

from dashboard.charts.palette import status_colour
from dashboard.charts.places import NARROW, WIDE, Place, placed
from dashboard.charts.trajectory.notes import flag_spots
from dashboard.charts.trajectory.scene import Layer, Scene, by_width, iso
from dashboard.charts.wording import Tone, Written, marks, strokes, wording

__all__ = ["labels"]


def labels(scene: Scene) -> list[Layer]:
    """Everything written into the plot, the most needed placed first."""
    found = wording(scene)
    anchored = [words.label(tuple(scene.share(*spot) for spot in words.spots)) for words in found]
    flagged = [(x, y, 9.0) for x, y in flag_spots(scene)]
    dots, lines = [*marks(scene), *flagged], list(strokes(scene))
    desk, phone = (placed(anchored, canvas, marks=dots, lines=lines) for canvas in (WIDE, NARROW))
    return [layer for words, *ways in zip(found, phone, desk, strict=True) for layer in _drawn(scene, words, *ways)]


def _drawn(scene: Scene, words: Written, phone: tuple[int, Place], desk: tuple[int, Place]) -> Iterator[Layer]:
    """One label; where a phone has it elsewhere along its line, twice, each shown on its own kind of screen."""
    if phone[0] == desk[0]:
        yield from _written(scene, words, desk[0], phone[1], desk[1])
        return
    for (anchor, place), shown in ((phone, by_width(1, 0)), (desk, by_width(0, 1))):
        yield from _written(scene, words, anchor, place, place, opacity=shown)


def _written(
    scene: Scene, words: Written, anchor: int, phone: Place, desk: Place, *, opacity: Any = 1
) -> Iterator[Layer]:
    """The text marks of one label: one for lines of a size, so that they keep together."""
    day, value = words.spots[anchor]
    chart = alt.Chart(alt.InlineData(values=[{"day": iso(day)} | ({} if words.top else {"value": value})]))
    down = 0.0
    for size, group in groupby(words.lines, key=lambda line: line[1]):
        lines = [text for text, _ in group]
        mark = chart.mark_text(
            align=by_width(phone.align, desk.align),
            baseline="top",
            dx=by_width(phone.dx, desk.dx),
            dy=by_width(round(phone.dy + down, 1), round(desk.dy + down, 1)),
            color=_colour(scene, words.tone),
            fontSize=size,
            lineHeight=size * 1.25,
            fontWeight="bold" if words.bold and size > 11 else "normal",
            opacity=opacity,
        )
        y = alt.value(0) if words.top else scene.y
        yield mark.encode(x=scene.x, y=y, text=alt.value(lines if len(lines) > 1 else lines[0]))
        down += size * 1.25 * len(lines)


def _colour(scene: Scene, tone: Tone) -> str:
    if tone == "status":
        return status_colour(scene.one.assessment.status, scene.ground)
    return str(getattr(scene.ground, tone))
