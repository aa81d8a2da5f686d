"""填报: what is due, its form, a file dropped and judged cell by cell, what it would change; then signed and sent."""

from __future__ import annotations

import streamlit as st

from dashboard import answers, session
from dashboard.components import duties, examples, forms, frame, returns, sending, sent
from dashboard.components.markup import heading
from dashboard.i18n import words


def page() -> None:
    asked = session.view()
    w = words(asked.language)
    frame.headline("", w("submit.title"), w("submit.lead"))
    session.told()
    with st.container(key="card_due"):
        st.html(duties.mine(answers.my_returns(), w))
    with st.container(key="card_form"):
        forms.ask(w)
    with st.container(key="card_drop"):
        st.html(heading(w("submit.upload")))
        with st.container(key="drop"):
            file = st.file_uploader(
                w("submit.drop"), type=["csv", "xlsx"], key=session.upload_key(), max_upload_size=10
            )
        st.html(f'<div class="zb-note">{w("submit.columns")}</div>')
        examples.downloads(w)
    if file is not None:
        with st.spinner(w("submit.reading")):
            checked = answers.checked(file.name, file.getvalue())
        accepted, line = returns.verdict(checked, w)
        with st.container(key="card_problems"):
            (st.success if accepted else st.error)(line)
            frame.draw(returns.problems(checked, w))
            forms.marked(checked, file.name, file.getvalue(), w)
        if accepted and not checked.says_nothing:
            with st.container(key="card_difference"):
                frame.draw(returns.difference(checked.figures, session.catalogue(), w))
                frame.draw(returns.matters(checked.matters, w) + returns.explanations(checked.explanations, w))
                st.html(returns.effects(answers.effects(checked, file.getvalue()), w, session.ground()))
            with st.container(key="card_sign"):
                sending.sign(checked, file.name, file.getvalue(), w)
    with st.container(key="card_mine"):
        sent.mine(answers.my_submissions(), answers.my_drafts(), w)
