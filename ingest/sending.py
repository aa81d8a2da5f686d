"""Sending a return: at once, or kept as a draft and sent later. Each is one transaction and one line of the ledger."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from indicators.problem import Problem, Severity
from indicators.store import Store
from ingest.check import Checked
from ingest.checking import check_file
from ingest.due import at_office
from ingest.held import conflicts, refusal
from ingest.kept import Attachment, hashed, keep, kept, label, lines_of
from ingest.people import Action, Forbidden, User, demand, demand_standing
from ingest.settings import Settings
from ingest.staging import add_contents, signing
from ingest.submission import AGAIN, UNSIGNED, Decision, Refused, Signers, sign

__all__ = ["Receipt", "already", "discard", "draft", "send_draft", "submit"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file that was sent: its judgement, and the submission or draft that holds it ('' when none)."""

    checked: Checked
    submission: str = ""

    @property
    def again(self) -> bool:
        """Whether the same bytes were sent before."""
        return any(problem.code == "already_submitted" for problem in self.checked.problems)


# -- sending -----------------------------------------------------------------------------------------------


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
    attachments: Sequence[Attachment] = (),
) -> Receipt:
    """Check a return, keep its bytes under their hash and stage its new figures; all or nothing.

    The same bytes are one submission however often they are sent, and a figure that waits already is not stored
    again. A draft of these bytes by `user` is sent by it. A refused file leaves
    one line in the ledger and nothing else. Raises Forbidden when `user` may not submit, Refused for a form that
    is not signed and for too much evidence.
    """
    demand(user, Action.SUBMIT)
    _keep_apart(store, origin)
    evidence = lines_of(attachments, most_bytes=settings.upload_bytes)
    digest = hashed(raw)
    if (receipt := already(store, settings, digest)) is not None:
        return receipt
    judged_at = store.last_entry()
    checked = check_file(store, settings, name=name, raw=raw, user=user)
    _demand_own(checked, user)
    if not checked.accepted:
        return _turned_away(store, checked, "submit_refused", digest, name=name, user=user)
    if checked.says_nothing:
        return Receipt(checked)
    signed = sign(signers | checked.signers, on_form=checked.form is not None, sender=user.name)
    keep(uploads, digest, raw)
    for one in attachments:
        keep(uploads, hashed(one.raw), one.raw)
    drafted = _open_draft(store, digest, user)
    submission = drafted or secrets.token_hex(6)
    with store.entry(actor=user.name, action="submit", subject=submission, file=label(name)) as entry:
        demand_standing(user, store.ask("people"))
        # asked again inside the transaction: two people may send the same at once
        if already(store, settings, digest) is not None:
            raise Refused("同一文件正由他人报送", "the same file has just been submitted")
        if drafted != _open_draft(store, digest, user):
            raise Refused("这份草稿刚刚有变动,请重试", "the draft of this file has just changed: try again")
        if entry.number > judged_at + 1 and (found := conflicts(store, settings, checked.fresh, user=user)):
            raise refusal(found[0])
        line = {
            "id": submission,
            "sha256": digest,
            "file_name": label(name),
            "submitted_by": user.name,
            "rows": checked.fresh.height,
            "origin": origin,
        }
        entry.add("submission", [line])
        add_contents(entry, submission, checked)
        entry.add("signing", [signing(settings, submission, checked, signed, user)])
        entry.add("attachment", [{"submission": submission, **one} for one in evidence])
    return Receipt(checked, submission)


def _demand_own(checked: Checked, user: User) -> None:
    """A form is its organisation's, whatever figures stand on it."""
    if checked.form is not None:
        demand(user, Action.SUBMIT, organisation=checked.form.organisation)


def _keep_apart(store: Store, origin: str) -> None:
    if (origin == "demo") and store.kind != "demo":
        raise Refused("示例数据不能进入正式库", "demonstration figures cannot enter a real store")


def already(store: Store, settings: Settings, digest: str) -> Receipt | None:
    """The receipt of the same bytes sent before, unless they may be sent again."""
    before = store.ask("submissions", id=None, sha256=digest, submitted_by=None)
    before = before.filter(~pl.col("decision").is_in([decision.value for decision in AGAIN]))
    return None if before.is_empty() else _receipt_of(settings, before.row(0, named=True))


def _receipt_of(settings: Settings, sent: Mapping[str, Any]) -> Receipt:
    """The receipt of what was sent before: who sent it when."""
    when = at_office(sent["recorded_at"], settings.timezone)
    facts = {"who": sent["submitted_by"], "when": f"{when:%Y-%m-%d %H:%M}"}
    told = Problem(Severity.NOTICE, "already_submitted", facts=facts)
    return Receipt(Checked(pl.DataFrame(), (told,), sent["rows"]), sent["id"])


def _turned_away(store: Store, checked: Checked, action: str, digest: str, *, name: str, user: User) -> Receipt:
    with store.entry(actor=user.name, action=action, subject=digest, file=label(name), problems=checked.blocking):
        pass
    return Receipt(checked)


# -- drafts ------------------------------------------------------------------------------------------------


def draft(store: Store, settings: Settings, *, name: str, raw: bytes, user: User, uploads: Path) -> Receipt:
    """Check a return and keep its bytes to be sent later; no figure of it is stored.

    The same bytes by the same user are one draft. What was sent already is answered by its submission; a refused
    file leaves one line in the ledger and nothing else. Raises Forbidden when `user` may not submit.
    """
    demand(user, Action.SUBMIT)
    digest = hashed(raw)
    if (receipt := already(store, settings, digest)) is not None:
        return receipt
    checked = check_file(store, settings, name=name, raw=raw, user=user)
    _demand_own(checked, user)
    if not checked.accepted:
        return _turned_away(store, checked, "draft_refused", digest, name=name, user=user)
    if checked.says_nothing:
        return Receipt(checked)
    if known := _open_draft(store, digest, user):
        return Receipt(checked, known)
    keep(uploads, digest, raw)
    made = secrets.token_hex(6)
    with store.entry(actor=user.name, action="draft", subject=made, file=label(name)) as entry:
        demand_standing(user, store.ask("people"))
        if _open_draft(store, digest, user) or already(store, settings, digest) is not None:
            raise Refused("同一文件刚刚存为草稿或报送", "the same file has just been drafted or submitted")
        line = {"id": made, "sha256": digest, "file_name": label(name), "drafted_by": user.name}
        entry.add("draft", [{**line, "rows": checked.fresh.height}])
        entry.add("signing", [signing(settings, made, checked, checked.signers, user)])
    return Receipt(checked, made)


def send_draft(
    store: Store,
    settings: Settings,
    *,
    draft: str,
    user: User,
    uploads: Path,
    signers: Signers = UNSIGNED,
    attachments: Sequence[Attachment] = (),
) -> Receipt:
    """Send what was drafted, judged anew as of now; the submission bears the draft's id.

    Sent twice it is one submission. Raises Forbidden for anyone but its drafter, Refused for a draft that is not
    there or no longer one, OSError when its bytes are gone.
    """
    demand(user, Action.SUBMIT)
    row = _drafted(store, draft, user)
    if row["sent"] and (receipt := already(store, settings, row["sha256"])) is not None:
        return receipt
    _demand_open(row)
    return submit(
        store,
        settings,
        name=row["file_name"],
        raw=kept(uploads, row["sha256"]),
        user=user,
        uploads=uploads,
        signers=signers,
        attachments=attachments,
    )


def discard(store: Store, *, draft: str, user: User) -> None:
    """Give up a draft. Raises Forbidden for anyone but its drafter, Refused for one that is sent or given up."""
    demand(user, Action.SUBMIT)
    with store.entry(actor=user.name, action="discard", subject=draft) as entry:
        demand_standing(user, store.ask("people"))
        _demand_open(_drafted(store, draft, user))
        line = {"submission": draft, "decision": Decision.WITHDRAW.value, "decided_by": user.name, "reason": ""}
        entry.add("decision", [line])


def _drafted(store: Store, draft: str, user: User) -> Mapping[str, Any]:
    found = store.ask("drafts", id=draft, sha256=None, drafted_by=None)
    if found.is_empty():
        raise Refused(f"没有草稿 {draft}", f"there is no draft {draft}")
    row = found.row(0, named=True)
    if row["drafted_by"] != user.name:
        raise Forbidden("只有起草人可以处理这份草稿", "only whoever drafted it may send or discard a draft")
    return row


def _demand_open(row: Mapping[str, Any]) -> None:
    if row["sent"]:
        raise Refused("这份草稿已经报送,请重新上传文件", "this draft was sent already: upload the file again")
    if row["discarded"]:
        raise Refused("这份草稿已经撤销", "this draft was discarded")


def _open_draft(store: Store, digest: str, user: User) -> str:
    """The draft of these bytes that `user` has not sent yet; '' when there is none."""
    found = store.ask("drafts", id=None, sha256=digest, drafted_by=user.name)
    return next(iter(found.filter(~pl.col("sent") & ~pl.col("discarded"))["id"]), "")
