"""Field inspections by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.actions import inspections
from kepu.kernel.facts.registry import Occasion, every


@every(timedelta(hours=6), called=lazy("Remind inspectors whose time is nearly over"), apart=True)
def remind_inspectors(occasion: Occasion) -> None:
    """Inspectors are reminded, and secretaries told what became overdue."""
    inspections.remind(now=occasion.now)
