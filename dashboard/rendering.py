"""The pages of a release, drawn when one is made: what that takes is loaded only then."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ingest.publishing import Render

__all__ = ["rendering"]


def rendering(url: str) -> Render:
    """What draws the pages of a release for a public site that stands at `url`."""

    def render(folder: Path, older: Mapping[int, Path]) -> None:
        from dashboard.public.site import writing

        writing.rendering(url)(folder, older)

    return render
