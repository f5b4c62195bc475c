"""Guardianship ends by itself on the day the ward comes of age."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts import queries, rules
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import GuardianshipEnded


@transaction.atomic
def end_guardianship(ward_id: int, *, by: User | None, now: datetime) -> User:
    """Cut the tie between a grown ward and the guardian, and tell the guardian.

    `by` is None: time did it. Raises RuleBroken while the ward is under 18.
    """
    ward = User.objects.select_for_update().get(pk=ward_id)
    require(rules.why_not_end_guardianship(ward, now))

    guardian, ward.guardian = ward.guardian, None
    assert guardian is not None  # noqa: S101 (the rule saw to it)
    ward.save(update_fields=["guardian"])
    audit.record(by, "guardian.end", ward, now=now, for_whom=guardian)
    facts.publish(GuardianshipEnded(at=now, ward_id=ward.pk, guardian_id=guardian.pk))
    return ward


def end_grown_guardianships(*, now: datetime) -> int:
    """Every guardianship whose ward is of age. Wards are few: the days of birth are sealed, so each is read."""
    wards = User.objects.filter(guardian__isnull=False, erased_at__isnull=True).iterator(200)
    grown = [ward.pk for ward in wards if queries.is_of_age(ward, now)]
    for ward_id in grown:
        end_guardianship(ward_id, by=None, now=now)
    return len(grown)
