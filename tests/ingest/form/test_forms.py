"""Forms as data: what they must say, until when they may be used, when a return is due, and the id it bears."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from indicators.catalogue import Catalogue
from indicators.period import Period
from ingest.form.forms import FOLDER, Form, FormError, FormId, form_for, form_id, read_forms, recognise
from ingest.submission import Refused
from tests.conftest import Texts

Q1 = Period.quarter(2024, 1)
ID = "ZB-J01-2024Q1-chengdu-health-83"


@pytest.fixture(scope="module")
def forms() -> dict[str, Form]:
    return read_forms()


# -- files -------------------------------------------------------------------------------------------------


def test_the_shipped_forms_say_everything_the_law_asks_for(forms: dict[str, Form]) -> None:
    assert set(forms) == {"quarterly", "yearly"}
    for form in forms.values():
        assert form.number and form.approval and form.title_zh and form.title_en and form.scope_zh
        assert form.valid_until > date(2026, 12, 31)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('id = "quarterly"', 'id = "other"', "file and id must agree"),
        ('number = "ZB-J01"', 'number = "J1"', "ZB-J01"),
        ('cadence = "quarter"', 'cadence = "month"', "quarter or year"),
        ('cadence = "quarter"', 'cadence = "year"', "needs 1"),
        ("days = [5, 3, 8, 7]", "days = [5, 3, 8]", "needs 4"),
        ("days = [5, 3, 8, 7]", "days = [5, 3, 8, 31]", "1 to 30"),
        ("hour = 12", "hour = 25", "0 to 24"),
        ('approval = "', 'approval = ""\nunused = "', "approval"),
        ("valid_until = 2027-12-31", 'valid_until = "soon"', "valid_until"),
        ("valid_until = 2027-12-31", "", "valid_until"),
        ('title_en = "', 'title_fr = "x"\ntitle_en = "', "title_fr"),
        ("[due]", "[due", "not TOML"),
    ],
)
def test_a_form_that_cannot_be_believed_is_named(tmp_path: Path, before: str, after: str, said: str) -> None:
    text = (FOLDER / "quarterly.toml").read_text(encoding="utf-8")
    assert before in text
    (tmp_path / "quarterly.toml").write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(FormError, match=f"form quarterly: .*{said}"):
        read_forms(tmp_path)


# -- when --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "due"),
    [
        ("2024Q1", "2024年4月5日12时"),
        ("2024Q2", "2024年7月3日12时"),
        ("2024Q3", "2024年10月8日12时"),
        ("2024Q4", "2025年1月7日12时"),
        ("2024", "2025年1月20日24时"),
    ],
)
def test_due_days_have_an_hour(forms: dict[str, Form], period: str, due: str) -> None:
    when = Period.parse(period)
    assert form_for(when, forms.values()).due_for(when).text() == due


@pytest.mark.parametrize("period", ["2024H1", "2024-03", "2024M1-9", "2024-03-31"])
def test_other_periods_have_no_form(forms: dict[str, Form], period: str) -> None:
    with pytest.raises(Refused, match="quarter or a year") as refused:
        form_for(Period.parse(period), forms.values())
    assert "季度或年度" in refused.value.zh


def test_an_expired_form_is_not_issued(forms: dict[str, Form]) -> None:
    form = forms["quarterly"]
    form.demand_valid(Q1, today=form.valid_until)
    with pytest.raises(Refused, match="expired on 2027-12-31") as refused:
        form.demand_valid(Q1, today=date(2028, 1, 1))
    assert "2027-12-31 失效" in refused.value.zh


def test_a_form_is_not_issued_for_a_return_due_after_it_expires(forms: dict[str, Form]) -> None:
    form = forms["quarterly"]
    form.demand_valid(Period.quarter(2027, 3), today=date(2027, 1, 1))
    with pytest.raises(Refused, match="before the return of Q4 2027 is due"):
        form.demand_valid(Period.quarter(2027, 4), today=date(2027, 1, 1))


# -- the id ------------------------------------------------------------------------------------------------


def test_the_id_is_always_the_same_and_says_whose_and_when(forms: dict[str, Form]) -> None:
    assert form_id("chengdu-health", Q1, forms["quarterly"]) == ID
    assert recognise(ID) == FormId("ZB-J01", "chengdu-health", Q1)
    year = form_id("chengdu-health", Period.year(2024), forms["yearly"])
    assert recognise(year) == FormId("ZB-N01", "chengdu-health", Period.year(2024))


def test_every_organisation_is_recognised(forms: dict[str, Form], shipped: Texts) -> None:
    ids = [form_id(o, Q1, forms["quarterly"]) for o in Catalogue.of(shipped).organisations]
    assert len(set(ids)) == len(ids)
    assert [form_id(recognise(i).organisation, Q1, forms["quarterly"]) for i in ids] == ids


@pytest.mark.parametrize(
    "text",
    [
        ID.lower(),
        ID.upper(),
        f"  {ID} ",
        ID.replace("-", "—"),
        ID.replace("-", " - "),
        "".join(chr(ord(c) + 0xFEE0) for c in ID),
    ],
)
def test_an_id_survives_typing(text: str) -> None:
    assert recognise(text).organisation == "chengdu-health"


def test_one_wrong_sign_is_noticed() -> None:
    for at, sign in enumerate(ID):
        for other in "05QZhk":
            if sign != "-" and other.upper() != sign.upper():
                with pytest.raises(Refused):
                    recognise(ID[:at] + other + ID[at + 1 :])


def test_two_signs_swapped_are_noticed() -> None:
    for at in range(len(ID) - 1):
        if ID[at] != ID[at + 1] and "-" not in ID[at : at + 2]:
            with pytest.raises(Refused):
                recognise(ID[:at] + ID[at + 1] + ID[at] + ID[at + 2 :])


@pytest.mark.parametrize("text", ["", "ZB-J01", "ZB-J01-2024Q5-chengdu-health-83", "=1+1", ID[:-3], "ZB" * 5000])
def test_what_is_no_id_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(Refused) as refused:
        recognise(text)
    assert "原样抄录" in refused.value.zh
