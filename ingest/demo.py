"""Generated quarterly figures for the demonstration: drawn to plausible courses, marked, and kept to a demo store.

They go through the same door as any return. No figure here is a statistic.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from indicators.catalogue import Catalogue, read_folder
from indicators.definition import MeasureType
from indicators.period import Period
from indicators.plan import Commitment, Plan
from indicators.store import SCHEMA_VERSION, Store, StoreBusy, StoreError, StoreOfOtherKind
from ingest import demo_course, demo_districts
from ingest.importing import initialise
from ingest.people import Role, User
from ingest.release import release
from ingest.settings import SHIPPED, Home, Settings
from ingest.submission import Decision
from ingest.workflow import add_person, decide, submit

__all__ = ["AS_OF", "PEOPLE", "PLAN", "build", "renew"]

PLAN = "chengdu-145"
AS_OF = date(2024, 12, 31)  # the demonstration's “today”: the end of its figures
_RELEASED_AS_OF = date(2024, 9, 30)  # what came after it is what changed since
_NOTE = "示例数据,非真实统计结果"
_QUARTERS = [Period.quarter(year, number) for year in range(2021, 2025) for number in range(1, 5)]

PEOPLE = {
    Role.LEADER: User("示例·领导", Role.LEADER),
    Role.STATISTICIAN: User("示例·填报人", Role.STATISTICIAN, "chengdu-health"),
    Role.REVIEWER: User("示例·审核人", Role.REVIEWER),
    Role.PUBLISHER: User("示例·发布人", Role.PUBLISHER),
    Role.ADMINISTRATOR: User("示例·管理员", Role.ADMINISTRATOR),
    Role.AUDITOR: User("示例·审计员", Role.AUDITOR),
}

# share of the targeted change completed by the end of 2024; chosen so that every kind of status is met once
_COURSES = {
    "beds-per-1000": 0.552,
    "beds-municipal-public-per-1000": 0.83,
    "beds-county-primary-per-1000": 0.73,
    "tcm-beds-per-1000": 1.06,
    "psychiatric-beds-per-1000": 0.93,
    "doctors-per-1000": 0.83,
    "nurses-per-1000": 0.526,
    "pharmacists-per-1000": 0.89,
    "gps-per-10000": 0.177,
    "day-care-coverage": 0.85,
    "medical-elderly-care-share": 0.96,
    "childcare-places-per-1000": 0.743,
    "nursing-beds-share": 0.74,
}


@dataclass(frozen=True, slots=True)
class _Level:
    """A course without a published baseline: its values at the ends of 2020 and 2024."""

    start: float
    end: float


_LEVELS = {
    "family-doctor-signup-rate": _Level(70.0, 71.2),
    "township-village-coverage": _Level(97.5, 100.0),
    "quality-nursing-coverage": _Level(78.0, 92.0),
    "clinical-pathway-tertiary": _Level(38.0, 46.5),
    "clinical-pathway-secondary": _Level(55.0, 71.3),
    "inclusive-childcare-share": _Level(31.0, 44.0),
    "tcm-preventive-departments": _Level(82.0, 96.0),
}
_TITLES = {
    "sports-consumption-cities": {2022: 1},
    "sports-tourism-bases": {2023: 1},
    "whole-area-tourism-zones": {2021: 10, 2022: 11, 2023: 12, 2024: 13},
    "hundred-billion-zones": {2024: 2},
}
_VISITORS = {2021: 2.05, 2022: 1.96, 2023: 2.8, 2024: 3.26}  # 亿人次, whole years
_SEASONS = (0.21, 0.46, 0.76, 1.0)  # share of a year's visitors by the end of each quarter
_ABOVE = {("childcare-places-per-1000", "2024Q3"): 4.22}  # on schedule still, before places were lost
_NOT_REPORTED = {("childcare-places-per-1000", "2022Q2"), ("childcare-places-per-1000", "2022Q3")}

Row = tuple[str, ...]  # indicator, period, value, accumulation, vintage, and why where there is a reason
_CORRECTIONS = (  # of 2024Q3: by how much, decimals, why
    ("nurses-per-1000", 0.01, 2, ";年报核定,补入1家机构"),
    ("day-care-coverage", -0.1, 1, ";核减重复计算的1家机构"),
)


def _rows(catalogue: Catalogue, plan: Plan) -> Iterator[Row]:
    """Every generated figure; the same on every machine."""
    for commitment in plan.targets:
        indicator = catalogue.indicators.get(commitment.indicator)
        if indicator is None:
            continue
        decimals = indicator.current.decimals
        if indicator.current.measure is MeasureType.FLOW:
            for period in _QUARTERS if indicator.id == "visitors" else []:
                value = _VISITORS[period.end.year] * _SEASONS[period.number - 1]
                yield indicator.id, period.code, f"{value:.2f}", "本年累计", "快报"
        elif indicator.id in _TITLES:
            for year, count in _TITLES[indicator.id].items():
                yield indicator.id, str(year), str(count), "", "年报"
        elif (ends := _ends(commitment)) is not None:
            for period, value in _course(indicator.id, *ends):
                if (indicator.id, period.code) not in _NOT_REPORTED:
                    told = _ABOVE.get((indicator.id, period.code), value)
                    yield indicator.id, period.code, f"{told:.{decimals}f}", "", "快报"


def _ends(commitment: Commitment) -> tuple[float, float] | None:
    """The values a course runs between, ends of 2020 and 2024; None for an indicator that gets no figures."""
    if (share := _COURSES.get(commitment.indicator)) is not None:
        base, goal = commitment.baseline_value, commitment.target_value
        assert base is not None and goal is not None
        return base, base + share * (goal - base)
    level = _LEVELS.get(commitment.indicator)
    return (level.start, level.end) if level else None


def _course(name: str, start: float, end: float) -> Iterator[tuple[Period, float]]:
    """A course from start to end over the sixteen quarters, bent and shaken a little, seeded by its name."""
    chance = random.Random(name)
    bend = chance.uniform(0.8, 1.25)
    for step, period in enumerate(_QUARTERS, start=1):
        share = math.pow(step / len(_QUARTERS), bend)
        shake = 0 if step == len(_QUARTERS) else chance.gauss(0, 0.012)
        yield period, start + (share + shake) * (end - start)


def _csv(rows: Sequence[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["region", "indicator", "period", "value", "accumulation", "vintage", "note", "source"])
    for indicator, period, value, accumulation, vintage, *why in rows:
        writer.writerow(["510100", indicator, period, value, accumulation, vintage, _NOTE + "".join(why), "演示生成"])
    return out.getvalue().encode()


def renew(home: Home) -> None:
    """Clear a demonstration made from other shipped files, so that it is built anew from today's.

    Raises StoreBusy when a server still has it open, StoreOfOtherKind when it is no demonstration at all.
    """
    made_from = home.folder / "made-from"
    texts = [text for _, _, text in read_folder(SHIPPED)] + [str(SCHEMA_VERSION)]
    texts += [
        path.read_text("utf-8") for path in (Path(__file__), Path(demo_course.__file__), Path(demo_districts.__file__))
    ]
    texts += [path.read_text("utf-8") for path in sorted((SHIPPED / "actuals").glob("*.csv"))]
    today = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    if made_from.exists() and made_from.read_text() == today:
        return
    if home.store.exists():
        try:
            Store(home.store, kind=home.kind).close()
        except (StoreBusy, StoreOfOtherKind):
            raise
        except StoreError:
            pass  # of an older make: cleared all the same
        shutil.rmtree(home.folder)
    home.folder.mkdir(parents=True, exist_ok=True)
    made_from.write_text(today)


def build(store: Store, settings: Settings, home: Home) -> bool:
    """Fill a new demonstration store; False when it is filled already."""
    assert store.kind == "demo"
    if not store.ask("people").is_empty():
        return False
    initialise(store)
    operator = User("zhibiao", Role.OPERATOR)
    catalogue = store.catalogue()
    published = next(iter(sorted((SHIPPED / "actuals").glob("*.csv"))))
    _send(store, settings, home, published.name, published.read_bytes(), origin="reported")
    rows = list(_rows(catalogue, catalogue.plans[PLAN]))
    last = [row for row in rows if Period.parse(row[1]).end > _RELEASED_AS_OF]
    _send(store, settings, home, "demo.csv", _csv([row for row in rows if row not in last]), origin="demo")
    _send(store, settings, home, "demo-revised.csv", _csv(_revised(rows)), origin="demo")
    release(store, user=PEOPLE[Role.PUBLISHER], note="公开发布的历史数据", as_of=_RELEASED_AS_OF)
    _send(store, settings, home, "demo-2024Q4.csv", _csv([*last, *_corrected(rows)]), origin="demo")
    city = _known(catalogue.plans[PLAN], rows)
    for name, made in (("demo-districts", demo_districts.figures), ("demo-districts-revised", demo_districts.revised)):
        raw = made(catalogue, city, note=_NOTE, source="演示生成")
        _send(store, settings, home, f"{name}.csv", raw, origin="demo")
    latest = _QUARTERS[-1]
    demo_course.explain(store, settings, home, people=PEOPLE, period=latest, today=AS_OF)
    demo_course.play(store, settings, home, PEOPLE)
    for user in (*PEOPLE.values(), *demo_course.SENDERS):
        add_person(store, name=user.name, role=user.role, organisation=user.organisation, active=True, user=operator)
    return True


def _known(plan: Plan, rows: Sequence[Row]) -> demo_districts.City:
    """The city's own values, the plan's baselines as those of the end of 2020."""
    base = {(c.indicator, "2020Q4"): c.baseline_value for c in plan.targets if c.baseline_value is not None}
    return base | {(indicator, period): float(value) for indicator, period, value, *_ in rows}


def _revised(rows: Sequence[Row]) -> list[Row]:
    """Annual figures that replace some flash ones by a little, so that revisions have a size."""
    revised: list[Row] = []
    for indicator, period, value, accumulation, *_ in rows:
        if period in ("2022Q4", "2023Q4") and indicator in _COURSES and not accumulation:
            digits = len(value.partition(".")[2])
            revised.append((indicator, period, f"{float(value) - 10**-digits:.{digits}f}", "", "年报"))
    return revised


def _corrected(rows: Sequence[Row]) -> list[Row]:
    """What was found wrong of the quarter before the last when its last figures came in."""
    known = {(indicator, period): value for indicator, period, value, *_ in rows}
    return [
        (name, "2024Q3", f"{float(known[name, '2024Q3']) + by:.{digits}f}", "", "快报", why)
        for name, by, digits, why in _CORRECTIONS
    ]


def _send(store: Store, settings: Settings, home: Home, name: str, raw: bytes, *, origin: str) -> None:
    # what the demonstration starts from is of many bodies; from then on the sender speaks for one
    sender = User(PEOPLE[Role.STATISTICIAN].name, Role.OPERATOR)
    receipt = submit(store, settings, name=name, raw=raw, user=sender, uploads=home.uploads, origin=origin)
    if not receipt.submission:
        raise AssertionError([p for p in receipt.checked.problems if p.blocks][:3])
    decide(store, submission=receipt.submission, decision=Decision.APPROVE, user=PEOPLE[Role.REVIEWER])
