"""What one address may ask for, where a sign-in may lead, and what a form must bring back."""

from __future__ import annotations

import pytest

from dashboard.gate import refusals, tokens
from dashboard.gate.limits import Buckets, Places, address_of, neighbourhood
from ingest.place import Place


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    clock = Clock()
    bucket = Buckets(3, 0.5, now=clock)
    assert [bucket.take("a") for _ in range(4)] == [0, 0, 0, 2]
    assert bucket.take("a") == 2, "what was refused took nothing"
    assert bucket.take("b") == 0
    clock.now = 2
    assert [bucket.take("a"), bucket.take("a")] == [0, 2]


def test_a_bucket_lets_some_wait_in_turn() -> None:
    bucket = Buckets(1, 1, now=Clock())
    assert [bucket.take("a", at_most_wait=2) for _ in range(5)] == [0, 1, 2, 3, 3]


def test_a_bucket_remembers_so_many_and_no_more() -> None:
    bucket = Buckets(1, 1, most=10)
    for number in range(1000):
        bucket.take(str(number))
    assert len(bucket) == 10


def test_places_are_held_while_they_are_and_forgotten_after() -> None:
    places = Places()
    with places.held(address=("x", 2), session=("1", 1)) as first, places.held(address=("x", 2)) as second:
        assert (first, second) == ("", "")
        with places.held(address=("x", 2)) as third, places.held(session=("1", 1)) as fourth:
            assert (third, fourth) == ("address", "session")
    assert len(places) == 0


@pytest.mark.parametrize(
    ("client", "address", "counted"),
    [
        (("203.0.113.7", 1), "203.0.113.7", "203.0.113.7"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (("fe80::1%eth0", 1), "fe80::1", "fe80::/64"),
        (("1.2.3.4\r\nFORGED", 0), "", ""),
        (("unix:", 0), "", ""),
        (None, "", ""),
    ],
)
def test_an_address_is_an_address(client: tuple[str, int] | None, address: str, counted: str) -> None:
    assert address_of({"type": "http", "client": client}) == address
    assert neighbourhood(address) == counted


@pytest.mark.parametrize(
    "path", ["/", "/overview", "/indicator?indicator=beds-per-1000&as_of=2024-12-31", "/catalogue?q=床位"]
)
def test_a_page_of_ours_may_follow(path: str) -> None:
    assert refusals.local(path) == path


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "overview",
        "//x",
        "///x",
        "/\\x",
        "/%5cx",
        "https://x",
        "javascript:x",
        "/\nx",
        "/\tx",
        "//[",
        "/" + "x" * 3000,
    ],
)
def test_no_other_page_may(elsewhere: str) -> None:
    assert refusals.local(elsewhere) == "/"


def test_a_form_fits_its_browser_and_its_purpose_only(shown: Place) -> None:
    token = tokens.made("login", "browser-1")
    assert tokens.fits(token, "login", "browser-1")
    assert not tokens.fits(token, "login", "browser-2")
    assert not tokens.fits(token, "password", "browser-1")
    assert not tokens.fits(token + "x", "login", "browser-1")
    assert not tokens.fits("", "login", "browser-1")
    assert not tokens.fits(tokens.made("login", ""), "login", ""), "a browser without a cookie is nobody's"
