"""What stands beside the chart of the public page: about the release, and where else the indicator is found."""

from __future__ import annotations

from dashboard.components.markup import esc, heading
from dashboard.figures import calendar, day_name
from dashboard.i18n import Words
from dashboard.public.explore import places
from dashboard.public.explore.table import held
from dashboard.public.explore.view import View
from dashboard.public.site.layout import tongue

__all__ = ["elsewhere", "release"]


def release(view: View, w: Words) -> str:
    """Who published it, when, and until when the figures reach."""
    facts = view.book.release
    sources = sorted({row["source"] for row in held(view).values() if row["source"]})
    rows = [
        (w("explore.publisher"), facts.publisher(w.language)),
        (w("explore.released_on"), calendar(facts.released_on, w)),
        (w("explore.data_until"), day_name(facts.data_until, w) if facts.data_until else w("indicator.none")),
        (w("explore.as_of"), calendar(facts.as_of, w)),
        (w("explore.source"), w("overview.joined").join(sources)),
        (w("explore.note"), facts.note),
    ]
    told = "".join(
        f"<tr><th scope='row'>{esc(name)}</th><td>{tongue(value, w)}</td></tr>" for name, value in rows if value
    )
    numbered = w("explore.nth", number=facts.number)
    link = f'<p class="zb-note"><a data-zb-load="" href="{places.changes(view, w)}">{esc(w("explore.changes"))}</a></p>'
    return f'{heading(w("explore.release_title"), numbered)}<table class="zb-table">{told}</table>{link}'


def elsewhere(view: View, w: Words) -> str:
    """The static page, its permanent address, files and the interface for programs."""
    ways = [
        (places.static(view, w), w("explore.static_page")),
        (places.permanent(view, w), w("explore.permanent")),
        (places.api(view), w("explore.api")),
    ]
    links = "".join(f'<li><a data-zb-load="" href="{href}">{esc(name)}</a></li>' for href, name in ways)
    files = "".join(
        f'<a data-zb-load="" download="" href="{href}">{esc(name)}</a>' for name, href in places.files(view, w)
    )
    return (
        f'{heading(w("explore.elsewhere"))}<ul class="zb-ways">{links}</ul>'
        f'<p class="zb-files"><span>{esc(w("explore.downloads"))}</span>{files}</p>'
    )
