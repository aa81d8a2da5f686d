"""账号 as a page: who there is, what each act says before it is done, what it does, and a code shown once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.i18n import LANGUAGES, words
from ingest.accounts.accounts import accounts
from ingest.accounts.sessions import Means
from ingest.demo import PEOPLE
from ingest.people import Role
from ingest.terminal import Place
from tests.pages import markup, opened, plain, rows, said, told

IN_BOTH = pytest.mark.parametrize("language", LANGUAGES)
ADMINISTRATOR, SENDER = PEOPLE[Role.ADMINISTRATOR].name, PEOPLE[Role.STATISTICIAN].name
OTHERS = [role for role in PEOPLE if role is not Role.ADMINISTRATOR]


def office(**address: str) -> AppTest:
    return opened("accounts", role=Role.ADMINISTRATOR, **address)


def standing(place: Place, name: str) -> Mapping[str, Any]:
    (row,) = (row for row in accounts(place.store).iter_rows(named=True) if row["name"] == name)
    return row


def invited(page: AppTest, name: str, role: Role, organisation: str = "") -> AppTest:
    page.text_input(key="invite_name").input(name)
    page.selectbox(key="role_of_").select(role.value)
    page.selectbox(key="body_of_").select(organisation)
    return page.button(key="invite").click().run()


def the_code(page: AppTest) -> str:
    (shown,) = page.code
    return shown.value


# -- who there is --------------------------------------------------------------------------------------------


@IN_BOTH
def test_every_account_is_listed_with_its_role_body_and_state(language: str, shown: Place) -> None:
    w = words(language)
    listed = rows(markup(office(lang=language)))
    assert [row[0] for row in listed] == accounts(shown.store)["name"].to_list()
    (mine,) = (row for row in listed if row[0] == SENDER)
    body = shown.store.catalogue().organisations["chengdu-health"].name(language)
    assert mine == [SENDER, w("role.statistician"), body, w("account.state_demo"), w("account.never")]


@pytest.mark.parametrize("role", OTHERS)
def test_nobody_else_reaches_the_page(role: Role, shown: Place) -> None:
    page = opened("accounts", role=role)
    assert not re.search(r'<a href="[^"]*">账号</a>', markup(page))
    assert not {"invite", "put_away"} & {button.key for button in page.button}
    assert "全部账号" not in said(page)


def test_no_page_shows_what_proves_anybody(tried: Place) -> None:
    page = invited(office(), "周敏", Role.REVIEWER)
    hashed = tried.store.ask("credentials", name="周敏")["hash"][0]
    assert len(hashed) > 20
    assert hashed not in markup(page)


# -- inviting ------------------------------------------------------------------------------------------------


@IN_BOTH
def test_an_invitation_shows_its_code_and_how_to_hand_it_over(language: str, tried: Place) -> None:
    page = invited(office(lang=language), "周敏", Role.STATISTICIAN, "chengdu-health")
    w = words(language)
    assert told(page) == [w("account.invited", name="周敏")]
    code = the_code(page)
    assert re.fullmatch(r"[\w-]{12,}", code)
    assert "/password" in said(page)
    assert w("account.code_once") in said(page)
    row = standing(tried, "周敏")
    assert (row["role"], row["organisation"], row["active"], row["state"]) == (
        "statistician",
        "chengdu-health",
        True,
        "code",
    )
    assert code not in tried.store.ask("credentials", name="周敏")["hash"][0]
    assert code not in str(tried.store.ask("ledger", most=1).rows())


def test_a_code_put_away_is_shown_to_nobody_again(tried: Place) -> None:
    page = invited(office(), "周敏", Role.REVIEWER)
    code = the_code(page)
    page.button(key="put_away").click().run()
    assert not page.code
    assert code not in markup(page)
    assert not office().code


def test_the_next_act_puts_a_code_away(tried: Place) -> None:
    page = invited(office(), "周敏", Role.REVIEWER)
    page = invited(page, "周敏", Role.REVIEWER)  # there is one of that name now
    assert not page.code
    assert page.error


@pytest.mark.parametrize(
    ("name", "role", "why"),
    [("周敏", "", "account.needs_role"), ("周敏", Role.STATISTICIAN, "account.needs_organisation")],
)
def test_an_invitation_that_lacks_something_says_what(name: str, role: str, why: str, shown: Place) -> None:
    page = office()
    page.text_input(key="invite_name").input(name)
    if role:
        page.selectbox(key="role_of_").select(role)
    page.button(key="invite").click().run()
    assert [box.value for box in page.error] == [words("zh")(why)]
    assert not page.code


@pytest.mark.parametrize("name", ["", "   ", SENDER])
def test_a_name_that_cannot_be_is_refused(name: str, shown: Place) -> None:
    page = invited(office(), name, Role.REVIEWER)
    assert page.error
    assert not page.code


# -- one account ---------------------------------------------------------------------------------------------


def test_an_account_is_chosen_into_the_address(shown: Place) -> None:
    page = office()
    assert not {"lock", "reset"} & {str(button.key).partition("_")[0] for button in page.button}
    page.selectbox(key="account_").select(SENDER).run()
    assert page.query_params["account"] == SENDER
    assert page.button(key=f"lock_{SENDER}").label == "确认停用"


@IN_BOTH
@pytest.mark.parametrize("act", ["change", "reset", "end", "lock"])
def test_each_act_says_before_it_that_sessions_end_at_once(act: str, language: str, shown: Place) -> None:
    page = office(account=SENDER, lang=language)
    w = words(language)
    assert plain(w(f"account.will_{act}", name=SENDER)) in said(page)
    assert {"zh": "会话将立即结束", "en": "ends at once"}[language] in w(f"account.will_{act}", name=SENDER)
    assert page.button(key=f"{act}_{SENDER}").label == w("account.confirm", act=w(f"account.{act}"))


def test_nobody_handles_their_own_account(shown: Place) -> None:
    page = office(account=ADMINISTRATOR)
    assert ADMINISTRATOR not in page.selectbox(key=f"account_{ADMINISTRATOR}").options
    assert not [button for button in page.button if ADMINISTRATOR in str(button.key)]


def test_locking_keeps_someone_out_and_unlocking_lets_them_in(tried: Place) -> None:
    token = tried.sessions.begin(SENDER, means=Means.PASSWORD)
    assert tried.sessions.of(token)
    page = office(account=SENDER).button(key=f"lock_{SENDER}").click().run()
    assert told(page) == [f"“{SENDER}”已停用,会话已结束。"]
    assert tried.sessions.of(token) is None
    assert standing(tried, SENDER)["active"] is False
    assert "已停用" in said(page)
    page.button(key=f"unlock_{SENDER}").click().run()
    assert standing(tried, SENDER)["active"] is True
    assert tried.sessions.of(token) is None  # what has ended stays so


def test_another_role_ends_the_sessions_of_the_old_one(tried: Place) -> None:
    token = tried.sessions.begin(SENDER, means=Means.PASSWORD)
    page = office(account=SENDER)
    page.selectbox(key=f"role_of_{SENDER}").select("reviewer")
    page.selectbox(key=f"body_of_{SENDER}").select("")
    page.button(key=f"change_{SENDER}").click().run()
    assert told(page) == [f"“{SENDER}”的身份现为“审核人”,原有会话已结束。"]
    assert (standing(tried, SENDER)["role"], standing(tried, SENDER)["organisation"]) == ("reviewer", "")
    assert tried.sessions.of(token) is None


def test_a_statistician_is_not_left_without_a_body(tried: Place) -> None:
    page = office(account=SENDER)
    page.selectbox(key=f"body_of_{SENDER}").select("")
    page.button(key=f"change_{SENDER}").click().run()
    assert [box.value for box in page.error] == [words("zh")("account.needs_organisation")]
    assert standing(tried, SENDER)["organisation"] == "chengdu-health"


def test_a_reset_gives_a_new_code_and_ends_the_sessions(tried: Place) -> None:
    token = tried.sessions.begin(SENDER, means=Means.PASSWORD)
    page = office(account=SENDER).button(key=f"reset_{SENDER}").click().run()
    assert the_code(page)
    assert standing(tried, SENDER)["state"] == "code"
    assert tried.sessions.of(token) is None


def test_sessions_are_ended_and_may_be_begun_again(tried: Place) -> None:
    token = tried.sessions.begin(SENDER, means=Means.PASSWORD)
    page = office(account=SENDER).button(key=f"end_{SENDER}").click().run()
    assert told(page) == [f"“{SENDER}”的所有会话已结束。"]
    assert tried.sessions.of(token) is None
    assert tried.sessions.of(tried.sessions.begin(SENDER, means=Means.PASSWORD))


def test_whoever_lost_the_role_meanwhile_is_told_so(tried: Place) -> None:
    """The page was drawn for an administrator; the act is asked for by someone who no longer is one."""
    before = tried.store.ask("last_entry")["entry"][0]
    page = office(account=SENDER)
    page.session_state["role"] = Role.REVIEWER.value
    page.button(key=f"lock_{SENDER}").click().run()
    assert standing(tried, SENDER)["active"] is True
    assert not tried.store.ask("seals", after=before).filter(outcome="done").height
    assert "全部账号" not in said(page)


def test_a_name_with_markup_is_shown_not_run(tried: Place) -> None:
    evil = "<img src=x onerror=alert(1)>"
    page = invited(office(), evil, Role.REVIEWER)
    assert the_code(page)
    assert evil in said(page)
    assert "<img" not in markup(page)
