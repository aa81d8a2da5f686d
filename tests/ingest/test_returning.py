"""What the terminal may ask about the course of a return: every verb, its answer in data, its refusals."""

from __future__ import annotations

import base64
import json
from datetime import date
from typing import Any

import pytest

from indicators.store import Store
from ingest import returning
from ingest.people import Role
from ingest.settings import Home, Settings
from ingest.terminal import Place, answer
from tests.accounts import on_record
from tests.returns import csv

pytestmark = pytest.mark.usefixtures("in_process")

CIVIL = {"organisation": "chengdu-civil-affairs", "period": "2024Q1"}


@pytest.fixture
def place(store: Store, settings: Settings, home: Home) -> Place:
    return Place(store, settings, home)


def ask(place: Place, verb: str, /, **given: Any) -> Any:
    """The data of a verb that is done."""
    reply = answer(place, verb, given)
    assert reply.code == 0, reply
    json.dumps(reply.data)  # whatever is answered can be sent
    return reply.data


def refused(place: Place, verb: str, /, **given: Any) -> str:
    """The English of a refusal."""
    reply = answer(place, verb, given)
    assert reply.code == 1
    assert reply.data["error"]["zh"]
    return str(reply.data["error"]["en"])


def file(raw: bytes = csv(), name: str = "六月.csv") -> dict[str, str]:
    return {"name": name, "raw": base64.b64encode(raw).decode()}


def sent(place: Place, raw: bytes = csv(), user: str = "wang") -> str:
    return str(ask(place, "submit", user=user, **file(raw))["submission"])


def state(place: Place, submission: str) -> str:
    return str(ask(place, "submissions", id=submission)["state"])


# -- sending ---------------------------------------------------------------------------------------------------


def test_a_return_is_signed_and_brings_its_evidence(place: Place) -> None:
    evidence = [file(b"%PDF", "批复.pdf"), file(b"", "空.txt")]
    made = ask(place, "submit", user="wang", **file(), signed=["张三", "", "王五"], evidence=evidence)["submission"]
    told = ask(place, "submissions", id=made)
    assert told["signed"] == {"filled_by": "张三", "statistics_head": "", "organisation_head": "王五"}
    assert [(one["file_name"], one["bytes"]) for one in told["attachments"]] == [("批复.pdf", 4), ("空.txt", 0)]
    assert "50 characters" in refused(
        place, "submit", user="wang", **file(csv(period="2022", value="82")), signed=["名" * 51, "", ""]
    )


def test_a_draft_is_kept_then_sent(place: Place) -> None:
    data = ask(place, "draft", user="wang", **file())
    made = data["draft"]
    assert (len(made), data["submission"], data["accepted"], data["new"]) == (12, None, True, 1)
    (row,) = ask(place, "submissions")
    assert (row["id"], row["state"], row["words"]["zh"], row["submitted_by"]) == (made, "draft", "草稿", "wang")
    assert (row["organisation"], row["period"], row["due_at"]) == ("", "2021", None)
    done = ask(place, "send", id=made, user="wang", signed=["张三", "李四", "王五"], evidence=[file(b"x", "a.txt")])
    assert done["submission"] == made
    assert [row["state"] for row in ask(place, "submissions")] == ["waiting"]
    again = ask(place, "draft", user="wang", **file())
    assert (again["submission"], "draft" in again) == (made, False)


def test_a_bad_draft_is_told_as_a_check_is(place: Place) -> None:
    reply = answer(place, "draft", {"user": "wang", **file(csv(value="x"))})
    assert (reply.code, reply.data["accepted"], reply.data["draft"]) == (1, False, None)
    assert [problem["code"] for problem in reply.data["problems"]] == ["number_unreadable"]
    assert ask(place, "submissions") == []


def test_only_its_drafter_sends_a_draft(place: Place) -> None:
    made = ask(place, "draft", user="wang", **file())["draft"]
    assert "only whoever drafted it" in refused(place, "send", id=made, user="zhou")
    assert "no draft 0000" in refused(place, "send", id="0000", user="wang")


# -- deciding --------------------------------------------------------------------------------------------------


def test_a_submission_is_taken_back_and_a_draft_given_up(place: Place) -> None:
    one, kept = sent(place), ask(place, "draft", user="wang", **file(csv(period="2020", value="81.5")))["draft"]
    assert ask(place, "withdraw", id=one, user="wang", reason="重报") == {
        "submission": one,
        "decision": "withdraw",
        "by": "wang",
    }
    assert ask(place, "withdraw", id=kept, user="wang")["submission"] == kept
    assert (state(place, one), state(place, kept)) == ("withdrawn", "withdrawn")
    assert [row["id"] for row in ask(place, "submissions")] == [one]
    assert "this draft was discarded" in refused(place, "withdraw", id=kept, user="wang")
    assert "no submission 0000" in refused(place, "withdraw", id="0000", user="wang")
    sent_draft = ask(place, "draft", user="wang", **file(csv(period="2019", value="81.1")))["draft"]
    ask(place, "send", id=sent_draft, user="wang")
    assert "only whoever submitted" in refused(place, "withdraw", id=sent_draft, user="zhou")
    assert ask(place, "withdraw", id=sent_draft, user="wang", reason=None)["decision"] == "withdraw"


def test_an_approved_submission_is_voided_and_a_released_one_archived(place: Place) -> None:
    wrong, right = sent(place), sent(place, csv(period="2020", value="81.5"))
    assert "only one that is approved" in refused(place, "void", id=wrong, user="li", reason="误报")
    for one in (wrong, right):
        ask(place, "decide", id=one, decision="approve", user="li")
    assert ask(place, "void", id=wrong, user="li", reason="误报")["decision"] == "void"
    assert ask(place, "release", user="zhao")["figures"] == 1
    assert ask(place, "archive", id=right, user="zhao") == {"submission": right, "decision": "archive", "by": "zhao"}
    assert (state(place, wrong), state(place, right)) == ("voided", "archived")


# -- lists -----------------------------------------------------------------------------------------------------


def test_submissions_and_drafts_are_listed_newest_first(place: Place) -> None:
    first = sent(place)
    kept = ask(place, "draft", user="wang", **file(csv(period="2020", value="81.5")))["draft"]
    last = sent(place, csv(period="2022", value="82"))
    ask(place, "decide", id=first, decision="return", user="li", reason="单位")
    rows = ask(place, "submissions", id=None)
    assert [(row["id"], row["state"]) for row in rows] == [(last, "waiting"), (kept, "draft"), (first, "returned")]
    assert (rows[2]["reason"], rows[2]["decided_by"], rows[2]["late"]) == ("单位", "li", False)
    assert rows[2]["decided_at"].endswith("+08:00") and rows[0]["decided_at"] is None


def test_one_submission_with_its_steps_and_what_was_explained(place: Place) -> None:
    one = sent(place, csv(value="96", note="普查"))
    ask(place, "decide", id=one, decision="return", user="li", reason="单位")
    told = ask(place, "submissions", id=one)
    assert [(step["who"], step["what"], step["why"]) for step in told["steps"]] == [
        ("wang", "submitted", ""),
        ("li", "returned", "单位"),
    ]
    assert told["steps"][0]["when"].endswith("+08:00")
    (found,) = told["findings"]
    assert (found["row"], found["code"], found["found"], found["explained"]) == (2, "value_unusual", "96", True)
    assert "超出常见范围" in found["zh"] and told["explained"] == 1
    assert "no submission or draft 0000" in refused(place, "submissions", id="0000")


def test_the_grid_says_who_owes_what(place: Place) -> None:
    data = ask(place, "returns", period=["2024Q1", "2023年"], organisation="成都市民政局")
    assert [(row["period"], row["form"], row["owed"]) for row in data["returns"]] == [
        ("2024Q1", "ZB-J01", 1),
        ("2023", "ZB-N01", 3),
    ]
    row = data["returns"][0]
    assert row["due_at"] == "2024-04-05T12:00:00+08:00"
    assert (row["organisation"], row["name_zh"], row["state"], row["sent"], row["sent_at"]) == (
        *("chengdu-civil-affairs", "成都市民政局", "not_sent", 0, None),
    )
    assert (row["late"], row["overdue"], row["waived"], row["reminded"]) == (False, True, None, 0)
    assert set(data) == {"returns"}
    one = sent(place, csv(indicator="nursing-beds-share", period="2024Q1", value="55"))
    row = ask(place, "returns", period=["2024Q1"], organisation="chengdu-civil-affairs")["returns"][0]
    assert (row["state"], row["sent"], row["late"], row["submissions"]) == ("waiting", 1, True, [one])


def test_the_grid_as_whom_to_ask(place: Place) -> None:
    table = ask(place, "returns", period=["2024Q1"], table=True)["table"]
    assert table.startswith("\ufeff单位,表号,")
    assert "成都市民政局:已超过2024年4月5日12时的报出期限" in table


@pytest.mark.parametrize(
    ("day", "periods"),
    [
        (date(2024, 7, 1), ["2023Q3", "2023Q4", "2023", "2024Q1", "2024Q2"]),
        (date(2024, 3, 31), ["2023Q1", "2023Q2", "2023Q3", "2023Q4", "2023"]),
    ],
)
def test_by_default_the_grid_is_of_what_ended_last(
    place: Place, monkeypatch: pytest.MonkeyPatch, day: date, periods: list[str]
) -> None:
    monkeypatch.setattr(returning, "today", lambda _: day)
    found = ask(place, "returns", period=None)["returns"]
    assert list(dict.fromkeys(row["period"] for row in found)) == periods


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"organisation": "nobody"}, "no organisation “nobody”"),
        ({"period": ["24Q1"]}, "24Q1"),
        ({"period": ["2024-03"]}, "no form is sent"),
    ],
    ids=str,
)
def test_a_grid_of_what_is_not_there(place: Place, given: dict[str, Any], says: str) -> None:
    assert says in refused(place, "returns", **given)


def test_a_body_is_asked_for_its_return_or_let_off(place: Place) -> None:
    assert ask(place, "remind", **CIVIL, user="li", note="请抓紧")["reminded"] == 1
    row = ask(place, "waive", **CIVIL, user="zhao", reason="系统迁移")
    assert (row["waived"], row["overdue"]) == ("系统迁移", False)
    assert "is waived" in refused(place, "remind", **CIVIL, user="li")
    assert ask(place, "waive", **CIVIL, user="zhao", reason="迁移完成", undo=True)["waived"] is None
    assert ask(place, "remind", **CIVIL, user="li")["reminded"] == 2


def test_once_people_are_on_record_each_verb_asks_who(place: Place) -> None:
    for name, role in (("chen", Role.ADMINISTRATOR), ("wang", Role.STATISTICIAN), ("li", Role.REVIEWER)):
        on_record(place.store, name, role, "chengdu-health")
    one = sent(place)
    for user, verb, given in (
        ("chen", "draft", file()),
        ("chen", "send", {"id": one}),
        ("chen", "withdraw", {"id": one}),
        ("wang", "void", {"id": one, "reason": "x"}),
        ("li", "archive", {"id": one}),
        ("chen", "remind", CIVIL),
        ("wang", "waive", {**CIVIL, "reason": "x"}),
    ):
        assert f"{user} (" in (said := refused(place, verb, user=user, **given)) and "may not" in said
        assert "no user “zhou”" in refused(place, verb, user="zhou", **given)
