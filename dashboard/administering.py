"""What an administrator does on a page, and what such a page asks; each act tells the next run what came of it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import polars as pl

from dashboard import session
from dashboard.acts import carry_out
from dashboard.i18n import LANGUAGES, Words, words
from indicators.store import Store
from ingest.accounts import accounts as office
from ingest.importing import Proposed, import_file, would_import
from ingest.people import Action, Role, demand
from ingest.submission import Refused

__all__ = [
    "accounts",
    "change",
    "end_sessions",
    "import_catalogue",
    "invite",
    "lock",
    "password_address",
    "proposed",
    "reset",
    "unlock",
]

_LARGEST = 2_000_000  # bytes of a catalogue file; the largest that ships has a tenth of it


# -- accounts ----------------------------------------------------------------------------------------------


def accounts() -> pl.DataFrame:
    """Every account and how it stands. Raises Forbidden unless the reader administers."""
    demand(session.user(), Action.ADMINISTER)
    return office.accounts(session.place().store)


def password_address() -> str:
    """Where someone with a one-time code sets a password of their own."""
    here = urlsplit(session.address())
    return f"{here.scheme}://{here.netloc}/password" if here.netloc else "/password"


def invite(name_key: str, role_key: str, organisation_key: str, w: Words) -> None:
    """Make an account; its one-time code is kept for the next run to show."""
    name = session.typed(name_key).strip()
    chosen, organisation = session.typed(role_key), session.typed(organisation_key)

    def act() -> str:
        role = _role(chosen, organisation)
        code = office.invite(_store(), name=name, role=role, organisation=organisation, by=session.user(), **_from())
        session.keep_code(name, code)
        session.forget(name_key, role_key, organisation_key)
        return w("account.invited", name=name)

    _handed_over("invite", name, act, w)


def change(name: str, role_key: str, organisation_key: str, w: Words) -> None:
    """Give an account another role or organisation."""
    chosen, organisation = session.typed(role_key), session.typed(organisation_key)

    def act() -> str:
        role = _role(chosen, organisation)
        office.change(_store(), name=name, role=role, organisation=organisation, by=session.user(), **_from())
        return w("account.changed", name=name, role=w(f"role.{role}"))

    _handed_over("change", name, act, w)


def lock(name: str, w: Words) -> None:
    """Keep someone out."""

    def act() -> str:
        office.lock(_store(), name=name, by=session.user(), **_from())
        return w("account.locked_done", name=name)

    _handed_over("lock", name, act, w)


def unlock(name: str, w: Words) -> None:
    """Let someone in again."""

    def act() -> str:
        office.unlock(_store(), name=name, by=session.user(), **_from())
        return w("account.unlocked_done", name=name)

    _handed_over("unlock", name, act, w)


def reset(name: str, w: Words) -> None:
    """Take someone's password away and make a one-time code instead."""

    def act() -> str:
        code = office.reset(_store(), name=name, by=session.user(), **_from())
        session.keep_code(name, code)
        return w("account.reset_done", name=name)

    _handed_over("reset", name, act, w)


def end_sessions(name: str, w: Words) -> None:
    """End every session someone has."""

    def act() -> str:
        who = session.user()
        demand(who, Action.ADMINISTER)
        session.place().sessions.end_all(name, by=who, **_from())
        return w("account.ended_done", name=name)

    _handed_over("end_sessions", name, act, w)


def _handed_over(action: str, name: str, act: Callable[[], str], w: Words) -> None:
    """Carry out an act on an account; a code shown before it is not shown again."""
    session.drop_code()
    carry_out(action, name, act, w)


def _role(chosen: str, organisation: str) -> Role:
    """The role that was chosen; whoever sends returns sends them for an organisation."""
    if not chosen:
        raise Refused(*(words(language)("account.needs_role") for language in LANGUAGES))
    role = Role(chosen)
    if role is Role.STATISTICIAN and not organisation:
        raise Refused(*(words(language)("account.needs_organisation") for language in LANGUAGES))
    return role


def _store() -> Store:
    return session.place().store


def _from() -> dict[str, str]:
    return {"address": session.client()}


# -- the catalogue -----------------------------------------------------------------------------------------


def proposed(name: str, raw: bytes) -> Proposed:
    """What a dropped catalogue file would change. Raises Forbidden, Refused or CatalogueError; stores nothing."""
    here, who = session.place(), session.user()
    return session.remembered(
        "proposed",
        (raw, name, who, here.store.id, here.store.last_entry()),
        lambda: would_import(here.store, path_name=name, text=_text(raw), user=who),
    )


def import_catalogue(name: str, raw: bytes, document_key: str, w: Words) -> None:
    """Store a catalogue file as a newer version."""
    document = session.typed(document_key)

    def act() -> str:
        done = import_file(_store(), path_name=name, text=_text(raw), user=session.user(), document=document, **_from())
        session.clear_upload()
        return w("importing.done", count=len(done)) if done else w("importing.nothing")

    carry_out("import", name, act, w)


def _text(raw: bytes) -> str:
    if len(raw) > _LARGEST:
        raise Refused(*(words(language)("importing.too_large") for language in LANGUAGES))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(*(words(language)("importing.not_text") for language in LANGUAGES)) from None
