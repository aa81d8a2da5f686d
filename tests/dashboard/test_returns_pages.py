"""填报 and 审核发布 as pages: dropped, signed, kept, taken back, decided, asked for, released, archived."""

from __future__ import annotations

import re
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import acts, answers, session
from dashboard.i18n import words
from ingest.demo import PEOPLE
from ingest.people import Action, Role, may
from ingest.settings import SHIPPED
from ingest.submission import Decision
from ingest.terminal import Place
from tests.pages import dropped, markup, opened, rows, said, told

LANGUAGES = pytest.mark.parametrize("language", ["zh", "en"])
GOOD, BAD = (SHIPPED / "examples" / f"return-{name}.csv" for name in ("good", "bad"))
NAMES = {"filled_by": "廖敏", "statistics_head": "何颖欣", "organisation_head": "梁燕"}
MINE = PEOPLE[Role.STATISTICIAN].name


def signed(page: AppTest, key: str = "sign") -> AppTest:
    """The page with three names written into it."""
    for signer, name in NAMES.items():
        page.text_input(key=f"{key}_{signer}").input(name)
    return page.run()


def sent(raw: bytes) -> str:
    """A file sent by the statistician; its id."""
    signed(dropped(opened("submit", role=Role.STATISTICIAN), raw)).button(key="send").click().run()
    newest: str = answers.waiting()["id"][0]
    return newest


# -- a file dropped ------------------------------------------------------------------------------------------


@LANGUAGES
def test_a_bad_return_lists_its_problems_by_cell_and_stores_nothing(
    language: str, shown: Place, in_process: None
) -> None:
    page = dropped(opened("submit", role=Role.STATISTICIAN, lang=language), BAD.read_bytes())
    mend = {"zh": "须改正", "en": "to mend"}[language]
    places = [(row[1], row[2]) for row in rows(markup(page)) if row[0] == mend]
    assert places == [("2", "指标"), ("3", "报告期"), ("4", "数值"), ("5", "数值"), ("6", "数值")]
    # and 43.6, ten times the last figure, would have to be explained
    assert page.error[0].value.startswith({"zh": "发现 6 处", "en": "6 problems"}[language])
    assert not {"send", "draft"} & {button.key for button in page.button}


def test_a_good_return_shows_its_difference_is_signed_and_sent(tried: Place, in_process: None) -> None:
    page = dropped(opened("submit", role=Role.STATISTICIAN), GOOD.read_bytes())
    assert page.success[0].value.startswith("检查通过:3 行,新增 3,变更 0,未变 0")
    assert "7.94" in said(page)
    signed(page).button(key="send").click().run()
    (row,) = answers.submissions().filter(submitted_by=MINE, rows=3, decision="").iter_rows(named=True)
    assert page.success[0].value == f"已报送,编号 {row['id']}。等待审核人审核。"
    assert {signer: row[signer] for signer in NAMES} == NAMES


def test_nothing_is_sent_unsigned(tried: Place, in_process: None) -> None:
    before = tried.store.last_entry()
    page = dropped(opened("submit", role=Role.STATISTICIAN), GOOD.read_bytes())
    page.text_input(key="sign_filled_by").input("廖敏").run()
    page.button(key="send").click().run()
    assert page.error[0].value == "请先签名:统计负责人、单位负责人。"
    assert tried.store.last_entry() == before


def test_a_return_that_moves_a_target_says_so_before_it_is_sent(shown: Place, in_process: None) -> None:
    raw = "地区,指标,报告期,数值,备注\n成都市,beds-per-1000,2025Q1,8.35,新院区开业\n".encode()
    page = dropped(opened("submit", role=Role.STATISTICIAN), raw)
    (moved,) = [row for row in rows(markup(page)) if "滞后" in row[1]]
    assert moved[0].startswith("每千人口医疗卫生机构床位数 · 成都市")
    assert moved[2].endswith(("提前完成", "达到目标", "已达标", "完成"))


def test_D22_another_bodys_figure_is_refused_before_it_is_sent(shown: Place, in_process: None) -> None:
    raw = "地区,指标,报告期,数值\n成都市,养老机构护理型床位占比,2025Q1,55.0\n".encode()
    page = dropped(opened("submit", role=Role.STATISTICIAN), raw)
    assert page.error
    assert "该数据由市民政局报送" in said(page)


def test_markup_in_a_file_is_shown_not_run(shown: Place, in_process: None) -> None:
    raw = "地区,指标,报告期,数值\n成都市,<script>alert(1)</script>,2025Q1,1\n".encode()
    drawn = markup(dropped(opened("submit", role=Role.STATISTICIAN), raw))
    assert "<script>" not in drawn
    assert "&lt;script&gt;" in drawn


# -- drafts, and taking back ---------------------------------------------------------------------------------


def test_a_draft_waits_for_its_signatures_and_becomes_the_submission(tried: Place, in_process: None) -> None:
    page = dropped(opened("submit", role=Role.STATISTICIAN), GOOD.read_bytes())
    page.button(key="draft").click().run()
    (draft,) = re.findall(r"编号 ([0-9a-f]+)", page.success[0].value)
    assert draft in set(drafts()["id"])
    page = opened("submit", role=Role.STATISTICIAN)
    page.button(key=f"send_{draft}").click().run()
    assert page.error[0].value.startswith("请先签名")
    signed(page, f"draft_{draft}").button(key=f"send_{draft}").click().run()
    assert page.success[0].value == f"已报送,编号 {draft}。等待审核人审核。"
    assert draft not in set(drafts()["id"])
    assert draft in set(answers.waiting()["id"])


def drafts() -> pl.DataFrame:
    known = session.place().store.ask("drafts", id=None, sha256=None, drafted_by=MINE)
    return known.filter(~pl.col("sent") & ~pl.col("discarded"))


def test_a_draft_may_be_deleted(tried: Place, in_process: None) -> None:
    page = dropped(opened("submit", role=Role.STATISTICIAN), GOOD.read_bytes())
    page.button(key="draft").click().run()
    (draft,) = re.findall(r"编号 ([0-9a-f]+)", page.success[0].value)
    page.button(key=f"discard_{draft}").click().run()
    assert page.success[0].value == "草稿已删除。"
    assert draft not in set(drafts()["id"])


def test_what_still_waits_may_be_taken_back_and_sent_again(tried: Place, in_process: None) -> None:
    first = sent(GOOD.read_bytes())
    page = opened("submit", role=Role.STATISTICIAN)
    page.button(key=f"withdraw_{first}").click().run()
    assert page.success[0].value == "已撤回,可改正后重新报送。"
    assert "已撤回" in said(page)
    assert f"withdraw_{first}" not in {button.key for button in page.button}
    assert sent(GOOD.read_bytes()) != first


@pytest.mark.usefixtures("waiting")
def test_what_waits_already_is_shown_as_waiting_beside_what_is_new(in_process: None) -> None:
    raw = GOOD.read_bytes() + "成都市,每千常住人口药师(士)数,2025Q1,0.54,人/千人,快报,市卫健委季报,\n".encode()
    page = dropped(opened("submit", role=Role.STATISTICIAN), raw)
    assert [row[0] for row in rows(markup(page)) if row[0] in ("新增", "待审核")] == ["新增", *["待审核"] * 3]


# -- who may -------------------------------------------------------------------------------------------------


@pytest.fixture
def waiting(tried: Place, in_process: None) -> str:
    """A return that waits for review; its id."""
    return sent(GOOD.read_bytes())


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        (Role.LEADER, set()),
        (Role.STATISTICIAN, {"send", "draft"}),
        (Role.REVIEWER, {"approve", "return"}),
        (Role.PUBLISHER, set()),  # nothing is approved yet that is no demonstration
    ],
    ids=["leader", "statistician", "reviewer", "publisher"],
)
def test_a_button_is_offered_to_whoever_may(role: Role, offered: set[str], waiting: str) -> None:
    more = "地区,指标,报告期,数值\n成都市,beds-per-1000,2025Q2,7.99\n".encode()
    pages = [opened("review", role=role), opened("review", role=role, part="release")]
    wanted = {f"approve_{waiting}", f"return_{waiting}", "release"}
    if may(PEOPLE[role], Action.SUBMIT):
        pages.append(dropped(opened("submit", role=role), more))
        wanted |= {"send", "draft"}
    else:
        assert not opened("submit", role=role).file_uploader  # there is no such page for them
    found = {str(b.key): b.disabled for page in pages for b in page.button if b.key in wanted}
    assert set(found) == wanted
    assert {key.partition("_")[0] for key, disabled in found.items() if not disabled} == offered


class Browser:
    """A session whose buttons are pressed though they are disabled."""

    def __init__(self, role: Role) -> None:
        self.query_params: dict[str, str] = {}
        names = {f"sign_{signer}": name for signer, name in NAMES.items()}
        self.session_state: dict[str, Any] = {"role": role.value, "reason": "重复", "note": "", **names}

    @property
    def told(self) -> tuple[str, str]:
        said: tuple[str, str] = self.session_state["told"]
        return said


@pytest.mark.parametrize(
    ("role", "forbidden"),
    [
        (Role.LEADER, ("submit", "draft", "withdraw", "decide", "void", "remind", "waive", "archive", "release")),
        (Role.STATISTICIAN, ("decide", "void", "remind", "waive", "archive", "release", "together")),
        (Role.REVIEWER, ("submit", "draft", "withdraw", "archive", "release")),
        (Role.PUBLISHER, ("submit", "draft", "decide", "void", "together")),
    ],
    ids=lambda x: str(x) if isinstance(x, Role) else "",
)
def test_the_workflow_refuses_what_a_button_did_not_offer(
    role: Role, forbidden: tuple[str, ...], waiting: str, tried: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, w, before = Browser(role), words("zh"), tried.store.last_entry()
    monkeypatch.setattr(session, "st", browser)
    period = answers.recent_periods()[0]
    presses = {
        "submit": lambda: acts.send("q2.csv", GOOD.read_bytes() + b"\n", w),
        "draft": lambda: acts.keep_draft("q2.csv", GOOD.read_bytes() + b"\n", w),
        "withdraw": lambda: acts.withdraw(waiting, w),
        "decide": lambda: acts.decide(waiting, Decision.APPROVE, "reason", w),
        "void": lambda: acts.decide(waiting, Decision.VOID, "reason", w),
        "archive": lambda: acts.decide(waiting, Decision.ARCHIVE, "", w),
        "together": lambda: acts.approve_clean([waiting], w),
        "remind": lambda: acts.remind("chengdu-health", period, "note", w),
        "waive": lambda: acts.waive("chengdu-health", period, "reason", w),
        "release": lambda: acts.publish("note", "embargo", w),
    }
    for name in forbidden:
        presses[name]()
        assert browser.told[0] == "error"
        assert "无权" in browser.told[1]
    assert tried.store.last_entry() == before
    told = tried.store.ask("seals", after=0).filter(outcome="refused")
    assert told["actor"].to_list() == [PEOPLE[role].name] * len(forbidden)


# -- review and release --------------------------------------------------------------------------------------


def test_a_return_is_approved_released_marked_so_and_archived(waiting: str, tried: Place) -> None:
    review = opened("review", role=Role.REVIEWER)
    review.button(key=f"approve_{waiting}").click().run()
    assert review.success[0].value == "已记录。"
    publish = opened("review", role=Role.PUBLISHER, part="release")
    publish.button(key="release").click().run()
    assert publish.success[0].value == "第 2 次发布完成,共 3 个数值。"
    page = opened("indicator", indicator="beds-per-1000", as_of="2025-03-31")
    newest, before = ((row[0], row[1], row[-1]) for row in rows(markup(page))[:2])
    assert newest == ("2025年一季度 快报 · 已发布", "7.94", "快报 · 已发布")
    assert before == ("2024年末 快报 · 示例", "7.87", "快报 · 示例")
    publish.button(key=f"archive_{waiting}").click().run()
    assert publish.success[0].value == "已记录。"
    (row,) = answers.submissions().filter(id=waiting).iter_rows(named=True)
    assert row["decision"] == "archive"


def test_sending_back_needs_a_reason(waiting: str) -> None:
    page = opened("review", role=Role.REVIEWER)
    page.button(key=f"return_{waiting}").click().run()
    assert page.error[0].value == "退回须说明原因"
    page.text_input(key=f"reason_{waiting}").input("单位不对").run()
    page.button(key=f"return_{waiting}").click().run()
    assert page.success[0].value == "已记录。"
    mine = said(opened("submit", role=Role.STATISTICIAN))
    assert "退回修改" in mine and "单位不对" in mine


def test_an_approved_return_is_voided_only_with_a_reason(waiting: str) -> None:
    page = opened("review", role=Role.REVIEWER)
    page.button(key=f"approve_{waiting}").click().run()
    page.button(key=f"void_{waiting}").click().run()
    assert page.error[0].value == "作废须说明原因"
    page.text_input(key=f"void_reason_{waiting}").input("口径有误").run()
    page.button(key=f"void_{waiting}").click().run()
    assert page.success[0].value == "已记录。"
    assert f"void_{waiting}" not in {button.key for button in page.button}


def test_a_reviewer_sees_what_was_asked_and_answered(tried: Place, in_process: None) -> None:
    raw = "地区,指标,报告期,数值,版本,备注\n成都市,beds-per-1000,2024Q4,7.91,年报,年报核定\n".encode()
    sent(raw)
    answers_given = [row[3] for row in rows(markup(opened("review", role=Role.REVIEWER))) if row[1] == "7.91"]
    assert answers_given == ["年报核定"]


def test_what_explains_and_replaces_nothing_is_approved_together(tried: Place, in_process: None) -> None:
    header = "地区,指标,报告期,数值\n成都市,"
    two = [sent(f"{header}{text}\n".encode()) for text in ("beds-per-1000,2025Q1,7.94", "nurses-per-1000,2025Q1,5.24")]
    page = opened("review", role=Role.REVIEWER)
    page.button(key="approve_clean").click().run()
    assert re.match(r"已通过 \d+ 份", page.success[0].value)
    known = answers.submissions()
    assert set(known.filter(pl.col("id").is_in(two))["decision"]) == {"approve"}
    # what explains something is still there for a look of its own
    assert (answers.waiting()["explained"] > 0).all()


# -- who owes what -------------------------------------------------------------------------------------------


@LANGUAGES
def test_the_grid_names_every_body_that_owes_and_counts_them(language: str, shown: Place) -> None:
    page = opened("review", role=Role.REVIEWER, lang=language, part="owed")
    found = answers.returns(answers.grid_periods())
    bodies = {one.organisation.name(language) for one in found}
    assert bodies <= {row[0] for row in rows(markup(page))}
    (owed,) = re.findall(r'<div class="zb-counts"><div class="zb-count"><b>(\d+)</b>', markup(page))
    assert int(owed) == sum(not one.waived for one in found)


def test_a_reminder_and_a_waiver_are_recorded_and_shown(tried: Place) -> None:
    page = opened("review", role=Role.REVIEWER, part="owed")
    chosen = page.selectbox(key="chase_which")
    organisation, _, period = str(chosen.value).partition("|")
    before = _reminded(organisation, period)
    page.button(key="remind").click().run()
    assert page.success[0].value == "已记录催报。"
    assert _reminded(organisation, period) == before + 1
    page.button(key="waive").click().run()
    assert "须说明" in page.error[0].value
    page.text_input(key="chase_note").input("机构改革").run()
    page.button(key="waive").click().run()
    assert page.success[0].value == "已记为免报。"
    (one,) = _returns(organisation, period)
    assert one.waived == "机构改革"


def _returns(organisation: str, period: str) -> list[Any]:
    found = answers.returns(answers.grid_periods())
    return [one for one in found if one.organisation.id == organisation and one.period.code == period]


def _reminded(organisation: str, period: str) -> int:
    (one,) = _returns(organisation, period)
    count: int = one.reminded
    return count


def test_only_a_reviewer_reminds(shown: Place) -> None:
    page = opened("review", role=Role.LEADER, part="owed")
    assert "remind" not in {button.key for button in page.button}


def test_a_statistician_sees_what_their_own_body_owes(shown: Place) -> None:
    page = opened("submit", role=Role.STATISTICIAN)
    own = session.catalogue().organisations[PEOPLE[Role.STATISTICIAN].organisation].name("zh")
    due = [row for row in rows(markup(page)) if row[0] == own]
    assert 1 <= len(due) <= 6
    assert all(re.fullmatch(r"20[0-9-]{8} [0-9]+时", row[2]) for row in due)


def test_nonsense_for_a_part_opens_the_first(shown: Place) -> None:
    page = opened("review", part="../../etc")
    assert not told(page) or "不能审核" in told(page)[0]
