"""The two example files of `data/examples`, offered for download."""

from __future__ import annotations

import streamlit as st

from dashboard.i18n import Words
from ingest.settings import SHIPPED

__all__ = ["downloads"]


def downloads(w: Words) -> None:
    """One good return and one bad one."""
    with st.container(horizontal=True, key="examples"):
        for name in ("good", "bad"):
            file = SHIPPED / "examples" / f"return-{name}.csv"
            st.download_button(
                w(f"submit.example_{name}"),
                file.read_bytes(),
                file_name=file.name,
                mime="text/csv",
                key=f"example_{name}",
                type="tertiary",
            )
