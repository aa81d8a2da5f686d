"""Importing a catalogue file: dropped, what it would change, the document that allows it, then stored."""

from __future__ import annotations

import re

import streamlit as st

from dashboard import administering, session
from dashboard.components.markup import Cell, empty, esc, heading, table
from dashboard.i18n import Words
from indicators.catalogue import CatalogueError
from ingest.changes import Change, ChangeKind
from ingest.importing import Proposed
from ingest.people import Action, Forbidden, may
from ingest.submission import Refused

__all__ = ["panel"]

_SHOWN = 200  # changes listed; the rest are counted
_TAGS = {
    ChangeKind.NEW: "notice",
    ChangeKind.ADDED: "notice",
    ChangeKind.REMOVED: "error",
    ChangeKind.EDITED: "warning",
}
_PLACE = re.compile(r"at line (\d+), column (\d+)")


def panel(w: Words) -> None:
    """Drop a file and see what it would change; only for whoever may import."""
    if not may(session.user(), Action.IMPORT):
        return
    session.told()
    with st.container(key="card_import"):
        st.html(heading(w("importing.title"), w("importing.note")))
        file = st.file_uploader(w("importing.drop"), type=["toml", "csv"], key=session.upload_key(), max_upload_size=2)
        if file is not None:
            _judged(file.name, file.getvalue(), w)


def _judged(name: str, raw: bytes, w: Words) -> None:
    try:
        found = administering.proposed(name, raw)
    except (Forbidden, Refused) as error:
        st.error(error.zh if w.chinese else error.en)
    except CatalogueError as error:
        st.error(w("importing.bad"))
        st.html(_fault(str(error), w))
    else:
        _offered(found, name, raw, w)


def _fault(told: str, w: Words) -> str:
    """What is wrong with a file, and where in it."""
    place = _PLACE.search(told)
    if place:
        line = w("importing.at", line=place[1], column=place[2])
    elif "not TOML" in told:
        line = w("importing.not_toml")
    elif "unknown field " in told:
        line = w("importing.unknown_field", field=told.rpartition("unknown field ")[2])
    elif "Field required" in told:
        line = w("importing.missing_field", field=told.split(": ")[-2])
    else:
        line = w("importing.contradicts")
    return f'<p class="zb-text">{esc(line)}</p><div class="zb-quote">{esc(told[:500])}</div>'


def _offered(found: Proposed, name: str, raw: bytes, w: Words) -> None:
    if not found.changes:
        st.html(empty(w("importing.nothing"), w("importing.nothing_hint")))
        return
    st.html(_changes(found, w))
    if found.promised:
        st.warning(w("importing.needs_document"))
    st.text_input(
        w("importing.document"), key="import_document", placeholder=w("importing.document_hint"), max_chars=200
    )
    st.html(f'<p class="zb-note">{esc(w("importing.will"))}</p>')
    st.button(
        w("importing.confirm", count=len(found.changes)),
        key="import",
        type="primary",
        on_click=administering.import_catalogue,
        args=(name, raw, "import_document", w),
    )


def _changes(found: Proposed, w: Words) -> str:
    header = [Cell(w("importing.where")), Cell(w("importing.before")), Cell(w("importing.after"))]
    rows = [_row(change, w) for change in found.changes[:_SHOWN]]
    left = len(found.changes) - _SHOWN
    rest = f'<p class="zb-note">{esc(w("importing.more", count=left))}</p>' if left > 0 else ""
    kind = w(f"importing.kind_{found.kind}")
    title = w("importing.changes", kind=kind, name=found.name)
    return heading(title, w("importing.count", count=len(found.changes))) + table(header, rows) + rest


def _row(change: Change, w: Words) -> list[Cell]:
    """What changes in which place, and from what to what."""
    plan, _, commitment = change.where.partition("/")
    known = session.catalogue().plans.get(plan)
    called = {c.id: c.name(w.language) for c in known.commitments}.get(commitment, "") if known else ""
    tag = f'<span class="zb-tag {_TAGS.get(change.kind, "")}">{esc(w(f"importing.change_{change.kind}"))}</span>'
    field = f" · {esc(w.get(f'field.{change.field}', change.field))}" if change.field else ""
    place = f"<br><small>{esc(change.where)}</small>" if called else ""
    return [
        Cell(f"{tag} <b>{esc(called or change.where)}</b>{field}{place}", markup=True),
        Cell(change.before or "—"),
        Cell(change.after or "—"),
    ]
