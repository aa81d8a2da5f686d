"""The frame of every public page: head, header, the line that says which release it is of, foot.

All links inside a site are relative, since the same bytes are served at its root and below `releases/<n>/`. Those
that lead from one release to another begin at the root of the public site (`home`).
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from dashboard.charts.palette import STATUS
from dashboard.figures import calendar
from dashboard.i18n import LANGUAGES, Words, words
from dashboard.public.book import Book
from dashboard.public.site import assets
from dashboard.public.site.assets import leaves
from dashboard.public.site.citing import address
from indicators.rules import RuleSet

__all__ = ["DESCRIBED", "TAGS", "file_of", "home_of", "leaves", "plain", "render", "rich", "status_chip", "tongue"]

TAGS = {"zh": "zh-CN", "en": "en"}
DESCRIBED = 200  # characters of a description, beyond which search engines cut it
_CHINESE = re.compile("[\u4e00-\u9fff]")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["rich"] = rich
    made.filters["plain"] = plain
    made.filters["tongue"] = tongue
    return made


def rich(text: str) -> Markup:
    """Escaped text whose `**…**` is bold."""
    return Markup(re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", str(escape(text))))


def plain(text: str) -> str:
    """A sentence without its marks of emphasis, for where there is no markup."""
    return text.replace("**", "")


def tongue(text: str, w: Words) -> Markup:
    """What an office wrote, marked where it is not in the language of the page."""
    if w.chinese or not _CHINESE.search(text):
        return escape(text)
    return Markup('<span lang="{}">{}</span>').format(TAGS["zh"], text)


def status_chip(code: str, rule: RuleSet, w: Words) -> Markup:
    """Icon and word of a status in its colour."""
    icon, word = STATUS[code].icon, rule.word(code, w.language)
    return Markup('<span class="status s-{}"><i aria-hidden="true">{}</i> {}</span>').format(code, icon, word)


def file_of(path: str, w: Words) -> str:
    """The file of the page at an address: `plans/x/` → `en/plans/x/index.html`."""
    return _tree(w) + path + ("" if path.endswith(".html") else "index.html")


def _tree(w: Words) -> str:
    """Where the pages of a language lie, from the root of the site."""
    return "" if w.chinese else f"{w.language}/"


def home_of(book: Book) -> str:
    """The path of the public site's root on its host: `/`, or `/zhibiao/`."""
    return urlsplit(book.url).path or "/"


def render(template: str, book: Book, w: Words, *, path: str, title: str, description: str, **facts: object) -> bytes:
    """A page of the site, from a template that extends `base.html`.

    `path`: its address from the root without the language, such as `plans/chengdu-145/`; "" is the first page.
    `facts`: what the template asks for; an `image` among them is a picture of the page, by its name beside it.
    """
    given = _frame(book, w, path=path) | {"title": title, "description": _cut(description)} | facts
    return _environment().get_template(template).render(given).encode()


def _frame(book: Book, w: Words, *, path: str) -> dict[str, object]:
    """What `base.html` gives to every page."""
    home, tree = home_of(book), _tree(w)
    depth = path.count("/")
    anywhere = path.endswith(".html")  # such a page is answered at any address
    top = home if anywhere else "../" * (depth + tree.count("/")) or "./"
    other = words(next(language for language in LANGUAGES if language != w.language))
    return {
        "book": book,
        "release": book.release,
        "rule": book.rule,
        "w": w,
        "lang": w.language,
        "tag": TAGS[w.language],
        "path": path,
        "home": home,
        "top": top,
        "root": home + tree if anywhere else "../" * depth or "./",
        "canonical": address(path, book, w),
        "permanent": f"{book.url}releases/{book.release.number}/{tree}{path}",
        "permanent_link": f"{home}releases/{book.release.number}/{tree}{path}",
        "latest_link": home + tree + path,
        "alternates": [(TAGS[one], address(path, book, words(one))) for one in LANGUAGES],
        "default": address(path, book, words(LANGUAGES[0])),
        "other": other,
        "other_tag": TAGS[other.language],
        "other_link": top + _tree(other) + path,
        "sheet": top + assets.sheet_name(),
        "script": top + assets.script_name(),
        "search": top + assets.search_name(book, w),
        "mark": top + assets.FAVICON,
        "feed": f"{home}{tree}feed.xml",
        "edition": f"{book.url}releases/{book.release.number}/{tree}",
        "space": "" if w.chinese else " ",  # between two sentences
        "publisher": book.release.publisher(w.language),
        "image": "",
        "of_release": lambda number: f"{home}releases/{number}/{tree}",
        "day": lambda day: _day(day, w),
        "status": lambda code: status_chip(code, book.rule, w),
    }


def _day(day: date | None, w: Words) -> str:
    return w("indicator.none") if day is None else calendar(day, w)


def _cut(description: str) -> str:
    text = " ".join(plain(description).split())
    return text if len(text) <= DESCRIBED else text[: DESCRIBED - 1] + "…"
