"""Which station dispatched an order is kept, shown, counted and exported; a closed one hands on upwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.errors import RuleBroken
from kepu.orders import actions, exporting
from kepu.orders.models import Dispatch, Order
from kepu.people.actions import places
from tests.factories import NOW, division, officer
from tests.kepu.web.callers import caller

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english_at_noon(settings, monkeypatch):
    settings.LANGUAGE_CODE = "en"
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def keeper():
    return officer("district_officer", "50.103.")


def station(keeper, path, tier, name, kind="civilisation"):
    return places.open_station(
        name=name, place=division(path), tier=tier, kind=kind, by=keeper, now=NOW
    )


def dispatch(loop, order, **also) -> str:
    actions.dispatch(order.pk, department=loop.department, by=loop.worker, now=NOW, **also)
    return order.dispatches.latest("pk").name


def reader(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_station_of_the_desk_is_kept_shown_counted_and_taken_away(loop, keeper):
    near = station(keeper, loop.community.path, "station", "社区示例站")
    station(keeper, "50.103.001.", "institute", "街道示例所")
    order = loop.order("placed")

    assert dispatch(loop, order) == "社区示例站"

    page = reader(loop.worker).get(reverse("order", args=[order.pk])).text
    assert "社区示例站 dispatched it to 示例卫健委" in page
    step = caller(loop.worker).get(f"orders/{order.pk}").json()["steps"][-1]
    assert step["station"] == {"id": near.pk, "name": "社区示例站"}
    assert "1 order" in reader(keeper).get(reverse("station", args=[near.pk])).text
    table = exporting.table(loop.worker, "", NOW)
    assert "社区示例站" in next(iter(table.rows))[table.headers.index("Station that dispatched")]
    Dispatch.objects.update(at=NOW - timedelta(days=366))
    assert "0 orders" in reader(keeper).get(reverse("station", args=[near.pk])).text


def test_a_closed_station_leaves_it_to_the_next_one_up_and_none_stops_nothing(loop, keeper):
    near = station(keeper, loop.community.path, "station", "社区示例站")
    above = station(keeper, "50.103.001.", "institute", "街道示例所")
    places.close_station(near.pk, by=keeper, now=NOW)
    assert dispatch(loop, loop.order("placed")) == "街道示例所"

    places.close_station(above.pk, by=keeper, now=NOW)
    last = loop.order("dispatched")

    assert not last.dispatches.exists()
    assert Dispatch.objects.count() == 1


def test_an_order_that_climbed_is_dispatched_by_the_station_of_that_desk(loop, keeper):
    station(keeper, loop.community.path, "station", "社区示例站")
    station(keeper, "50.103.001.", "institute", "街道示例所")
    order = loop.order("placed")
    Order.objects.filter(pk=order.pk).update(desk="50.103.001.")

    assert dispatch(loop, order) == "街道示例所"


def test_where_several_stand_the_dispatcher_names_one_of_them(loop, keeper):
    station(keeper, loop.community.path, "station", "甲示例站")
    other = station(keeper, loop.community.path, "station", "乙示例站", "party_mass")
    far = station(keeper, "50.103.002.", "institute", "别处示例所")
    orders = [loop.order("placed") for _ in range(2)]
    with pytest.raises(RuleBroken, match="does not dispatch"):
        dispatch(loop, orders[0], station=far)
    form = reader(loop.worker).get(reverse("order-act", args=[orders[0].pk, "dispatch"])).text
    assert "甲示例站" in form

    assert dispatch(loop, orders[0], station=other) == "乙示例站"

    body = {"department_id": loop.department.pk, "station_id": other.pk}
    assert caller(loop.worker).post(f"orders/{orders[1].pk}/dispatch", body).status_code == 200
    assert Order.objects.get(pk=orders[1].pk).dispatches.get().station == other
