"""No number of any plan is unaccounted for: each stands in the quote of a commitment, or is excluded with a reason."""

from __future__ import annotations

import pytest

from tests.accounting import REASONS, ROOT, SEEDS, covered, document_of, load_plan, numbers, read_account

PLANS = sorted(p.name.removesuffix(".toml") for p in (ROOT / "data" / "plans").glob("*.toml"))


@pytest.fixture(autouse=True)
def _seeds() -> None:
    if not SEEDS.is_dir():
        pytest.skip("the plan documents are not beside the project (../shared/seeds)")


@pytest.mark.parametrize("plan_id", PLANS)
def test_every_number_of_the_document_is_in_the_account(plan_id: str) -> None:
    document = document_of(load_plan(plan_id))
    stated = [(str(n.line), str(n.column), n.text) for _, n in numbers(document)]
    assert [(r["line"], r["column"], r["number"]) for r in read_account(plan_id)] == stated


@pytest.mark.parametrize("plan_id", PLANS)
def test_every_line_of_the_account_holds(plan_id: str) -> None:
    plan = load_plan(plan_id)
    document = document_of(plan)
    spans = covered(document, plan)
    for (offset, number), line in zip(numbers(document), read_account(plan_id), strict=True):
        if line["covered_by"]:
            assert line["covered_by"] in spans.get(offset, ()), f"{number}: no quote of {line['covered_by']} holds it"
        else:
            assert line["reason"] in REASONS, f"{number}: neither covered nor excluded with a known reason"


@pytest.mark.parametrize("plan_id", PLANS)
def test_deleting_a_commitment_breaks_the_account(plan_id: str) -> None:
    """The two tests above cannot pass when an entry is deleted: each number is named by its commitment."""
    plan = load_plan(plan_id)
    named = {line["covered_by"] for line in read_account(plan_id)}
    spans = covered(document_of(plan), plan)
    with_numbers = {i for o, _ in numbers(document_of(plan)) for i in spans.get(o, ())}
    unnamed = with_numbers - named
    quotes = {c.id: {q.text for q in c.quotes} for c in plan.commitments}
    for commitment in unnamed:
        shared = {other for other in named & set(quotes) if quotes[other] & quotes[commitment]}
        assert shared, f"{commitment} holds numbers but the account never names it"
