"""The public interactive page as it runs, in a process of its own beside an office that knows more."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard import session
from ingest.people import Role, User
from ingest.terminal import Place
from tests import live, pages
from tests.live import Server
from tests.returns import csv
from tests.snapshots import Office, office
from tests.wire import Page, handshake, opened, rerun

PLANTED, PRINTED, WORD = "82.137", "82.14", "库内暗号"
ALICE, BOB = User("alice", Role.LEADER), User("bob", Role.STATISTICIAN, "chengdu-health")
LIFE = "indicator=life-expectancy"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with a release out, and an approved figure that is in none."""
    with office(tmp_path_factory.mktemp("office")) as made:
        made.send(csv())
        made.release()
        made.publish()
        made.send(csv(period="2022", value=PLANTED, note=WORD))
        yield made


@pytest.fixture(scope="module")
def public(here: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    command = [sys.executable, "-m", "tests.explored", str(here.home.public)]
    with live.serving(tmp_path_factory.mktemp("public"), command=command) as running:
        yield running


def told(page: Page, query: str) -> str:
    """Everything that reaches a browser in a run of the page, as text."""
    page.run(rerun("explore", query=query))
    return b"".join(message.SerializeToString() for message in page.heard).decode(errors="replace")


def drawn_for(who: User, here: Office) -> str:
    """What the office's own page of the indicator says to someone."""
    with session.serving(Place(here.store, here.settings, here.home), asking=lambda: who):
        page = pages.opened("indicator", indicator="life-expectancy")
        return pages.said(page) + page.get("vega_lite_chart")[0].proto.spec


def test_E21_what_alice_and_bob_saw_never_reaches_the_public_page(public: Server, here: Office) -> None:
    """Neither before anybody looked nor after, not in an older socket; once it is released, at once."""
    with opened(public) as early:
        for who in (None, ALICE, BOB, None):
            if who is not None:
                shown = drawn_for(who, here)
                assert PLANTED in shown and PRINTED in shown, "they are shown what is approved"
            with opened(public) as late:
                for page in (early, late):
                    heard = told(page, LIFE)
                    assert "81.76" in heard and "2021" in heard
                    assert not any(secret in heard for secret in (PLANTED, PRINTED, WORD, "alice", "bob"))
        here.release("补发2022年数")
        here.publish()
        for query in (LIFE, f"{LIFE}&against=previous"):
            heard = told(early, query)
            assert PLANTED in heard and PRINTED in heard
            assert not any(secret in heard for secret in (WORD, "alice", "bob"))
        assert PRINTED not in told(early, f"{LIFE}&release=1"), "the older release stays as it was"


def test_a_stranger_can_look_and_do_nothing_else(public: Server) -> None:
    assert handshake(public) == 101
    assert handshake(public, origin="http://evil.example") == 403
    with opened(public) as page:
        assert "zb-foot" in page.run(rerun("explore"))
        place = f"/_stcore/upload_file/{page.session_id}/f"
        for method in ("PUT", "POST", "DELETE", "OPTIONS"):
            assert public.ask(method, place, body=b"x" * 10, Origin=public.url)[0].status == 404
        page.socket.send(BackMsg(clear_cache=True).SerializeToString())
        page.socket.send(BackMsg(load_git_info=True).SerializeToString())
        assert "zb-foot" in page.run(rerun("explore", query="lang=en")), "it is dropped, and the page goes on"
        assert str(live.ROOT) not in b"".join(m.SerializeToString() for m in page.heard).decode(errors="replace")
        kinds = {message.WhichOneof("type") for message in page.heard}
        assert "git_info_changed" not in kinds


def test_no_answer_sets_a_cookie_and_every_one_bears_the_headers(public: Server) -> None:
    for path in (
        "/explore",
        "/explore?lang=en",
        "/explore/_stcore/health",
        "/_stcore/host-config",
        "/zhibiao.js",
        "/x",
    ):
        reply, _ = public.ask("GET", path, Accept="text/html", cookie="_streamlit_xsrf=x")
        assert reply.headers.get_all("Set-Cookie") is None
        assert "script-src 'self' 'sha256-" in reply.headers["Content-Security-Policy"]
        assert reply.headers["X-Frame-Options"] == "DENY"
    assert "127.0.0.1" not in public.log.read_text(), "nobody's address is written down"
    assert '<html lang="en">' in public.ask("GET", "/explore?lang=en")[1].decode(), "whatever is accepted"


def test_an_error_is_a_number_and_nothing_else(public: Server) -> None:
    with opened(public) as page:
        page.run(rerun("explore", query="fail=1"))
        heard = b"".join(message.SerializeToString() for message in page.heard).decode(errors="replace")
        assert "出错了,请把编号" in heard
        assert not any(secret in heard for secret in ("hunter2", "ZeroDivision", "/srv", "Traceback", ".py"))
        number = re.findall(r"请把编号 ([0-9a-f]{8}) 告诉", heard)
    assert number and f"incident {number[0]}" in public.log.read_text()


@pytest.mark.parametrize(("width", "scheme", "language"), [(375, "dark", "en"), (1440, "light", "zh")])
def test_in_a_browser_it_stands_without_a_cookie_or_an_error(
    width: int, scheme: str, language: str, chromium: Browser, public: Server
) -> None:
    with live.reading(chromium, public, role="", width=width) as reader:
        page = reader.open(f"explore?lang={language}&{LIFE}", scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_function("() => document.documentElement.classList.contains('zb-stands')")
        assert page.get_by_test_id("stVegaLiteChart").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert reader.context.cookies() == []
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found] == []
        page.locator(".zb-language").click()
        page.wait_for_url("**/explore?*lang=" + ("zh" if language == "en" else "en") + "*")
        live.settled(page)
