"""One-time codes: what an administrator hands over so that someone sets a password of their own."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from datetime import timedelta

__all__ = ["HOLDS", "hashed", "made", "matches"]

HOLDS = timedelta(hours=72)
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is taken for another
_LENGTH, _GROUP = 20, 4  # 20 of 30 letters: 98 bits


def made() -> str:
    """A new code, in groups of four letters."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def hashed(code: str) -> str:
    """The SHA-256 of a code however it was typed: 98 random bits cannot be guessed from it, so no slow hash is due."""
    typed = unicodedata.normalize("NFKC", code[:200]).upper()
    kept = "".join(letter for letter in typed if letter in _LETTERS)
    return hashlib.sha256(kept.encode("ascii")).hexdigest()


def matches(code: str, known: str) -> bool:
    """Whether a code is the one of the hash `known`."""
    return hmac.compare_digest(hashed(code), known)
