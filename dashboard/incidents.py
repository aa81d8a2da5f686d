"""What went wrong: told to the reader as a number, and to the log once, with its secrets masked."""

from __future__ import annotations

import logging
import re
import secrets
import traceback

__all__ = ["note"]

_log = logging.getLogger("zhibiao")
# Streamlit would log the same error before us, unmasked
logging.getLogger("streamlit.error_util").addFilter(lambda record: record.msg != "Uncaught app execution")

_NAMED = re.compile(
    r"(?i)((?:password|passwd|pwd|secret|token|cookie|authorization|api_?key|one_time_code)\w*[\"']?\s*[=:]\s*[\"']?)"
    r"[^\s\"',;&)]+"
)
_IN_ADDRESS = re.compile(r"(://[^/\s:@]*:)[^@\s/]+@")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def _masked(text: str) -> str:
    return _IN_ADDRESS.sub(r"\1***@", _NAMED.sub(r"\1***", text))


def note(error: BaseException) -> str:
    """Log an error once, each line marked as its own so that nothing in it passes for another; returns its number."""
    number = secrets.token_hex(4)
    lines = _masked("".join(traceback.format_exception(error))).split("\n")
    told = "\n".join("  | " + _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", line) for line in lines if line)
    _log.error("incident %s\n%s", number, told)
    return number
