"""Dated notes on a series: what its owner says happened, when, and where to read of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

__all__ = ["Annotation", "AnnotationKind"]


class AnnotationKind(StrEnum):
    """What sort of thing happened."""

    POLICY = "policy"  # 政策: a document took effect
    EVENT = "event"  # 事件: something opened, closed, broke out
    DATA = "data"  # 数据: how the figures were gathered


@dataclass(frozen=True, slots=True)
class Annotation:
    """One note of the body that owns an indicator in a region. `recorded_at` is UTC, naive; `link` '' or http(s)."""

    id: str
    indicator: str
    region: str
    day: date
    kind: AnnotationKind
    text: str
    link: str
    by: str
    organisation: str
    recorded_at: datetime
