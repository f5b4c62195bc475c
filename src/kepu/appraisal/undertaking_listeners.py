"""Kepu duties by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.actions import undertakings
from kepu.kernel.facts.registry import Occasion, every


@every(
    timedelta(hours=6), called=lazy("Remind units of years of kepu duties to be told"), apart=True
)
def remind_of_duties(occasion: Occasion) -> None:
    """Units hear before a year is late, and both sides once it is."""
    undertakings.remind(now=occasion.now)
