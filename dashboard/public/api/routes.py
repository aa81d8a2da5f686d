"""The addresses of the API, and which question each asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from dashboard.i18n import words
from dashboard.public.api import answers as said
from dashboard.public.api import catalogue_resources as catalogue
from dashboard.public.api import figure_resources as figures
from dashboard.public.api import release_resources as releases
from dashboard.public.api.answering import answer
from dashboard.public.api.asked import (
    ID,
    AskedAssessments,
    AskedChanges,
    AskedIndicators,
    AskedPage,
    AskedPlain,
    AskedReleaseChanges,
    AskedSeries,
    Number,
    both,
)
from dashboard.public.api.desk import Desk, Question

__all__ = ["RESOURCES", "routes"]

_Number = Annotated[Number, Path(description=both("api.param_number"), examples=[1])]
_Plan = Annotated[str, Path(pattern=ID, description=both("api.param_plan"), examples=["chengdu-145"])]
_Indicator = Annotated[
    str, Path(pattern=ID, description=both("api.param_indicator"), examples=["childcare-places-per-1000"])
]

# name → where it is, as an RFC 6570 template; in the order of the first page
RESOURCES = {
    "releases": "/releases{?limit,offset,release,format}",
    "release": "/releases/{number}{?limit,offset,format}",
    "changes": "/releases/{number}/changes{?since,limit,offset,format}",
    "plans": "/plans{?limit,offset,release,format}",
    "plan": "/plans/{plan}{?release,format}",
    "indicators": "/indicators{?domain,plan,q,limit,offset,release,format}",
    "indicator": "/indicators/{indicator}{?release,format}",
    "regions": "/regions{?limit,offset,release,format}",
    "series": "/series{?indicator*,region*,since,until,accumulation,replaced,limit,offset,release,format}",
    "assessments": "/assessments{?plan,indicator*,region*,status*,limit,offset,release,format}",
    "sdmx_data": "/sdmx/data.csv{?indicator*,region*,since,until,accumulation,limit,offset,release}",
    "sdmx_structure": "/sdmx/structure.xml{?release}",
    "openapi": "/openapi.json",
}

_Reading = Callable[[Callable[..., Response]], Callable[..., Response]]


def routes(desk: Desk) -> APIRouter:
    """The resources that are JSON or a table."""
    router = APIRouter(redirect_slashes=False)

    def read(path: str, name: str, model: Any) -> _Reading:
        made: _Reading = router.get(
            path, operation_id=name, name=name, response_model=model, summary=both(f"api.about_{name}")
        )
        return made

    @read("/", "root", said.Root)
    def root(request: Request, asked: Annotated[AskedPlain, Query()]) -> Response:
        question = desk.question(request, asked)
        return answer(question, _root(question))

    @read("/releases", "releases", said.Releases)
    def all_releases(request: Request, asked: Annotated[AskedPage, Query()]) -> Response:
        question = desk.question(request, asked)
        return answer(question, releases.releases(question, asked))

    @read("/releases/{number}", "release", said.ReleaseAnswer)
    def one_release(request: Request, number: _Number, asked: Annotated[AskedReleaseChanges, Query()]) -> Response:
        question = desk.question(request, asked, release=number)
        return answer(question, releases.release(question, asked))

    @read("/releases/{number}/changes", "changes", said.Changes)
    def changes(request: Request, number: _Number, asked: Annotated[AskedChanges, Query()]) -> Response:
        question = desk.question(request, asked, release=number)
        return answer(question, releases.changes(question, asked))

    @read("/plans", "plans", said.Plans)
    def plans(request: Request, asked: Annotated[AskedPage, Query()]) -> Response:
        question = desk.question(request, asked)
        return answer(question, catalogue.plans(question, asked))

    @read("/plans/{plan}", "plan", said.PlanAnswer)
    def one_plan(request: Request, plan: _Plan, asked: Annotated[AskedPlain, Query()]) -> Response:
        question = desk.question(request, asked)
        return answer(question, catalogue.plan(question, plan))

    @read("/indicators", "indicators", said.Indicators)
    def indicators(request: Request, asked: Annotated[AskedIndicators, Query()]) -> Response:
        question = desk.question(request, asked)
        return answer(question, catalogue.indicators(question, asked))

    @read("/indicators/{indicator}", "indicator", said.IndicatorAnswer)
    def one_indicator(request: Request, indicator: _Indicator, asked: Annotated[AskedPlain, Query()]) -> Response:
        question = desk.question(request, asked)
        return answer(question, catalogue.indicator(question, indicator))

    @read("/regions", "regions", said.Regions)
    def regions(request: Request, asked: Annotated[AskedPage, Query()]) -> Response:
        question = desk.question(request, asked)
        return answer(question, catalogue.regions(question, asked))

    @read("/series", "series", said.Series)
    def series(request: Request, asked: Annotated[AskedSeries, Query()]) -> Response:
        question = desk.question(request, asked)
        return answer(question, figures.series(question, asked))

    @read("/assessments", "assessments", said.Assessments)
    def assessments(request: Request, asked: Annotated[AskedAssessments, Query()]) -> Response:
        question = desk.question(request, asked)
        return answer(question, figures.assessments(question, asked))

    return router


def _root(question: Question) -> said.Root:
    """Where to begin."""
    zh, en = words("zh"), words("en")
    links = tuple(
        said.Address(name=name, href=question.root + href, zh=zh(f"api.about_{name}"), en=en(f"api.about_{name}"))
        for name, href in RESOURCES.items()
    )
    return said.Root(
        release=question.facts(),
        permanent=question.permanent,
        title_zh=zh("api.title"),
        title_en=en("api.title"),
        licence_zh=zh("files.licence_told", publisher=question.snapshot.release.publisher_zh),
        licence_en=en("files.licence_told", publisher=question.snapshot.release.publisher_en),
        terms=f"{question.site}about/",
        openapi=f"{question.root}/openapi.json",
        data=links,
    )
