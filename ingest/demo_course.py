"""What the demonstration's returns have been through, and what their owners say: drafts, one late, one sent back, one
to explain, one waived; reasons for what lags, dated notes on what happened. All of it is made up and says so."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date

from openpyxl import Workbook

from indicators.annotation import AnnotationKind
from indicators.period import Period
from indicators.store import Store
from ingest.annotating import annotate
from ingest.form.forms import form_id, read_forms
from ingest.form.sheets import LAGGING
from ingest.people import Role, User
from ingest.settings import Home, Settings
from ingest.submission import Decision, Signers
from ingest.workflow import Receipt, decide, draft, remind, submit, waive

__all__ = ["SENDERS", "explain", "play"]

SENDERS = (
    User("示例·文旅填报人", Role.STATISTICIAN, "chengdu-culture-tourism"),
    User("示例·民政填报人", Role.STATISTICIAN, "chengdu-civil-affairs"),
)
_NEXT = "2025Q1"  # the return that is due after the demonstration's figures end
_NOTE = "示例数据,非真实统计结果"


def _csv(period: str, figures: Mapping[str, str], *, vintage: str = "快报", why: str = "") -> bytes:
    rows = [f'成都市,{name},{period},{value},{vintage},"{_NOTE}{why}",演示生成' for name, value in figures.items()]
    return "\n".join(["地区,指标,报告期,数值,版本,备注,来源", *rows, ""]).encode()


def play(store: Store, settings: Settings, home: Home, people: Mapping[Role, User]) -> None:
    """Send, draft and decide as an office does around a quarter; nothing of it is approved."""
    tourism, elderly = SENDERS
    health, reviewer, publisher = (people[r] for r in (Role.STATISTICIAN, Role.REVIEWER, Role.PUBLISHER))

    def send(user: User, name: str, raw: bytes) -> str:
        receipt = submit(store, settings, name=name, raw=raw, user=user, uploads=home.uploads, origin="demo")
        return _done(receipt)

    def keep(user: User, name: str, raw: bytes) -> None:
        _done(draft(store, settings, name=name, raw=raw, user=user, uploads=home.uploads))

    first = {"tcm-beds-per-1000": "0.99", "psychiatric-beds-per-1000": "0.65", "family-doctor-signup-rate": "71.4"}
    returned = send(health, "2025年一季度季报.csv", _csv(_NEXT, first))
    reason = "缺床位、医师、护士等指标,请补齐后重报"
    decide(store, submission=returned, decision=Decision.RETURN, user=reviewer, reason=reason)
    # its hour is long past, so it is late
    send(tourism, "2025年一季度文旅季报.csv", _csv("2025年1-3月", {"visitors": "0.74"}))
    why = ";年报核定,快报重复计入1家机构"
    send(elderly, "2024年末年报.csv", _csv("2024Q4", {"nursing-beds-share": "53.3"}, vintage="年报", why=why))
    keep(health, "2024年年报(草稿).csv", _csv("2024年", {"gps-per-10000": "2.90"}, vintage="年报", why=";年报核定"))
    keep(elderly, "2025年一季度养老季报.csv", _csv(_NEXT, {"nursing-beds-share": "54.1"}))
    note = "报出期限已过,请尽快报送"
    remind(store, settings, organisation="chengdu-civil-affairs", period=_NEXT, user=reviewer, note=note)
    reason = "规划目标年未到季度考核节点,本季免报"
    waive(store, settings, organisation="liuzhou-health", period=_NEXT, user=publisher, reason=reason)


# -- what their owners say -----------------------------------------------------------------------------------

_CITY = "510100"
_REASONS = {  # 进展, 原因, 措施
    "beds-per-1000": (
        "示例:全年新增床位不到年度计划的一半",
        "示例:两所市级医院新院区因用地手续推迟开工,床位未能按期投用;常住人口增加也摊薄了每千人口床位数",
        "示例:联席会议每月调度两个项目,2025年三季度前投用;县级医院改扩建提前启动",
    ),
    "nurses-per-1000": (
        "示例:注册护士比上年增加,增速低于应达路径",
        "示例:新院区推迟开诊,配套护士岗位未能招聘;基层护士流失率高于预期",
        "示例:护士编制备案管理扩大到社区卫生服务中心,2025年春季增加一次统一招聘",
    ),
    "gps-per-10000": (
        "示例:全年转岗培训结业人数达到计划,注册的约六成",
        "示例:培训结业到注册平均需要 9 个月,基层岗位待遇缺乏吸引力,结业后改注册的比例低",
        "示例:结业注册一并办理;签约服务费向全科医生倾斜,2025年起按月通报各区县注册进度",
    ),
    "childcare-places-per-1000": (
        "示例:四季度新增托位少于停业减少的托位",
        "示例:四季度两家机构停业,新建的公办托育中心尚未备案",
        "示例:公办托育中心 2025年二季度前备案,停业机构的场地由社区接管",
    ),
}
_NOTES = (  # what, when, of which kind, and what of it
    ("beds-per-1000", date(2023, 7, 1), AnnotationKind.EVENT, "示例:两所市级医院新院区推迟开工"),
    ("nurses-per-1000", date(2022, 10, 1), AnnotationKind.POLICY, "示例:护士编制备案管理办法施行"),
    ("gps-per-10000", date(2023, 1, 1), AnnotationKind.DATA, "示例:转岗培训结业而未注册的不再计入"),
    ("childcare-places-per-1000", date(2022, 4, 1), AnnotationKind.POLICY, "示例:普惠托育建设补助办法施行"),
    ("childcare-places-per-1000", date(2024, 11, 15), AnnotationKind.EVENT, "示例:两家托育机构停业"),
    ("nursing-beds-share", date(2023, 3, 1), AnnotationKind.POLICY, "示例:护理型床位改造补助办法施行"),
)
_LINK = "https://example.org/"  # names nobody


def explain(
    store: Store, settings: Settings, home: Home, *, people: Mapping[Role, User], period: Period, today: date
) -> None:
    """Say why what lags does, by a return that is approved, and note what happened when."""
    health = people[Role.STATISTICIAN]
    signers = Signers("示例·填报人", "示例·统计负责人", "示例·单位负责人")
    name, raw = f"{period.name()}滞后说明.xlsx", _explanations(health.organisation, period)
    receipt = submit(
        store, settings, name=name, raw=raw, user=health, uploads=home.uploads, origin="demo", signers=signers
    )
    decide(store, submission=_done(receipt), decision=Decision.APPROVE, user=people[Role.REVIEWER])
    for indicator, day, kind, text in _NOTES:
        writer = SENDERS[1] if indicator == "nursing-beds-share" else health
        link = _LINK if kind is AnnotationKind.POLICY else ""
        place = {"indicator": indicator, "region": _CITY}
        annotate(store, **place, day=day, kind=kind, text=text, link=link, user=writer, today=today)


def _explanations(organisation: str, period: Period) -> bytes:
    """A return that says why and nothing else."""
    book = Workbook()
    figures = book.active
    assert figures is not None
    figures.append([f"表单编号:{form_id(organisation, period, read_forms()['quarterly'])}"])
    figures.append([f"报告期:{period.name()}"])
    figures.append(["指标名称", "代码", "本期", "本年累计", "备注"])
    sheet = book.create_sheet("滞后说明")
    sheet.append(list(LAGGING))
    for indicator, told in _REASONS.items():
        sheet.append([f"{indicator}@{_CITY}", "", "", *told])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _done(receipt: Receipt) -> str:
    assert receipt.submission, [p for p in receipt.checked.problems if p.blocks][:3]
    return receipt.submission
