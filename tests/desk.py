"""A desk where returns are checked, sent, approved and released in a line each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from indicators.store import Store
from ingest.check import Checked
from ingest.checking import check_file
from ingest.people import Role, User
from ingest.release import release
from ingest.settings import Settings
from ingest.submission import Decision
from ingest.words import explain
from ingest.workflow import Receipt, decide, submit

ANYONE = User("wang", Role.OPERATOR)  # holds the terminal of a store without accounts: sends for every body
HEALTH = User("zhou", Role.STATISTICIAN, "chengdu-health")
REVIEWER = User("li", Role.REVIEWER)
PUBLISHER = User("zhao", Role.PUBLISHER)


@dataclass(frozen=True, slots=True)
class Desk:
    store: Store
    settings: Settings
    uploads: Path

    def check(self, raw: bytes, *, user: User | None = None) -> Checked:
        return check_file(self.store, self.settings, name="a.csv", raw=raw, user=user)

    def send(self, raw: bytes, *, user: User = ANYONE) -> Receipt:
        return submit(self.store, self.settings, name="a.csv", raw=raw, user=user, uploads=self.uploads)

    def decide(self, submission: str, decision: Decision = Decision.APPROVE) -> None:
        decide(self.store, submission=submission, decision=decision, user=REVIEWER, reason="核对")

    def approve(self, raw: bytes, *, user: User = ANYONE) -> str:
        """Send and approve; the submission."""
        receipt = self.send(raw, user=user)
        assert receipt.submission, [explain(p)["en"] for p in receipt.checked.problems]
        self.decide(receipt.submission)
        return receipt.submission

    def release(self, raw: bytes) -> str:
        """Send, approve and release; the submission."""
        submission = self.approve(raw)
        release(self.store, user=PUBLISHER, note="定期发布", as_of=date(2024, 12, 31))
        return submission


def asked(checked: Checked) -> list[tuple[str, int | None, bool]]:
    """The code, row and explanation of each problem."""
    return [(p.code, p.row, p.explained) for p in checked.problems]


def changes(checked: Checked) -> Sequence[str]:
    """What approving each figure would do."""
    return list(checked.figures["change"])
