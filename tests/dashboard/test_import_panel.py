"""Importing on 目录: what a file would change is seen before it is stored; what cannot be stored says why."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n import LANGUAGES, words
from ingest.demo import PEOPLE
from ingest.people import Role
from ingest.terminal import Place
from tests.pages import dropped, markup, opened, rows, said, told

IN_BOTH = pytest.mark.parametrize("language", LANGUAGES)
OTHERS = [role for role in PEOPLE if role is not Role.ADMINISTRATOR]


def text(place: Place, name: str) -> str:
    return next(text for _, n, text in place.store.catalogue_texts() if n == name)


def desk(raw: bytes, name: str = "plan.toml", **address: str) -> AppTest:
    return dropped(opened("catalogue", role=Role.ADMINISTRATOR, **address), raw, name)


def changed(place: Place) -> bytes:
    """The plan with a target moved."""
    before = text(place, "chengdu-145")
    assert "target_value = 82.42" in before
    return before.replace("target_value = 82.42", "target_value = 82.6").encode()


@IN_BOTH
def test_what_a_file_would_change_is_seen_and_nothing_is_stored(language: str, shown: Place) -> None:
    page = desk(changed(shown), lang=language)
    w = words(language)
    row = next(row for row in rows(markup(page)) if "chengdu-145/life-expectancy" in row[0])
    assert row[0].startswith(w("importing.change_edited"))
    assert row[0].split("·")[1].split("chengdu")[0].strip() == w("field.target_value")
    assert row[1:] == ["82.42", "82.6"]
    assert w("importing.needs_document") in told(page)


def test_a_changed_target_without_its_document_is_refused(tried: Place) -> None:
    before = tried.store.last_entry()
    page = desk(changed(tried)).button(key="import").click().run()
    assert "须注明依据文件" in page.error[0].value
    assert tried.store.last_entry() == before


def test_with_its_document_it_is_stored_and_judged_by_at_once(tried: Place) -> None:
    page = desk(changed(tried))
    page.text_input(key="import_document").input("成府发〔2024〕1号").run()
    page.button(key="import").click().run()
    assert told(page) == ["已导入 1 处变更。"]
    assert tried.store.catalogue().plans["chengdu-145"].commitment("life-expectancy").target_value == 82.6
    line = tried.store.ask("ledger", most=1).row(0, named=True)
    assert (line["actor"], line["action"], line["subject"]) == (
        PEOPLE[Role.ADMINISTRATOR].name,
        "import",
        "chengdu-145",
    )
    assert "成府发〔2024〕1号" in line["detail"]


@IN_BOTH
def test_a_file_that_says_nothing_new_offers_nothing(language: str, shown: Place) -> None:
    page = desk(text(shown, "beds").encode(), lang=language)
    assert words(language)("importing.nothing") in said(page)
    assert "import" not in {button.key for button in page.button}


def test_a_definition_is_edited_only_with_a_document_and_says_what(shown: Place) -> None:
    page = desk(text(shown, "beds").replace('text_zh = "', 'text_zh = "(新)').encode())
    (row,) = (row for row in rows(markup(page)) if row[0].startswith("修改"))
    assert row[0] == "修改 beds/1 · 口径"
    assert row[2] == f"(新){row[1]}"


BAD: list[tuple[bytes, str, dict[str, object]]] = [
    (b"id = [\n  1 2]", "importing.at", {"line": 2, "column": 5}),
    (b"id =", "importing.not_toml", {}),
    (b"a = " + b"[" * 5000, "importing.not_toml", {}),
    (b'id = "x"\n', "importing.missing_field", {"field": "version"}),
    (b'id = "x"\nversion = "one"\n', "importing.contradicts", {}),
]


@IN_BOTH
@pytest.mark.parametrize(("raw", "key", "facts"), BAD, ids=range(len(BAD)))
def test_a_bad_file_says_what_is_wrong_with_it(
    raw: bytes, key: str, facts: dict[str, object], language: str, shown: Place
) -> None:
    page = desk(raw, lang=language)
    w = words(language)
    assert told(page) == [w("importing.bad")]
    assert w(key, **facts) in said(page)
    assert "import" not in {button.key for button in page.button}


@IN_BOTH
@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("名".encode("gb18030"), "importing.not_text"),
        (b"\x00\xff\xfe", "importing.not_text"),
        (b"#" * 2_000_001, "importing.too_large"),
    ],
)
def test_what_is_no_catalogue_file_at_all_is_refused(raw: bytes, why: str, language: str, shown: Place) -> None:
    page = desk(raw, lang=language)
    assert told(page) == [words(language)(why)]


def test_an_unknown_field_is_named(shown: Place) -> None:
    raw = text(shown, "beds").replace("domain = ", 'colour = "red"\ndomain = ', 1).encode()
    assert "有不认识的字段“colour”" in said(desk(raw))


def test_a_contradiction_with_the_rest_is_told(shown: Place) -> None:
    raw = text(shown, "beds").replace('owner = "chengdu-health"', 'owner = "nobody"').encode()
    assert "unknown organisation nobody" in said(desk(raw))


def test_markup_in_a_file_is_shown_not_run(shown: Place) -> None:
    evil = "<img src=x onerror=alert(1)>"
    page = desk(text(shown, "beds").replace('text_zh = "', f'text_zh = "{evil}', 1).encode())
    assert evil in said(page)
    assert "<img" not in markup(page)


@pytest.mark.parametrize("role", OTHERS)
def test_whoever_may_not_import_is_offered_no_uploader(role: Role, shown: Place) -> None:
    assert not opened("catalogue", role=role).file_uploader
    assert opened("catalogue", role=Role.ADMINISTRATOR).file_uploader
