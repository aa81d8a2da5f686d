"""E19, E20: what is logged is one line an event, without anything invisible and without a secret."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from ingest.log import install, masked, one_line

SECRET = "kFz0vQ3mTn8xYp2LwR7sBd5hJc9gEa1u"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a log's plain handler wrote down."""
    before = logging.getLogRecordFactory()
    install(secrets=[SECRET, ""])
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    log = logging.getLogger("tests.log")
    log.addHandler(handler)
    yield out
    log.removeHandler(handler)
    logging.setLogRecordFactory(before)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("wang\r\nINFO signed in chen", "wang\\r\\nINFO signed in chen"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("a\0b\x85c\u2028d", "a\\x00b\\x85c\\u2028d"),
        ("a\u202eb\u200bc", "a\\u202eb\\u200bc"),
        ("half \ud83e", "half \\ud83e"),
        ("六月 报表.csv", "六月 报表.csv"),
    ],
)
def test_E20_a_name_of_two_lines_is_one_line(written: io.StringIO, text: str, line: str) -> None:
    assert one_line(text) == line
    logging.getLogger("tests.log").warning("refused %s", text)
    logging.getLogger("tests.log").warning("refused " + text.replace("%", "%%"))
    assert written.getvalue() == f"WARNING refused {line}\n" * 2


def test_E19_an_exception_is_one_line_with_its_place(written: io.StringIO) -> None:
    try:
        raise ValueError("in row 1\nin row 2")
    except ValueError:
        logging.getLogger("tests.log").exception("incident %s", "ab12", stack_info=True)
    (line,) = written.getvalue().splitlines()
    assert line.startswith("ERROR incident ab12 | Traceback")
    assert "test_log.py" in line
    assert "in row 1\\nin row 2" in line


@pytest.mark.parametrize(
    "said",
    [
        "password=hunter2",
        "password: hunter2",
        "'password': 'hunter2'",
        '{"password": "hunter2 with \\" in it hunter2", "x": 1}',
        "new_password = hunter2",
        "ZHIBIAO_SECRET=hunter2",
        "secret='hunter2'",
        "token=hunter2&x=1",
        "access_token: hunter2",
        "code=hunter2",
        "one-time code: hunter2",
        "口令:hunter2",
        "密码=hunter2",
        "Authorization: Bearer hunter2",
        "Cookie: a=b; __Host-session=hunter2; c=d",
        "Set-Cookie: __Host-session=hunter2; Path=/",
        f"postgres://{SECRET}@host",
    ],
)
def test_E19_no_secret_is_written_down(written: io.StringIO, said: str) -> None:
    logging.getLogger("tests.log").error("%s", said)
    try:
        raise RuntimeError(said)
    except RuntimeError:
        logging.getLogger("tests.log").exception("failed")
    told = written.getvalue()
    assert told.count("\n") == 2
    assert "***" in told
    assert "hunter2" not in told
    assert SECRET not in told


def test_what_is_no_secret_is_left(written: io.StringIO) -> None:
    for plain in ("/healthz 200", "encode: utf-8", "a password is typed at the terminal", "postcode 510100", "tokens"):
        assert masked(plain) == plain
