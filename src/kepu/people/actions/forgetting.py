"""Let titles that who was erased wrote go; they stand beside hours and absences."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from kepu.people.actions.hours import BY_HAND
from kepu.people.models import Absence, Service


@transaction.atomic
def retitle(*, source: str, source_id: int, title: str) -> None:
    """Call what came from a record, or from one of its visits, by another title."""
    same = Q(source=source) | Q(source__startswith=f"{source}.")
    for table in (Service, Absence):
        table._default_manager.filter(same, source_id=source_id).update(title=title)


@transaction.atomic
def forget_titles(volunteer_id: int) -> None:
    """Hours that a volunteer asked for by hand had a title in their own words."""
    Service.objects.filter(person=volunteer_id, source=BY_HAND).update(title="")
