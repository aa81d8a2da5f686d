"""The addresses at which SDMX tools find the figures and their structure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from dashboard.public.api.answering import sent
from dashboard.public.api.asked import AskedData, AskedStructure, both
from dashboard.public.api.desk import Desk
from dashboard.public.api.sdmx_data import MEDIA as DATA
from dashboard.public.api.sdmx_data import data
from dashboard.public.api.sdmx_structure import MEDIA as STRUCTURE
from dashboard.public.api.sdmx_structure import structure

__all__ = ["sdmx_routes"]

_Reading = Callable[[Callable[..., Response]], Callable[..., Response]]


def sdmx_routes(desk: Desk) -> APIRouter:
    """SDMX-CSV 2.0 and SDMX-ML 3.0."""
    router = APIRouter(redirect_slashes=False)

    def read(path: str, name: str, media: str) -> _Reading:
        told: dict[int | str, dict[str, Any]] = {200: {"content": {media: {"schema": {"type": "string"}}}}}
        made: _Reading = router.get(
            path, operation_id=name, name=name, response_class=Response, responses=told,
            summary=both(f"api.about_{name}"),
        )  # fmt: skip
        return made

    @read("/sdmx/data.csv", "sdmx_data", DATA)
    def observations(request: Request, asked: Annotated[AskedData, Query()]) -> Response:
        question = desk.question(request, asked, media=DATA)
        body, page = data(question, asked)
        return sent(question, body, page=page)

    @read("/sdmx/structure.xml", "sdmx_structure", STRUCTURE)
    def definition(request: Request, asked: Annotated[AskedStructure, Query()]) -> Response:
        question = desk.question(request, asked, media=STRUCTURE)
        return sent(question, structure(question))

    return router
