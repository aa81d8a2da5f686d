"""The look of the pages: one style sheet, made of a file for each subject, on a light and a dark ground."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dashboard.charts.palette import DARK, LIGHT, STATUS, Ground, status_colour

__all__ = ["grounds", "sheet"]

_HERE = Path(__file__).parent
_NAMES = ("page", "card", "ink", "muted", "line", "accent", "accent_soft", "warn_bg", "warn_ink")


def grounds() -> str:
    """The colours as variables, on the ground that the reader's system asks for; paper is light."""
    dark = f"@media(prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}"
    return f":root{{color-scheme:light dark;{_variables(LIGHT)}}}{dark}\n"


def _variables(ground: Ground) -> str:
    named = "".join(f"--zb-{name.replace('_', '-')}:{getattr(ground, name)};" for name in _NAMES)
    statuses = "".join(f"--zb-{code.replace('_', '-')}:{status_colour(code, ground)};" for code in STATUS)
    return named + statuses + f"--zb-bad:{status_colour('behind', ground)};"


@cache
def sheet() -> bytes:
    """The whole sheet: what every page stands on first, then the other subjects."""
    files = sorted(_HERE.glob("*.css"), key=lambda file: (file.stem != "page", file.stem))
    named = "".join(f".zb-s-{code}{{--zb-status:var(--zb-{code.replace('_', '-')})}}" for code in STATUS)
    return (grounds() + named + "\n" + "\n".join(file.read_text(encoding="utf-8") for file in files)).encode()
