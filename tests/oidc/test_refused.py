"""E26: whatever is wrong with what a provider says, there is no session, and a plain word on why."""

from __future__ import annotations

import html
import json
import logging
import threading
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import OctKey, RSAKey

from dashboard.i18n import words
from dashboard.oidc import client, journeys
from dashboard.oidc.journeys import Journeys
from ingest.accounts.admission import Refusal
from tests.oidc.conftest import Serve
from tests.oidc.liar import Liar, Said
from tests.oidc.servers import SECRET, Ours, bound
from tests.oidc.test_signing_in import signed_in, there


def turned_away(here: Ours, answer: httpx2.Response, refusal: Refusal, what: str = "") -> None:
    """There is no session; page and ledger say why, in a word of ours."""
    assert here.session_in(answer) is None
    assert here.lines("sign_in") == []
    assert answer.status_code in (400, 403, 503)
    page = html.unescape(answer.text)
    for language in ("zh", "en"):
        assert words(language)(f"oidc.{refusal.value}", what=what) in page
    assert 'href="/login"' in answer.text
    assert answer.headers["cache-control"] == "no-store"
    if refusal is Refusal.STALE:  # which anybody may bring about
        assert here.lines("sign_in_refused") == []
        return
    (line,) = here.lines("sign_in_refused")
    assert (line["actor"], line["outcome"], line["address"]) == ("oidc", "refused", "127.0.0.1")
    detail = json.loads(str(line["detail"]))
    assert (detail["means"], detail["reason"], detail.get("what", "")) == ("oidc", refusal.value, what)
    assert httpx2.get(f"{here.address}/healthz", trust_env=False).text == "open"


def with_(**changes: object) -> Callable[[Said], Said]:
    return lambda said: said | changes


def without(name: str) -> Callable[[Said], Said]:
    return lambda said: {key: value for key, value in said.items() if key != name}


def at(name: str, seconds: int) -> Callable[[Said], Said]:
    """A claim of time, so far from now."""
    return lambda said: said | {name: int(time.time()) + seconds}


# -- the id_token ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "what"),
    [
        pytest.param(with_(nonce="of-another-journey"), "nonce", id="wrong-nonce"),
        pytest.param(without("nonce"), "nonce", id="no-nonce"),
        pytest.param(with_(nonce=None), "nonce", id="null-nonce"),
        pytest.param(at("exp", -600), "exp", id="expired"),
        pytest.param(at("exp", -31), "exp", id="expired-beyond-the-leeway"),
        pytest.param(without("exp"), "exp", id="never-expires"),
        pytest.param(with_(exp="tomorrow"), "exp", id="expires-in-words"),
        pytest.param(at("iat", 600), "iat", id="made-in-the-future"),
        pytest.param(at("nbf", 600), "nbf", id="not-yet"),
        pytest.param(with_(aud="another-client"), "aud", id="other-audience"),
        pytest.param(with_(aud=[]), "aud", id="no-audience"),
        pytest.param(without("aud"), "aud", id="audience-unsaid"),
        pytest.param(with_(aud=["zhibiao", "another-client"], azp="zhibiao"), "aud", id="two-audiences"),
        pytest.param(with_(azp="another-client"), "azp", id="other-party"),
        pytest.param(with_(iss="https://other.example"), "iss", id="other-issuer"),
        pytest.param(without("iss"), "iss", id="no-issuer"),
        pytest.param(without("sub"), "sub", id="no-sub"),
        pytest.param(with_(sub=""), "sub", id="empty-sub"),
        pytest.param(with_(sub=["a1b2"]), "sub", id="sub-no-text"),
        pytest.param(with_(sub="a1\r\nb2"), "sub", id="sub-of-two-lines"),
        pytest.param(with_(sub="a" * 256), "sub", id="sub-too-long"),
        pytest.param(with_(at_hash="AAAAAAAAAAAAAAAAAAAAAA"), "at_hash", id="of-another-access-token"),
    ],
)
def test_e26_a_token_that_does_not_hold(
    visitor: httpx2.Client, here: Ours, liar: Liar, claims: Callable[[Said], Said], what: str
) -> None:
    liar.claims = claims
    turned_away(here, signed_in(visitor, here), Refusal.UNPROVEN, what)


@pytest.mark.parametrize("aud", ["zhibiao", ["zhibiao"]])
@pytest.mark.parametrize("late", [0, -20])
def test_e26_what_holds_is_let_in(visitor: httpx2.Client, here: Ours, liar: Liar, aud: object, late: int) -> None:
    liar.claims = lambda said: at("exp", late + 5)(said | {"aud": aud, "azp": "zhibiao"})
    assert here.session_in(signed_in(visitor, here)) is not None


def test_e26_signed_with_another_key(visitor: httpx2.Client, here: Ours, liar: Liar, other_key: RSAKey) -> None:
    liar.signed_by = other_key
    turned_away(here, signed_in(visitor, here), Refusal.UNPROVEN, "signature")


def test_e26_signed_with_a_key_nobody_published(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    liar.signed_by = RSAKey.generate_key(2048, {"kid": "unheard-of"})
    turned_away(here, signed_in(visitor, here), Refusal.UNPROVEN, "signature")
    assert liar.asked.count("/keys") == 2  # once more, for keys do change


def test_e26_not_signed_at_all(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    liar.algorithm = "none"
    turned_away(here, signed_in(visitor, here), Refusal.UNPROVEN, "signature")


def test_e26_signed_with_what_the_client_knows_too(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    liar.algorithm = "HS256"
    liar.signed_by = OctKey.import_key(SECRET, {"kid": "first"})
    turned_away(here, signed_in(visitor, here), Refusal.UNPROVEN, "signature")


def test_e26_no_token_at_all(visitor: httpx2.Client, here: Ours, liar: Liar, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(liar, "_signed", lambda _: None)
    turned_away(here, signed_in(visitor, here), Refusal.UNPROVEN, "id_token")


def test_e26_userinfo_of_someone_else(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    liar.userinfo = liar.person | {"sub": "c3d4"}
    turned_away(here, signed_in(visitor, here), Refusal.UNPROVEN, "userinfo")


@pytest.mark.parametrize(
    ("claims", "what"),
    [
        pytest.param(at("auth_time", -700), "auth_time", id="proved-too-long-ago"),
        pytest.param(without("auth_time"), "auth_time", id="proved-who-knows-when"),
        pytest.param(with_(acr="weak"), "acr", id="proved-too-weakly"),
        pytest.param(without("acr"), "acr", id="proved-who-knows-how"),
    ],
)
def test_e26_not_proven_as_we_ask(
    visitor: httpx2.Client, serve: Serve, liar: Liar, claims: Callable[[Said], Said], what: str
) -> None:
    with serve(liar.address, max_age=600, acr=("strong",)) as here:
        liar.claims = lambda said: claims(said | {"acr": "strong"})
        turned_away(here, signed_in(visitor, here), Refusal.UNPROVEN, what)


def test_e26_proven_as_we_ask(visitor: httpx2.Client, serve: Serve, liar: Liar) -> None:
    with serve(liar.address, max_age=600, acr=("strong",)) as here:
        liar.claims = with_(acr="strong")
        assert here.session_in(signed_in(visitor, here)) is not None


# -- the journey -------------------------------------------------------------------------------------------------


def test_e26_wrong_state(visitor: httpx2.Client, here: Ours) -> None:
    back = there(visitor, here).headers["location"]
    state = parse_qs(urlsplit(back).query)["state"][0]
    turned_away(here, visitor.get(back.replace(state, "A" * 43)), Refusal.STALE)


def test_e26_no_state(visitor: httpx2.Client, here: Ours) -> None:
    turned_away(here, visitor.get(f"{here.address}/login/oidc/callback"), Refusal.STALE)


def test_e26_in_another_browser(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    """Whoever is led to the end of somebody else's journey is not signed in as them."""
    back = there(visitor, here).headers["location"]
    visitor.cookies.clear()
    visitor.get(f"{here.address}/login/oidc")  # with a journey of its own
    turned_away(here, visitor.get(back), Refusal.STALE)
    assert "/token" not in liar.asked


def test_e26_twice(visitor: httpx2.Client, here: Ours) -> None:
    back = there(visitor, here)
    cookie = {"Cookie": f"zhibiao-oidc={visitor.cookies['zhibiao-oidc']}"}
    first, second = (httpx2.get(back.headers["location"], headers=cookie, trust_env=False) for _ in range(2))
    assert here.session_in(first) is not None
    assert here.session_in(second) is None
    assert words("zh")("oidc.stale") in second.text


def test_e26_a_journey_of_too_long() -> None:
    now = 0.0
    begun = Journeys(now=lambda: now)
    first, second = begun.begin("/"), begun.begin("/")
    now = float(journeys.SECONDS)
    assert begun.end(first.state, first.browser) == first
    now += 1
    assert begun.end(second.state, second.browser) is None


def test_e26_journeys_do_not_fill_the_memory() -> None:
    begun = Journeys(most=3)
    made = [begun.begin("/") for _ in range(5)]
    assert len(begun) == 3
    assert [begun.end(one.state, one.browser) for one in made] == [None, None, *made[2:]]
    assert len(begun) == 0


def test_e26_what_is_secret_is_not_in_its_repr() -> None:
    journey = Journeys().begin("/plan")
    assert "/plan" in repr(journey)
    assert not any(secret in repr(journey) for secret in (journey.state, journey.nonce, journey.verifier))


@pytest.mark.parametrize(
    ("promised", "said"), [(True, None), (True, "https://other.example"), (False, "https://other.example")]
)
def test_e26_an_answer_from_another_provider(
    visitor: httpx2.Client, here: Ours, liar: Liar, promised: bool, said: str | None
) -> None:
    liar.metadata = with_(authorization_response_iss_parameter_supported=promised)
    liar.answer = lambda answer: answer | ({"iss": said} if said else {})
    turned_away(here, signed_in(visitor, here), Refusal.UNPROVEN, "iss")
    assert "/token" not in liar.asked


def test_e26_an_answer_that_names_our_provider(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    liar.metadata = with_(authorization_response_iss_parameter_supported=True)
    liar.answer = with_(iss=liar.address)
    assert here.session_in(signed_in(visitor, here)) is not None


@pytest.mark.parametrize("error", ["access_denied", "<script>alert(1)</script>"])
def test_e26_the_provider_says_no(visitor: httpx2.Client, here: Ours, liar: Liar, error: str) -> None:
    liar.answer = lambda answer: {"error": error, "error_description": "<b>go away</b>", "state": answer["state"]}
    answer = signed_in(visitor, here)
    turned_away(here, answer, Refusal.DENIED, error if error == "access_denied" else "")
    assert "alert(1)" not in answer.text
    assert "go away" not in answer.text


def test_e26_a_code_that_the_provider_does_not_take(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    liar.answer = with_(code="made-up")
    answer = signed_in(visitor, here)
    turned_away(here, answer, Refusal.UNPROVEN, "code")
    assert "<b>no" not in answer.text


# -- the provider is not there -----------------------------------------------------------------------------------


def test_e26_the_provider_is_down(visitor: httpx2.Client, serve: Serve) -> None:
    on, address = bound()
    on.close()
    with serve(address) as here:
        turned_away(here, visitor.get(f"{here.address}/login/oidc"), Refusal.DOWN, "metadata")


def test_e26_the_provider_goes_down_on_the_way(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    back = there(visitor, here).headers["location"]
    liar.slow = 1.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "_SECONDS", 0.2)
        turned_away(here, visitor.get(back), Refusal.DOWN, "token")


def test_e26_everything_else_goes_on_while_the_provider_is_slow(
    visitor: httpx2.Client, here: Ours, liar: Liar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_SECONDS", 1.0)
    liar.slow = 3.0
    answers: list[httpx2.Response] = []
    waiting = threading.Thread(target=lambda: answers.append(visitor.get(f"{here.address}/login/oidc")))
    waiting.start()
    while not liar.asked:
        time.sleep(0.01)
    assert httpx2.get(f"{here.address}/healthz", trust_env=False).text == "open"
    assert waiting.is_alive()
    waiting.join(timeout=10)
    turned_away(here, answers[0], Refusal.DOWN, "metadata")


def test_e26_the_provider_is_out_of_order_and_comes_back(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    liar.broken = True
    turned_away(here, visitor.get(f"{here.address}/login/oidc"), Refusal.DOWN, "metadata")
    liar.broken = False
    assert here.session_in(signed_in(visitor, here)) is not None


@pytest.mark.parametrize(
    ("metadata", "what"),
    [
        pytest.param(with_(issuer="https://other.example"), "issuer", id="of-another-issuer"),
        pytest.param(with_(token_endpoint="http://id.example/token"), "metadata", id="secrets-in-the-open"),
        pytest.param(with_(jwks_uri="file:///etc/passwd"), "metadata", id="keys-from-a-file"),
        pytest.param(without("authorization_endpoint"), "metadata", id="incomplete"),
    ],
)
def test_e26_no_provider_to_trust(
    visitor: httpx2.Client, here: Ours, liar: Liar, metadata: Callable[[Said], Said], what: str
) -> None:
    liar.metadata = metadata
    turned_away(here, visitor.get(f"{here.address}/login/oidc"), Refusal.DOWN, what)


# -- someone proven, and unknown ---------------------------------------------------------------------------------


def test_e26_unknown_sub(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    liar.person = {"sub": "<i>x9</i>", "preferred_username": "<b>zhou</b>", "groups": ["staff"]}
    answer = signed_in(visitor, here)
    turned_away(here, answer, Refusal.NO_ROLE)
    assert "&lt;i&gt;x9&lt;/i&gt;" in answer.text  # what to tell the administrator
    assert "&lt;b&gt;zhou&lt;/b&gt;" in answer.text
    assert "<b>zhou" not in answer.text
    assert "<i>" not in answer.text
    (line,) = here.lines("sign_in_refused")
    assert line["subject"] == "<b>zhou</b>"
    assert json.loads(str(line["detail"]))["subject_id"] == "<i>x9</i>"
    assert here.place.store.ask("people")["name"].to_list() == ["chen"]


def test_e26_a_name_that_would_forge_lines(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    liar.person |= {"preferred_username": "wang\r\n2026-01-01 chen approved\u202e"}
    answer = signed_in(visitor, here)
    turned_away(here, answer, Refusal.NAME_UNFIT)
    assert "\u202e" not in answer.text
    (line,) = here.lines("sign_in_refused")
    assert line["subject"] == ""


def test_e26_nothing_secret_is_written_down(
    visitor: httpx2.Client, here: Ours, liar: Liar, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="zhibiao")
    back = there(visitor, here).headers["location"]
    state = parse_qs(urlsplit(back).query)["state"][0]
    liar.claims = with_(nonce="wrong")
    visitor.get(back)
    liar.claims = lambda said: said
    assert here.session_in(signed_in(visitor, here)) is not None
    ledger = here.place.store.ask("ledger", most=1000).write_json()
    assert len(here.lines("sign_in_refused")) == 1
    for secret in [*liar.tokens, "an-access-token", "code-0", "code-1", state, SECRET]:
        assert secret not in ledger
        assert secret not in caplog.text
    assert "unproven 'nonce'" in caplog.text
