"""A subject in, an SVG out: within a page coloured by the page, or complete by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise

from dashboard.charts.palette import LIGHT
from dashboard.charts.picture import legible
from dashboard.charts.places import placed
from dashboard.figures import day_name, number
from dashboard.i18n import Words
from dashboard.public.book import Subject
from dashboard.public.drawing.looks import Look, alone, by_class
from dashboard.public.drawing.plot import End, Plot, Point, Run, plot_of
from dashboard.public.drawing.scale import NARROW, TOP, Scale, scale_of, value_ticks, years
from dashboard.public.drawing.told import description, point_told, point_words
from dashboard.public.labels import title_of

__all__ = ["drawn", "trajectory_svg"]

_ALIGN = {"left": "", "center": ' text-anchor="middle"', "right": ' text-anchor="end"'}


def trajectory_svg(
    subject: Subject, w: Words, *, standalone: bool = False, width: int = 720, told: Sequence[str] = ()
) -> str:
    """The trajectory of a subject, `width` pixels wide; empty where there is neither a path nor a figure.

    `told`: sentences that a reader who cannot see it is told. `standalone`: with colours and fonts of its own.
    """
    plot = plot_of(subject, w)
    if plot is None:
        return ""
    scale = scale_of(plot, width)
    plot = scale.plot
    kind = "narrow" if width < NARROW else "wide"
    look = alone(plot.status, LIGHT) if standalone else by_class(plot.status, kind)
    # without a clip of its own it is drawn in two thirds of the time
    size = f' width="{width}" height="{scale.height:g}" overflow="visible"' if standalone else ""
    name = w("drawing.title", subject=title_of(subject, w))
    ids = f"plot-{width}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"{look.outermost}{size} viewBox="0 0 {width} {scale.height:g}"'
        f' role="img" aria-labelledby="{ids}-t" aria-describedby="{ids}-d"><title id="{ids}-t">{legible(name)}</title>'
        f'<desc id="{ids}-d">{legible(description(plot, w, told=told))}</desc>{drawn(plot, scale, look, w)}</svg>'
    )


def drawn(plot: Plot, scale: Scale, look: Look, w: Words) -> str:
    """Everything within the outermost tag, from what lies lowest."""
    parts = [
        *_axes(plot, scale, look, w),
        *_closed(plot, scale, look, w),
        *_required(plot, scale, look),
        *_actuals(plot, scale, look),
        *_ends(plot, scale, look),
        *_points(plot, scale, look, w),
        *_words(plot, scale, look),
    ]
    return "".join(parts)


# -- the ground ----------------------------------------------------------------------------------------------------


def _axes(plot: Plot, scale: Scale, look: Look, w: Words) -> Iterator[str]:
    """The unit, a hairline for each round number and each turn of a year, the years."""
    right, floor = scale.left + scale.canvas.width, scale.floor
    definition, ticks = plot.definition, value_ticks(plot)
    unit = definition.unit if w.chinese else definition.unit_en or definition.unit
    start, end = plot.span
    turns = [day for year in range(start.year, end.year + 1) if start < (day := start.replace(year, 12, 31)) < end]
    lines = [f"M{scale.left:g} {scale.y(v):.1f}H{right:g}" for v in ticks]
    lines += [f"M{scale.x(day):.1f} {TOP:g}V{floor:g}" for day in turns]
    yield f'<path{look.of("grid")} d="{"".join(lines)}"/>'
    yield f'<path{look.of("axis")} d="M{scale.left:g} {floor:g}H{right:g}"/>'
    yield f'<text{look.of("tick")} x="0" y="13">{legible(unit)}</text>'
    for value in ticks:
        told = number(value, plot.definition.decimals)
        at = f'x="{scale.left - 6:g}" y="{scale.y(value) + 4:.1f}"'
        yield f"<text{look.of('tick')}{_ALIGN['right']} {at}>{told}</text>"
    for day, name in years(scale, w):
        yield f'<text{look.of("tick")}{_ALIGN["center"]} x="{scale.x(day):.1f}" y="{floor + 17:g}">{name}</text>'


def _closed(plot: Plot, scale: Scale, look: Look, w: Words) -> Iterator[str]:
    """A pale upright where a figure exists and is withheld: a gap that says why it is one."""
    for day in plot.closed:
        period, told = day_name(day, w, measure=plot.definition.measure), w("drawing.closed")
        at = f'x="{scale.x(day) - 4:.1f}" y="{TOP:g}" width="8" height="{scale.canvas.height:g}"'
        yield (
            f'<g{look.of("pt")} data-period="{legible(period)}" data-value="{legible(told)}">'
            f"<title>{legible(period)} {legible(told)}</title>"
            f"<rect{look.of('shut')} {at}/></g>"
        )


# -- what a plan asks for ------------------------------------------------------------------------------------------


def _required(plot: Plot, scale: Scale, look: Look) -> Iterator[str]:
    for run in plot.band:
        along = [scale.at(day, value) for day, value, _ in run]
        back = [scale.at(day, expected) for day, _, expected in reversed(run)]
        if len(run) > 1:
            yield f'<path{look.of("band")} d="M{_joined([*along, *back])}Z"/>'
    for path in plot.paths:
        yield _line(path, scale, look.of("guess" if plot.provisional else "path"), stepped=plot.path_stepped)
    for day in plot.breaks:
        yield f'<path{look.of("break")} d="M{scale.x(day):.1f} {TOP:g}V{scale.floor:g}"/>'
    if plot.gap is not None:
        day, value, expected = plot.gap
        yield f'<path{look.of("gap")} d="M{_joined([scale.at(day, value), scale.at(day, expected)])}"/>'


def _ends(plot: Plot, scale: Scale, look: Look) -> Iterator[str]:
    """Hollow: a circle where the way starts, a diamond where it has to arrive, both ends of a range."""
    found = {end.kind: end for end in plot.ends}
    if "far" in found:
        low, high = found["target"], found["far"]
        yield f'<path{look.of("mark")} d="M{_joined([scale.at(e.day, e.value) for e in (low, high)])}"/>'
    yield from (_end(end, scale, look) for end in plot.ends)


def _end(end: End, scale: Scale, look: Look) -> str:
    x, y = scale.at(end.day, end.value)
    if end.kind == "base":
        return f'<circle{look.of("mark")} data-end="base" cx="{x:.1f}" cy="{y:.1f}" r="5"/>'
    r = 6.5 if end.kind == "target" else 4.5
    shape = f"M{x - r:.1f} {y:.1f}l{r:g} {-r:g} {r:g} {r:g} {-r:g} {r:g}Z"
    return f'<path{look.of("mark")} data-end="{end.kind}" d="{shape}"/>'


# -- what is -------------------------------------------------------------------------------------------------------


def _actuals(plot: Plot, scale: Scale, look: Look) -> Iterator[str]:
    for run in plot.lines:
        if len(run) > 1:
            yield _line(run, scale, look.of("act"), stepped=plot.stepped)
    for ghost in plot.ghosts:
        (x, y), (_, now) = scale.at(ghost.day, ghost.was), scale.at(ghost.day, ghost.now)
        yield f'<path{look.of("hair")} d="M{x:.1f} {y:.1f}V{now:.1f}"/>'
        yield f'<circle{look.of("was")} cx="{x:.1f}" cy="{y:.1f}" r="2.6"/>'
    if plot.borderline and plot.points:
        x, y = scale.at(plot.points[-1].day, plot.points[-1].value)
        yield f'<circle{look.of("ring")} cx="{x:.1f}" cy="{y:.1f}" r="9"/>'


def _points(plot: Plot, scale: Scale, look: Look, w: Words) -> Iterator[str]:
    """A filled point for each figure, a hollow one for a flash figure 快报; each tells itself when pointed at."""
    before = {ghost.day: ghost.was for ghost in plot.ghosts}
    for point in plot.points:
        x, y = scale.at(point.day, point.value)
        at = f'cx="{x:.1f}" cy="{y:.1f}"'
        told = point_told(point, plot, w, was=before.get(point.day))
        yield (
            f"<g{look.of('pt')}{_data(point, plot, w)}><title>{legible(told)}</title>"
            f'<circle{look.of("hit")} {at} r="11"/><circle{look.of("flash" if point.flash else "dot")} {at} r="3"/></g>'
        )


def _data(point: Point, plot: Plot, w: Words) -> str:
    """The same for a script."""
    told = point_words(point, plot, w)
    return "".join(f' data-{name}="{legible(text)}"' for name, text in told.items())


# -- words ---------------------------------------------------------------------------------------------------------


def _words(plot: Plot, scale: Scale, look: Look) -> Iterator[str]:
    labels = [words.label(tuple(plot.share(*spot) for spot in words.spots)) for words in plot.words]
    ways = placed(labels, scale.canvas, marks=plot.marks, lines=plot.strokes)
    for words, (anchor, place) in zip(plot.words, ways, strict=True):
        day, value = words.spots[anchor]
        x = scale.x(day) + place.dx
        y = (TOP if words.top else scale.y(value)) + place.dy
        for size, group in groupby(words.lines, key=lambda line: line[1]):
            weight = ' font-weight="700"' if words.bold and size > 11 else ""
            for text, _ in group:
                at = f'{_ALIGN[place.align]}{weight} x="{x:.1f}" y="{y + size:.1f}" font-size="{size:g}"'
                yield f"<text{look.of(f't-{words.tone}')}{at}>{legible(text)}</text>"
                y += size * 1.25


# -- lines ---------------------------------------------------------------------------------------------------------


def _line(run: Run, scale: Scale, look: str, *, stepped: bool) -> str:
    """A line through points; a stepped one keeps its height until the next."""
    at = [scale.at(*point) for point in run]
    if stepped:
        at = at[:1] + [corner for before, after in pairwise(at) for corner in ((after[0], before[1]), after)]
    return f'<path{look} d="M{_joined(at)}"/>'


def _joined(points: Sequence[tuple[float, float]]) -> str:
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
