"""Let the words of a resident who was erased go."""

from __future__ import annotations

from django.db import transaction

from kepu.orders.actions.ordering import let_be_found_anew
from kepu.orders.models import Order
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
