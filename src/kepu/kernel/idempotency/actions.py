"""Do a thing once, however often it is asked for under one key."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts import keys
from kepu.kernel.errors import BadInput
from kepu.kernel.idempotency.models import Answered

KEPT = timedelta(days=30)
PRESSED = timedelta(hours=1)  # how long a form sent again counts as the same press
BARE = timedelta(seconds=30)  # the same for a button that asks nothing: it may be meant again
UNDER_WAY = timedelta(minutes=10)  # a press without an answer by then lost its server
LONGEST = 100  # characters of a key


class KeyReused(BadInput):
    """The key was used before for another request."""

    code = "key_reused"


@dataclass(frozen=True)
class Answer:
    """What was or would have been answered."""

    status: int
    body: Any
    replayed: bool = False


def digest(request: Any) -> str:
    """A fingerprint of what was asked; keyed, for there may be a telephone number in it to guess."""
    return keys.digest("request", json.dumps(request, sort_keys=True, default=str))


def once(
    work: Callable[[], tuple[int, Any]], *, actor: str, key: str, request: Any, now: datetime
) -> Answer:
    """Do `work` (which returns a status and a JSON body) unless this actor's key was answered already.

    The key is inserted first, in the same transaction as the work: of two requests at once one
    waits for the other, and a refusal leaves no trace, so that it can be tried again.
    """
    if not (0 < len(key) <= LONGEST and key.isprintable()):
        raise BadInput(_("an idempotency key has 1 to 100 printable characters"))
    asked = digest(request)
    try:
        with transaction.atomic():
            row = Answered.objects.create(actor=actor, key=key, digest=asked, at=now)
            row.status, body = work()
            row.sealed = keys.seal_for_transit({"body": body}, _bound_to(row))
            row.save(update_fields=["status", "sealed"])
            return Answer(row.status, body)
    except IntegrityError:
        before = Answered.objects.filter(actor=actor, key=key).first()
        if before is None:
            raise
        return replay(before, asked)


def replay(before: Answered, asked: str) -> Answer:
    """The answer given before; raises KeyReused when the request differs."""
    if before.digest != asked:
        raise KeyReused(_("this idempotency key was used for another request"))
    body = keys.open_from_transit(before.sealed, _bound_to(before))["body"]
    return Answer(before.status, body, replayed=True)


@dataclass(frozen=True)
class Press:
    """A form that was sent: a new one to be carried out, or one whose answer is there or on its way."""

    row: Answered
    new: bool

    @property
    def location(self) -> str | None:
        """Where the answer led to; none while it is being worked on."""
        if not self.row.status:
            return None
        return str(keys.open_from_transit(self.row.sealed, _bound_to(self.row))["to"])


def press(*, actor: str, key: str, request: Any, now: datetime, bare: bool = False) -> Press | None:
    """Note that a form is sent; None for a key that cannot be one.

    Only the same form with the same words, sent again within an hour, is the same press: who goes
    back, changes a word and sends, wants another thing done, and takes the key over. Of several who
    would take it over at once, one does. A `bare` press has no words; what it did may have been
    undone meanwhile, so it counts as the same for half a minute only.
    """
    key = f"form:{key}"  # apart from the keys that programs choose
    if not (len("form:") < len(key) <= LONGEST and key.isprintable()):
        return None
    asked = digest(request)
    while True:
        row, new = Answered.objects.get_or_create(
            actor=actor, key=key, defaults={"digest": asked, "at": now}
        )
        good_until = row.at + ((BARE if bare else PRESSED) if row.status else UNDER_WAY)
        if new or (row.digest == asked and now <= good_until):
            return Press(row, new)
        if _as_it_was(row).update(digest=asked, at=now, status=0, sealed=b""):
            row.digest, row.at, row.status, row.sealed = asked, now, 0, b""
            return Press(row, new=True)


def pressed(press: Press, location: str | None) -> None:
    """Keep where a form led to; without a place it may be sent again, for nothing was done.

    Where another press took the key over meanwhile, it is no longer this one's to keep or drop.
    """
    if location is None:
        _as_it_was(press.row).delete()
        return
    sealed = keys.seal_for_transit({"to": location}, _bound_to(press.row))
    _as_it_was(press.row).update(status=303, sealed=sealed)


def find_press(press: Press) -> Press | None:
    """How far a press is by now; None when it was refused, or its key taken over, meanwhile."""
    row = Answered.objects.filter(pk=press.row.pk, digest=press.row.digest).first()
    return Press(row, new=False) if row else None


def _as_it_was(row: Answered) -> QuerySet[Answered]:
    """The row, unless somebody changed it since it was read."""
    return Answered.objects.filter(pk=row.pk, digest=row.digest, at=row.at, status=row.status)


def _bound_to(row: Answered) -> str:
    return f"{row.actor}:{row.key}"


def forget_actor(actor: str) -> int:
    """Drop what was answered to somebody."""
    return Answered.objects.filter(actor=actor).delete()[0]


def forget(now: datetime) -> int:
    """Drop answers older than 30 days."""
    return Answered.objects.filter(at__lt=now - KEPT).delete()[0]
