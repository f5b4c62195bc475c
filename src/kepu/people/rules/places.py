"""Why not? Stations and posts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.models import Post, PostKind, Station, StationTier
from kepu.people.queries import places as queries
from kepu.people.rules.oneself import why_not_decide_about

LEVEL_OF = {
    StationTier.CENTRE: Level.DISTRICT,
    StationTier.INSTITUTE: Level.TOWNSHIP,
    StationTier.STATION: Level.COMMUNITY,
}


def why_not_run_stations(by: User, path: str, now: datetime) -> str | None:
    """Officers of the place open and close its stations and end its posts."""
    if roles.holds(by, Verb.POST_APPOINT, now=now, path=path):
        return None
    return _("only an officer of this place may do this")


def why_not_open_station(place: Division, *, name: str, kind: str, tier: str) -> str | None:
    """A centre stands in a district, an institute in a township, a station in a community; once."""
    if not name.strip():
        return _("a station has a name")
    if place.level != LEVEL_OF[StationTier(tier)]:
        return _("%(tier)s does not belong in a %(level)s") % {
            "tier": StationTier(tier).label,
            "level": Level(place.level).label,
        }
    if (
        queries.stations(place.path, kind=kind)
        .filter(division_now=place, name=name.strip())
        .exists()
    ):
        return _("this station is listed already")
    return None


def why_not_change_station(station: Station, *, name: str) -> str | None:
    """Only a station at work is changed, and no two of a kind in one place share a name."""
    if not station.active:
        return _("this station is closed")
    if not name.strip():
        return _("a station has a name")
    same = queries.stations(kind=station.kind).filter(
        division_now=station.division_now_id, name=name.strip()
    )
    return _("this station is listed already") if same.exclude(pk=station.pk).exists() else None


def why_not_close_station(station: Station) -> str | None:
    return None if station.active else _("this station is closed")


def why_not_appoint_as(by: User, person: User, place: Division, now: datetime) -> str | None:
    """Officers of the place appoint to its posts; never themselves."""
    return why_not_decide_about(by, person) or why_not_run_stations(by, place.path, now)


def why_not_appoint(
    person: User, kind: PostKind, place: Division, first: date, last: date
) -> str | None:
    """A post is held at a township, for a term, and by the same person once at a time."""
    if place.level != Level.TOWNSHIP:
        return _("a post is held at a township or street")
    if last < first:
        return _("a term ends after it begins")
    held = Post.objects.filter(person=person, kind=kind, division_now=place)
    if held.filter(ended_on__isnull=True, last__gte=first).exists():
        return _("this person holds the post already")
    return None


def why_not_deputise(kind: PostKind, place: Division, first: date, last: date) -> str | None:
    """A deputy stands beside somebody who holds the post for the whole of the deputy's term."""
    held = Post.objects.filter(kind=kind, division_now=place, deputy=False, ended_on__isnull=True)
    if held.filter(first__lte=first, last__gte=last).exists():
        return None
    return _("nobody holds this post there for so long; appoint the holder first")


def why_not_pass_on(by: User, paths: Iterable[str], now: datetime) -> str | None:
    """Who hands a person's posts over may grant roles wherever they are held."""
    reach = roles.reach(by, Verb.ROLE_GRANT, now)
    if all(reach.covers(path) for path in paths):
        return None
    return _("this person also holds a post outside your area; it has to be ended there first")


def why_not_end_post(post: Post, on: date) -> str | None:
    """Within its term, and not ended yet."""
    if post.ended_on is not None:
        return _("this post has ended already")
    if not post.first <= on <= post.last:
        return _("a post ends within its term")
    return None
