"""The demo city has a past: visits made by the real actions, so that no page is empty."""

from __future__ import annotations

import io
from collections import Counter

import pytest
from PIL import Image

from kepu.kernel.facts.worker import work_off
from kepu.kernel.notices.models import Notice
from kepu.orders.models import Evidence, MonthReport, Order, Rating
from kepu.people import queries as people
from kepu.web import demo, demo_past
from tests import factories
from tests.factories import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def city(loop, settings, tmp_path):
    settings.DATA = tmp_path
    loop.department.name = "市科技服务中心（示例）"
    loop.department.save(update_fields=["name"])
    for visit in (*demo_past.RATED, demo_past.TO_RATE, demo_past.TO_COME):
        loop.team.skills.add(factories.skill(visit.topic))
    made = demo.City(NOW, password_hash="")
    made.people = {
        "resident": loop.resident, "community": loop.worker, "department": loop.officer,
        "leader": loop.leader, "volunteer": factories.member(loop.team),
        "district": factories.officer("district_officer", "50.103."),
    }  # fmt: skip
    demo_past.build(made, loop.community)
    return made


def test_visits_are_closed_rated_to_be_rated_and_to_come(city):
    states = Counter(Order.objects.values_list("state", flat=True))

    assert states == {"closed": len(demo_past.RATED), "delivered": 1, "scheduled": 1}
    assert Rating.objects.filter(words="").count() == 0
    assert Rating.objects.exclude(answer="").count() == 4


def test_hours_are_agreed_on_by_both_sides_but_for_the_visit_that_waits(city):
    found = Counter(
        service.state
        for order in Order.objects.all()
        for service in people.of_source("orders.order", order.pk)
    )

    assert found == {"confirmed": 2 * len(demo_past.RATED), "certified": 2}


def test_each_visit_has_a_picture_that_can_be_looked_at(city):
    picture = Image.open(io.BytesIO(demo_past.drawing(12)))

    assert Evidence.objects.count() == len(demo_past.RATED) + 1
    assert (picture.size, picture.format) == ((640, 420), "PNG")


def test_the_district_has_reported_on_a_month_in_which_something_was_done(city):
    report = MonthReport.objects.get()

    assert report.path == "50.103."
    assert report.figures["delivered"] > 0


def test_only_where_an_order_stands_is_told_so_that_no_pile_of_notices_greets(city):
    demo._tell_of_the_last_step()
    work_off(NOW, limit=5000)

    told = Notice.objects.filter(person=city.people["resident"])
    assert {notice.template for notice in told} == {"order_delivered", "order_scheduled"}
    assert told.count() == 2
