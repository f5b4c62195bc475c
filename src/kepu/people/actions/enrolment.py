"""Take in teams and volunteers that an officer knows already, approved from the start."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts.actions.people import register
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import require
from kepu.people import policy, telling
from kepu.people.actions.teams import raise_team
from kepu.people.actions.volunteers import give_number, set_areas
from kepu.people.models import Team, Volunteer
from kepu.people.newcomers import NewTeam, NewVolunteer
from kepu.people.queries.volunteers import noon
from kepu.people.rules import enrolment as rules
from kepu.people.states import VOLUNTEER


@transaction.atomic
def enrol_team(new: NewTeam, *, by: User, now: datetime) -> Team:
    """Take in an approved team with its leader; refused with the sentence of the dry run."""
    require(rules.why_not_enrol_team(new, by, now))

    team = raise_team(new, now=now, approved=True)
    audit.record(by, "team.enrol", team, now=now, for_whom=new.leader)
    if new.leader is not None and new.leader.pk != by.pk:
        telling.entered(team, new.leader, by=by, now=now)
    return team


@transaction.atomic
def enrol_volunteer(new: NewVolunteer, *, by: User, now: datetime) -> Volunteer:
    """Take in an active volunteer; the person is registered, or found by telephone."""
    require(rules.why_not_enrol_volunteer(new, by, now))

    person = register(new.personal, home=new.home, by=None, now=now)
    volunteer = Volunteer(
        person=person,
        number=give_number(person, now),
        state=VOLUNTEER.after(VOLUNTEER.start, "approve"),
        consent_at=noon(new.consented),
        consent_version=policy.management_version(now),
        applied_at=now,
        active_at=now,
    )
    volunteer.place(new.home)
    volunteer.keep_national_number(new.national_number)
    volunteer.save()
    volunteer.skills.set(new.skills)
    set_areas(volunteer, [new.home.path])
    audit.record(by, "volunteer.enrol", volunteer, now=now, for_whom=person)
    return volunteer
