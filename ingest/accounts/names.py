"""What may be the name of an account: seen as it is written, and told from every other."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["LONGEST", "UNKNOWN", "alike", "fits", "reserved"]

LONGEST = 64  # characters
UNKNOWN = "unknown"  # written instead of a name that is nobody's: it may be a password in the wrong field
# what the ledger says of whoever is nobody
_RESERVED = {UNKNOWN, "terminal", "browser", "zhibiao", "oidc"}
# letters and marks that are printable and yet drawn as nothing
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE")  # whose letters are taken for one another


def fits(name: str) -> bool:
    """Whether a text may be a name: at most 64 visible characters of one look, none of the program's own names."""
    plain = name == unicodedata.normalize("NFKC", name) == " ".join(name.split())
    seen = name.isprintable() and not _UNSEEN.search(name) and len(_scripts(name)) < 2
    return plain and seen and 0 < len(name) <= LONGEST and not name.startswith("-") and not reserved(name)


def reserved(name: str) -> bool:
    """Whether the program calls itself so."""
    return name.casefold() in _RESERVED


def alike(name: str, other: str) -> bool:
    """Whether two names could be taken for one."""
    return name.casefold() == other.casefold()


def _scripts(name: str) -> set[str]:
    words = {unicodedata.name(letter, "").partition(" ")[0] for letter in name if letter.isalpha()}
    return words & set(_SCRIPTS)
