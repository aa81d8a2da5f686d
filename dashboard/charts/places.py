"""Where the words of a chart stand, so that none covers another, a mark or a line, nor is cut off at the edge.

Worked out beforehand for two canvases, a desk's and a phone's; the chart picks by its width when it is drawn.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

__all__ = ["FONT", "NARROW", "WIDE", "Box", "Canvas", "Label", "Place", "placed", "text_width"]


FONT = "'Noto Sans SC','Source Han Sans SC','PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Segoe UI',sans-serif"


@dataclass(frozen=True, slots=True)
class Canvas:
    """The plot's size in pixels."""

    width: float
    height: float


WIDE, NARROW = Canvas(640, 318), Canvas(262, 318)
_ABOVE, _RIGHT = 8, 4  # how far words may stand out of the plot before they are cut off


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlap(self, other: Box) -> float:
        """The area both cover."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0.0, across) * max(0.0, down)

    @classmethod
    def around(cls, x: float, y: float, radius: float) -> Box:
        return cls(x - radius, y - radius, x + radius, y + radius)


@dataclass(frozen=True, slots=True)
class Label:
    """Words at one of several anchors (shares of the plot's width and height, y downwards).

    `lines`: each with its size in pixels. `prefers`: where they would rather stand to their anchor.
    """

    lines: tuple[tuple[str, float], ...]
    anchors: tuple[tuple[float, float], ...]
    prefers: Literal["above", "below", "beside"] = "above"
    radius: float = 7

    @property
    def width(self) -> float:
        return max(text_width(text, size) for text, size in self.lines)

    @property
    def height(self) -> float:
        return sum(size * 1.25 for _, size in self.lines)


@dataclass(frozen=True, slots=True)
class Place:
    """How a label stands to its anchor: `align` and offsets in pixels, `dy` to the top of its first line."""

    align: str
    dx: float
    dy: float


def text_width(text: str, size: float) -> float:
    """Pixels a text takes, near enough: full-width signs a whole em, others a little over half of one."""
    return size * sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.58 for c in text)


def placed(
    labels: Sequence[Label],
    canvas: Canvas,
    *,
    marks: Iterable[tuple[float, float, float]],
    lines: Iterable[tuple[float, float]],
) -> list[tuple[int, Place]]:
    """The anchor's number and the place of each label; the first come first.

    `marks`: points that must stay in sight, each with its radius in pixels. `lines`: points along lines, which words
    should rather not cross.
    """
    dots = [Box.around(x * canvas.width, y * canvas.height, radius) for x, y, radius in marks]
    strokes = [Box.around(x * canvas.width, y * canvas.height, 4) for x, y in lines]
    taken: list[Box] = []
    found = []
    for label in labels:
        anchor, place, box = _best(label, canvas, taken, dots, strokes)
        taken.append(box)
        found.append((anchor, place))
    return found


def _best(
    label: Label, canvas: Canvas, taken: Sequence[Box], dots: Sequence[Box], strokes: Sequence[Box]
) -> tuple[int, Place, Box]:
    """The way a label covers least: what costs most is counted first, and no way further than it can still win."""
    area = label.width * label.height
    lowest = math.inf
    found: tuple[int, Place, Box] | None = None
    for number, (x, y) in enumerate(label.anchors):
        for order, place in enumerate(_places(label)):
            cost = 0.5 * order + 0.2 * number
            if cost >= lowest:
                break
            box = _box(label, canvas, x, y, place)
            cost += 1000 * _outside(box, canvas) / area
            for weight, boxes in ((100 / area, taken), (30 / 100, dots), (4 / 64, strokes)):
                if cost >= lowest:
                    break
                cost += weight * sum(map(box.overlap, boxes))
            if cost < lowest:
                lowest, found = cost, (number, place, box)
    assert found is not None, "a label has an anchor"
    return found


def _places(label: Label) -> Iterator[Place]:
    """The places around an anchor, the preferred first."""
    r = label.radius
    across = [("left", r + 1), ("right", -r - 1), ("left", -6.0), ("right", 6.0), ("center", 0.0)]
    down = [-r - label.height, r - 1] if label.prefers == "above" else [r - 1, -r - label.height]
    around = [Place(align, dx, round(dy, 1)) for dy, (align, dx) in product(down, across)]
    sides = [Place(align, dx, round(-label.height / 2, 1)) for align, dx in across[:2]]
    yield from [*reversed(sides), *around] if label.prefers == "beside" else [*around, *sides]


def _box(label: Label, canvas: Canvas, x: float, y: float, place: Place) -> Box:
    shift = {"left": 0.0, "center": 0.5, "right": 1.0}[place.align]
    left = x * canvas.width + place.dx - shift * label.width
    top = y * canvas.height + place.dy
    return Box(left, top, left + label.width, top + label.height)


def _outside(box: Box, canvas: Canvas) -> float:
    """The area of a box that would be cut off, or stand on the axis."""
    inside = box.overlap(Box(0, -_ABOVE, canvas.width + _RIGHT, canvas.height))
    return (box.right - box.left) * (box.bottom - box.top) - inside
