"""What is logged: one event is one line, nothing invisible in it, and no secret."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterable
from typing import Any

__all__ = ["install", "masked", "one_line"]

_NAMED = re.compile(
    r"""(?ix)
    ( \b [\w-]* (?: password | passwd | pwd | secret | token | cookie | authorization | __host-[\w-]* ) s?
    | \b (?: [\w-]* [_-] )? code s? | 密码 | 口令 | 密钥 | 代码 )
    ( ["']? \s* [:=:] \s* (?: (?:bearer|basic) \s+ )? )
    ( "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | [^\s,;&)\]}"']+ )
    """
)
_IN_ADDRESS = re.compile(r"(://[^/\s:@]*:)[^@\s/]+@")
_HIDDEN = "***"


def one_line(text: str) -> str:
    """A text in one line: line ends, controls and what turns the direction of writing are spelled out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without the values of what is called a password, a code, a token or a secret, and without `secrets`."""
    for secret in secrets:
        text = text.replace(secret, _HIDDEN)
    return _IN_ADDRESS.sub(rf"\1{_HIDDEN}@", _NAMED.sub(rf"\1\2{_HIDDEN}", text))


def install(*, secrets: Iterable[str] = ()) -> None:
    """From now on every record of this process is one clean line, whoever writes it down."""
    known = tuple(filter(None, secrets))

    class Record(logging.LogRecord):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            # what would be written below the line belongs into it
            below = [*(traceback.format_exception(*self.exc_info) if self.exc_info else ()), self.stack_info or ""]
            self.below = "".join(below).rstrip()
            self.exc_info = self.stack_info = None

        def getMessage(self) -> str:
            said = super().getMessage()
            return one_line(masked(f"{said} | {self.below}" if self.below else said, known))

    logging.setLogRecordFactory(Record)
