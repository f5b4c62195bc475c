"""Reads of notices and of how people may be reached."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Count, QuerySet, Sum

from kepu.kernel.accounts import keys
from kepu.kernel.accounts import queries as accounts
from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING
from kepu.kernel.notices import channels
from kepu.kernel.notices.models import Attempt, Contact, Notice, OptOut
from kepu.kernel.notices.schemas import NoticeRules
from kepu.kernel.notices.states import KEPT, AttemptState, Way
from kepu.kernel.notices.texts import OF_A_WARD, TEXTS, Words
from kepu.kernel.ready import Slot, ready
from kepu.kernel.rulebooks import queries as rulebooks


@dataclass(frozen=True)
class Letter:
    """A notice as its person reads it."""

    pk: int
    title: str
    text: str
    link: str
    at: datetime
    read: bool


def unread(person: User) -> int:
    """How many notices wait to be read. One query, from an index."""
    return _unread.first(person=person.pk) or 0


@ready
def _unread(person: Slot) -> QuerySet[Notice, int]:
    found = Notice.objects.filter(person=person, read_at__isnull=True).order_by()
    return found.values("person").annotate(number=Count("pk")).values_list("number", flat=True)


def of_person(person: User) -> QuerySet[Notice]:
    """The person's notices, the newest first."""
    found = Notice.objects.filter(person=person).select_related("ward")
    return found.order_by("-created_at", "-pk")


def letters(person: User, notices: list[Notice]) -> list[Letter]:
    """The notices opened, in the person's language. No query."""
    found = []
    for notice in notices:
        said = words(notice, person)
        read = notice.read_at is not None
        found.append(Letter(notice.pk, said.title, said.text, notice.link, notice.created_at, read))
    return found


def words(notice: Notice, person: User) -> Words:
    """Title and text; a text that is gone from the code shows its key."""
    text = TEXTS.get(notice.template)
    if text is None:
        return Words(notice.template, "")
    said = text.words(person.language, context(notice, person))
    if notice.ward is None:
        return said
    about = {"name": notice.ward.name, "title": said.title, "text": said.text}
    return OF_A_WARD.words(person.language, about)


def context(notice: Notice, person: User) -> dict[str, Any]:
    """What fills the text; nothing once the person was erased."""
    if person.data_key is None or not notice.sealed:
        return {}
    return keys.unseal(person.data_key, notice.sealed, owner(person))


def owner(person: User) -> str:
    return f"{person.pseudonym}:notice"


def contact(person: User, way: Way) -> dict[str, str] | None:
    """Where the person is reached by `way`: address, and secret for a webhook."""
    if person.data_key is None:
        return None
    if way in (Way.SMS, Way.EMAIL):
        personal = person.personal
        mail = personal.email if person.email_is_proved else ""  # else it may be a stranger's
        address = personal.phone if way == Way.SMS else mail
        return {"to": address} if address else None
    kept = Contact.objects.filter(person=person, way=way).first()
    return keys.unseal(person.data_key, kept.sealed, f"{person.pseudonym}:{way}") if kept else None


@dataclass(frozen=True)
class Reached:
    """A way whose address the person enters: whether the city has set it up, and what is shown of it."""

    way: Way
    set_up: bool
    shown: str


def reached(person: User) -> list[Reached]:
    """Ways that are set up, or still have an address. One query each; addresses are unsealed."""
    found = []
    for way in KEPT:
        kept = contact(person, way)
        shown = _recognised(way, kept["to"]) if kept else ""
        found.append(Reached(way, channels.open_way(way) is not None, shown))
    return [one for one in found if one.set_up or one.shown]


def _recognised(way: Way, address: str) -> str:
    """Enough to know one's own: the receiver's name, or the ends of the openid."""
    if way == Way.WEBHOOK:
        return urlsplit(address).hostname or ""
    return f"{address[:3]}…{address[-3:]}"


def opted_out(person: User) -> set[str]:
    """Ways the person does not want. One query."""
    return set(OptOut.objects.filter(person=person).values_list("way", flat=True))


def spent_fen(way: Way, now: datetime, person: User | None = None) -> int:
    """What notices spent or hold back on this Beijing day, for one person or for all."""
    midnight = _midnight(now)
    found = Attempt.objects.filter(way=way, at__gte=midnight).exclude(state=AttemptState.REFUSED)
    if person is not None:
        found = found.filter(notice__person=person)
    return found.aggregate(total=Sum("cost_fen"))["total"] or 0


def spent_on_codes_fen(price_fen: int, now: datetime) -> int:
    """What sign-in codes by short message cost on this Beijing day: they are sent past all caps."""
    return accounts.codes_since(_midnight(now)) * price_fen


def _midnight(now: datetime) -> datetime:
    return now.astimezone(BEIJING).replace(hour=0, minute=0, second=0, microsecond=0)


def rules_in_force(now: datetime) -> NoticeRules:
    """The rulebook of notices."""
    rules: NoticeRules = rulebooks.in_force("notices", now).rules
    return rules
