"""Signing in: what begins a session, what does not, and what the ledger says of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from ingest.accounts import accounts, codes, passwords, signing_in
from ingest.accounts.sessions import Means, Session
from ingest.accounts.signing_in import NotSignedIn, TooOften, Weak, change_password, redeem, sign_in
from ingest.people import Role, User
from ingest.place import Place
from tests.accounts import OPERATOR, PASSWORD, with_password

ADDRESS = "10.0.0.9"
OTHER = "荷塘月色 forty spoons"


def ledger(place: Place, most: int = 1) -> list[dict[str, Any]]:
    """The last lines with outcome and address, newest first."""
    lines = place.store.ask("seals", after=0).sort("entry", descending=True).head(most)
    return lines.select("actor", "action", "subject", "outcome", "address", "detail").to_dicts()


def session_of(place: Place, token: str) -> Session:
    session = place.sessions.of(token)
    assert session is not None
    return session


def test_a_password_begins_a_session(place: Place, wang: User) -> None:
    session = session_of(place, sign_in(place, name="wang", password=PASSWORD, address=ADDRESS))
    assert (session.user, session.means) == (wang, Means.PASSWORD)
    (line,) = ledger(place)
    assert (line["action"], line["outcome"], line["address"]) == ("sign_in", "done", ADDRESS)


def test_E16_the_session_before_ends(place: Place, wang: User) -> None:
    before = sign_in(place, name="wang", password=PASSWORD, address=ADDRESS)
    after = sign_in(place, name="wang", password=PASSWORD, address=ADDRESS, replaces=session_of(place, before).id)
    assert place.sessions.of(before) is None
    assert session_of(place, after).user == wang


def locked(place: Place) -> str:
    accounts.lock(place.store, name="wang", by=OPERATOR)
    return "wang"


def without_password(place: Place) -> str:
    accounts.invite(place.store, name="sun", role=Role.REVIEWER, organisation="", by=OPERATOR)
    return "sun"


NOT_IN: dict[str, tuple[Callable[[Place], str], str, str, str]] = {
    "wrong password": (lambda _: "wang", "something else", "wang", "wrong_password"),
    "unknown name": (lambda _: "hunter2 my password", PASSWORD, "unknown", "unknown_name"),
    "locked": (locked, PASSWORD, "wang", "locked"),
    "no password yet": (without_password, PASSWORD, "sun", "no_password"),
    "a name of two lines": (lambda _: "wang\r\nsign_in done", PASSWORD, "unknown", "unknown_name"),
    "half a letter": (lambda _: "wang\ud83e", PASSWORD, "unknown", "unknown_name"),
    "a NUL": (lambda _: "wang\0", PASSWORD, "unknown", "unknown_name"),
    "a name of a megabyte": (lambda _: "w" * 1_000_000, PASSWORD, "unknown", "unknown_name"),
    "a password of 10 MB": (lambda _: "wang", "x" * 10_000_000, "wang", "wrong_password"),
}


@pytest.mark.usefixtures("wang")
@pytest.mark.parametrize("why", NOT_IN)
def test_E15_nobody_is_signed_in_and_the_words_are_always_the_same(place: Place, why: str) -> None:
    prepare, password, told, reason = NOT_IN[why]
    name = prepare(place)
    before = place.store.ask("seals", after=0).height
    with pytest.raises(NotSignedIn) as refused:
        sign_in(place, name=name, password=password, address=ADDRESS)
    assert (refused.value.zh, refused.value.en) == (NotSignedIn.zh, NotSignedIn.en)
    (line,) = ledger(place)
    assert (line["actor"], line["subject"], line["outcome"], line["address"]) == (told, told, "refused", ADDRESS)
    assert reason in line["detail"]
    assert place.store.ask("seals", after=0).height == before + 1


def test_E20_what_was_typed_as_a_name_is_nowhere(place: Place, wang: User) -> None:
    with pytest.raises(NotSignedIn):
        sign_in(place, name=PASSWORD, password="wang", address=ADDRESS)
    assert PASSWORD not in str(place.store.ask("seals", after=0).to_dicts())


@pytest.mark.parametrize("name", ["wang", "nobody at all"])
def test_E15_a_known_and_an_unknown_name_are_braked_alike(
    place: Place, wang: User, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            sign_in(place, name=name, password="wrong", address=ADDRESS)
    entries = place.store.ask("seals", after=0).height
    monkeypatch.setattr(passwords, "_HASHER", None)  # nothing is hashed any more
    for _ in range(95):
        with pytest.raises(TooOften, match="try again in 1 minute") as often:
            sign_in(place, name=name, password=PASSWORD, address=ADDRESS)
        assert 0 < often.value.seconds <= 60
        assert "1 分钟后" in often.value.zh
    assert place.store.ask("seals", after=0).height == entries + 1  # only the first of a block
    assert "too_often" in ledger(place)[0]["detail"]
    monkeypatch.undo()
    if name == "wang":  # from elsewhere its owner still gets in
        assert sign_in(place, name=name, password=PASSWORD, address="10.0.0.2")


def test_a_hash_of_less_work_is_made_anew(place: Place, wang: User, monkeypatch: pytest.MonkeyPatch) -> None:
    before = place.store.ask("credentials", name="wang")["hash"].item()
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=2, memory_cost=2048, parallelism=1))
    token = sign_in(place, name="wang", password=PASSWORD, address=ADDRESS)
    after = place.store.ask("credentials", name="wang")["hash"].item()
    assert after != before
    assert session_of(place, token).user == wang
    assert [line["action"] for line in ledger(place, 2)] == ["sign_in", "rehash"]
    assert sign_in(place, name="wang", password=PASSWORD, address=ADDRESS)
    assert place.store.ask("credentials", name="wang")["hash"].item() == after


def test_a_password_changed_while_the_old_one_was_compared_begins_nothing(
    place: Place, wang: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, made = place.sessions.begin, []

    def late(*args: Any, **kwargs: Any) -> str:
        accounts.reset(place.store, name="wang", by=OPERATOR)
        made.append(begin(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(place.sessions, "begin", late)
    with pytest.raises(NotSignedIn):
        sign_in(place, name="wang", password=PASSWORD, address=ADDRESS)
    assert [place.sessions.of(token) for token in made] == [None]


# -- one-time codes ----------------------------------------------------------------------------------------


@pytest.fixture
def code(place: Place, chen: User) -> str:
    return accounts.invite(place.store, name="li", role=Role.REVIEWER, organisation="", by=chen)


def test_a_code_becomes_a_password_once(place: Place, code: str) -> None:
    token = redeem(place, name="li", code=code.lower(), password=OTHER, address=ADDRESS)
    assert session_of(place, token).user == User("li", Role.REVIEWER)
    assert [line["action"] for line in ledger(place, 2)] == ["sign_in", "redeem"]
    with pytest.raises(NotSignedIn):
        redeem(place, name="li", code=code, password=PASSWORD, address=ADDRESS)
    assert "no_code" in ledger(place)[0]["detail"]
    assert sign_in(place, name="li", password=OTHER, address=ADDRESS)
    everything = str(
        place.store.ask("credentials", name=None).to_dicts() + place.store.ask("seals", after=0).to_dicts()
    )
    assert code not in everything
    assert OTHER not in everything


def test_a_weak_password_leaves_the_code_as_it_is(place: Place, code: str) -> None:
    with pytest.raises(Weak):
        redeem(place, name="li", code=code, password="123456789012", address=ADDRESS)
    assert redeem(place, name="li", code=code, password=OTHER, address=ADDRESS)


def test_a_weak_password_tells_nobody_that_a_code_is_wrong(place: Place, code: str) -> None:
    with pytest.raises(NotSignedIn):
        redeem(place, name="li", code=codes.made(), password="short", address=ADDRESS)


def test_a_code_holds_for_three_days(place: Place, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(hours=72, seconds=1)

    monkeypatch.setattr(signing_in, "datetime", Later)
    with pytest.raises(NotSignedIn):
        redeem(place, name="li", code=code, password=OTHER, address=ADDRESS)
    assert "code_expired" in ledger(place)[0]["detail"]
    monkeypatch.undo()
    until = place.store.ask("credentials", name="li")["expires_at"].item()
    assert timedelta(hours=71) < until - datetime.now(UTC).replace(tzinfo=None) <= timedelta(hours=72)


@pytest.mark.parametrize("name", ["li", "nobody", "chen"])
def test_codes_are_not_guessed_forever(place: Place, code: str, name: str) -> None:
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            redeem(place, name=name, code=codes.made(), password=OTHER, address=ADDRESS)
    with pytest.raises(TooOften):
        redeem(place, name=name, code=code, password=OTHER, address=ADDRESS)


def test_an_older_code_is_over_once_there_is_another(place: Place, chen: User, code: str) -> None:
    newer = accounts.reset(place.store, name="li", by=chen)
    with pytest.raises(NotSignedIn):
        redeem(place, name="li", code=code, password=OTHER, address=ADDRESS)
    assert redeem(place, name="li", code=newer, password=OTHER, address=ADDRESS)


def test_of_two_who_redeem_at_once_one_does(place: Place, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first: list[str] = []
    compare = passwords.demand_strong

    def meanwhile(password: str, *, name: str) -> None:
        compare(password, name=name)
        if not first:
            first.append("")
            first[0] = redeem(place, name="li", code=code, password=OTHER, address="10.0.0.3")

    monkeypatch.setattr(passwords, "demand_strong", meanwhile)
    with pytest.raises(NotSignedIn):
        redeem(place, name="li", code=code, password=PASSWORD, address=ADDRESS)
    assert session_of(place, first[0]).user.name == "li"
    assert sign_in(place, name="li", password=OTHER, address=ADDRESS)


# -- one's own password ------------------------------------------------------------------------------------


def test_E05_a_new_password_ends_every_other_session(place: Place, wang: User) -> None:
    tokens = [sign_in(place, name="wang", password=PASSWORD, address=ADDRESS) for _ in range(3)]
    mine = session_of(place, tokens[0])
    new = change_password(place, mine, old=PASSWORD, new=OTHER, address=ADDRESS)
    assert [place.sessions.of(token) for token in tokens] == [None, None, None]
    assert session_of(place, new).user == wang
    with pytest.raises(NotSignedIn):
        sign_in(place, name="wang", password=PASSWORD, address=ADDRESS)
    assert sign_in(place, name="wang", password=OTHER, address=ADDRESS)


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("wrong", OTHER, NotSignedIn),
        (PASSWORD, PASSWORD, Weak),
        (PASSWORD, "123456789012", Weak),
        (PASSWORD, "short", Weak),
    ],
)
def test_a_password_that_is_not_changed_changes_nothing(
    place: Place, wang: User, old: str, new: str, error: type[Exception]
) -> None:
    token = sign_in(place, name="wang", password=PASSWORD, address=ADDRESS)
    with pytest.raises(error):
        change_password(place, session_of(place, token), old=old, new=new, address=ADDRESS)
    assert session_of(place, token).user == wang
    assert sign_in(place, name="wang", password=PASSWORD, address=ADDRESS)


def test_a_session_does_not_help_to_guess_the_password(place: Place, wang: User) -> None:
    session = session_of(place, sign_in(place, name="wang", password=PASSWORD, address=ADDRESS))
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            change_password(place, session, old="wrong", new=OTHER, address=ADDRESS)
    with pytest.raises(TooOften):
        change_password(place, session, old=PASSWORD, new=OTHER, address=ADDRESS)


def test_whoever_comes_from_elsewhere_has_no_password_to_change(place: Place, chen: User) -> None:
    boss = with_password(place, "boss", Role.LEADER)
    accounts.reset(place.store, name="boss", by=chen)
    token = place.sessions.begin(boss.name, means=Means.OIDC, address=ADDRESS)
    with pytest.raises(NotSignedIn):
        change_password(place, session_of(place, token), old=PASSWORD, new=OTHER, address=ADDRESS)
