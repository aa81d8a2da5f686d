"""The page of a sign-in that came to nothing: what happened and what to do, in both languages."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import HTMLResponse, Response

from dashboard import session
from dashboard.gate.pages import templates
from dashboard.i18n import LANGUAGES, Words, words
from dashboard.index_page import tag
from ingest.accounts.admission import Refusal

__all__ = ["turned_away"]

_templates = templates(Path(__file__).parent)
# the others: 403
_STATUS = {Refusal.DOWN: 503, Refusal.STALE: 400, Refusal.UNPROVEN: 400, Refusal.TOO_OFTEN: 429}
_LONGEST = 80  # characters of what a provider calls someone


def turned_away(refusal: Refusal, *, name: str = "", subject: str = "", what: str = "") -> Response:
    """`name` and `subject`, what the provider calls them, so that they can tell; `what`, the check that failed."""
    first = session.place().settings.language
    languages = [words(each) for each in sorted(LANGUAGES, key=lambda each: each != first)]
    page = _templates.get_template("turned_away.html").render(
        app=languages[0]("app.name"),
        site=languages[0]("app.title"),
        said=[_said(w, refusal, what) for w in languages],
        account=_shown(name),
        subject=_shown(subject),
    )
    return HTMLResponse(page, _STATUS.get(refusal, 403), {"Cache-Control": "no-store"})


def _said(w: Words, refusal: Refusal, what: str) -> dict[str, str]:
    return {
        "tag": tag(w.language),
        "title": w("oidc.title"),
        "told": w(f"oidc.{refusal.value}", what=what),
        "account": w("oidc.account"),
        "subject": w("oidc.subject"),
        "back": w("oidc.back"),
    }


def _shown(text: str) -> str:
    """Text of theirs on a page of ours: short, and nothing in it that writes backwards or not at all."""
    plain = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text[:_LONGEST])
    return plain + ("…" if len(text) > _LONGEST else "")
