"""Names, numbers and addresses of people stand nowhere in clear: in no table, no log, no error page."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts import keys
from kepu.kernel.accounts.models import SignInCode, User
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


def test_an_order_taken_down_by_telephone_leaves_no_name_number_or_place(at_noon, caplog):
    loop = factories.loop()
    caplog.set_level(logging.INFO)
    phoned = wish(caller={"name": NAME, "phone": PHONE, "of_age": True}, place=PLACE)
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


def test_who_registers_and_writes_down_all_there_is_stands_nowhere_in_clear(caplog):
    caplog.set_level(logging.INFO)
    factories.division(name="示例社区")
    browser = Client(raise_request_exception=False)
    browser.post(reverse("sign-in"), {"phone": PHONE})
    kept = SignInCode.objects.get()
    code = keys.open_from_transit(kept.sealed, kept.phone_digest)["code"]
    browser.post(reverse("sign-in-code"), {"code": code})
    said = {"name": NAME, "place": "示例社区", "of_age": "on", "consent": "on"}
    browser.post(reverse("sign-in-register"), said)
    person = User.objects.get()
    assert person.personal.name == NAME

    whole = replace(person.personal, email=MAIL, id_number=ID_NUMBER)
    person = accounts.change_personal(person, whole, by=person, now=NOW)
    accounts.send_mail_code(person, by=person, now=NOW)
    accounts.set_password(person, "correct horse battery", by=person, login="xunji", now=NOW)
    other = Client(raise_request_exception=False)
    for way, asked in [
        ("sign-in", {"phone": PHONE + "0"}),
        ("verify", {"code": PHONE}),
    ]:
        assert other.post(reverse(way), asked).status_code in (200, 405, 422)
    assert other.post(reverse("sign-in") + "?way=staff", {"username": PHONE, "password": NAME})
    assert browser.get(f"/no/such/{PHONE}/").status_code == 404
    issued = accounts.issue_token(person, title="test", by=person, now=NOW)
    answer = browser.post(
        "/api/orders", {"title": PHONE}, content_type="application/json",
        headers={"Authorization": f"Bearer {issued.secret}", "Idempotency-Key": "x"},
    )  # fmt: skip
    assert answer.status_code == 422
    for _round in range(3):
        worker.work_off(NOW)

    assert in_clear() == set()
    assert [
        secret for secret in SECRETS if secret in caplog.text.replace(f"/no/such/{PHONE}/", "")
    ] == []
    assert issued.secret not in "".join(text for _where, text in everything_kept())
