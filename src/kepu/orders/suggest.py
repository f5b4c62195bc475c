"""Which team to ask for an open order: ranked, each with a plain reason.

Six things count, each between 0 and 1, by weights of the rulebook of claims, and are shown as words:
what the team can do, how near it is, how free it is that week and at the wanted hours, how little it
carries, how it was rated, and how long ago its turn was. A team that cannot come at all is not
suggested.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.orders.schemas import Claims

EARTH_KM = 6371.0


@dataclass(frozen=True)
class Candidate:
    """What is known of one team when an order looks for one."""

    team_id: int
    name: str
    skilled: bool
    km: float | None
    week_capacity: int
    booked: int  # visits it has in the week the order is wanted
    held: int  # orders it has and has not delivered
    cap: int  # orders it may hold at once: fewer for a new team, or one that came late
    stars: float  # shrunken toward the mean
    ratings: int
    last_claim: datetime | None
    clashes: bool = False  # whether its visits leave no room at the wanted hours
    members_free: int | None = None  # who has a free half-day then; None when it is not known
    asked: str = ""  # what came of asking it before


@dataclass(frozen=True)
class Suggestion:
    """A team, how well it fits from 0 to 1, and why in words."""

    team_id: int
    name: str
    fit: float
    reasons: tuple[str, ...]

    @property
    def reason(self) -> str:
        return "；".join(self.reasons)


def rank(
    candidates: Iterable[Candidate], rules: Claims, now: datetime, limit: int = 5
) -> list[Suggestion]:
    """The best fitting teams first; of equals the one whose turn is longest ago, then the oldest."""
    able = [one for one in candidates if can_come(one, rules)]
    ordered = sorted(
        able, key=lambda one: (-fit(one, rules, now), -due(one.last_claim, rules, now), one.team_id)
    )
    return [
        Suggestion(one.team_id, one.name, round(fit(one, rules, now), 3), reasons(one, now))
        for one in ordered[:limit]
    ]


def can_come(one: Candidate, rules: Claims) -> bool:
    """Whether the team is near enough and has a free visit that week and room for one more order."""
    near = one.km is None or one.km <= rules.farthest_km
    return near and one.booked < one.week_capacity and one.held < one.cap


def fit(one: Candidate, rules: Claims, now: datetime) -> float:
    """Weighted mean of the six parts."""
    weights = rules.suggesting.weights
    parts = {
        "skill": float(one.skilled),
        "near": 0.5 if one.km is None else max(0.0, 1 - one.km / rules.farthest_km),
        "free": _free(one),
        "load": 1 - min(one.held / one.cap, 1.0),
        "rating": (one.stars - 1) / 4,
        "turn": due(one.last_claim, rules, now),
    }
    return sum(weights[key] * part for key, part in parts.items()) / sum(weights.values())


def due(last_claim: datetime | None, rules: Claims, now: datetime) -> float:
    """How much it is a team's turn, from 0 to 1: in full when it never claimed, or long ago."""
    longest = rules.suggesting.longest_turn_days
    return 1.0 if last_claim is None else min(_days(last_claim, now), longest) / longest


def _days(last_claim: datetime, now: datetime) -> int:
    return max((now - last_claim).days, 0)


def _free(one: Candidate) -> float:
    """Free visits of the week; half as much without a member who is free then, and nothing when
    other visits fill the wanted hours.
    """
    if one.clashes:
        return 0.0
    share = 1 - one.booked / one.week_capacity
    return share / 2 if one.members_free == 0 else share


def reasons(one: Candidate, now: datetime) -> tuple[str, ...]:
    """The same parts as a dispatcher would say them."""
    free, days = one.week_capacity - one.booked, _days(one.last_claim or now, now)
    said = [
        one.asked,
        _("knows the topic") if one.skilled else _("has not named this topic"),
        "" if one.km is None else _("%(km)s km away") % {"km": f"{one.km:.1f}"},
        ngettext("%(n)s visit free that week", "%(n)s visits free that week", free) % {"n": free},
        _("has other visits at the wanted hours") if one.clashes else "",
        _members(one.members_free),
        ngettext("has %(n)s order", "has %(n)s orders", one.held) % {"n": one.held},
        _("%(stars)s stars from %(n)s ratings") % {"stars": f"{one.stars:.1f}", "n": one.ratings}
        if one.ratings
        else _("not rated yet"),
        _("has never claimed one")
        if one.last_claim is None
        else ngettext("last claimed %(n)s day ago", "last claimed %(n)s days ago", days)
        % {"n": days},
    ]
    return tuple(word for word in said if word)


def _members(free: int | None) -> str:
    if free is None:
        return ""
    if free == 0:
        return _("no member has said to be free then")
    return ngettext("%(n)s member is free then", "%(n)s members are free then", free) % {"n": free}


def great_circle(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Kilometres between two points on a round earth, by the haversine."""
    a, b = radians(lat), radians(other_lat)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def week_of(moment: datetime) -> tuple[datetime, datetime]:
    """Monday to Monday around a moment, in the moment's own zone."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)
