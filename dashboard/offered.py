"""Which pages there are, by the name in their address, and the act that whoever opens one must be allowed."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.people import Action

__all__ = ["CHARTED", "FIRST", "OF_A_PLAN", "PAGES"]

FIRST = "overview"  # it stands at the address without a name
OF_A_PLAN = frozenset({FIRST, "indicator", "compare"})  # they show the plan and date of the address, and hand them on
PAGES: Mapping[str, Action] = {
    FIRST: Action.READ,
    "indicator": Action.READ,
    "compare": Action.READ,
    "submit": Action.SUBMIT,
    "review": Action.READ,
    "catalogue": Action.READ,
    "method": Action.READ,
    "accounts": Action.ADMINISTER,
    "audit": Action.AUDIT,
}
CHARTED = ("indicator", "compare")  # pages that draw charts
