"""The routes: there, and back with a session of our own. Whatever goes wrong, there is none."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard import session
from dashboard.gate import cookies, refusals
from dashboard.gate.limits import Buckets, address_of, neighbourhood
from dashboard.oidc.client import Client, Unproven, Unreachable
from dashboard.oidc.journeys import SECONDS, Journeys
from dashboard.oidc.page import turned_away
from ingest.accounts.admission import NotAdmitted, Refusal, admit, refuse
from ingest.accounts.provider import Provider
from ingest.accounts.sessions import Means, Session
from ingest.settings import Settings

__all__ = ["logout_address", "routes"]

_log = logging.getLogger("zhibiao")
_UNSTORED = {"Cache-Control": "no-store"}
# RFC 6749 §4.1.2.1 and OpenID Connect Core 1.0 §3.1.2.6; any other word of the provider's is not repeated
_ERRORS = {
    *("invalid_request", "unauthorized_client", "access_denied", "unsupported_response_type", "invalid_scope"),
    *("server_error", "temporarily_unavailable", "interaction_required", "login_required"),
    *("account_selection_required", "consent_required"),
}


@dataclass(frozen=True, slots=True)
class _Desk:
    """What one provider's sign-ins need, for as long as the process lives."""

    provider: Provider
    client: Client
    journeys: Journeys = field(default_factory=Journeys)
    asked: Buckets = field(default_factory=partial(Buckets, 120, 2))  # by address; a sign-in asks twice


@lru_cache(maxsize=8)
def _desk(provider: Provider) -> _Desk:
    return _Desk(provider, Client(provider))


def routes(settings: Settings | None = None) -> list[Route]:
    """The two routes; none where settings name no provider. Without settings, those of the place being served say."""
    if settings is not None and (settings.oidc is None or settings.demo):
        return []
    return [Route("/login/oidc", _depart, methods=["GET"]), Route("/login/oidc/callback", _arrive, methods=["GET"])]


def logout_address(settings: Settings, ended: Session) -> str | None:
    """Where someone who signed in through the provider may sign out of it too; it is not asked for this."""
    if settings.oidc is None or ended.means is not Means.OIDC:
        return None
    return _desk(settings.oidc).client.farewell()


class _TurnedAway(Exception):
    """A sign-in that came to nothing. `what` is for the ledger, name and subject for the reader too."""

    def __init__(self, refusal: Refusal, *, what: str = "", name: str = "", subject: str = "") -> None:
        super().__init__(refusal.value)
        self.refusal, self.what, self.name, self.subject = refusal, what, name, subject


def _asked() -> _Desk:
    """The provider of the place being served. Raises HTTPException where it has none, as the demonstration has."""
    here = session.place()
    if here.home.demo or here.settings.oidc is None:
        raise HTTPException(404)
    return _desk(here.settings.oidc)


def _too_often(seconds: float) -> Response:
    """Not written into the ledger: nobody may fill it from outside."""
    response = turned_away(Refusal.TOO_OFTEN)
    response.headers["Retry-After"] = str(int(seconds) + 1)
    return response


async def _depart(request: Request) -> Response:
    desk = _asked()
    if wait := desk.asked.take(neighbourhood(address_of(request.scope))):
        return _too_often(wait)
    journey = desk.journeys.begin(refusals.local(request.query_params.get("next", "/")))
    try:
        address = await desk.client.departure(journey)
    except Unreachable as error:
        return await _away(request, desk, _TurnedAway(Refusal.DOWN, what=error.what))
    response = RedirectResponse(address, 302, _UNSTORED)
    _keep(response, desk.provider, journey.browser, seconds=SECONDS)
    return response


async def _arrive(request: Request) -> Response:
    desk = _asked()
    if wait := desk.asked.take(neighbourhood(address_of(request.scope))):
        return _too_often(wait)
    try:
        name, wanted = await _proven(request, desk)
    except _TurnedAway as away:
        return await _away(request, desk, away)
    here = session.place()
    before = here.sessions.of(cookies.token_of(request.headers), used=False)
    token = await run_in_threadpool(
        here.sessions.begin,
        name,
        means=Means.OIDC,
        address=address_of(request.scope),
        replaces=before.id if before else "",
    )
    response = RedirectResponse(wanted, 303, _UNSTORED)
    cookies.set_session(response, token)
    _keep(response, desk.provider, "", seconds=0)
    return response


async def _proven(request: Request, desk: _Desk) -> tuple[str, str]:
    """The name of whoever came back, and the page they are going to. Raises _TurnedAway."""
    said = request.query_params
    journey = desk.journeys.end(said.get("state", ""), cookies.value_of(request.headers, _cookie(desk.provider)))
    if journey is None:
        raise _TurnedAway(Refusal.STALE)
    try:
        desk.client.demand_issuer(said.get("iss"))
        if "error" in said or not said.get("code"):
            raise _TurnedAway(Refusal.DENIED, what=said["error"] if said.get("error") in _ERRORS else "")
        claims = await desk.client.arrival(journey, said["code"])
        return await _admitted(request, desk.provider, claims), journey.next
    except Unreachable as error:
        raise _TurnedAway(Refusal.DOWN, what=error.what) from None
    except Unproven as error:
        raise _TurnedAway(Refusal.UNPROVEN, what=error.what) from None
    except NotAdmitted as not_admitted:
        name, subject = not_admitted.name, not_admitted.subject
        raise _TurnedAway(not_admitted.refusal, name=name, subject=subject) from None


async def _admitted(request: Request, provider: Provider, claims: dict[str, Any]) -> str:
    address = address_of(request.scope)
    return await run_in_threadpool(admit, session.place().store, provider, claims, address=address)


async def _away(request: Request, desk: _Desk, away: _TurnedAway) -> Response:
    """Tell the ledger, the log and the reader, each what is theirs to know."""
    _log.warning("sign-in through the provider refused: %s %s", away.refusal.value, ascii(away.what))
    if (
        away.refusal is Refusal.STALE
    ):  # anybody may come back from nowhere: neither the ledger nor a journey hears of it
        return turned_away(away.refusal)
    told = {"name": away.name, "subject": away.subject, "what": away.what, "address": address_of(request.scope)}
    await run_in_threadpool(refuse, session.place().store, away.refusal, **told)
    response = turned_away(away.refusal, name=away.name, subject=away.subject, what=away.what)
    _keep(response, desk.provider, "", seconds=0)
    return response


# -- the cookie that ties a journey to its browser -----------------------------------------------------------


def _cookie(provider: Provider) -> str:
    return "__Host-zhibiao-oidc" if provider.address.startswith("https:") else "zhibiao-oidc"


def _keep(response: Response, provider: Provider, value: str, *, seconds: int) -> None:
    # lax, because the browser comes back from another site
    secure = provider.address.startswith("https:")
    name = _cookie(provider)
    response.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")
