"""What this room does by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal import queries
from kepu.appraisal.actions import applications
from kepu.kernel.facts.registry import Occasion, every


@every(timedelta(hours=1), called=lazy("See which steps of applications have run out"), apart=True)
def tell_late(occasion: Occasion) -> None:
    """Who has a step in hand, and those one level up, hear once that its time is over."""
    late = queries.applications.overdue(occasion.now).values_list("pk", flat=True)
    for application_id in list(late[:1000]):
        applications.tell_late(application_id, now=occasion.now)
