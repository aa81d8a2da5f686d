"""What the address of the public page asks for. Whatever it says that is not in the release falls back to a default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dashboard.i18n import LANGUAGES
from dashboard.public.book import Book, Subject
from indicators.monitor import Judged
from indicators.plan import Commitment, Plan

__all__ = ["PAGE", "View", "asked_language", "asked_release", "name_of", "promises", "seen"]

PAGE = "explore"  # its name in the address
_PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class View:
    """One indicator in one region of one release, seen from one plan. `one`: None where the plan has no target there.

    `release` is 0 for whichever is the latest. `against`: whether what changed since the release before is shown.
    """

    language: str
    book: Book
    plan: Plan
    commitment: Commitment
    subject: Subject
    one: Judged | None
    release: int
    against: bool

    def params(self, **changes: object) -> dict[str, str]:
        """Query parameters of this view, or of one that differs; nothing is left to defaults but the release."""
        other = replace(self, **changes)  # type: ignore[arg-type]
        asked = {
            "plan": other.plan.id,
            "indicator": name_of(other.plan, other.commitment),
            "region": other.subject.region.code,
            "lang": other.language,
        }
        if other.release:
            asked["release"] = str(other.release)
        if other.against:
            asked["against"] = _PREVIOUS
        return asked

    def href(self, **changes: object) -> str:
        """The address of this view, or of one that differs, beside this page."""
        return f"{PAGE}?{urlencode(self.params(**changes))}"

    @property
    def regions(self) -> tuple[str, ...]:
        """Where figures of this indicator are out: first where the plan's target holds, then the others."""
        own = [one.region for one in self.book.judged.get(self.plan.id, ()) if of(one, self.commitment)]
        others = [code for indicator, code in self.book.subjects if indicator == self.commitment.indicator]
        return tuple(dict.fromkeys([*own, *others]))


def of(one: Judged, commitment: Commitment) -> bool:
    """Whether a judged target is this promise; one that holds in several regions is judged as `id@region`."""
    return one.commitment.id.partition("@")[0] == commitment.id


def name_of(plan: Plan, commitment: Commitment) -> str:
    """What the address calls a promise: by its indicator, or where the plan promises twice of that, by its own id."""
    twice = sum(one.indicator == commitment.indicator for one in plan.targets) > 1
    return commitment.id if twice else commitment.indicator


def promises(book: Book, plan: Plan) -> tuple[Commitment, ...]:
    """The targets of a plan that have a page in this release, in the plan's order."""
    known = {indicator for indicator, _ in book.subjects}
    return tuple(one for one in plan.targets if one.indicator in known)


def _first(book: Book, plan: Plan, mine: Sequence[Commitment]) -> Commitment:
    """The first target of a plan that there is a figure of; the first of all where there is none."""
    known = {one.commitment.id.partition("@")[0] for one in book.judged.get(plan.id, ()) if one.history}
    return next((one for one in mine if one.id in known), mine[0])


def asked_language(asked: Mapping[str, str]) -> str:
    return asked["lang"] if asked.get("lang") in LANGUAGES else LANGUAGES[0]


def asked_release(asked: Mapping[str, str]) -> int:
    """The number of the release that is asked for; 0 for the latest."""
    said = asked.get("release", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0


def seen(book: Book, asked: Mapping[str, str], *, latest: int) -> View | None:
    """What the address asks for of a release; None where there is nothing in it to be seen."""
    plans = [plan for plan in book.plans if promises(book, plan)]
    if not plans:
        return None
    plan = next((plan for plan in plans if plan.id == asked.get("plan")), plans[0])
    mine = promises(book, plan)
    wanted = asked.get("indicator", "").partition("@")[0]
    commitment = next((one for one in mine if wanted == one.id), None)
    commitment = commitment or next((one for one in mine if wanted == one.indicator), None) or _first(book, plan, mine)
    judged = [one for one in book.judged.get(plan.id, ()) if of(one, commitment)]
    first = judged[0].region if judged else next(code for name, code in book.subjects if name == commitment.indicator)
    region = asked.get("region", "")
    region = region if (commitment.indicator, region) in book.subjects else first
    subject = book.subject(commitment.indicator, region)
    here = [one for one in subject.judged if one.plan.id == plan.id and of(one, commitment)]
    number = book.release.number
    return View(
        language=asked_language(asked),
        book=book,
        plan=plan,
        commitment=commitment,
        subject=subject,
        one=next(iter(here), None),
        release=0 if number == latest else number,
        against=asked.get("against") == _PREVIOUS,
    )
