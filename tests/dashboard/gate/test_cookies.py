"""What a request says of who sends it and from where: as a browser reads it, no other byte counts as space."""

from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from dashboard.gate.asked import from_here
from dashboard.gate.cookies import value_of


def headers(*lines: tuple[str, str]) -> Headers:
    return Headers(raw=[(name.lower().encode(), value.encode("latin-1")) for name, value in lines])


@pytest.mark.parametrize(
    ("cookie", "value"),
    [
        ("__Host-a=x", "x"),
        ("b=1;  __Host-a=x ; c=2", "x"),
        ("__Host-a=x; __Host-a=x", "x"),
        ("__Host-a=x; __Host-a=y", ""),
        ("\xa0__Host-a=x", ""),  # which a sibling host may set
        ("\x85__Host-a=x", ""),
        ("b=1;\xa0__Host-a=x", ""),
        ("__host-a=x", ""),
        ("", ""),
    ],
)
def test_e06_a_cookie_is_known_by_its_exact_name(cookie: str, value: str) -> None:
    assert value_of(headers(("Cookie", cookie)), "__Host-a") == value


@pytest.mark.parametrize(
    ("origin", "secure", "ours"),
    [
        ("https://here", True, True),
        ("http://here", True, False),  # a page that came unprotected
        ("http://here", False, True),
        ("https://here", False, False),
        ("https://there", True, False),
        ("null", True, False),
    ],
)
def test_e10_a_page_is_ours_by_scheme_and_host(origin: str, secure: bool, ours: bool) -> None:
    asked = headers(("Host", "here"), ("Origin", origin))
    assert from_here(asked, named=True, secure=secure) is ours
    assert from_here(headers(("Host", "here")), named=True, secure=secure) is False
