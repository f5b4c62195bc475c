"""Bind a person to their account at the city's own sign-in, and let in who comes from there."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.accounts import queries, rules
from kepu.kernel.accounts.models import Identity, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, authorize, require

LONGEST = 255


@transaction.atomic
def bind_identity(
    person: User, *, issuer: str, subject: str, by: User | None, now: datetime
) -> Identity:
    """Say that `subject` at `issuer` is this person; an older binding there gives way.

    `by` is None at the shell. Raises NotAllowed if `by` does not manage accounts, BadInput if the
    subject cannot be one, and RuleBroken if it is bound to somebody else.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_bind(by, person, now))
    require(rules.why_not_erased(person))
    subject = subject.strip()
    if not 0 < len(subject) <= LONGEST or not subject.isprintable():
        raise BadInput(_("a subject has 1 to 255 characters"))
    digest = queries.subject_digest(issuer, subject)
    require(rules.why_not_bind_subject(person, digest))

    bound, _new = Identity.objects.update_or_create(
        user=person,
        issuer=issuer,
        defaults={"subject_digest": digest, "bound_at": now, "used_at": None},
    )
    audit.record(by, "identity.bind", bound, now=now, person=person.pk)
    return bound


@transaction.atomic
def end_identity(person: User, *, issuer: str, by: User | None, now: datetime) -> int:
    """Nobody comes in as this person from `issuer` any more. Returns how many bindings ended."""
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_bind(by, person, now))
    bound = Identity.objects.filter(user=person, issuer=issuer).first()
    if bound is None:
        return 0
    audit.record(by, "identity.end", bound, now=now, person=person.pk)
    bound.delete()
    return 1


@transaction.atomic
def recognise(identity: Identity, *, now: datetime) -> User:
    """Keep that the person came by this identity; signing in itself follows."""
    Identity.objects.filter(pk=identity.pk).update(used_at=now)
    audit.record(identity.user, "identity.use", identity, now=now)
    return identity.user


@transaction.atomic
def note_failed_proof(why: str, *, by: User | None, now: datetime) -> None:
    """Keep that the city's sign-in vouched for somebody who was not let in; who is not said."""
    audit.record(by, "identity.refuse", Identity(pk=0), now=now, why=why)
