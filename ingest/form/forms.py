"""Forms 报表: their number, authority, validity and due dates, and the id of each return issued on them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from indicators.period import Period, PeriodKind
from ingest.form.sheets import DASHES
from ingest.settings import SHIPPED
from ingest.submission import Refused

__all__ = ["FOLDER", "Due", "Form", "FormError", "FormId", "form_for", "form_id", "read_forms", "recognise"]

FOLDER = SHIPPED / "forms"
_NUMBER = r"[A-Z]{2}-[A-Z][0-9]{2}"
_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class FormError(ValueError):
    """A form's file that cannot be believed; the message names the file and the field."""


@dataclass(frozen=True, slots=True)
class Due:
    """When a return must be in: an hour (24 is midnight) of a day, where the office is."""

    day: date
    hour: int

    def instant(self, zone: str) -> datetime:
        """The moment as the store counts time (UTC, naive), for an office in `zone`."""
        local = datetime.combine(self.day, time(), ZoneInfo(zone)) + timedelta(hours=self.hour)
        return local.astimezone(UTC).replace(tzinfo=None)

    def text(self) -> str:
        return f"{self.day.year}年{self.day.month}月{self.day.day}日{self.hour}时"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Days of the month that follows each quarter (four), or that follows the year (one), and the hour."""

    days: tuple[int, ...]
    hour: int


@dataclass(frozen=True, slots=True)
class Form:
    """One form 报表. `number`: 表号. `authority`: 制定机关, '' for the issuer of the plan. `approval`: 批准文号."""

    id: str
    number: str
    title_zh: str
    title_en: str
    cadence: PeriodKind
    authority: str
    approval: str
    valid_until: date
    scope_zh: str
    due: Deadlines

    def __post_init__(self) -> None:
        wanted = {PeriodKind.QUARTER: 4, PeriodKind.YEAR: 1}
        if self.cadence not in wanted:
            raise ValueError(f"cadence must be quarter or year, not {self.cadence}")
        if not re.fullmatch(_NUMBER, self.number):
            raise ValueError(f"number must look like ZB-J01, not {self.number!r}")
        if len(self.due.days) != wanted[self.cadence]:
            raise ValueError(f"due.days: a form by {self.cadence} needs {wanted[self.cadence]}, not {self.due.days}")
        if not all(1 <= day <= 30 for day in self.due.days) or not 0 <= self.due.hour <= 24:
            raise ValueError(f"due: days are 1 to 30 and the hour 0 to 24, not {self.due.days}, {self.due.hour}")
        for name in ("title_zh", "approval", "scope_zh"):
            if not getattr(self, name).strip():
                raise ValueError(f"{name} must not be empty: a form without it may be refused")

    def due_for(self, period: Period) -> Due:
        """When the return of `period` must be in."""
        assert period.kind is self.cadence
        first = period.end + timedelta(days=1)
        day = self.due.days[period.number - 1 if self.cadence is PeriodKind.QUARTER else 0]
        return Due(first.replace(day=day), self.due.hour)

    def demand_valid(self, period: Period, *, today: date) -> None:
        """Raise Refused when the form has expired, or will have when the return is due."""
        until = f"{self.valid_until:%Y-%m-%d}"
        if today > self.valid_until:
            raise Refused(
                f"{self.number} 已于 {until} 失效,不能再发出;请先办理延期或换用新表",
                f"form {self.number} expired on {until} and cannot be issued; have it renewed or replaced",
            )
        if self.due_for(period).day > self.valid_until:
            raise Refused(
                f"{self.number} 有效期至 {until},早于{period.name()}的报出期限,不能用于该报告期",
                f"form {self.number} is valid until {until}, before the return of {period.name('en')} is due",
            )


@dataclass(frozen=True, slots=True)
class FormId:
    """What the id on a return says: the form, whose return it is, and of which period."""

    number: str
    organisation: str
    period: Period


def read_forms(folder: Path = FOLDER) -> dict[str, Form]:
    """Every form of a folder by id. Raises FormError naming the file."""
    return {path.stem: _parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.toml"))}


_ADAPTER: TypeAdapter[Any] = TypeAdapter(Form)


def _parse(name: str, text: str) -> Form:
    try:
        raw = tomllib.loads(text)
        form: Form = _ADAPTER.validate_python(raw)
    except tomllib.TOMLDecodeError as error:
        raise FormError(f"form {name}: not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise FormError(f"form {name}: {'.'.join(map(str, first['loc'])) or 'file'}: {first['msg']}") from None
    if unknown := sorted(set(raw) - set(Form.__slots__)):
        raise FormError(f"form {name}: unknown field {unknown[0]}")
    if form.id != name:
        raise FormError(f"form {name}: the id inside is {form.id}; file and id must agree")
    return form


def form_for(period: Period, forms: Iterable[Form]) -> Form:
    """The form a period is reported on. Raises Refused where there is none."""
    for form in forms:
        if form.cadence is period.kind:
            return form
    raise Refused(
        f"没有按“{period.name()}”报送的报表;请用季度或年度,例如 2024年二季度、2024年",
        f"no form is sent for {period.name('en')}; name a quarter or a year, for example 2024Q2 or 2024",
    )


# -- the id of a return ------------------------------------------------------------------------------------


def form_id(organisation: str, period: Period, form: Form) -> str:
    """The id of the return of one organisation and period, always the same: ZB-J01-2024Q1-chengdu-health-83.

    The last two digits check the rest (ISO 7064 MOD 97-10): one wrong sign or two swapped are noticed.
    """
    body = f"{form.number}-{period.code}-{organisation}"
    return f"{body}-{98 - _number(body + '00') % 97:02d}"


def recognise(text: str) -> FormId:
    """What an id says, read through full-width forms, long dashes, spaces and case. Raises Refused."""
    plain = "".join(unicodedata.normalize("NFKC", text).translate(DASHES).split()).upper()
    found = re.fullmatch(rf"({_NUMBER})-((?:19|20)[0-9]{{2}}(?:Q[1-4])?)-([A-Z0-9][A-Z0-9-]*)-([0-9]{{2}})", plain)
    if found is None:
        raise Refused(
            f"表单编号“{text}”不完整,应形如 ZB-J01-2024Q1-chengdu-health-83;请从下发的表中原样抄录",
            f"“{text}” is no form id such as ZB-J01-2024Q1-chengdu-health-83; copy it from the form as issued",
        )
    if _number(plain) % 97 != 1:
        raise Refused(
            f"表单编号“{text}”校验位不符,可能抄错;请从下发的表中原样抄录",
            f"form id “{text}” fails its check digits, so a sign is wrong; copy it from the form as issued",
        )
    number, period, organisation, _ = found.groups()
    return FormId(number, organisation.lower(), Period.parse(period))


def _number(text: str) -> int:
    """Letters as 10 to 35, digits as themselves, everything else left out: one long number."""
    return int("".join(str(_LETTERS.index(sign)) for sign in text.upper() if sign in _LETTERS))
