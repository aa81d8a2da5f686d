"""填报: drop a file, see what is wrong cell by cell and what it would change, then send it."""

from __future__ import annotations

import streamlit as st

from dashboard import acts, answers, session
from dashboard.components import examples, forms, frame, returns
from dashboard.components.markup import heading
from dashboard.i18n import words


def page() -> None:
    asked = session.view()
    w = words(asked.language)
    catalogue = session.catalogue()
    frame.headline("", w("submit.title"), w("submit.lead"))
    with st.container(key="card_drop"):
        frame.who_may_submit(w)
        with st.container(key="drop"):
            file = st.file_uploader(
                w("submit.drop"), type=["csv", "xlsx"], key=session.upload_key(), max_upload_size=10
            )
        st.html(f'<div class="zb-note">{w("submit.columns")}</div>')
        examples.downloads(w)
    with st.container(key="card_form"):
        forms.ask(w)
    session.told()
    if file is not None:
        with st.spinner(w("submit.reading")):
            checked = answers.checked(file.name, file.getvalue())
        accepted, line = returns.verdict(checked, w)
        with st.container(key="card_problems"):
            (st.success if accepted else st.error)(line)
            frame.draw(returns.problems(checked, w))
            forms.marked(checked, file.name, file.getvalue(), w)
        if accepted and not checked.fresh.is_empty():
            with st.container(key="card_difference"):
                st.html(returns.difference(checked.figures, catalogue, w))
                st.button(
                    w("submit.send"),
                    key="send",
                    type="primary",
                    disabled=not session.may_submit(),
                    on_click=acts.send,
                    args=(file.name, file.getvalue(), w),
                )
    with st.container(key="card_mine"):
        st.html(heading(w("submit.mine")) + returns.submissions(answers.submissions(), w))
