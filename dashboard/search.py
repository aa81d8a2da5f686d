"""Finding a commitment: by 中文, pinyin initials (`mqrkyl`), or English words."""

from __future__ import annotations

from functools import lru_cache

from indicators.catalogue import fold
from indicators.plan import Commitment

__all__ = ["matches"]


@lru_cache(maxsize=4096)
def _haystack(commitment: Commitment) -> str:
    """Everything a commitment may be found by, folded; parts kept apart by line ends."""
    from pypinyin import Style, lazy_pinyin  # its dictionaries load slowly, and only a search needs them

    initials = "".join(filter(str.isalnum, "".join(lazy_pinyin(commitment.name_zh, style=Style.FIRST_LETTER))))
    texts = [commitment.id, commitment.name_zh, commitment.name_en, initials, commitment.code]
    return "\n".join(fold(text) for text in [*texts, *(q.text for q in commitment.quotes)])


def matches(commitment: Commitment, query: str) -> bool:
    """Whether every word of the query is found in it; an empty query finds all."""
    return all(fold(word) in _haystack(commitment) for word in query.split())
