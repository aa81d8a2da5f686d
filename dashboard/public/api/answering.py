"""From an answer to what is sent: JSON or a table, packed where they can unpack it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import date, datetime

from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from starlette.responses import Response

from dashboard.public.api.answers import Answer, Page
from dashboard.public.api.desk import JSON, Question
from dashboard.public.api.problems import Code, Refused
from ingest.export import csv_bytes

__all__ = ["answer", "sent"]

_MOST = 16 * 1024 * 1024  # bytes of an answer
_WORTH_PACKING = 1024
# said in every row, because a saved file has lost its headers
_OF = ("of_release", "of_released_on", "demonstration", "release_address")


def answer(question: Question, told: Answer) -> Response:
    """An answer in the form that was asked for."""
    page = getattr(told, "page", None)
    body = told.model_dump_json().encode() if question.media == JSON else _table(told)
    return sent(question, body, page=page)


def sent(question: Question, body: bytes, *, page: Page | None = None) -> Response:
    """Bytes of the question's own form, with all that is said of them. Raises Refused where they are too many."""
    if len(body) > _MOST:
        raise Refused(Code.TOO_LARGE, "limit", most=_MOST // 2**20)
    headers = question.headers
    if page is not None:
        ways = (("next", page.next), ("prev", page.previous))
        headers["Link"] += "".join(f', <{there}>; rel="{way}"' for way, there in ways if there)
        headers["X-Total-Count"] = str(page.total)
    if question.packed and len(body) >= _WORTH_PACKING:
        body = gzip.compress(body, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, headers=headers, media_type=question.media)


def _table(told: Answer) -> bytes:
    columns = told.columns()
    release = told.release
    of = (release.number, release.released_on.isoformat(), _cell(release.demonstration), release.address)

    def rows() -> Iterator[list[object]]:
        for row in told.rows():
            yield [*(_cell(row.get(column)) for column in columns), *of]

    return csv_bytes([*columns, *_OF], rows())


def _cell(said: object) -> object:
    """What stands in one cell: several codes with semicolons between, anything that has parts as JSON."""
    match said:
        case None:
            return ""
        case bool():
            return "true" if said else "false"
        case datetime():
            return said.isoformat().replace("+00:00", "Z")
        case date():
            return said.isoformat()
        case tuple() | list() if all(isinstance(one, str) for one in said):
            return ";".join(said)
        case tuple() | list() | dict() | BaseModel():
            return json.dumps(to_jsonable_python(said), ensure_ascii=False)
    return said
