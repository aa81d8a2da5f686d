"""What the demonstration's returns have been through: drafts, one late, one sent back, one to explain, one waived."""

from __future__ import annotations

from collections.abc import Mapping

from indicators.store import Store
from ingest.people import Role, User
from ingest.settings import Home, Settings
from ingest.submission import Decision
from ingest.workflow import Receipt, decide, draft, remind, submit, waive

__all__ = ["SENDERS", "play"]

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


def _done(receipt: Receipt) -> str:
    assert receipt.submission, [p for p in receipt.checked.problems if p.blocks][:3]
    return receipt.submission
