"""The public site over a shelf of releases: what is answered, and with which headers."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from dashboard.public.serving.parts import Part
from indicators.store.snapshot import PAGES
from tests.public_site import Answer, Asking, Releases, asking, pages

_PAGE = "/indicators/beds/510100/"


def _spoken() -> ASGIApp:
    async def fine(_: Request) -> Response:
        made = PlainTextResponse("fine", headers={"X-Frame-Options": "SAMEORIGIN", "Server": "other"})
        made.set_cookie("visitor", "1")
        return made

    async def fails(_: Request) -> Response:
        raise ValueError("the store is at /var/lib/office")

    return Starlette(routes=[Route("/api/v1/fine", fine), Route("/api/v1/fails", fails)])


def _unmade() -> ASGIApp:
    raise ImportError("no such library")


@pytest.fixture(scope="module")
def site(two_releases: Releases) -> Iterator[Asking]:
    with asking(two_releases.made, parts={"/api/v1": _spoken, "/explore": _unmade}) as here:
        yield here


# -- pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/", "/en/", "/index.html", "/plans/chengdu-145/", _PAGE, "/releases/compare/"])
def test_a_page_is_of_the_release_that_is_out(site: Asking, address: str) -> None:
    answer = site.ask(address)
    assert answer.status == 200
    assert b"release 2" in answer.body
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-length"] == str(len(answer.body))
    assert answer.headers["cache-control"] == "public, max-age=60, stale-while-revalidate=600"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("data.csv", "text/csv; charset=utf-8"),
        ("data.json", "application/json; charset=utf-8"),
        ("chart.svg", "image/svg+xml; charset=utf-8"),
        ("chart.png", "image/png"),
    ],
)
def test_files_say_what_they_are(site: Asking, name: str, kind: str) -> None:
    answer = site.ask(_PAGE + name)
    assert (answer.status, answer.headers["content-type"]) == (200, kind)
    assert answer.body == pages(2)[f"{_PAGE[1:]}{name}"]


def test_a_feed_is_called_one(site: Asking) -> None:
    assert site.ask("/feed.xml").headers["content-type"] == "application/atom+xml; charset=utf-8"


def test_an_old_release_stays_at_its_address(site: Asking) -> None:
    old, new = site.ask("/releases/1/"), site.ask("/releases/2/")
    assert b"release 1" in old.body and b"release 2" in new.body
    for answer in (old, new, site.ask("/releases/1/assets/mark.svg")):
        assert answer.headers["cache-control"] == "public, max-age=86400"


def test_pages_about_releases_are_of_the_one_that_is_out(site: Asking) -> None:
    for address in ("/releases/", "/releases/compare/", "/releases/2/changes/"):
        answer = site.ask(address)
        assert b"release 2" in answer.body
        assert "immutable" not in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("/plans/chengdu-145", "/plans/chengdu-145/"),
        ("/releases", "/releases/"),
        ("/releases/1", "/releases/1/"),
        ("/releases/1/plans/chengdu-145", "/releases/1/plans/chengdu-145/"),
        ("/releases/2/changes", "/releases/2/changes/"),
        ("/releases/1/releases/2/", "/releases/2/"),
    ],
)
def test_a_folder_is_found_without_its_stroke(site: Asking, asked: str, leads_to: str) -> None:
    answer = site.ask(asked, query=b"a=1")
    assert (answer.status, answer.headers["location"]) == (302, f"{leads_to}?a=1")


def test_what_is_kept_for_ever_has_its_hash_in_its_name(site: Asking) -> None:
    assert "immutable" in site.ask("/assets/public.0123456789ab.css").headers["cache-control"]
    for name in ("/assets/mark.svg", "/latest.json"):
        assert "immutable" not in site.ask(name).headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["/nowhere", "/en/nowhere/", "/plans/", "/releases/3/", "/releases/0/", "/index.html.gz"]
)
def test_where_there_is_no_page_its_links_lead_on(site: Asking, path: str) -> None:
    answer = site.ask(path)
    assert answer.status == 404
    assert b'href="/assets/public.0123456789ab.css"' in answer.body
    assert b'href="/"' in answer.body and b'href="/en/"' in answer.body


# -- as HTTP has it --------------------------------------------------------------------------------------------


def test_gzip_is_sent_to_whoever_unpacks_it(site: Asking) -> None:
    plain = site.ask(_PAGE)
    for accepted in ("gzip", "br, gzip;q=0.5", "*"):
        packed = site.ask(_PAGE, Accept_Encoding=accepted)
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(packed.body) == plain.body
        assert packed.headers["etag"] != plain.headers["etag"]
    for accepted in ("identity", "gzip;q=0", "br", "gzip;q=0.0, *"):
        assert "content-encoding" not in site.ask(_PAGE, Accept_Encoding=accepted).headers
    assert plain.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize("path", [_PAGE, "/all.csv"])
def test_what_is_unchanged_is_not_sent_again(site: Asking, path: str, encoding: str) -> None:
    tag = site.ask(path, Accept_Encoding=encoding).headers["etag"]
    for asked in (tag, f'"other", W/{tag}', "*"):
        again = site.ask(path, Accept_Encoding=encoding, If_None_Match=asked)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
        assert "content-length" not in again.headers
    assert site.ask(path, Accept_Encoding=encoding, If_None_Match='"other"').status == 200


def test_a_tag_changes_with_what_it_names(site: Asking) -> None:
    assert site.ask("/releases/1/").headers["etag"] != site.ask("/releases/2/").headers["etag"]
    assert site.ask("/").headers["etag"] == site.ask("/releases/2/").headers["etag"]


@pytest.mark.parametrize("path", ["/", "/all.csv", "/nowhere", "/healthz"])
def test_head_says_what_get_would(site: Asking, path: str) -> None:
    got, headed = site.ask(path), site.ask(path, method="HEAD")
    assert headed.body == b""
    assert (headed.status, headed.headers) == (got.status, got.headers)


def test_a_large_file_goes_on_where_it_was_left(site: Asking) -> None:
    whole = site.ask("/all.csv")
    assert whole.body == pages(2)["all.csv"] and len(whole.body) > 256 * 1024
    size, tag = len(whole.body), whole.headers["etag"]
    for asked, first, last in (
        ("0-9", 0, 9),
        (f"{size - 4}-", size - 4, size - 1),
        ("-6", size - 6, size - 1),
    ):
        part = site.ask("/all.csv", Range=f"bytes={asked}", Accept_Encoding="gzip")
        assert (part.status, part.headers["content-range"]) == (206, f"bytes {first}-{last}/{size}")
        assert part.body == whole.body[first : last + 1]
        assert part.headers["etag"] == tag and "content-encoding" not in part.headers
    assert site.ask("/all.csv", Range="bytes=0-9", If_Range=tag).status == 206
    assert site.ask("/all.csv", Range="bytes=0-9", If_Range='"other"').body == whole.body
    assert site.ask("/all.csv", Range="bytes=0-1,5-9").body == whole.body
    beyond = site.ask("/all.csv", Range=f"bytes={size}-")
    assert (beyond.status, beyond.headers["content-range"]) == (416, f"bytes */{size}")


def test_a_large_file_is_packed_too(site: Asking) -> None:
    packed = site.ask("/all.csv", Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == pages(2)["all.csv"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/login", "/_stcore/upload_file/a/b", "/api/v1/fine", "/nowhere"])
def test_the_site_is_only_read(site: Asking, method: str, path: str) -> None:
    answer = site.ask(path, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_page_of_another_site_may_ask_before_it_reads(site: Asking) -> None:
    answer = site.ask(f"{_PAGE}data.json", method="OPTIONS", Origin="https://other.example")
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-methods"] == "GET, HEAD"


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "", "localhost:x", "user@localhost", "a/localhost"]
)
def test_whoever_asks_by_another_name_is_turned_away(site: Asking, host: str) -> None:
    assert site.ask("/", Host=host).status == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8502", "127.0.0.1:1", "[::1]:8502", "localhost."])
def test_our_own_names_are_known_at_any_port(site: Asking, host: str) -> None:
    assert site.ask("/", Host=host).status == 200


def test_a_name_can_be_given(two_releases: Releases) -> None:
    with asking(two_releases.made, hosts=["a.example"], url="https://zhibiao.example.gov.cn") as here:
        for host in ("a.example", "zhibiao.example.gov.cn"):
            assert here.ask("/", Host=host).status == 200


# -- what stands on every answer -----------------------------------------------------------------------------------

_EVERY = ["/", "/all.csv", _PAGE, f"{_PAGE}chart.svg", f"{_PAGE}embed/", "/nowhere", "/plans/chengdu-145", "/healthz"]
_EVERY += ["/releases/1/", "/api/v1/fine", "/api/v1/fails", "/api/v1/none", "/explore", "/assets/mark.svg"]


def _stands(answer: Answer) -> None:
    headers = answer.headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "cross-origin"
    assert "camera=()" in headers["permissions-policy"]
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "script" not in policy.replace("script-src 'self'", "")
    assert not {"set-cookie", "server", "x-powered-by"} & set(headers)


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
@pytest.mark.parametrize("path", _EVERY)
def test_E18_headers_stand_on_every_answer(site: Asking, path: str, method: str) -> None:
    for host in ("localhost", "evil.example"):
        _stands(site.ask(path, method=method, Host=host, Cookie="visitor=1"))


@pytest.mark.parametrize("path", _EVERY)
def test_https_is_for_good_where_the_reader_came_by_it(site: Asking, path: str) -> None:
    assert "strict-transport-security" not in site.ask(path).headers
    assert site.ask(path, scheme="https").headers["strict-transport-security"].startswith("max-age=63072000")


def test_pages_run_nothing_but_their_own_script_and_stand_in_no_frame(site: Asking) -> None:
    headers = site.ask(_PAGE).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize("path", [f"{_PAGE}embed/", f"/releases/1{_PAGE}embed/"])
def test_a_page_made_to_be_embedded_may_be(site: Asking, path: str) -> None:
    headers = site.ask(path).headers
    assert headers["content-security-policy"].endswith("frame-ancestors *")
    assert "x-frame-options" not in headers


def test_a_picture_brings_its_styles_and_runs_nothing(site: Asking) -> None:
    policy = site.ask(f"{_PAGE}chart.svg").headers["content-security-policy"]
    assert "style-src 'unsafe-inline'" in policy and policy.endswith("sandbox")


# -- parts, faults and limits -----------------------------------------------------------------------------------


def test_a_part_answers_below_its_address_and_sets_no_cookie(site: Asking) -> None:
    answer = site.ask("/api/v1/fine", Cookie="visitor=1")
    assert (answer.status, answer.body) == (200, b"fine")
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"  # what it says itself stays
    assert site.ask("/api/v1fine").status == 404


def test_an_error_in_a_part_is_in_the_log_and_not_in_the_answer(site: Asking, caplog: pytest.LogCaptureFixture) -> None:
    answer = site.ask("/api/v1/fails")
    assert (answer.status, answer.body) == (500, b"Internal Server Error")
    assert [record.msg for record in caplog.records] == ["incident %s"]


def test_an_error_of_ours_is_a_number_to_the_reader(
    site: Asking, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object, **__: object) -> None:
        raise ValueError("the store is at /var/lib/office")

    monkeypatch.setattr(site.site, "_health", fails)
    answer = site.ask("/healthz")
    assert answer.status == 500
    assert b"/var/lib/office" not in answer.body
    (record,) = caplog.records
    assert str(record.args[0]) in answer.body.decode()  # type: ignore[index]
    _stands(answer)


def test_a_part_that_cannot_be_loaded_leaves_the_pages_alone(site: Asking) -> None:
    for _ in range(2):
        answer = site.ask("/explore")
        assert (answer.status, answer.headers["retry-after"]) == (503, "61")
    assert site.ask("/").status == 200


def test_one_address_has_its_share_and_no_more(two_releases: Releases) -> None:
    with asking(two_releases.made, burst=5, each_second=0.001) as here:
        assert [here.ask("/", client="203.0.113.1").status for _ in range(6)] == [200] * 5 + [429]
        assert "retry-after" in here.ask("/", client="203.0.113.1").headers
        assert here.ask("/", client="203.0.113.2").status == 200
        assert [here.ask("/", client=f"2001:db8::{n}").status for n in range(1, 7)] == [200] * 5 + [429]


def test_before_the_first_release_a_page_says_so(tmp_path: Path, two_releases: Releases) -> None:
    with asking(tmp_path, parts={"/api/v1": _spoken}) as here:
        page = here.ask("/")
        assert (page.status, page.headers["retry-after"]) == (503, "60")
        assert "尚无发布内容" in page.body.decode() and b"Nothing has been released yet" in page.body
        _stands(page)
        assert here.ask("/api/v1/fine").headers["retry-after"] == "60"
        assert b'"waiting"' in here.ask("/healthz").body
        two_releases.put_out(tmp_path, 1)
        here.watch.look()
        assert b"release 1" in here.ask("/").body


def test_health_is_the_release_with_its_date_and_is_never_kept(site: Asking) -> None:
    answer = site.ask("/healthz")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    release = site.watch.snapshot().release
    for told in (b'"release": 2', release.released_on.isoformat().encode(), site.watch.snapshot().digest.encode()):
        assert told in answer.body


def test_a_site_without_a_page_for_it_says_so_all_the_same(tmp_path: Path, two_releases: Releases) -> None:
    folder = two_releases.put_out(tmp_path, 1)
    (folder / "site" / "404.html").unlink()
    (folder / PAGES).unlink(missing_ok=True)
    with asking(tmp_path) as here:
        answer = here.ask("/nowhere")
        assert answer.status == 404
        assert "没有这个页面" in answer.body.decode() and b'href="/"' in answer.body
        _stands(answer)


def test_a_part_begins_once_and_ends_with_the_server() -> None:
    lived: list[str] = []

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        lived.append("begun")
        yield
        lived.append("ended")

    async def story() -> None:
        part = Part(lambda: Starlette(lifespan=lifespan))
        assert lived == [], "nothing is loaded before it is asked for"
        assert await part.made() is await part.made()
        assert lived == ["begun"]
        await part.close()
        assert lived == ["begun", "ended"]

    asyncio.run(story())
