"""What the API says when it cannot answer: RFC 9457, in both languages, with what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from dashboard.i18n import words

__all__ = ["MEDIA", "Code", "Fault", "Problem", "Refused", "told"]

MEDIA = "application/problem+json"
_LONGEST = 100  # characters of what they sent that are said back


class Code(StrEnum):
    """What went wrong. These stay as they are while the version of the API does."""

    UNKNOWN_PARAMETER = "unknown_parameter"
    REPEATED_PARAMETER = "repeated_parameter"
    TOO_LONG = "too_long"
    NO_SUCH_ADDRESS = "no_such_address"
    UNKNOWN_RELEASE = "unknown_release"
    UNKNOWN_PLAN = "unknown_plan"
    UNKNOWN_INDICATOR = "unknown_indicator"
    UNKNOWN_REGION = "unknown_region"
    UNKNOWN_STATUS = "unknown_status"
    UNKNOWN_DOMAIN = "unknown_domain"
    METHOD = "method"
    NOT_ACCEPTABLE = "not_acceptable"
    BAD_VALUE = "bad_value"
    NOT_BEFORE = "not_before"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    NO_RELEASE = "no_release"
    BUSY = "busy"
    SLOW = "slow"
    INCIDENT = "incident"


_STATUS: Mapping[Code, int] = {
    Code.UNKNOWN_PARAMETER: 400,
    Code.REPEATED_PARAMETER: 400,
    Code.TOO_LONG: 400,
    Code.METHOD: 405,
    Code.NOT_ACCEPTABLE: 406,
    Code.BAD_VALUE: 422,
    Code.TOO_LARGE: 422,
    Code.TOO_MANY: 429,
    Code.INCIDENT: 500,
    Code.NO_RELEASE: 503,
    Code.BUSY: 503,
    Code.SLOW: 503,
}
_NOT_FOUND = 404


class _Said(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Code
    where: str = Field(
        description="Which part of the request: a parameter's name, `path`, `method`, `Accept`; or none."
    )
    zh: str
    en: str


class Fault(_Said):
    """One thing that is wrong with a request."""


class Problem(_Said):
    """Why there is no answer, and what to do (RFC 9457)."""

    type: str = Field(examples=["urn:zhibiao:problem:unknown_parameter"])
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    errors: tuple[Fault, ...] = Field(description="Everything that is wrong, where it is more than one thing.")


class Refused(Exception):
    """A request that is not answered; `seconds` until it may be asked again."""

    def __init__(
        self, code: Code, where: str = "", *, seconds: float = 0, faults: Sequence[Fault] = (), **facts: object
    ) -> None:
        super().__init__(code)
        self.status = _STATUS.get(code, _NOT_FOUND)
        self.code, self.where, self.seconds = code, where, seconds
        self.faults, self.facts = tuple(faults), {name: str(said)[:_LONGEST] for name, said in facts.items()}

    def fault(self) -> Fault:
        return Fault(code=self.code, where=self.where, zh=self._said("zh"), en=self._said("en"))

    def _said(self, language: str) -> str:
        w = words(language)
        allowed = w(f"api.param_{self.facts['about']}") if "about" in self.facts else ""
        return w(f"api.problem_{self.code}", **self.facts, allowed=allowed)


def told(refused: Refused) -> Response:
    """The refusal as it is sent."""
    fault = refused.fault()
    problem = Problem(
        **fault.model_dump(),
        type=f"urn:zhibiao:problem:{refused.code}",
        title=refused.code.replace("_", " "),
        status=refused.status,
        detail=f"{fault.zh} {fault.en}",
        errors=refused.faults or (fault,),
    )
    headers = {"Cache-Control": "no-store"}
    if refused.seconds:
        headers["Retry-After"] = str(int(refused.seconds) + 1)
    if refused.status == _STATUS[Code.METHOD]:
        headers["Allow"] = "GET, HEAD, OPTIONS"
    return Response(problem.model_dump_json(), refused.status, headers, MEDIA)
