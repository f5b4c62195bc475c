"""Reads of statements of contributions."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal import contributions
from kepu.appraisal.contribution_states import NUMBERED, ContributionState
from kepu.appraisal.contributions import Figure
from kepu.appraisal.models import ContributionStatement
from kepu.appraisal.queries import judging
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.queries.certificates import LENGTH, masked


def joined() -> QuerySet[ContributionStatement]:
    return ContributionStatement.objects.select_related(
        "person", "organisation", "asked_by", "signed_by", "ended_by", "replaces", "division_now"
    )


def locked(statement_id: int) -> ContributionStatement:
    """The statement, nobody else's until the transaction has ended."""
    rows = ContributionStatement.objects.select_for_update(of=("self",))
    found: ContributionStatement = rows.select_related(
        "person", "organisation", "division_now"
    ).get(pk=statement_id)
    return found


def counted(one: ContributionStatement) -> list[Figure]:
    """What the records have of the holder in the period as they are now."""
    if one.person is not None:
        return contributions.of_person(one.person, one.since, one.until)
    assert one.organisation is not None  # noqa: S101 (one of the two, says the database)
    return contributions.of_unit(one.organisation, one.since, one.until)


def digest(figures: list[Figure]) -> str:
    return judging.digest({"figures": figures})


def still_true(one: ContributionStatement) -> bool:
    """Whether the records say today what the statement says."""
    return digest(counted(one)) == one.digest


def units_of(person: User, now: datetime) -> QuerySet[Organisation]:
    """Units in whose name the person asks. Two queries."""
    held = roles.reach(person, Verb.APPRAISAL_APPLY, now).organisations
    return Organisation.objects.filter(pk__in=held, active=True)


def keeps(person: User, one: ContributionStatement, now: datetime) -> bool:
    """Whether the statement is the person's own, or one of a unit that the person speaks for."""
    if one.person_id is not None:
        return one.person_id == person.pk
    return roles.holds(person, Verb.APPRAISAL_APPLY, now=now, organisation_id=one.organisation_id)


def mine(person: User, now: datetime) -> QuerySet[ContributionStatement]:
    """Statements of the person and of their units, the latest first. Two queries."""
    units = roles.reach(person, Verb.APPRAISAL_APPLY, now).organisations
    return joined().filter(Q(person=person) | Q(organisation__in=units))


def to_sign(person: User, now: datetime) -> QuerySet[ContributionStatement]:
    """Those that wait at the places where the person decides, the oldest first; never one's own.

    Two queries.
    """
    decides = roles.reach(person, Verb.APPRAISAL_DECIDE, now)
    found = joined().filter(decides.limit(), state=ContributionState.ASKED)
    gone = Q(person__isnull=False, person__data_key__isnull=True)
    return found.exclude(gone).exclude(person=person).order_by("asked_at", "pk")


def given(person: User, now: datetime) -> QuerySet[ContributionStatement]:
    """Those that were signed at these places, the latest first. Two queries."""
    decides = roles.reach(person, Verb.APPRAISAL_DECIDE, now)
    found = joined().filter(decides.limit(), state__in=NUMBERED)
    return found.exclude(person=person).order_by("-signed_at", "-pk")


def seen(statement_id: int, person: User, now: datetime) -> ContributionStatement:
    """One that is the person's to ask or to sign; others do not exist."""
    found = joined().filter(pk=statement_id).first()
    if found is not None and (keeps(person, found, now) or _decides(person, found, now)):
        return found
    raise Outside(_("there is no such statement"))


def _decides(person: User, one: ContributionStatement, now: datetime) -> bool:
    return roles.holds(person, Verb.APPRAISAL_DECIDE, now=now, path=one.path)


def by_code(code: str) -> ContributionStatement | None:
    """The statement of that number, however it was typed: blanks, dashes and small letters do."""
    plain = "".join(character for character in code.upper() if character.isalnum())
    return joined().filter(code=plain).first() if len(plain) == LENGTH else None


def public_name(one: ContributionStatement) -> str:
    """The unit; of a person the family name alone."""
    return masked(one.person.name) if one.person else one.holder_name


def full_name(one: ContributionStatement) -> str:
    """As it stands on the paper."""
    return one.person.name if one.person else one.holder_name
