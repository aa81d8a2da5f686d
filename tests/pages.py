"""A page of the program run as its address opens it, and what it says."""

from __future__ import annotations

import html
import re
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import session
from ingest.people import Role

__all__ = ["boxes", "dropped", "markup", "opened", "plain", "rows", "said", "told"]

_MAIN = Path(session.__file__).with_name("main.py")


def opened(screen: str, *, role: Role = Role.LEADER, **address: str) -> AppTest:
    """A page as its address opens it to someone of a role; it must not fail."""
    page = AppTest.from_file(_MAIN, default_timeout=60)
    page._page_hash = "" if screen == "overview" else calc_hash(screen)
    page.query_params.update(address)
    page.session_state["role"] = role.value
    page.run()
    assert not page.exception
    return page


def boxes(page: AppTest) -> list[str]:
    """Each piece of markup a page drew, its style sheet apart."""
    drawn = [element.proto.body for element in page.get("html")]
    return [body for body in drawn if not body.startswith("<style>")]


def markup(page: AppTest) -> str:
    """Everything a page drew as markup."""
    return "\n".join(boxes(page))


def plain(drawn: str) -> str:
    """Markup as a reader reads it."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", drawn)).split())


def said(page: AppTest) -> str:
    """Everything a page says in its markup."""
    return plain(markup(page))


def rows(drawn: str) -> list[list[str]]:
    """The rows of the tables in a piece of markup, as text."""
    found = re.findall(r"<tr>(<td.*?)</tr>", drawn)
    return [[plain(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in found]


def told(page: AppTest) -> list[str]:
    """What the boxes of a page say: information, success, errors."""
    return [element.value for kind in ("info", "success", "error", "warning") for element in page.get(kind)]


def dropped(page: AppTest, raw: bytes, name: str = "return.csv") -> AppTest:
    """The page after a file was dropped on it."""
    page.file_uploader(key=next(str(u.key) for u in page.file_uploader if str(u.key).startswith("upload_"))).upload(
        name, raw, "text/csv"
    )
    return page.run()
