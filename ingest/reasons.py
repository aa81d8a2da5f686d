"""What owners said of the indicators that lag: 进展, 原因, 措施, as their returns were approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from indicators.monitor import Judged
from indicators.period import Period
from indicators.store import Store

__all__ = ["Reason", "reasons"]

_FOREVER = datetime(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Reason:
    """What a body (`organisation`, an id) said of one indicator for one period. `at`, of the approval, is UTC."""

    period: Period
    progress: str
    reason: str
    measures: str
    organisation: str
    at: datetime


def reasons(
    store: Store, judged: Sequence[Judged], *, known_on: datetime | None = None
) -> Mapping[tuple[str, str], tuple[Reason, ...]]:
    """All that was approved of a plan's indicators, by (indicator, region): the newest period, said last, first."""
    told = store.ask(
        "reasons",
        indicators=sorted({one.indicator.id for one in judged}),
        regions=sorted({one.region for one in judged}),
        known_on=known_on or _FOREVER,
    )
    found: dict[tuple[str, str], list[Reason]] = {}
    for row in told.iter_rows(named=True):
        said = (row["progress"], row["reason"], row["measures"], row["organisation"], row["approved_at"])
        found.setdefault((row["indicator"], row["region"]), []).append(Reason(Period.parse(row["period"]), *said))
    # what was approved last comes first already, and a stable sort keeps it so
    return {place: tuple(sorted(said, key=lambda r: r.period.end, reverse=True)) for place, said in found.items()}
