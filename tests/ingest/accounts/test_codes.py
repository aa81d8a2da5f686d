"""One-time codes: readable, unguessable, and right however they were typed."""

from __future__ import annotations

import math
import re

import pytest

from ingest.accounts import codes


def test_a_code_can_be_read_aloud_and_not_guessed() -> None:
    code = codes.made()
    assert re.fullmatch(r"([A-Z2-9]{4}-){4}[A-Z2-9]{4}", code)
    assert not set(code) & set("01OILU")
    assert codes._LENGTH * math.log2(len(set(codes._LETTERS))) >= 80
    assert len({codes.made() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{0}\n"])
def test_a_code_is_right_however_it_is_typed(typed: str) -> None:
    code = codes.made()
    known = codes.hashed(code)
    for written in (code, code.lower(), code.replace("-", ""), code.replace("-", " "), _wide(code)):
        assert codes.matches(typed.format(written), known)


def _wide(text: str) -> str:
    """As an input method in full-width mode writes it."""
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


@pytest.mark.parametrize("typed", ["", "AAAA-AAAA-AAAA-AAAA-AAAA", "\0", "x" * 1_000_000, "half \ud83e"])
def test_anything_else_is_not(typed: str) -> None:
    assert not codes.matches(typed, codes.hashed(codes.made()))


def test_a_code_itself_is_not_kept() -> None:
    code = codes.made()
    assert re.fullmatch("[0-9a-f]{64}", codes.hashed(code))
