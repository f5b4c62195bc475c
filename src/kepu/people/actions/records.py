"""Keep what a volunteer's record holds beside service: training, stars, evaluations."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.people import policy
from kepu.people.models import Evaluation, Honour, Training, Volunteer
from kepu.people.queries.hours import service as service_of
from kepu.people.rules import hours, volunteers
from kepu.people.rules import records as rules


@transaction.atomic
def record_training(
    person: User, *, title: str, on: date, minutes: int, by: User, now: datetime
) -> Training:
    """Keep that a volunteer was trained; recorded by an officer of the volunteer's place."""
    volunteer = Volunteer.objects.select_for_update().get(person=person)
    authorize(volunteers.why_not_rule_on(by, volunteer, now))
    require(rules.why_not_record_training(person, title, on, minutes, now))

    training = Training.objects.create(
        person=person, title=title.strip(), on=on, minutes=minutes, recorded_by=by, recorded_at=now
    )
    audit.record(by, "training.record", training, now=now, minutes=minutes)
    return training


@transaction.atomic
def recognise_star(person: User, *, star: int, by: User, now: datetime) -> Honour:
    """Recognise a star that the hours have earned; which level may, the rulebook says."""
    volunteer = Volunteer.objects.select_for_update().get(person=person)
    authorize(rules.why_not_recognise_as(by, volunteer, star, now))
    require(rules.why_not_recognise(person, star, now))

    honour = Honour.objects.create(
        person=person,
        title=rules.star_title(star),
        star=star,
        on=clock.day(now),
        given_by=by,
        given_at=now,
        rules_version=policy.stars_version(now),
    )
    audit.record(by, "star.recognise", honour, now=now, star=star)
    return honour


@transaction.atomic
def evaluate(service_id: int, *, score: int, by: User, now: datetime) -> Evaluation:
    """The receiving side says how the service was, from 1 to 5; the last word counts."""
    service = service_of(service_id)
    authorize(hours.why_not_confirm_as(by, service, now))
    require(rules.why_not_evaluate(service, score))

    evaluation, _new = Evaluation.objects.update_or_create(
        service=service, defaults={"score": score, "at": now}
    )
    whom = hours.ward_of(by, service)
    audit.record(by, "service.evaluate", service, now=now, for_whom=whom, score=score)
    return evaluation
