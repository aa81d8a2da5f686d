"""What a form must bring back: a token signed by this server, for one purpose, tied to one browser."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from itsdangerous import BadData, URLSafeTimedSerializer

from dashboard import session
from ingest.accounts.sessions import ABSOLUTE

__all__ = ["cookie_secret", "fits", "made"]


@cache
def _of_this_process() -> str:
    return secrets.token_urlsafe(32)


def _secret() -> str:
    """The installation's secret; the demonstration draws one each time it starts."""
    here = session.place()
    given = here.settings.secret
    return given.get_secret_value() if given and not here.home.demo else _of_this_process()


def cookie_secret() -> str:
    """What Streamlit signs its own cookies with; it tells nothing of ours."""
    return hashlib.sha256(f"streamlit {_secret()}".encode()).hexdigest()


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        _secret(), salt=f"zhibiao form {purpose}", signer_kwargs={"digest_method": hashlib.sha256}
    )


def made(purpose: str, tied_to: str) -> str:
    """A token for a form; `tied_to` is the id of a session, or the cookie of a browser that has none."""
    return str(_serializer(purpose).dumps(hashlib.sha256(tied_to.encode()).hexdigest()))


def fits(token: str, purpose: str, tied_to: str) -> bool:
    """Whether the token was made here for this, and not longer ago than a session lasts."""
    if not tied_to:
        return False
    try:
        said = _serializer(purpose).loads(token, max_age=int(ABSOLUTE.total_seconds()))
    except BadData:
        return False
    return bool(said == hashlib.sha256(tied_to.encode()).hexdigest())
