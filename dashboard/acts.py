"""What a reader may do on a page: each act calls the workflow, and leaves what came of it for the next run to say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from dashboard import session
from dashboard.i18n import LANGUAGES, Words, words
from indicators.period import Period
from ingest import workflow
from ingest.accounts import audit
from ingest.annotating import annotate as note
from ingest.annotating import withdraw_annotation as take_back
from ingest.people import Forbidden
from ingest.release import release
from ingest.submission import SIGNERS, Decision, Refused, Signers
from ingest.workflow import Attachment, Receipt

__all__ = [
    "annotate",
    "approve_clean",
    "carry_out",
    "decide",
    "discard",
    "keep_draft",
    "publish",
    "remind",
    "send",
    "send_draft",
    "waive",
    "withdraw",
    "withdraw_annotation",
]


def send(name: str, raw: bytes, w: Words) -> None:
    """Sign and submit the dropped file as the reader."""
    here = session.place()
    signers = _signers("sign")
    attachments = [Attachment(label, content) for label, content in session.files("sign_evidence")]

    def act() -> str:
        _demand_names(signers)
        receipt = workflow.submit(
            here.store,
            here.settings,
            name=name,
            raw=raw,
            user=session.user(),
            uploads=here.home.uploads,
            signers=signers,
            attachments=attachments,
        )
        return _received(receipt, w)

    carry_out("submit", name, act, w)


def _received(receipt: Receipt, w: Words, *, draft: bool = False) -> str:
    if not receipt.checked.accepted:  # what was sound on the page is not any more
        raise Refused(*(words(language)("submit.refused", count=receipt.checked.blocking) for language in LANGUAGES))
    session.clear_upload()
    if not receipt.submission:
        return w("submit.nothing")
    if receipt.again:
        return w("submit.duplicate", id=receipt.submission)
    return w("sign.drafted" if draft else "submit.sent", id=receipt.submission)


def _signers(key: str) -> Signers:
    filled_by, statistics_head, organisation_head = (session.typed(f"{key}_{signer}") for signer in SIGNERS)
    return Signers(filled_by, statistics_head, organisation_head)


def _demand_names(signers: Signers) -> None:
    """On a page all three sign, whatever the file."""
    missing = [signer for signer in SIGNERS if not getattr(signers, signer).strip()]
    if missing:
        both = map(words, LANGUAGES)
        raise Refused(*(w("sign.missing", names=w("course.and").join(w(f"sign.{m}") for m in missing)) for w in both))


def keep_draft(name: str, raw: bytes, w: Words) -> None:
    """Keep the dropped file as a draft."""
    here = session.place()

    def act() -> str:
        receipt = workflow.draft(
            here.store, here.settings, name=name, raw=raw, user=session.user(), uploads=here.home.uploads
        )
        return _received(receipt, w, draft=True)

    carry_out("draft", name, act, w)


def send_draft(draft: str, key: str, w: Words) -> None:
    """Sign and submit a draft."""
    here = session.place()
    signers = _signers(key)

    def act() -> str:
        _demand_names(signers)
        receipt = workflow.send_draft(
            here.store, here.settings, draft=draft, user=session.user(), uploads=here.home.uploads, signers=signers
        )
        return _received(receipt, w)

    carry_out("submit", draft, act, w)


def discard(draft: str, w: Words) -> None:
    """Delete a draft."""

    def act() -> str:
        workflow.discard(session.place().store, draft=draft, user=session.user())
        return w("course.discarded")

    carry_out("discard", draft, act, w)


def withdraw(submission: str, w: Words) -> None:
    """Take back a return that still waits."""

    def act() -> str:
        workflow.withdraw(session.place().store, submission=submission, user=session.user())
        return w("course.withdrawn")

    carry_out("withdraw", submission, act, w)


def approve_clean(submissions: Sequence[str], w: Words) -> None:
    """Approve together what explains nothing and replaces nothing."""

    def act() -> str:
        approved, left = workflow.approve_clean(session.place().store, submissions=submissions, user=session.user())
        return w("review.approved_together", count=len(approved), left=len(left))

    carry_out("approve", "", act, w)


def remind(organisation: str, period: Period, note_key: str, w: Words) -> None:
    """Ask a body for a return that is due."""
    here = session.place()
    note = session.typed(note_key)

    def act() -> str:
        workflow.remind(
            here.store, here.settings, organisation=organisation, period=period, user=session.user(), note=note
        )
        return w("duty.reminded_done")

    carry_out("remind", organisation, act, w)


def waive(organisation: str, period: Period, reason_key: str, w: Words) -> None:
    """Let a body off a return, for a reason."""
    here = session.place()
    reason = session.typed(reason_key)

    def act() -> str:
        workflow.waive(
            here.store, here.settings, organisation=organisation, period=period, user=session.user(), reason=reason
        )
        return w("duty.waived_done")

    carry_out("waive", organisation, act, w)


def decide(submission: str, decision: Decision, reason_key: str, w: Words) -> None:
    """Take a decision as the reader."""
    reason = session.typed(reason_key)

    def act() -> str:
        workflow.decide(
            session.place().store, submission=submission, decision=decision, user=session.user(), reason=reason
        )
        return w("review.decided")

    carry_out(decision, submission, act, w)


def publish(note_key: str, embargo_key: str, w: Words) -> None:
    """Release as the reader; the server makes it public by itself."""
    here, note, chosen = session.place(), session.typed(note_key), session.chosen(embargo_key)
    zone = ZoneInfo(here.settings.timezone)
    instant = chosen.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None) if isinstance(chosen, datetime) else None

    def act() -> str:
        done = release(here.store, user=session.user(), note=note, as_of=session.default_day(), public_from=instant)
        session.blank(note_key)
        told = w("review.released", number=done.number, figures=done.figures)
        return told + (w("review.left_out", count=len(done.left_out)) if done.left_out else "")

    carry_out("release", "", act, w)


def annotate(indicator: str, region: str, keys: tuple[str, str, str, str], w: Words) -> None:
    """Write a dated note on an indicator, from the fields of its form: day, kind, text, link."""
    day, kind, text, link = map(session.chosen, keys)

    def act() -> str:
        if not isinstance(day, date):
            raise Refused(*(words(language)("annotation.no_day") for language in LANGUAGES))
        note(
            session.place().store,
            indicator=indicator,
            region=region,
            day=day,
            kind=str(kind),
            text=str(text or ""),
            link=str(link or ""),
            user=session.user(),
            today=session.now().date(),
        )
        session.blank(*keys[2:])
        return w("annotation.written")

    carry_out("annotate", f"{indicator}@{region}", act, w)


def withdraw_annotation(key: str, w: Words) -> None:
    """Take back the dated note of one's own body that a field holds."""
    annotation = session.typed(key)

    def act() -> str:
        take_back(session.place().store, annotation=annotation, user=session.user())
        return w("annotation.withdrawn")

    carry_out("withdraw_annotation", annotation, act, w)


def carry_out(action: str, subject: str, act: Callable[[], str], w: Words) -> None:
    """Do something that writes, and leave what came of it, or why it was refused, for the next run to say.

    What its reader may not do is told to the ledger too.
    """
    try:
        session.tell("success", act())
    except (Forbidden, Refused) as error:
        session.tell("error", error.zh if w.chinese else error.en)
        if isinstance(error, Forbidden) and (who := session.asking()):
            audit.refused(session.place().store, who, action, subject, session.client())
