"""A booking and a suspension at the same moment: one of the two is first, and the other knows of it."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction

from kepu.venues import queries
from tests.kepu.venues.factories import DECISION, decide, judge, venue

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer, who waits for no row"
)
def test_a_suspension_waits_for_a_booking_that_asked_first():
    one, officer = venue("active"), judge()
    asked, suspended = threading.Event(), threading.Event()

    def suspend() -> None:
        asked.wait(10)
        decide(one, "suspend", by=officer, **DECISION)
        suspended.set()
        connections.close_all()

    other = threading.Thread(target=suspend)
    other.start()
    with transaction.atomic():
        assert queries.why_not_usable(one.pk, hold=True) is None
        asked.set()
        early = suspended.wait(1)
    other.join(10)

    assert not early
    assert suspended.is_set()
    assert queries.why_not_usable(one.pk)
