"""How figures are said in SDMX: the structure's own name, its code lists, and the code of anything that has one.

Code lists that SDMX itself keeps across domains (CL_FREQ, CL_OBS_STATUS 2.2) are used with its codes: P provisional,
M data cannot exist, N not significant, Q suppressed. The names of units are not codes, so theirs are made here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from dashboard.i18n import words
from indicators.catalogue import Catalogue
from indicators.period import Period, PeriodKind

__all__ = [
    "AGENCY",
    "ATTRIBUTES",
    "CODE_LISTS",
    "DIMENSIONS",
    "FLOW",
    "MEASURE",
    "STRUCTURE",
    "TIME",
    "VERSION",
    "Name",
    "Representation",
    "accumulation_code",
    "called",
    "status_code",
    "time_of",
    "unit_code",
    "vintage_code",
]

AGENCY, FLOW, STRUCTURE, VERSION = "ZHIBIAO", "INDICATORS", "INDICATORS", "1.0.0"
TIME, MEASURE = "TIME_PERIOD", "OBS_VALUE"
_NONE = "_Z"  # SDMX: not applicable
_PERCENT = {"%": "PT", "‰": "PM"}


class Representation(StrEnum):
    """The type of a component that has no code list, as SDMX calls it."""

    TIME = "ObservationalTimePeriod"
    NUMBER = "Double"
    WHOLE = "Integer"
    TEXT = "String"


@dataclass(frozen=True, slots=True)
class Name:
    """What something is called."""

    zh: str
    en: str


def called(key: str) -> Name:
    """What the interface's words call something."""
    return Name(words("zh")(key), words("en")(key))


# the order is that of the columns
DIMENSIONS: Mapping[str, str] = {
    "FREQ": "CL_FREQ",
    "REF_AREA": "CL_AREA",
    "INDICATOR": "CL_INDICATOR",
    "ACCUMULATION": "CL_ACCUMULATION",
}
# a code list or a type
ATTRIBUTES: Mapping[str, str | Representation] = {
    "UNIT_MEASURE": "CL_UNIT",
    "DECIMALS": Representation.WHOLE,
    "OBS_STATUS": "CL_OBS_STATUS",
    "VINTAGE": "CL_VINTAGE",
    "DEFINITION": Representation.WHOLE,
    "SOURCE": Representation.TEXT,
    "RELEASE": Representation.WHOLE,
    "DATA_KIND": "CL_DATA_KIND",
}

_FREQUENCIES = {PeriodKind.YEAR: "A", PeriodKind.HALF: "S", PeriodKind.QUARTER: "Q"}
_FREQUENCIES |= {PeriodKind.MONTH: "M", PeriodKind.DAY: "D"}
_OTHER = "_O"  # a stretch that no frequency names, such as January to September
_MISSING = {"": "A", "suppressed": "Q", "not_applicable": "M", "below_unit": "N"}


@lru_cache(maxsize=4096)
def time_of(code: str) -> tuple[str, str]:
    """The frequency and the time of a period, as SDMX writes them."""
    period = Period.parse(code)
    year = period.end.year
    match period.kind:
        case PeriodKind.YEAR:
            told = f"{year}"
        case PeriodKind.HALF:
            told = f"{year}-S1"
        case PeriodKind.QUARTER:
            told = f"{year}-Q{period.number}"
        case PeriodKind.MONTH:
            told = f"{year}-{period.number:02d}"
        case PeriodKind.DAY:
            told = period.end.isoformat()
        case PeriodKind.NINE_MONTHS | PeriodKind.MONTHS:
            told = f"{year}-01-01/P{period.end.month}M"
    return _FREQUENCIES.get(period.kind, _OTHER), told


def accumulation_code(said: str) -> str:
    return said.upper() or _NONE


def vintage_code(said: str) -> str:
    return said.upper() or _NONE


def status_code(missing: str, vintage: str) -> str:
    """The status of an observation; a lack that is not known here is one, too."""
    status = _MISSING.get(missing, "O")
    return "P" if status == "A" and vintage == "flash" else status


def unit_code(unit: str) -> str:
    """A code for a unit: it stays the same as long as the unit is written so."""
    if not unit:
        return _NONE
    return _PERCENT.get(unit) or "U_" + "_".join(f"{ord(sign):04X}" for sign in unit)


def _told(table: str, codes: Mapping[str, str]) -> dict[str, Name]:
    return {code: called(f"api.sdmx.{table}_{key}") for code, key in codes.items()}


def _indicators(catalogue: Catalogue) -> dict[str, Name]:
    return {one.id: Name(one.name_zh, one.name_en) for one in catalogue.indicators.values()}


def _areas(catalogue: Catalogue) -> dict[str, Name]:
    return {one.code: Name(one.name_zh, one.name_en) for one in catalogue.regions.values()}


def _units(catalogue: Catalogue) -> dict[str, Name]:
    found = {_NONE: called("api.sdmx.none")}
    for indicator in catalogue.indicators.values():
        for one in indicator.definitions:
            found.setdefault(unit_code(one.unit), Name(one.unit or one.unit_en, one.unit_en or one.unit))
    return found


CODE_LISTS: Mapping[str, Callable[[Catalogue], Mapping[str, Name]]] = {
    "CL_FREQ": lambda _: _told(
        "freq", {"A": "year", "S": "half", "Q": "quarter", "M": "month", "D": "day", _OTHER: "other"}
    ),
    "CL_AREA": _areas,
    "CL_INDICATOR": _indicators,
    "CL_ACCUMULATION": lambda _: _told(
        "accumulation", {"YTD": "ytd", "PERIOD": "period", "MONTH": "month", _NONE: "none"}
    ),
    "CL_UNIT": _units,
    "CL_OBS_STATUS": lambda _: _told(
        "status",
        {
            "A": "normal",
            "P": "provisional",
            "M": "not_applicable",
            "N": "below_unit",
            "O": "missing",
            "Q": "suppressed",
        },
    ),
    "CL_VINTAGE": lambda _: _told(
        "vintage", {"FLASH": "flash", "ANNUAL": "annual", "REVISED": "revised", _NONE: "none"}
    ),
    "CL_DATA_KIND": lambda _: _told("kind", {"REAL": "real", "DEMO": "demo"}),
}
