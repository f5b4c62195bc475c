"""Found an alliance, join it, share a pass, take one and stamp it."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import authorize, require
from kepu.venues import queries, rules, sharing
from kepu.venues.models import Alliance, HeldPass, Member, PassVenue, SharedPass, Stamp, Venue
from kepu.venues.states import MemberState

CODE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without 0 O 1 I L: read aloud at a counter
LETTERS = 8


@transaction.atomic
def found_alliance(
    place: Division, *, name: str, about: str = "", by: User, now: datetime
) -> Alliance:
    """Found an alliance of venues of a place; officers of that place keep it."""
    authorize(sharing.why_not_keep_at(by, place.path, now))
    require(sharing.why_not_found(place.path, name))
    made = Alliance(name=name.strip(), about=about.strip(), founded_by=by, founded_at=now)
    made.place(place)
    made.save()
    audit.record(by, "alliance.found", made, now=now)
    return made


@transaction.atomic
def ask_to_join(alliance_id: int, *, venue: Venue, by: User, now: datetime) -> Member:
    """The manager of a venue asks to belong to an alliance; its keeper answers."""
    alliance = _locked(alliance_id)
    authorize(rules.why_not_keep(by, venue.organisation, now))
    require(sharing.why_not_join(alliance, venue))
    said = {
        "state": MemberState.ASKED, "asked_by": by, "asked_at": now, "decided_by": None,
        "decided_at": None,
    }  # fmt: skip
    member, _new = Member.objects.update_or_create(alliance=alliance, venue=venue, defaults=said)
    audit.record(by, "alliance.ask", alliance, now=now, venue=venue.pk)
    return member


@transaction.atomic
def answer_join(member_id: int, *, accept: bool, by: User, now: datetime) -> Member:
    """The keeper takes a venue in, or declines."""
    member = (
        Member.objects.select_for_update(of=("self",)).select_related("alliance").get(pk=member_id)
    )
    authorize(sharing.why_not_keep_at(by, member.alliance.path, now))
    require(sharing.why_not_answer(member))
    member.state = MemberState.IN if accept else MemberState.DECLINED
    member.decided_by, member.decided_at = by, now
    member.save()
    if accept:
        audit.record(by, "alliance.admit", member.alliance, now=now, venue=member.venue_id)
    else:
        audit.record(by, "alliance.decline", member.alliance, now=now, venue=member.venue_id)
    return member


@transaction.atomic
def leave(member_id: int, *, by: User, now: datetime) -> Member:
    """A venue leaves by its manager, or is let go by the keeper; passes are not stamped there any more."""
    member = (
        Member.objects.select_for_update(of=("self",))
        .select_related("alliance", "venue__organisation")
        .get(pk=member_id)
    )
    authorize(sharing.why_not_leave_as(by, member, now))
    require(sharing.why_not_leave(member))
    member.state, member.decided_by, member.decided_at = MemberState.LEFT, by, now
    member.save()
    audit.record(by, "alliance.leave", member.alliance, now=now, venue=member.venue_id)
    return member


@transaction.atomic
def share_pass(
    alliance_id: int,
    *,
    title: str,
    venues: Collection[Venue],
    first_day: date,
    last_day: date,
    times: int,
    price: Decimal,
    about: str = "",
    by: User,
    now: datetime,
) -> SharedPass:
    """Publish a pass: at which members it is good, from when to when, so many times at each."""
    alliance = _locked(alliance_id)
    authorize(sharing.why_not_keep_at(by, alliance.path, now))
    require(sharing.why_not_share(alliance, title, venues, first_day, last_day, now))
    made = SharedPass.objects.create(
        alliance=alliance, title=title.strip(), about=about.strip(), first_day=first_day,
        last_day=last_day, times=times, price=price, made_by=by, made_at=now,
    )  # fmt: skip
    PassVenue.objects.bulk_create(PassVenue(shared=made, venue=one) for one in venues)
    audit.record(by, "pass.share", made, now=now, venues=len(venues))
    return made


@transaction.atomic
def take_pass(pass_id: int, *, by: User, now: datetime) -> HeldPass:
    """Take a free pass; who has it already gets the same one."""
    shared = SharedPass.objects.get(pk=pass_id)
    require(sharing.why_not_take(shared, now))
    code = "".join(secrets.choice(CODE) for _letter in range(LETTERS))
    held, new = HeldPass.objects.get_or_create(
        shared=shared, holder=by, defaults={"code": code, "taken_at": now}
    )
    if new:
        audit.record(by, "pass.take", shared, now=now)
    return held


@transaction.atomic
def stamp(code: str, *, venue_id: int, by: User, now: datetime) -> Stamp:
    """Stamp a pass at the counter of a venue, as often as it is good there and no more.

    The pass is locked, so that two counters count one after the other; the venue is held, so that none
    is stamped after its suspension. Raises Outside for a code nobody has.
    """
    venue = Venue.objects.select_related("organisation").get(pk=venue_id)
    authorize(rules.why_not_keep(by, venue.organisation, now))
    held = sharing.by_code(code)
    HeldPass.objects.select_for_update(of=("self",)).get(pk=held.pk)
    require(queries.why_not_usable(venue_id, hold=True))
    require(sharing.why_not_stamp(held, venue, now))
    made = Stamp.objects.create(
        held=held, venue=venue, nth=sharing.used(held, venue) + 1, most=held.shared.times, by=by,
        at=now,
    )  # fmt: skip
    audit.record(by, "pass.stamp", held.shared, now=now, venue=venue_id)
    return made


def _locked(alliance_id: int) -> Alliance:
    return Alliance.objects.select_for_update().get(pk=alliance_id)
