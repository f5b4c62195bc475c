"""Incentives for private means: who enters one, and which hold on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Outside
from kepu.venues.models import Incentive


def why_not_state(
    place: Division, title: str, first_day: date, last_day: date | None, *, besides: int = 0
) -> str | None:
    """Once at a place under its title, and it ends after it begins."""
    if last_day is not None and last_day < first_day:
        return _("the last day lies before the first")
    found = Incentive.objects.filter(division_now=place, title=title.strip())
    if found.exclude(pk=besides).exists():
        return _("this place has an incentive of this title already")
    return None


def listed(scope: str = "", *, on: date | None = None) -> QuerySet[Incentive]:
    """Those of a place, of what lies in it and around it; with `on`, that hold on that day. One query."""
    found = Incentive.objects.select_related("division_now")
    if scope:
        found = found.filter(Q(path__within=scope) | Q(path__in=ancestors(scope)))
    if on is not None:
        found = found.filter(Q(last_day__isnull=True) | Q(last_day__gte=on), first_day__lte=on)
    return found


def one(incentive_id: int) -> Incentive:
    """Raises Outside."""
    found = listed().filter(pk=incentive_id).first()
    if found is None:
        raise Outside(_("there is no such incentive"))
    return found
