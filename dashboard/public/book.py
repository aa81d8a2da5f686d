"""A release in the form that pages and files are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from indicators.catalogue import Catalogue, Region
from indicators.definition import Indicator
from indicators.monitor import Judged
from indicators.plan import Plan
from indicators.rules import RuleSet
from indicators.series import Observation
from indicators.store.snapshot import ReleaseFacts, Snapshot
from ingest.released import judged_plans, observations

__all__ = ["Book", "Leaf", "Subject"]

_PLACE = ["indicator", "region"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One file of the site: its path from the site's root, and what is in it."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What one public page is about: an indicator in a region.

    `judged`: every target on it, the first is the one its page opens with. `observations`: what holds and has a
    value. `figures`: rows of the snapshot's `figure`, replaced and suppressed ones too, newest period first;
    `corrections` and `changes`: its rows of `correction` and `status_change`, newest release first.
    """

    indicator: Indicator
    region: Region
    judged: tuple[Judged, ...]
    observations: tuple[Observation, ...]
    figures: pl.DataFrame
    corrections: pl.DataFrame
    changes: pl.DataFrame

    @property
    def address(self) -> str:
        """Where its page is, from the root of a language's pages."""
        return f"indicators/{self.indicator.id}/{self.region.code}/"


class Book:
    """A release and everything its pages say. `url`: the root of the public site, absolute, with a slash at its end."""

    def __init__(self, snapshot: Snapshot, *, url: str) -> None:
        assert url.endswith("/"), "the root of a site"
        self.snapshot, self.url = snapshot, url

    @property
    def release(self) -> ReleaseFacts:
        return self.snapshot.release

    @property
    def releases(self) -> tuple[ReleaseFacts, ...]:
        """Every release up to this one, newest first."""
        return self.snapshot.releases

    @property
    def catalogue(self) -> Catalogue:
        return self.snapshot.catalogue

    @property
    def demo(self) -> bool:
        """Whether this is the release of a demonstration."""
        return self.snapshot.kind == "demo"

    @property
    def rule(self) -> RuleSet:
        return self.catalogue.rules[self.release.rule]

    @cached_property
    def judged(self) -> Mapping[str, tuple[Judged, ...]]:
        """Every plan's targets as this release judges them, by the plan's id, in the plan's order."""
        return judged_plans(self.catalogue, self._figures, self._corrections, as_of=self.release.as_of, rule=self.rule)

    @cached_property
    def subjects(self) -> Mapping[tuple[str, str], Subject]:
        """By indicator's id and region's code: what plans promise, in their order; then what else has figures."""
        judged: dict[tuple[str, str], list[Judged]] = {}
        for one in (one for plan in self.judged.values() for one in plan):
            judged.setdefault((one.indicator.id, one.region), []).append(one)
        figures, corrections, changes = map(_by_place, (self._figures, self._corrections, self._changes))
        known = dict.fromkeys([*judged, *sorted(figures)])
        return {
            place: self._subject(
                place,
                tuple(judged.get(place, ())),
                figures.get(place, self._figures.clear()),
                corrections.get(place, self._corrections.clear()),
                changes.get(place, self._changes.clear()),
            )
            for place in known
            if place[0] in self.catalogue.indicators and place[1] in self.catalogue.regions
        }

    def _subject(
        self,
        place: tuple[str, str],
        judged: tuple[Judged, ...],
        figures: pl.DataFrame,
        corrections: pl.DataFrame,
        changes: pl.DataFrame,
    ) -> Subject:
        indicator, region = place
        return Subject(
            indicator=self.catalogue.indicators[indicator],
            region=self.catalogue.regions[region],
            judged=judged,
            observations=tuple(observations(figures.filter(pl.col("replaced_by").is_null()).reverse())),
            figures=figures,
            corrections=corrections,
            changes=changes,
        )

    def subject(self, indicator: str, region: str) -> Subject:
        """The subject of an indicator's id and a region's code. Raises KeyError."""
        return self.subjects[indicator, region]

    @cached_property
    def plans(self) -> tuple[Plan, ...]:
        return tuple(self.catalogue.plans.values())

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """The domains that any page is about, by name."""
        return tuple(sorted({subject.indicator.domain for subject in self.subjects.values()}))

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        """The regions that any page is about, in the catalogue's order."""
        named = {region for _, region in self.subjects}
        return tuple(region for code, region in self.catalogue.regions.items() if code in named)

    @cached_property
    def _figures(self) -> pl.DataFrame:
        newest_first = ["period_end", "accumulation", "release"]
        return self.snapshot.figures(replaced=True).sort(newest_first, descending=True, maintain_order=True)

    @cached_property
    def _corrections(self) -> pl.DataFrame:
        return self.snapshot.corrections().sort("release", "period_end", descending=True, maintain_order=True)

    @cached_property
    def _changes(self) -> pl.DataFrame:
        return self.snapshot.status_changes().sort("release", descending=True, maintain_order=True)


def _by_place(frame: pl.DataFrame) -> dict[tuple[str, str], pl.DataFrame]:
    """The rows of each indicator and region."""
    parts = frame.partition_by(_PLACE, as_dict=True, maintain_order=True)
    return {(str(indicator), str(region)): part for (indicator, region), part in parts.items()}
