"""What this room hears."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts import phones
from kepu.kernel.accounts.actions import codes, mail, phone
from kepu.kernel.accounts.models import PhoneChange, User
from kepu.kernel.facts.catalogue import (
    GuardianshipEnded,
    MailCodeIssued,
    NoticeRaised,
    PersonErased,
    PhoneChanged,
    SignInCodeIssued,
)
from kepu.kernel.facts.registry import Occasion, listen, listen_outside
from kepu.kernel.notices import actions, channels, delivery, queries, texts
from kepu.kernel.notices.models import Contact, Notice
from kepu.kernel.notices.states import KEPT, Way


@listen_outside(NoticeRaised, called=lazy("Send the notice"))
def send_notice(fact: NoticeRaised, occasion: Occasion) -> None:
    """Send the notice out of the house."""
    delivery.deliver(fact.notice_id, now=occasion.now)


@listen_outside(SignInCodeIssued, awaited=True, called=lazy("Send the code to the telephone"))
def send_sign_in_code(fact: SignInCodeIssued, occasion: Occasion) -> None:
    """Send the code, unless it came too late; a demonstration shows it on the page instead."""
    waiting = codes.message(fact.code_id, now=occasion.now)
    if waiting is None:
        return
    if channels.open_way(Way.SMS) or not settings.SHOW_SIGN_IN_CODES:
        delivery.send_past_notices(
            Way.SMS,
            texts.SIGN_IN_CODE,
            waiting.phone,
            key=f"code-{fact.code_id}",
            places={"code": waiting.code},
            now=occasion.now,
        )
    accounts.mark_sent(fact.code_id)


@listen_outside(MailCodeIssued, awaited=True, called=lazy("Send the code by mail"))
def send_mail_code(fact: MailCodeIssued, occasion: Occasion) -> None:
    """Send the code by mail, unless it came too late; a demonstration shows it on the page instead."""
    waiting = mail.mail(fact.code_id, now=occasion.now)
    if waiting is None:
        return
    if channels.open_way(Way.EMAIL) or not settings.SHOW_SIGN_IN_CODES:
        delivery.send_past_notices(
            Way.EMAIL,
            texts.MAIL_CODE,
            waiting.to,
            key=f"mail-code-{fact.code_id}",
            places={"code": waiting.code},
            now=occasion.now,
        )
    accounts.mark_mailed(fact.code_id)


@listen_outside(PhoneChanged, called=lazy("Tell the old number"))
def tell_old_number(fact: PhoneChanged, occasion: Occasion) -> None:
    """Whoever had the number until now hears of it there, where a thief of the account cannot hide it."""
    change = PhoneChange.objects.select_related("user").filter(pk=fact.change_id).first()
    to = phone.old_phone(change) if change else ""
    if change is None or not to:
        return
    if channels.open_way(Way.SMS) or not settings.SHOW_SIGN_IN_CODES:
        delivery.send_past_notices(
            Way.SMS,
            texts.PHONE_CHANGED,
            to,
            key=f"phone-change-{fact.change_id}",
            places={"phone": phones.mask(change.user.personal.phone)},
            now=occasion.now,
        )
    accounts.mark_told(fact.change_id, now=occasion.now)


@listen(PhoneChanged, called=lazy("Write the new number into the inbox"))
def keep_phone_change(fact: PhoneChanged, occasion: Occasion) -> None:
    """The same stands in Kepu, and goes out by the ways the person chose."""
    change = PhoneChange.objects.select_related("user").filter(pk=fact.change_id).first()
    if change is not None:
        shown = phones.mask(change.user.personal.phone)
        actions.notify(change.user, texts.PHONE_CHANGED.key, {"phone": shown}, now=occasion.now)


@listen(GuardianshipEnded, called=lazy("Tell the guardian"))
def tell_guardian(fact: GuardianshipEnded, occasion: Occasion) -> None:
    """The guardian hears that the ward is of age."""
    ward = User.objects.filter(pk=fact.ward_id).first()
    guardian = User.objects.filter(pk=fact.guardian_id).first()
    if ward and guardian:
        key = texts.GUARDIANSHIP_ENDED.key
        actions.notify(guardian, key, {"name": ward.name}, now=occasion.now)


@listen(PersonErased, called=lazy("Remove the person's notices"))
def forget(fact: PersonErased, occasion: Occasion) -> None:
    """What was told to an erased person is not readable any more, and goes; so does what a guardian read
    of it.
    """
    told = Q(person_id=fact.person_id) | Q(ward_id=fact.person_id)
    Notice.objects.filter(told).delete()
    Contact.objects.filter(person_id=fact.person_id).delete()


def export(person: User, now: datetime) -> dict[str, Any]:
    """The person's notices in words, and the ways they chose."""
    notices = list(queries.of_person(person))
    return {
        "notices": [vars(letter) for letter in queries.letters(person, notices)],
        "contacts": {way: queries.contact(person, way) for way in KEPT},
        "opted_out": sorted(queries.opted_out(person)),
    }
