"""Words of the interface in both languages, from `locale/*.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

__all__ = ["LANGUAGES", "Words", "words"]

LANGUAGES = ("zh", "en")


class _Filled(Formatter):
    """Facts filled in by name; `{count:figure|figures}` is the word that goes with the number."""

    def format_field(self, value: object, format_spec: str) -> str:
        one, stroke, many = format_spec.partition("|")
        if stroke:
            return one if str(value) == "1" else many
        return str(super().format_field(value, format_spec))


_FILLED = _Filled()


class Words:
    """The words of one language: `w("overview.title")`, with facts filled in by name."""

    def __init__(self, language: str, table: Mapping[str, str]) -> None:
        self.language, self._table = language, table

    def __call__(self, key: str, **facts: object) -> str:
        text = self._table[key]
        if not facts:
            return text
        return _FILLED.vformat(text, (), facts) if "|" in text else text.format_map(facts)

    def __contains__(self, key: str) -> bool:
        return key in self._table

    def get(self, key: str, otherwise: str) -> str:
        """The words of a key that may have none: what names things the store holds."""
        return self._table.get(key, otherwise)

    def keys(self) -> list[str]:
        """Every key there are words for."""
        return list(self._table)

    @property
    def chinese(self) -> bool:
        return self.language == "zh"


def _flat(table: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = str(value)
    return found


@cache
def words(language: str) -> Words:
    """The words of `zh` or `en`: `zh.toml`, and the files of the parts that have their own, such as `feeds.zh.toml`."""
    table: dict[str, str] = {}
    for path in sorted(Path(__file__).with_name("locale").glob(f"*{language}.toml")):
        table |= _flat(tomllib.loads(path.read_text(encoding="utf-8")))
    return Words(language, table)
