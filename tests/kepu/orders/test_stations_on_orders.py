"""An order names the station that dispatches it, so that a resident knows whom to ask."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.people.actions import places
from tests import factories
from tests.factories import NOW, division, officer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_an_order_names_the_nearest_station_and_the_one_above_once_that_is_closed():
    loop = factories.loop()
    order = loop.order("placed")
    by = officer("district_officer", "50.103.")
    above = {"kind": "civilisation", "tier": "institute", "by": by, "now": NOW}
    places.open_station(name="街道示例所", place=division("50.103.001."), **above)
    near = places.open_station(
        name="社区示例站", place=loop.community, kind="community", tier="station", by=by, now=NOW
    )
    client = Client(headers={"accept-language": "en"})
    client.force_login(loop.resident)

    def page() -> str:
        return client.get(reverse("order", args=[order.pk])).content.decode()

    assert "社区示例站" in page()
    assert "街道示例所" not in page()
    places.close_station(near.pk, by=by, now=NOW)
    assert "社区示例站" not in page()
    assert "街道示例所" in page()
