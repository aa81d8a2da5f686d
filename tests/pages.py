"""A page of the program run as its address opens it, and what it says."""

from __future__ import annotations

import html
import re
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import session

__all__ = ["boxes", "markup", "opened", "plain", "rows", "said"]

_MAIN = Path(session.__file__).with_name("main.py")


def opened(screen: str, **address: str) -> AppTest:
    """A page as its address opens it; it must not fail."""
    page = AppTest.from_file(_MAIN, default_timeout=60)
    page._page_hash = "" if screen == "overview" else calc_hash(screen)
    page.query_params.update(address)
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
