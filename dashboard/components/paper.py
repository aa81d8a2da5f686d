"""What a printed page carries that a screen need not: what it stands on, when it was printed, where it can be seen."""

from __future__ import annotations

from dashboard import answers, session
from dashboard.components.markup import esc
from dashboard.figures import calendar, day_name
from dashboard.i18n import Words
from dashboard.offered import OF_A_PLAN
from dashboard.session import View

__all__ = ["paper"]


def paper(here: str, asked: View, w: Words) -> str:
    """The last lines of a printed page, the line at the foot of each of its sheets, and the mark of generated figures.

    The browser fills in the time of printing, where the office is, and the address of the page, which for one
    of a plan is that of what is known today and nothing later.
    """
    demo, zone = session.place().home.demo, esc(session.place().settings.timezone)
    lines = f'<p>{esc(w("paper.printed"))} <time data-zb-printed="{zone}"></time> · {esc(w("paper.seen_at"))} '
    lines += f'<span data-zb-seen-at="{esc(session.pinned(asked, known=here in OF_A_PLAN))}"></span></p>'
    mark = f'<div class="zb-mark" aria-hidden="true">{esc(w("overview.demo"))}</div>' if demo else ""
    return f'<div class="zb-paper" data-zb-sheet="{esc(_sheet(here, asked, w))}">{lines}</div>{mark}'


def _sheet(here: str, asked: View, w: Words) -> str:
    """What stands at the foot of each sheet."""
    told = [w("app.title")]
    if here in OF_A_PLAN:
        known = calendar(asked.known_on or session.clock().date(), w)
        plan = answers.plan(asked).short(w.language)
        told += [plan, w("paper.as_of", when=day_name(asked.as_of, w)), w("paper.known", when=known)]
    else:
        told.append(w(f"nav.{here}"))
    return " · ".join([*told, *([w("paper.demo")] if session.place().home.demo else [])])
