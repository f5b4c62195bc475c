"""Two hands at the same moment: what was waited for is read anew, and what hangs on it too."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from kepu.kernel.errors import NotAllowed
from kepu.people.actions import teams as actions
from kepu.people.models import Membership, Team
from tests import factories
from tests.factories import BEFORE, NOW

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def while_held(hold: Callable[[], None], work: Callable[[], object]) -> object:
    """What `work` ended with when it had to wait for a lock that `hold` takes and then gives back."""
    held, ends = threading.Event(), list[object]()

    def holding() -> None:
        with transaction.atomic():
            hold()
            held.set()
            threading.Event().wait(0.5)  # the other hand reads, and waits, meanwhile
        connection.close()

    def working() -> None:
        held.wait()
        try:
            ends.append(work())
        except Exception as error:
            ends.append(error)
        connection.close()

    threads = [threading.Thread(target=one) for one in (holding, working)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends[0]


def test_nobody_is_admitted_to_a_team_that_was_suspended_while_one_waited():
    team, person = factories.team(), factories.user()
    factories.volunteer(person)
    asked = Membership.objects.create(team=team, person=person, asked_at=BEFORE)

    def suspend() -> None:
        Membership.objects.select_for_update().get(pk=asked.pk)
        Team.objects.filter(pk=team.pk).update(state="suspended")

    end = while_held(suspend, lambda: actions.admit(asked.pk, by=team.applied_by, now=NOW))

    assert isinstance(end, NotAllowed)
    assert Membership.objects.get(pk=asked.pk).state == "asked"


def test_a_team_moved_to_another_place_is_decided_about_by_the_officers_of_that_place():
    team = factories.team(state="applied", joined_at=None)
    officer = factories.officer("district_officer", "50.103.")
    elsewhere = factories.division("50.104.001.")

    def move() -> None:
        moved = Team.objects.select_for_update().get(pk=team.pk)
        moved.place(elsewhere)
        moved.save()

    end = while_held(move, lambda: actions.approve_team(team.pk, by=officer, now=NOW))

    assert isinstance(end, NotAllowed)
    assert Team.objects.get(pk=team.pk).state == "applied"
