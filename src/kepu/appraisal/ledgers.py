"""What the city's own ledgers tell of an applicant, as numbers: nobody types them, and no name is in them.

People's ledger of hours tells of persons and units, the counts of days of venues. Each room is asked by
its queries at the moment of the taking.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from kepu.appraisal.models import Application
from kepu.appraisal.queries import judging
from kepu.kernel import clock
from kepu.people.queries import hours
from kepu.people.queries.hours import Given
from kepu.venues import queries as venues

PUBLIC = ("visits", "days")  # figures that stand on the page of a venue
YEARS = 3  # of a venue's counts: this one and those before
LABELS = {
    "hours": lazy("Hours of service, confirmed by both sides"),
    "services": lazy("Services that count"),
    "people": lazy("People who served in its name"),
    "orders": lazy("Orders of residents served"),
    "rated": lazy("Services given stars"),
    "stars": lazy("Stars on average"),
    "visits": lazy("Visits counted day by day"),
    "days": lazy("Days open by the counts"),
}

Figure = dict[str, Any]  # key, value, and the year where it is of one


def figures(application: Application, now: datetime) -> list[Figure]:
    """What the ledgers tell of who applies: a person's own lines, a unit's, a venue's counts."""
    if application.person is not None:
        return _given(hours.given_by_person(application.person), alone=True)
    found: list[Figure] = []
    if application.venue_id is not None:
        found += _counted(application.venue_id, clock.day(now).year)
    if application.organisation_id is not None:
        found += _given(hours.given_by_unit(application.organisation_id), alone=False)
    return found


def _given(given: Given, *, alone: bool) -> list[Figure]:
    told: dict[str, Any] = {"hours": round(given.minutes / 60, 1), "services": given.services}
    if not alone:
        told["people"] = given.people
    told |= {"orders": given.orders, "rated": given.rated}
    if given.stars is not None:
        told["stars"] = round(given.stars, 2)
    return [{"key": key, "value": value} for key, value in told.items()]


def _counted(venue_id: int, year: int) -> list[Figure]:
    found = []
    for one in range(year, year - YEARS, -1):
        visits, days = venues.visits_in(venue_id, one)
        found += [
            {"key": "visits", "value": visits, "year": one},
            {"key": "days", "value": days, "year": one},
        ]
    return found


def digest(found: list[Figure], as_of: datetime) -> str:
    """Over the figures and the moment they were true at."""
    return judging.digest({"figures": found, "as_of": as_of.isoformat()})


def in_words(found: list[Figure]) -> list[tuple[str, str]]:
    """Each figure with its name, for the page."""
    return [
        (f"{LABELS[one['key']]}{year_of(one)}", f"{one['value']:,}")
        for one in found
        if one["key"] in LABELS
    ]


def year_of(one: Figure) -> str:
    return f" ({one['year']})" if "year" in one else ""
