"""Why not?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Zone
from kepu.kernel.roles import queries
from kepu.kernel.roles.models import Grant, Leave
from kepu.kernel.roles.verbs import ROLES, SEPARATED, HeldAt, Role, Verb

SECURITY = "security_administrator"


@dataclass(frozen=True)
class Seat:
    """Where a role is held: exactly one of a path, a zone and an organisation."""

    path: str = ""
    zone: Zone | None = None
    organisation: Organisation | None = None

    @classmethod
    def of(cls, grant: Grant) -> Seat:
        return cls(grant.path, grant.zone, grant.organisation)

    @property
    def held_at(self) -> HeldAt | None:
        """The kind of place; None unless it is exactly one."""
        given = {
            HeldAt.PATH: bool(self.path),
            HeldAt.ZONE: self.zone is not None,
            HeldAt.ORGANISATION: self.organisation is not None,
        }
        kinds = [kind for kind, is_given in given.items() if is_given]
        return kinds[0] if len(kinds) == 1 else None

    def paths(self, on: date) -> list[str]:
        """The ground that the seat stands on, also what a zone is to hold later."""
        if self.zone is not None:
            return divisions.zone_ground(self.zone, on)
        return [self.organisation.path] if self.organisation is not None else [self.path]


def why_not_grant_at(person: User | None, seats: Iterable[Seat], now: datetime) -> str | None:
    """Only who may grant roles over every place concerned; None is Kepu itself at installation."""
    if person is None:
        return None
    reach = queries.reach(person, Verb.ROLE_GRANT, now)
    ground = [seat.paths(clock.day(now)) for seat in seats]
    if reach and all(paths and all(map(reach.covers, paths)) for paths in ground):
        return None
    return _("only a security administrator of this place may grant roles here")


def why_not_grant_to(giver: User | None, person: User) -> str | None:
    """Nobody grants to oneself."""
    if giver is not None and giver.pk == person.pk:
        return _("nobody may grant a role to oneself; ask another security administrator")
    return None


def why_not_hold(person: User, role: str, seat: Seat, now: datetime) -> str | None:
    """The role exists, is held at this kind of place, and fits what the person holds already."""
    found = ROLES.get(role)
    if found is None:
        return _("there is no role called %(role)s") % {"role": role}
    if not person.is_active:
        return _("this account is closed")
    return (
        why_not_seat(found, seat)
        or why_not_separate(person, [role], now)
        or _why_not_twice(person, role, seat, now)
    )


def why_not_seat(role: Role, seat: Seat) -> str | None:
    """A role is held at one place of a kind and level that it is for."""
    if seat.held_at is None:
        return _("a role is held at one place, one zone or one organisation")
    if seat.held_at not in role.held_at:
        return _("%(role)s is not held at this kind of place") % {"role": role.title}
    if seat.path:
        return _why_not_level(role, seat.path)
    if seat.organisation is not None and not seat.organisation.active:
        return _("this organisation is closed")
    return None


def _why_not_level(role: Role, path: str) -> str | None:
    place = divisions.current().filter(path=path).first()
    if place is None:
        return _("nothing stands at %(path)s") % {"path": path}
    if place.level not in role.levels:
        return _(
            "%(role)s is a role for a whole city or province, not for %(place)s; choose another role"
        ) % {"role": role.title, "place": place.name}
    return None


def why_not_separate(person: User, roles: Iterable[str], now: datetime) -> str | None:
    """System, security and audit administrator are three people."""
    held = set(queries.unfinished_grants(now).filter(person=person).values_list("role", flat=True))
    administrators = [key for key in SEPARATED if key in held | set(roles)]
    if len(administrators) > 1:
        return _("%(one)s and %(other)s must be two different people") % {
            "one": ROLES[administrators[0]].title,
            "other": ROLES[administrators[1]].title,
        }
    return None


def _why_not_twice(person: User, role: str, seat: Seat, now: datetime) -> str | None:
    held = queries.unfinished_grants(now).filter(
        person=person, role=role, path=seat.path, zone=seat.zone, organisation=seat.organisation
    )
    return _("this person already holds the role here") if held.exists() else None


def why_not_post(post: str) -> str | None:
    """Posts come in pairs."""
    return None if post in ("A", "B") else _("a post is A or B")


def why_not_period(valid_from: datetime, until: datetime | None, now: datetime) -> str | None:
    """A role begins now or later, and ends after it begins."""
    if valid_from < now:
        return _("a role cannot begin in the past")
    if until is not None and until <= valid_from:
        return _("a role ends after it begins")
    return None


def why_not_revoke(grant: Grant, now: datetime) -> str | None:
    """A role that has ended stays ended, and the last security administrator stays."""
    if grant.valid_to is not None and grant.valid_to <= now:
        return _("this role has already ended")
    others = (
        queries.open_grants(now)
        .exclude(pk=grant.pk)
        .filter(role=SECURITY, path=grant.path, post="A", person__is_active=True)
    )
    if grant.role == SECURITY and grant.post == "A" and not others.exists():
        return _("the last security administrator cannot be removed; appoint another one first")
    return None


def why_not_enter_leave(by: User, person: User, now: datetime) -> str | None:
    """A person enters the own leave, or who may grant every role the person holds.

    Deputies act for somebody away at every desk, so it is no matter of one of them alone.
    """
    if by.pk == person.pk:
        return None
    grants = queries.open_grants(now).filter(person=person).select_related("zone", "organisation")
    seats = [Seat.of(grant) for grant in grants]
    if seats and why_not_grant_at(by, seats, now) is None:
        return None
    return _("only the person or a security administrator of all their posts may enter this leave")


def why_not_leave(person: User, first: date, last: date, now: datetime) -> str | None:
    """Leave lies ahead, has an end, and is entered once."""
    if last < first:
        return _("leave ends after it begins")
    if last < clock.day(now):
        return _("leave that is over cannot be entered; what was done in it stays as it was")
    overlap = Leave.objects.filter(person=person, first__lte=last, last__gte=first).first()
    if overlap:
        return _("leave from %(first)s to %(last)s is already entered") % {
            "first": overlap.first,
            "last": overlap.last,
        }
    return None


def why_not_return(leave: Leave, now: datetime) -> str | None:
    """One comes back only from leave that is not over."""
    return _("this leave is over") if leave.last < clock.day(now) else None


def last_day_of_return(leave: Leave, now: datetime) -> date | None:
    """The last day away for somebody who is back today; None when the leave had not begun."""
    eve = clock.day(now) - timedelta(days=1)
    return eve if eve >= leave.first else None


def why_not_hand_over(giver: User, taker: User, grants: list[Grant], now: datetime) -> str | None:
    """There is something to hand over, to another active person who may hold all of it where it is."""
    if giver.pk == taker.pk:
        return _("a post is handed over to somebody else")
    if not taker.is_active:
        return _("this account is closed")
    if not grants:
        return _("this person holds no role to hand over")
    return _why_not_seats(grants) or why_not_separate(taker, [one.role for one in grants], now)


def _why_not_seats(grants: list[Grant]) -> str | None:
    """What would not be granted here any more is not handed on either; it is ended first."""
    for one in grants:
        reason = why_not_seat(ROLES[one.role], Seat.of(one)) if one.role in ROLES else None
        if reason:
            return _("%(reason)s (end this role before the handover)") % {"reason": reason}
    return None
