"""The account of numbers: every number of a plan's document is covered by a commitment or excluded with a reason.

A number is a run of digits, or a run of Chinese numerals used as a quantity (one that a measure word follows).
`data/plans/<plan>.account.csv` holds one line a number: line, column (both from 1), the number as printed, the
commitment that covers it, or why none does.

    python -m tests.accounting PLAN     print every number of the document that nothing covers yet
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indicators.catalogue import CatalogueKind, parse
from indicators.plan import Plan

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT.parent / "shared" / "seeds"
COLUMNS = ["line", "column", "number", "covered_by", "reason"]

# why a number is no promise; anything else in the `reason` column is refused
REASONS = {
    "date of the document": "publication, issue, visit counts and other marks of the page it was copied from",
    "number of a document": "the number or year in the title of a law, plan, notice or meeting",
    "numbering": "the number of a chapter, section, box, list item or annex",
    "name": "part of a proper name or term: 5G, 1+N, 三甲, 二级医院, 十三五, 863计划",
    "period": "the years a plan or a statement covers, without a promise of their own",
    "idiom": "counts in figures of speech or in structure: 一圈两带, 三位一体, 四季",
    "background": "a fact about others or a ranking, neither promise nor stated actual of this plan",
}

# fmt: off
_MEASURES = [
    "个", "家", "所", "项", "名", "人", "张", "户", "场", "次", "条", "批", "种", "类", "座", "处", "套", "支",
    "款", "件", "篇", "部", "位", "倍", "成", "亩", "元", "岁", "年", "月", "日", "天", "周", "季", "期", "级",
    "层", "平方", "公里", "米", "大", "社区", "街道", "村", "镇", "区", "县", "市", "省", "基地", "中心", "院",
    "馆", "园", "线", "路", "届", "轮", "步", "站", "点", "院士", "班", "队", "组", "门", "辆", "架", "对",
    "双", "代", "档",
]
# fmt: on
_ANY_MEASURE = "|".join(sorted(_MEASURES, key=len, reverse=True))
_CHINESE = re.compile(rf"[一二三四五六七八九十百千万亿两〇零半]+(?:余|多)?(?=(?:余|多|几)?(?:{_ANY_MEASURE}))")
_DIGITS = re.compile(r"[0-9０-９]+(?:[.．][0-9０-９]+)*")


@dataclass(frozen=True, slots=True, order=True)
class Number:
    """A number where it stands in the document."""

    line: int
    column: int
    text: str


def numbers(document: str) -> Iterator[tuple[int, Number]]:
    """Every number with its offset, in reading order."""
    starts = [0]
    for match in re.finditer("\n", document):
        starts.append(match.end())
    found = sorted({(m.start(), m.group()) for pattern in (_DIGITS, _CHINESE) for m in pattern.finditer(document)})
    line = 0
    for offset, text in found:
        while line + 1 < len(starts) and starts[line + 1] <= offset:
            line += 1
        yield offset, Number(line + 1, offset - starts[line] + 1, text)


def covered(document: str, plan: Plan) -> dict[int, set[str]]:
    """Offsets inside a quote → the commitments whose quote that is."""
    found: dict[int, set[str]] = {}
    for commitment in plan.commitments:
        for quote in commitment.quotes:
            start = document.find(quote.text)
            while start >= 0:
                for offset in range(start, start + len(quote.text)):
                    found.setdefault(offset, set()).add(commitment.id)
                start = document.find(quote.text, start + 1)
    return found


def load_plan(plan_id: str) -> Plan:
    text = (ROOT / "data" / "plans" / f"{plan_id}.toml").read_text(encoding="utf-8")
    plan = parse(CatalogueKind.PLAN, text)
    assert isinstance(plan, Plan)
    return plan


def document_of(plan: Plan) -> str:
    return (SEEDS / f"{plan.seed}.txt").read_text(encoding="utf-8")


def account_path(plan_id: str) -> Path:
    return ROOT / "data" / "plans" / f"{plan_id}.account.csv"


def read_account(plan_id: str) -> list[dict[str, str]]:
    with account_path(plan_id).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def draft(plan_id: str) -> tuple[str, list[str]]:
    """The account as far as quotes and the present file's reasons reach, and a line for each number left over."""
    plan = load_plan(plan_id)
    document = document_of(plan)
    spans = covered(document, plan)
    known = {}
    if account_path(plan_id).exists():
        known = {(r["line"], r["column"], r["number"]): r for r in read_account(plan_id)}
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    left = []
    for offset, number in numbers(document):
        key = (str(number.line), str(number.column), number.text)
        before = known.get(key, {})
        mine = sorted(spans.get(offset, ()))
        by = before.get("covered_by") if before.get("covered_by") in mine else (mine[0] if mine else "")
        reason = "" if by else before.get("reason", "")
        if not by and not reason:
            around = document[max(0, offset - 18) : offset + 22].replace("\n", "⏎")
            left.append(f"{number.line}:{number.column} {number.text}   …{around}…")
        row = dict(zip(COLUMNS, [*key, by, reason], strict=True))
        writer.writerow(row)
    return out.getvalue(), left


def main(plan_id: str) -> int:
    text, left = draft(plan_id)
    account_path(plan_id).write_text(text, encoding="utf-8")
    print("\n".join(left))
    print(f"{len(left)} numbers without cover or reason; account written", file=sys.stderr)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
