"""The demo city builds: two published plans, a late project, means from two sides, service points."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.venues import facilities, incentives, money, points
from kepu.venues.models import Project
from kepu.web import demo, demo_facilities
from tests.factories import NOW, division, officer
from tests.kepu.venues import factories as houses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def city(monkeypatch):
    home = division(houses.HERE, "示例区")
    made = demo.City(NOW, password_hash="")
    made.people = {
        "city": officer("city_officer", "50."), "district": houses.judge(),
        "venue": houses.manager(),
    }  # fmt: skip
    demo_facilities.build(made, home)
    monkeypatch.setattr("kepu.kernel.clock.now", lambda: NOW)
    return made


def test_both_plans_are_public_and_one_project_is_late_and_half_paid(city):
    assert facilities.published().count() == 2
    workshop = Project.objects.get(works="reuse")
    assert facilities.overdue(clock.day(NOW)).get().project == workshop
    assert money.raised(workshop) == (8_400_000, 2_400_000)
    assert Project.objects.get(flagship=True).plan.path == "50."


def test_service_points_and_an_incentive_are_plainly_examples(city):
    assert points.listed().count() == 2
    assert all("示例" in one.name for one in points.listed())
    assert "示例" in incentives.listed(on=clock.day(NOW)).get().title


def test_everybody_reads_them(city):
    reader = Client(headers={"accept-language": "zh-CN"})

    shown = [
        reader.get(reverse("facility-plan", args=[one.pk])).content.decode()
        for one in facilities.published()
    ]

    assert any("示例机床工业博物馆" in page for page in shown)
