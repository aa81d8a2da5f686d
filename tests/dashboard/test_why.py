"""What changed and why, on screen: the card since the last release, the owner's reasons, dated notes and their form."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import answers, session
from dashboard.components.dated_notes import listed
from dashboard.components.reasons import reason_line, reasons_card
from dashboard.components.since import since_release
from dashboard.i18n import LANGUAGES, words
from indicators.causes import Cause, Change
from indicators.monitor import Judged
from indicators.period import Period
from indicators.plan import Operator
from indicators.rules import Status
from ingest.annotating import standing
from ingest.demo import AS_OF, PEOPLE, PLAN
from ingest.edits import DefinitionEdit, RuleEdit, TargetEdit
from ingest.people import Role
from ingest.reasons import Reason
from ingest.since_release import News, Revision, Since
from ingest.terminal import Place
from tests.pages import markup, opened, plain, said, told

IN_BOTH = pytest.mark.parametrize("language", LANGUAGES)
ZH = words("zh")
EVIL = '<img src=x onerror="alert(1)">'
AT = datetime(2025, 1, 20, 2)


def asked(language: str = "zh", **changes: object) -> session.View:
    return replace(session.View(language, PLAN, AS_OF), **changes)  # type: ignore[arg-type]


def card(language: str = "zh") -> str:
    view = asked(language)
    return since_release(answers.since(view), view, words(language))


def one(name: str) -> Judged:
    return next(o for o in answers.judged(asked()) if o.commitment.id == name)


def nothing() -> Since:
    return Since(3, date(2025, 1, 10), "赵", "", (), (), (), (), (), ())


def drawn(found: Since, language: str = "zh") -> str:
    return since_release(found, asked(language), words(language))


# -- since the last release ------------------------------------------------------------------------------------


@IN_BOTH
def test_the_card_tells_of_every_kind_of_change_or_that_there_is_none(language: str, shown: Place) -> None:
    w, text = words(language), plain(card(language))
    for cause in (Cause.NEW_DATA, Cause.REVISION, Cause.TARGET, Cause.DEFINITION, Cause.RULE):
        assert w(f"since.{cause}") in text
    still = w("overview.joined").join(w(f"since.{c}") for c in (Cause.TARGET, Cause.DEFINITION, Cause.RULE))
    assert w("since.still", kinds=still) in text


def test_a_status_that_changed_has_icon_word_cause_and_values(shown: Place) -> None:
    text = plain(card())
    assert "每千人口拥有婴幼儿托位数 ● 达到时序进度 → ◆ 基本达到(关注) 新数据 2024年末 4.20 个/千人" in text
    assert "(此前 2024年三季度 4.22)" in text
    assert "第 1 次发布" in text


def test_a_revision_has_both_values_its_reason_and_who_approved_it(shown: Place) -> None:
    text = plain(card())
    assert "每千常住人口拥有注册护士数 2024年三季度 5.10 → 5.11" in text
    assert "年报核定,补入1家机构" in text
    assert PEOPLE[Role.REVIEWER].name in text


def test_names_lead_to_their_indicator(shown: Place) -> None:
    links = re.findall(r'href="(/indicator\?[^"]*)"', card("en"))
    assert "indicator=childcare-places-per-1000" in html.unescape(links[0])
    assert all("lang=en" in link for link in links)


def test_new_figures_are_counted_and_listed_to_open(shown: Place) -> None:
    found = answers.since(asked())
    assert found is not None
    text = card()
    assert ZH("since.news", targets=len(found.news), figures=len(found.news)) in plain(text)
    assert text.count("<details>") >= 1


def test_before_any_release_the_card_says_so(real: Place) -> None:
    view = asked()
    assert answers.since(view) is None
    assert "还没有发布过" in plain(since_release(None, view, ZH))


def test_a_view_of_no_plan_has_nothing_to_say(real: Place) -> None:
    assert answers.since(asked(plan="")) is None
    assert answers.reasons(asked(plan="")) == {}


def test_where_nothing_changed_it_says_so(shown: Place) -> None:
    text = plain(drawn(nothing()))
    assert "没有指标的状态发生变化。" in text
    assert "没有变化:新数据、修订、目标、口径、规则" in text


def test_a_long_list_shows_five_and_opens_to_the_rest(shown: Place) -> None:
    revision = Revision(one("nurses-per-1000"), Period.quarter(2024, 3), 5.1, None, "annual", "a", "b", AT, "")
    text = drawn(replace(nothing(), revisions=(revision,) * 8))
    assert plain(text.partition("<details>")[0]).count("5.10 → —") == 5
    assert "另有 3 条" in plain(text)


@pytest.mark.parametrize(
    ("causes", "together", "words_of_it"),
    [
        ((Cause.NEW_DATA, Cause.RULE), True, "共同所致"),
        ((Cause.TARGET, Cause.DEFINITION), False, "其中任一项即可导致"),
        ((Cause.TIME,), False, "截至日由 2024-12-31 到 2024-12-31"),
        ((Cause.PROGRAM,), False, "计算程序已更新"),
        ((Cause.REVISION,), False, "2024年三季度 5.10 → 5.11"),
        ((Cause.RULE,), False, "第 1 版"),
    ],
)
def test_every_cause_is_told(causes: tuple[Cause, ...], together: bool, words_of_it: str, shown: Place) -> None:
    nurses = one("nurses-per-1000")
    revision = Revision(nurses, Period.quarter(2024, 3), 5.1, 5.11, "", "a", "b", AT, "")
    change = Change(nurses, nurses, Status.WATCH, causes, together)
    text = plain(drawn(replace(nothing(), changes=(change,), revisions=(revision,))))
    assert words_of_it in text
    assert all(ZH(f"since.{cause}") in text for cause in causes)


def test_a_target_without_a_figure_any_more_has_no_value_to_tell(shown: Place) -> None:
    blood = one("blood-donation-rate")
    text = drawn(replace(nothing(), changes=(Change(blood, blood, Status.WATCH, (Cause.NEW_DATA,)),)))
    assert "— 暂无数据" in plain(text)


def test_edited_targets_say_from_what_to_what(shown: Place) -> None:
    beds = one("beds-per-1000").commitment
    edits = (
        TargetEdit(beds, replace(beds, target_value=9.0), "陈", "成府发〔2024〕1号", AT),
        TargetEdit(beds, None, "陈", "", AT),
        TargetEdit(None, beds, "陈", "", AT),
        TargetEdit(beds, replace(beds, baseline_value=7.0), "陈", "", AT),
        TargetEdit(
            replace(beds, unit="%"),
            replace(beds, operator=Operator.RANGE, target_value=None, target_low=8.0, target_high=9.0),
            "陈",
            "",
            AT,
        ),
        TargetEdit(beds, replace(beds, each=("510104",)), "陈", "", AT),
    )
    text = plain(drawn(replace(nothing(), targets=edits)))
    assert f"8.3 {beds.unit} (2025) → 9 {beds.unit} (2025) 依据 成府发〔2024〕1号 · 陈 2025-01-20 导入" in text
    assert f"取消目标 8.3 {beds.unit} (2025)" in text
    assert f"新增目标 8.3 {beds.unit} (2025)" in text
    assert f"8.3 {beds.unit} (2025) 不变,基期、路径或范围有改动" in text
    assert f"8.3% (2025) → 8–9 {beds.unit} (2025)" in text


def test_edited_definitions_and_rules_name_their_versions(shown: Place) -> None:
    indicator, rule = one("beds-per-1000").indicator, answers.rule(asked())
    found = replace(
        nothing(),
        definitions=(
            DefinitionEdit(indicator, 1, ("text_zh", "factor"), "陈", "", AT),
            DefinitionEdit(indicator, 2, (), "陈", "", AT),
        ),
        rules=(RuleEdit(replace(rule, version=2), 1, "陈", "办〔2025〕3号", AT), RuleEdit(rule, 0, "陈", "", AT)),
    )
    text = plain(drawn(found))
    assert "第 1 版改动:口径、factor" in text
    assert "新增第 2 版" in text
    assert "第 1 版 → 第 2 版 依据 办〔2025〕3号" in text


def test_nothing_that_is_typed_runs(shown: Place) -> None:
    nurses = one("nurses-per-1000")
    revision = Revision(nurses, Period.quarter(2024, 3), 5.1, 5.2, "", EVIL, EVIL, AT, EVIL)
    edit = TargetEdit(replace(nurses.commitment, name_zh=EVIL), None, EVIL, EVIL, AT)
    news = News(nurses, 1, Period.quarter(2024, 4), 5.16)
    text = drawn(replace(nothing(), note=EVIL, released_by=EVIL, revisions=(revision,), targets=(edit,), news=(news,)))
    assert "<img" not in text
    assert text.count(html.escape(EVIL)) >= 5


# -- what the owner says -----------------------------------------------------------------------------------------


def test_the_page_of_an_indicator_tells_what_its_owner_said(shown: Place) -> None:
    text = said(opened("indicator", indicator="gps-per-10000"))
    for fact in ("责任单位的说明", "进展", "原因", "措施", "结业到注册平均需要 9 个月", "市卫健委,2024年四季度报表"):
        assert fact in text


def test_where_nothing_was_said_it_says_who_would_and_where(shown: Place) -> None:
    page = opened("indicator", indicator="nursing-beds-share", lang="en")
    assert "Nothing said yet" in said(page)
    assert "Chengdu Civil Affairs" in said(page)


def test_reasons_are_by_indicator_and_region(shown: Place) -> None:
    found = answers.reasons(asked())
    assert {name for name, _ in found} == {
        "beds-per-1000",
        "nurses-per-1000",
        "gps-per-10000",
        "childcare-places-per-1000",
    }


def test_what_was_said_before_opens(shown: Place) -> None:
    first = Reason(Period.quarter(2024, 4), "甲", EVIL, "", "chengdu-health", AT)
    text = reasons_card(one("gps-per-10000"), [first, replace(first, period=Period.quarter(2024, 3))], ZH)
    assert "此前的 1 次说明" in plain(text)
    assert "<img" not in text
    assert "措施" not in plain(text)  # nothing was said of them


def test_where_nobody_is_on_record_the_card_speaks_of_the_owner(shown: Place) -> None:
    nobody = one("gps-per-10000")
    lone = replace(nobody, commitment=replace(nobody.commitment, lead=(), indicator=""))
    assert "责任单位" in plain(reasons_card(lone, [], ZH))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("用地手续推迟", "用地手续推迟"),
        ("长" * 60, "长" * 60),
        ("长" * 61, "长" * 59 + "…"),
        ("长" * 40 + "," + "短" * 40, "长" * 40 + "…"),
        ("短," + "长" * 80, "短," + "长" * 57 + "…"),
        (("word " * 30).strip(), ("word " * 12).strip() + "…"),
    ],
    ids=["short", "just fits", "one more", "at a mark", "mark too early", "between words"],
)
def test_a_reason_in_a_row_is_cut_and_whole_on_hovering(text: str, line: str) -> None:
    told_ = reason_line(Reason(Period.quarter(2024, 4), "", text, "", "x", AT), ZH)
    assert plain(told_) == f"原因: {line}"
    assert len(line) <= 60
    assert f'title="{text}"' in told_


def test_a_reason_in_a_row_does_not_run() -> None:
    assert "<img" not in reason_line(Reason(Period.quarter(2024, 4), "", EVIL, "", "x", AT), ZH)


# -- dated notes ---------------------------------------------------------------------------------------------------


def desk(role: Role = Role.STATISTICIAN, name: str = "beds-per-1000", **address: str) -> AppTest:
    return opened("indicator", role=role, indicator=name, **address)


def write(page: AppTest, text: str, *, link: str = "", day: date | None = None) -> AppTest:
    if day:
        page.date_input(key="annotation_day").set_value(day)
    page.text_input(key="annotation_text").input(text)
    page.text_input(key="annotation_link").input(link)
    return next(button for button in page.button if button.label == ZH("annotation.save")).click().run()


def test_everyone_reads_the_notes_as_the_chart_numbers_them(shown: Place) -> None:
    text = said(desk(Role.LEADER, "childcare-places-per-1000"))
    assert text.index("2022-04-01 政策 示例:普惠托育") < text.index("2024-11-15 事件 示例:两家托育机构停业")
    assert "市卫健委 示例·填报人" in text


@IN_BOTH
def test_where_there_are_none_only_whoever_may_write_them_is_told(language: str, shown: Place) -> None:
    told_ = words(language)("annotation.none")
    assert told_ in said(desk(Role.STATISTICIAN, "doctors-per-1000", lang=language))
    assert told_ not in said(desk(Role.LEADER, "doctors-per-1000", lang=language))


@pytest.mark.parametrize("role", [role for role in PEOPLE if role is not Role.STATISTICIAN])
def test_nobody_but_the_owner_is_offered_the_form(role: Role, shown: Place) -> None:
    page = desk(role)
    assert not [box for box in page.text_input if str(box.key).startswith("annotation")]
    assert "annotation_withdraw" not in {button.key for button in page.button}


def test_a_statistician_of_another_body_is_not_offered_it_either(shown: Place) -> None:
    assert not desk(name="nursing-beds-share").text_input  # civil affairs owns it
    assert desk().text_input


def test_a_note_is_written_seen_audited_and_withdrawn(tried: Place) -> None:
    page = write(desk(), "新院区投用", link="https://example.org/a", day=date(2024, 5, 1))
    assert told(page) == ["标注已保存,并记入审计。"]
    assert [page.text_input(key=f"annotation_{name}").value for name in ("text", "link")] == ["", ""]
    assert "2024-05-01 政策 新院区投用 查看文件" in said(page)
    assert '<a href="https://example.org/a" target="_blank" rel="noopener noreferrer">' in markup(page)
    audit = said(opened("audit", role=Role.AUDITOR))
    assert "添加标注 beds-per-1000@510100" in audit
    made = standing(tried.store, indicator="beds-per-1000", region="510100")[-1]
    page = desk()
    page.selectbox(key="annotation_which").select(made.id)
    page = page.button(key="annotation_withdraw").click().run()
    assert told(page) == ["标注已撤下,记录仍留在审计中。"]
    assert "新院区投用" not in said(page)
    assert "撤下标注 beds-per-1000@510100" in said(opened("audit", role=Role.AUDITOR))


def test_what_is_refused_is_said_and_kept_to_be_mended(tried: Place) -> None:
    page = write(desk(), "新院区投用", link="javascript:alert(1)")
    assert told(page) == ["链接须以 http:// 或 https:// 开头"]
    assert page.text_input(key="annotation_text").value == "新院区投用"
    page = write(page, " ")
    assert told(page) == ["请填写标注内容"]
    assert len(standing(tried.store, indicator="beds-per-1000", region="510100")) == 1


def test_a_day_left_empty_is_asked_for(tried: Place) -> None:
    page = desk()
    page.date_input(key="annotation_day").set_value(None)
    assert told(write(page, "新院区投用")) == ["请填写日期"]


def test_a_hostile_note_is_text(tried: Place) -> None:
    page = write(desk(), EVIL, link='https://example.org/"onmouseover="alert(1)')
    assert "<img" not in markup(page)
    assert 'href="https://example.org/&quot;onmouseover=&quot;alert(1)"' in markup(page)
    assert EVIL in said(page)


def test_a_body_that_is_not_on_record_is_named_by_its_id(shown: Place) -> None:
    (note,) = answers.dated_notes(one("beds-per-1000"), asked())
    text = listed([replace(note, organisation="gone")], session.catalogue(), ZH)
    assert "gone 示例·填报人" in plain(text)


def test_a_target_never_edited_has_no_earlier_version(shown: Place) -> None:
    assert answers.paths(one("beds-per-1000"), asked()) == ()
