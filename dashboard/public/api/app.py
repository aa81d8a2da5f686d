"""The public API: what a release says, in JSON, as tables, and as SDMX. It reads snapshots and nothing else."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.gate.limits import Buckets
from dashboard.public.api.asked import both
from dashboard.public.api.desk import Desk, NotModified, etag_of, tags
from dashboard.public.api.document import VERSION, document
from dashboard.public.api.faults import refused_for
from dashboard.public.api.front import Front
from dashboard.public.api.problems import Code, Refused, told
from dashboard.public.api.routes import routes
from dashboard.public.api.sdmx_routes import sdmx_routes
from indicators.store.snapshot import Snapshot

__all__ = ["api"]

_BURST, _EACH_SECOND = 120, 10  # questions of one address
_log = logging.getLogger("zhibiao")


def api(
    current: Callable[[], Snapshot],
    *,
    release: Callable[[int], Snapshot | None],
    url: str,
    buckets: Buckets | None = None,
) -> ASGIApp:
    """The API, to be mounted at `/api/v1`.

    `current`: the release that is out now, raising SnapshotError while none is; `release`: any that is out, by number;
    `url`: the root of the public site, absolute; `buckets`: how often one address may ask.
    """
    desk = Desk(current, release=release, url=url)
    app = FastAPI(
        version=VERSION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.include_router(routes(desk))
    app.include_router(sdmx_routes(desk))
    _describe(app, desk)
    _refuse(app)
    return Front(_Quiet(app), Buckets(_BURST, _EACH_SECOND) if buckets is None else buckets)


def _describe(app: FastAPI, desk: Desk) -> None:
    """The document of the API, which holds whatever is released."""

    @app.get("/openapi.json", operation_id="openapi", response_class=JSONResponse, summary=both("api.about_openapi"))
    def openapi(request: Request) -> Response:
        for name in request.query_params:
            raise Refused(Code.UNKNOWN_PARAMETER, name, name=name)
        headers = {"ETag": etag, "Cache-Control": "public, max-age=60"}
        if etag in tags(request.headers):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    body = json.dumps(document(app, desk), ensure_ascii=False).encode()
    etag = etag_of(body.decode())


def _refuse(app: FastAPI) -> None:
    """Everything that is not an answer is said in one way."""

    @app.exception_handler(Refused)
    async def refused(_: Request, error: Refused) -> Response:
        return told(error)

    @app.exception_handler(NotModified)
    async def not_modified(_: Request, error: NotModified) -> Response:
        return Response(status_code=304, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        return told(refused_for(error.errors(), request.scope["path"]))

    @app.exception_handler(HTTPException)
    async def nowhere(_: Request, error: HTTPException) -> Response:
        return told(Refused(Code.METHOD if error.status_code == 405 else Code.NO_SUCH_ADDRESS, "path"))

    @app.exception_handler(Exception)
    async def incident(_: Request, error: Exception) -> Response:
        number = secrets.token_hex(4)
        _log.error("incident %s", number, exc_info=error)
        return told(Refused(Code.INCIDENT, number=number))


class _Quiet:
    """What went wrong was logged and answered; Starlette would have the server log it a second time."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            if not started:
                raise
