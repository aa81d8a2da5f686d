"""How each part of a drawing looks: by the page's style sheet, or, where it travels alone, by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from dashboard.charts.palette import Ground, status_colour
from dashboard.charts.places import FONT

__all__ = ["PARTS", "Look", "alone", "by_class"]

# words stand off from a line that runs beneath them
_WRITTEN = 'stroke="{card}" stroke-width="3" stroke-linejoin="round" paint-order="stroke" '
# part → its attributes where no style sheet reaches it; {s} is the colour of the status
PARTS: Mapping[str, str] = {
    "grid": 'stroke="{line}" fill="none"',
    "axis": 'stroke="{muted}" fill="none"',
    "tick": 'fill="{muted}" font-size="12"',
    "shut": 'fill="{line}" fill-opacity=".55"',
    "band": 'fill="{muted}" fill-opacity=".12"',
    "path": 'stroke="{ink}" stroke-width="1.2" stroke-dasharray="5 4" fill="none"',
    "guess": 'stroke="{muted}" stroke-width="1.2" stroke-dasharray="2 4" fill="none"',
    "break": 'stroke="{ink}" stroke-width="1.5" stroke-dasharray="1 3" fill="none"',
    "gap": 'stroke="{s}" stroke-width="1.5" fill="none"',
    "act": 'stroke="{accent}" stroke-width="2.4" stroke-linejoin="round" fill="none"',
    "hair": 'stroke="{muted}" stroke-width=".8" fill="none"',
    "was": 'stroke="{muted}" fill="{card}"',
    "dot": 'stroke="{accent}" stroke-width="2" fill="{accent}"',
    "flash": 'stroke="{accent}" stroke-width="2" fill="{card}"',
    "ring": 'stroke="{s}" stroke-width="1.6" stroke-dasharray="3 2" fill="none"',
    "mark": 'stroke="{ink}" stroke-width="1.8" fill="{card}"',
    "hit": 'fill="none"',
    "pt": "",
    "t-ink": _WRITTEN + 'fill="{ink}"',
    "t-muted": _WRITTEN + 'fill="{muted}"',
    "t-accent": _WRITTEN + 'fill="{accent}"',
    "t-status": _WRITTEN + 'fill="{s}"',
}


@dataclass(frozen=True, slots=True)
class Look:
    """What is written into the tag of a part, and into the outermost one."""

    of: Callable[[str], str]
    outermost: str


def by_class(status: str, extra: str) -> Look:
    """Classes, coloured by the page on a light and a dark ground."""
    named = " ".join(filter(None, ("plot", extra, f"s-{status}" if status else "")))
    return Look(lambda part: f' class="{part}"', f' class="{named}"')


def alone(status: str, ground: Ground) -> Look:
    """Colours and fonts of its own: no style sheet is needed, nor allowed by a strict policy."""
    names = ("line", "muted", "ink", "accent", "card")
    colours = {name: getattr(ground, name) for name in names}
    colours["s"] = status_colour(status, ground) if status else ground.accent
    told = {part: " " + look.format(**colours) if look else "" for part, look in PARTS.items()}
    return Look(told.__getitem__, f' font-family="{escape(FONT)}"')
