"""Evidence by one press: what the ledgers tell of an applicant, as of a moment, under a digest."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kepu.appraisal import actions, blind, ledgers, queries
from kepu.appraisal.models import Application, LedgerExtract
from kepu.appraisal.rules.applications import Applicant
from kepu.kernel.errors import NotAllowed, RuleBroken
from kepu.people.models import Evaluation
from kepu.venues import actions as venues
from tests.factories import NOW, division, user
from tests.kepu.appraisal import ballot_world as persons
from tests.kepu.appraisal import factories
from tests.kepu.appraisal import review_world as world
from tests.kepu.people.factories import served
from tests.kepu.venues.factories import HERE

pytestmark = pytest.mark.django_db


def draft():
    by = user("志愿者示例")
    call = persons.call()
    made = actions.applications.start(call.pk, Applicant(division(HERE), "hall"), by=by, now=NOW)
    return by, made


def told(made):
    return {one["key"]: one["value"] for one in LedgerExtract.objects.get(application=made).told}


def test_a_person_takes_their_own_certified_hours_and_nobody_elses():
    by, made = draft()
    entry = served(by, 90)
    served(by, 30, source="people.shift")
    served(user("别人示例"), 600)
    Evaluation.objects.create(service=entry.service, score=4, at=NOW)

    actions.ledgers.take(made.pk, by=by, now=NOW)

    assert told(made) == {"hours": 2.0, "services": 2, "orders": 1, "rated": 1, "stars": 4.0}


def test_of_a_person_the_figures_are_sealed_and_go_with_them():
    by, made = draft()
    served(by, 90)
    extract = actions.ledgers.take(made.pk, by=by, now=NOW)

    assert extract.figures == []
    assert b"hours" not in bytes(extract.sealed_figures)
    by.data_key = None
    extract.application.person = by
    assert extract.told == []


def test_until_it_is_handed_in_the_figures_are_taken_anew_each_with_its_moment_and_digest():
    by, made = draft()
    served(by, 60)
    first = actions.ledgers.take(made.pk, by=by, now=NOW)
    served(by, 60)
    second = actions.ledgers.take(made.pk, by=by, now=NOW + timedelta(hours=1))

    assert told(made)["hours"] == 2.0
    assert second.digest != first.digest
    assert second.digest == ledgers.digest(second.told, NOW + timedelta(hours=1))
    actions.applications.submit(made.pk, seen=made.version, by=by, now=NOW)
    with pytest.raises(RuleBroken, match="not changed any more"):
        actions.ledgers.take(made.pk, by=by, now=NOW + timedelta(hours=2))


def test_nobody_takes_them_for_somebody_else():
    _by, made = draft()

    with pytest.raises(NotAllowed):
        actions.ledgers.take(made.pk, by=user(), now=NOW)


def test_a_venue_takes_its_visits_and_days_and_what_people_gave_in_its_units_name():
    made = world.application(world.call())
    by, unit = made.made_by, made.organisation
    venues.count(made.venue_id, day=date(2026, 3, 1), visits=120, by=by, now=NOW)
    venues.count(made.venue_id, day=date(2026, 3, 2), visits=80, by=by, now=NOW)
    served(user("讲解员示例"), 120, organisation=unit)

    actions.ledgers.take(made.pk, by=by, now=NOW)

    rows = LedgerExtract.objects.get(application=made).told
    assert {"key": "visits", "value": 200, "year": 2026} in rows
    assert {"key": "days", "value": 2, "year": 2026} in rows
    assert {"key": "hours", "value": 2.0} in rows
    assert {"key": "people", "value": 1} in rows


def dossier(made):
    one = Application.objects.select_related("call").get(pk=made.pk)
    return blind.dossier(one, queries.calls.programme(one.call), queries.applications.answers(one))


def test_a_blind_reviewer_reads_figures_that_lead_to_nobody():
    made = world.application(world.call())
    served(user("讲解员示例"), 120, organisation=made.organisation)
    actions.ledgers.take(made.pk, by=made.made_by, now=NOW)

    found = dict(dossier(made).ledger)

    assert found["People who served in its name"] == "1"
    assert not any("isits" in label or "Days open" in label for label in found)


def test_an_open_reviewer_reads_all_of_them():
    made = world.application(world.call(blind=False))
    actions.ledgers.take(made.pk, by=made.made_by, now=NOW)

    assert ("Visits counted day by day (2026)", "0") in dossier(made).ledger


def test_the_ledgers_keep_no_account_of_a_place():
    call = factories.call(subject="place", eligibility=[], form=[], evidence=[], rubric=[
        {"key": "all", "title": "全部", "points": 10},
    ])  # fmt: skip
    by = factories.district()
    made = actions.applications.start(call.pk, Applicant(division(HERE), "hall"), by=by, now=NOW)

    with pytest.raises(RuleBroken, match="persons, units and venues alone"):
        actions.ledgers.take(made.pk, by=by, now=NOW)
