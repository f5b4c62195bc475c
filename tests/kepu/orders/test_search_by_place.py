"""Words are looked for where the reader's orders lie, and orders are found where they lie now."""

from __future__ import annotations

import pytest

from kepu.kernel.crosswalk import actions as crosswalk
from kepu.kernel.facts.worker import work_off
from kepu.orders import listing
from kepu.orders.listing import Asked
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db

CHANGE = """
key: test
title: 示例调整
effective: 2026-03-01
source: 示例
opened:
  - {path: 50.new., name: 新示例区, level: district}
moved:
  - {path: 50.201.001., name: 一示例镇, to: 50.new.}
"""


def titles(person, **asked) -> set[str]:
    return {order.title for order in listing.listed(person, Asked(**asked), NOW)}


def test_an_order_on_moved_ground_is_found_in_its_new_district_and_by_its_name():
    factories.division("50.201.", name="甲示例区")
    factories.division("50.201.001.", name="一示例镇")
    there = factories.loop("50.201.001.001.")
    there.order("placed", title="老人防诈骗课")
    city = factories.officer("district_officer", "50.")
    assert titles(city, words="甲示例区 诈骗", place="50.201.") == {"老人防诈骗课"}

    crosswalk.apply(CHANGE, by=None, now=NOW)
    work_off(NOW)

    assert titles(city, words="新示例区 诈骗", place="50.new.") == {"老人防诈骗课"}
    assert titles(city, words="甲示例区") == set()
    assert titles(city, words="诈骗", place="50.201.") == set()


def test_whoever_dispatches_in_one_place_finds_the_own_order_in_another(loop):
    other = factories.loop("50.107.001.001.")
    other.order("placed", title="别人的讲座")
    own = other.order("placed", title="自己的讲座")
    Order.objects.filter(pk=own.pk).update(resident=loop.worker)
    loop.order("placed", title="本社区的讲座")

    assert titles(loop.worker, words="讲座") == {"自己的讲座", "本社区的讲座"}
