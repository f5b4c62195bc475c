"""Erase a person, and hand a person what is held about them."""

from __future__ import annotations

from datetime import datetime

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.db import transaction

from kepu.kernel.accounts import browsers, exports, rules
from kepu.kernel.accounts.models import Consent, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import PersonErased


@transaction.atomic
def erase(person: User, *, by: User, now: datetime) -> User:
    """Make a person unreadable for good: the data key goes, the pseudonym stays.

    What the key sealed, here or in any copy, cannot be read any more. Raises NotAllowed if `by` is
    neither the person, a child's guardian nor a manager of accounts, and RuleBroken with every
    reason why the law or an open promise keeps the data.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_handle(by, person, now))
    require(rules.why_not_erase(person, now))

    _let_nobody_in(person, now)
    person.data_key, person.sealed, person.erased_at = None, b"", now
    person.phone_digest = person.id_digest = person.email_digest = person.login = None
    person.proved_email = ""
    person.is_active, person.home = False, None
    person.set_unusable_password()
    person.save()
    Consent.objects.filter(person=person, withdrawn_at__isnull=True).update(withdrawn_at=now)
    for_whom = person if by.pk != person.pk else None
    audit.record(by, "person.erase", person, now=now, for_whom=for_whom)
    facts.publish(PersonErased(at=now, person_id=person.pk))
    return person


@transaction.atomic
def export(person: User, *, by: User, now: datetime) -> bytes:
    """Everything held about a person, as a ZIP of JSON files; that it was taken is audited."""
    authorize(rules.why_not_handle(by, person, now))
    require(rules.why_not_erased(person))

    found = exports.archive(person, now)
    for_whom = person if by.pk != person.pk else None
    audit.record(by, "person.export", person, now=now, for_whom=for_whom, size=len(found))
    return found


def _let_nobody_in(person: User, now: datetime) -> None:
    person.tokens.filter(revoked_at__isnull=True).update(revoked_at=now)
    person.tokens.update(title="")
    Session.objects.filter(session_key__in=person.devices.values("session_key")).delete()
    person.devices.all().delete()
    person.factors.all().delete()
    person.identities.all().delete()
    person.mail_codes.all().delete()
    person.phone_changes.all().delete()
    if person.login:
        AccessAttempt.objects.filter(username=browsers.fingerprint(person.login)).delete()
