"""What the address of the public page asks for. Whatever it says that is not in the release falls back to a default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from dashboard.i18n import LANGUAGES
from dashboard.public.book import Book, Subject
from indicators.definition import Indicator
from indicators.monitor import Judged, attention
from indicators.plan import Commitment, Plan

__all__ = ["PAGE", "View", "asked_language", "asked_release", "name_of", "promises", "seen", "unpromised"]

PAGE = "explore"  # its name in the address
_PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class View:
    """One indicator in one region of one release, seen from the plan that promises something of it.

    `plan` and `commitment` are None where no plan does, `one` where the plan has no target there. `release` is 0
    for whichever is the latest. `against`: whether what changed since the release before is shown.
    """

    language: str
    book: Book
    plan: Plan | None
    commitment: Commitment | None
    subject: Subject
    one: Judged | None
    release: int
    against: bool

    def params(self, **changes: object) -> dict[str, str]:
        """Query parameters of this view, or of one that differs; nothing is left to defaults but the release."""
        other = replace(self, **changes)  # type: ignore[arg-type]
        asked = {"plan": other.plan.id} if other.plan else {}
        asked |= {"indicator": other.named, "region": other.subject.region.code, "lang": other.language}
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
        others = [code for indicator, code in self.book.subjects if indicator == self.subject.indicator.id]
        return tuple(dict.fromkeys([*_own(self.book, self.plan, self.commitment), *others]))

    @property
    def named(self) -> str:
        """What the address calls its indicator."""
        if self.plan is None or self.commitment is None:
            return self.subject.indicator.id
        return name_of(self.plan, self.commitment)

    def title(self, language: str) -> str:
        """The indicator as the plan words it; by its own name where no plan promises anything of it."""
        return self.commitment.name(language) if self.commitment else self.subject.indicator.name(language)


def _own(book: Book, plan: Plan | None, commitment: Commitment | None) -> list[str]:
    """The regions that a promise sets targets for."""
    if plan is None or commitment is None:
        return []
    return [one.region for one in book.judged.get(plan.id, ()) if of(one, commitment)]


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


def _first(book: Book, plan: Plan, mine: Sequence[Commitment]) -> tuple[Commitment, str]:
    """The target of a plan that most needs attention and its region; else the first with a figure, else the first."""
    judged = book.judged.get(plan.id, ())
    for one in (*attention(judged), *(one for one in judged if one.history)):
        for commitment in mine:
            if of(one, commitment) and (one.indicator.id, one.region) in book.subjects:
                return commitment, one.region
    return mine[0], ""


def unpromised(book: Book) -> tuple[Indicator, ...]:
    """The indicators with figures that no plan promises anything of."""
    promised = {one.indicator for plan in book.plans for one in plan.targets}
    found = {subject.indicator.id: subject.indicator for subject in book.subjects.values()}
    return tuple(indicator for name, indicator in found.items() if name not in promised)


def asked_language(asked: Mapping[str, str]) -> str:
    return asked["lang"] if asked.get("lang") in LANGUAGES else LANGUAGES[0]


def asked_release(asked: Mapping[str, str]) -> int:
    """The number of the release that is asked for; 0 for the latest."""
    said = asked.get("release", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 9 else 0


def seen(book: Book, asked: Mapping[str, str], *, latest: int) -> View | None:
    """What the address asks for of a release; None where there is nothing in it to be seen."""
    plans = [plan for plan in book.plans if promises(book, plan)]
    wanted = asked.get("indicator", "").partition("@")[0]
    known = {indicator for indicator, _ in book.subjects}
    plan, commitment = _promise(book, plans, asked.get("plan", ""), wanted)
    region = asked.get("region", "")
    if commitment is None and wanted in known:
        plan, indicator = None, wanted
    elif plan is not None:
        if commitment is None:
            commitment, first = _first(book, plan, promises(book, plan))
            region = region if (commitment.indicator, region) in book.subjects else first
        indicator = commitment.indicator
    elif known:
        indicator = next(iter(book.subjects))[0]
    else:
        return None
    if (indicator, region) not in book.subjects:
        others = (code for name, code in book.subjects if name == indicator)
        region = next((code for code in _own(book, plan, commitment) if (indicator, code) in book.subjects), "")
        region = region or next(others)
    subject = book.subject(indicator, region)
    here = [one for one in subject.judged if plan and commitment and one.plan.id == plan.id and of(one, commitment)]
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


def _promise(book: Book, plans: Sequence[Plan], named: str, wanted: str) -> tuple[Plan | None, Commitment | None]:
    """The promise that an address means: of the plan it names, else of whichever plan promises that indicator."""
    asked = sorted(plans, key=lambda plan: plan.id != named)
    for plan in asked:
        for names in ("id", "indicator"):
            for one in promises(book, plan):
                if getattr(one, names) == wanted:
                    return plan, one
    return next(iter(asked), None), None
