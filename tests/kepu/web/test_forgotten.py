"""After an erasure none of the person's words stand anywhere in the database."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts.models import User
from kepu.kernel.facts.worker import work_off
from kepu.kernel.idempotency import actions as idempotency
from kepu.kernel.search.queries import search
from kepu.orders import actions
from kepu.orders.actions.syncing import Sent
from kepu.orders.models import Order, Rating, Step
from kepu.people.actions import campaigns, experts, experts_records, objections
from kepu.people.actions.absences import lift, object_to
from kepu.people.actions.hours import dispute, drop
from kepu.people.models import Absence, Expert, Service, Volunteer, Work
from kepu.people.queries.experts_records import fee_line
from tests import factories
from tests.factories import NOW
from tests.kepu.people import factories as people

pytestmark = pytest.mark.django_db
MARK = "独特记号"
LATER = NOW + timedelta(days=90)


def columns_that_hold(mark: str) -> set[str]:
    """Every column of every table in which the mark is found, whatever the column is for."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                found |= {
                    f"{table}.{name}" for name, value in zip(names, row, strict=True)
                    if mark in _text(value)
                }  # fmt: skip
    return found


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode(errors="ignore")
    text = str(value)
    # A column of JSON may hold Chinese as it is, or escaped.
    return text + text.encode().decode("unicode_escape", "ignore") if "\\u" in text else text


def forget(person: User) -> None:
    accounts.erase(person, by=person, now=LATER)
    while work_off(LATER + timedelta(days=1)).delivered:
        pass


def test_a_resident_leaves_no_word_in_any_column():
    loop = factories.loop()
    order = loop.order("scheduled", title=f"{MARK}一", need=f"{MARK}二", place=f"{MARK}三")
    volunteer = factories.member(loop.team)
    begin, later = order.wanted_from, order.wanted_from + timedelta(days=1)
    actions.check_in(order.pk, code=order.check_in_code, by=volunteer, now=begin)
    end = begin + timedelta(hours=1)
    actions.deliver(order.pk, attended=3, note=f"{MARK}四", by=loop.leader, now=end)
    sent = Sent(uuid4(), "deliver", order.pk, end, {"attended": 3, "note": f"{MARK}五"})
    actions.receive(sent, by=loop.leader, now=end)
    actions.rate(order.pk, stars=2, words=f"{MARK}六", by=loop.resident, now=later)
    actions.answer(order.pk, words=f"{MARK}七", by=loop.leader, now=later)
    hours = Service.objects.get(person=volunteer)
    dispute(hours.pk, reason=f"{MARK}八", by=loop.resident, now=later)
    drop(hours.pk, by=volunteer, now=later)
    accounts.issue_token(loop.resident, title=f"{MARK}九", by=loop.resident, now=NOW)
    idempotency.once(
        lambda: (200, {"need": f"{MARK}十"}),
        actor=loop.resident.pseudonym, key="k", request={}, now=NOW,
    )  # fmt: skip
    assert len(columns_that_hold(MARK)) >= 9

    forget(loop.resident)

    assert columns_that_hold(MARK) == set()
    order.refresh_from_db()
    assert (order.title, order.state, order.attended) == (order.topic.title_zh, "rated", 3)
    assert Rating.objects.get(order=order).stars == 2
    assert Step.objects.filter(order=order).count() >= 8
    assert Service.objects.get(pk=hours.pk).title == order.title


def test_a_volunteer_and_leader_leaves_no_word_and_the_figures_stay():
    loop = factories.loop()
    person = people.volunteer(f"{MARK}零", state_reason=f"{MARK}一")
    record = Volunteer.objects.get(person=person)
    record.keep_national_number("50000000000001")
    record.save()
    people.join(loop.team, person)
    absence = Absence.objects.create(
        person=person, team=loop.team, source="orders.order", source_id=1, title="讲座",
        expected_at=NOW, excused=False, stated_by=loop.leader, stated_at=NOW,
    )  # fmt: skip
    object_to(absence.pk, reason=f"{MARK}二", by=person, now=NOW)
    lift(absence.pk, reason=f"{MARK}三", by=loop.leader, now=NOW)
    city = factories.officer("city_officer", "50.")
    district = factories.officer("district_officer", "50.103.")
    campaigns.nominate(
        person=person, place=factories.division("50.103."), year=2026, deeds=f"{MARK}四",
        by=district, now=NOW,
    )  # fmt: skip
    entry = people.served(person, 60)
    people.service(person, source="people.by_hand", title=f"{MARK}七", state="dropped")
    expert = experts.invite(
        person, home=factories.division("50."), fields=[factories.field()],
        rank=f"{MARK}五", by=city, now=NOW,
    )  # fmt: skip
    experts.accept(expert.pk, consent=True, by=person, now=NOW)
    unit = factories.organisation("示例大学")
    experts.state_employment(
        expert.pk, organisation=unit, first=date(2020, 1, 1), by=person, now=NOW
    )
    experts.declare_conflict(expert.pk, organisation=unit, reason=f"{MARK}六", by=person, now=NOW)
    experts_records.state_title(
        expert.pk, name=f"{MARK}八", track="other", level="senior", since=date(2020, 1, 1),
        body=f"{MARK}九", by=person, now=NOW,
    )  # fmt: skip
    work = experts_records.state_work(
        expert.pk, kind="book", title=f"{MARK}十", year=2024, coauthors=[], authors=["合著"],
        by=person, now=NOW,
    )  # fmt: skip
    experts_records.keep_fee_account(
        expert.pk, holder="某人", id_number="11010519491231002X", bank="某行", account="62220000",
        by=person, now=NOW,
    )  # fmt: skip
    assert len(columns_that_hold(MARK)) >= 5

    forget(person)

    assert columns_that_hold(MARK) == set()
    assert Volunteer.objects.get(person=person).national_digest is None
    assert person.hours.get() == entry
    left = Expert.objects.get(person=person)
    assert not left.employments.exists()
    assert not left.titles.exists()
    assert not Work.objects.filter(pk=work.pk).exists()
    assert fee_line(left) is None


@pytest.mark.parametrize("gone", ["objector", "candidate"])
def test_an_objection_and_its_answer_go_with_who_objected_and_with_whom_it_is_about(gone):
    candidate, objector = people.volunteer("人选示例"), factories.user("邻居示例")
    district = factories.officer("district_officer", "50.103.")
    city = factories.officer("city_officer", "50.")
    put = campaigns.nominate(
        person=candidate, place=factories.division("50.103."), year=2026, deeds="讲了一百场",
        by=district, now=NOW,
    )  # fmt: skip
    campaigns.pass_nomination(put.pk, by=city, now=NOW)
    campaigns.publish_nomination(put.pk, by=city, now=NOW)
    made = objections.object_to_nomination(put.pk, reason=f"{MARK}一", by=objector, now=NOW)
    objections.answer_objection(made.pk, upheld=False, answer=f"{MARK}二", by=city, now=NOW)
    held = {"people_objection.reason", "people_objection.answer"}
    assert held <= columns_that_hold(MARK)

    forget({"objector": objector, "candidate": candidate}[gone])

    assert columns_that_hold(MARK) == set()
    made.refresh_from_db()
    assert (made.state, made.nomination_id) == ("overruled", put.pk)


def test_what_others_declared_about_somebody_goes_with_them():
    city, known = factories.officer("city_officer", "50."), factories.user()
    field = factories.field()
    expert = experts.invite(
        factories.user(), home=factories.division("50."), fields=[field], by=city, now=NOW
    )
    experts.accept(expert.pk, consent=True, by=expert.person, now=NOW)
    experts.declare_conflict(expert.pk, person=known, reason=MARK, by=expert.person, now=NOW)

    forget(known)

    assert columns_that_hold(MARK) == set()


def test_the_words_of_a_neighbour_stay():
    loop = factories.loop()
    order = loop.order("placed", title=f"{MARK}一", need=f"{MARK}二")
    other = factories.user()

    forget(other)

    order.refresh_from_db()
    assert (order.title, order.need) == (f"{MARK}一", f"{MARK}二")


def test_an_erased_residents_order_is_found_by_its_topic_and_no_longer_by_its_title():
    loop = factories.loop()
    order = loop.order("placed", title="祖传菜谱")
    assert search("祖传菜谱").hits
    actions.withdraw(order.pk, reason="不用了", by=loop.resident, now=NOW)

    forget(loop.resident)

    assert not search("祖传菜谱").hits
    assert Order.objects.get(pk=order.pk).title == order.topic.title_zh
