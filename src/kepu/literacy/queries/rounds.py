"""Reads of rounds of the kepu statistics: who sees them, and what still stands in their way."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import Round
from kepu.literacy.states import COUNTED, FILLING, ReturnState, RoundState

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


def rounds_of(person: User, now: datetime) -> QuerySet[Round]:
    """Rounds in which the person checks something, the latest year first."""
    reach = roles.reach(person, Verb.RETURN_CHECK, now)
    above = {one for path in reach.paths for one in ancestors(path)}
    found: QuerySet[Round] = Round.objects.filter(Q(path__in=above) | reach.limit())
    return found.select_related("division_now", "division_at")


def seen(person: User, round_id: int, now: datetime) -> Round:
    """One round, for whoever checks returns in it; raises Outside for everybody else."""
    found: Round | None = rounds_of(person, now).filter(pk=round_id).first()
    if found is None:
        raise Outside(_("there is no such round"))
    return found


def shown(person: User | None, round_id: int, now: datetime) -> Round:
    """A published round for everybody, any other for whoever checks returns in it; raises Outside."""
    found = published().filter(pk=round_id).first()
    if found is not None:
        return found
    if person is None:
        raise Outside(_("there is no such round"))
    return seen(person, round_id, now)


def scope(person: User, one: Round, now: datetime) -> list[str]:
    """The parts of a round that the person checks: the whole of it, or some districts."""
    paths = roles.reach(person, Verb.RETURN_CHECK, now).paths
    if any(one.path.startswith(path) for path in paths):
        return [one.path]
    return [path for path in paths if path.startswith(one.path)]


def places_kept(person: User, now: datetime) -> QuerySet[Division]:
    """Places whose statistics the person keeps, the widest first."""
    paths = roles.reach(person, Verb.ROUND_KEEP, now).paths
    found: QuerySet[Division] = Division.objects.filter(path__in=paths).order_by("path")
    return found


def districts(one: Round) -> QuerySet[Division]:
    """Districts of the round that stand today, by name."""
    found: QuerySet[Division] = Division.objects.filter(
        path__within=one.path, level=Level.DISTRICT, valid_to__isnull=True
    )
    return found.order_by("sort_key", "path")


def published() -> QuerySet[Round]:
    """Rounds that everybody may read, the latest year first."""
    found: QuerySet[Round] = Round.objects.filter(state=RoundState.PUBLISHED)
    return found.select_related("division_at").order_by("-year", "-pk")


def of_year(place: Division, year: int) -> Round | None:
    """The round of a place and year."""
    found: Round | None = Round.objects.filter(division_at=place, year=year).first()
    return found


def reported(one: Round) -> bool:
    """Whether any return counts."""
    found: bool = one.returns.filter(state__in=COUNTED).exists()
    return found


def unfinished(one: Round) -> int:
    """Returns that were handed in and are not locked: they hold up the round."""
    waiting = (ReturnState.SUBMITTED, ReturnState.CHECKED)
    return one.returns.filter(state__in=waiting).count()


def silent(one: Round) -> int:
    """Returns that were asked for and are with their units still."""
    found: int = one.returns.filter(state__in=FILLING).count()
    return found


def places() -> list[str]:
    """Paths of the places whose statistics were ever asked for."""
    return list(Round.objects.order_by("path").values_list("path", flat=True).distinct())
