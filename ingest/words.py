"""A problem in words: the one place where codes become sentences, in both languages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from indicators.problem import Problem, Severity

__all__ = ["SHOWN", "clip", "explain", "phrase", "report", "visible"]

SHOWN = 200  # problems listed in full; the total is always said
_LONGEST = 80  # characters of a cell repeated in a message


@cache
def _messages() -> Mapping[str, Mapping[str, str]]:
    text = Path(__file__).with_name("messages.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def phrase(code: str, language: str, **facts: str) -> str:
    """The sentence of a code in `zh` or `en`."""
    return _messages()[code][language].format_map(facts)


def visible(text: str) -> str:
    """A text in one line, with a mark for whatever cannot be seen or stored."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "�" for c in text)


def clip(found: str) -> str:
    """A cell as it may be repeated: one line, at most 80 characters, nothing invisible."""
    plain = visible(found)
    return plain if len(plain) <= _LONGEST else plain[: _LONGEST - 1] + "…"


def explain(problem: Problem) -> dict[str, Any]:
    """A problem as `check --json` prints it."""
    facts = {k: v if k.startswith("hint_") else clip(v) for k, v in problem.facts.items()}  # hints are ours
    facts = {"found": clip(problem.found), **facts}
    return {
        "severity": problem.severity.value,
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "code": problem.code,
        "found": clip(problem.found),
        "explained": problem.explained,
        "zh": phrase(problem.code, "zh", **facts),
        "en": phrase(problem.code, "en", **facts),
    }


def report(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """The first problems in words, by sheet and row; where there are too many, errors are kept before notices."""
    found = list(problems)
    sheets = {name: place for place, name in enumerate(dict.fromkeys(p.sheet for p in found))}
    order = list(Severity)
    ranked = sorted(found, key=lambda p: (order.index(p.severity), p.row or 0))[:SHOWN]
    return [explain(problem) for problem in sorted(ranked, key=lambda p: (sheets[p.sheet], p.row or 0))]
