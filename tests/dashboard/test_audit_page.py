"""审计 as a page: every line a sentence, filters in the address, whether the chain is whole, and the export."""

from __future__ import annotations

import csv
import html
import io
import re

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import session, trail
from dashboard.i18n import LANGUAGES, words
from indicators.store import Store
from ingest.accounts.sessions import Means
from ingest.auditing import PAGE, Wanted
from ingest.demo import PEOPLE
from ingest.owner import opened as owned
from ingest.people import Forbidden, Role
from ingest.settings import Home, Settings
from ingest.terminal import Place
from tests.pages import markup, opened, plain, said

IN_BOTH = pytest.mark.parametrize("language", LANGUAGES)
AUDITOR, SENDER = PEOPLE[Role.AUDITOR], PEOPLE[Role.STATISTICIAN].name
OTHERS = [role for role in PEOPLE if role is not Role.AUDITOR]


def desk(**address: str) -> AppTest:
    return opened("audit", role=Role.AUDITOR, **address)


def listed(page: AppTest) -> list[list[str]]:
    """The lines a page shows: entry, time, who, what, outcome."""
    found = re.findall(r'<summary class="zb-line">(.*?)</summary>', markup(page))
    return [
        [plain(cell) for cell in re.findall(r'<span class="[a-z]+">(.*?)</span>(?=<span|$)', line)] for line in found
    ]


def entries(page: AppTest) -> list[int]:
    return [int(line[0]) for line in listed(page)]


def links(page: AppTest) -> dict[str, str]:
    found = re.findall(r'<a [^>]*href="/audit\?([^"]*)">([^<]+)</a>', markup(page))
    return {html.unescape(label): html.unescape(query) for query, label in found}


def export(place: Place, asked: Wanted) -> list[list[str]]:
    raw = trail.export(asked, AUDITOR, place.settings.timezone, words("zh"))
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))


# -- lines ---------------------------------------------------------------------------------------------------


@IN_BOTH
def test_every_line_is_a_sentence(language: str, shown: Place) -> None:
    page = desk(lang=language)
    ledger = shown.store.ask("ledger", most=PAGE)
    assert entries(page) == ledger["entry"].to_list()
    acts = {line[3] for line in listed(page)}
    assert {act for act in acts if act in set(ledger["action"])} == set()  # no line says a code
    w = words(language)
    assert any(act.startswith(w("act.release")) for act in acts)
    assert {line[4] for line in listed(page)} == {w("audit.outcome_done"), w("audit.outcome_refused")} - (
        {w("audit.outcome_refused")} if ledger.height and not _refused(shown.store) else set()
    )


def _refused(store: Store) -> bool:
    return not store.ask("seals", after=0).filter(outcome="refused").is_empty()


def test_a_line_opens_to_where_it_came_from_and_its_detail(tried: Place) -> None:
    with tried.store.entry(
        actor="li", action="return", subject="abc", outcome="refused", address="10.1.2.3", reason="缺证明"
    ):
        pass
    (line, *_) = re.findall(r"<details>(.*?)</details>", markup(desk()))
    for fact in ("abc", "10.1.2.3", "缺证明", "已拒绝", "退回", "理由"):
        assert fact in plain(line)


def test_an_act_without_words_is_shown_by_its_code(tried: Place) -> None:
    with tried.store.entry(actor="li", action="reticulate", subject="splines"):
        pass
    assert listed(desk())[0][3] == "reticulate splines"


def test_nothing_in_a_line_hides_or_runs(tried: Place) -> None:
    evil = "li\r\n99 root release \u202eesrever<script>alert(1)</script>"
    with tried.store.entry(actor=evil, action=evil, subject=evil, address=evil, note=evil):
        pass
    drawn = markup(desk())
    assert not {"\u202e", "<script>"} & {part for part in ("\u202e", "<script>") if part in drawn}
    (line, *_) = re.findall(r"<details>(.*?)</details>", drawn, re.DOTALL)
    assert "\n" not in line and "\r" not in line
    assert "<script>alert(1)</script>" in html.unescape(line)
    (cells,) = (row for row in export(tried, Wanted(text="esrever")) if row[0] != "序号")
    assert not any("\n" in cell or "\r" in cell or "\u202e" in cell for cell in cells)


# -- filters -------------------------------------------------------------------------------------------------


def test_filters_go_into_the_address_and_narrow_the_ledger(shown: Place) -> None:
    page = desk(before="20")
    page.text_input(key="filter_who").input(SENDER).run()
    assert page.query_params["who"] == SENDER
    assert "before" not in page.query_params
    mine = shown.store.ask("ledger", most=10_000).filter(actor=SENDER)
    assert mine.height
    assert entries(page) == mine["entry"].to_list()
    page.selectbox(key="filter_act").select("draft").run()
    assert page.query_params["act"] == "draft"
    assert entries(page) == mine.filter(action="draft")["entry"].to_list()
    page.selectbox(key="filter_act").select("").run()
    assert "act" not in page.query_params


@pytest.mark.parametrize(
    ("address", "none"),
    [({"outcome": "refused"}, True), ({"until": "2001-01-01"}, True), ({"since": "2001-01-01"}, False)],
)
def test_an_address_opens_narrowed(address: dict[str, str], none: bool, shown: Place) -> None:
    page = desk(**address)
    assert (not listed(page)) is none
    assert ("没有符合条件的记录" in said(page)) is none


def test_nonsense_in_the_address_narrows_nothing(shown: Place) -> None:
    page = desk(outcome="<b>", since="soon", until="2024-99-99", before="-1")
    assert entries(page) == entries(desk())
    assert listed(page)


def test_sql_in_a_filter_is_text(shown: Place) -> None:
    for name in ("who", "q", "act"):
        assert not listed(desk(**{name: "' OR 1=1; DROP TABLE ledger; --"}))
    assert listed(desk())


def test_older_lines_have_an_address_that_keeps_the_filters(tried: Place) -> None:
    for number in range(PAGE + 7):
        with tried.store.entry(actor="li", action="remind", subject=str(number)):
            pass
    page = desk(who="li", act="remind")
    assert len(listed(page)) == PAGE
    older = dict(part.split("=") for part in links(page)[f"更早的 {PAGE} 条"].split("&"))
    assert older == {"who": "li", "act": "remind", "before": str(entries(page)[-1])}
    rest = desk(**older)
    assert len(listed(rest)) == 7
    assert "回到最新" in links(rest)
    assert not [label for label in links(rest) if label.startswith("更早")]


@IN_BOTH
def test_the_language_link_keeps_the_filters(language: str, shown: Place) -> None:
    page = desk(lang=language, who="li", since="2020-01-01")
    kept = links(page)[words(language)("app.switch")]
    assert {"who=li", "since=2020-01-01"} <= set(kept.split("&"))


# -- the chain -----------------------------------------------------------------------------------------------


@IN_BOTH
def test_a_whole_chain_says_so(language: str, shown: Place) -> None:
    last = shown.store.ask("last_entry")["entry"][0]
    start = words(language)("audit.whole", entry=last, when="@").partition("@")[0]
    assert start in said(desk(lang=language))


@IN_BOTH
def test_a_line_altered_in_the_file_is_named(language: str, demo_home: Home, tried: Place) -> None:
    path = tried.home.store
    tried.store.close()
    with duckdb.connect(str(path)) as raw:
        raw.execute("UPDATE ledger SET actor = 'somebody' WHERE entry = 7")
    auditor = PEOPLE[Role.AUDITOR]
    with (
        owned(tried.home) as store,
        session.serving(Place(store, tried.settings, tried.home), asking=lambda: auditor),
    ):
        trail.check_again()
        page = desk(lang=language)
        assert words(language)("audit.break_altered", entry=7) in said(page)
        assert 'role="alert"' in markup(page)


def test_the_chain_is_checked_once_for_each_newest_line_and_when_asked(
    tried: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks: list[int] = []
    check = Store.first_break
    monkeypatch.setattr(Store, "first_break", lambda self: checks.append(1) or check(self))  # type: ignore[func-returns-value]
    trail.check_again()
    page = desk()
    desk()
    assert len(checks) == 1
    page.button(key="check_again").click().run()
    assert len(checks) == 2
    tried.sessions.begin(SENDER, means=Means.PASSWORD)  # changes no answer on plans, but is a line
    desk()
    assert len(checks) == 3


# -- the export ----------------------------------------------------------------------------------------------


def test_the_export_holds_what_the_filter_shows_and_runs_nothing(tried: Place) -> None:
    for subject in ("=HYPERLINK(1)", "+1", "@x", "plain"):
        with tried.store.entry(actor="=li", action="remind", subject=subject, address="10.0.0.1"):
            pass
    header, *found = export(tried, Wanted(who="=li"))
    assert header[:4] == ["序号", "时间", "谁", "做了什么"]
    assert [row[5] for row in found] == ["plain", "'@x", "'+1", "'=HYPERLINK(1)"]
    assert {row[2] for row in found} == {"'=li"}
    assert {(row[3], row[6], row[7]) for row in found} == {("催报", "已办", "10.0.0.1")}


# -- who may -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_reaches_the_ledger(role: Role, shown: Place) -> None:
    page = opened("audit", role=role)
    assert not listed(page)
    assert "审计" not in links(page)
    with pytest.raises(Forbidden):
        trail.export(Wanted(), PEOPLE[role], shown.settings.timezone, words("zh"))


def test_an_empty_ledger_is_no_error(empty: Store, settings: Settings) -> None:
    demo = settings.model_copy(update={"demo": True})
    with session.serving(Place(empty, demo, demo.at())):
        trail.check_again()
        assert trail._chain(empty.id, 0, AUDITOR).broken is None
