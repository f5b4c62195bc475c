"""Reads of deliveries."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from kepu.kernel.facts.models import Delivery


def in_state(state: str) -> QuerySet[Delivery]:
    """Deliveries in `state` with the fact they tell. One query."""
    return Delivery.objects.filter(state=state).select_related("fact")


def counts() -> dict[str, int]:
    """How many deliveries stand in each state. One query."""
    return dict(Delivery.objects.values_list("state").annotate(n=Count("pk")))
