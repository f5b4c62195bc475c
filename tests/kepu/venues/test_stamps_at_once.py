"""Two counters read the same pass at the same moment: it is stamped as often as it is good."""

from __future__ import annotations

import pytest

from kepu.venues import actions
from kepu.venues.models import Stamp
from tests.factories import NOW
from tests.kepu.orders.test_at_once import at_once, only_refusals
from tests.kepu.venues.test_sharing import ready

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_pass_that_is_read_at_two_counters_at_once_is_stamped_once():
    one, by, held = ready()

    ends = at_once(*(
        lambda: actions.stamp(held.code, venue_id=one.pk, by=by, now=NOW) for _ in range(4)
    ))  # fmt: skip

    assert Stamp.objects.count() == 1
    assert only_refusals(ends)
