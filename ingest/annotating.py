"""Dated notes 标注: the body that owns an indicator in a region says what happened; nobody else does."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

import polars as pl

from indicators.annotation import Annotation, AnnotationKind
from indicators.catalogue import Catalogue
from indicators.store import Store
from ingest.people import Action, User, demand, demand_standing, may
from ingest.rights import whose
from ingest.submission import Refused

__all__ = ["EARLIEST", "LONGEST", "annotate", "may_annotate", "standing", "withdraw_annotation"]

EARLIEST = date(1949, 10, 1)
LONGEST = 500  # characters of a note, and of its link
_FOREVER = datetime(9999, 12, 31)


def standing(
    store: Store, *, indicator: str | None = None, region: str | None = None, known_on: datetime | None = None
) -> list[Annotation]:
    """The notes that stand as known on an instant (UTC, naive), oldest first; None asks for all."""
    return _values(store.ask("annotations", id=None, indicator=indicator, region=region, known_on=known_on or _FOREVER))


def _values(frame: pl.DataFrame) -> list[Annotation]:
    return [
        Annotation(
            id=row["id"],
            indicator=row["indicator"],
            region=row["region"],
            day=row["day"],
            kind=AnnotationKind(row["kind"]),
            text=row["text"],
            link=row["link"],
            by=row["written_by"],
            organisation=row["organisation"],
            recorded_at=row["recorded_at"],
        )
        for row in frame.iter_rows(named=True)
    ]


def may_annotate(catalogue: Catalogue, user: User, *, indicator: str, region: str) -> bool:
    """Whether `user` speaks for the body that owns an indicator in a region."""
    owner = whose(catalogue, indicator, region)
    return owner is not None and may(user, Action.ANNOTATE, organisation=owner.id)


def annotate(
    store: Store,
    *,
    indicator: str,
    region: str,
    day: date,
    kind: str,
    text: str,
    link: str = "",
    user: User,
    today: date,
) -> str:
    """Write one note; returns its id.

    Raises Forbidden unless `user` speaks for the body that owns the indicator in the region, Refused for a day
    before 1949 or after `today`, a text that is empty, long or holds what cannot be seen, and for a link that is
    no web address.
    """
    demand(user, Action.ANNOTATE)
    owner = _owner(store.catalogue(), indicator, region)
    demand(user, Action.ANNOTATE, organisation=owner)
    _demand_day(day, today)
    told: dict[str, Any] = {
        "indicator": indicator,
        "region": region,
        "day": day,
        "kind": _kind(kind).value,
        "text": _line(text),
        "link": _address(link),
    }
    made = secrets.token_hex(6)
    with store.entry(actor=user.name, action="annotate", subject=f"{indicator}@{region}", id=made, **told) as entry:
        demand_standing(user, store.ask("people"))
        for other in standing(store, indicator=indicator, region=region):
            if (other.day, other.kind, other.text) == (day, told["kind"], told["text"]):
                raise Refused("已有同样的标注", "the same note stands already")
        entry.add("annotation", [{"id": made, **told, "written_by": user.name, "organisation": owner}])
    return made


def withdraw_annotation(store: Store, *, annotation: str, user: User) -> None:
    """Take a note back: it is shown no more, and stands in the ledger.

    Raises Forbidden for whoever does not speak for the body that wrote it, Refused where there is no such note.
    """
    demand(user, Action.ANNOTATE)
    found = _values(store.ask("annotations", id=annotation, indicator=None, region=None, known_on=_FOREVER))
    if not found:
        raise Refused("没有这条标注,或已撤下", "there is no such note, or it is withdrawn already")
    (one,) = found
    demand(user, Action.ANNOTATE, organisation=one.organisation)
    told: dict[str, Any] = {"id": one.id, "day": one.day, "text": one.text}
    subject = f"{one.indicator}@{one.region}"
    with store.entry(actor=user.name, action="withdraw_annotation", subject=subject, **told) as entry:
        demand_standing(user, store.ask("people"))
        if store.ask("annotations", id=annotation, indicator=None, region=None, known_on=_FOREVER).is_empty():
            raise Refused("没有这条标注,或已撤下", "there is no such note, or it is withdrawn already")
        entry.add("annotation_withdrawal", [{"annotation": annotation, "withdrawn_by": user.name}])


# -- what may be said ----------------------------------------------------------------------------------------


def _owner(catalogue: Catalogue, indicator: str, region: str) -> str:
    """The body that owns an indicator in a region, by its id."""
    if indicator not in catalogue.indicators or region not in catalogue.regions:
        raise Refused(
            f"没有指标或地区“{indicator}@{region}”", f"there is no indicator or region “{indicator}@{region}”"
        )
    owner = whose(catalogue, indicator, region)
    if owner is None:
        name, place = catalogue.indicators[indicator], catalogue.regions[region]
        raise Refused(
            f"{place.name_zh}的“{name.name_zh}”没有登记责任单位,不能标注",
            f"nobody is on record as owner of “{name.name_en}” in {place.name_en}: nobody may note on it",
        )
    return owner.id


def _demand_day(day: date, today: date) -> None:
    if not EARLIEST <= day <= today:
        raise Refused(f"日期须在 {EARLIEST} 至 {today} 之间", f"the date must lie between {EARLIEST} and {today}")


def _kind(kind: str) -> AnnotationKind:
    try:
        return AnnotationKind(kind)
    except ValueError:
        raise Refused("类别须为政策、事件或数据", "the kind must be policy, event or data") from None


def _line(text: str) -> str:
    """A note as it is kept: one line, spaces as one, none around."""
    plain = text.strip()
    if not plain:
        raise Refused("请填写标注内容", "say what happened")
    if any(not sign.isprintable() and unicodedata.category(sign) != "Zs" for sign in plain):
        raise Refused(
            "标注含有换行或不可见字符,请重新输入", "the note holds line breaks or invisible characters: type it anew"
        )
    line = " ".join(plain.split())
    if len(line) > LONGEST:
        raise Refused(f"标注超过 {LONGEST} 个字符", f"the note is longer than {LONGEST} characters")
    return line


def _address(link: str) -> str:
    """A web address as it is kept, '' for none."""
    plain = link.strip()
    if not plain:
        return ""
    try:
        parts = urlsplit(plain)
        web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        web = False
    if not web or len(plain) > LONGEST or any(not sign.isprintable() or sign.isspace() for sign in plain):
        raise Refused("链接须以 http:// 或 https:// 开头", "a link must begin with http:// or https://")
    return plain
