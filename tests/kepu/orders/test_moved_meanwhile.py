"""Divisions change while people go on working: nothing fails, nothing stays behind."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kepu.kernel.crosswalk import actions as crosswalk
from kepu.kernel.crosswalk.models import Change
from kepu.orders import actions
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW
from tests.kepu.orders.test_at_once import at_once, dish, loop, only_refusals, wished

__all__ = ["loop"]  # a fixture

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CHANGE = """
key: example-2026
title: 示例街道划归示例区
effective: 2026-03-01
source: 示例文件
moved:
  - {path: "50.103.001.", name: "示例50.103.001.", to: "50.104."}
"""


@pytest.mark.parametrize("turn", range(2))
def test_orders_go_on_while_their_place_goes_to_another_district(loop, turn):
    factories.division("50.104.")
    city = factories.officer("city_officer", "50.")
    service, other = dish(loop), factories.team()
    drafts = [wished(loop, service) for _ in range(4)]
    claimed, opened = [[loop.order(s) for _ in range(4)] for s in ("claimed", "open")]
    start = NOW + timedelta(days=1)
    wish = actions.Wish(
        title="讲座", topic=factories.skill(), division=loop.community, service=service,
        wanted_from=start, wanted_until=start + timedelta(days=2),
    )  # fmt: skip
    by, to = {"by": loop.resident, "now": NOW}, {"by": loop.leader, "now": NOW}

    ends = at_once(
        lambda: crosswalk.apply(CHANGE, by=city, now=NOW),
        *(lambda pk=o.pk: actions.place(pk, **by) for o in drafts),
        *(lambda pk=o.pk: actions.claim(pk, team=loop.team, **to) for o in opened),
        *(lambda pk=o.pk: actions.hand_over(pk, to=other, **to) for o in claimed),
        *[lambda: actions.draft(wish, for_whom=loop.resident, **by)] * 2,
        lambda: actions.merge(opened[0].pk, into_id=opened[1].pk, by=loop.worker, now=NOW),
        lambda: actions.merge(claimed[1].pk, into_id=claimed[0].pk, by=loop.worker, now=NOW),
    )

    assert only_refusals(ends)
    change = Change.objects.get()
    crosswalk.sweep(change.pk, now=NOW)
    assert crosswalk.sweep(change.pk, now=NOW) == 0
    assert not Order.objects.filter(path__within="50.103.").exists()
