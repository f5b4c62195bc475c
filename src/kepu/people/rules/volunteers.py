"""Why not? Volunteers."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.availability import ALWAYS
from kepu.people.models import Volunteer
from kepu.people.queries import volunteers as queries
from kepu.people.rules.oneself import why_not_decide_about
from kepu.people.states import VolunteerState


def why_not_serve(person: User) -> str | None:
    """Only an active volunteer serves."""
    found = queries.volunteer_of(person)
    if found is None:
        return _("register as a volunteer first")
    if found.state != VolunteerState.ACTIVE:
        return _("this volunteer is %(state)s") % {"state": VolunteerState(found.state).label}
    return None


def why_not_serve_oneself(person: User) -> str | None:
    """The same, said to the person who is meant."""
    found = queries.volunteer_of(person)
    if found is not None and found.state == VolunteerState.APPLIED:
        return _("your registration as a volunteer is still being looked at; please wait for it")
    return why_not_serve(person)


def why_not_sign_up_for(by: User, person: User) -> str | None:
    """Everybody signs up for himself; a guardian may do it for a ward."""
    if by.pk == person.pk or (person.guardian_id is not None and person.guardian_id == by.pk):
        return None
    return _("only the person, or the guardian, may sign up")


def why_not_alone(person: User, born: date | None, now: datetime) -> str | None:
    """Whoever states a birthday that makes them a child is shown the way: the guardian's account."""
    under = policy.management(now).registration.guardian_under
    if born is None or person.guardian_id or not 0 <= accounts.age(born, now) < under:
        return None
    return _(
        "under %(age)s a parent or guardian registers you: they sign in with their own number and "
        'choose "Register a child" in their account'
    ) % {"age": under}


def why_not_sign_up(
    person: User, *, consent: bool, guardian_consent_by: User | None, now: datetime
) -> str | None:
    """Consent is given, the age is known and fits, and under fourteen the guardian agrees."""
    if not consent:
        return _("registering needs your consent to how your data is used")
    born = accounts.born(person)
    if born is None:
        return _("state the date of birth first: children need a guardian's consent")
    return _why_not_at_age(person, accounts.age(born, now), guardian_consent_by, now)


def _why_not_at_age(
    person: User, age: int, guardian_consent_by: User | None, now: datetime
) -> str | None:
    rules = policy.management(now).registration
    if age < 0:
        return _("the date of birth lies in the future")
    if age < rules.youngest:
        return _("volunteers are at least %(age)s years old") % {"age": rules.youngest}
    if age < rules.guardian_under and not _guards(guardian_consent_by, person):
        return _("a child under %(age)s is registered only with the consent of the guardian") % {
            "age": rules.guardian_under
        }
    return None


def _guards(guardian: User | None, person: User) -> bool:
    return guardian is not None and guardian.pk == person.guardian_id


def why_not_numbered(number: str, person: User | None) -> str | None:
    """A national volunteer number is one person's."""
    if number and queries.numbered(number).exclude(person=person).exists():
        return _("another volunteer is registered with this national number")
    return None


def why_not_available(mask: int) -> str | None:
    """A week has fourteen half-days."""
    if 0 <= mask <= ALWAYS:
        return None
    return _("a week has fourteen half-days")


def why_not_rule_on(person: User, volunteer: Volunteer, now: datetime) -> str | None:
    """Officers of the place approve volunteers; never themselves or a child in their care."""
    if own := why_not_decide_about(person, volunteer.person):
        return own
    if roles.holds(person, Verb.VOLUNTEER_APPROVE, now=now, path=volunteer.path):
        return None
    return _("only an officer of this place may decide about volunteers")


def why_not_see_record(by: User | None, person: User, now: datetime) -> str | None:
    """A record is seen by the person, the guardian, and officers of the person's place."""
    if by is None:
        return _("sign in to see a record")
    if by.pk == person.pk or person.guardian_id == by.pk:
        return None
    found = queries.volunteer_of(person)
    if found and roles.holds(by, Verb.VOLUNTEER_APPROVE, now=now, path=found.path):
        return None
    return _("only the person and officers of the place may see this record")
