"""The other sheets of a return: matters 事项, what lags and why, and the meaning of each indicator."""

from __future__ import annotations

from openpyxl.worksheet.worksheet import Worksheet

from indicators.monitor import Judged
from ingest.form.blank import Blank, words
from ingest.form.entry import a_choice, a_day, a_sentence
from ingest.form.owed import Matter
from ingest.form.paper import (
    ACCENT,
    MUTED,
    comment,
    font,
    frame,
    lines_of,
    lock,
    opened,
    page,
    put,
    span,
    tall,
    widths,
)
from ingest.form.sheets import LAGGING, MATTERS, MEANINGS

__all__ = ["draw_lagging", "draw_matters", "draw_meanings"]

_HEADER = 4


def draw_matters(sheet: Worksheet, blank: Blank) -> None:
    """Milestones and tasks: done or not, when, and what shows it."""
    say = words()["matters"]
    _open(sheet, blank, name=words()["sheet"]["matters"], title=say["title"], how=say["how"], titles=MATTERS)
    row = _HEADER
    for row, matter in enumerate(blank.matters, start=_HEADER + 1):
        _matter(sheet, row, matter)
    wrong = words()["ask"]
    sheet.add_data_validation(a_choice(f"D{_HEADER + 1}:D{row}", list(words()["state"]), wrong=wrong["state_error"]))
    sheet.add_data_validation(a_day(f"E{_HEADER + 1}:E{row}", until=blank.due.day, wrong=wrong["date_error"]))
    _close(sheet, blank, titles=MATTERS, last=row)


def _matter(sheet: Worksheet, row: int, matter: Matter) -> None:
    commitment = matter.commitment
    put(sheet, f"A{row}", matter.code, style=font(8, colour=MUTED), wrap=True)
    name = put(sheet, f"B{row}", commitment.name_zh, wrap=True)
    quotes = "\n".join(f"“{quote.text}”({quote.section})" for quote in commitment.quotes)
    comment(name, f"{matter.plan.title_zh}\n{quotes}"[:1500])
    put(sheet, f"C{row}", matter.deadline, wrap=True)
    put(sheet, f"D{row}", None, align="center")
    put(sheet, f"E{row}", None, align="center", number="yyyy-mm-dd")
    put(sheet, f"F{row}", None, wrap=True, number="@")
    put(sheet, f"G{row}", None, wrap=True, number="@")
    frame(sheet[row])
    opened(sheet[f"D{row}"])
    for letter in "EFG":
        opened(sheet[f"{letter}{row}"], optional=True)
    tall(sheet, row, max(lines_of(commitment.name_zh, 51), lines_of(matter.code, 36)), least=22)


def draw_lagging(sheet: Worksheet, blank: Blank) -> None:
    """For each indicator that lags: where it stands, and three cells that must be filled in."""
    say = words()["lagging"]
    how = say["how"].format(as_of=f"{blank.as_of.year}年{blank.as_of.month}月{blank.as_of.day}日")
    _open(sheet, blank, name=words()["sheet"]["lagging"], title=say["title"], how=how, titles=LAGGING)
    row = _HEADER
    for row, line in enumerate(blank.lagging, start=_HEADER + 1):
        assert line.lagging is not None
        standing = _standing(blank, line.lagging)
        put(sheet, f"A{row}", line.owed.code, style=font(8, colour=MUTED), wrap=True)
        put(sheet, f"B{row}", line.owed.indicator.name_zh, wrap=True)
        put(sheet, f"C{row}", standing, wrap=True)
        for letter in "DEF":
            put(sheet, f"{letter}{row}", None, wrap=True, middle=False, number="@")
        frame(sheet[row])
        for letter in "DEF":
            opened(sheet[f"{letter}{row}"])
        tall(sheet, row, max(4, lines_of(standing, 36)))
    for letter in "DEF":
        put(sheet, f"{letter}{_HEADER - 1}", "必填", style=font(8, bold=True, colour=ACCENT), align="center")
    sheet.add_data_validation(a_sentence(f"D{_HEADER + 1}:F{row}"))
    _close(sheet, blank, titles=LAGGING, last=row)


def _standing(blank: Blank, judged: Judged) -> str:
    """“滞后;2023年四季度 7.82张/千人,目标2025年底8.30”."""
    say, meaning, latest = words()["lagging"], judged.definition, judged.latest
    target = judged.target

    def figure(value: float) -> str:
        return f"{value:,.{meaning.decimals}f}"

    goal = figure(target.low) + (f"–{figure(target.high)}" if target.high != target.low else "")
    return say["standing"].format(
        status=blank.rule.word(judged.assessment.status.value),
        when=latest.period.name() if latest else "",
        value=f"{figure(latest.value)}{meaning.unit}" if latest else "—",
        target=say["target"].format(due=f"{target.d1.year}年{target.d1.month}月", value=goal),
    )


def draw_meanings(sheet: Worksheet, blank: Blank) -> None:
    """The 口径 of every indicator on the form, in print."""
    title = words()["meanings"]["title"]
    _open(sheet, blank, name=words()["sheet"]["meanings"], title=title, how="", titles=MEANINGS)
    shown = {line.owed.indicator.id: line.owed for line in blank.lines}
    row = _HEADER
    for row, owed in enumerate(shown.values(), start=_HEADER + 1):
        meaning = owed.definition
        parts = [f"{part.name}({part.unit})" if part else "—" for part in (meaning.numerator, meaning.denominator)]
        texts = [owed.indicator.name_zh, meaning.text_zh, *parts, meaning.source or "—"]
        for letter, text in zip("ABCDE", texts, strict=True):
            put(sheet, f"{letter}{row}", text, style=font(9), wrap=True, middle=False)
        frame(sheet[row])
        tall(sheet, row, max(map(lines_of, texts, MEANINGS.values())))
    _close(sheet, blank, titles=MEANINGS, last=row)


# -- what they share ---------------------------------------------------------------------------------------


def _open(sheet: Worksheet, blank: Blank, *, name: str, title: str, how: str, titles: dict[str, int]) -> None:
    sheet.title = name
    widths(sheet, list(titles.values()))
    last = chr(ord("A") + len(titles) - 1)
    span(sheet, 1, "A", last)
    put(sheet, "A1", title, style=font(14, bold=True), align="center")
    sheet.row_dimensions[1].height = 28
    put(
        sheet,
        "A2",
        f"{blank.organisation.name_zh}  {blank.period.name()}  {blank.id}",
        style=font(9, colour=MUTED),
        boxed=False,
    )
    if how:
        put(sheet, "A3", how, style=font(9, colour=MUTED), boxed=False)
    for letter, text in zip("ABCDEFG", titles, strict=False):
        put(sheet, f"{letter}{_HEADER}", text, style=font(bold=True, colour="FFFFFF"), align="center", wrap=True)
    frame(sheet[_HEADER], fill=ACCENT)
    sheet.row_dimensions[_HEADER].height = 24


def _close(sheet: Worksheet, blank: Blank, *, titles: dict[str, int], last: int) -> None:
    letter = chr(ord("A") + len(titles) - 1)
    sheet.freeze_panes = f"A{_HEADER + 1}"
    sheet.print_area = f"A1:{letter}{last}"
    mark = words()["figures"]["sample"] if blank.sample else ""
    right = f"{blank.organisation.name_zh} {blank.period.name()}"
    page(sheet, titles=(_HEADER, _HEADER), left=blank.id, right=right, mark=mark)
    lock(sheet)
