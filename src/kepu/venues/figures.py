"""What the yearly statistics ask of a unit and its venues know."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db.models import Count, Sum
from django.utils.translation import gettext_lazy as _

from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions.queries import inside
from kepu.venues.models import DayCount, Venue, YearReport
from kepu.venues.states import STANDING, Admission, VenueKind


def standing(paths: Iterable[str]) -> dict[VenueKind, int]:
    """Registered venues that are not over in the places, by kind; those named by a report alone do not
    count. One query.
    """
    found = Venue.objects.filter(inside(paths), state__in=STANDING, same_as__isnull=True)
    many = dict(found.order_by().values_list("kind").annotate(n=Count("pk")))
    return {kind: many[kind.value] for kind in VenueKind if kind.value in many}


CALLED = _("venues that the unit registered, their yearly reports and visits by day")


def indicators_of(unit: int, year: int) -> dict[str, int]:
    """By the keys of the yearly statistics; what no venue of the unit knows is left out. Three queries.

    Venues count that stand, were confirmed by the end of the year, and are of a kind of which the form
    speaks plainly. Areas, visits and days are those of its science museums.
    """
    end = datetime(year + 1, 1, 1, tzinfo=BEIJING)
    found = list(Venue.objects.filter(organisation=unit, state__in=STANDING, confirmed_at__lt=end))
    museums = [one for one in found if one.kind == VenueKind.MUSEUM]
    counts = {
        key: sum(one.kind == kind for one in found)
        for key, kind in (
            ("museum_st", VenueKind.MUSEUM),
            ("rural_place", VenueKind.VILLAGE_HALL),
            ("kepu_vehicle", VenueKind.CARAVAN),
        )
    }
    told = {key: many for key, many in counts.items() if many}
    return told | _of_museums(museums, year) if museums else told


def _of_museums(museums: Sequence[Venue], year: int) -> dict[str, int]:
    """Areas, visits and free days; a sum only where every museum knows its part."""
    reports = {one.venue_id: one for one in YearReport.objects.filter(venue__in=museums, year=year)}
    daily = DayCount.objects.filter(venue__in=museums, day__year=year).order_by()
    counted = dict(daily.values_list("venue").annotate(n=Sum("visits")))

    def visits(one: Venue) -> int | None:
        return reports[one.pk].visits if one.pk in reports else counted.get(one.pk)

    def free_days(one: Venue) -> int | None:
        open_days = reports[one.pk].open_days if one.pk in reports else one.open_days
        return open_days if one.admission == Admission.FREE else None

    asked: dict[str, Callable[[Venue], int | None]] = {
        "venue_floor": lambda one: one.floor_area,
        "venue_hall": lambda one: one.hall_area,
        "venue_visits": visits,
        "venue_free_days": free_days,
    }
    parts = {key: [tell(one) for one in museums] for key, tell in asked.items()}
    return {
        key: sum(one for one in some if one is not None)
        for key, some in parts.items()
        if None not in some
    }
