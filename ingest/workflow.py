"""The only functions that write. Each is one transaction and one line of the ledger."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl

from indicators.problem import Problem, Severity
from indicators.store import Entry, Store
from ingest.check import Checked
from ingest.checking import check_file
from ingest.form.forms import read_forms
from ingest.people import Action, Role, User, demand
from ingest.settings import Settings
from ingest.submission import UNSIGNED, Decision, Refused, Signers, may_decide, state_of
from ingest.words import visible

__all__ = ["Receipt", "add_person", "already", "decide", "signing", "submit"]


_LONGEST_FOUND = 200  # characters of a cell kept with what was explained of it


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file that was sent: its judgement, and the submission that holds it ('' when none)."""

    checked: Checked
    submission: str = ""


# -- figures -----------------------------------------------------------------------------------------------


def submit(
    store: Store,
    settings: Settings,
    *,
    name: str,
    raw: bytes,
    user: User,
    uploads: Path,
    origin: str = "reported",
    signers: Signers = UNSIGNED,
) -> Receipt:
    """Check a return, keep its bytes under their hash and stage its new figures; all or nothing.

    The same bytes twice are one submission. A refused file leaves one line in the ledger and nothing else.
    Raises Forbidden when `user` may not submit.
    """
    demand(user, Action.SUBMIT)
    _keep_apart(store, origin)
    digest = hashlib.sha256(raw).hexdigest()
    if (receipt := already(store, settings, digest)) is not None:
        return receipt
    checked = check_file(store, settings, name=name, raw=raw)
    label = visible(name.replace("\\", "/").rpartition("/")[2])[:255]
    if not checked.accepted:
        count = sum(problem.blocks for problem in checked.problems)
        with store.entry(actor=user.name, action="submit_refused", subject=digest, file=label, problems=count):
            pass
        return Receipt(checked)
    fresh = checked.fresh
    if checked.says_nothing:
        return Receipt(checked)
    _keep(uploads, digest, raw)
    submission = secrets.token_hex(6)
    with store.entry(actor=user.name, action="submit", subject=submission, file=label) as entry:
        # asked again inside the transaction: two people may send the same bytes at once
        if already(store, settings, digest) is not None:
            raise Refused("同一文件正由他人报送", "the same file has just been submitted")
        line = {
            "id": submission,
            "sha256": digest,
            "file_name": label,
            "submitted_by": user.name,
            "rows": fresh.height,
            "origin": origin,
        }
        entry.add("submission", [line])
        _add_contents(entry, submission, checked)
        entry.add("signing", [signing(settings, submission, checked, signers | checked.signers, user)])
    return Receipt(checked, submission)


def _add_contents(entry: Entry, submission: str, checked: Checked) -> None:
    """What a return says: its figures, what its sender explained, its matters and what it says of what lags."""
    mine = pl.lit(submission).alias("submission")
    if not checked.fresh.is_empty():
        entry.add("figure", checked.fresh.drop("change", "known_value").with_columns(mine))
    for table, frame in (("matter_report", checked.matters), ("explanation", checked.explanations)):
        if not frame.is_empty():
            entry.add(table, frame.with_columns(mine))
    explained = [
        {
            "submission": submission,
            "row": problem.row or 0,
            "code": problem.code,
            "column_name": problem.column,
            "found": visible(problem.found)[:_LONGEST_FOUND],
            "facts": json.dumps(dict(problem.facts), ensure_ascii=False),
        }
        for problem in checked.problems
        if problem.explained
    ]
    entry.add("finding", explained)


def signing(
    settings: Settings, submission: str, checked: Checked, signers: Signers, user: User
) -> Mapping[str, object]:
    """Whose return it is, who signed it and by when it was due."""
    on = checked.form
    form = next((f for f in read_forms().values() if on and f.number == on.number), None)
    return {
        "submission": submission,
        "organisation": on.organisation if on else user.organisation,
        "form": on.number if on else "",
        "period": on.period.code if on else "",
        "due_at": form.due_for(on.period).instant(settings.timezone) if form and on else None,
        "filled_by": signers.filled_by or user.name,
        "statistics_head": signers.statistics_head,
        "organisation_head": signers.organisation_head,
    }


def _keep_apart(store: Store, origin: str) -> None:
    if (origin == "demo") and store.kind != "demo":
        raise Refused("示例数据不能进入正式库", "demonstration figures cannot enter a real store")


def already(store: Store, settings: Settings, digest: str) -> Receipt | None:
    """The receipt of the same bytes sent before, unless they were sent back."""
    before = store.ask("submissions", id=None, sha256=digest, submitted_by=None)
    before = before.filter(pl.col("decision") != Decision.RETURN.value)
    if before.is_empty():
        return None
    first = before.row(0, named=True)
    when = first["recorded_at"].replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(settings.timezone))
    facts = {"who": first["submitted_by"], "when": f"{when:%Y-%m-%d %H:%M}"}
    told = Problem(Severity.NOTICE, "already_submitted", facts=facts)
    return Receipt(Checked(pl.DataFrame(), (told,), first["rows"]), first["id"])


def _keep(folder: Path, digest: str, raw: bytes) -> None:
    """Keep the bytes under their hash; whole or not at all, even if the machine stops."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    final = folder / digest
    if final.exists():
        return
    partial = folder / f".{digest}.{secrets.token_hex(4)}"
    with partial.open("xb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(final)


def decide(store: Store, *, submission: str, decision: Decision, user: User, reason: str = "") -> None:
    """Append one decision. Raises Forbidden or Refused when the user or the state does not allow it."""
    with store.entry(actor=user.name, action=decision.value, subject=submission, reason=reason) as entry:
        found = store.ask("submissions", id=submission, sha256=None, submitted_by=None)
        if found.is_empty():
            raise Refused(f"没有报送 {submission}", f"there is no submission {submission}")
        row = found.row(0, named=True)
        may_decide(
            user,
            submitted_by=row["submitted_by"],
            state=state_of(row["decision"], row["released"]),
            decision=decision,
            reason=reason,
        )
        line = {"submission": submission, "decision": decision.value, "decided_by": user.name, "reason": reason}
        entry.add("decision", [line])


# -- people ------------------------------------------------------------------------------------------------


def add_person(store: Store, *, name: str, role: Role, organisation: str, active: bool, user: User) -> None:
    """Record someone's standing. Raises Forbidden unless `user` may administer."""
    demand(user, Action.ADMINISTER)
    with store.entry(actor=user.name, action="person", subject=name, role=role.value, active=active) as entry:
        line = {"name": name, "role": role.value, "organisation": organisation, "active": active}
        entry.add("person", [line])
