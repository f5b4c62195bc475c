"""What this room hears."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts.actions import codes
from kepu.kernel.accounts.models import User
from kepu.kernel.facts.catalogue import NoticeRaised, PersonErased, SignInCodeIssued
from kepu.kernel.facts.registry import Occasion, listen, listen_outside
from kepu.kernel.notices import channels, delivery, queries
from kepu.kernel.notices.models import Contact, Notice
from kepu.kernel.notices.states import Way


@listen_outside(NoticeRaised)
def send_notice(fact: NoticeRaised, occasion: Occasion) -> None:
    """Send the notice out of the house."""
    delivery.deliver(fact.notice_id, now=occasion.now)


@listen_outside(SignInCodeIssued)
def send_sign_in_code(fact: SignInCodeIssued, occasion: Occasion) -> None:
    """Send the code, unless it came too late; a demonstration shows it on the page instead."""
    waiting = codes.message(fact.code_id, now=occasion.now)
    if waiting is None:
        return
    if channels.open_way(Way.SMS) or not settings.SHOW_SIGN_IN_CODES:
        delivery.send_code(fact.code_id, phone=waiting.phone, code=waiting.code, now=occasion.now)
    accounts.mark_sent(fact.code_id)


@listen(PersonErased)
def forget(fact: PersonErased, occasion: Occasion) -> None:
    """What was told to an erased person is not readable any more, and goes."""
    Notice.objects.filter(person_id=fact.person_id).delete()
    Contact.objects.filter(person_id=fact.person_id).delete()


def export(person: User, now: datetime) -> dict[str, Any]:
    """The person's notices in words, and the ways they chose."""
    notices = list(queries.of_person(person))
    return {
        "notices": [vars(letter) for letter in queries.letters(person, notices)],
        "contacts": {way: queries.contact(person, way) for way in (Way.WECHAT, Way.WEBHOOK)},
        "opted_out": sorted(queries.opted_out(person)),
    }
