"""What this room hears, and what it does by the clock."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.facts.catalogue import VenueEnded, VenueReinstated, VenueSuspended
from kepu.kernel.facts.registry import Occasion, every, listen
from kepu.venues import actions, queries, telling
from kepu.venues.models import Venue


@every(timedelta(days=1), called=lazy("Remind venues of the year's figures"), apart=True)
def remind_of_years(occasion: Occasion) -> None:
    """Managers hear once that figures are due and once that they are late; nothing else follows of it."""
    actions.remind(occasion.now)


@every(timedelta(days=1), called=lazy("Tell of milestones that are near or late"), apart=True)
def tell_of_milestones(occasion: Occasion) -> None:
    """The unit hears that a milestone is near or late; after some more days one level up does."""
    actions.tell_milestones(occasion.now)


@listen(VenueSuspended, called=lazy("Tell who holds a pass that is good at the venue"))
def tell_holders_of_suspension(fact: VenueSuspended, occasion: Occasion) -> None:
    """A pass is not stamped at a venue that is suspended; who holds one need not find out at its door."""
    _tell_holders(fact.venue_id, occasion, at_work=False)


@listen(VenueEnded, called=lazy("Tell who holds a pass that was good at the venue"))
def tell_holders_of_end(fact: VenueEnded, occasion: Occasion) -> None:
    """A venue that was revoked or closed is lost to a pass as well."""
    _tell_holders(fact.venue_id, occasion, at_work=False)


@listen(VenueReinstated, called=lazy("Tell who holds a pass that it is good at the venue again"))
def tell_holders_of_return(fact: VenueReinstated, occasion: Occasion) -> None:
    """A pass is stamped again where the venue is at work again; a warning had stopped nothing."""
    if queries.was_shut(fact.venue_id):
        _tell_holders(fact.venue_id, occasion, at_work=True)


def _tell_holders(venue_id: int, occasion: Occasion, *, at_work: bool) -> None:
    """Only what still holds is told: the venue may have changed again since the fact."""
    venue = Venue.objects.select_related("organisation").get(pk=venue_id)
    if (queries.why_not_at_work(venue) is None) is not at_work:
        return
    if at_work:
        telling.passes_again(venue, now=occasion.now)
    else:
        telling.passes_stopped(venue, now=occasion.now)
