"""Two officers pay from the same grant at the same moment: no more is paid than was granted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kepu.venues import actions, free_opening
from tests.factories import NOW, division
from tests.kepu.orders.test_at_once import at_once, only_refusals
from tests.kepu.venues.factories import HERE, judge, open_days, subsidy, venue

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_what_was_granted_is_paid_once_by_officers_at_once():
    division(HERE, "示例区")
    one, year = venue(), NOW.year - 1
    open_days(one, 250, year)
    subsidy(one, "granted", 100)
    officers = [judge() for _ in range(4)]

    ends = at_once(*(
        lambda by=by: actions.enter_subsidy(
            one.pk, year=year, step="paid", amount=Decimal(60), reference="1号", day=NOW.date(),
            by=by, now=NOW,
        )
        for by in officers
    ))  # fmt: skip

    assert free_opening.balance(one, year).paid == 60
    assert only_refusals(ends)
