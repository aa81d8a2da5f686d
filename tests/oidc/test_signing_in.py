"""Signing in through a provider: there, back, and a session of our own."""

from __future__ import annotations

import base64
import hashlib
from itertools import takewhile
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey
from starlette.routing import Route

from dashboard import session
from dashboard.i18n import words
from dashboard.oidc import logout_address, routes
from ingest.accounts.sessions import Means
from ingest.people import Role, User
from ingest.settings import Settings
from tests.oidc.conftest import Serve
from tests.oidc.liar import Liar
from tests.oidc.servers import Ours


def there(visitor: httpx2.Client, here: Ours, page: str = "/plan?year=2025") -> httpx2.Response:
    """Up to the provider's answer, that sends the browser back."""
    return visitor.get(visitor.get(f"{here.address}/login/oidc", params={"next": page}).headers["location"])


def signed_in(visitor: httpx2.Client, here: Ours, page: str = "/plan?year=2025") -> httpx2.Response:
    """Our answer to whoever comes back."""
    return visitor.get(there(visitor, here, page).headers["location"])


def test_a_session_of_our_own_begins(visitor: httpx2.Client, here: Ours) -> None:
    answer = signed_in(visitor, here)
    assert (answer.status_code, answer.headers["location"]) == (303, "/plan?year=2025")
    begun = here.session_in(answer)
    assert begun is not None
    assert begun.means is Means.OIDC
    assert begun.user == User("wang", Role.STATISTICIAN, "chengdu-health")
    assert [line["address"] for line in here.lines("sign_in")] == ["127.0.0.1"]


def test_it_ends_like_any_other(visitor: httpx2.Client, here: Ours) -> None:
    begun = here.session_in(signed_in(visitor, here))
    assert begun is not None
    here.place.sessions.end(begun)
    assert here.place.sessions.named(begun.id) is None


def test_what_the_provider_is_asked(visitor: httpx2.Client, serve: Serve, liar: Liar) -> None:
    with serve(liar.address, acr=("strong", "stronger"), max_age=600, scopes=("openid", "groups")) as here:
        answer = visitor.get(f"{here.address}/login/oidc")
    assert answer.status_code == 302
    address = urlsplit(answer.headers["location"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{liar.address}/authorize"
    asked = {name: value for name, (value,) in parse_qs(address.query).items()}
    drawn = {asked.pop(name) for name in ("state", "nonce", "code_challenge")}
    assert {len(each) for each in drawn} == {43}
    assert len(drawn) == 3
    assert asked == {
        "response_type": "code",
        "client_id": "zhibiao",
        "redirect_uri": f"{here.address}/login/oidc/callback",
        "scope": "openid groups",
        "code_challenge_method": "S256",
        "acr_values": "strong stronger",
        "max_age": "600",
    }


def test_the_cookie_of_the_journey_tells_nothing_and_is_taken_back(visitor: httpx2.Client, here: Ours) -> None:
    first = visitor.get(f"{here.address}/login/oidc")
    (given,) = first.headers.get_list("set-cookie")
    assert given.startswith("zhibiao-oidc=")
    assert {"HttpOnly", "SameSite=lax", "Max-Age=600", "Path=/"} <= set(given.split("; "))
    value = visitor.cookies["zhibiao-oidc"]
    assert value not in first.headers["location"]
    assert base64.urlsafe_b64encode(hashlib.sha256(value.encode()).digest()).rstrip(b"=").decode() not in first.text
    signed_in(visitor, here)
    assert "zhibiao-oidc" not in visitor.cookies


def test_over_https_only_this_host_and_only_https_can_set_it(visitor: httpx2.Client, serve: Serve, liar: Liar) -> None:
    with serve(liar.address, address="https://zhibiao.example") as here:
        pass
    with serve(liar.address) as elsewhere:
        settings = here.place.settings
        object.__setattr__(elsewhere.place, "settings", settings)
        (given,) = visitor.get(f"{elsewhere.address}/login/oidc").headers.get_list("set-cookie")
    assert given.startswith("__Host-zhibiao-oidc=")
    assert {"Secure", "Path=/"} <= set(given.split("; "))
    assert "domain" not in given.lower()


@pytest.mark.parametrize(
    "page", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_nobody_is_led_elsewhere(visitor: httpx2.Client, here: Ours, page: str) -> None:
    assert signed_in(visitor, here, page).headers["location"] == "/"


def test_a_session_that_was_there_is_replaced(visitor: httpx2.Client, here: Ours) -> None:
    before = here.place.sessions.begin("chen", means=Means.PASSWORD)
    back = there(visitor, here).headers["location"]
    kept = f"__Host-zhibiao={before}; zhibiao-oidc={visitor.cookies['zhibiao-oidc']}"
    answer = httpx2.get(back, headers={"Cookie": kept}, trust_env=False)
    assert here.session_in(answer) is not None
    assert here.place.sessions.of(before) is None


def test_claims_that_only_userinfo_tells_are_asked_for(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    liar.userinfo = dict(liar.person)
    begun = here.session_in(signed_in(visitor, here))
    assert begun is not None and begun.user.name == "wang"
    assert liar.asked[-1] == "/userinfo"


def test_what_the_signed_token_says_goes_before_userinfo(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    liar.userinfo = liar.person | {"preferred_username": "zhao"}
    liar.claims = lambda said: said | {"preferred_username": "wang"}
    begun = here.session_in(signed_in(visitor, here))
    assert begun is not None and begun.user.name == "wang"


def test_metadata_and_keys_are_read_once(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    for _ in range(3):
        assert signed_in(visitor, here).status_code == 303
    assert liar.asked == ["/.well-known/openid-configuration", "/keys", *["/token"] * 3]


def test_a_new_key_of_the_provider_is_fetched(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    assert signed_in(visitor, here).status_code == 303
    liar.key = RSAKey.generate_key(2048, {"kid": "second"})
    assert signed_in(visitor, here).status_code == 303
    assert liar.asked.count("/keys") == 2


def test_the_provider_may_be_left_too(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    settings = here.place.settings
    begun = here.session_in(signed_in(visitor, here))
    assert begun is not None
    address = urlsplit(str(logout_address(settings, begun)))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{liar.address}/end"
    asked = {"client_id": ["zhibiao"], "post_logout_redirect_uri": [f"{here.address}/login"]}
    assert parse_qs(address.query) == asked
    local = here.place.sessions.of(here.place.sessions.begin("chen", means=Means.PASSWORD))
    assert local is not None and logout_address(settings, local) is None


def test_a_provider_without_that_is_not_left(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    liar.metadata = lambda said: {name: value for name, value in said.items() if name != "end_session_endpoint"}
    begun = here.session_in(signed_in(visitor, here))
    assert begun is not None and logout_address(here.place.settings, begun) is None


def test_one_address_cannot_ask_without_end(visitor: httpx2.Client, here: Ours, liar: Liar) -> None:
    asked = (visitor.get(f"{here.address}/login/oidc") for _ in range(400))
    allowed = [answer.status_code for answer in takewhile(lambda answer: answer.status_code != 429, asked)]
    assert allowed == [302] * len(allowed)
    assert 120 <= len(allowed) < 400
    last = visitor.get(f"{here.address}/login/oidc")
    assert last.status_code == 429 and int(last.headers["retry-after"]) >= 1
    assert words("zh")("oidc.too_often") in last.text
    assert here.lines("sign_in_refused") == []
    assert visitor.get(f"{here.address}/healthz").status_code == 200


def test_only_a_provider_brings_the_routes(here: Ours, settings: Settings) -> None:
    def paths(found: list[Route]) -> list[str]:
        return [route.path for route in found]

    both = ["/login/oidc", "/login/oidc/callback"]
    assert paths(routes(here.place.settings)) == both
    assert paths(routes(settings)) == []
    assert paths(routes(Settings(home=settings.home, oidc=here.place.settings.oidc, demo=True))) == []
    assert paths(routes()) == both


def test_routes_of_a_place_without_provider_are_not_there(
    visitor: httpx2.Client, here: Ours, settings: Settings
) -> None:
    object.__setattr__(session.place(), "settings", settings)
    for path in ("/login/oidc", "/login/oidc/callback?code=1&state=2"):
        assert visitor.get(here.address + path).status_code == 404
