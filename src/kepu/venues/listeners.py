"""What this room does by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.facts.registry import Occasion, every
from kepu.venues import actions


@every(timedelta(days=1), called=lazy("Remind venues of the year's figures"), apart=True)
def remind_of_years(occasion: Occasion) -> None:
    """Managers hear once that figures are due and once that they are late; nothing else follows of it."""
    actions.remind(occasion.now)


@every(timedelta(days=1), called=lazy("Tell of milestones that are near or late"), apart=True)
def tell_of_milestones(occasion: Occasion) -> None:
    """The unit hears that a milestone is near or late; after some more days one level up does."""
    actions.tell_milestones(occasion.now)
