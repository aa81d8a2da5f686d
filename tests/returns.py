"""Small returns: a test writes only the cells it is about."""

from __future__ import annotations

import csv as csv_module
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from indicators.catalogue import CatalogueKind
from indicators.problem import Problem
from indicators.store import Store
from ingest.settings import SHIPPED

PLAIN = {"region": "510100", "indicator": "life-expectancy", "period": "2021", "value": "81.76"}
PUBLISHED = SHIPPED / "actuals" / "published.csv"


def csv(*rows: Mapping[str, str], delimiter: str = ",", without: Sequence[str] = (), **every: str) -> bytes:
    """A return whose rows differ from a plain good one in the cells given; `every`: cells of all rows.

    >>> csv({"value": "82"}, note="普查").decode()
    'region,indicator,period,value,note\\n510100,life-expectancy,2021,82,普查\\n'
    """
    names = [n for n in dict.fromkeys([*PLAIN, *every, *(name for row in rows for name in row)]) if n not in without]
    return table(names, [[{**PLAIN, **every, **row}.get(n, "") for n in names] for row in rows or [{}]], delimiter)


def table(header: Iterable[str], rows: Iterable[Iterable[str]], delimiter: str = ",") -> bytes:
    """Any header over any rows."""
    out = io.StringIO()
    writer = csv_module.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def years(*values: str, start: int = 2001, **every: str) -> bytes:
    """One figure a year."""
    return csv(*({"period": str(start + n), "value": value} for n, value in enumerate(values)), **every)


def codes(problems: Iterable[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def places(problems: Iterable[Problem]) -> list[tuple[str, int | None, str, str]]:
    """What was said about which cell: (code, row, column, found)."""
    return [(p.code, p.row, p.column, p.found) for p in problems]


def filled(store: Store, texts: Iterable[tuple[CatalogueKind, str, str]]) -> Store:
    """`store` with catalogue files in it."""
    with store.entry(actor="zhibiao", action="init") as entry:
        entry.add(
            "catalogue_version",
            [{"kind": k.value, "id": n, "version": 1, "text": t, "document": ""} for k, n, t in texts],
        )
    return store


FIGURE: dict[str, Any] = {
    "row": 2,
    "indicator": "beds",
    "region": "510100",
    "period": "2021",
    "accumulation": "",
    "definition": 1,
    "value": 1.0,
    "missing": "",
    "numerator": None,
    "denominator": None,
    "found": "1",
    "unit": "张",
    "vintage": "",
    "published_on": None,
    "contributors": None,
    "confidence": "",
    "source": "",
    "note": "",
}
