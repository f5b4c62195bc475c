"""Hours that somebody objects to, that nobody proposed, or that were counted wrongly: each has a way on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.divisions import queries as divisions
from kepu.people import actions, queries
from kepu.people.models import Service
from tests.factories import NOW, division, officer, user
from tests.kepu.people.factories import HOME, join, served, service, team, volunteer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
BEGAN = NOW - timedelta(days=1)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)
    division(HOME)


@pytest.fixture
def cast():
    leader, member = volunteer("赵示例"), volunteer("王示例")
    group = team(leader=leader)
    join(group, member)
    return {
        "leader": leader,
        "member": member,
        "team": group,
        "resident": user("吴示例"),
        "worker": officer("community_worker", HOME),
        "officer": officer("district_officer", "50.103."),
        "colleague": officer("district_officer", "50.104."),
        "stranger": user("郑示例"),
    }


@pytest.fixture
def disputed(cast):
    """Two hours of the member's, to which the resident objected."""
    claim = service(cast["member"], team=cast["team"], receiver=cast["resident"], title="示例讲座")
    actions.certify(claim.pk, by=cast["leader"], now=NOW)
    actions.dispute(claim.pk, reason="只来了一个小时", by=cast["resident"], now=NOW)
    return claim


def signed_in(person):
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


def act(person, claim, verb, **data):
    return signed_in(person).post(reverse("hours-act", args=[claim.pk, verb]), data)


def ask(person, path, /, **body):
    return signed_in(person).post(f"/api{path}", json.dumps(body), content_type="application/json")


def test_an_objection_is_shown_to_who_organised_with_its_reason(cast, disputed):
    page = signed_in(cast["leader"]).get(reverse("people-me")).content.decode()

    assert "只来了一个小时" in page
    assert reverse("hours-act", args=[disputed.pk, "amend"]) in page
    for other in ("resident", "colleague", "stranger"):
        told = signed_in(cast[other]).get(reverse("people-me")).content.decode()
        assert reverse("hours-act", args=[disputed.pk, "amend"]) not in told


def test_disputed_hours_are_proposed_anew_and_agreed_by_both_sides(cast, disputed):
    assert act(cast["leader"], disputed, "amend", minutes=60).status_code == 302
    actions.certify(disputed.pk, by=cast["leader"], now=NOW)
    assert act(cast["resident"], disputed, "confirm").status_code == 302

    assert queries.minutes_of(cast["member"]) == 60


@pytest.mark.parametrize("minutes", ["0", "121", "-5", "many", ""])
def test_other_minutes_than_the_span_holds_are_refused(cast, disputed, minutes):
    assert act(cast["leader"], disputed, "amend", minutes=minutes).status_code == 409

    disputed.refresh_from_db()
    assert (disputed.state, disputed.minutes) == ("disputed", 120)


@pytest.mark.parametrize(
    ("who", "status"),
    [("member", 403), ("resident", 403), ("colleague", 404), ("stranger", 404)],
)
def test_only_who_organised_amends(cast, disputed, who, status):
    assert act(cast[who], disputed, "amend", minutes=60).status_code == status


def test_the_volunteer_gives_up_what_is_objected_to(cast, disputed):
    assert reverse("hours-act", args=[disputed.pk, "drop"]) in (
        signed_in(cast["member"]).get(reverse("people-me")).content.decode()
    )

    act(cast["member"], disputed, "drop")

    disputed.refresh_from_db()
    assert disputed.state == "dropped"


def form(cast, **changed):
    return {
        "title": "上门讲解",
        "place": divisions.full_name(HOME),
        "team": cast["team"].pk,
        "began_at": (BEGAN + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M"),
        "ended_at": (BEGAN + timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M"),
        **changed,
    }


def test_hours_that_nobody_proposed_are_asked_for_and_confirmed_by_the_station(cast):
    answer = signed_in(cast["member"]).post(reverse("hours-ask"), form(cast))
    assert answer.status_code == 302, answer.content.decode()
    claim = Service.objects.get()
    act(cast["leader"], claim, "certify")

    assert reverse("hours-act", args=[claim.pk, "confirm"]) in (
        signed_in(cast["worker"]).get(reverse("people-me")).content.decode()
    )
    assert act(cast["worker"], claim, "confirm").status_code == 302
    assert queries.minutes_of(cast["member"]) == 60


def test_the_same_hours_are_not_asked_for_twice(cast):
    person = signed_in(cast["member"])
    person.post(reverse("hours-ask"), form(cast))

    assert person.post(reverse("hours-ask"), form(cast)).status_code == 409
    assert Service.objects.count() == 1


def test_hours_are_asked_for_in_the_name_of_an_own_team_only(cast):
    other = team()

    answer = signed_in(cast["member"]).post(reverse("hours-ask"), form(cast, team=other.pk))

    assert answer.status_code == 422
    assert not Service.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("officer", 200), ("member", 404), ("leader", 404), ("colleague", 404)]
)
def test_the_ledger_is_corrected_by_an_officer_of_the_place(cast, who, status):
    entry = served(cast["member"], 90)

    assert (
        signed_in(cast[who]).get(reverse("ledger-correct", args=[entry.pk])).status_code == status
    )


def test_a_correction_is_a_line_of_its_own(cast):
    entry = served(cast["member"], 90)
    by = signed_in(cast["officer"])
    record = reverse("person-record", args=[cast["member"].pk])
    assert reverse("ledger-correct", args=[entry.pk]) in by.get(record).content.decode()

    answer = by.post(
        reverse("ledger-correct", args=[entry.pk]), {"minutes": -30, "reason": "提前离开"}
    )

    assert answer.status_code == 302
    assert queries.minutes_of(cast["member"]) == 60
    page = by.get(record).content.decode()
    assert "提前离开" in page
    assert page.count("/correct/") == 1


def test_the_same_goes_over_the_wire(cast, disputed):
    waiting = signed_in(cast["leader"]).get("/api/hours?of=amend").json()["items"]
    assert [(one["id"], one["reason"]) for one in waiting] == [(disputed.pk, "只来了一个小时")]
    assert ask(cast["stranger"], f"/hours/{disputed.pk}/amend", minutes=60).status_code == 404
    assert ask(cast["leader"], f"/hours/{disputed.pk}/amend", minutes=60).json()["minutes"] == 60
    assert ask(cast["leader"], f"/hours/{disputed.pk}/certify").json()["state"] == "certified"
    assert ask(cast["resident"], f"/hours/{disputed.pk}/confirm").json()["state"] == "confirmed"
    (line,) = signed_in(cast["member"]).get("/api/me/hours").json()["entries"]["items"]

    wrong = {"minutes": -60, "reason": "登记有误"}
    assert ask(cast["colleague"], f"/ledger/{line['id']}/correct", **wrong).status_code == 404
    assert ask(cast["officer"], f"/ledger/{line['id']}/correct", **wrong).json() == {"minutes": 0}
    given = {
        "title": "上门讲解", "place": HOME, "began_at": "2026-03-03T09:00:00+08:00",
        "ended_at": "2026-03-03T10:00:00+08:00",
    }  # fmt: skip
    assert ask(cast["member"], "/hours", **given).status_code == 201
    assert ask(cast["member"], "/hours", **given).status_code == 409
    assert ask(cast["stranger"], "/hours", **given).status_code == 409
