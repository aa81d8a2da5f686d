"""What may be a name, by both doors: told from every other, and drawn as it is."""

from __future__ import annotations

import pytest

from ingest.accounts.names import alike, fits


@pytest.mark.parametrize("name", ["wang", "王 小明", "示例·审核人", "O’Neill", "Ольга", "a" * 64, "王wang"])
def test_a_name_is_what_is_seen(name: str) -> None:
    assert fits(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a" * 65,
        " wang",
        "wang  li",
        "wang\n",
        "ｗａｎｇ",  # full width
        "ro\u034fot",  # printable, and not seen
        "root\ufe0f",
        "\u1160root",
        "\u3164",
        "r\u043e\u043et",  # Cyrillic о
        "-f",
        *("terminal", "Unknown", "zhibiao", "browser", "oidc"),
    ],
)
def test_E20_what_hides_or_passes_for_another_is_none(name: str) -> None:
    assert not fits(name)


def test_names_of_other_case_are_alike() -> None:
    assert alike("Wang", "wang") and not alike("wang", "wáng")
