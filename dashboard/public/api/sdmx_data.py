"""Figures as SDMX-CSV 2.0: one observation a row, those that hold and no others."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from dashboard.public.api.answers import Page
from dashboard.public.api.asked import AskedData
from dashboard.public.api.desk import Question
from dashboard.public.api.figure_resources import figures
from dashboard.public.api.naming import Naming
from dashboard.public.api.sdmx_codes import (
    AGENCY,
    ATTRIBUTES,
    DIMENSIONS,
    FLOW,
    MEASURE,
    TIME,
    VERSION,
    accumulation_code,
    status_code,
    time_of,
    unit_code,
    vintage_code,
)
from ingest.export import harmless

__all__ = ["MEDIA", "data"]

MEDIA = "application/vnd.sdmx.data+csv; version=2.0.0"
_HEADER = ("STRUCTURE", "STRUCTURE_ID", "ACTION", *DIMENSIONS, TIME, MEASURE, *ATTRIBUTES)
_OF = ("dataflow", f"{AGENCY}:{FLOW}({VERSION})", "I")


def data(question: Question, asked: AskedData) -> tuple[bytes, Page]:
    """The observations asked for, and where they stand among all of them."""
    total, rows = figures(question, asked)
    naming = Naming(question.catalogue, question.snapshot.release.rule)
    kind = "REAL" if question.snapshot.kind == "real" else "DEMO"
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_HEADER)
    writer.writerows([*_OF, *_observation(row, naming), kind] for row in rows)
    return out.getvalue().encode(), question.page(total, limit=asked.limit, offset=asked.offset)


def _observation(row: Mapping[str, Any], naming: Naming) -> Iterator[object]:
    definition = naming.definition(row["indicator"], row["definition"])
    frequency, time = time_of(row["period"])
    yield from (frequency, row["region"], row["indicator"], accumulation_code(row["accumulation"]), time)
    yield "" if row["value"] is None else row["value"]
    yield unit_code(row["unit"])
    yield definition.decimals if definition else ""
    yield status_code(row["missing"], row["vintage"])
    yield vintage_code(row["vintage"])
    yield row["definition"]
    yield harmless(" ".join(row["source"].split()))  # readers of SDMX-CSV go by lines
    yield row["release"]
