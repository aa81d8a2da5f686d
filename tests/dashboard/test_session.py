"""What the address says, who is asking, and what an act leaves to tell."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard import acts, answers, session
from dashboard.i18n import words
from dashboard.session import View
from indicators.catalogue import Catalogue
from ingest import log
from ingest.accounts.sessions import Means
from ingest.checking import today
from ingest.demo import AS_OF, PEOPLE, PLAN
from ingest.people import Role, User
from ingest.submission import SIGNERS
from ingest.terminal import Place
from ingest.workflow import add_person

DEFAULT = View("zh", PLAN, AS_OF)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stands for the reader's browser: an address and a memory."""
    made = SimpleNamespace(query_params={}, session_state={})
    monkeypatch.setattr(session, "st", made)
    return made


@pytest.mark.parametrize(
    "asked",
    [
        DEFAULT,
        View("en", PLAN, AS_OF),
        View("zh", PLAN, date(2023, 6, 30)),
        View("zh", PLAN, AS_OF, "beds-per-1000"),
        View("en", PLAN, date(2022, 12, 31), "visitors", "510104", date(2026, 1, 31)),
    ],
    ids=["default", "language", "date", "indicator", "all"],
)
def test_a_view_is_its_address_and_back(asked: View, shown: Place, browser: SimpleNamespace) -> None:
    if asked.known_on:  # what was known on a day before this store began is nothing
        asked = replace(asked, known_on=today(shown.settings))
    browser.query_params = asked.params()
    assert session.view() == asked


def test_defaults_stay_out_of_the_address(shown: Place) -> None:
    assert DEFAULT.params() == {}
    assert DEFAULT.params(language="en", indicator="visitors") == {"lang": "en", "indicator": "visitors"}


def test_a_view_can_drop_what_it_asked(shown: Place) -> None:
    assert View("en", PLAN, AS_OF, "visitors").params(indicator="") == {"lang": "en"}


@pytest.mark.parametrize(
    "nonsense",
    [
        {"plan": "atlantis"},
        {"as_of": "yesterday"},
        {"as_of": "2024-02-30"},
        {"as_of": "2024-12-31' OR 1=1"},
        {"indicator": "../../etc/passwd"},
        {"indicator": "beds"},  # an indicator, but no target of this plan
        {"lang": "fr"},
        {"lang": "<script>"},
        {"known_on": "∞"},
        {"role": "publisher", "user": "root"},
        dict.fromkeys(("plan", "as_of", "indicator", "lang", "known_on"), ""),
    ],
    ids=str,
)
def test_nonsense_in_the_address_falls_back(nonsense: dict[str, str], shown: Place, browser: SimpleNamespace) -> None:
    browser.query_params = nonsense
    assert session.view() == DEFAULT


def test_a_store_without_plans_has_an_empty_view(
    real: Place, browser: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "catalogue", lambda known_on=None: Catalogue({}, {}))
    assert session.view().plan == ""


def test_the_demonstration_looks_back_from_the_end_of_its_figures(shown: Place) -> None:
    assert session.default_day() == AS_OF


def test_a_real_store_looks_back_from_today(real: Place) -> None:
    assert session.default_day() == today(real.settings)


def test_changing_the_address_and_removing_from_it(browser: SimpleNamespace) -> None:
    session.go(as_of="2024-12-31", lang="en")
    session.go(lang=None, plan=None)
    assert browser.query_params == {"as_of": "2024-12-31"}


# -- who ---------------------------------------------------------------------------------------------------


@pytest.fixture
def gated(tried: Place, browser: SimpleNamespace) -> Iterator[Place]:
    """Pages behind the gate, which says whose session asks."""
    browser.user = {}
    with session.serving(tried):
        yield tried


@pytest.mark.parametrize("said", [{}, {"session": None}, {"session": ""}, {"session": "f" * 64}, {"email": "root"}])
def test_nobody_asks_without_a_session(said: dict[str, Any], gated: Place, browser: SimpleNamespace) -> None:
    browser.user, browser.session_state["role"] = said, "publisher"
    assert session.asking() is None
    with pytest.raises(session.SignedOut):
        session.user()


@pytest.mark.parametrize("role", PEOPLE)
def test_who_asks_is_whose_session_it_is(role: Role, gated: Place, browser: SimpleNamespace) -> None:
    token = gated.sessions.begin(PEOPLE[role].name, means=Means.DEMO)
    found = gated.sessions.of(token)
    assert found is not None
    browser.user["session"] = found.id
    assert session.user() == PEOPLE[role]
    gated.sessions.end(found)
    assert session.asking() is None


def test_a_role_is_read_anew_each_time(gated: Place, browser: SimpleNamespace) -> None:
    token = gated.sessions.begin(PEOPLE[Role.PUBLISHER].name, means=Means.DEMO)
    browser.user["session"] = getattr(gated.sessions.of(token), "id", None)
    assert session.user().role is Role.PUBLISHER
    root = User("root", Role.OPERATOR)
    line = {"name": PEOPLE[Role.PUBLISHER].name, "role": Role.LEADER, "organisation": ""}
    add_person(gated.store, **line, active=True, user=root)
    assert session.asking() is None  # whoever was something else has to sign in again


# -- what is told ------------------------------------------------------------------------------------------


def test_what_an_act_said_is_told_once(browser: SimpleNamespace) -> None:
    heard: list[Any] = []
    browser.success, browser.error = heard.append, heard.append
    browser.session_state["told"] = ("success", "已记录。")
    session.told()
    session.told()
    assert heard == ["已记录。"]


def test_an_error_is_shown_as_a_number_and_logged_under_it(
    browser: SimpleNamespace, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    browser.error = heard.append
    before = logging.getLogRecordFactory()
    monkeypatch.setattr(logging, "_logRecordFactory", before)  # and so it is again afterwards
    log.install()
    session.report(ValueError("password=hunter2 in /srv/secret"))
    (said,) = heard
    number = caplog.records[0].getMessage().split()[1]
    assert number in said
    assert "hunter2" not in said and "ValueError" not in said
    assert "hunter2" not in caplog.text and "password=***" in caplog.text
    assert len(caplog.text.splitlines()) == 1


def test_the_same_file_sent_twice_is_told_as_one(tried: Place, browser: SimpleNamespace) -> None:
    raw = "地区,指标,报告期,数值\n成都市,beds-per-1000,2025Q1,7.94\n".encode()
    browser.session_state |= {"role": "statistician", **{f"sign_{signer}": "廖敏" for signer in SIGNERS}}
    for _ in range(2):
        acts.send("q1.csv", raw, words("zh"))
        kind, said = browser.session_state["told"]
        assert kind == "success"
    assert said == f"同一文件已在编号 {answers.submissions()['id'][0]} 中。"


def test_an_uploader_is_a_new_one_after_each_file_sent(browser: SimpleNamespace) -> None:
    first = session.upload_key()
    browser.session_state["uploads"] = 1
    assert session.upload_key() != first
