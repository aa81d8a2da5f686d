"""The look of the pages: one style sheet, made of a file for each subject, on a light and a dark ground.

Its files are written in px of ordinary letters. They are served in rem, so that one size of letters enlarges all
there is, and they ask for room of the page instead of the screen, since larger letters leave less of it.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from dashboard.charts.palette import DARK, LIGHT, STATUS, Ground, status_colour

__all__ = ["enlargeable", "grounds", "sheet"]

_HERE = Path(__file__).parent
_ORDINARY = 15  # px of an ordinary letter, as in .streamlit/config.toml
_HAIR = 4  # px below which a size is that of a line, and stays
_NAMES = ("page", "card", "ink", "muted", "line", "accent", "accent_soft", "warn_bg", "warn_ink")


def grounds() -> str:
    """The colours as variables, on the ground that the reader's system asks for; paper is light."""
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}"
    return f":root{{color-scheme:light dark;{_variables(LIGHT)}}}{dark}\n"


def _variables(ground: Ground) -> str:
    named = "".join(f"--zb-{name.replace('_', '-')}:{getattr(ground, name)};" for name in _NAMES)
    statuses = "".join(f"--zb-{code.replace('_', '-')}:{status_colour(code, ground)};" for code in STATUS)
    return named + statuses + f"--zb-bad:{status_colour('behind', ground)};"


def enlargeable(css: str) -> str:
    """A style sheet whose px follow the size of letters, and whose narrow screens are narrow pages."""

    def rem(size: re.Match[str]) -> str:
        px = float(size[1])
        return size[0] if px < _HAIR else f"{px / _ORDINARY:.4g}rem"

    css = re.sub(r"@media \(max-width: (?=\d+px)", "@container page (max-width: ", css)
    return re.sub(r"(?<![\w.])(\d+(?:\.\d+)?)px", rem, css)


@cache
def sheet() -> bytes:
    """The whole sheet: what every page stands on first, then the other subjects."""
    files = sorted(_HERE.glob("*.css"), key=lambda file: (file.stem != "page", file.stem))
    named = "".join(f".zb-s-{code}{{--zb-status:var(--zb-{code.replace('_', '-')})}}" for code in STATUS)
    subjects = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return (grounds() + named + "\n" + enlargeable(subjects)).encode()
