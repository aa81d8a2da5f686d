"""The course of returns: who owes what by when, how far it has come, who is asked for it and who need not send it."""

from __future__ import annotations

import csv as csv_module
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from indicators.catalogue import Catalogue
from indicators.period import Period
from indicators.store import Store
from indicators.store import store as store_module
from ingest import sending
from ingest.checking import check_file
from ingest.course import Return, calendar, period_of, reminders, returns
from ingest.due import owing
from ingest.form.forms import Form, FormId, form_for, read_forms
from ingest.form.owed import duties
from ingest.people import Forbidden, Role, User
from ingest.release import release
from ingest.settings import Settings
from ingest.submission import Decision, Refused, Signers, State
from ingest.workflow import archive, decide, draft, remind, submit, void, waive, withdraw
from tests.conftest import Texts
from tests.desk import ANYONE
from tests.returns import filled

pytestmark = pytest.mark.usefixtures("in_process")

CHENGDU = ZoneInfo("Asia/Shanghai")
Q1, Q4, Y2023 = Period.quarter(2024, 1), Period.quarter(2023, 4), Period.year(2023)
DUE = datetime(2024, 4, 5, 12, tzinfo=CHENGDU)  # of the first quarter of 2024
HOUR = timedelta(hours=1)
CIVIL = User("wang", Role.STATISTICIAN, "chengdu-civil-affairs")  # owes one row in the first quarter
TOURISM = User("sun", Role.STATISTICIAN, "chengdu-culture-tourism")  # one, and one that may stay empty
HEALTH = User("qian", Role.STATISTICIAN, "chengdu-health")  # twelve
FORMS = list(read_forms().values())
Act = Callable[..., str]


class Clock:
    """The store's time, moved by the test."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at.astimezone(UTC).replace(tzinfo=None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock(DUE - 48 * HOUR)
    monkeypatch.setattr(store_module, "_now", made)
    return made


@pytest.fixture
def store(clock: Clock, shipped: Texts) -> Iterator[Store]:
    """A store with the shipped catalogue, made two days before the first quarter's return was due."""
    made = filled(Store(":memory:"), shipped)
    yield made
    made.close()


def figures(*rows: tuple[str, str], period: str = "2024Q1", vintage: str = "", region: str = "成都市") -> bytes:
    lines = [f"{region},{indicator},{period},{value},{vintage},订正" for indicator, value in rows]
    return "\n".join(["地区,指标,报告期,数值,版本,备注", *lines, ""]).encode()


BEDS = figures(("nursing-beds-share", "55.0"))


@pytest.fixture
def send(store: Store, settings: Settings, tmp_path: Path) -> Act:
    def one(raw: bytes = BEDS, user: User = CIVIL, **more: Any) -> str:
        receipt = submit(store, settings, name="a.csv", raw=raw, user=user, uploads=tmp_path, **more)
        assert receipt.submission, receipt.checked.problems
        return receipt.submission

    return one


@pytest.fixture
def grid(store: Store, settings: Settings, clock: Clock) -> Callable[..., dict[str, Return]]:
    """The returns of a period by body, as they stand by the store's clock."""

    def one(period: Period = Q1, *bodies: str) -> dict[str, Return]:
        wanted = bodies or None
        found = returns(store, store.catalogue(), settings, periods=[period], now=clock.at, organisations=wanted)
        return {one.organisation.id: one for one in found}

    return one


Grid = Callable[..., dict[str, Return]]


@pytest.fixture
def civil(grid: Grid) -> Callable[..., Return]:
    def one(period: Period = Q1) -> Return:
        return grid(period, "chengdu-civil-affairs")["chengdu-civil-affairs"]

    return one


Civil = Callable[..., Return]


# -- who owes what ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", [Period.quarter(2018, 4), Q4, Q1, Y2023], ids=lambda p: p.code)
def test_every_body_that_owes_something_is_found_with_all_of_it(period: Period, shipped: Texts) -> None:
    """As by asking each body of the catalogue about every plan; a body that has a successor owes nothing."""
    catalogue = Catalogue.of(shipped)
    due = form_for(period, FORMS).due_for(period)
    living = [one for one in catalogue.organisations.values() if not one.successor]
    asked = [(one.id, duties(catalogue, one, period, due=due)) for one in living]
    found = [(one.id, owed) for one, owed in owing(catalogue, period, due, None)]
    assert [(one, owed.rows, owed.matters) for one, owed in found] == [
        (one, owed.rows, owed.matters) for one, owed in asked if owed.rows or owed.matters
    ]
    assert len(found) > 10


def test_a_return_says_what_is_due_by_which_hour(civil: Civil) -> None:
    one = civil()
    assert (one.form.number, one.period, one.due.hour) == ("ZB-J01", Q1, 12)
    assert one.due_at == DUE and one.due_at.utcoffset() == timedelta(hours=8)
    assert (one.state, one.owed, one.sent, one.sent_at) == (State.NOT_SENT, 1, 0, None)
    assert (one.late, one.overdue, one.complete, one.submissions) == (False, False, False, ())


def test_the_grid_has_every_body_and_those_asked_for(grid: Grid) -> None:
    assert {"chengdu-health", "chengdu-civil-affairs", "liuzhou-health"} <= set(grid())
    assert list(grid(Q1, "chengdu-health", "no-such-body")) == ["chengdu-health"]
    assert (grid()["chengdu-health"].owed, grid()["chengdu-sports"].owed) == (12, 0)


def test_several_periods_stand_one_after_the_other(store: Store, settings: Settings, clock: Clock) -> None:
    found = returns(store, store.catalogue(), settings, periods=[Q4, Q1, Y2023], now=clock.at)
    assert list(dict.fromkeys((one.period, one.form.number) for one in found)) == [
        *((Q4, "ZB-J01"), (Q1, "ZB-J01"), (Y2023, "ZB-N01"))
    ]


def test_the_store_is_asked_one_question_each_however_many_bodies(
    store: Store, grid: Grid, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = Store.ask

    def counting(this: Store, question: str, **values: Any) -> Any:
        asked.append(question)
        return ask(this, question, **values)

    monkeypatch.setattr(Store, "ask", counting)
    assert len(grid()) > 10
    # figures before the submissions they are of: one sent in between must not be missed
    assert [one for one in asked if one != "catalogue"] == ["carried", "submissions", "drafts", "reminders", "waivers"]


def test_no_return_is_sent_for_a_month(store: Store, settings: Settings, clock: Clock) -> None:
    with pytest.raises(Refused, match="no form is sent for Mar 2024"):
        returns(store, store.catalogue(), settings, periods=[period_of("2024-03")], now=clock.at)


def test_what_is_no_period_is_refused() -> None:
    with pytest.raises(Refused, match="24Q1") as refused:
        period_of("24Q1")
    assert refused.value.zh == "报告期“24Q1”无法识别,请写 2024年一季度 或 2024Q1"


# -- how far it has come ---------------------------------------------------------------------------------------


def test_from_draft_to_archive(
    store: Store, settings: Settings, civil: Civil, send: Act, li: User, zhao: User, tmp_path: Path
) -> None:
    seen = [civil().state]
    draft(store, settings, name="a.csv", raw=BEDS, user=CIVIL, uploads=tmp_path)
    seen.append(civil().state)
    made = send()
    seen.append(civil().state)
    decide(store, submission=made, decision=Decision.APPROVE, user=li)
    seen.append(civil().state)
    release(store, user=zhao, as_of=Q1.end)
    seen.append(civil().state)
    archive(store, submission=made, user=zhao)
    seen.append(civil().state)
    states = [State.NOT_SENT, State.DRAFT, State.WAITING, State.APPROVED, State.RELEASED, State.ARCHIVED]
    assert seen == states
    assert (civil().sent, civil().submissions, civil().complete) == (1, (made,), True)


def test_what_was_sent_back_is_to_be_mended(store: Store, civil: Civil, send: Act, li: User, clock: Clock) -> None:
    made = send()
    decide(store, submission=made, decision=Decision.RETURN, user=li, reason="单位")
    one = civil()
    assert (one.state, one.sent, one.sent_at, one.submissions) == (State.RETURNED, 0, None, (made,))
    again = send()
    assert (civil().state, civil().submissions) == (State.WAITING, (made, again))


def test_a_new_draft_follows_what_was_sent_back(
    store: Store, settings: Settings, civil: Civil, send: Act, li: User, tmp_path: Path
) -> None:
    decide(store, submission=send(), decision=Decision.RETURN, user=li, reason="单位")
    raw = figures(("nursing-beds-share", "55.2"))
    draft(store, settings, name="b.csv", raw=raw, user=CIVIL, uploads=tmp_path)
    assert civil().state is State.DRAFT


@pytest.mark.parametrize("how", ["withdrawn", "voided"])
def test_what_was_taken_back_or_voided_counts_as_not_sent(
    store: Store, civil: Civil, send: Act, li: User, how: str
) -> None:
    made = send()
    if how == "withdrawn":
        withdraw(store, submission=made, user=CIVIL)
    else:
        decide(store, submission=made, decision=Decision.APPROVE, user=li)
        void(store, submission=made, user=li, reason="误报")
    assert (civil().state, civil().sent, civil().submissions) == (State.NOT_SENT, 0, (made,))


def test_a_return_is_as_far_as_its_least_row(store: Store, grid: Grid, send: Act, li: User) -> None:
    rows = [("beds-per-1000", "7.7"), ("nurses-per-1000", "5.2"), ("doctors-per-1000", "4.3")]
    first = send(figures(*rows), HEALTH)
    assert (grid()["chengdu-health"].state, grid()["chengdu-health"].sent) == (State.NOT_SENT, 3)
    decide(store, submission=first, decision=Decision.RETURN, user=li, reason="缺项")
    assert (grid()["chengdu-health"].state, grid()["chengdu-health"].sent) == (State.RETURNED, 0)
    send(figures(*rows), HEALTH)  # sent again, and the other nine are still owed
    assert (grid()["chengdu-health"].state, grid()["chengdu-health"].sent) == (State.NOT_SENT, 3)


def test_a_row_counts_by_its_most_advanced_submission(store: Store, civil: Civil, send: Act, li: User) -> None:
    first = send()
    decide(store, submission=first, decision=Decision.APPROVE, user=li)
    revised = send(figures(("nursing-beds-share", "55.4"), vintage="修订"))
    assert (civil().state, civil().sent, civil().submissions) == (State.APPROVED, 1, (first, revised))
    decide(store, submission=revised, decision=Decision.RETURN, user=li, reason="依据")
    assert civil().state is State.APPROVED


def test_anyones_figure_of_the_row_counts(civil: Civil, send: Act) -> None:
    send(user=User("tong", Role.OPERATOR))
    assert (civil().state, civil().sent) == (State.WAITING, 1)


@pytest.mark.parametrize("value", ["—", "…"])
def test_a_mark_instead_of_a_figure_is_an_answer(civil: Civil, send: Act, value: str) -> None:
    send(figures(("nursing-beds-share", value)))
    assert (civil().state, civil().sent) == (State.WAITING, 1)


def test_other_rows_places_and_times_are_not_this_return(civil: Civil, send: Act) -> None:
    send(figures(("nursing-beds-share", "55.0"), region="武侯区"))
    send(figures(("nursing-beds-share", "54.0"), period="2023Q4"))
    send(figures(("day-care-coverage", "80")))
    assert (civil().state, civil().sent) == (State.NOT_SENT, 0)


def test_the_years_return_wants_the_years_figure(civil: Civil, send: Act, store: Store, li: User) -> None:
    assert civil(Y2023).owed == 3
    flash = send(figures(("nursing-beds-share", "54.0"), period="2023Q4"))
    assert (civil(Q4).sent, civil(Y2023).sent) == (1, 0)
    decide(store, submission=flash, decision=Decision.APPROVE, user=li)
    final = send(figures(("nursing-beds-share", "54.1"), period="2023Q4", vintage="年报"))
    assert (civil(Q4).sent, civil(Y2023).sent) == (1, 1)
    assert civil(Y2023).submissions == (final,)
    send(figures(("day-care-coverage", "80"), period="2023年"))
    assert civil(Y2023).sent == 2


# -- returns on their form, and those without rows that must be filled -----------------------------------------


@pytest.fixture
def on_form(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Whatever is sent from now on bears the id of a body's form."""

    def one(body: str, period: Period) -> None:
        on = FormId(form_for(period, FORMS).number, body, period)
        monkeypatch.setattr(sending, "check_file", lambda *a, **k: replace(check_file(*a, **k), form=on))

    return one


SIGNED = {"signers": Signers("张三", "李四", "王五")}


def test_a_form_counts_for_its_own_return_only(grid: Grid, send: Act, on_form: Callable[..., None]) -> None:
    on_form("liuzhou-supervision", Q1)
    made = send(figures(("nursing-beds-share", "55.0")), ANYONE, **SIGNED)
    mine, rows = grid()["liuzhou-supervision"], grid()["chengdu-civil-affairs"]
    assert (mine.owed, mine.matters, mine.sent, mine.state, mine.submissions) == (0, 1, 0, State.WAITING, (made,))
    assert mine.complete
    assert (rows.state, rows.submissions) == (State.WAITING, (made,))  # and its row wherever it is owed
    assert grid(Q4)["liuzhou-supervision"].state is State.NOT_SENT


def test_a_year_sent_on_its_form_counts_whatever_its_vintage(
    civil: Civil, send: Act, on_form: Callable[..., None]
) -> None:
    on_form("chengdu-civil-affairs", Y2023)
    send(figures(("nursing-beds-share", "54.0"), period="2023Q4", vintage="快报"), **SIGNED)
    assert civil(Y2023).sent == 1


def test_a_draft_on_its_form_is_seen(
    store: Store, settings: Settings, civil: Civil, on_form: Callable[..., None], tmp_path: Path
) -> None:
    on_form("chengdu-civil-affairs", Q1)
    raw = figures(("nursing-beds-share", "55.0"), ("day-care-coverage", "80"))
    draft(store, settings, name="a.csv", raw=raw, user=CIVIL, uploads=tmp_path)
    assert civil().state is State.DRAFT
    assert civil(Q4).state is State.NOT_SENT


def test_a_body_that_may_leave_everything_empty_is_never_late(grid: Grid, send: Act, clock: Clock) -> None:
    clock.at = DUE + HOUR
    one = grid()["chengdu-sports"]
    assert (one.owed, one.matters, one.complete, one.state) == (0, 0, True, State.NOT_SENT)
    assert (one.late, one.overdue) == (False, False)
    send(figures(("sports-tourism-bases", "2"), period="2024Q1"), User("x", Role.STATISTICIAN, "chengdu-sports"))
    assert grid()["chengdu-sports"].state is State.WAITING


def test_a_body_with_matters_alone_owes_its_form(grid: Grid, clock: Clock) -> None:
    assert not grid()["liuzhou-supervision"].complete
    clock.at = DUE + HOUR
    assert grid()["liuzhou-supervision"].overdue


# -- by the hour -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "late"), [(DUE - HOUR, False), (DUE, False), (DUE + timedelta(microseconds=1), True)], ids=str
)
def test_what_comes_after_the_hour_is_late(civil: Civil, send: Act, clock: Clock, sent: datetime, late: bool) -> None:
    clock.at = sent
    send()
    assert (civil().late, civil().overdue, civil().sent_at) == (late, False, sent)


def test_what_is_owed_after_the_hour_is_overdue(civil: Civil, send: Act, clock: Clock, grid: Grid) -> None:
    clock.at = DUE
    assert not civil().overdue
    clock.at = DUE + timedelta(microseconds=1)
    assert (civil().overdue, civil().late) == (True, False)
    send(figures(("beds-per-1000", "7.7")), HEALTH)
    half = grid()["chengdu-health"]
    assert (half.overdue, half.late, half.sent) == (True, True, 1)


def test_a_revision_after_the_hour_does_not_make_a_return_late(
    store: Store, civil: Civil, send: Act, li: User, clock: Clock
) -> None:
    clock.at = DUE - HOUR
    decide(store, submission=send(), decision=Decision.APPROVE, user=li)
    clock.at = DUE + HOUR
    send(figures(("nursing-beds-share", "55.4")))
    assert (civil().late, civil().sent_at) == (False, DUE - HOUR)


def test_sent_again_after_the_hour_is_late_when_the_first_was_sent_back(
    store: Store, civil: Civil, send: Act, li: User, clock: Clock
) -> None:
    decide(store, submission=send(), decision=Decision.RETURN, user=li, reason="单位")
    clock.at = DUE + HOUR
    send()
    assert (civil().late, civil().sent_at) == (True, DUE + HOUR)


def test_the_hour_24_is_midnight(civil: Civil) -> None:
    one = civil(Y2023)
    assert (one.due.text(), one.due_at) == ("2024年1月20日24时", datetime(2024, 1, 21, tzinfo=CHENGDU))


def test_the_history_a_demonstration_is_filled_with_was_never_late(
    shipped: Texts, settings: Settings, clock: Clock, tmp_path: Path
) -> None:
    clock.at = DUE + 1000 * HOUR
    demo = filled(Store(":memory:", kind="demo"), shipped)
    whole = figures(("nursing-beds-share", "54.0"), period="2023Q4") + BEDS.partition(b"\n")[2]
    for raw, user in ((whole, CIVIL), (figures(("visitors", "0.6"), period="2024年1-3月"), TOURISM)):
        assert submit(demo, settings, name="a.csv", raw=raw, user=user, uploads=tmp_path, origin="demo").submission
    found = returns(demo, demo.catalogue(), settings, periods=[Q1], now=clock.at)
    late = {one.organisation.id: one.late for one in found if one.sent}
    assert late == {"chengdu-civil-affairs": False, "chengdu-culture-tourism": True}
    demo.close()


# -- asked for, and let off ------------------------------------------------------------------------------------


def asked(**more: Any) -> dict[str, Any]:
    return {"organisation": "chengdu-civil-affairs", "period": "2024年一季度", **more}


def test_a_body_is_asked_for_its_return(
    store: Store, settings: Settings, civil: Civil, li: User, zhao: User, clock: Clock
) -> None:
    remind(store, settings, **asked(user=li, note="请抓紧"))
    clock.at = DUE + HOUR
    remind(store, settings, organisation="成都市民政局", period=Q1, user=zhao)
    assert (civil().reminded, civil().reminded_at, civil().state) == (2, DUE + HOUR, State.NOT_SENT)
    line = store.ask("ledger", most=2).row(1, named=True)
    assert (line["actor"], line["action"], line["subject"]) == ("li", "remind", "chengdu-civil-affairs")
    assert line["detail"] == '{"form": "ZB-J01", "period": "2024Q1"}'


def test_nobody_is_asked_for_what_is_in_or_not_owed(
    store: Store, settings: Settings, send: Act, li: User, civil: Civil
) -> None:
    send()
    with pytest.raises(Refused, match="Chengdu Civil Affairs Bureau for Q1 2024 is in: there is nothing") as refused:
        remind(store, settings, **asked(user=li))
    assert refused.value.zh == "市民政局2024年一季度的报表已报齐,不需催报"
    for which, says in (
        ({"organisation": "chengdu-statistics"}, "owes nothing for Q1 2024"),
        ({"organisation": "nobody"}, "there is no organisation “nobody”"),
        ({"period": "24Q1"}, "24Q1"),
        ({"period": "2024-03"}, "no form is sent"),
    ):
        with pytest.raises(Refused, match=says):
            remind(store, settings, **asked(user=li) | which)
    assert civil().reminded == 0


def test_a_body_that_has_a_successor_owes_nothing_any_more(store: Store, settings: Settings, li: User) -> None:
    old = {"organisation": "guangzhou-health-family-planning", "period": Period.quarter(2018, 4)}
    with pytest.raises(Refused, match="owes nothing"):
        remind(store, settings, **old, user=li)
    remind(store, settings, organisation="guangzhou-health", period=Period.quarter(2018, 4), user=li)


def test_a_return_is_waived_and_asked_for_again(
    store: Store, settings: Settings, civil: Civil, li: User, zhao: User, clock: Clock
) -> None:
    clock.at = DUE + HOUR
    assert civil().overdue
    waive(store, settings, **asked(user=zhao, reason="系统迁移"))
    one = civil()
    assert (one.waived, one.overdue, one.late, one.state) == ("系统迁移", False, False, State.NOT_SENT)
    with pytest.raises(Refused, match="is waived: there is nothing to ask for"):
        remind(store, settings, **asked(user=li))
    with pytest.raises(Refused, match="is waived already"):
        waive(store, settings, **asked(user=zhao, reason="x"))
    waive(store, settings, **asked(user=li, reason="迁移完成", waived=False))
    assert (civil().waived, civil().overdue) == ("", True)
    with pytest.raises(Refused, match="is not waived"):
        waive(store, settings, **asked(user=li, reason="x", waived=False))
    assert store.ask("ledger", most=2)["action"].to_list() == ["unwaive", "waive"]


def test_waiving_needs_a_reason(store: Store, settings: Settings, li: User) -> None:
    with pytest.raises(Refused, match="needs a reason"):
        waive(store, settings, **asked(user=li, reason=" "))


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.REVIEWER, Role.PUBLISHER, Role.OPERATOR}))
def test_only_reviewers_and_publishers_ask_or_let_off(store: Store, settings: Settings, role: Role) -> None:
    with pytest.raises(Forbidden, match="may not remind"):
        remind(store, settings, **asked(user=User("x", role)))
    with pytest.raises(Forbidden, match="may not waive"):
        waive(store, settings, **asked(user=User("x", role), reason="x"))


# -- lists -----------------------------------------------------------------------------------------------------


def read(raw: bytes) -> list[list[str]]:
    assert raw.startswith("\ufeff".encode())
    return list(csv_module.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_whom_to_ask_is_a_table_with_ready_sentences(
    store: Store, settings: Settings, grid: Grid, send: Act, li: User, clock: Clock
) -> None:
    send(figures(("visitors", "0.6"), period="2024年1-3月"), TOURISM)  # in
    send(figures(("beds-per-1000", "7.7")), HEALTH)
    waive(store, settings, organisation="liuzhou-health", period=Q1, user=li, reason="机构改革")
    remind(store, settings, **asked(user=li))
    header, *rows = read(reminders(list(grid().values()), language="zh"))
    assert header == ["单位", "表号", "报告期", "报出期限", "应报", "已报", "状态", "催报次数", "催报内容"]
    told = {row[0]: row for row in rows}
    assert {"成都市文化广电旅游局", "柳州市卫生健康委员会", "成都市体育局"}.isdisjoint(told)
    assert told["成都市民政局"] == [
        *("成都市民政局", "ZB-J01", "2024年一季度", "2024年4月5日12时", "1", "0", "未填报", "1"),
        "成都市民政局:请于2024年4月5日12时前报送2024年一季度《规划监测指标季报表》(ZB-J01),尚缺 1 项指标。",
    ]
    assert told["成都市卫生健康委员会"][4:7] == ["12", "1", "未填报"]
    matters = next(row for row in rows if row[4] == "0")
    assert matters[-1].endswith("前报送2024年一季度《规划监测指标季报表》(ZB-J01)。")
    clock.at = DUE + HOUR
    late = {row[0]: row[-1] for row in read(reminders(list(grid().values()), language="zh"))}
    assert late["成都市民政局"].startswith("成都市民政局:已超过2024年4月5日12时的报出期限,请立即报送2024年一季度")


def test_whom_to_ask_in_english(civil: Civil, grid: Grid, clock: Clock) -> None:
    matters = read(reminders([grid()["liuzhou-supervision"]], language="en"))[1]
    assert matters[-1].endswith("is due by 2024-04-05 12:00: please send it.")
    header, row = read(reminders([civil()], language="en"))
    assert (header[0], header[-1]) == ("Body", "Reminder")
    assert row[:4] == ["Chengdu Civil Affairs Bureau", "ZB-J01", "Q1 2024", "2024-04-05 12:00"]
    assert row[-1] == (
        "Chengdu Civil Affairs Bureau: form ZB-J01, Quarterly return of plan indicators, for Q1 2024, is due by "
        "2024-04-05 12:00: please send it; 1 of 1 rows are missing."
    )
    clock.at = DUE + HOUR
    assert "was due by 2024-04-05 12:00: please send it at once" in read(reminders([civil()], language="en"))[1][-1]


def test_D28_a_name_that_looks_like_a_formula_is_text(civil: Civil) -> None:
    one = civil()
    evil = replace(one, organisation=replace(one.organisation, name_zh='=HYPERLINK("http://x")'))
    row = read(reminders([evil], language="zh"))[1]
    assert row[0] == '\'=HYPERLINK("http://x")'
    assert row[-1].startswith("'=HYPERLINK")


def test_the_calendar_of_a_year() -> None:
    found = calendar(FORMS, year=2024, zone="Asia/Shanghai")
    assert [(form.number, period.code, f"{at:%Y-%m-%d %H:%M %z}") for form, period, at in found] == [
        ("ZB-J01", "2024Q1", "2024-04-05 12:00 +0800"),
        ("ZB-J01", "2024Q2", "2024-07-03 12:00 +0800"),
        ("ZB-J01", "2024Q3", "2024-10-08 12:00 +0800"),
        ("ZB-J01", "2024Q4", "2025-01-07 12:00 +0800"),
        ("ZB-N01", "2024", "2025-01-21 00:00 +0800"),
    ]


def test_a_form_is_due_no_longer_than_it_lives() -> None:
    dying: list[Form] = [replace(form, valid_until=datetime(2024, 10, 7).date()) for form in FORMS]
    assert [period.code for _, period, _ in calendar(dying, year=2024, zone="UTC")] == ["2024Q1", "2024Q2"]
