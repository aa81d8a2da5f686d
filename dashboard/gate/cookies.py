"""The cookies: who is signed in, and which form was handed to whom. No script reads either."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response

from dashboard import session
from ingest.accounts.sessions import ABSOLUTE

__all__ = ["clear_session", "form_of", "set_form", "set_session", "token_of", "value_of"]

# browsers take it over https, and of this machine itself, only for this host and all its paths
_REAL = "__Host-zhibiao"
_DEMO = "zhibiao-demo"


def _name(suffix: str = "") -> str:
    return (_DEMO if session.place().home.demo else _REAL) + suffix


def _set(response: Response, name: str, value: str, *, seconds: int, strict: bool) -> None:
    demo = session.place().home.demo
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=not demo,
        httponly=True,
        samesite="strict" if demo or strict else "lax",
    )


def set_session(response: Response, token: str) -> None:
    """Hand the browser its session; the form's cookie has done its work."""
    _set(response, _name(), token, seconds=int(ABSOLUTE.total_seconds()), strict=False)
    _set(response, _name("-form"), "", seconds=0, strict=True)


def clear_session(response: Response) -> None:
    """Take the session from the browser."""
    _set(response, _name(), "", seconds=0, strict=False)


def set_form(response: Response, value: str) -> None:
    """Tie the forms of signing in to this browser."""
    _set(response, _name("-form"), value, seconds=int(ABSOLUTE.total_seconds()), strict=True)


def token_of(headers: Headers) -> str:
    """The session token that a request bears; nothing where there is none, or more than one."""
    return value_of(headers, _name())


def form_of(headers: Headers) -> str:
    """What ties the forms of signing in to the browser that asks."""
    return value_of(headers, _name("-form"))


def value_of(headers: Headers, name: str) -> str:
    """The value of one cookie; nothing where there is none, or more than one."""
    found: set[str] = set()
    for line in headers.getlist("cookie"):
        for part in line.split(";"):
            key, _, value = part.strip(" \t").partition("=")  # no other byte is space to a browser
            if key == name:
                found.add(value)
    return found.pop() if len(found) == 1 else ""
