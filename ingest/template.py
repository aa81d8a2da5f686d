"""The return to fill in: one organisation's indicators and matters of one period, as a workbook."""

from __future__ import annotations

import io
from datetime import date

from openpyxl import Workbook

from indicators.catalogue import Organisation
from indicators.store import Store
from ingest.due import period_of
from ingest.form.annexes import draw_lagging, draw_matters, draw_meanings
from ingest.form.blank import Blank, prepare
from ingest.form.owed import find_organisation
from ingest.form.table import draw_figures
from ingest.people import Action, Forbidden, Role, User, demand

__all__ = ["issue", "template"]


def issue(
    store: Store, *, organisation: str, period: str, today: date, user: User | None = None
) -> tuple[Blank, bytes]:
    """The return of an organisation (id, name or alias) and a period as people write it, and its workbook.

    Raises Forbidden when `user` is a statistician of another organisation; Refused for a name or period that is
    not known, a form that has expired, and when nothing is owed.
    """
    catalogue = store.catalogue()
    found = find_organisation(catalogue, organisation)
    if user is not None:
        _demand_own(user, found)
    blank = prepare(store, catalogue, found, period_of(period), today=today)
    return blank, template(blank)


def _demand_own(user: User, organisation: Organisation) -> None:
    demand(user, Action.READ)
    if user.role is Role.STATISTICIAN and user.organisation != organisation.id:
        raise Forbidden(
            f"{user.name}只能领取本单位({user.organisation or '未登记'})的表",
            f"{user.name} may only ask for the return of {user.organisation or 'their own organisation'}",
        )


def template(blank: Blank) -> bytes:
    """The workbook of a return. Sheets without anything to fill in are left out, except the first."""
    book = Workbook()
    draw_figures(book.active, blank)
    if blank.matters:
        draw_matters(book.create_sheet(), blank)
    if blank.lagging:
        draw_lagging(book.create_sheet(), blank)
    if blank.lines:
        draw_meanings(book.create_sheet(), blank)
    book.properties.creator, book.properties.identifier = "指标 Zhibiao", blank.id
    book.properties.title = f"{blank.form.title_zh} {blank.organisation.name_zh} {blank.period.name()}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
