"""Give and withdraw consent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kepu.kernel.accounts import queries, rules
from kepu.kernel.accounts.models import Consent, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require

PRIVACY = "privacy"
OF_AGE = "of_age"  # no consent of a guardian is needed, as was said at the registration


@dataclass(frozen=True)
class Consenting:
    """What is agreed to, and which wording of it was shown."""

    text_version: str
    what: str = PRIVACY


@transaction.atomic
def give_consent(person: User, consent: Consenting, *, by: User, now: datetime) -> Consent:
    """Keep that `by` agreed for `person`; an older wording of the same thing gives way to this one."""
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_handle(by, person, now))
    require(rules.why_not_erased(person))
    return record_consent(person, consent, by=by, now=now)


def record_consent(person: User, consent: Consenting, *, by: User, now: datetime) -> Consent:
    """The row and its audit; the caller has locked the person and asked the rules."""
    Consent.objects.filter(person=person, what=consent.what, withdrawn_at__isnull=True).update(
        withdrawn_at=now
    )
    given = Consent.objects.create(
        person=person, given_by=by, what=consent.what, text_version=consent.text_version, at=now
    )
    for_whom = person if by.pk != person.pk else None
    audit.record(by, "consent.give", given, now=now, for_whom=for_whom, what=consent.what)
    return given


@transaction.atomic
def withdraw_consent(person: User, what: str, *, by: User, now: datetime) -> Consent | None:
    """Take back the consent that stands for `what`; None when there is none."""
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_handle(by, person, now))

    given = queries.standing_consent(person, what)
    if given is None:
        return None
    given.withdrawn_at = now
    given.save(update_fields=["withdrawn_at"])
    audit.record(by, "consent.withdraw", given, now=now, what=what)
    return given
