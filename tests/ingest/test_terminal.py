"""What the terminal may ask: every verb, its answer in data, its refusals."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from indicators.store import Store
from ingest.people import Role
from ingest.settings import Home, Settings
from ingest.terminal import VERBS, Place, Reply, answer
from tests.accounts import on_record
from tests.returns import PUBLISHED, csv

pytestmark = pytest.mark.usefixtures("in_process")

# the columns of product.md
SHIPPED_PLANS = ["chengdu-145", "guangzhou-2017", "liuzhou-2020", "qinhuangdao-2017", "yuexiu-2021"]
COMMITMENT = set(
    re.findall(
        r"\w+",
        """
    plan, seed, region, indicator, name_zh, kind, unit, value, value_year, baseline_value, baseline_year, target_value,
    target_low, target_high, operator, target_year, target_date, recurrence, attribute, lead, cooperating, section,
    quote, quotes
""",
    )
)
PROBLEM = ["severity", "sheet", "row", "column", "code", "found", "zh", "en"]


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
    assert set(reply.data) == {"error"}
    assert reply.data["error"]["zh"]
    return str(reply.data["error"]["en"])


def file(raw: bytes, name: str = "六月.csv") -> dict[str, str]:
    return {"name": name, "raw": base64.b64encode(raw).decode()}


def sent(place: Place, raw: bytes = csv(), user: str = "wang") -> str:
    return str(ask(place, "submit", user=user, **file(raw))["submission"])


def test_init_again_adds_nothing(empty: Store, settings: Settings, home: Home) -> None:
    place = Place(empty, settings, home)
    assert ask(place, "init")["new"] > 30
    assert ask(place, "init") == {"new": 0, "store": "real"}


def test_an_empty_store_checks_by_the_shipped_catalogue_and_keeps_nothing(
    empty: Store, settings: Settings, home: Home
) -> None:
    place = Place(empty, settings, home)
    assert ask(place, "check", **file(PUBLISHED.read_bytes()))["rows"] == 57
    assert ask(place, "catalogue")
    reply = answer(place, "submit", {"user": "wang", **file(csv())})
    assert reply.code == 2
    assert "init" in reply.data["error"]["en"]
    assert empty.last_entry() == 0


# -- returns ---------------------------------------------------------------------------------------------------


def test_a_check_answers_with_its_judgement(place: Place) -> None:
    assert ask(place, "check", **file(csv())) == {
        "accepted": True,
        "rows": 1,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "waiting": 0,
        "problems_total": 0,
        "problems": [],
        "statuses": [
            {
                "plan": "chengdu-145",
                "commitment": "life-expectancy",
                "indicator": "life-expectancy",
                "region": "510100",
                "name_zh": "人均预期寿命",
                "name_en": "Life expectancy at birth",
                "before": "no_data",
                "after": "on_schedule",
                "words_before": {"zh": "暂无数据", "en": "No data"},
                "words_after": {"zh": "达到时序进度", "en": "On schedule"},
                "as_of": "2021-12-31",
                "rule": "cn-schedule",
            }
        ],
    }
    reply = answer(place, "check", file(csv({"value": "x"})))
    assert (reply.code, reply.data["accepted"], reply.data["problems_total"]) == (1, False, 1)
    assert reply.data["statuses"] == []
    (problem,) = reply.data["problems"]
    assert set(PROBLEM) <= set(problem)
    assert (problem["row"], problem["column"], problem["code"], problem["found"]) == (
        2,
        "value",
        "number_unreadable",
        "x",
    )


def test_D22_a_check_as_someone_asks_for_the_right_to_send(place: Place) -> None:
    on_record(place.store, "wang", Role.STATISTICIAN, "chengdu-civil-affairs")
    assert ask(place, "check", **file(csv()))["accepted"]
    assert ask(place, "check", user=None, **file(csv()))["accepted"]
    reply = answer(place, "check", {"user": "wang", **file(csv())})
    assert (reply.code, [p["code"] for p in reply.data["problems"]]) == (1, ["not_yours"])
    assert "no user “sun”" in refused(place, "check", user="sun", **file(csv()))


def test_what_waits_already_is_counted(place: Place) -> None:
    sent(place)
    told = ask(place, "check", **file(csv(note="又报一次")))
    assert (told["new"], told["waiting"], told["statuses"]) == (0, 1, [])


def test_D30_many_problems_are_cut_and_counted(place: Place) -> None:
    raw = csv(*({"period": f"?{n}"} for n in range(300)))
    data = answer(place, "check", file(raw)).data
    assert (data["problems_total"], len(data["problems"])) == (300, 200)
    assert [p["row"] for p in data["problems"]] == list(range(2, 202))


def test_a_submission_has_an_id(place: Place) -> None:
    data = ask(place, "submit", user="wang", **file(csv()))
    assert len(data["submission"]) == 12
    assert (data["accepted"], data["rows"], data["new"]) == (True, 1, 1)
    again = ask(place, "submit", user="wang", **file(csv()))
    assert again["submission"] == data["submission"]
    assert [p["code"] for p in again["problems"]] == ["already_submitted"]


def test_a_refused_submission_has_none(place: Place) -> None:
    reply = answer(place, "submit", {"user": "wang", **file(csv({"value": "x"}))})
    assert (reply.code, reply.data["accepted"], reply.data["submission"]) == (1, False, None)


def test_decisions(place: Place) -> None:
    one = sent(place)
    assert "whoever submitted" in refused(place, "decide", id=one, decision="approve", user="wang")
    assert "needs a reason" in refused(place, "decide", id=one, decision="return", user="li")
    done = ask(place, "decide", id=one, decision="approve", user="li", reason=None)
    assert done == {"submission": one, "decision": "approve", "by": "li"}
    assert "already approved" in refused(place, "decide", id=one, decision="return", user="li", reason="x")
    assert "no submission" in refused(place, "decide", id="none", decision="approve", user="li")
    other = sent(place, csv({"period": "2020"}))
    assert ask(place, "decide", id=other, decision="return", user="li", reason="单位")["decision"] == "return"


def test_releases(place: Place) -> None:
    assert "nothing is approved" in refused(place, "release", user="zhao")
    ask(place, "decide", id=sent(place), decision="approve", user="li")
    own = sent(place, csv({"period": "2020", "value": "81.5"}), user="zhao")
    ask(place, "decide", id=own, decision="approve", user="li")
    assert ask(place, "release", user="zhao", note="一季度") == {
        "release": 1,
        "figures": 1,
        "corrections": 0,
        "left_out": [{"submission": own, "row": 2}],
        "embargo": None,
        "public": [],  # a store in memory has nowhere to freeze it
    }


@pytest.mark.parametrize(
    ("embargo", "told"),
    [
        ("tomorrow", "'tomorrow' is not a time: write it as 2026-12-01T10:00"),
        ("2020-01-01T10:00", "an embargo must end in the future"),
    ],
)
def test_an_embargo_is_a_time_to_come(place: Place, embargo: str, told: str) -> None:
    ask(place, "decide", id=sent(place), decision="approve", user="li")
    assert told in refused(place, "release", user="zhao", embargo=embargo)


# -- people ----------------------------------------------------------------------------------------------------


def test_whoever_holds_the_terminal_enters_the_first_person(place: Place) -> None:
    first = ask(place, "user", verb="add", name="chen", role="administrator")
    assert (first["name"], first["role"], first["organisation"], first["active"]) == ("chen", "administrator", "", True)
    assert place.store.ask("ledger", most=1)["actor"].to_list() == ["terminal"]
    assert "say who acts, with --as" in refused(place, "user", verb="add", name="wang")


def test_once_people_are_on_record_each_verb_asks_who(place: Place) -> None:
    on_record(place.store, "chen", Role.ADMINISTRATOR)
    assert "no user “wang”; known are: chen" in refused(place, "submit", user="wang", **file(csv()))
    assert "may not submit" in refused(place, "submit", user="chen", **file(csv()))
    assert "may not release" in refused(place, "release", user="chen")
    assert "no submission x" in refused(place, "decide", id="x", decision="approve", user="chen")


# -- the catalogue ---------------------------------------------------------------------------------------------


def test_a_newer_catalogue_file(place: Place) -> None:
    text = next(t for _, n, t in place.store.catalogue_texts() if n == "chengdu-145")
    given = {
        "name": "chengdu-145.toml",
        "text": text.replace("target_value = 82.42", "target_value = 83"),
        "user": "chen",
    }
    assert "needs the document" in refused(place, "import", **given)
    done = ask(place, "import", **given, document="X")
    assert done == {"changes": ["chengdu-145/life-expectancy: target_value: 82.42 → 83.0"]}
    assert ask(place, "import", **given) == {"changes": []}
    bad = answer(place, "import", {"name": "x.toml", "text": "id =", "user": "chen"})
    assert bad.code == 1
    assert bad.data["error"]["zh"].startswith("目录文件有误:rule: not TOML")


def test_every_commitment_with_every_field(place: Place) -> None:
    rows = ask(place, "catalogue")
    assert all(set(row) >= COMMITMENT for row in rows)
    assert rows == ask(place, "catalogue", plan=None)
    assert {row["plan"] for row in ask(place, "catalogue", plan="chengdu-145")} == {"chengdu-145"}
    assert "no plan “x”; known are: chengdu-145" in refused(place, "catalogue", plan="x")
    life = next(row for row in rows if row["indicator"] == "life-expectancy" and row["kind"] == "target")
    assert (life["baseline_value"], life["target_value"], life["operator"]) == (81.52, 82.42, ">=")
    assert (life["region"], life["attribute"], life["target_year"], life["target_date"]) == (
        "510100",
        "预期性",
        2025,
        None,
    )
    assert (life["recurrence"], life["target_low"], life["value"]) == (None, None, None)
    assert {"section": life["section"], "quote": life["quote"]} == life["quotes"][0]
    actual = next(row for row in rows if row["kind"] == "actual" and row["indicator"] is None)
    assert actual["value"] is not None


# -- judging ---------------------------------------------------------------------------------------------------


def judged(place: Place, commitment: str = "life-expectancy", **given: Any) -> dict[str, Any]:
    return next(row for row in ask(place, "assess", **given) if row["commitment"] == commitment)


def test_the_published_figures_judged_as_of_the_end_of_2021(place: Place) -> None:
    ask(place, "decide", id=sent(place, PUBLISHED.read_bytes()), decision="approve", user="li")
    ask(place, "release", user="zhao")
    row = judged(place, as_of="2021-12-31", plan="chengdu-145")
    assert (row["status"], row["words"]) == ("on_schedule", {"zh": "达到时序进度", "en": "On schedule"})
    assert row["p"] == pytest.approx(0.2667, abs=5e-5)
    assert row["t"] == pytest.approx(0.2)
    assert row["gap"] == pytest.approx(6.667, abs=5e-4)
    assert row["gap_unit"] == pytest.approx(0.06)
    assert row["inputs"] == {
        "unit": "岁",
        "direction": "higher",
        "operator": ">=",
        "baseline": 81.52,
        "baseline_date": "2020-12-31",
        "target": 82.42,
        "target_high": None,
        "target_date": "2025-12-31",
        "actual": 81.76,
        "actual_date": "2021-12-31",
        "period": "2021",
        "vintage": "annual",
        "source": "2021年成都市卫生健康事业发展统计公报(2022-03-25)",
        "origin": "reported",
    }
    assert row["catch_up"]["steps"] == 4
    assert row["catch_up"]["needed"] == pytest.approx(0.165)
    assert (row["as_of"], row["rule"], row["owner"]) == ("2021-12-31", "cn-schedule", "chengdu-health")


def test_without_figures_there_is_no_data_and_no_owner_to_invent(place: Place) -> None:
    row = judged(place, as_of="2021-12-31")
    assert (row["status"], row["catch_up"], row["inputs"]["actual"], row["inputs"]["period"]) == (
        "no_data",
        None,
        None,
        None,
    )


def test_what_was_known_on_a_day(place: Place) -> None:
    ask(place, "decide", id=sent(place), decision="approve", user="li")
    assert judged(place, as_of="2021-12-31", known_on="2999-12-31")["status"] == "on_schedule"
    assert "no rule “cn-schedule”" in refused(place, "assess", known_on="2001-01-01")


def test_a_suspicious_target_says_so(place: Place) -> None:
    row = judged(place, "blood-donation-rate")
    assert "‰" in row["suspicious"]["zh"]
    assert judged(place)["suspicious"] is None


def test_a_judgement_by_default_is_as_of_today(place: Place) -> None:
    assert len(judged(place)["as_of"]) == 10


def test_a_district_against_the_citys_targets(place: Place) -> None:
    ask(place, "decide", id=sent(place, csv(region="武侯区")), decision="approve", user="li")
    assert judged(place, as_of="2021-12-31", region="510107")["status"] == "on_schedule"
    assert "no region “990000”" in refused(place, "assess", region="990000")
    assert "no plan “x”" in refused(place, "assess", plan="x")
    assert "no rule “x”; known are: cn-schedule" in refused(place, "assess", rule="x")


def test_one_plan_of_several_is_judged_alone(place: Place) -> None:
    text = next(t for _, n, t in place.store.catalogue_texts() if n == "chengdu-145")
    head = text[: text.index("[[commitments]]")].replace("chengdu-145", "other")
    life = text[text.index('[[commitments]]\nid = "life-expectancy"') :]
    life = life[: life.index("[[commitments]]", 5)]
    ask(place, "import", name="other.toml", text=head + life, user="chen")
    assert [row["plan"] for row in ask(place, "assess", plan="other")] == ["other"]
    assert {row["plan"] for row in ask(place, "assess")} == {*SHIPPED_PLANS, "other"}


def test_every_verb_is_here() -> None:
    verbs = {
        "init",
        "check",
        "submit",
        "history",
        "decide",
        "release",
        "publish",
        "import",
        "user",
        "verify",
        "catalogue",
        "assess",
        "judge",
        "template",
        "draft",
        "send",
        "withdraw",
        "void",
        "archive",
        "remind",
        "waive",
        "returns",
        "submissions",
    }
    assert set(VERBS) == verbs


def test_a_reply_is_plain() -> None:
    assert Reply.refused("不", "no") == Reply(1, {"error": {"zh": "不", "en": "no"}})


def test_nothing_is_written_where_nobody_said(place: Place, home: Home) -> None:
    ask(place, "check", **file(csv()))
    ask(place, "assess")
    assert not home.folder.exists()
    sent(place)
    assert [p.name for p in Path(home.folder).iterdir()] == ["uploads"]
