"""The pages of signing in: `/login`, `/logout`, `/password`. Plain forms; nothing here needs a script."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import look, session
from dashboard.gate import cookies, refusals, tokens
from dashboard.gate.limits import Buckets, address_of, neighbourhood
from dashboard.gate.pages import templates
from dashboard.i18n import Words, words
from dashboard.index_page import tag
from ingest import demo
from ingest.accounts import signing_in
from ingest.accounts.sessions import Means, Session
from ingest.hosts import is_loopback
from ingest.people import User

__all__ = ["routes"]

_HERE = Path(__file__).parent
_LARGEST = 16_384  # bytes of a form; a password has at most 1024
_TRIES = Buckets(30, 0.5)  # forms of one address at once, then one in two seconds

_templates = templates()


# -- what is shown -------------------------------------------------------------------------------------------


@cache
def _sheet() -> bytes:
    return (look.grounds() + (_HERE / "signing-in.css").read_text(encoding="utf-8")).encode()


async def _style(_: Request) -> Response:
    return Response(_sheet(), media_type="text/css", headers={"Cache-Control": "no-cache"})


def _draw(
    request: Request, name: str, given: Mapping[str, str], *, status: int = 200, error: str = "", note: str = ""
) -> Response:
    """A page of ours. Its form is tied to the session where there is one, else to a cookie of its own."""
    wanted = refusals.local(given.get("next", "/"))
    language = refusals.language_of(given.get("lang", ""), wanted)
    asking, form = _asking(request), cookies.form_of(request.headers) or secrets.token_urlsafe(16)
    other = {**({} if wanted == "/" else {"next": wanted}), "lang": "en" if language == "zh" else "zh"}
    page = _templates.get_template(f"{name}.html").render(
        w=words(language),
        tag=tag(language),
        language=language,
        other=f"{request.url.path}?{urlencode(other)}",
        wanted=wanted,
        asking=asking,
        roles=list(demo.PEOPLE) if session.place().home.demo else [],
        oidc=_provider_label(words(language)),
        local=session.place().settings.local_accounts,
        token=tokens.made(name, _tied(name, asking, form)),
        typed=given.get("name", ""),
        error=error,
        note=words(language)(note) if note else "",
    )
    response = HTMLResponse(page, status, {"Cache-Control": "no-store"})
    cookies.set_form(response, form)
    return response


def _provider_label(w: Words) -> str:
    """What the button says that leads to the organisation's own directory; '' where there is none."""
    here = session.place()
    provider = None if here.home.demo else here.settings.oidc
    return "" if provider is None else provider.label or w("gate.oidc")


def _asking(request: Request) -> Session | None:
    return session.place().sessions.of(cookies.token_of(request.headers), used=False)


def _tied(name: str, asking: Session | None, form: str) -> str:
    return asking.id if asking and name != "login" else form


# -- what is brought back ------------------------------------------------------------------------------------


async def _form(request: Request) -> dict[str, str] | None:
    """The fields of a form; None for what no form of ours sends."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return None
    raw = bytearray()
    async for piece in request.stream():
        raw += piece
        if len(raw) > _LARGEST:
            return None
    try:
        read = parse_qs(raw.decode("ascii"), keep_blank_values=True, max_num_fields=12, errors="strict")
    except ValueError:
        return None
    return {name: values[0] for name, values in read.items()}


async def _sent(request: Request, name: str) -> dict[str, str] | Response:
    """The fields of a form that this browser was given by us, and not too many of them; else what to answer."""
    if wait := _TRIES.take(neighbourhood(address_of(request.scope))):
        return refusals.plain(429, "gate.too_many", seconds=wait)
    given = await _form(request)
    if given is None:
        return refusals.plain(400, "gate.bad_form")
    if not tokens.fits(given.get("token", ""), name, _tied(name, _asking(request), cookies.form_of(request.headers))):
        return _again(request, name, given, "gate.stale_form", status=403)
    return given


def _again(request: Request, name: str, given: Mapping[str, str], key: str, *, status: int = 400) -> Response:
    """The same page, with what to mend."""
    return _draw(request, name, given, status=status, error=_words(given)(key))


def _words(given: Mapping[str, str]) -> Words:
    return words(refusals.language_of(given.get("lang", ""), refusals.local(given.get("next", "/"))))


def _onward(request: Request, given: Mapping[str, str], token: str) -> Response:
    """To where they wanted to go, in the language they signed in with, with a session."""
    wanted, language = refusals.local(given.get("next", "/")), _words(given).language
    if language != session.place().settings.language and "lang=" not in urlsplit(wanted).query:
        wanted += f"{'&' if '?' in wanted else '?'}lang={language}"
    response = RedirectResponse(wanted, 303, {"Cache-Control": "no-store"})
    cookies.set_session(response, token)
    return response


async def _proven(request: Request, name: str, given: Mapping[str, str], prove: Callable[[], str]) -> Response:
    """Onward with the token that `prove` gives, or the same page with why not."""
    try:
        token = await run_in_threadpool(prove)
    except signing_in.NotSignedIn as error:
        told = error.zh if _words(given).chinese else error.en
        seconds = error.seconds if isinstance(error, signing_in.TooOften) else 0
        response = _draw(request, name, given, status=429 if seconds else 401, error=told)
        if seconds:
            response.headers["Retry-After"] = str(int(seconds) + 1)
        return response
    except signing_in.Weak as error:
        return _draw(request, name, given, status=400, error=error.zh if _words(given).chinese else error.en)
    return _onward(request, given, token)


# -- signing in, a password, signing out ---------------------------------------------------------------------


async def _login(request: Request) -> Response:
    if request.method != "POST":
        ended = "ended" in request.query_params
        return _draw(request, "login", request.query_params, note="gate.ended" if ended else "")
    given = await _sent(request, "login")
    if isinstance(given, Response):
        return given
    here, address, asking = session.place(), address_of(request.scope), _asking(request)
    replaced = asking.id if asking else ""
    if not (here.home.demo or here.settings.local_accounts):
        return refusals.plain(403, "gate.no_local")
    if here.home.demo or "role" in given:
        person = _played(request, given.get("role", ""))
        if person is None:
            return refusals.plain(403, "gate.no_role")
        token = here.sessions.begin(person.name, means=Means.DEMO, address=address, replaces=replaced)
        return _onward(request, given, token)
    name, password = given.get("name", ""), given.get("password", "")
    return await _proven(
        request,
        "login",
        given,
        lambda: signing_in.sign_in(here, name=name, password=password, address=address, replaces=replaced),
    )


def _played(request: Request, role: str) -> User | None:
    """Whom a role button of the demonstration stands for; nobody anywhere else, nor over the network."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    server = request.scope.get("server") or ("", 0)
    near = all(map(is_loopback, (server[0], address_of(request.scope), host)))
    if not session.place().home.demo or not near:
        return None
    return next((person for one, person in demo.PEOPLE.items() if one.value == role), None)


async def _password(request: Request) -> Response:
    """One's own password, changed; or chosen for the first time with a one-time code."""
    if not session.place().settings.local_accounts:
        return refusals.plain(403, "gate.no_local")
    if request.method != "POST":
        return _draw(request, "password", request.query_params)
    given = await _sent(request, "password")
    if isinstance(given, Response):
        return given
    if session.place().home.demo:
        return _again(request, "password", given, "gate.no_password")
    if given.get("new", "") != given.get("again", ""):
        return _again(request, "password", given, "gate.not_same")
    here, address, asking = session.place(), address_of(request.scope), _asking(request)
    new = given.get("new", "")
    if asking:
        old = given.get("old", "")
        return await _proven(
            request,
            "password",
            given,
            lambda: signing_in.change_password(here, asking, old=old, new=new, address=address),
        )
    name, code = given.get("name", ""), given.get("code", "")
    return await _proven(
        request,
        "password",
        given,
        lambda: signing_in.redeem(here, name=name, code=code, password=new, address=address),
    )


async def _logout(request: Request) -> Response:
    """Sign out. To look at this page does nothing; its button does."""
    from dashboard.oidc import logout_address  # which is built upon the gate

    asking = _asking(request)
    if request.method != "POST":
        return _draw(request, "logout", request.query_params) if asking else _out()
    given = await _sent(request, "logout")
    if isinstance(given, Response):
        return given if asking else _out()
    if asking:
        session.place().sessions.end(asking, address=address_of(request.scope))
        return _out(logout_address(session.place().settings, asking) or "/login")
    return _out()


def _out(onward: str = "/login") -> Response:
    """Signed out here; `onward` may be where one signs out of the organisation's own directory too."""
    response = RedirectResponse(onward, 303, {"Cache-Control": "no-store"})
    cookies.clear_session(response)
    return response


def routes() -> list[Route]:
    """The routes that are open to whoever has not signed in."""
    both = ["GET", "POST"]
    return [
        Route("/login", _login, methods=both),
        Route("/logout", _logout, methods=both),
        Route("/password", _password, methods=both),
        Route("/signing-in.css", _style),
    ]
