"""`--as` proves itself: as before while nobody can, then by a password, by a token, or not at all."""

from __future__ import annotations

import json
import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indicators.store import Store
from ingest import owner, terminal
from ingest.accounts import codes
from ingest.accounts import proof as module
from ingest.accounts.accounts import accounts, lock, reset
from ingest.accounts.proof import Proof, forget, keep, kept, proved
from ingest.accounts.sessions import Means
from ingest.accounts.signing_in import NotSignedIn
from ingest.importing import initialise
from ingest.people import Role, User
from ingest.place import Place, Reply
from ingest.settings import Home, Settings
from ingest.terminal import answer
from tests.accounts import OPERATOR, PASSWORD, on_record, with_password

OTHER = "荷塘月色 forty spoons"


def said(reply: Reply, code: int = 1) -> str:
    assert reply.code == code, reply
    assert reply.data["error"]["zh"]
    return str(reply.data["error"]["en"])


def done(reply: Reply) -> Any:
    assert reply.code == 0, reply
    json.dumps(reply.data)
    return reply.data


def last(place: Place) -> dict[str, Any]:
    return place.store.ask("seals", after=0).tail(1).row(0, named=True)


def release(place: Place, name: str, proof: Proof | None = None) -> Reply:
    """Something that asks who acts."""
    return answer(place, "release", {"user": name}, proof)


def login(place: Place, name: str) -> Proof:
    return Proof(token=done(answer(place, "login", {"name": name}, Proof(secret=PASSWORD)))["token"])


# -- before anybody has an account -------------------------------------------------------------------------


def test_while_nobody_is_on_record_any_name_acts(place: Place) -> None:
    assert "nothing is approved" in said(release(place, "anyone"))


def test_while_nobody_has_an_account_a_name_on_record_acts(place: Place) -> None:
    on_record(place.store, "zhao", Role.PUBLISHER)
    assert "nothing is approved" in said(release(place, "zhao"))
    assert "no user “anyone”" in said(release(place, "anyone"))


def test_the_demonstration_asks_for_no_proof(settings: Settings) -> None:
    store = Store(":memory:", kind="demo")
    initialise(store)
    place = Place(store, settings, settings.at(demo=True))
    on_record(store, "zhao", Role.PUBLISHER)
    place.sessions.begin("zhao", means=Means.DEMO)
    assert "nothing is approved" in said(release(place, "zhao"))
    store.close()


def test_a_sign_in_from_elsewhere_is_an_account_too(place: Place) -> None:
    on_record(place.store, "zhao", Role.PUBLISHER)
    place.sessions.begin("zhao", means=Means.OIDC)
    assert "prove that you are “zhao”" in said(release(place, "zhao"))


# -- the first administrator -------------------------------------------------------------------------------


def test_the_first_administrator_needs_no_proof_and_the_second_does(place: Place) -> None:
    first = done(answer(place, "user", {"verb": "add", "name": "chen", "role": "administrator"}))
    assert (first["state"], first["hours"]) == ("code", 72)
    assert last(place)["actor"] == "terminal"
    assert "say who acts" in said(answer(place, "user", {"verb": "add", "name": "x", "role": "administrator"}))
    assert "prove" in said(answer(place, "user", {"verb": "add", "name": "x", "role": "leader", "user": "chen"}))
    done(answer(place, "password", {"name": "chen"}, Proof(secret=first["code"], new=PASSWORD)))
    added = {"verb": "add", "name": "x", "role": "administrator", "user": "chen"}
    assert done(answer(place, "user", added, Proof(secret=PASSWORD)))["code"]
    assert last(place)["actor"] == "chen"


def test_an_administrator_whose_code_ran_out_is_given_another(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    done(answer(place, "user", {"verb": "add", "name": "chen", "role": "administrator"}))
    assert "say who acts" in said(answer(place, "user", {"verb": "reset", "name": "chen"}))
    monkeypatch.setattr(codes, "HOLDS", -codes.HOLDS)
    first = place.store.ask("people").height
    reset(place.store, name="chen", by=OPERATOR)
    monkeypatch.undo()
    assert accounts(place.store)["state"].to_list() == ["code_expired"]
    assert "say who acts" in said(answer(place, "user", {"verb": "add", "name": "x", "role": "reviewer"}))
    assert done(answer(place, "user", {"verb": "reset", "name": "chen"}))["state"] == "code"
    assert place.store.ask("people").height == first


def test_people_from_before_accounts_are_given_codes(place: Place) -> None:
    on_record(place.store, "chen", Role.ADMINISTRATOR)
    on_record(place.store, "li", Role.REVIEWER)
    assert "say who acts" in said(answer(place, "user", {"verb": "reset", "name": "li"}))
    code = done(answer(place, "user", {"verb": "reset", "name": "chen"}))["code"]
    done(answer(place, "password", {"name": "chen"}, Proof(secret=code, new=PASSWORD)))
    assert done(answer(place, "user", {"verb": "reset", "name": "li", "user": "chen"}, login(place, "chen")))["code"]


# -- accounts at the terminal ------------------------------------------------------------------------------


def test_accounts_come_change_and_go(place: Place, chen: User) -> None:
    mine = login(place, "chen")

    def user(verb: str, **given: Any) -> Reply:
        return answer(place, "user", {"verb": verb, "user": "chen", **given}, mine)

    added = done(user("add", name="wang", organisation="chengdu-health"))
    assert (added["role"], added["state"]) == ("statistician", "code")
    assert "account “wang” already" in said(user("add", name="wang", organisation="chengdu-health"))
    assert done(user("role", name="wang", role="reviewer"))["organisation"] == "chengdu-health"
    assert done(user("role", name="wang", organisation=""))["organisation"] == ""
    assert done(user("lock", name="wang"))["active"] is False
    assert "code" not in done(user("unlock", name="wang"))
    assert done(user("reset", name="wang"))["code"] != added["code"]
    assert [row["name"] for row in done(user("list"))] == ["chen", "wang"]
    assert "code" not in done(user("list"))[1]
    for verb in ("role", "lock", "unlock", "reset"):
        assert "there is no user “zhou”" in said(user(verb, name="zhou"))
        assert "own account" in said(user(verb, name="chen", role="auditor"))
    assert "whose account" in said(user("lock"))


def test_E03_a_refusal_at_the_terminal_is_one_line_of_the_ledger(place: Place, chen: User, wang: User) -> None:
    mine = login(place, "wang")
    before = place.store.ask("seals", after=0).height
    given = {"verb": "lock", "name": "chen", "user": "wang"}
    assert "may not administer" in said(answer(place, "user", given, mine))
    line = last(place)
    assert (line["actor"], line["action"], line["subject"], line["outcome"]) == ("wang", "user", "chen", "refused")
    assert place.store.ask("seals", after=0).height == before + 1
    assert "may not release" in said(release(place, "wang", mine))
    assert (last(place)["action"], last(place)["outcome"]) == ("release", "refused")


# -- proof -------------------------------------------------------------------------------------------------


def test_without_proof_nothing_is_done(place: Place, chen: User, wang: User) -> None:
    before = place.store.ask("seals", after=0).height
    for name in ("wang", "chen", "nobody"):
        reply = release(place, name)
        assert f"run zhibiao login --as {name}" in said(reply)
        assert reply.data["prove"] == {"store": place.store.id, "name": name}
    assert place.store.ask("seals", after=0).height == before


def test_a_password_proves_one_act(place: Place, wang: User) -> None:
    assert "may not release" in said(release(place, "wang", Proof(secret=PASSWORD)))
    actions = place.store.ask("seals", after=0).tail(2)
    assert actions.select("action", "outcome").rows() == [("prove", "done"), ("release", "refused")]
    assert "The name, the password" in said(release(place, "wang", Proof(secret="wrong")))
    assert (last(place)["action"], last(place)["outcome"]) == ("prove", "refused")
    assert "prove" in said(release(place, "wang"))


def test_a_token_proves_until_it_ends(place: Place, chen: User, wang: User) -> None:
    mine = login(place, "wang")
    assert "may not release" in said(release(place, "wang", mine))
    assert "signed out" in said(release(place, "chen", mine))  # somebody else's
    done(answer(place, "logout", {"name": "wang"}, mine))
    assert "signed out" in said(release(place, "wang", mine))
    mine = login(place, "wang")
    lock(place.store, name="wang", by=chen)
    assert "signed out" in said(release(place, "wang", mine))


def test_a_browsers_session_proves_nothing_here(place: Place, wang: User) -> None:
    browser = place.sessions.begin("wang", means=Means.PASSWORD)
    assert "signed out" in said(release(place, "wang", Proof(token=browser)))


def test_guessing_at_the_terminal_is_braked_too(place: Place, wang: User) -> None:
    for _ in range(5):
        assert "The name, the password" in said(answer(place, "login", {"name": "wang"}, Proof(secret="wrong")))
    assert "Too many failures" in said(answer(place, "login", {"name": "wang"}, Proof(secret=PASSWORD)))
    assert "Too many failures" in said(release(place, "wang", Proof(secret=PASSWORD)))


def test_ones_own_password(place: Place, wang: User) -> None:
    before = login(place, "wang")
    new = {"name": "wang"}
    assert "easily guessed" in said(answer(place, "password", new, Proof(secret=PASSWORD, new="123456789012")))
    told = done(answer(place, "password", new, Proof(secret=PASSWORD, new=OTHER)))
    assert "signed out" in said(release(place, "wang", before))
    assert "may not release" in said(release(place, "wang", Proof(token=told["token"])))
    assert NotSignedIn.en in said(answer(place, "login", new, Proof(secret=PASSWORD)))
    assert NotSignedIn.en in said(answer(place, "password", {"name": "nobody"}, Proof(secret=PASSWORD, new=OTHER)))


# -- the socket --------------------------------------------------------------------------------------------


@pytest.fixture
def server(home: Home, settings: Settings) -> Iterator[Place]:
    with owner.opened(home) as store:
        initialise(store)
        place = Place(store, settings, home)
        with owner.listening(place):
            yield place


def test_the_proof_travels_inside_the_request(server: Place, settings: Settings) -> None:
    with_password(server, "wang", Role.STATISTICIAN, "chengdu-health")
    ask = lambda verb, given, proof=None: owner.ask(server.home, settings, verb, given, proof)  # noqa: E731
    assert "prove" in said(ask("release", {"user": "wang"}))
    token = done(ask("login", {"name": "wang"}, Proof(secret=PASSWORD)))["token"]
    assert "may not release" in said(ask("release", {"user": "wang"}, Proof(token=token)))
    assert (last(server)["actor"], last(server)["outcome"]) == ("wang", "refused")


def test_the_ledger_names_who_asked_and_not_who_serves(
    server: Place, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert owner.ask(server.home, settings, "user", {"verb": "add", "name": "chen", "role": "administrator"}).code == 0
    assert last(server)["system_user"] == pwd.getpwuid(os.geteuid()).pw_name
    monkeypatch.setattr(owner, "_peer", lambda _: 0)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert "say who acts" in said(owner.ask(server.home, settings, "user", {"verb": "list"}))
    assert (last(server)["outcome"], last(server)["system_user"]) == ("refused", "root")


def test_a_stranger_at_the_socket_is_not_heard(
    server: Place, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = server.store.ask("seals", after=0).height
    monkeypatch.setattr(owner, "_peer", lambda _: os.geteuid() + 1)
    monkeypatch.setattr(owner, "opened", lambda home: pytest.fail("not through the server"))
    with pytest.raises(pytest.fail.Exception):
        owner.ask(server.home, settings, "user", {"verb": "add", "name": "chen", "role": "administrator"})
    assert server.store.ask("seals", after=0).height == before


def test_a_request_that_fails_logs_no_secret(
    server: Place, settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(place: Place, given: object, proof: Proof) -> Reply:
        raise RuntimeError(f"what came was {proof!r}")

    monkeypatch.setattr(terminal.verbs, "PROVING", {"login": broken})
    assert owner.ask(server.home, settings, "login", {"name": "wang"}, Proof(secret=PASSWORD)).code == 2
    assert "what came was" in caplog.text
    assert PASSWORD not in caplog.text


# -- what is kept, and asked of a person -------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "zhibiao"


def test_a_token_is_kept_for_its_owner_alone(folder: Path) -> None:
    file = keep("ab12", "wang", "t1")
    keep("ab12", "李", "t2")
    keep("cd34", "wang", "t3")
    assert (kept("ab12", "wang"), kept("ab12", "李"), kept("cd34", "wang"), kept("cd34", "李")) == (
        "t1",
        "t2",
        "t3",
        "",
    )
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    forget("ab12", "wang")
    assert (kept("ab12", "wang"), kept("ab12", "李")) == ("", "t2")
    assert {path.name for path in folder.iterdir()} == {"ab12.json", "cd34.json"}


def test_a_token_that_others_could_read_is_not_used(folder: Path) -> None:
    file = keep("ab12", "wang", "t1")
    file.chmod(0o640)
    with pytest.raises(OSError, match="open to others"):
        kept("ab12", "wang")
    file.unlink()
    file.symlink_to(folder / "elsewhere")
    with pytest.raises(OSError):
        kept("ab12", "wang")


def test_a_file_that_is_none_of_ours_holds_no_token(folder: Path) -> None:
    keep("ab12", "wang", "t1").write_text("{", encoding="utf-8")
    assert kept("ab12", "wang") == ""


WANTED = Reply.refused("证明", "prove", prove={"store": "ab12", "name": "wang"})


@pytest.mark.parametrize(
    ("token", "terminal", "good", "asked"),
    [
        ("", False, "", []),
        ("", True, "typed", ["typed"]),
        ("t1", False, "t1", ["t1"]),
        ("t1", True, "t1", ["t1"]),
        ("t1", True, "typed", ["t1", "typed"]),
        ("t1", False, "typed", ["t1"]),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_kept_token_is_tried_before_somebody_is_asked(
    monkeypatch: pytest.MonkeyPatch, token: str, terminal: bool, good: str, asked: list[str]
) -> None:
    if token:
        keep("ab12", "wang", token)
    monkeypatch.setattr(module, "prompted", lambda: terminal)
    monkeypatch.setattr("getpass.getpass", lambda prompt: "typed")
    tried: list[str] = []

    def again(proof: Proof) -> Reply:
        tried.append(proof.token or proof.secret)
        return Reply(0, {"ok": True}) if good in (proof.token, proof.secret) else WANTED

    reply = proved(WANTED, again)
    assert tried == asked
    assert reply.code == (0 if good in asked else 1)
    assert "prove" not in reply.data
    plain = Reply(0, [1])
    assert proved(plain, again) is plain


def test_no_secret_is_asked_where_nobody_can_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "prompted", lambda: False)
    with pytest.raises(OSError, match="only typed at a terminal"):
        module.typed("Password: ")


def test_a_new_password_is_typed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "prompted", lambda: True)
    typed = iter(["one", "one", "one", "two"])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert module.new_password() == "one"
    with pytest.raises(OSError, match="the two differ"):
        module.new_password()


def test_a_proof_is_never_printed() -> None:
    assert "hunter2" not in f"{Proof('hunter2', 'hunter2', 'hunter2')!r} {Proof('hunter2')}"
