"""Stars that hours have earned and nobody has recognised yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.states import Level
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people import policy
from kepu.people.models import Entry, Honour, Volunteer
from kepu.people.states import VolunteerState


def to_recognise(by: User, now: datetime) -> QuerySet[Volunteer]:
    """Volunteers whose next star (`star`) is earned and `by` may recognise, most hours first.

    Each with the confirmed `minutes`. Whose level recognises which star, the rulebook says: an
    officer of a wider level may, one of a narrower level may not. Two queries.
    """
    reach = roles.reach(by, Verb.TEAM_APPROVE, now)
    levels = dict(divisions.current().filter(path__in=reach.paths).values_list("path", "level"))
    earned = Q(pk__in=())
    for one in policy.stars(now).stars:
        rank = Level(one.recognised_by).rank
        wide = [path for path, level in levels.items() if Level(level).rank <= rank]
        reached = Q(star=one.star, minutes__gte=one.hours * 60)
        earned |= reached & replace(reach, paths=tuple(wide)).limit()
    given = Entry.objects.filter(person=OuterRef("person")).order_by().values("person")
    had = Honour.objects.filter(person=OuterRef("person")).order_by().values("person")
    found = (
        Volunteer.objects.filter(state=VolunteerState.ACTIVE)
        .exclude(person=by)
        .exclude(person__guardian=by)
        .annotate(
            minutes=Coalesce(Subquery(given.annotate(n=Sum("minutes")).values("n")), 0),
            star=Coalesce(Subquery(had.annotate(n=Max("star")).values("n")), 0) + 1,
        )
    )
    rows = found.filter(earned).select_related("person", "division_now")
    return rows.order_by(F("minutes").desc(), "pk")
