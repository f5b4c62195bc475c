"""A page of a search holds the most urgent orders that hold the words, page by page, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kepu.kernel import cursors
from kepu.orders import listing, queries
from kepu.orders.models import Order
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def orders(loop):
    """Ten awaited orders, the most urgent last; every second one is about fire drills."""
    found = [loop.order("placed", title="消防演练" if n % 2 else "健康讲座") for n in range(10)]
    for n, order in enumerate(found):
        Order.objects.filter(pk=order.pk).update(due_at=NOW + timedelta(hours=20 - n))
    return found


def page(loop, words, **where):
    return cursors.page(
        listing.narrowing(loop.worker, listing.Asked(words=words), NOW),
        listing.sort_of("urgent"),
        size=2,
        whole=queries.cards(),
        **where,
    )


def test_pages_of_a_search_follow_one_another_by_urgency_and_lose_nobody(loop, orders):
    wanted = [order.pk for order in reversed(orders) if order.title == "消防演练"]
    first = page(loop, "消防")
    second = page(loop, "消防", after=first.after)
    third = page(loop, "消防", after=second.after)

    assert [row.pk for row in first.rows + second.rows + third.rows] == wanted
    assert not third.after
    assert [row.pk for row in page(loop, "消防", before=third.before).rows] == wanted[2:4]


def test_a_search_by_number_finds_the_order_by_its_number(loop, orders):
    assert [row.pk for row in page(loop, orders[4].number).rows] == [orders[4].pk]


def test_what_holds_not_all_words_or_lies_elsewhere_is_not_found(loop, orders):
    assert page(loop, "消防 讲座").rows == []
    assert len(page(loop, "演练").rows) == 2


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_postgresql_asks_the_sorted_orders_one_by_one_until_a_page_is_full(loop, orders):
    with CaptureQueriesContext(connection) as asked:
        page(loop, "消防")

    (search,) = [one["sql"] for one in asked.captured_queries if "search_document" in one["sql"]]
    assert "OFFSET 0" in search
    assert search.rstrip().endswith("LIMIT 3")
