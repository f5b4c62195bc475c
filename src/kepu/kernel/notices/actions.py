"""Tell people, and keep how they wish to be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kepu.kernel.accounts import keys
from kepu.kernel.accounts import rules as accounts
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import NoticeRaised
from kepu.kernel.notices import queries, rules
from kepu.kernel.notices.models import Contact, Notice, OptOut
from kepu.kernel.notices.states import Way
from kepu.kernel.notices.texts import TEXTS

AT_ONCE = 500  # rows in one statement


@transaction.atomic
def notify(
    person: User,
    template: str,
    context: Mapping[str, Any],
    *,
    now: datetime,
    link: str = "",
    guardian_link: str | None = None,
) -> Notice | None:
    """Tell a person something: in Kepu at once, and outside by the first way that reaches them.

    What is not urgent waits outside until quiet hours are over. Who was erased is told nothing. A ward's
    guardian is told the same, and led to `guardian_link` where the ward's own page is none of theirs.
    """
    found = _notices(person, template, context, now, link, guardian_link)
    due_at = _due(template, now)
    for notice in found:
        notice.save()
        facts.publish(NoticeRaised(at=now, notice_id=notice.pk), due_at=due_at)
    return found[0] if found else None


@transaction.atomic
def notify_each(
    told: Iterable[tuple[User, Mapping[str, Any], str]], template: str, *, now: datetime
) -> None:
    """Tell many people something, each with words and a link of their own, as `notify` tells one.

    Few statements for thousands.
    """
    found = [
        notice
        for person, context, link in told
        for notice in _notices(person, template, context, now, link, None)
    ]
    made = Notice.objects.bulk_create(found, batch_size=AT_ONCE)
    raised = [NoticeRaised(at=now, notice_id=notice.pk) for notice in made]
    facts.publish_all(raised, due_at=_due(template, now))


def _due(template: str, now: datetime) -> datetime:
    """When it goes outside."""
    return now if TEXTS[template].urgent else queries.rules_in_force(now).quiet.over(now)


def _notices(
    person: User,
    template: str,
    context: Mapping[str, Any],
    now: datetime,
    link: str,
    guardian_link: str | None,
) -> list[Notice]:
    """What is written down for a person, and after it for a ward's guardian."""
    if person.data_key is None:
        return []
    found = [_notice(person, template, context, now, link)]
    if person.guardian is not None and person.guardian.data_key is not None:
        lead = link if guardian_link is None else guardian_link
        found.append(_notice(person.guardian, template, context, now, lead, ward=person))
    return found


def _notice(
    person: User,
    template: str,
    context: Mapping[str, Any],
    now: datetime,
    link: str,
    *,
    ward: User | None = None,
) -> Notice:
    assert person.data_key is not None  # noqa: S101 (asked before)
    return Notice(
        person=person,
        template=template,
        sealed=keys.seal(person.data_key, _plain(context), queries.owner(person)),
        link=link,
        created_at=now,
        ward=ward,
    )


@transaction.atomic
def mark_read(notice_id: int, *, by: User, now: datetime) -> Notice:
    """Keep that the person has read a notice."""
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    authorize(rules.why_not_read(by, notice))
    if notice.read_at is None:
        notice.read_at = now
        notice.save(update_fields=["read_at"])
    return notice


@transaction.atomic
def mark_all_read(*, by: User, now: datetime) -> int:
    """Keep that the person has seen everything up to now. Returns how many were unread."""
    waiting = Notice.objects.filter(person=by, read_at__isnull=True, created_at__lte=now)
    return waiting.update(read_at=now)


@transaction.atomic
def choose_ways(wanted: set[Way], *, by: User, now: datetime) -> None:
    """Keep by which ways the person wants to be told; the others are not used."""
    User.objects.select_for_update().get(pk=by.pk)
    unwanted = {way for way in Way if way not in wanted}
    OptOut.objects.filter(person=by).exclude(way__in=unwanted).delete()
    for way in unwanted:
        OptOut.objects.get_or_create(person=by, way=way, defaults={"at": now})
    audit.record(by, "notices.choose_ways", by, now=now, unwanted=sorted(unwanted))


@transaction.atomic
def keep_contact(
    person: User, way: Way, address: str, *, by: User, now: datetime, secret: str = ""
) -> Contact:
    """Keep where a person is reached by WeChat or webhook, sealed under their key.

    Raises BadInput when no notice could be sent there: an address that is no https one, or lies inside
    the city's own network, a secret that is too short, what is no openid.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    authorize(rules.why_not_keep_contact(by, person))
    require(accounts.why_not_erased(person))
    address = address.strip()
    if reason := rules.why_not_reach(way, address, secret):
        raise BadInput(reason)
    assert person.data_key is not None  # noqa: S101 (not erased)
    sealed = keys.seal(
        person.data_key, {"to": address, "secret": secret}, f"{person.pseudonym}:{way}"
    )
    contact, _new = Contact.objects.update_or_create(
        person=person, way=way, defaults={"sealed": sealed, "created_at": now}
    )
    audit.record(by, "notices.keep_contact", contact, now=now, way=way)
    return contact


@transaction.atomic
def drop_contact(way: Way, *, by: User, now: datetime) -> None:
    """Forget where the person was reached by WeChat or webhook; nothing happens when nothing is kept."""
    contact = Contact.objects.select_for_update().filter(person=by, way=way).first()
    if contact is None:
        return
    audit.record(by, "notices.drop_contact", contact, now=now, way=way)
    contact.delete()


def _plain(context: Mapping[str, Any]) -> dict[str, Any]:
    """The context as JSON can hold it; times and lazy words become text."""
    return {
        name: value if isinstance(value, (str, int, float)) else str(value)
        for name, value in context.items()
    }
