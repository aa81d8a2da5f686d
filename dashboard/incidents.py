"""What went wrong: told to the reader as a number, and to the log once."""

from __future__ import annotations

import logging
import secrets

__all__ = ["note"]

_log = logging.getLogger("zhibiao")
# Streamlit would log the same error before us
logging.getLogger("streamlit.error_util").addFilter(lambda record: record.msg != "Uncaught app execution")


def note(error: BaseException) -> str:
    """Log an error once, as `ingest.log` writes everything; returns its number."""
    number = secrets.token_hex(4)
    _log.error("incident %s", number, exc_info=error)
    return number
