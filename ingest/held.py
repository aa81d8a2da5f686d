"""What the store already holds of a figure: approved, released, or waiting for review; and what that forbids."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from indicators.problem import Problem, Severity
from indicators.store import Store
from ingest.columns import KEY
from ingest.people import User
from ingest.rule import Row, Rule, figure
from ingest.settings import Settings
from ingest.submission import Refused
from ingest.words import explain, phrase

__all__ = [
    "NEWS",
    "Held",
    "against",
    "compare",
    "conflicts",
    "held",
    "locked_since",
    "lowers",
    "obstacles",
    "rank",
    "refusal",
    "replaces",
    "same_as_waiting",
    "vintage_facts",
    "waiting_same",
]

_RANK = {"": 1, "flash": 1, "annual": 2, "revised": 3}  # method.md §7
_VINTAGES = {
    "": ("未注明", "not stated"),
    "flash": ("快报", "flash"),
    "annual": ("年报", "annual"),
    "revised": ("修订", "revised"),
}
_MARKS = {"below_unit": "…", "not_applicable": "—", "suppressed": "***"}
NEWS = ("new", "changed")  # kinds of change that are stored
_SAID = ("value", "missing", "vintage")


@dataclass(frozen=True, slots=True)
class Held:
    """What the store holds of some indicators in some regions.

    `approved`: as `Store.approved`, at all times; the others of the periods asked for alone. `released`: what the
    public was last told, with `number` of the release. `waiting`: what nobody has decided on, with `holder` (its
    submission), `sender`, `since` where the office is, and `own`, whether the one who asks sent it.
    """

    approved: pl.DataFrame
    released: pl.DataFrame
    waiting: pl.DataFrame


def held(
    store: Store,
    settings: Settings,
    *,
    indicators: Collection[str],
    regions: Collection[str],
    ends: Collection[date],
    user: User | None,
) -> Held:
    """What the store holds now of `indicators` in `regions`, as it is told to `user`; `ends` of periods."""
    wanted, places = sorted(indicators), sorted(regions)
    asked = {"indicators": wanted, "regions": places, "ends": sorted(ends)}
    local = pl.col("recorded_at").dt.replace_time_zone("UTC").dt.convert_time_zone(settings.timezone)
    waiting = store.ask("waiting", **asked).select(
        *KEY,
        *_SAID,
        holder="submission",
        sender="submitted_by",
        since=local.dt.strftime("%Y-%m-%d %H:%M"),
        own=pl.col("submitted_by") == (user.name if user else ""),
    )
    return Held(store.approved(indicators=wanted, regions=places), store.ask("published", **asked), waiting)


def _beside(figures: pl.DataFrame, known: pl.DataFrame, *, waiting: pl.DataFrame | None = None) -> pl.DataFrame:
    """`figures` with what is approved (`known_…`) and what waits (`waiting_…`) of each, and `change`.

    `change` is what approving a figure would do: `unchanged` where it is approved already, `waiting` where the
    same waits for review, else `new` or `changed`. A figure that leaves its vintage out and repeats the value
    says nothing new.
    """
    approved = known.select(*KEY, **{f"known_{name}": name for name in _SAID})
    joined = figures.join(approved, on=KEY, how="left", maintain_order="left")
    unchanged, waits = _says("known"), pl.lit(False)
    if waiting is not None:
        joined = joined.join(_named("waiting", waiting), on=KEY, how="left", maintain_order="left")
        waits = _says("waiting")
    change = (
        pl.when(unchanged)
        .then(pl.lit("unchanged"))
        .when(waits)
        .then(pl.lit("waiting"))
        .when(pl.col("known_missing").is_null())
        .then(pl.lit("new"))
        .otherwise(pl.lit("changed"))
    )
    return joined.with_columns(change.alias("change"))


def compare(figures: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """`figures` with `known_value` and `change`: what approving them would do to what is known."""
    return _beside(figures, known).select(*figures.columns, "known_value", "change")


def _named(prefix: str, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.rename({name: f"{prefix}_{name}" for name in frame.columns if name not in KEY})


def _says(prefix: str) -> pl.Expr:
    """Whether a figure says what is held under `prefix`; a held one is told by its missing mark, never null."""
    value, missing, vintage = (pl.col(f"{prefix}_{name}") for name in _SAID)
    same = pl.col("value").eq_missing(value) & (pl.col("missing") == missing)
    return (same & ((pl.col("vintage") == vintage) | (pl.col("vintage") == ""))).fill_null(False)


# -- what it forbids ---------------------------------------------------------------------------------------


def rank(column: str) -> pl.Expr:
    """How high a vintage stands (method.md §7)."""
    return pl.col(column).replace_strict(_RANK, default=0, return_dtype=pl.Int8)


def _released_otherwise() -> pl.Expr:
    """A changed figure whose value is not what the public was told."""
    told = pl.col("released_missing").is_not_null() & (pl.col("change") == "changed")
    same = pl.col("value").eq_missing(pl.col("released_value")) & (pl.col("missing") == pl.col("released_missing"))
    return told & ~same


def _locked() -> pl.Expr:
    """A released figure may be replaced only by a higher vintage or a further revision, with its reason."""
    higher = rank("vintage") > rank("released_vintage")
    revises = ((pl.col("vintage") == "revised") | higher) & (pl.col("note") != "")
    return _released_otherwise() & ~revises


def _lowers_released() -> pl.Expr:
    lower = rank("vintage") < rank("released_vintage")
    return (pl.col("change") == "changed") & lower.fill_null(False) & ~_released_otherwise().fill_null(False)


def replaces() -> pl.Expr:
    """A figure that changes an approved value and may, if its note says why."""
    changed = pl.col("known_value").is_not_null() & pl.col("value").ne_missing(pl.col("known_value"))
    return (pl.col("change") == "changed") & changed & ~_locked().fill_null(False)


def lowers() -> pl.Expr:
    """A figure of a lower vintage than the approved one, not released, that it replaces."""
    lower = (pl.col("change") == "changed") & (rank("vintage") < rank("known_vintage"))
    return lower & ~_locked().fill_null(False) & ~_lowers_released()


def vintage_facts(row: Row, column: str = "known_vintage") -> dict[str, str]:
    zh, en = _VINTAGES[row[column]]
    return {"known_zh": zh, "known_en": en}


def _stated(value: float | None, missing: str) -> str:
    """A held figure as a sentence repeats it: its number, or the mark of why there is none."""
    return _MARKS[missing] if value is None else figure(value)


def _waiting_facts(row: Row) -> dict[str, str]:
    code = "hint_withdraw" if row["waiting_own"] else "hint_wait"
    return {
        "held": _stated(row["waiting_value"], row["waiting_missing"]),
        "submission": row["waiting_holder"],
        "who": row["waiting_sender"],
        "when": row["waiting_since"],
        "hint_zh": phrase(code, "zh"),
        "hint_en": phrase(code, "en"),
    }


def _released_facts(row: Row) -> dict[str, str]:
    told = {"previous": _stated(row["released_value"], row["released_missing"]), "release": str(row["released_number"])}
    return told | vintage_facts(row, "released_vintage")


_WAITS = pl.col("waiting_holder").is_not_null() & pl.col("change").is_in(NEWS)
_LOCKS = (
    Rule(Severity.ERROR, "value", "released_locked", _locked(), _released_facts),
    Rule(Severity.ERROR, "vintage", "released_vintage_lower", _lowers_released(), _released_facts),
)
_OBSTACLES = (Rule(Severity.ERROR, "value", "waiting_elsewhere", _WAITS, _waiting_facts), *_LOCKS)


def against(figures: pl.DataFrame, holds: Held) -> pl.DataFrame:
    """`figures` beside all that is held of them: `change`, and columns `known_…`, `waiting_…`, `released_…`."""
    joined = _beside(figures, holds.approved, waiting=holds.waiting)
    return joined.join(_named("released", holds.released), on=KEY, how="left", maintain_order="left")


def obstacles(frame: pl.DataFrame) -> list[Problem]:
    """What is held that forbids storing a figure, for a frame of `against`."""
    return [found for rule in _OBSTACLES for found in rule.problems(frame)]


def waiting_same(frame: pl.DataFrame) -> pl.DataFrame:
    """Which submissions hold figures of this return already, and how many."""
    mine = frame.filter(pl.col("change") == "waiting")
    return mine.group_by("waiting_holder", "waiting_sender", "waiting_since", maintain_order=True).len("count")


def same_as_waiting(held: Sequence[pl.DataFrame]) -> list[Problem]:
    """One notice for each submission that already holds figures of a return, by what `waiting_same` says of it."""
    everyone = ["waiting_holder", "waiting_sender", "waiting_since"]
    groups = pl.concat(held).group_by(everyone, maintain_order=True).agg(pl.col("count").sum())
    return [
        Problem(
            Severity.NOTICE,
            "waiting_same",
            facts={"submission": holder, "who": sender, "when": since, "count": str(count)},
        )
        for holder, sender, since, count in groups.iter_rows()
    ]


def conflicts(store: Store, settings: Settings, figures: pl.DataFrame, *, user: User | None) -> list[Problem]:
    """What has come in the way of judged `figures` (with `change` and `known_value`) since they were judged.

    Cheap enough to be asked inside the transaction that stores them, so that of two who send the same figure at
    once the second is refused.
    """
    if figures.is_empty():
        return []
    holds = held(
        store,
        settings,
        indicators=set(figures["indicator"]),
        regions=set(figures["region"]),
        ends=set(figures["period_end"]),
        user=user,
    )
    now = against(figures.drop("change", "known_value"), holds)
    found = obstacles(now)
    as_judged = figures["change"].eq_missing(now["change"])
    as_judged &= figures["known_value"].eq_missing(now["known_value"])
    moved = now.filter(~as_judged).filter(~pl.col("row").is_in([p.row for p in found]))
    return found + list(_MOVED.problems(moved))


def refusal(problem: Problem) -> Refused:
    """What stands in the way of an act, as its refusal."""
    said = explain(problem)
    return Refused(said["zh"], said["en"])


def locked_since(store: Store, submission: str) -> list[Problem]:
    """Staged figures that a release has locked since they were sent: approving them would pass by its rules."""
    staged = store.ask("staged", submission=submission)
    wanted, places = sorted(set(staged["indicator"])), sorted(set(staged["region"]))
    ends = sorted(set(staged["period_end"]))
    released = _named("released", store.ask("published", indicators=wanted, regions=places, ends=ends))
    frame = _beside(staged, store.approved(indicators=wanted, regions=places)).join(
        released, on=KEY, how="left", maintain_order="left"
    )
    return [found for rule in _LOCKS for found in rule.problems(frame)]


_MOVED = Rule(Severity.ERROR, "value", "changed_meanwhile", pl.lit(True))
