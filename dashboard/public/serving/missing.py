"""The page for addresses that have none. It is drawn for the root of its language, and shown wherever one got lost."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from dashboard.public.serving.addresses import Addresses
from dashboard.public.serving.sending import Site

__all__ = ["missing_page"]

_LINK = re.compile(rb'(\s(?:href|src)=")([^"]*)"')


async def missing_page(site: Site, known: Addresses, *, english: bool) -> bytes | None:
    """The release's own page, its links written out from the root; None where it has none."""
    address = "/en/404.html" if english and "/en/404.html" in known else "/404.html"
    file = known.get(address)
    ready = await site.read(file) if file else None
    if ready is None:
        return None
    body: bytes = ready.plain.body["body"]
    return _LINK.sub(lambda found: found[1] + urljoin(address, found[2].decode()).encode() + b'"', body)
