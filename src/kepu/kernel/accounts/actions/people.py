"""Register people and keep what is known of them right."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kepu.kernel.accounts import keys, phones, queries, rules
from kepu.kernel.accounts.actions.consents import OF_AGE, Consenting, record_consent
from kepu.kernel.accounts.checks import birth_date, valid_id_number
from kepu.kernel.accounts.models import Personal, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import BadInput, RuleBroken, authorize, require


@transaction.atomic
def register(
    personal: Personal,
    *,
    home: Division | None,
    by: User | None,
    now: datetime,
    guardian: User | None = None,
    consent: Consenting | None = None,
    of_age: str = "",
) -> User:
    """Register a person, or find who is registered already under this telephone or identity number.

    `of_age` names the wording by which somebody new was said to be 14 or older; who said it is kept.
    `by` is None when people register themselves or Kepu imports them. The one found keeps the
    values they have. Raises NotAllowed if `by` works in another area, BadInput if a value cannot
    be right, and RuleBroken for a child under 14 without a guardian's consent.
    """
    authorize(rules.why_not_register_others(by, home, now))
    if guardian is not None:  # held, so that nobody erases them meanwhile
        guardian = User.objects.select_for_update().get(pk=guardian.pk)
    personal = checked(without_guardians_phone(personal, guardian), now)
    if known := find(personal):
        return known
    child = is_child(personal, now)
    if child:
        require(rules.why_not_register_child(guardian, consent is not None))
    if guardian is not None:
        require(rules.why_not_guard(guardian, now))
        require(rules.why_not_become_ward(rules.birthday(personal.born, now), now))

    person = User(home=home, guardian=guardian, created_at=now)
    person.keep(personal)
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        # Another hand registered the same telephone since the look above; the database let one in.
        if known := find(personal):
            return known
        raise
    audit.record(by, "person.register", person, now=now, for_whom=person if by else None)
    if consent is not None:
        record_consent(person, consent, by=guardian if child and guardian else person, now=now)
    _keep_of_age(person, "" if child else of_age, by=by or person, now=now)
    return person


def _keep_of_age(person: User, wording: str, *, by: User, now: datetime) -> None:
    """That somebody said of who is new here that no guardian has to consent."""
    if wording:
        record_consent(person, Consenting(wording, OF_AGE), by=by, now=now)


@transaction.atomic
def register_child(
    personal: Personal, *, by: User, now: datetime, consent: Consenting, born: str = ""
) -> User:
    """A guardian takes a child into Kepu; `born` is the guardian's own day of birth, if not known yet.

    Raises BadInput if a value cannot be right, and RuleBroken if the guardian or the child is not of
    an age for it; nothing is kept then.
    """
    if born and not by.personal.born:
        by = change_personal(by, replace(by.personal, born=born), by=by, now=now)
    return register(personal, home=by.home, by=None, now=now, guardian=by, consent=consent)


@transaction.atomic
def change_personal(person: User, personal: Personal, *, by: User, now: datetime) -> User:
    """Put a person's values right.

    Raises NotAllowed if `by` is neither the person, a child's guardian nor a manager of accounts,
    BadInput if a value cannot be right, and RuleBroken if another person has the telephone number,
    the identity number or the address for mail.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_handle(by, person, now))
    require(rules.why_not_erased(person))
    personal = checked(without_guardians_phone(personal, person.guardian), now)
    if is_child(personal, now):
        require(rules.why_not_register_child(person.guardian, person.guardian is not None))

    person.keep(personal)
    require(rules.why_not_take(person))
    person.save(update_fields=["sealed", "phone_digest", "id_digest", "email_digest"])
    for_whom = person if by.pk != person.pk else None
    audit.record(by, "person.change_personal", person, now=now, for_whom=for_whom)
    return person


@transaction.atomic
def change_preferences(
    person: User, *, language: str, large_type: bool, by: User, now: datetime
) -> User:
    """Keep the language and the size of type the person reads best."""
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_own(by, person))

    person.language, person.large_type = language, large_type
    person.save(update_fields=["language", "large_type"])
    audit.record(by, "person.change_preferences", person, now=now)
    return person


def find(personal: Personal) -> User | None:
    """Who is registered under the same telephone or identity number.

    Raises RuleBroken when the two belong to two people: a person has to look into that.
    """
    digests = {
        "phone_digest": keys.digest("phone", personal.phone) if personal.phone else None,
        "id_digest": keys.digest("id_number", personal.id_number) if personal.id_number else None,
    }
    found = {
        known.pk: known
        for column, digest in digests.items()
        if digest and (known := User.objects.filter(**{column: digest}).first())
    }
    if len(found) > 1:
        raise RuleBroken(_("this telephone and this identity number belong to two people"))
    return next(iter(found.values()), None)


def checked(personal: Personal, now: datetime) -> Personal:
    """The values in their one spelling; the day of birth is read off the identity number if need be."""
    phone = phones.normalise(personal.phone) if personal.phone else ""
    number = personal.id_number.strip().upper()
    if number and not valid_id_number(number):
        raise BadInput(_("the identity number is not right; please check each digit"))
    born = personal.born or (str(birth_date(number)) if number else "")
    if number and born != str(birth_date(number)):
        raise BadInput(_("the day of birth differs from the one in the identity number"))
    rules.birthday(born, now)
    return replace(
        personal,
        name=personal.name.strip(),
        phone=phone,
        email=personal.email.strip(),
        id_number=number,
        born=born,
    )


def without_guardians_phone(personal: Personal, guardian: User | None) -> Personal:
    """A child is reached through the guardian: one number stays one person's."""
    if guardian is None or not personal.phone:
        return personal
    same = phones.normalise(personal.phone) == guardian.personal.phone
    return replace(personal, phone="") if same else personal


def is_child(personal: Personal, now: datetime) -> bool:
    day = rules.birthday(personal.born, now)
    return day is not None and queries.age(day, now) < queries.CHILD_UNDER
