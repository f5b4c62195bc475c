"""Let the words of who was erased go where other rooms handed them in."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from kepu.people.models import Absence, Service


@transaction.atomic
def retitle(*, source: str, source_id: int, title: str) -> None:
    """Call what came from a record, or from one of its visits, by another title."""
    same = Q(source=source) | Q(source__startswith=f"{source}.")
    for table in (Service, Absence):
        table._default_manager.filter(same, source_id=source_id).update(title=title)
