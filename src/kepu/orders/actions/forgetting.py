"""Let go what an erased resident leaves in this room: titles, pictures of visits to them, drafts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.files import actions as files
from kepu.orders import evidence
from kepu.orders.actions.moving import Hand, locked, move
from kepu.orders.actions.ordering import let_be_found_anew
from kepu.orders.models import Order
from kepu.orders.states import OrderState
from kepu.orders.visits import SOURCE
from kepu.people import actions as people


@transaction.atomic
def forget_titles(resident_id: int) -> None:
    """Orders are called by their topic from now on, in the search and beside the hours given too."""
    theirs = Order.objects.select_for_update(of=("self",)).filter(resident=resident_id)
    for order in theirs.select_related("topic"):
        order.title = order.topic.title_zh
        order.save(update_fields=["title"])
        let_be_found_anew(order)
        people.retitle(source=SOURCE, source_id=order.pk, title=order.title)


@transaction.atomic
def forget_pictures(resident_id: int, *, now: datetime) -> int:
    """Photographs and lists of visits to the resident go, whoever else is in them: a home is shown, and
    nobody is left who could say who they are. What a device sent and Kepu refused goes too. Returns
    how many.
    """
    return files.remove_with_person(evidence.files_of_visits_to(resident_id), now=now)


@transaction.atomic
def withdraw_drafts(resident_id: int, *, now: datetime) -> int:
    """What was never sent is not sent by anybody any more. Returns how many."""
    drafts = Order.objects.filter(resident=resident_id, state=OrderState.DRAFT).order_by("pk")
    found = [locked(pk) for pk in drafts.values_list("pk", flat=True)]
    for order in found:
        move(order, "withdraw", Hand(None, now, note=_("the resident's data were erased")))
    return len(found)
