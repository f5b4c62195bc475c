"""Reads of the register of units: which of them an officer keeps."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

KEEPERS = (Verb.ACCOUNT_MANAGE, Verb.TEAM_APPROVE)


def keeps_units(person: User, now: datetime) -> bool:
    """Whether the person keeps the register of units anywhere."""
    return any(reach.paths for reach in roles.reaches(person, KEEPERS, now).values())


def units_kept(
    person: User,
    now: datetime,
    *,
    words: str = "",
    scope: str = "",
    kind: str = "",
    active: bool | None = None,
) -> QuerySet[Organisation]:
    """Units of the places where the person keeps the register, by name; of `active` None the closed
    ones too.
    """
    here = Q(pk__in=())
    for reach in roles.reaches(person, KEEPERS, now).values():
        here |= reach.limit()
    found = Organisation.objects.filter(here).select_related(
        "division_now", "parent", "merged_into"
    )
    if words:
        found = found.filter(Q(name__icontains=words) | Q(credit_code=words.upper()))
    if scope:
        found = found.filter(path__within=scope)
    if kind:
        found = found.filter(kind=kind)
    if active is not None:
        found = found.filter(active=active)
    return found.order_by("sort_key", "pk")


def unit_kept(organisation_id: int, person: User, now: datetime) -> Organisation:
    """One of them; raises Outside."""
    found = units_kept(person, now).filter(pk=organisation_id).first()
    if found is None:
        raise Outside(_("there is no such unit"))
    return found
