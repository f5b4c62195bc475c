"""Names, numbers and addresses of people stand nowhere in clear: in no table, no log, no error page."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts.models import Personal
from kepu.kernel.facts import worker
from kepu.orders.models import Order
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller
from tests.kepu.web.test_api_loop import did, wish

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("at_noon")]

NAME, PHONE, PLACE = "万俟寻迹", "13987651234", "寻迹巷七号楼"
MAIL, ID_NUMBER = "xunji@example.org", "11010519491231002X"
SECRETS = [NAME, PHONE, PLACE, MAIL, ID_NUMBER]


def everything_kept() -> Iterator[tuple[str, str]]:
    """Every cell of every table, as text; what is bytes is read as text too."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, cell in zip(names, row, strict=True):
                    yield f"{table}.{name}", as_text(cell)


def as_text(cell: object) -> str:
    if isinstance(cell, bytes | memoryview):
        return bytes(cell).decode("utf-8", "replace")
    # What JSON has escaped is in clear all the same.
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), str(cell))


def in_clear() -> set[tuple[str, str]]:
    return {
        (where, secret) for where, text in everything_kept() for secret in SECRETS if secret in text
    }


def test_an_order_taken_down_by_telephone_leaves_no_name_number_or_place(loop, at_noon, caplog):
    caplog.set_level(logging.INFO)
    phoned = wish(caller={"name": NAME, "phone": PHONE}, place=PLACE)
    key = iter(range(100))

    def does(person, path, body=None):
        answer = caller(person).post(path, body, Idempotency_Key=f"k{next(key)}")
        assert answer.status_code < 300, answer.text
        return answer.json()

    order = does(loop.worker, "orders", phoned)
    path = f"orders/{order['id']}"
    does(loop.worker, f"{path}/dispatch", {"department_id": loop.department.pk})
    does(loop.officer, f"{path}/accept")
    does(loop.officer, f"{path}/open")
    does(loop.leader, f"{path}/claim", {"team_id": loop.team.pk})
    does(loop.leader, f"{path}/schedule", {"starts_at": order["wanted_from"]})
    assert did(caller(loop.leader).post(f"{path}/phone/resident", {}))[0]["phone"].endswith(PHONE)
    for person in (loop.worker, loop.officer, loop.leader):
        page = Client()
        page.force_login(person)
        assert page.get(reverse("order", args=[order["id"]])).status_code == 200
        page.get(reverse("order-list"), {"q": PHONE})
    worker.work_off(NOW)

    assert Order.objects.get(pk=order["id"]).place_text == PLACE
    assert in_clear() == set()
    assert [secret for secret in SECRETS if secret in caplog.text] == []
