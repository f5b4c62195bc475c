"""Reads of targets and their tasks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import Target, Task
from kepu.literacy.reminding import Near

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

SOON, LAST = 7, 1  # working days before its day at which who is to do a task is told
AHEAD = 30  # days in which there are as many working days for certain
MOST_UNITS = 500  # that a task can be given to by one list


def listed() -> QuerySet[Target]:
    """Every target: cities before their districts, then by year. They are public."""
    found: QuerySet[Target] = Target.objects.select_related("division_at")
    return found.order_by("path", "year")


def stated(path: str) -> list[Target]:
    """The targets of a place, by year."""
    return list(listed().filter(path=path))


def seen(target_id: int) -> Target:
    """One target, for everybody; raises Outside."""
    found: Target | None = listed().filter(pk=target_id).first()
    if found is None:
        raise Outside(_("there is no such target"))
    return found


def of_year(place: Division, year: int) -> Target | None:
    """The target of a place for a year."""
    found: Target | None = Target.objects.filter(division_at=place, year=year).first()
    return found


def tasks(one: Target) -> QuerySet[Task]:
    """Tasks of a target, the first due first."""
    found: QuerySet[Task] = one.tasks.select_related("organisation", "division", "done_by")
    return found.order_by("due", "pk")


def to_remind(now: datetime, most: int) -> list[Task]:
    """Tasks not done whose day is near or past, and of which somebody may have to be told. One query."""
    near = clock.day(now) + timedelta(days=AHEAD)
    waiting = Task.objects.filter(done_at__isnull=True, reminded__lt=Near.OVER, due__lte=near)
    return list(waiting.order_by("reminded", "due", "pk")[:most])


def task(one: Target, task_id: int) -> Task:
    """A task of a target; raises Outside."""
    found = tasks(one).filter(pk=task_id).first()
    if found is None:
        raise Outside(_("there is no such task"))
    return found


def places_kept(person: User, now: datetime) -> QuerySet[Division]:
    """Cities and districts whose targets the person states, the widest first."""
    reach = roles.reach(person, Verb.TARGET_KEEP, now)
    levels = Q(level=Level.DISTRICT) | Q(
        path__in=reach.paths, level__in=(Level.PROVINCE, Level.PREFECTURE)
    )
    found: QuerySet[Division] = Division.objects.filter(
        reach.limit(), levels, valid_to__isnull=True
    )
    return found.order_by("path")


def divisions_of(one: Target) -> QuerySet[Division]:
    """Whom a task can be given to: the place itself, and what lies directly below it."""
    place = one.division_now
    found: QuerySet[Division] = Division.objects.filter(
        Q(pk=place.pk) | Q(parent=place, valid_to__isnull=True)
    )
    return found.order_by("path")


def units_of(one: Target) -> QuerySet[Organisation]:
    """Active units that lie at the place itself: its departments and associations."""
    found: QuerySet[Organisation] = Organisation.objects.filter(path=one.path, active=True)
    return found.order_by("sort_key", "pk")[:MOST_UNITS]
