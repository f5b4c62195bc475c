"""Which department is suggested for an order, and who says what a department answers for."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kepu.kernel.errors import NotAllowed
from kepu.orders import actions, departments, queries
from kepu.orders.models import DepartmentTopic
from tests import factories
from tests.factories import NOW
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def answering(name, path, *topics):
    department = factories.organisation(name, path)
    actions.answer_for(
        department, [factories.skill(key) for key in topics or ("health",)], by=None, now=NOW
    )
    return department


def signed_in(person):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def test_the_nearest_level_is_suggested_first_and_says_why(loop):
    order = loop.order("placed")
    answering("市卫健委示例", "50.")
    answering("区卫健委示例", "50.103.")
    answering("街道卫生院示例", "50.103.001.")
    answering("邻区卫健委示例", "50.104.")
    answering("区气象局示例", "50.103.", "astronomy")

    found = departments.suggestions(order)

    names = [one.department.name for one in found]
    assert names == ["街道卫生院示例", "区卫健委示例", "市卫健委示例"]
    assert found[0].reasons == ("answers for this topic in 示例50.103.001.", "nothing waits there")


def test_who_sent_the_order_back_is_suggested_last_and_not_as_the_thing_to_do(loop):
    actions.answer_for(loop.department, [factories.skill()], by=None, now=NOW)
    farther = answering("市卫健委示例", "50.")
    order = loop.order("declined")

    found = departments.suggestions(order)

    assert [one.department for one in found] == [farther, loop.department]
    assert [one.declined for one in found] == [False, True]
    assert found[1].reasons[0] == "has sent this order back"
    page = signed_in(loop.worker).get(reverse("order", args=[order.pk])).text
    assert "has sent this order back" in page


def test_of_one_level_the_department_where_fewer_orders_wait_comes_first(loop):
    actions.answer_for(loop.department, [factories.skill()], by=None, now=NOW)
    idle = answering("区科协示例", "50.103.")
    loop.order("dispatched")
    order = loop.order("placed")

    found = departments.suggestions(order)

    assert [one.department for one in found] == [idle, loop.department]
    assert found[1].reasons[1] == "1 order waits there"


@pytest.mark.parametrize(
    ("who", "allowed"), [("officer", True), ("worker", False), ("leader", False)]
)
def test_who_says_which_topics_a_department_answers_for(loop, who, allowed):
    person, topics = getattr(loop, who), [factories.skill()]
    if allowed:
        actions.answer_for(loop.department, topics, by=person, now=NOW)
    else:
        with pytest.raises(NotAllowed):
            actions.answer_for(loop.department, topics, by=person, now=NOW)

    assert DepartmentTopic.objects.exists() == allowed


def test_an_officer_ticks_topics_on_the_page_and_unticks_them(loop):
    page = reverse("department-topics", args=[loop.department.pk])
    client, health, stars = signed_in(loop.officer), factories.skill(), factories.skill("astronomy")

    client.post(page, {"topics": [health.pk, stars.pk]})
    assert set(queries.answers_for(loop.department)) == {health, stars}
    client.post(page, {"topics": [stars.pk]})
    assert list(queries.answers_for(loop.department)) == [stars]

    shown = client.get(page).content.decode()
    assert re.search(rf'value="{stars.pk}"[^>]*checked', shown)
    assert not re.search(rf'value="{health.pk}"[^>]*checked', shown)


def test_another_department_is_not_there(loop):
    foreign = factories.organisation("邻区示例", "50.104.")
    page = reverse("department-topics", args=[foreign.pk])

    answer = signed_in(loop.officer).post(page, {"topics": []})

    assert answer.status_code == 404


def test_the_desk_reads_why_and_sends_the_order_with_one_press(loop):
    actions.answer_for(loop.department, [factories.skill()], by=None, now=NOW)
    order = loop.order("placed")
    client = signed_in(loop.worker)

    page = client.get(reverse("order", args=[order.pk])).content.decode()
    client.post(
        reverse("order-act", args=[order.pk, "dispatch"]), {"department": loop.department.pk}
    )

    assert "answers for this topic in" in page
    order.refresh_from_db()
    assert order.department == loop.department


def test_who_does_not_dispatch_reads_no_suggestion(loop):
    actions.answer_for(loop.department, [factories.skill()], by=None, now=NOW)
    order = loop.order("placed")

    page = signed_in(loop.resident).get(reverse("order", args=[order.pk])).content.decode()

    assert "answers for this topic in" not in page


@time_machine.travel(NOW, tick=False)
def test_programs_say_and_read_the_same(loop):
    factories.skill()
    order = loop.order("placed")
    path = f"departments/{loop.department.pk}/topics"
    officer = caller(loop.officer, NOW)

    said = officer.post(path, {"topics": ["health"]})
    wrong = officer.post(path, {"topics": ["no-such-topic"]})

    assert said.status_code == 200
    assert [one["key"] for one in officer.get(path).json()] == ["health"]
    assert wrong.status_code == 422
    assert caller(loop.leader, NOW).get(path).status_code == 404
    (one,) = caller(loop.worker, NOW).get(f"orders/{order.pk}/departments").json()
    assert one["id"] == loop.department.pk
    assert "示例50.103." in one["reasons"][0]
