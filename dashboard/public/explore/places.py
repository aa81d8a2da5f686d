"""Where the same indicator is found elsewhere on the public site: addresses beside this page, ready for markup."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from dashboard.components.markup import esc
from dashboard.i18n import Words
from dashboard.public.explore.view import View

__all__ = ["api", "changes", "files", "permanent", "site", "static"]

_DATA = ("csv", "xlsx", "json")
_PICTURES = ("svg", "png")


def site(path: str, w: Words, *, release: int = 0) -> str:
    """A page of the static site, in the language of this page; of an older `release`, below its own address."""
    old = f"releases/{release}/" if release else ""
    return esc(quote(f"./{old}{'' if w.chinese else 'en/'}{path}"))


def static(view: View, w: Words) -> str:
    """The page of the same indicator and region that needs no script, of the same release."""
    return site(view.subject.address, w, release=view.release)


def permanent(view: View, w: Words) -> str:
    """The same page at the address of its release, which stays."""
    return site(view.subject.address, w, release=view.book.release.number)


def changes(view: View, w: Words) -> str:
    """What the release changed, for all indicators."""
    return site(f"releases/{view.book.release.number}/changes/", w)


def files(view: View, w: Words) -> list[tuple[str, str]]:
    """(name, address) of each file to take along; pictures are written in a language, data in none."""
    old = f"releases/{view.release}/" if view.release else ""
    data = [(end.upper(), esc(quote(f"./{old}{view.subject.address}data.{end}"))) for end in _DATA]
    folder = view.book.snapshot.folder / "site" / ("" if w.chinese else "en") / view.subject.address
    made = [end for end in _PICTURES if (folder / f"chart.{end}").is_file()]
    pictures = [(end.upper(), site(f"{view.subject.address}chart.{end}", w, release=view.release)) for end in made]
    return data + pictures


def api(view: View) -> str:
    """The same figures from the interface for programs."""
    asked = {"indicator": view.subject.indicator.id, "region": view.subject.region.code}
    if view.release:
        asked["release"] = str(view.release)
    return esc(f"./api/v1/series?{urlencode(asked)}")
