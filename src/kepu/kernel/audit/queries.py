"""Reads of the audit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from kepu.kernel.audit import words
from kepu.kernel.audit.models import Entry
from kepu.kernel.clock import BEIJING


@dataclass(frozen=True)
class Asked:
    """What a reader looks for; an empty part asks for nothing."""

    verb: str = ""  # how it begins, or a part of its Chinese name
    about: str = ""  # such as orders.order, or orders.order 12
    actor: str = ""  # a pseudonym, of who acted or was acted for
    day: date | None = None


def entries(asked: Asked) -> QuerySet[Entry]:
    """Entries that fit what was asked. One query."""
    found = Entry.objects.all()
    if asked.verb:
        named = words.holding(asked.verb)
        found = found.filter(Q(verb__startswith=asked.verb) | Q(verb__in=named))
    if asked.actor:
        found = found.filter(actor=asked.actor) | found.filter(for_whom=asked.actor)
    if asked.day:
        begin = datetime.combine(asked.day, time(), BEIJING)
        found = found.filter(at__gte=begin, at__lt=begin + timedelta(days=1))
    kind, _blank, number = asked.about.partition(" ")
    if kind:
        found = found.filter(object_type=kind)
    return found.filter(object_id=number.strip()) if number.strip() else found
