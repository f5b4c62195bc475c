"""The areas of a science museum against the construction standard: advice, and never a refusal.

The standard (JB 101-2007) is for comprehensive museums that a government builds, so what departs from it
is pointed out to who registers and who confirms, and each decides.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.divisions import queries as divisions
from kepu.ui import formats
from kepu.venues import policy, siting
from kepu.venues.models import Venue
from kepu.venues.states import STANDING, VenueKind

PER_10K = siting.TEN_THOUSAND


def advice(venue: Venue, now: datetime) -> list[str]:
    """What departs from the standard, each in words; nothing of other kinds of venues."""
    if venue.kind != VenueKind.MUSEUM or not venue.floor_area:
        return []
    rules = policy.facilities(now).floor_area
    return [*_rooms(venue, rules), *_for_residents(venue, rules, now)]


def _rooms(venue: Venue, rules: policy.FloorArea) -> list[str]:
    """The part of the halls, where exhibition and education rooms together have one by the standard."""
    band = rules.rooms_of(venue.floor_area or 0)
    if band is None or venue.hall_area is None or not venue.floor_area:
        return []
    share = venue.hall_area / venue.floor_area * 100
    said = {
        "share": f"{share:.0f}", "least": f"{band.least:g}", "most": f"{band.most:g}"
    }  # fmt: skip
    if share < band.least:
        words = _(
            "the halls are %(share)s %% of the floor area; the construction standard gives exhibition "
            "and education rooms %(least)s to %(most)s %% in a museum of this size, so see whether "
            "rooms for education make up the difference"
        )
    elif share > band.most:
        words = _(
            "the halls are %(share)s %% of the floor area; the construction standard gives exhibition "
            "and education rooms %(least)s to %(most)s %% in a museum of this size, so see whether "
            "enough is left for the public, for work and for machines"
        )
    else:
        return []
    return [words % said]


def _for_residents(venue: Venue, rules: policy.FloorArea, now: datetime) -> list[str]:
    """Floor area of the museums of the district, this one among them, by the number of its residents."""
    district = divisions.district_paths([venue.path]).get(venue.path)
    found = siting.floors(district, now) if district else []
    here = next((one for one in found if one.path == district), None)
    if here is None or not here.residents or here.least is None or here.most is None:
        return []
    counted = venue.state in STANDING
    per_10k = (here.area + (0 if counted else venue.floor_area or 0)) / here.residents * PER_10K
    if here.least <= per_10k <= here.most * (1 + rules.extra_percent / 100):
        return []
    words = _(
        "with it, science museums of %(place)s have %(area)s m² of floor area for each ten thousand "
        "residents; the construction standard plans %(least)s to %(most)s m² in a place of this size"
    )
    return [
        words % {
            "place": here.name, "area": formats.decimal(per_10k), "least": f"{here.least:g}",
            "most": f"{here.most:g}",
        }
    ]  # fmt: skip
