"""The demo city's survey can be followed from its design to the published map."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel.divisions.models import Division
from kepu.literacy.models import Fieldwork, Run
from kepu.literacy.run import handing
from kepu.web import demo, demo_fieldwork
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy import factories as bank

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DISTRICTS = {"50.101.": "500101", "50.103.": "500103", "50.105.": "500105", "50.106.": "500106"}


@pytest.fixture
def city(settings, tmp_path, monkeypatch):
    """The demo's fieldworks on four districts, smaller than the demo's."""
    settings.DATA = tmp_path
    monkeypatch.setattr(handing, "missing", lambda: "R")
    monkeypatch.setattr(demo_fieldwork, "OVER", (240, 5))
    monkeypatch.setattr(demo_fieldwork, "UNDER_WAY", (100, 10))
    monkeypatch.setattr(demo_fieldwork, "NOBODY_YET", 1)
    bank.stock(counts={"knowledge": 12, "method": 6, "spirit": 6, "application": 6})
    for path, code in DISTRICTS.items():
        factories.division(path)
        Division.objects.filter(path=path).update(population=200_000, official_code=code)
        for number in range(1, 15):
            factories.division(f"{path}001.{number:03}.")
    made = demo.City(NOW, password_hash="")
    roles = {
        "survey": "survey_officer", "second": "survey_officer", "items": "item_officer",
        "interviewer": None, "supervisor": None,
    }  # fmt: skip
    for login, role in roles.items():
        made.people[login] = factories.officer(role, "50.") if role else factories.user(login)
    demo_fieldwork.build(made, [factories.user(f"访问{n}") for n in range(8)])
    return made


def test_figures_on_the_map_are_of_a_sample_that_can_be_followed(city):
    run = Run.objects.get(state="published")
    of = Fieldwork.objects.get(estimates__run=run)

    assert (run.synthetic, of.state, of.sample.state) == (True, "closed", "adopted")
    assert {run.proposed_by, run.published_by} == {city.people["survey"], city.people["second"]}
    assert {row["code"] for row in run.districts} == set(DISTRICTS.values())
    assert run.record["answered"] == of.cases.filter(outcome="1.1").count() > 150
    page = Client().get(reverse("survey-run", args=[run.pk])).content.decode()
    assert "SYNTHETIC DATA" in page
    assert page.count('class="area map-') == len(DISTRICTS)
    assert of.sample.title in page
    for person in ("survey", "second"):
        client = Client()
        client.force_login(city.people[person])
        sample = client.get(reverse("survey-sample", args=[of.sample_id])).content.decode()
        assert reverse("survey-run", args=[run.pk]) in sample


def test_another_fieldwork_is_still_under_way(city):
    (of,) = Fieldwork.objects.filter(state="open")

    assert of.cases.filter(outcome="").exists()
    assert of.cases.filter(outcome="1.1").exists()
    assert of.closes_on > NOW.date()
