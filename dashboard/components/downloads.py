"""An indicator to take along: CSV, XLSX, and its chart as PNG and SVG, each made only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from dashboard import documents
from dashboard.charts import picture
from dashboard.charts.beside import Beside
from dashboard.charts.frames import trajectory_of
from dashboard.charts.palette import LIGHT
from dashboard.components.markup import esc
from dashboard.documents import Dossier

__all__ = ["row"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def row(of: Dossier, beside: Beside) -> None:
    """The buttons; a picture stands on a light ground, whatever the reader's own is."""
    w, drawn = of.w, not trajectory_of(of.one).empty
    with st.container(key="downloads", horizontal=True, vertical_alignment="center"):
        st.html(f'<span class="zb-note">{esc(w("download.title"))}</span>', width="content")
        _button(of, "csv", "text/csv", lambda: documents.csv_bytes(of.one, of.history))
        _button(of, "xlsx", _XLSX, lambda: documents.workbook(of))
        if drawn:
            _pictures(of, beside)
    if drawn and not picture.can_write_chinese():
        st.html(f'<p class="zb-note">{esc(w("download.no_font"))}</p>')


def _pictures(of: Dossier, beside: Beside) -> None:
    """PNG where this machine can write Chinese into it, and SVG, whose text is written where it is looked at."""
    if picture.can_write_chinese():
        _button(of, "png", "image/png", lambda: picture.png(_drawn(of, beside), documents.told(of)))
    _button(of, "svg", "image/svg+xml", lambda: picture.svg(_drawn(of, beside), documents.told(of)))


def _drawn(of: Dossier, beside: Beside) -> Mapping[str, Any]:
    from dashboard.charts.trajectory import drawing  # altair loads slowly, and only this page draws with it

    drawn = drawing(of.one, w=of.w, ground=LIGHT, beside=beside)
    assert drawn is not None, "there is a picture only where there is a chart"
    return drawn


def _button(of: Dossier, ending: str, mime: str, make: Callable[[], bytes]) -> None:
    # what is asked of a download runs outside the page's own run, so everything it needs is given
    st.download_button(
        ending.upper(),
        make,
        file_name=documents.file_name(of, ending),
        mime=mime,
        key=f"download_{ending}",
        on_click="ignore",
    )
