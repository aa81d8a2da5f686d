"""What the public pages share: one style sheet, one script, what search looks through, the mark of the site, and
which release is the newest. The names of the first three hold their own hash, so that they may be kept for ever.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

from dashboard.charts.palette import DARK, LIGHT, STATUS, Ground, status_colour
from dashboard.i18n import LANGUAGES, Words, words
from dashboard.public.book import Book, Leaf

__all__ = ["FAVICON", "leaves", "script", "script_name", "search_name", "sheet", "sheet_name"]

FAVICON = "assets/mark.svg"
_HERE = Path(__file__).parent
_COLOURS = ("page", "card", "ink", "muted", "line", "accent", "accent_soft", "warn_bg", "warn_ink")
_found: WeakKeyDictionary[Book, dict[str, bytes]] = WeakKeyDictionary()  # what search looks through, by language


def leaves(book: Book) -> Iterator[Leaf]:
    """The files that all pages share."""
    yield Leaf(sheet_name(), sheet())
    yield Leaf(script_name(), script())
    yield Leaf(FAVICON, _mark().encode())
    for language in LANGUAGES:
        yield Leaf(search_name(book, words(language)), _search(book, language))
    newest = {"release": book.release.number, "released_on": book.release.released_on.isoformat()}
    yield Leaf("latest.json", json.dumps(newest).encode())


# -- style and script ----------------------------------------------------------------------------------------


@cache
def sheet() -> bytes:
    """The style sheet: the colours of the palette as variables, then each file of `look/`."""
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}"
    statuses = "".join(f".s-{code}{{--status:var(--s-{code})}}" for code in STATUS)
    files = (file.read_text(encoding="utf-8") for file in sorted((_HERE / "look").glob("*.css")))
    grounds = f":root{{color-scheme:light dark;{_variables(LIGHT)}}}{dark}{statuses}"
    return "\n".join([grounds, *map(_shortened, files)]).encode()


def _variables(ground: Ground) -> str:
    named = "".join(f"--{name.replace('_', '-')}:{getattr(ground, name)};" for name in _COLOURS)
    return named + "".join(f"--s-{code}:{status_colour(code, ground)};" for code in STATUS)


def _shortened(css: str) -> str:
    """A style sheet without its comments and the spaces that only its writers need."""
    return re.sub(r"\s*([{};,])\s*", r"\1", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()


@cache
def script() -> bytes:
    """Each file of `browser/` in a block of its own, so that none sees another's names."""
    files = (file.read_text(encoding="utf-8") for file in sorted((_HERE / "browser").glob("*.js")))
    return ('"use strict";\n' + "".join(f"{{\n{_uncommented(text)}}}\n" for text in files)).encode()


def _uncommented(js: str) -> str:
    """A script without its lines of comment and its indentation."""
    lines = (line.strip() for line in js.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


@cache
def sheet_name() -> str:
    return f"assets/public.{_hash(sheet())}.css"


@cache
def script_name() -> str:
    return f"assets/public.{_hash(script())}.js"


def _hash(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:12]


def _mark() -> str:
    """The mark of the site: the way to a target."""
    ground, line = LIGHT.accent, LIGHT.card
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f'<rect width="32" height="32" rx="7" fill="{ground}"/>'
        f'<path d="M6 24 13 18l5 2 6-9" fill="none" stroke="{line}" stroke-width="3" stroke-linecap="round" '
        f'stroke-linejoin="round"/><path d="m24 4 4 4-4 4-4-4z" fill="{line}"/></svg>'
    )


# -- what search looks through -------------------------------------------------------------------------------


def search_name(book: Book, w: Words) -> str:
    return f"assets/search.{w.language}.{_hash(_search(book, w.language))}.json"


def _search(book: Book, language: str) -> bytes:
    """Indicators with where they are measured, regions, plans and domains: each `[address, name, what finds it]`."""
    kept = _found.setdefault(book, {})
    if language not in kept:
        kept[language] = _listed(book, words(language))
    return kept[language]


def _listed(book: Book, w: Words) -> bytes:
    language = w.language
    numbers = {region.code: number for number, region in enumerate(book.regions)}
    places: dict[str, list[int]] = {}
    for indicator, region in book.subjects:
        places.setdefault(indicator, []).append(numbers[region])
    indicators = (book.catalogue.indicators[name] for name in places)
    listed = {
        "indicators": [[i.id, i.name(language), _finds(i.names()), places[i.id]] for i in indicators],
        "regions": [[r.code, r.name(language), _finds(r.names())] for r in book.regions],
        "plans": [[p.id, p.title(language), _finds((p.title_zh, p.title_en, p.short_zh))] for p in book.plans],
        "domains": [
            [d, w.get(f"domain.{d}", d), _finds((d, *(words(one).get(f"domain.{d}", d) for one in LANGUAGES)))]
            for d in book.domains
        ],
    }
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()


def _finds(names: Iterable[str]) -> str:
    """Everything a thing may be found by: its names, and the pinyin of the Chinese ones, whole and by initials."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries load slowly, and only a release needs them

    texts = list(dict.fromkeys(filter(None, names)))
    for name in [name for name in texts if re.search(r"[\u4e00-\u9fff]", name)]:
        for style in (Style.NORMAL, Style.FIRST_LETTER):
            texts.append("".join(filter(str.isalnum, "".join(lazy_pinyin(name, style=style)))))
    return "\n".join(dict.fromkeys("".join(text.split()).casefold() for text in texts))
