"""A chart as a picture that travels alone: title, verdict, source, date and the demonstration's mark burned in."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from threading import Lock
from typing import Any

from dashboard.charts.palette import LIGHT
from dashboard.charts.places import FONT, text_width

__all__ = ["PAD", "Told", "can_write_chinese", "framed", "legible", "png", "rasterised", "svg"]

_WIDTH, PAD = 960, 32
_SCALE = 2.0  # of a PNG: sharp on paper and on a projector
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_MOST = 400  # characters of one text; the rest is cut
_TOKENS = re.compile(r"[!-~]+|.", re.DOTALL)
_NEVER_FIRST = "，。、；：！？）》”’」』】%,.;:!?)"
_drawing = Lock()  # one at a time: a chart takes a core while it is drawn


@dataclass(frozen=True, slots=True)
class Told:
    """What is written around a chart: over it where and what, and how it stands; under it source, date, rule."""

    kicker: str
    title: str
    verdict: Sequence[str]
    foot: Sequence[str]
    mark: str = ""  # of generated figures


@lru_cache(maxsize=1)
def can_write_chinese() -> bool:
    """Whether this machine has a font with Chinese signs: without one two different ones look the same."""
    one, other = (_png(_sheet([_text(sign, 4, 30, 24)], 40, 40), 1.0) for sign in "汉字")
    return one != other


def svg(spec: Mapping[str, Any], told: Told) -> bytes:
    """The picture as SVG, its text still text in the fonts of the page."""
    return _composed(spec, told).encode()


def png(spec: Mapping[str, Any], told: Told) -> bytes:
    """The picture as PNG, at twice its size in pixels."""
    return rasterised(_composed(spec, told))


def _png(drawn: str, scale: float) -> bytes:
    import vl_convert  # a whole engine, and only a download needs it

    with _drawing:
        made: bytes = vl_convert.svg_to_png(drawn, scale=scale)
    return made


def legible(text: str) -> str:
    """A text as SVG may hold it: escaped, without signs that no XML allows."""
    return escape(_CONTROL.sub("", text))


def rasterised(drawn: str, *, scale: float = _SCALE) -> bytes:
    """A finished SVG as PNG, `scale` times its size in pixels."""
    return _png(drawn, scale)


def _composed(spec: Mapping[str, Any], told: Told) -> str:
    return framed(*_chart(spec), told)


def framed(inside: str, height: float, told: Told, *, width: float = _WIDTH) -> str:
    """Title and verdict, a chart that is `height` pixels high, what stands under it, down a sheet as high as it takes.

    `inside`: the chart as SVG, as wide as the sheet less `PAD` on both sides.
    """
    parts: list[str] = []
    y = float(PAD)

    def write(text: str, size: float, colour: str, *, bold: bool = False, after: float = 0) -> None:
        nonlocal y
        for line in _wrapped(text, size, width - 2 * PAD):
            y += size * 1.4
            parts.append(_text(line, PAD, y - size * 0.3, size, colour=colour, bold=bold))
        y += after

    if told.mark:
        write(told.mark, 13, LIGHT.warn_ink, bold=True, after=6)
    write(told.kicker, 13, LIGHT.muted)
    write(told.title, 23, LIGHT.ink, bold=True, after=4)
    for line in told.verdict:
        write(line, 15, LIGHT.ink)
    y += 14
    parts.append(f'<g transform="translate({PAD},{y:.1f})">{inside}</g>')
    y += height + 12
    for line in told.foot:
        write(line, 12, LIGHT.muted)
    return _sheet(parts, width, round(y + PAD / 2))


def _chart(spec: Mapping[str, Any]) -> tuple[str, float]:
    """The chart as SVG without its outermost tag's position, and its height; nothing is fetched for it."""
    import vl_convert

    sized = copy.deepcopy(dict(spec))
    sized |= {"width": _WIDTH - 2 * PAD, "autosize": {"type": "fit", "contains": "padding"}, "background": LIGHT.card}
    with _drawing:
        drawn: str = vl_convert.vegalite_to_svg(sized, vl_version="6.1", allowed_base_urls=[])
    height = re.search(r'height="([\d.]+)"', drawn)
    assert height is not None, "a chart has a height"
    return drawn, float(height[1])


def _sheet(parts: Sequence[str], width: float, height: float) -> str:
    ground = f'<rect width="{width}" height="{height}" fill="{LIGHT.card}"/>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    return head + ground + "".join(parts) + "</svg>"


def _text(text: str, x: float, y: float, size: float, *, colour: str = LIGHT.ink, bold: bool = False) -> str:
    weight = ' font-weight="700"' if bold else ""
    look = f'font-family="{escape(FONT)}" font-size="{size}" fill="{colour}"{weight}'
    return f'<text x="{x}" y="{y:.1f}" {look}>{escape(text)}</text>'


def _wrapped(text: str, size: float, width: float) -> Iterator[str]:
    """A text in lines that fit: Chinese breaks anywhere but before a closing mark, words stay whole."""
    line = ""
    for token in _TOKENS.findall(_CONTROL.sub("", text)[:_MOST]):
        if line and token not in _NEVER_FIRST and text_width(line + token, size) > width:
            yield line.rstrip()
            line = token.lstrip()
        else:
            line += token
    if line:
        yield line
