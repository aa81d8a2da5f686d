"""Judged targets for pages and charts: a test names the figures and what is unusual about the target."""

from __future__ import annotations

import xml.etree.ElementTree as Xml
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from indicators.assessment import assess
from indicators.definition import Definition, Frequency
from indicators.monitor import Judged
from indicators.period import Period, year_end
from indicators.series import history
from indicators.target import Target
from tests import builders as make

Spec = dict[str, Any]
TODAY = year_end(2024)
QUARTERLY: dict[str, Any] = {"decimals": 2, "unit": "张/千人", "unit_en": "per 1,000", "frequency": Frequency.QUARTER}
# 7.34 at the end of 2020, 8.30 at the end of 2025: the first row of the shipped plan
BEDS = {"2021": 7.44, "2022": 7.55, "2023": 7.71, "2024": 7.87}


def judged(
    values: Mapping[str, float] = {},
    *definitions: Definition,
    as_of: date = TODAY,
    origin: str = "reported",
    revisions: Sequence[float] = (),
    **promise: Any,
) -> Judged:
    """到2025年达到8.30 (2020年: 7.34), quarterly, with the figures of `values`; `promise`: fields of the commitment."""
    indicator = make.indicator(*definitions or (make.definition(**QUARTERLY),), name_zh="每千人口床位数")
    unit = {"unit": indicator.current.unit, "baseline_value": 7.34, "target_value": 8.30}
    commitment = make.commitment(**unit | promise)
    plan = make.plan(commitment)
    target = Target.of(commitment, indicator, plan=plan)
    ends = {period: Period.parse(period).end for period in values}
    seen = tuple(
        make.observation(period, value, origin=origin, definition=indicator.definition_at(ends[period]).version)
        for period, value in values.items()
        if ends[period] <= as_of
    )
    points = history(target, seen)
    verdict = assess(target, points, as_of=as_of, rule=make.rule(), revisions=revisions)
    return Judged(plan, commitment, indicator, "510100", target, seen, points, verdict)


# -- reading what was drawn --------------------------------------------------------------------------------


def layers(spec: Spec, kind: str = "", **mark: object) -> list[Spec]:
    """The layers of a chart, nested ones too, whose mark is of a kind and has these properties."""
    inside = spec.get("layer", ())
    above = {"data": spec["data"]} if "data" in spec else {}  # one level up says it for all of them
    found = [inner for layer in inside for inner in layers({**above, **layer})] or [spec]
    return [one for one in found if kind in ("", one["mark"]["type"]) and mark.items() <= one["mark"].items()]


def only(spec: Spec, kind: str, **mark: object) -> Spec:
    """The one layer of that sort."""
    (found,) = layers(spec, kind, **mark)
    return found


def rows(spec: Spec, layer: Spec) -> list[dict[str, Any]]:
    """The data of a layer."""
    data = layer["data"]
    found: list[dict[str, Any]] = data["values"] if "values" in data else spec["datasets"][data["name"]]
    return found


def texts(spec: Spec) -> list[str]:
    """Everything written into a chart, lines joined by /."""
    return [written(layer) for layer in layers(spec, "text")]


def written(layer: Spec) -> str:
    """What one layer writes, lines joined by /."""
    text: str | list[str] = layer["encoding"]["text"]["value"]
    return "/".join(text) if isinstance(text, list) else text


def picture(image: str) -> Xml.Element:
    """The SVG inside an `<img>`."""
    return Xml.fromstring(b64decode(image.partition("base64,")[2].partition('"')[0]))


def lines(svg: Xml.Element, *, dashed: bool) -> Iterator[dict[str, str]]:
    """Attributes of the lines of a spark."""
    for line in svg.iter("{http://www.w3.org/2000/svg}polyline"):
        if ("stroke-dasharray" in line.attrib) is dashed:
            yield line.attrib


@dataclass(frozen=True)
class Earlier:
    """A target as it was until it was edited."""

    until: datetime
    target: Target
    document: str = ""
    reason: str = ""
