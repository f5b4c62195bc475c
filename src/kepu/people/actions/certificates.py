"""Issue and revoke certificates of service; they cost nothing."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.people import policy
from kepu.people.models import Certificate, Volunteer
from kepu.people.queries import certificates as queries
from kepu.people.queries import hours
from kepu.people.rules import certificates as rules
from kepu.people.rules import volunteers
from kepu.people.rules.oneself import why_not_as_child


@transaction.atomic
def issue_certificate(person: User, *, by: User, now: datetime) -> Certificate:
    """Certify all confirmed hours up to now; without new ones it is the same certificate.

    Raises NotAllowed if `by` may not see the record or is a child, and RuleBroken if there are no hours.
    """
    list(Volunteer.objects.select_for_update().filter(person=person))
    authorize(volunteers.why_not_see_record(by, person, now))
    authorize(why_not_as_child(by, now) if by.pk == person.pk else None)
    require(rules.why_not_issue(person, now))

    account = hours.account(person)
    assert account.first is not None  # noqa: S101 (there are hours, so there are days)
    assert account.last is not None  # noqa: S101
    assert account.last_entry_id is not None  # noqa: S101
    if same := queries.still_true(person, account.last_entry_id):
        return same
    certificate = Certificate.objects.create(
        code="".join(secrets.choice(queries.ALPHABET) for _ in range(queries.LENGTH)),
        person=person,
        issuer=policy.management(now).certificates.issuer,
        minutes=account.minutes,
        services=account.services,
        first_on=account.first,
        last_on=account.last,
        star=policy.stars(now).reached(account.minutes),
        rules_version=policy.management_version(now),
        last_entry_id=account.last_entry_id,
        issued_at=now,
        issued_by=by,
    )
    for_whom = person if person.pk != by.pk else None
    audit.record(
        by, "certificate.issue", certificate, now=now, for_whom=for_whom, minutes=account.minutes
    )
    return certificate


@transaction.atomic
def revoke_certificate(certificate_id: int, *, reason: str, by: User, now: datetime) -> Certificate:
    """Make a certificate invalid; who verifies it is told so, and since when."""
    certificate = Certificate.objects.select_for_update().get(pk=certificate_id)
    authorize(rules.why_not_revoke_as(by, certificate, now))
    require(rules.why_not_revoke(certificate, reason))

    certificate.revoked_at, certificate.revoked_by = now, by
    certificate.revoked_reason = reason.strip()
    certificate.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    audit.record(by, "certificate.revoke", certificate, now=now)
    return certificate
