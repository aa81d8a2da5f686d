"""Accounts on screen: who there is, what may be done with one of them, inviting, and a one-time code shown once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import administering, session
from dashboard.components.markup import Cell, empty, esc, heading, rich, table
from dashboard.components.returns import moment
from dashboard.i18n import Words
from ingest.people import Role

__all__ = ["code", "invitation", "known", "manage"]

ROLES = [role for role in Role if role is not Role.OPERATOR]
_TAGS = {
    "password": "good",
    "oidc": "good",
    "code": "notice",
    "code_expired": "warning",
    "none": "warning",
    "locked": "error",
    "demo": "",  # a role of the demonstration, taken without a password
}


def _state(row: Mapping[str, Any]) -> str:
    if not row["active"]:
        return "locked"
    without = row["state"] == "none" and session.place().home.demo
    return "demo" if without else str(row["state"])


def known(found: pl.DataFrame, w: Words) -> str:
    """Every account: name, role, organisation, how it stands, when it was last used."""
    if found.is_empty():
        return heading(w("account.list")) + empty(w("account.nobody"), w("account.nobody_hint"))
    header = [
        Cell(w("account.name")),
        Cell(w("account.role")),
        Cell(w("account.organisation"), "wide"),
        Cell(w("account.state")),
        Cell(w("account.last"), "wide"),
    ]
    rows = [
        [
            Cell(row["name"], "strong"),
            Cell(_role(row["role"], w), "nowrap"),
            Cell(_body(row["organisation"], w), "wide"),
            Cell(_tag(row, w), markup=True),
            Cell(moment(row["last_sign_in"], w) if row["last_sign_in"] else w("account.never"), "wide nowrap"),
        ]
        for row in found.iter_rows(named=True)
    ]
    told = heading(w("account.list"), w("account.count", count=found.height)) + _summary(found, w)
    return told + table(header, rows, fold=True)


def _summary(found: pl.DataFrame, w: Words) -> str:
    states = [_state(row) for row in found.iter_rows(named=True)]
    numbers = (
        f'<div class="zb-count"><b>{states.count(state)}</b><span>{esc(w(f"account.count_{state}"))}</span></div>'
        for state in _TAGS
        if state != "demo" or "demo" in states
    )
    return f'<div class="zb-counts">{"".join(numbers)}</div>'


def _role(role: str, w: Words) -> str:
    return w.get(f"role.{role}", role)


def _body(organisation: str, w: Words) -> str:
    if not organisation:
        return "—"
    bodies = session.catalogue().organisations
    return bodies[organisation].name(w.language) if organisation in bodies else organisation


def _tag(row: Mapping[str, Any], w: Words) -> str:
    state = _state(row)
    until = f" <small>{esc(w('account.until', when=moment(row['code_until'])))}</small>" if state == "code" else ""
    return f'<span class="zb-tag {_TAGS[state]}">{esc(w(f"account.state_{state}"))}</span>{until}'


def code(w: Words) -> None:
    """A one-time code that an act just made, until it is put away; nothing brings it back."""
    held = session.code()
    if held is None:
        return
    name, told = held
    with st.container(key="card_code"):
        st.html(heading(w("account.code", name=name)) + f'<p class="zb-text">{esc(w("account.code_once"))}</p>')
        st.code(told, language=None)
        address = administering.password_address()
        st.html(f'<p class="zb-text">{rich(w("account.hand_over", name=name, address=address))}</p>')
        st.button(w("account.put_away"), key="put_away", on_click=session.drop_code)


def manage(found: pl.DataFrame, w: Words) -> None:
    """One account and what may be done with it; each act says what will happen before it is confirmed."""
    st.html(heading(w("account.manage"), w("account.manage_note")))
    mine = session.user().name
    names = [name for name in found["name"] if name != mine]
    if not names:
        st.html(empty(w("account.nobody_else"), w("account.own_note")))
        return
    asked = session.param("account")
    st.selectbox(
        w("account.which"),
        names,
        index=names.index(asked) if asked in names else None,
        placeholder=w("account.choose"),
        key=f"account_{asked}",
        on_change=lambda: session.go(account=session.typed(f"account_{asked}") or None),
    )
    if asked in names:
        _acts(found.row(_row_of(found, asked), named=True), w)
    st.html(f'<p class="zb-note">{esc(w("account.own_note"))}</p>')


def _row_of(found: pl.DataFrame, name: str) -> int:
    """The row of the account of that name."""
    return found["name"].to_list().index(name)


def _acts(row: Mapping[str, Any], w: Words) -> None:
    name = row["name"]
    st.html(
        f'<p class="zb-text"><b>{esc(name)}</b> · {esc(_role(row["role"], w))} · '
        f"{esc(_body(row['organisation'], w))} {_tag(row, w)}</p>"
    )
    with st.container(key="account_acts", horizontal=True, gap="small"):
        with st.popover(w("account.change"), key=f"open_change_{name}"):
            _standing(row["role"], row["organisation"], name, w)
            _confirmed("change", name, administering.change, w, f"role_of_{name}", f"body_of_{name}")
        with st.popover(w("account.reset"), key=f"open_reset_{name}"):
            _confirmed("reset", name, administering.reset, w)
        with st.popover(w("account.end"), key=f"open_end_{name}"):
            _confirmed("end", name, administering.end_sessions, w)
        kind, act = ("lock", administering.lock) if row["active"] else ("unlock", administering.unlock)
        with st.popover(w(f"account.{kind}"), key=f"open_{kind}_{name}"):
            _confirmed(kind, name, act, w)


def _confirmed(kind: str, name: str, act: Callable[..., None], w: Words, *keys: str) -> None:
    """What an act will do, and the button that does it."""
    st.html(f'<p class="zb-text">{esc(w(f"account.will_{kind}", name=name))}</p>')
    st.button(
        w("account.confirm", act=w(f"account.{kind}")),
        key=f"{kind}_{name}",
        type="primary",
        on_click=act,
        args=(name, *keys, w),
    )


def _standing(role: str | None, organisation: str, name: str, w: Words) -> None:
    """Role and organisation, chosen from what there is."""
    st.selectbox(
        w("account.role"),
        [one.value for one in ROLES],
        index=[one.value for one in ROLES].index(role) if role else None,
        placeholder=w("account.choose_role"),
        format_func=lambda one: w(f"role.{one}"),
        key=f"role_of_{name}",
    )
    bodies = ["", *sorted(session.catalogue().organisations)]
    st.selectbox(
        w("account.organisation"),
        bodies,
        index=bodies.index(organisation) if organisation in bodies else 0,
        format_func=lambda one: _body(one, w) if one else w("account.no_organisation"),
        key=f"body_of_{name}",
        help=w("account.organisation_note"),
    )


def invitation(w: Words) -> None:
    """Who is to come, in which role, for which organisation."""
    st.html(heading(w("account.invite"), w("account.invite_note")))
    st.text_input(w("account.name"), key="invite_name", max_chars=64, help=w("account.name_note"))
    _standing(None, "", "", w)
    st.html(f'<p class="zb-note">{esc(w("account.will_invite"))}</p>')
    st.button(
        w("account.invite_confirm"),
        key="invite",
        type="primary",
        on_click=administering.invite,
        args=("invite_name", "role_of_", "body_of_", w),
    )
