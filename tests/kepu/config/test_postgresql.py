from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kepu.kernel.accounts.models import User
from kepu.kernel.ready import Slot, ready
from tests.factories import user

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="of PostgreSQL alone"),
]


@ready
def people(pk: Slot):
    return User.objects.filter(pk=pk)


def end_from_outside(pid: int) -> None:
    """As an administrator does, or a restart."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    finally:
        other.close()


def test_a_connection_is_tried_without_a_statement(monkeypatch):
    connection.ensure_connection()
    monkeypatch.setattr(
        type(connection.connection), "cursor", lambda *_: pytest.fail("the server was asked")
    )

    assert connection.is_usable()


def test_a_connection_that_the_server_ended_is_found_out_and_the_next_request_gets_a_new_one():
    person = user()
    connection.ensure_connection()
    end_from_outside(connection.connection.info.backend_pid)

    assert not connection.is_usable()

    connection.health_check_enabled, connection.health_check_done = True, False
    assert people(pk=person.pk) == [person]


def test_a_connection_is_good_while_something_harmless_waits_to_be_read():
    connection.ensure_connection()
    other = connection.copy()
    try:
        with connection.cursor() as cursor:
            cursor.execute("LISTEN kepu")
        with other.cursor() as cursor:
            cursor.execute("NOTIFY kepu")
        assert connection.is_usable()
    finally:
        other.close()


def test_a_ready_query_is_planned_once_in_a_connection_and_a_plain_one_is_not_kept():
    one, two = user(), user()
    connection.close()
    for person in (one, two, one):
        assert people(pk=person.pk) == [person]
        assert list(User.objects.filter(pk=person.pk)) == [person]

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        kept = [statement for (statement,) in cursor.fetchall() if "accounts_user" in statement]

    assert len(kept) == 1
    assert "$1" in kept[0]


def test_a_ready_query_is_counted_like_any_other():
    person = user()
    with CaptureQueriesContext(connection) as asked:
        people(pk=person.pk)

    assert len(asked) == 1


def test_what_a_kept_query_asked_can_be_read_with_its_values():
    person = user()

    with CaptureQueriesContext(connection) as asked:
        people(pk=person.pk)

    assert len(asked) == 1
    assert asked[0]["sql"].startswith("SELECT")
    assert asked[0]["sql"].endswith(f"= ({person.pk})")
