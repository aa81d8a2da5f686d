"""What the terminal may ask about returns: checked, drafted, sent, decided on, released, asked for, listed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from indicators.period import Period
from indicators.problem import Problem, Severity
from indicators.store import SnapshotError, Store, StoreError
from ingest.check import Checked
from ingest.checking import check_file, today
from ingest.consequences import would_change
from ingest.course import history, one_return, reminders, returns
from ingest.due import period_of
from ingest.form.owed import find_organisation
from ingest.people import User, find
from ingest.place import Place, Reply
from ingest.printed import draft_row, office_time, return_row, status_row, submission_row
from ingest.publishing import UnknownRelease, publish
from ingest.release import DEFAULT_RULE, release
from ingest.submission import Decision, Refused, Signers
from ingest.words import explain, report
from ingest.workflow import (
    Attachment,
    Receipt,
    archive,
    decide,
    discard,
    draft,
    remind,
    send_draft,
    submit,
    void,
    waive,
    withdraw,
)

__all__ = ["RETURNING"]


def _user(place: Place, given: Mapping[str, Any]) -> User:
    return find(given["user"], place.store.ask("people"))


def _checked(checked: Checked) -> dict[str, Any]:
    return {
        "accepted": checked.accepted,
        "rows": checked.rows,
        "new": checked.count("new"),
        "changed": checked.count("changed"),
        "unchanged": checked.count("unchanged"),
        "waiting": checked.count("waiting"),
        "problems_total": len(checked.problems),
        "problems": report(checked.problems),
    }


def _check(place: Place, given: Mapping[str, Any]) -> Reply:
    raw = base64.b64decode(given["raw"])
    user = _user(place, given) if given.get("user") else None
    checked = check_file(place.store, place.settings, name=given["name"], raw=raw, user=user)
    if not checked.accepted:
        return Reply(1, {**_checked(checked), "statuses": []})
    catalogue = place.store.catalogue()
    changes = would_change(place.store, catalogue, checked.fresh, as_of=today(place.settings), newest=True)
    rule = catalogue.rules[DEFAULT_RULE]
    return Reply(0, {**_checked(checked), "statuses": [status_row(change, rule) for change in changes]})


def _evidence(given: Mapping[str, Any]) -> list[Attachment]:
    return [Attachment(one["name"], base64.b64decode(one["raw"])) for one in given.get("evidence") or ()]


def _signers(given: Mapping[str, Any]) -> Signers:
    return Signers(*(given.get("signed") or ()))


def _sent(receipt: Receipt) -> Reply:
    data = {**_checked(receipt.checked), "submission": receipt.submission or None}
    return Reply(0 if receipt.checked.accepted else 1, data)


def _submit(place: Place, given: Mapping[str, Any]) -> Reply:
    return _sent(
        submit(
            place.store,
            place.settings,
            name=given["name"],
            raw=base64.b64decode(given["raw"]),
            user=_user(place, given),
            uploads=place.home.uploads,
            signers=_signers(given),
            attachments=_evidence(given),
        )
    )


def _draft(place: Place, given: Mapping[str, Any]) -> Reply:
    receipt = draft(
        place.store,
        place.settings,
        name=given["name"],
        raw=base64.b64decode(given["raw"]),
        user=_user(place, given),
        uploads=place.home.uploads,
    )
    told = _sent(receipt)
    # what was sent already is no draft any more
    return (
        told
        if receipt.again
        else Reply(told.code, {**told.data, "submission": None, "draft": receipt.submission or None})
    )


def _send(place: Place, given: Mapping[str, Any]) -> Reply:
    return _sent(
        send_draft(
            place.store,
            place.settings,
            draft=given["id"],
            user=_user(place, given),
            uploads=place.home.uploads,
            signers=_signers(given),
            attachments=_evidence(given),
        )
    )


# -- deciding ----------------------------------------------------------------------------------------------


def _decide(place: Place, given: Mapping[str, Any]) -> Reply:
    user, decision = _user(place, given), Decision(given["decision"])
    decide(place.store, submission=given["id"], decision=decision, user=user, reason=given.get("reason") or "")
    return _decided(given["id"], decision, user)


def _decided(submission: str, decision: Decision, user: User) -> Reply:
    return Reply(0, {"submission": submission, "decision": decision.value, "by": user.name})


def _withdraw(place: Place, given: Mapping[str, Any]) -> Reply:
    """Take back a submission, or give up a draft."""
    user = _user(place, given)
    if place.store.ask("drafts", id=given["id"], sha256=None, drafted_by=None).filter(~pl.col("sent")).is_empty():
        withdraw(place.store, submission=given["id"], user=user, reason=given.get("reason") or "")
    else:
        discard(place.store, draft=given["id"], user=user)
    return _decided(given["id"], Decision.WITHDRAW, user)


def _void(place: Place, given: Mapping[str, Any]) -> Reply:
    user = _user(place, given)
    void(place.store, submission=given["id"], user=user, reason=given["reason"])
    return _decided(given["id"], Decision.VOID, user)


def _archive(place: Place, given: Mapping[str, Any]) -> Reply:
    user = _user(place, given)
    archive(place.store, submission=given["id"], user=user)
    return _decided(given["id"], Decision.ARCHIVE, user)


def _release(place: Place, given: Mapping[str, Any]) -> Reply:
    done = release(
        place.store,
        user=_user(place, given),
        note=given.get("note") or "",
        as_of=today(place.settings),
        public_from=_instant(given.get("embargo"), place.settings.timezone),
    )
    data = {
        "release": done.number,
        "figures": done.figures,
        "corrections": done.corrections,
        "left_out": [{"submission": submission, "row": row} for submission, row in done.left_out],
        "embargo": given.get("embargo"),
    }
    return _put_out(place, data)


def _publish(place: Place, given: Mapping[str, Any]) -> Reply:
    return _put_out(place, {})


def _put_out(place: Place, data: dict[str, Any]) -> Reply:
    """Freeze what was released, and put out what is due; what came out is told as `public`."""
    if place.store.snapshots is None or not place.settings.public_side:  # a store in memory has nowhere to write
        return Reply(0, {**data, "public": []})
    try:
        out = publish(place.store, place.settings, place.home, render=place.render)
    except (OSError, StoreError, SnapshotError, UnknownRelease) as error:
        told = {
            "zh": f"发布已记录,但公开数据没有写成({error});处理后运行 zhibiao publish",
            "en": f"the release is on record, its public files could not be written ({error}): mend that, then run "
            f"zhibiao publish",
        }
        return Reply(2, {**data, "public": [], "error": told})
    return Reply(0, {**data, "public": out})


def _instant(text: object, zone: str) -> datetime | None:
    """An hour where the office is, unless it names a zone itself, as the store counts time. Raises Refused."""
    if not text:
        return None
    try:
        read = datetime.fromisoformat(str(text))
        there = read if read.tzinfo else read.replace(tzinfo=ZoneInfo(zone))
        return there.astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        raise Refused(
            f"公开时间“{text}”无法识别,请写成 2026-12-01T10:00",
            f"{text!r} is not a time: write it as 2026-12-01T10:00, where the office is",
        ) from None


# -- who owes what -----------------------------------------------------------------------------------------


def _remind(place: Place, given: Mapping[str, Any]) -> Reply:
    user, note = _user(place, given), given.get("note") or ""
    which = {"organisation": given["organisation"], "period": given["period"]}
    remind(place.store, place.settings, **which, user=user, note=note)
    return _standing(place, which)


def _waive(place: Place, given: Mapping[str, Any]) -> Reply:
    user = _user(place, given)
    which = {"organisation": given["organisation"], "period": given["period"]}
    waive(place.store, place.settings, **which, user=user, reason=given["reason"], waived=not given.get("undo"))
    return _standing(place, which)


def _standing(place: Place, which: Mapping[str, str]) -> Reply:
    return Reply(0, return_row(one_return(place.store, place.settings, **which, now=datetime.now(UTC))))


def _returns(place: Place, given: Mapping[str, Any]) -> Reply:
    """The grid of who owes what; with `table`, whom to ask for it as CSV."""
    catalogue, day = place.store.catalogue(), today(place.settings)
    wanted = given.get("organisation")
    found = returns(
        place.store,
        catalogue,
        place.settings,
        periods=[period_of(text) for text in given.get("period") or ()] or _recent(day),
        now=datetime.now(UTC),
        organisations=[find_organisation(catalogue, wanted).id] if wanted else None,
    )
    data: dict[str, Any] = {"returns": [return_row(one) for one in found]}
    if given.get("table"):
        data["table"] = reminders(found, language=place.settings.language).decode()
    return Reply(0, data)


def _recent(day: date) -> list[Period]:
    """The last year and the last four quarters that ended before `day`, oldest first."""
    quarters = [Period.quarter(year, number) for year in (day.year - 1, day.year) for number in range(1, 5)]
    recent = [*[quarter for quarter in quarters if quarter.end < day][-4:], Period.year(day.year - 1)]
    return sorted(recent, key=lambda period: period.end)


def _submissions(place: Place, given: Mapping[str, Any]) -> Reply:
    """Every submission and open draft with its state; with an id, that one with everything that happened to it."""
    store, zone, wanted = place.store, place.settings.timezone, given.get("id")
    drafts = [row for row in _listed(store, "drafts", "drafted_by", wanted) if not row["sent"]]
    sent = _listed(store, "submissions", "submitted_by", wanted)
    if not wanted:
        told = [(row["recorded_at"], draft_row(row, zone)) for row in drafts if not row["discarded"]]
        told += [(row["recorded_at"], submission_row(row, zone)) for row in sent]
        return Reply(0, [row for _, row in sorted(told, key=lambda one: one[0], reverse=True)])
    if not sent and not drafts:
        return Reply.refused(f"没有报送或草稿 {wanted}", f"there is no submission or draft {wanted}")
    whole = {
        "steps": [{**row, "when": office_time(row["when"], zone)} for row in history(store, wanted).to_dicts()],
        "findings": [_finding(row) for row in store.ask("submission_findings", submission=wanted).to_dicts()],
        "attachments": store.ask("submission_attachments", submission=wanted).drop("entry", "submission").to_dicts(),
    }
    one = submission_row(sent[0], zone) if sent else draft_row(drafts[0], zone)
    return Reply(0, {**one, **whole})


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked and explained, in words."""
    where = {"row": row["row"] or None, "column": row["column_name"], "found": row["found"]}
    return explain(Problem(Severity.WARNING, row["code"], **where, facts=json.loads(row["facts"]), explained=True))


def _listed(store: Store, question: str, by: str, wanted: str | None) -> list[dict[str, Any]]:
    return store.ask(question, id=wanted or None, sha256=None, **{by: None}).to_dicts()


RETURNING: Mapping[str, Callable[[Place, Mapping[str, Any]], Reply]] = {
    "check": _check,
    "submit": _submit,
    "draft": _draft,
    "send": _send,
    "decide": _decide,
    "withdraw": _withdraw,
    "void": _void,
    "archive": _archive,
    "release": _release,
    "publish": _publish,
    "remind": _remind,
    "waive": _waive,
    "returns": _returns,
    "submissions": _submissions,
}
