"""The head and the foot of the public page: where else to go, what a reader must know first, what it rests on."""

from __future__ import annotations

from dashboard.components.markup import esc
from dashboard.figures import calendar
from dashboard.i18n import Words
from dashboard.index_page import tag
from dashboard.public.book import Book
from dashboard.public.explore import places
from dashboard.public.explore.view import PAGE, View

__all__ = ["bar", "foot", "pinned"]

_ZONE = "Asia/Shanghai"  # of the time that a printed page bears


def bar(view: View | None, newest: Book | None, w: Words, *, dark: bool) -> str:
    """The bar and its banners, in one piece."""
    ground = "dark" if dark else "light"
    brand = f'<b lang="{tag("zh")}">{esc(w("app.name"))}</b>'
    return (
        f'<a class="zb-skip" href="#zb-page">{esc(w("head.skip"))}</a>'
        f'<header class="zb-top" data-zb-lang="{tag(w.language)}" data-zb-ground="{ground}">'
        f'<a class="zb-brand" data-zb-load="" href="{places.site("", w)}">{brand}<span> Zhibiao</span></a>'
        f'{_elsewhere(w)}<div class="zb-tools">{_tools(view, w)}{_other_language(view, w)}</div></header>'
        f'{_banners(view, newest, w)}<div class="zb-told" role="status"></div>'
        f'<div class="zb-lost" role="alert">{esc(w("app.lost"))}</div><a id="zb-page" tabindex="-1"></a>'
    )


def _elsewhere(w: Words) -> str:
    """The parts of the public site; this page is one of them."""
    links = [
        f'<a data-zb-load="" href="{places.site(place, w)}">{esc(name)}</a>'
        for name, place in (
            (w("explore.to_site"), ""),
            (w("explore.to_releases"), "releases/"),
            (w("explore.to_about"), "about/"),
        )
    ]
    here = f'<a aria-current="page" href="{PAGE}?lang={w.language}">{esc(w("explore.name"))}</a>'
    return f'<nav class="zb-nav" aria-label="{esc(w("head.pages"))}">{here}{"".join(links)}</nav>'


def _tools(view: View | None, w: Words) -> str:
    """Print, larger letters, and the addresses of this view: as it goes on, and as it is in this release."""
    pressed = "".join(
        f'<button type="button" data-zb-do="{deed}">{esc(name)}</button>'
        for deed, name in (("large", w("head.large")), ("print", w("head.print")))
    )
    views = [
        ("", w("head.share_link"), w("head.share_link_note")),
        (pinned(view) if view else "", w("explore.share_release"), w("explore.share_release_note")),
    ]
    copied = "".join(
        f'<button type="button" data-zb-do="copy" data-zb-pin="{esc(pin)}" data-zb-done="{esc(w("head.copied"))}">'
        f"<b>{esc(name)}</b><small>{esc(note)}</small></button>"
        for pin, name, note in views
    )
    share = f'<summary>{esc(w("head.share"))}</summary><div class="zb-list"><div class="narrow">{pressed}</div>{copied}'
    return f'<span class="zb-wide">{pressed}</span><details class="zb-pop">{share}</div></details>'


def _other_language(view: View | None, w: Words) -> str:
    """A plain link that loads the page anew: what a browser was told of the language holds for a page."""
    other = "en" if w.chinese else "zh"
    href = view.href(language=other) if view else f"{PAGE}?lang={other}"
    told = f'<a class="zb-language" data-zb-load="" lang="{tag(other)}" href="{esc(href)}">'
    return f"{told}{esc(w('app.switch'))}</a>"


def _banners(view: View | None, newest: Book | None, w: Words) -> str:
    """Generated figures; a release that is not the latest."""
    banners = []
    if newest is not None and newest.demo:
        banners.append(("", esc(w("public.demo"))))
    if view is not None and view.release and newest is not None:
        old, new = view.book.release, newest.release
        told = esc(w("explore.older_banner", number=old.number, when=calendar(old.released_on, w)))
        latest = w("explore.to_newest", number=new.number, when=calendar(new.released_on, w))
        banners.append(("then", f'{told} <a href="{esc(view.href(release=0))}">{esc(latest)}</a>'))
    return "".join(f'<div class="zb-banner {kind}" role="note">{inside}</div>' for kind, inside in banners)


def foot(view: View, w: Words) -> str:
    """By which rule and release; on paper also when it was printed and where the page can be seen."""
    book = view.book
    told = w(
        "explore.foot",
        rule=book.rule.called(w.language),
        version=book.rule.version,
        number=book.release.number,
        publisher=book.release.publisher(w.language),
    )
    return f'<div class="zb-foot">{esc(told)}{_paper(view, w)}</div>'


def _paper(view: View, w: Words) -> str:
    release = view.book.release
    sheet = " · ".join(
        [
            w("app.title"),
            w("explore.release_line", number=release.number, when=calendar(release.released_on, w)),
            *([w("public.demo_mark")] if view.book.demo else []),
        ]
    )
    lines = f'<p>{esc(w("paper.printed"))} <time data-zb-printed="{_ZONE}"></time> · {esc(w("paper.seen_at"))} '
    lines += f'<span data-zb-seen-at="{esc(pinned(view))}"></span></p>'
    mark = f'<div class="zb-mark" aria-hidden="true">{esc(w("public.demo_mark"))}</div>' if view.book.demo else ""
    return f'<div class="zb-paper" data-zb-sheet="{esc(sheet)}">{lines}</div>{mark}'


def pinned(view: View) -> str:
    """What an address must say for it to stay with this release when there is a later one."""
    return view.href(release=view.book.release.number).partition("?")[2]
