"""How a service was, in the words of who received it: asked once, kept in the record."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.people.models import Evaluation
from kepu.people.queries import hours as queries
from tests.factories import NOW, division, officer, user
from tests.kepu.people.factories import HOME, served, service, volunteer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HOME)


@pytest.fixture
def cast():
    return {
        "volunteer": volunteer("王示例"),
        "resident": user("吴示例"),
        "worker": officer("community_worker", HOME),
        "colleague": officer("community_worker", "50.104.001.001."),
        "stranger": user("郑示例"),
        "nobody": None,
    }


@pytest.fixture
def done(cast):
    """An hour that both sides agreed on."""
    return served(cast["volunteer"], 60, receiver=cast["resident"]).service


def signed_in(person):
    client = Client(headers={"accept-language": "en"})
    if person is not None:
        client.force_login(person)
    return client


def say(person, done, **data):
    return signed_in(person).post(reverse("hours-act", args=[done.pk, "evaluate"]), data)


@pytest.mark.parametrize(
    ("who", "status", "over_the_wire"),
    [
        ("resident", 302, 200),
        ("worker", 302, 200),
        ("volunteer", 403, 403),
        ("colleague", 404, 404),
        ("stranger", 404, 404),
        ("nobody", 302, 401),
    ],
)
def test_only_the_receiving_side_evaluates(cast, done, who, status, over_the_wire):
    assert say(cast[who], done, score=4).status_code == status
    assert Evaluation.objects.filter(score=4).exists() == (who in ("resident", "worker"))

    wire = signed_in(cast[who]).post(
        f"/api/hours/{done.pk}/evaluate", json.dumps({"score": 2}), content_type="application/json"
    )
    assert wire.status_code == over_the_wire
    assert Evaluation.objects.filter(score=2).exists() == (who in ("resident", "worker"))


def test_who_received_is_asked_until_he_has_said_it(cast, done):
    door, mine = reverse("hours-act", args=[done.pk, "evaluate"]), reverse("people-me")
    client = signed_in(cast["resident"])
    assert door in client.get(mine).text
    assert "Stars for an order are for the visit of the whole team" in client.get(mine).text
    assert door not in signed_in(cast["volunteer"]).get(mine).text
    assert [one["id"] for one in client.get("/api/hours?of=evaluate").json()["items"]] == [done.pk]

    say(cast["resident"], done, score=5)

    assert door not in client.get(mine).text
    assert client.get("/api/hours?of=evaluate").json()["items"] == []


def test_who_received_is_not_asked_for_ever(cast, done):
    later = NOW + queries.ASKED_FOR

    assert done in queries.to_evaluate(cast["resident"], later - timedelta(minutes=1))
    assert done not in queries.to_evaluate(cast["resident"], later)


@pytest.mark.parametrize("score", ["0", "6", "many", ""])
def test_a_score_is_from_1_to_5(cast, done, score):
    assert say(cast["resident"], done, score=score).status_code == 409
    assert not Evaluation.objects.exists()


def test_hours_that_are_not_agreed_on_are_not_evaluated_yet(cast):
    open_one = service(cast["volunteer"], receiver=cast["resident"])

    assert say(cast["resident"], open_one, score=5).status_code == 409
    assert open_one not in queries.to_evaluate(cast["resident"], NOW)
