"""A return that comes back: which form it is, whose and of which period, who signed it, and what its sheets say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import polars as pl

from indicators.catalogue import Catalogue
from indicators.period import Period
from indicators.problem import Problem, Severity
from indicators.store import Store
from ingest.check import Checked
from ingest.form.answers import owing, read_explanations, read_matters
from ingest.form.blank import Blank, prepare, words
from ingest.form.forms import FormId, read_forms, recognise
from ingest.form.heads import Heads, Line, read_heads
from ingest.form.owed import find_organisation
from ingest.form.sheets import Part, ids_in
from ingest.reader.sheet import Book, Sheet, letters
from ingest.submission import Refused

__all__ = ["take_back"]


class _Unknown(Exception):
    """It is not known which return this is; nothing more can be asked of it."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__()
        self.problems = problems


def take_back(store: Store, sheet: Sheet, checked: Checked, *, catalogue: Catalogue, today: date) -> Checked:
    """`checked` with all that a form says beside its figures; as it is for a file that is no form of ours.

    Who lags is judged anew, so that a row or a sheet taken away is missed all the same.
    """
    book = sheet.book
    if book is None:
        return checked
    problems = list(_sheets(book))
    try:
        form = _identified(book)
        blank, found = _asked(store, catalogue, form, today)
    except _Unknown as unknown:
        return replace(checked, problems=(*problems, *unknown.problems, *checked.problems))
    grids = {part: next(iter(book.of_part(part)), None) for part in Part}
    heads = read_heads(grids[Part.FIGURES], today=today)
    problems += [*found, *heads.problems, *_contradictions(heads, blank), *_figures(sheet, checked, blank, heads)]
    body, period = form.organisation, form.period.code
    before = store.ask("matters", organisation=body)
    matters = read_matters(grids[Part.MATTERS], blank, before, today=today)
    before = store.ask("explanations", organisation=body, period=period)
    sent = checked.rows > 0 or matters.sent
    lagging = read_explanations(grids[Part.LAGGING], blank, before, sent=sent)
    back = replace(
        checked,
        problems=(*problems, *checked.problems, *matters.problems, *lagging.problems),
        form=form,
        signers=heads.signers,
        matters=matters.rows,
        explanations=lagging.rows,
    )
    if back.accepted and back.says_nothing:
        nothing = Problem(Severity.NOTICE, "nothing_new" if sent or lagging.sent else "form_blank")
        back = replace(back, problems=(*back.problems, nothing))
    return back


# -- which return it is ------------------------------------------------------------------------------------


def _sheets(book: Book) -> Iterator[Problem]:
    """What is wrong with the sheets themselves."""
    for name in book.hidden:
        yield Problem(Severity.ERROR, "form_sheet_hidden", sheet=name, found=name)
    for part in (Part.FIGURES, Part.MATTERS, Part.LAGGING):
        names = [grid.name for grid in book.of_part(part)]
        if len(names) > 1:
            facts = {"part": words()["sheet"][part.value]}
            yield Problem(Severity.ERROR, "form_sheet_twice", sheet=names[1], found="、".join(names), facts=facts)


def _identified(book: Book) -> FormId:
    """What the ids on all sheets agree on; the id of the workbook's properties only where no sheet has one."""
    cells = [
        Line(text, grid.name, row, letters(at))
        for _, grid in book.grids
        for row, texts in grid.rows
        for at, text in ids_in(texts)
    ]
    cells = cells or [Line(text) for _, text in ids_in([book.identifier])]
    if not cells:
        raise _Unknown(Problem(Severity.ERROR, "form_id_missing"))
    known: dict[FormId, Line] = {}
    wrong = []
    for line in cells:
        try:
            known.setdefault(recognise(line.text), line)
        except Refused:
            wrong.append(line.problem("form_id_wrong"))
    if wrong:
        raise _Unknown(*wrong)
    first, *others = known.values()
    if others:
        differing = (line.problem("form_ids_differ", other=first.text, elsewhere=first.sheet) for line in others)
        raise _Unknown(*differing)
    return next(iter(known))


def _asked(store: Store, catalogue: Catalogue, form: FormId, today: date) -> tuple[Blank, list[Problem]]:
    """What the form asked when it was issued, with who lags by what is known today."""
    facts = {"number": form.number, "when_zh": form.period.name(), "when_en": form.period.name("en")}
    kind = next((f for f in read_forms().values() if f.number == form.number), None)
    if kind is None or kind.cadence is not form.period.kind:
        raise _Unknown(Problem(Severity.ERROR, "form_unknown", facts=facts))
    body = catalogue.organisations.get(form.organisation)
    if body is None:
        raise _Unknown(Problem(Severity.ERROR, "form_organisation_unknown", found=form.organisation))
    facts["until"] = f"{kind.valid_until}"
    if kind.due_for(form.period).day > kind.valid_until:
        raise _Unknown(Problem(Severity.ERROR, "form_expired", facts=facts))
    late = today > kind.valid_until
    try:
        # what was due while the form was valid is still taken
        day = kind.valid_until if late else today
        blank = prepare(store, catalogue, body, form.period, today=day, forms=[kind])
    except Refused:
        facts |= {"body_zh": body.name_zh, "body_en": body.name_en}
        raise _Unknown(Problem(Severity.ERROR, "form_nothing_owed", facts=facts)) from None
    return blank, [Problem(Severity.NOTICE, "form_expired_since", facts=facts)] if late else []


# -- whether it agrees with itself -------------------------------------------------------------------------


def _contradictions(heads: Heads, blank: Blank) -> Iterator[Problem]:
    """The form's own lines against its id: an old form filled in for a new period is the classic mistake."""
    if heads.period and _other_period(heads.period.text, blank.period):
        yield heads.period.problem("form_period_disagrees", **owing(blank))
    try:
        sender = find_organisation(blank.catalogue, heads.sender.text) if heads.sender else blank.organisation
    except Refused:
        return  # a name of its own for itself
    if heads.sender and sender.id != blank.organisation.id:
        yield heads.sender.problem("form_sender_disagrees", **owing(blank))


def _other_period(text: str, period: Period) -> bool:
    try:
        return Period.parse(text).end != period.end
    except ValueError:
        return False  # whoever reads the figures says so


def _figures(sheet: Sheet, checked: Checked, blank: Blank, heads: Heads) -> Iterator[Problem]:
    """Figures of another period than the form's, or that the form does not ask for."""
    if blank.lines and sheet.book and not sheet.book.of_part(Part.FIGURES):
        yield Problem(Severity.NOTICE, "form_no_figures", facts={"part": words()["sheet"]["figures"]})
    if checked.figures.is_empty():
        return
    told = heads.period is not None and _other_period(heads.period.text, blank.period)
    other = checked.figures.filter(pl.col("period_end") != blank.period.end).unique("period", keep="first")
    for row, period in other.select("row", "period").iter_rows() if not told else ():
        yield sheet.locate(Problem(Severity.ERROR, "form_period_disagrees", "", row, "period", period, owing(blank)))
    codes = [line.owed.code for line in blank.lines]
    code = pl.concat_str("indicator", "region", separator="@")
    for row, found in checked.figures.filter(~code.is_in(codes)).select("row", code).iter_rows():
        yield sheet.locate(Problem(Severity.ERROR, "row_not_on_form", "", row, "indicator", found, owing(blank)))
