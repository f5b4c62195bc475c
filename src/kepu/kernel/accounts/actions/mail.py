"""Prove that mail to an address reaches the person, before any notice goes there."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from kepu.kernel.accounts import keys, rules
from kepu.kernel.accounts.models import MailCode, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import MailCodeIssued

LIFETIME = timedelta(minutes=30)
KEPT = timedelta(days=1)  # as long as the limits look back


class Mail(NamedTuple):
    """A code on its way out."""

    to: str
    code: str


@transaction.atomic
def send_mail_code(person: User, *, by: User, now: datetime) -> tuple[MailCode, str]:
    """Make a code for the person's address and hand it to the worker to send.

    Raises NotAllowed if `by` is somebody else, and RuleBroken if there is no address, it is proved
    already, or too many codes were sent.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_own(by, person))
    require(rules.why_not_send_mail_code(person, now))

    code, email = f"{secrets.randbelow(10**6):06}", person.personal.email
    kept = MailCode.objects.create(
        user=person,
        email_digest=str(person.email_digest),
        code_digest=_digest(person, code),
        sealed=keys.seal_for_transit({"to": email, "code": code}, person.pseudonym),
        created_at=now,
        expires_at=now + LIFETIME,
    )
    audit.record(by, "person.ask_mail_code", person, now=now)
    facts.publish(MailCodeIssued(at=now, code_id=kept.pk))
    return kept, code


@transaction.atomic
def prove_mail(person: User, *, code: str, by: User, now: datetime) -> bool:
    """Whether `code` is the one sent last to the address the person has now; every try counts.

    It returns instead of raising, for a refusal would undo the count.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_own(by, person))
    kept = person.mail_codes.select_for_update().order_by("-pk").first()
    if kept is None or rules.why_not_prove_mail(kept, person, now):
        return False
    kept.attempts += 1
    right = hmac.compare_digest(_digest(person, "".join(code.split())), kept.code_digest)
    if right:
        kept.used_at = now
        person.proved_email = kept.email_digest
        person.save(update_fields=["proved_email"])
        audit.record(by, "person.prove_mail", person, now=now)
    kept.save(update_fields=["attempts", "used_at"])
    return right


def mail(code_id: int, *, now: datetime) -> Mail | None:
    """What the worker has to send, or None when it came too late or was sent already."""
    kept = MailCode.objects.select_related("user").filter(pk=code_id).first()
    if kept is None or not kept.sealed or kept.used_at or now >= kept.expires_at:
        return None
    return Mail(**keys.open_from_transit(kept.sealed, kept.user.pseudonym))


def mark_mailed(code_id: int) -> None:
    """Forget address and code in clear; they went out."""
    MailCode.objects.filter(pk=code_id).update(sealed=b"")


def sweep_mail_codes(*, now: datetime) -> int:
    """Delete codes that no limit looks back to. Returns how many."""
    return MailCode.objects.filter(created_at__lt=now - KEPT).delete()[0]


def _digest(person: User, code: str) -> str:
    return keys.digest("mail-code", f"{person.pk}:{person.email_digest}:{code}")
