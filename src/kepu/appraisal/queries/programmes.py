"""What a venue's registration tells a form, and drafts of programmes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from kepu.appraisal.models import ProgrammeDraft
from kepu.appraisal.programme.conditions import Answer
from kepu.appraisal.programme.facts import FACTS
from kepu.kernel import clock
from kepu.kernel.errors import Outside

if TYPE_CHECKING:
    from kepu.venues.models import Venue


def drafts() -> QuerySet[ProgrammeDraft]:
    """Drafts that were not issued yet, the last changed first. One query."""
    return ProgrammeDraft.objects.filter(issued=None).select_related("changed_by")


def draft(draft_id: int) -> ProgrammeDraft:
    """A draft, issued or not. Raises Outside."""
    found = ProgrammeDraft.objects.filter(pk=draft_id).select_related("changed_by").first()
    if found is None:
        raise Outside(_("there is no such draft"))
    return found


def facts_of(venue: Venue, now: datetime) -> Mapping[str, Answer]:
    """What the registration tells of FACTS; what it does not tell is left out. One query."""
    told = {name: _answer(getattr(venue, name, None)) for name in FACTS}
    year = clock.day(now).year - 1
    counted = venue.counts.filter(day__year=year).aggregate(visits=Sum("visits"))["visits"]
    told["visits_last_year"] = counted
    return MappingProxyType({name: one for name, one in told.items() if one is not None})


def _answer(value: object) -> Answer:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int | float | str) and value != "" else None
