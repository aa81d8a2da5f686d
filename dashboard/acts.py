"""What a reader may do on a page: each act calls the workflow, and leaves what came of it for the next run to say."""

from __future__ import annotations

from collections.abc import Callable

from dashboard import session
from dashboard.i18n import Words
from ingest import workflow
from ingest.people import Forbidden
from ingest.release import release
from ingest.submission import Decision, Refused

__all__ = ["decide", "publish", "send"]


def send(name: str, raw: bytes, w: Words) -> None:
    """Submit a file as the reader."""
    here = session.place()

    def act() -> str:
        receipt = workflow.submit(
            here.store, here.settings, name=name, raw=raw, user=session.user(), uploads=here.home.uploads
        )
        session.clear_upload()
        if not receipt.submission:
            return w("submit.nothing")
        again = any(problem.code == "already_submitted" for problem in receipt.checked.problems)
        return w("submit.duplicate" if again else "submit.sent", id=receipt.submission)

    _act(act, w)


def decide(submission: str, decision: Decision, reason_key: str, w: Words) -> None:
    """Take a decision as the reader."""
    reason = session.typed(reason_key)

    def act() -> str:
        workflow.decide(
            session.place().store, submission=submission, decision=decision, user=session.user(), reason=reason
        )
        return w("review.decided")

    _act(act, w)


def publish(note_key: str, w: Words) -> None:
    """Release as the reader."""
    note = session.typed(note_key)

    def act() -> str:
        done = release(session.place().store, user=session.user(), note=note, as_of=session.default_day())
        told = w("review.released", number=done.number, figures=done.figures)
        return told + (w("review.left_out", count=len(done.left_out)) if done.left_out else "")

    _act(act, w)


def _act(act: Callable[[], str], w: Words) -> None:
    try:
        session.tell("success", act())
    except (Forbidden, Refused) as error:
        session.tell("error", error.zh if w.chinese else error.en)
