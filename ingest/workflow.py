"""The only functions that write. Each is one transaction and one line of the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from indicators.period import Period
from indicators.store import Store
from ingest.accounts.accounts import demand_other
from ingest.check import compare
from ingest.course import Return, one_return
from ingest.held import locked_since, refusal
from ingest.kept import Attachment
from ingest.people import Action, Role, User, demand, demand_standing
from ingest.sending import Receipt, discard, draft, send_draft, submit
from ingest.settings import Settings
from ingest.submission import Decision, Refused, State, Unclean, may_decide, state_of

__all__ = [
    "Attachment",
    "Receipt",
    "add_person",
    "approve_clean",
    "archive",
    "decide",
    "discard",
    "draft",
    "remind",
    "send_draft",
    "submit",
    "unclean",
    "void",
    "waive",
    "withdraw",
]


# -- deciding ----------------------------------------------------------------------------------------------


def decide(store: Store, *, submission: str, decision: Decision, user: User, reason: str = "") -> None:
    """Append one decision. Raises Forbidden or Refused when the user or the state does not allow it."""
    with store.entry(actor=user.name, action=decision.value, subject=submission, reason=reason) as entry:
        demand_standing(user, store.ask("people"))
        row = _submitted(store, submission)
        if row is None:
            raise Refused(f"没有报送 {submission}", f"there is no submission {submission}")
        may_decide(
            user,
            submitted_by=row["submitted_by"],
            state=state_of(row["decision"], row["released"]),
            decision=decision,
            reason=reason,
        )
        if decision is Decision.APPROVE and (locked := locked_since(store, submission)):
            raise refusal(locked[0])
        line = {"submission": submission, "decision": decision.value, "decided_by": user.name, "reason": reason}
        entry.add("decision", [line])


def _submitted(store: Store, submission: str) -> Mapping[str, Any] | None:
    found = store.ask("submissions", id=submission, sha256=None, submitted_by=None)
    return None if found.is_empty() else found.row(0, named=True)


def withdraw(store: Store, *, submission: str, user: User, reason: str = "") -> None:
    """Take back what one sent oneself and nobody has decided on."""
    decide(store, submission=submission, decision=Decision.WITHDRAW, user=user, reason=reason)


def void(store: Store, *, submission: str, user: User, reason: str) -> None:
    """Declare void what was approved and not yet released: what held before holds again."""
    decide(store, submission=submission, decision=Decision.VOID, user=user, reason=reason)


def archive(store: Store, *, submission: str, user: User) -> None:
    """Close the file of what was released; its figures still hold."""
    decide(store, submission=submission, decision=Decision.ARCHIVE, user=user)


def approve_clean(store: Store, *, submissions: Sequence[str], user: User) -> tuple[list[str], dict[str, str]]:
    """Approve those of which nothing asks for a look of its own: (approved ids, id → why not, as `Unclean`).

    They are approved one after the other, so that of two with the same figure only the first is. Raises Forbidden
    when `user` may not decide.
    """
    demand(user, Action.DECIDE)
    approved: list[str] = []
    why_not: dict[str, str] = {}
    for submission in dict.fromkeys(submissions):
        if (why := unclean(store, submission, user)) is not None:
            why_not[submission] = why.value
            continue
        try:
            decide(store, submission=submission, decision=Decision.APPROVE, user=user)
        except Refused:  # someone decided on it meanwhile
            why_not[submission] = Unclean.NOT_WAITING.value
        else:
            approved.append(submission)
    return approved, why_not


def unclean(store: Store, submission: str, user: User) -> Unclean | None:
    """Why a submission wants a look of its own before `user` approves it; None where nothing does."""
    row = _submitted(store, submission)
    if row is None:
        return Unclean.NOT_FOUND
    if state_of(row["decision"], row["released"]) is not State.WAITING:
        return Unclean.NOT_WAITING
    if row["submitted_by"] == user.name:
        return Unclean.OWN
    if row["explained"]:
        return Unclean.EXPLAINED
    figures = store.ask("staged", submission=submission)
    indicators, regions = (figures[of].unique().to_list() for of in ("indicator", "region"))
    known = store.approved(indicators=indicators, regions=regions)
    replaces = (compare(figures, known)["change"] == "changed").any()
    return Unclean.REPLACES if replaces else None


# -- asking for returns ------------------------------------------------------------------------------------


def remind(
    store: Store, settings: Settings, *, organisation: str, period: Period | str, user: User, note: str = ""
) -> None:
    """Record that a body was asked for a return 催报. Raises Refused when it is complete, waived or not owed."""
    demand(user, Action.REMIND)
    found = _owed(store, settings, organisation, period)
    if found.waived or found.complete:
        zh, en = ("已免报", "is waived") if found.waived else ("已报齐", "is in")
        raise Refused(f"{_named(found)}{zh},不需催报", f"{_named(found, 'en')} {en}: there is nothing to ask for")
    with store.entry(actor=user.name, action="remind", subject=found.organisation.id, **_which(found)) as entry:
        demand_standing(user, store.ask("people"))
        entry.add("reminder", [{**_key(found), "reminded_by": user.name, "note": note}])


def waive(
    store: Store,
    settings: Settings,
    *,
    organisation: str,
    period: Period | str,
    user: User,
    reason: str,
    waived: bool = True,
) -> None:
    """Record that a return need not be sent 免报, or with `waived=False` that it must be again."""
    demand(user, Action.WAIVE)
    if not reason.strip():
        raise Refused("免报或恢复报送须说明原因", "waiving a return, or asking for it again, needs a reason")
    found = _owed(store, settings, organisation, period)
    if bool(found.waived) == waived:
        zh, en = ("已是免报", "is waived already") if waived else ("未曾免报", "is not waived")
        raise Refused(f"{_named(found)}{zh}", f"{_named(found, 'en')} {en}")
    action = "waive" if waived else "unwaive"
    detail = {**_which(found), "reason": reason}
    with store.entry(actor=user.name, action=action, subject=found.organisation.id, **detail) as entry:
        demand_standing(user, store.ask("people"))
        entry.add("waiver", [{**_key(found), "waived": waived, "decided_by": user.name, "reason": reason}])


def _owed(store: Store, settings: Settings, organisation: str, period: Period | str) -> Return:
    return one_return(store, settings, organisation=organisation, period=period, now=datetime.now(UTC))


def _key(found: Return) -> dict[str, str]:
    return {"organisation": found.organisation.id, **_which(found)}


def _which(found: Return) -> dict[str, str]:
    return {"form": found.form.number, "period": found.period.code}


def _named(found: Return, language: str = "zh") -> str:
    if language == "zh":
        return f"{found.organisation.name()}{found.period.name()}的报表"
    return f"the return of {found.organisation.name('en')} for {found.period.name('en')}"


# -- people ------------------------------------------------------------------------------------------------


def add_person(store: Store, *, name: str, role: Role, organisation: str, active: bool, user: User) -> None:
    """Record someone's standing, without anything to prove it by (`ingest.accounts.accounts` invites).

    Raises Forbidden unless `user` may administer, and for one's own.
    """
    demand(user, Action.ADMINISTER)
    demand_other(user, name)
    line: dict[str, Any] = {"role": role.value, "organisation": organisation, "active": active}
    with store.entry(actor=user.name, action="person", subject=name, **line) as entry:
        demand_standing(user, store.ask("people"))
        entry.add("person", [{"name": name, **line}])
