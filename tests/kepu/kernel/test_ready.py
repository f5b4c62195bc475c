from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from kepu.kernel.accounts.models import Device, User
from kepu.kernel.audit.models import Entry
from kepu.kernel.ready import Slot, alteration, insert, insertion, ready, send, update, update_all
from tests.factories import NOW, user

pytestmark = pytest.mark.django_db

built: list[str] = []


@ready
def devices(person: Slot, since: Slot) -> QuerySet[Device]:
    built.append("devices")
    return Device.objects.filter(user=person, seen_at__gte=since).order_by("seen_at")


@ready
def owners(person: Slot) -> QuerySet[Device]:
    return Device.objects.select_related("user__guardian").filter(user=person)


@ready
def keys(person: Slot) -> QuerySet[Device, str]:
    return Device.objects.filter(user=person).order_by("pk").values_list("session_key", flat=True)


@ready
def times(person: Slot) -> QuerySet[Device, tuple[object, ...]]:
    return Device.objects.filter(user=person).values_list("seen_at", "limited", "pk")


@ready
def locked(pk: Slot) -> QuerySet[User]:
    return User.objects.select_for_update().filter(pk=pk)


def device(person, number=0, **fields) -> Device:
    at = NOW + timedelta(minutes=number)
    return Device.objects.create(
        user=person, session_key=f"{person.pk}-{number}", signed_in_at=at, seen_at=at,
        idle_minutes=30, **fields,
    )  # fmt: skip


def test_a_ready_query_finds_what_the_plain_one_finds_each_time_for_its_own_values():
    one, two = user(), user()
    made = [device(one, number) for number in range(3)]
    other = device(two, 5)

    assert devices(person=one.pk, since=NOW + timedelta(minutes=1)) == made[1:]
    assert devices(person=two.pk, since=NOW) == [other]
    assert devices(person=two.pk, since=NOW + timedelta(hours=1)) == []
    assert devices(person=one.pk, since=NOW)[0].seen_at == NOW  # converted, not text


def test_it_is_written_once_in_a_thread_and_asks_once_a_call():
    person = user()
    devices(person=person.pk, since=NOW)
    built.clear()

    with CaptureQueriesContext(connection) as asked:
        devices(person=person.pk, since=NOW)
        devices(person=person.pk, since=NOW)

    assert (len(asked), built) == (2, [])


@pytest.mark.django_db(transaction=True)
def test_each_thread_has_it_for_its_own_connection():
    person = user()
    kept = device(person)
    found = []

    def ask() -> None:
        found.extend(devices(person=person.pk, since=NOW))
        connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()

    assert found == [kept]


def test_what_is_joined_costs_no_further_query(django_assert_num_queries):
    guardian = user()
    child = user()
    User.objects.filter(pk=child.pk).update(guardian=guardian)
    device(child)

    with django_assert_num_queries(1):
        (found,) = owners(person=child.pk)
        assert found.user.guardian == guardian


def test_values_come_as_values_and_tuples_as_tuples():
    person = user()
    made = device(person, limited=True)

    assert keys(person=person.pk) == [made.session_key]
    assert times(person=person.pk) == [(NOW, True, made.pk)]


def test_nothing_found_is_none():
    assert keys.first(person=0) is None


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_refused_outside_a_transaction_also_the_second_time():
    person = user()
    with transaction.atomic():
        assert locked(pk=person.pk) == [person]

    with pytest.raises(TransactionManagementError):
        locked(pk=person.pk)


def test_a_forgotten_value_is_an_error_not_a_wider_answer():
    with pytest.raises(KeyError):
        devices(person=1)


def test_an_inserted_row_reads_back_as_it_was():
    row = insert(
        Entry(
            at=NOW, actor="p-1", verb="order.claim", object_type="orders.order", object_id="7",
            detail={"team": 3, "words": "科普"},
        )
    )  # fmt: skip

    found = Entry.objects.get(pk=row.pk)

    assert (found.at, found.detail, found.seq) == (NOW, {"team": 3, "words": "科普"}, None)
    assert not row._state.adding


def test_an_update_changes_the_named_fields_of_that_row_alone():
    person, other = user(), user()
    person.language, person.large_type = "en", True

    update(person, ("language",))

    person.refresh_from_db()
    other.refresh_from_db()
    assert (person.language, person.large_type, other.language) == ("en", False, "zh-hans")


def test_updating_what_is_gone_says_so():
    row = device(user())
    Device.objects.filter(pk=row.pk).delete()

    with pytest.raises(ObjectDoesNotExist):
        update(row, ("seen_at",))


def test_many_rows_get_each_its_own_values_by_one_statement(django_assert_num_queries):
    people = [user() for _ in range(3)]
    for n, person in enumerate(people):
        person.language = ("en", "zh-hans", "en")[n]

    with django_assert_num_queries(1):
        update_all(people, ("language",))
        update_all([], ("language",))

    for person in people:
        person.refresh_from_db()
    assert [person.language for person in people] == ["en", "zh-hans", "en"]


def test_of_many_rows_none_is_changed_when_one_is_gone():
    kept, gone = user(), device(user())
    there = device(kept)
    Device.objects.filter(pk=gone.pk).delete()
    there.agent = gone.agent = "anew"

    with pytest.raises(ObjectDoesNotExist, match="2 rows"), transaction.atomic():
        update_all([there, gone], ("agent",))

    there.refresh_from_db()
    assert there.agent != "anew"


def test_rows_written_together_are_all_there_in_their_order_and_know_their_numbers():
    person = user()
    person.language = "en"
    entries = [
        Entry(at=NOW, actor="p-1", verb=verb, object_type="x", object_id="1")
        for verb in ("order.claim", "order.release")
    ]

    send(alteration(person, ("language",)), *map(insertion, entries))

    person.refresh_from_db()
    assert person.language == "en"
    assert list(Entry.objects.order_by("pk")) == entries
    assert [entry.verb for entry in Entry.objects.order_by("pk")] == [e.verb for e in entries]


def test_of_rows_written_together_none_stays_when_one_cannot():
    gone = device(user())
    Device.objects.filter(pk=gone.pk).delete()
    entry = Entry(at=NOW, actor="p-1", verb="x", object_type="x", object_id="1")

    with pytest.raises(ObjectDoesNotExist), transaction.atomic():
        send(insertion(entry), alteration(gone, ("seen_at",)))

    assert not Entry.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no round trips to save")
def test_rows_written_together_are_one_message(django_assert_num_queries):
    entries = [
        Entry(at=NOW, actor="p-1", verb="x", object_type="x", object_id=str(n)) for n in range(3)
    ]

    with django_assert_num_queries(1):
        send(*map(insertion, entries))

    assert Entry.objects.count() == 3


def test_writing_nothing_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        send()
