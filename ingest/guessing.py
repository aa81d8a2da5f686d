"""The “did you mean” of a name that the catalogue does not know: names that would be accepted, the likeliest first."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping

from indicators.catalogue import Catalogue, fold
from indicators.units import known as known_unit
from ingest.reader.spoken import converts, spellings
from ingest.words import phrase

__all__ = ["at_home", "guess", "guess_indicator", "meant"]

_LONGEST_NAME = 100
_HOME = 0.1  # an indicator of the region's own plans is as likely as one of another that is this much closer
_HOLDS = 0.8  # a name that holds all that is written is as likely as one this close
_SHOWN = 3


def guess(text: str, known: Mapping[str, str] | Iterable[str]) -> dict[str, str]:
    """The “did you mean” of a name, as facts of a message: the nearest first, for the sender to choose from."""
    folded = fold(text)[:_LONGEST_NAME]
    return _hint(folded, difflib.get_close_matches(folded, list(known), n=_SHOWN, cutoff=0.5))


def guess_indicator(
    text: str, catalogue: Catalogue, *, unit: str = "", home: Collection[str] = (), taken: Collection[str] = ()
) -> dict[str, str]:
    """`guess`, of the catalogue's indicators; see `meant`. Of 其中:中医医院 only 中医医院 is looked for."""
    *_, (bare, bracketed) = ((fold(name), said) for name, said in spellings(text or "—"))
    close = meant(bare[:_LONGEST_NAME], catalogue, unit=bracketed or unit, home=home, taken=taken)
    return _hint(fold(text)[:_LONGEST_NAME], close[:_SHOWN])


def _hint(folded: str, close: list[str]) -> dict[str, str]:
    code, facts = ("hint", {"guess": "”“".join(close)}) if close else ("hint_none", {})
    pair = next((p for p in zip(folded, close[0], strict=False) if p[0] != p[1]), None) if close else None
    if pair and len(close[0]) == len(folded):
        # one letter that looks right may be another one: say which, by its code point
        wrong, right = (f"{c} (U+{ord(c):04X})" for c in pair)
        code, facts = "hint_letter", {"guess": close[0], "wrong": wrong, "right": right}
    return {f"hint_{language}": phrase(code, language, **facts) for language in ("zh", "en")}


def meant(
    wanted: str,
    catalogue: Catalogue,
    *,
    unit: str = "",
    home: Collection[str] = (),
    taken: Collection[str] = (),
    loose: bool = False,
) -> list[str]:
    """Names of indicators that a folded name may mean, the likeliest first, one of each indicator.

    `unit`: what the figures are said to be in; an indicator in none that converts is not meant. `home`: indicators
    that are rather meant than others (see `at_home`). `taken`: those that are not, but for a mistyped letter.
    `loose`: the name is the words of a head of columns, in whatever order they stand over each other.
    """
    names = {
        name: one
        for name, one in catalogue.indicator_names.items()
        if (one not in taken or _mistyped(name, wanted))
        and _fits(unit, catalogue.indicators[one].current.unit)
        and not name.startswith("其中")
    }
    likely = {name: _HOLDS for name in names if len(wanted) > 3 and wanted in name}
    cutoff = 0.6 if loose else 0.5
    matcher = difflib.SequenceMatcher()
    matcher.set_seq2(wanted)
    for name in names:
        matcher.set_seq1(name)
        if matcher.real_quick_ratio() >= cutoff and (upper := matcher.quick_ratio()) >= cutoff:
            close = max(matcher.ratio(), upper - _HOME if loose else 0.0)
            if close >= cutoff:
                likely[name] = max(close, likely.get(name, 0.0))
    order = sorted(likely, key=lambda name: (-likely[name] - _HOME * (names[name] in home), len(name), name))
    best: dict[str, str] = {}
    for name in order:
        best.setdefault(names[name], name)
    return list(best.values())


def _mistyped(name: str, wanted: str) -> bool:
    return len(name) == len(wanted) and sum(one != other for one, other in zip(name, wanted, strict=True)) == 1


def _fits(unit: str, own: str) -> bool:
    return not known_unit(unit) or converts(unit, own)


def at_home(catalogue: Catalogue, regions: Collection[str]) -> frozenset[str]:
    """Indicators that regions, or the cities they lie in, have targets for or a body that answers for."""
    places = {*regions, *(catalogue.regions[code].parent for code in regions if code in catalogue.regions)} - {""}
    found = {i.id for i in catalogue.indicators.values() if _of(catalogue, i.owner) in places}
    for plan in catalogue.plans.values():
        found |= {
            c.indicator for c in plan.targets if c.indicator and places.intersection(catalogue.regions_of(plan, c))
        }
    return frozenset(found)


def _of(catalogue: Catalogue, organisation: str) -> str:
    body = catalogue.organisations.get(organisation)
    return body.region if body else ""
