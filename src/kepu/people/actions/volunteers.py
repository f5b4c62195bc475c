"""Register as a volunteer, be approved, stop for a while, leave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from kepu.kernel import clock
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.actions.people import change_personal
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import VolunteerSuspended
from kepu.people import policy, telling
from kepu.people.actions.teams import end_membership
from kepu.people.models import Skill, Volunteer, VolunteerArea
from kepu.people.queries import teams
from kepu.people.rules import hours
from kepu.people.rules import teams as team_rules
from kepu.people.rules import volunteers as rules
from kepu.people.rules.oneself import why_not_speak_for
from kepu.people.states import VOLUNTEER


@transaction.atomic
def sign_up(
    *,
    person: User,
    home: Division,
    by: User,
    now: datetime,
    consent: bool,
    guardian_consent_by: User | None = None,
    skills: Iterable[Skill] = (),
    availability: int = 0,
    areas: Iterable[str] = (),
    national_number: str = "",
    born: date | None = None,
) -> Volunteer:
    """Register `person` for S&T volunteering; again after leaving or a refusal.

    `born` is kept with the personal data when no day of birth is known yet; else it is not heard.
    Raises NotAllowed if `by` is neither the person nor the guardian, RuleBroken without consent,
    for a child under fourteen without the guardian's, or if the person is registered already.
    """
    volunteer = Volunteer.objects.select_for_update().filter(person=person).first()
    authorize(rules.why_not_sign_up_for(by, person))
    if born is not None and accounts.born(person) is None:
        require(rules.why_not_alone(person, born, now))
        known = replace(person.personal, born=born.isoformat())
        person = change_personal(person, known, by=by, now=now)
    require(
        rules.why_not_sign_up(
            person, consent=consent, guardian_consent_by=guardian_consent_by, now=now
        )
    )
    require(rules.why_not_available(availability))
    require(rules.why_not_numbered(national_number, person))

    if volunteer is None:
        volunteer = Volunteer(person=person, number=give_number(person, now))
    else:
        volunteer.state = VOLUNTEER.after(volunteer.state, "apply")
    volunteer.place(home)
    volunteer.availability, volunteer.applied_at = availability, now
    volunteer.consent_at, volunteer.consent_version = now, policy.management_version(now)
    volunteer.guardian_consent_by = guardian_consent_by
    volunteer.guardian_consent_at = now if guardian_consent_by else None
    volunteer.keep_national_number(national_number)
    volunteer.save()
    volunteer.skills.set(skills)
    set_areas(volunteer, list(areas) or [home.path])
    for_whom = person if person.pk != by.pk else None
    audit.record(by, "volunteer.apply", volunteer, now=now, for_whom=for_whom)
    return volunteer


@transaction.atomic
def approve_volunteer(volunteer_id: int, *, by: User, now: datetime) -> Volunteer:
    """Let a volunteer begin."""
    return _decide(volunteer_id, "approve", by=by, now=now)


@transaction.atomic
def refuse_volunteer(volunteer_id: int, *, reason: str, by: User, now: datetime) -> Volunteer:
    """Turn a registration down, saying why."""
    return _decide(volunteer_id, "refuse", by=by, now=now, reason=reason)


@transaction.atomic
def suspend_volunteer(volunteer_id: int, *, reason: str, by: User, now: datetime) -> Volunteer:
    """Stop a volunteer for a while, saying why."""
    volunteer = _decide(volunteer_id, "suspend", by=by, now=now, reason=reason)
    facts.publish(VolunteerSuspended(at=now, person_id=volunteer.person_id))
    return volunteer


@transaction.atomic
def restore_volunteer(volunteer_id: int, *, reason: str, by: User, now: datetime) -> Volunteer:
    """Let a suspended volunteer serve again, saying what has changed."""
    return _decide(volunteer_id, "restore", by=by, now=now, reason=reason)


@transaction.atomic
def leave_volunteering(*, by: User, now: datetime, for_whom: User | None = None) -> Volunteer:
    """Stop being a volunteer: memberships end, hours and certificates stay.

    Raises NotAllowed if `by` does not speak for `for_whom`, RuleBroken while the volunteer is the
    only leader of a team.
    """
    person = for_whom or by
    volunteer: Volunteer = Volunteer.objects.select_for_update().get(person=person)
    authorize(why_not_speak_for(by, person, now))
    open_ones = list(teams.memberships(person))
    require(team_rules.why_not_stop(volunteer, open_ones))

    for membership in open_ones:
        end_membership(membership, "leave", now)
    volunteer.state, volunteer.suspended_under = VOLUNTEER.after(volunteer.state, "leave"), None
    volunteer.save(update_fields=["state", "suspended_under"])
    audit.record(by, "volunteer.leave", volunteer, now=now, for_whom=for_whom)
    return volunteer


@transaction.atomic
def change_profile(
    *,
    by: User,
    now: datetime,
    skills: Iterable[Skill],
    availability: int,
    areas: Iterable[str],
    for_whom: User | None = None,
) -> Volunteer:
    """Say anew what one can do, when and where; a guardian says it for a child.

    Raises NotAllowed if `by` does not speak for `for_whom`.
    """
    person = for_whom or by
    volunteer: Volunteer = Volunteer.objects.select_for_update().get(person=person)
    authorize(why_not_speak_for(by, person, now))
    require(rules.why_not_available(availability))

    volunteer.availability = availability
    volunteer.save(update_fields=["availability"])
    volunteer.skills.set(skills)
    set_areas(volunteer, areas)
    audit.record(by, "volunteer.change", volunteer, now=now, for_whom=for_whom)
    return volunteer


def _decide(
    volunteer_id: int, verb: str, *, by: User, now: datetime, reason: str | None = None
) -> Volunteer:
    volunteer: Volunteer = Volunteer.objects.select_for_update().get(pk=volunteer_id)
    authorize(rules.why_not_rule_on(by, volunteer, now))
    require(VOLUNTEER.why_not(volunteer.state, verb))
    if reason is not None:
        require(hours.why_not_silent(reason))

    volunteer.state, volunteer.state_reason = VOLUNTEER.after(volunteer.state, verb), reason or ""
    volunteer.active_at = volunteer.active_at or (now if verb == "approve" else None)
    volunteer.suspended_under = None  # from now on it is an officer's word
    if volunteer.active:
        volunteer.let_serve_at = now
    volunteer.save(
        update_fields=["state", "state_reason", "active_at", "let_serve_at", "suspended_under"]
    )
    audit.record(by, f"volunteer.{verb}", volunteer, now=now)
    telling.decided_of_volunteer(volunteer, verb=verb, by=by, now=now)
    return volunteer


def set_areas(volunteer: Volunteer, paths: Iterable[str]) -> None:
    """The areas a volunteer serves are these and no others."""
    volunteer.areas.all().delete()
    VolunteerArea.objects.bulk_create(
        VolunteerArea(volunteer=volunteer, path=path) for path in sorted(set(paths))
    )


def give_number(person: User, now: datetime) -> str:
    """Kepu's own number: the year, and the serial of the person, so that no two can be the same."""
    return f"{clock.day(now).year}{person.pk:09d}"
