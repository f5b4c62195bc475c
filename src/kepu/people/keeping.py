"""Why a person's data are kept although they ask to be erased: what this room answers."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.people.models import Absence, Membership, Service
from kepu.people.states import AbsenceState, MemberRole, MembershipState, ServiceState

UNDER_WAY = (ServiceState.PROPOSED, ServiceState.CERTIFIED, ServiceState.DISPUTED)


def leading(person: User, now: datetime) -> str | None:
    """A team is handed over first, or it would have nobody who answers for it."""
    led = Membership.objects.filter(
        person=person, role=MemberRole.LEADER, state=MembershipState.ACTIVE
    )
    return _("you lead a team; hand it over first") if led.exists() else None


def absences_under_way(person: User, now: datetime) -> str | None:
    """An objection is answered first."""
    if Absence.objects.filter(person=person, state=AbsenceState.OBJECTED).exists():
        return _("an objection of yours is not answered yet")
    return None


def hours_under_way(person: User, now: datetime) -> str | None:
    """Hours are settled first: in the ledger they stay, under the pseudonym."""
    if Service.objects.filter(person=person, state__in=UNDER_WAY).exists():
        return _("some of your hours are not settled yet; withdraw them or wait")
    return None
