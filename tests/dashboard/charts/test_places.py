"""Where words stand: apart from each other, from the marks, and within the plot."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from dashboard.charts.places import NARROW, WIDE, Box, Canvas, Label, Place, placed, text_width

CANVASES = pytest.mark.parametrize("canvas", [WIDE, NARROW], ids=["desk", "phone"])


def box(label: Label, canvas: Canvas, anchor: int, place: Place) -> Box:
    x, y = label.anchors[anchor]
    left = x * canvas.width + place.dx - {"left": 0, "center": label.width / 2, "right": label.width}[place.align]
    return Box(left, y * canvas.height + place.dy, left + label.width, y * canvas.height + place.dy + label.height)


def boxes(labels: list[Label], canvas: Canvas) -> list[Box]:
    found = placed(labels, canvas, marks=[], lines=[])
    return [box(label, canvas, anchor, place) for label, (anchor, place) in zip(labels, found, strict=True)]


@CANVASES
@settings(deadline=None)
@given(x=some.floats(0, 1), y=some.floats(0, 1))
def test_a_word_at_any_point_is_never_cut_off(canvas: Canvas, x: float, y: float) -> None:
    (found,) = boxes([Label((("目标 8.30", 12.0), ("2025年末", 12.0)), ((x, y),))], canvas)
    assert found.left >= -1 and found.right <= canvas.width + 5
    assert found.top >= -9 and found.bottom <= canvas.height + 1


@CANVASES
@settings(deadline=None)
@given(x=some.floats(0.3, 0.7), y=some.floats(0.3, 0.7))
def test_two_words_at_one_point_stand_apart(canvas: Canvas, x: float, y: float) -> None:
    first, second = boxes([Label((("7.87", 16.0),), ((x, y),)), Label((("差 0.24", 12.0),), ((x, y),))], canvas)
    assert first.overlap(second) == 0


def test_a_word_goes_where_it_would_rather_be() -> None:
    above, below = (Label((("7.87", 16.0),), ((0.5, 0.5),), prefers=side) for side in ("above", "below"))
    assert boxes([above], WIDE)[0].bottom < 0.5 * WIDE.height < boxes([below], WIDE)[0].top


def test_a_word_leaves_the_line_it_names() -> None:
    line = [(n / 60, 0.5) for n in range(61)]
    name = Label((("应达路径", 11.0),), ((0.5, 0.5),))
    ((anchor, place),) = placed([name], WIDE, marks=[], lines=line)
    assert box(name, WIDE, anchor, place).bottom <= 0.5 * WIDE.height


def test_of_several_spots_the_free_one_is_taken() -> None:
    crowd = [(0.2 + dx / 100, 0.5 + dy / 100, 5.0) for dx in range(-14, 15) for dy in range(-14, 15)]
    name = Label((("应达路径", 11.0),), ((0.2, 0.5), (0.8, 0.5)))
    ((anchor, _),) = placed([name], WIDE, marks=crowd, lines=[])
    assert anchor == 1


def test_full_width_signs_take_a_whole_em() -> None:
    assert text_width("目标", 12) == 24
    assert text_width("8.30", 10) < 25
