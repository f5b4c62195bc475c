"""Reads of stations and posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import Outside
from kepu.people.models import Post, PostKind, Station


def stations(
    scope: str = "", *, words: str = "", kind: str = "", tier: str = ""
) -> QuerySet[Station]:
    """Stations at work in `scope`, place by place. One query."""
    found = Station.objects.filter(active=True).select_related("division_now")
    if scope:
        found = found.filter(path__within=scope)
    if words.strip():
        found = found.filter(name__icontains=words.strip())
    if tier:
        found = found.filter(tier=tier)
    return found.filter(kind=kind) if kind else found


def station(station_id: int) -> Station:
    """A station at work; raises Outside."""
    found: Station | None = stations().filter(pk=station_id).first()
    if found is None:
        raise Outside(_("there is no such station"))
    return found


def post(post_id: int) -> Post:
    """A post, held or over; raises Outside."""
    posts = Post.objects.select_related("kind", "person", "organisation", "division_now")
    found: Post | None = posts.filter(pk=post_id).first()
    if found is None:
        raise Outside(_("there is no such post"))
    return found


def dispatching(path: str) -> list[Station]:
    """Stations that dispatch for `path`: those of the place, else of the nearest place above it."""
    found = list(stations().filter(path__in=ancestors(path)))
    nearest = max((station.path for station in found), key=len, default="")
    return [station for station in found if station.path == nearest]


def holding_post(on: date, scope: str = "") -> QuerySet[Post]:
    """Posts held on that day in `scope`, place by place. One query."""
    held = Post.objects.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on))
    held = held.filter(first__lte=on, last__gte=on)
    held = held.filter(path__within=scope) if scope else held
    return held.select_related("kind", "person", "organisation", "division_now")


def three_heads(path: str, on: date) -> QuerySet[Post]:
    """Who holds the posts of the three heads 三长 of a township on that day, without deputies."""
    return holding_post(on, path).filter(kind__one_of_three_heads=True, deputy=False)


def posts_of(person: User, on: date) -> QuerySet[Post]:
    """Posts that the person holds or stands in for on that day."""
    return holding_post(on).filter(person=person)


@dataclass(frozen=True)
class Filled:
    """Of so many townships, how many have somebody at each of the three heads, and at all three."""

    townships: int
    kinds: tuple[tuple[PostKind, int], ...]
    whole: int


def filled(scope: str, on: date) -> Filled:
    """How far the posts of the three heads are filled in `scope` on that day. Three queries."""
    kinds = list(PostKind.objects.filter(retired=False, one_of_three_heads=True))
    seats: dict[int, set[str]] = {kind.pk: set() for kind in kinds}
    for kind, path in three_heads(scope, on).values_list("kind_id", "path"):
        seats.setdefault(kind, set()).add(path)
    whole = set.intersection(*(seats[kind.pk] for kind in kinds)) if kinds else set()
    return Filled(
        townships=divisions.below(scope, Level.TOWNSHIP).count(),
        kinds=tuple((kind, len(seats[kind.pk])) for kind in kinds),
        whole=len(whole),
    )
