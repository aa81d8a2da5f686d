"""The public page in a process of its own: `python -m tests.explored FOLDER --port N` serves the releases in FOLDER."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import streamlit as st
import uvicorn
from starlette.types import Receive, Scope, Send

from dashboard.public.book import Book
from dashboard.public.explore import explore, page
from indicators.store import Snapshot, SnapshotError
from ingest.shelf import Shelf

SECRET_TEXT = "DSN postgres://zhibiao:hunter2@db/x password=hunter2 /srv/zhibiao.duckdb SELECT 1"


@cache
def _opened(folder: Path) -> Book:
    return Book(Snapshot(folder), url="https://public.example/")


def main() -> int:
    shelf, port = Shelf(Path(sys.argv[1])), int(sys.argv[sys.argv.index("--port") + 1])

    def current() -> Book:
        folder = shelf.current()
        if folder is None:
            raise SnapshotError("nothing is out")
        return _opened(folder)

    app = explore(current, hosts=["127.0.0.1"])
    drawn = page._drawn

    def failing(*given: object) -> None:
        if "fail" in st.query_params:
            raise ZeroDivisionError(SECRET_TEXT)
        drawn(*given)  # type: ignore[arg-type]

    page._drawn = failing

    async def whole(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("path") == "/healthz":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            return await send({"type": "http.response.body", "body": b"{}"})
        return await app(scope, receive, send)

    uvicorn.run(whole, host="127.0.0.1", port=port, log_level="warning")
    return 0


if __name__ == "__main__":
    sys.exit(main())
