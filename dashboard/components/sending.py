"""Signing a return and sending it: three names, the evidence that goes with it, a draft for later."""

from __future__ import annotations

import streamlit as st

from dashboard import acts, session
from dashboard.components.markup import esc, heading
from dashboard.i18n import Words
from ingest.check import Checked
from ingest.submission import SIGNERS, Signers

__all__ = ["names", "sign"]


def sign(checked: Checked, name: str, raw: bytes, w: Words) -> None:
    """The names, the evidence, and the two buttons of a file that passed."""
    st.html(heading(w("sign.title"), w("sign.lead")))
    names("sign", checked.signers, w)
    with st.container(key="evidence"):
        st.file_uploader(w("sign.evidence"), key="sign_evidence", accept_multiple_files=True, max_upload_size=10)
    st.html(f'<p class="zb-note">{esc(w("sign.evidence_note"))}</p>')
    allowed = session.may_submit()
    with st.container(horizontal=True):
        st.button(
            w("sign.send"),
            key="send",
            type="primary",
            disabled=not allowed,
            on_click=acts.send,
            args=(name, raw, w),
        )
        st.button(w("sign.draft"), key="draft", disabled=not allowed, on_click=acts.keep_draft, args=(name, raw, w))


def names(key: str, known: Signers, w: Words) -> None:
    """Three text fields; what the form already says stands in them."""
    for place, signer in zip(st.columns(3), SIGNERS, strict=True):
        with place:
            st.text_input(w(f"sign.{signer}"), value=getattr(known, signer), key=f"{key}_{signer}", max_chars=50)
