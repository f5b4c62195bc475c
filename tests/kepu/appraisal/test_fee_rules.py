"""What a payment is taxed, against amounts that the announcement's own table gives."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kepu.appraisal import fees_policy as policy
from kepu.kernel.rulebooks import queries as rulebooks

AMOUNTS = st.integers(0, 50_000_000)


def fees() -> policy.Fees:
    found = rulebooks.shipped(policy.FEES)
    assert isinstance(found, policy.Fees)
    return found


@pytest.mark.parametrize(
    ("yuan", "tax"),
    [
        ("0", "0"), ("800", "0"), ("801", "0.20"), ("1000", "40"), ("4000", "640"),
        ("4000.01", "640"), ("4001", "640.16"), ("25000", "4000"), ("30000", "5200"),
        ("62500", "13000"), ("100000", "25000"),
    ],
)  # fmt: skip
def test_the_tax_is_that_of_the_table(yuan, tax):
    gross, due = round(float(yuan) * 100), round(float(tax) * 100)

    assert fees().tax.due(gross) == due


def test_half_a_fen_goes_up():
    """With nothing taken off and a fifth due, 2.5 fen is the first half: 0.5."""
    rule = fees().tax.model_copy(update={"flat": 0})

    assert [rule.due(fen) for fen in (2, 3, 7, 8)] == [0, 1, 1, 2]


@given(AMOUNTS, AMOUNTS)
def test_more_is_never_taxed_less_and_never_more_than_it_is(one, more):
    tax = fees().tax

    assert 0 <= tax.due(one + more) - tax.due(one) <= more


def test_a_level_is_paid_by_its_row_and_whoever_has_none_as_others():
    pay = fees().pay

    assert pay.rate("senior").review > pay.rate("").review
    assert pay.rate("nothing known") == pay.others


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("pay", {"levels": [{"level": "senior", "review": 1, "half_day": 1}] * 2}),
        ("tax", {"bands": [{"above": 5, "rate": 1, "quick": 0}]}),
        ("tax", {"bands": [{"above": 0, "rate": 1, "quick": 0}] * 2}),
    ],
)
def test_a_rulebook_that_says_two_things_is_refused(part, said):
    rules = fees().model_dump()
    rules[part] |= said

    with pytest.raises(ValidationError):
        policy.Fees.model_validate(rules)
