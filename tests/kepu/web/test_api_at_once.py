"""Two requests at the same moment under one key."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from kepu.orders.models import Order
from tests import factories
from tests.kepu.web.callers import caller
from tests.kepu.web.test_api_loop import wish

pytestmark = [
    pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_noon"),
]  # fmt: skip


def test_of_two_at_once_under_one_key_one_acts_and_both_get_its_answer():
    loop = factories.loop()
    resident, body, answers = caller(loop.resident), wish(), []
    gate = threading.Barrier(2)

    def send():
        gate.wait()
        answers.append(resident.post("orders", body, Idempotency_Key="k1"))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert Order.objects.count() == 1
