"""The same against a provider that others wrote: npm `oidc-provider`, on loopback, its forms filled in like a person's.

Skipped, with the reason, where Node 20 or its packages cannot be had.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2
import pytest

from dashboard.i18n import words
from dashboard.oidc import logout_address
from indicators.store import Store
from ingest.accounts.sessions import Means
from ingest.people import Role, User
from ingest.settings import Settings
from tests.oidc.servers import SECRET, STATISTICIANS, Ours, bound, ours

FILES = Path(__file__).with_name("provider")
PEOPLE = {"id-of-wang": ["staff", "statisticians"], "id-of-zhou": ["staff"]}


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provider's program, with the packages of its lock file and none of their scripts run."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("no node or no npm here")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").split(".")[0]) < 20:
        pytest.skip(f"node {version} is older than 20")
    folder = tmp_path_factory.mktemp("provider")
    for file in FILES.iterdir():
        shutil.copy(file, folder)
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"]
    try:
        fetched = subprocess.run(
            [npm, "ci", *flags], cwd=folder, capture_output=True, text=True, timeout=120, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.skip("npm ci took more than two minutes: no network?")
    if fetched.returncode:
        code = re.search(r"code (\w+)", fetched.stderr)
        pytest.skip(f"npm ci failed ({code[1] if code else fetched.returncode}): no network?")
    return folder / "provider.js"


@dataclass(frozen=True)
class Registered:
    """A running provider that knows us."""

    issuer: str
    here: Ours


@pytest.fixture(params=["zhibiao", "zhibiao-public"])
def known(request: pytest.FixtureRequest, program: Path, ruled: Store, settings: Settings) -> Iterator[Registered]:
    """We, known to the provider with a secret, and as a public client."""
    reserved, issuer = bound()
    reserved.close()
    on, address = bound()
    told = {"port": urlsplit(issuer).port, "callback": f"{address}/login/oidc/callback", "farewell": f"{address}/login"}
    process = subprocess.Popen(
        ["node", program.name, json.dumps(told | {"people": PEOPLE})],
        cwd=program.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    oidc = {
        "issuer": issuer,
        "client_id": request.param,
        "client_secret": SECRET if request.param == "zhibiao" else None,
        "address": address,
        "scopes": ["openid", "profile", "groups"],
        "grants": [STATISTICIANS],
        "max_age": 600,
    }
    assert process.stdout is not None
    try:
        said = []
        while not said or said[-1] != "ready\n":
            said.append(process.stdout.readline())
            assert said[-1], "".join(said)
        with ours(ruled, Settings(home=settings.home, oidc=oidc), on, address) as here:  # type: ignore[arg-type]
            yield Registered(issuer, here)
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()


def led(visitor: httpx2.Client, answer: httpx2.Response, until: str) -> httpx2.Response:
    """Follow redirects until one leads to an address that begins so, or a page is shown."""
    while answer.is_redirect and not answer.headers["location"].startswith(until):
        answer = visitor.get(urljoin(str(answer.url), answer.headers["location"]))
    return answer


def fill_in(visitor: httpx2.Client, page: httpx2.Response, **typed: str) -> httpx2.Response:
    """Send the form of a page of the provider's."""
    form = re.search(r"<form[^>]*action=\"([^\"]+)\"[^>]*>(.*?)</form>", page.text, re.DOTALL)
    assert form is not None, page.text
    hidden = re.findall(r"<input type=\"hidden\" name=\"(\w+)\" value=\"([^\"]*)\"", form[2])
    return visitor.post(urljoin(str(page.url), html.unescape(form[1])), data=dict(hidden) | typed)


def prove(visitor: httpx2.Client, known: Registered, login: str) -> httpx2.Response:
    """Our answer to whoever proved to the provider that they are `login`."""
    back = f"{known.here.address}/login/oidc/callback"
    page = led(visitor, visitor.get(f"{known.here.address}/login/oidc?next=/plan"), back)
    page = led(visitor, fill_in(visitor, page, login=login, password="any will do here"), back)
    if not page.is_redirect:  # asked whether we may know
        page = led(visitor, fill_in(visitor, page), back)
    assert page.headers["location"].startswith(back)
    return visitor.get(page.headers["location"])


def test_signing_in_and_out(visitor: httpx2.Client, known: Registered) -> None:
    answer = prove(visitor, known, "id-of-wang")
    assert (answer.status_code, answer.headers["location"]) == (303, "/plan")
    begun = known.here.session_in(answer)
    assert begun is not None
    assert (begun.user, begun.means) == (User("wang", Role.STATISTICIAN, "chengdu-health"), Means.OIDC)

    away = logout_address(known.here.place.settings, begun)
    assert away is not None and away.startswith(f"{known.issuer}/session/end?")
    page = visitor.get(away)
    assert page.status_code == 200  # asks before it lets anyone go
    gone = led(visitor, fill_in(visitor, page, logout="yes"), f"{known.here.address}/login")
    assert gone.headers["location"].startswith(f"{known.here.address}/login")


def test_someone_it_knows_and_we_do_not(visitor: httpx2.Client, known: Registered) -> None:
    answer = prove(visitor, known, "id-of-zhou")
    assert answer.status_code == 403
    assert words("zh")("oidc.no_role") in answer.text
    assert "id-of-zhou" in answer.text
    assert known.here.session_in(answer) is None
    assert known.here.lines("sign_in") == []
    assert len(known.here.lines("sign_in_refused")) == 1


def test_a_code_serves_once(visitor: httpx2.Client, known: Registered) -> None:
    first = prove(visitor, known, "id-of-wang")
    assert known.here.session_in(first) is not None
    again = visitor.get(str(first.request.url))
    assert again.status_code == 400
    assert known.here.session_in(again) is None
    assert len(known.here.lines("sign_in")) == 1
