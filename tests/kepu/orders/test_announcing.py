"""Teams hear of orders they can claim: the nearest first, so many at a time, each once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kepu.kernel.facts import worker
from kepu.kernel.notices import queries as notices
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.orders import actions
from kepu.orders.models import Announcement
from kepu.orders.schemas import CLAIMS
from kepu.people.models import Team
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[True, False], ids=["topic required", "left to the teams"])
def required(request):
    return request.param


@pytest.fixture
def two_at_once(monkeypatch, required):
    changed = {"told_at_once": 2, "topic_required": required}
    rules = rulebooks.shipped(CLAIMS).model_copy(update=changed)
    asked = rulebooks.in_force
    monkeypatch.setattr(
        rulebooks,
        "in_force",
        lambda key, now: rulebooks.Ruling(key, 0, rules) if key == CLAIMS else asked(key, now),
    )


def heard(team) -> int:
    return notices.of_person(team.applied_by).filter(template="order_open").count()


def further(step, **traits):
    """A team that is at home so many hundredths of a degree further to the north."""
    team = factories.team(**traits)
    Team.objects.filter(pk=team.pk).update(lat=29.6 + step / 100)
    return team


def test_the_nearest_teams_that_know_the_topic_hear_first_and_the_others_where_they_may_claim(
    loop, two_at_once, required
):
    far, near, middle = further(9), further(1), further(5)
    idle = further(0, skills=("astronomy",))
    Team.objects.filter(pk=loop.team.pk).update(state="suspended")
    order = loop.order("open")

    worker.work_off(NOW)
    assert [heard(team) for team in (near, middle, far, idle)] == [1, 1, 0, 0]

    for _ in range(2):
        order.refresh_from_db()
        actions.run_clocks(order.due_at)
        worker.work_off(order.due_at)
    assert [heard(team) for team in (near, middle, far, idle)] == [1, 1, 1, 0 if required else 1]


def test_teams_next_door_hear_when_an_order_is_offered_widely(loop):
    next_door = factories.team(path="50.104.001.", areas=("50.104.",))
    order = loop.order("open")
    worker.work_off(NOW)
    before = heard(next_door)

    actions.widen(order.pk, by=loop.officer, now=order.due_at)
    worker.work_off(order.due_at)

    assert (before, heard(next_door)) == (0, 1)
    assert heard(loop.team) == 1


def test_nobody_hears_of_an_order_that_was_claimed_before_the_worker_came(loop):
    other = factories.team()
    loop.order("claimed")

    worker.work_off(NOW)

    assert heard(other) == 0


def test_a_team_hears_of_an_order_once_also_when_the_worker_runs_again(loop):
    order = loop.order("open")
    worker.work_off(NOW)
    worker.work_off(NOW + timedelta(minutes=5))

    assert heard(loop.team) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Announcement.objects.create(order=order, team=loop.team, at=NOW)
