"""What the terminal may ask: each verb as a function of the open store, answered in data.

The same functions run in the terminal's own process, or in the server that owns the store (`ingest.owner`).
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from indicators.catalogue import Catalogue, CatalogueError
from indicators.rules import Method
from indicators.store import Store, known_until
from ingest import verify
from ingest.accounts import audit, verbs
from ingest.accounts.proof import Proof
from ingest.checking import today
from ingest.history.load import load
from ingest.importing import import_file, initialise
from ingest.judging import judge_table
from ingest.people import Forbidden, Role, User, find
from ingest.place import Place, Reply
from ingest.printed import assessment_row, commitment_row
from ingest.reading import judged_plan
from ingest.release import DEFAULT_RULE
from ingest.returning import RETURNING
from ingest.submission import Refused
from ingest.words import report

__all__ = ["ALONE", "VERBS", "Place", "Reply", "answer"]


def answer(place: Place, verb: str, given: Mapping[str, Any], proof: Proof | None = None) -> Reply:
    """Carry out one verb; refusals come back as replies, never as exceptions.

    Once there are accounts, whoever acts is proved by `proof`. What someone is forbidden is told in the ledger here.
    """
    if verb in verbs.PROVING:
        return verbs.PROVING[verb](place, given, proof)
    name = str(given.get("user") or "")
    if name and (wanting := verbs.unproved(place, name, proof)) is not None:
        return wanting
    if verb not in ("init", "verify") and not place.store.last_entry():
        if verb not in _WITHOUT_FIGURES:
            return Reply(2, {"error": {"zh": "库还是空的,请先运行 zhibiao init", "en": "the store is empty: run init"}})
        # what only needs the catalogue is answered from the shipped one, and nothing is stored
        place = replace(place, store=Store(":memory:", kind=place.store.kind))
        initialise(place.store)
    try:
        return VERBS[verb](place, given)
    except Forbidden as error:
        audit.refused(place.store, User(name, Role.LEADER), verb, _subject(given))
        return Reply.refused(error.zh, error.en)
    except Refused as error:
        return Reply.refused(error.zh, error.en)
    except CatalogueError as error:
        return Reply.refused(f"目录文件有误:{error}", str(error))


def _subject(given: Mapping[str, Any]) -> str:
    """What a request was about."""
    return str(next((given[name] for name in ("id", "name", "organisation") if given.get(name)), ""))


def _init(place: Place, given: Mapping[str, Any]) -> Reply:
    return Reply(0, {"new": initialise(place.store), "store": place.store.kind})


def _history(place: Place, given: Mapping[str, Any]) -> Reply:
    loaded = load(
        place.store,
        place.settings,
        path=Path(given["path"]),
        user=find(given["user"], place.store.ask("people")),
        uploads=place.home.uploads,
        note=given.get("note") or "",
    )
    data = {
        "accepted": loaded.accepted,
        "rows": loaded.rows,
        **{change: loaded.changes.get(change, 0) for change in ("new", "changed", "unchanged")},
        "problems_total": loaded.total,
        "problems": report(loaded.problems),
        "submission": loaded.submission or None,
    }
    return Reply(0 if loaded.accepted else 1, data)


def _import(place: Place, given: Mapping[str, Any]) -> Reply:
    user = find(given["user"], place.store.ask("people"))
    document = given.get("document") or ""
    changes = import_file(place.store, path_name=given["name"], text=given["text"], user=user, document=document)
    return Reply(0, {"changes": changes})


# -- reading -----------------------------------------------------------------------------------------------


def _catalogue(place: Place, given: Mapping[str, Any]) -> Reply:
    catalogue = place.store.catalogue()
    wanted = given.get("plan")
    if wanted and wanted not in catalogue.plans:
        return _no_plan(wanted, catalogue)
    plans = [p for p in catalogue.plans.values() if wanted in (None, p.id)]
    return Reply(0, [commitment_row(catalogue, plan, c) for plan in plans for c in plan.commitments])


def _no_plan(wanted: str, catalogue: Catalogue) -> Reply:
    known = ", ".join(catalogue.plans)
    return Reply.refused(f"没有规划“{wanted}”;现有:{known}", f"there is no plan “{wanted}”; known are: {known}")


def _assess(place: Place, given: Mapping[str, Any]) -> Reply:
    as_of = date.fromisoformat(given["as_of"]) if given.get("as_of") else today(place.settings)
    known = date.fromisoformat(given["known_on"]) if given.get("known_on") else None
    known_on = known_until(known, place.settings.timezone)
    catalogue = place.store.catalogue(known_on)
    wanted, rule_id = given.get("plan"), given.get("rule") or DEFAULT_RULE
    if wanted and wanted not in catalogue.plans:
        return _no_plan(wanted, catalogue)
    if rule_id not in catalogue.rules:
        rules = ", ".join(catalogue.rules)
        return Reply.refused(f"没有规则“{rule_id}”;现有:{rules}", f"there is no rule “{rule_id}”; known are: {rules}")
    region = given.get("region")
    if region and region not in catalogue.regions:
        return Reply.refused(f"没有地区“{region}”", f"there is no region “{region}”")
    rule = catalogue.rules[rule_id]
    # gaps, paths and catch-up are the schedule's; another rule set gives its own word beside them
    schedule = rule if rule.method is Method.SCHEDULE else catalogue.rules[DEFAULT_RULE]
    rows = []
    for plan in catalogue.plans.values():
        if wanted in (None, plan.id):
            judged = judged_plan(
                place.store,
                catalogue,
                plan,
                as_of=as_of,
                rule=schedule,
                known_on=known_on,
                region=region,
            )
            rows += [assessment_row(catalogue, one, rule) for one in judged]
    return Reply(0, rows)


def _judge(place: Place, given: Mapping[str, Any]) -> Reply:
    rules = place.store.catalogue().rules
    if given["rule"] not in rules:
        known = ", ".join(rules)
        return Reply.refused(
            f"没有规则“{given['rule']}”;现有:{known}", f"there is no rule “{given['rule']}”; known are: {known}"
        )
    table = judge_table(base64.b64decode(given["raw"]), rules[given["rule"]])
    return Reply(0, {"table": table.decode()})


def _template(place: Place, given: Mapping[str, Any]) -> Reply:
    from ingest.template import issue  # openpyxl loads slowly, and only a form needs it

    user = find(given["user"], place.store.ask("people")) if given.get("user") else None
    blank, book = issue(
        place.store,
        organisation=given["organisation"],
        period=given["period"],
        today=today(place.settings),
        user=user,
    )
    rows = [
        {
            "code": line.owed.code,
            "indicator": line.owed.indicator.id,
            "region": line.owed.region,
            "name_zh": line.owed.indicator.name_zh,
            "unit": line.owed.definition.unit,
            "optional": line.owed.optional,
            "explain": line.lagging is not None,
        }
        for line in blank.lines
    ]
    data = {
        "form_id": blank.id,
        "organisation": blank.organisation.id,
        "period": blank.period.code,
        "due": f"{blank.due.day.isoformat()}T{blank.due.hour:02d}:00",
        "rows": rows,
        "matters": [matter.code for matter in blank.matters],
    }
    return Reply(0, {**data, "workbook": base64.b64encode(book).decode()})


ALONE = {"history"}  # what no server does for a terminal: it works for long, on a file of the terminal's own
_WITHOUT_FIGURES = {"check", "catalogue", "judge", "template"}

VERBS: Mapping[str, Callable[[Place, Mapping[str, Any]], Reply]] = {
    "init": _init,
    **RETURNING,
    "history": _history,
    "import": _import,
    "user": verbs.user,
    "verify": verify.answered,
    "catalogue": _catalogue,
    "assess": _assess,
    "judge": _judge,
    "template": _template,
}
