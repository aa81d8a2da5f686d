"""Small pieces of markup. Whatever comes from data is escaped here, once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from dashboard.charts.palette import STATUS
from dashboard.i18n import Words
from indicators.monitor import Judged
from indicators.rules import RuleSet, Status

__all__ = [
    "Cell",
    "attribute_chip",
    "card",
    "demo_chip",
    "demo_mark",
    "empty",
    "esc",
    "heading",
    "headline",
    "rich",
    "stack",
    "status",
    "table",
]


def esc(text: object) -> str:
    """Text as markup that shows it literally."""
    return escape(str(text), quote=True)


def rich(text: str) -> str:
    """Escaped text whose `**…**` is bold."""
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", esc(text))


def heading(text: str, note: str = "", *, chips: str = "") -> str:
    """The head of a card; `chips`: ready markup beside it."""
    small = f" <small>{esc(note)}</small>" if note else ""
    return f'<h2 class="zb-h2">{esc(text)}{f" {chips}" if chips else ""}{small}</h2>'


def headline(kicker: str, title: str, lead: str, *, chips: str = "", cite: str = "") -> str:
    """The first lines of a page; `title` and `lead` may carry `**…**`; `cite` is a control to copy them with."""
    paragraphs = "".join(f"<p>{rich(line)}</p>" for line in lead.split("\n") if line)
    return (
        f'<div class="zb-kicker">{esc(kicker)}</div><h1 class="zb-h1">{rich(title)} {chips}</h1>'
        f'<div class="zb-lead">{paragraphs}{cite}</div>'
    )


def card(inside: str, name: str) -> str:
    """A card of markup, where there is any."""
    return f'<section class="zb-card {name}">{inside}</section>' if inside else ""


def stack(*cards: str) -> str:
    """Cards below each other."""
    return f'<div class="zb-stack">{"".join(cards)}</div>'


def empty(title: str, hint: str) -> str:
    """What an empty place says: what is missing and what to do next."""
    return f'<div class="zb-empty"><b>{esc(title)}</b>{esc(hint)}</div>'


def status(code: Status, rule: RuleSet, w: Words) -> str:
    """Icon and word in the status's colour."""
    word = esc(rule.word(code, w.language))
    return f'<span class="zb-status zb-s-{code}">{STATUS[code].icon} {word}</span>'


def attribute_chip(one: Judged, w: Words) -> str:
    if one.commitment.attribute is None:
        return ""
    kind = " binding" if one.binding else ""
    return f'<span class="zb-chip{kind}">{esc(w(f"attribute.{one.commitment.attribute}"))}</span>'


def demo_chip(one: Judged, w: Words) -> str:
    """The mark of generated figures."""
    return demo_mark(one.demonstrated, w)


def demo_mark(generated: bool, w: Words) -> str:
    """That figures are generated, where they are."""
    return f'<span class="zb-chip demo">{esc(w("overview.demo"))}</span>' if generated else ""


class Cell:
    """One cell of a table: its text (or ready markup) and its classes."""

    def __init__(self, text: object, classes: str = "", *, markup: bool = False) -> None:
        self.html = str(text) if markup else esc(text)
        self.classes = classes


def _cell(cell: Cell, head: str) -> str:
    return f'<td class="{cell.classes}"{head}>{cell.html}</td>'


def _headed(cell: Cell) -> str:
    """A header cell; over a column that has no name an ordinary one, since a header that says nothing is none."""
    return f'<th scope="col" class="{cell.classes}">{cell.html}</th>' if cell.html else "<td></td>"


def table(header: Sequence[Cell], rows: Iterable[Sequence[Cell]], *, fold: bool = False) -> str:
    """A real table with header cells, scrolling sideways in itself where it must.

    `fold`: on a phone each row is read from top to bottom instead, every cell with the head of its column.
    """
    head = "".join(_headed(c) for c in header)
    heads = [f' data-head="{c.html}"' if fold and c.html and "<" not in c.html else "" for c in header]
    body = "".join("<tr>" + "".join(map(_cell, row, heads)) + "</tr>" for row in rows)
    whole = f'<table class="zb-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="zb-scroll{" zb-fold" if fold else ""}">{whole}</div>'
