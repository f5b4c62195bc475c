"""What a year of statistics says before it is locked, where it is narrowed, and how few it rests on."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kepu.kernel.divisions.models import Division
from kepu.literacy.models import Round
from kepu.literacy.return_forms import ReturnListForm
from kepu.literacy.rules import returns as rules
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy.factories import handed_in, return_of, statistics_round, unit

pytestmark = pytest.mark.django_db
HERE = "50.103."


@pytest.fixture
def keeper():
    for path in (f"{HERE}001.", "50.105.001.", "51.104.001."):
        factories.division(path)
    Division.objects.filter(path=HERE).update(population=500_000)
    return factories.officer("survey_officer", "50.")


def test_a_year_that_is_locked_early_says_first_who_can_no_longer_hand_in(keeper):
    of, who = unit()
    unit()  # which does not hand in
    made = statistics_round(by=keeper)
    handed_in(return_of(made, of), who, "locked")
    page = Client(headers={"accept-language": "en"})
    page.force_login(keeper)
    lock = reverse("return-round-act", args=[made.pk, "lock"])

    with time_machine.travel(NOW, tick=False):
        shown = page.get(reverse("return-round", args=[made.pk])).content.decode()
        asked = page.get(lock).content.decode()
        before = Round.objects.get(pk=made.pk).state
        page.post(lock)
        again = page.get(lock)

    assert f'href="{lock}"' in shown
    assert "The deadline is not over" in asked
    assert "1 unit has not handed in" in asked
    assert (before, Round.objects.get(pk=made.pk).state) == ("open", "locked")
    assert again.status_code == 404


def test_a_year_in_which_all_handed_in_by_the_deadline_is_locked_at_once(keeper):
    of, who = unit()
    made = statistics_round(by=keeper)
    handed_in(return_of(made, of), who, "locked")

    assert rules.left_at_lock(made, made.deadline + timedelta(days=1)) == []


def test_returns_are_narrowed_to_districts_whose_units_are_asked(keeper):
    nowhere = ReturnListForm().fields["district"].choices
    statistics_round(by=keeper)

    (_first, _all), (_city, districts) = ReturnListForm().fields["district"].choices

    assert len(nowhere) == 1
    assert [path for path, _name in districts] == [HERE, "50.105."]
