"""Grant and revoke roles, enter leave, hand a post over."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.audit import actions as audit
from kepu.kernel.divisions.models import Zone
from kepu.kernel.errors import authorize, require
from kepu.kernel.facts import actions as facts
from kepu.kernel.facts.catalogue import PostHandedOver
from kepu.kernel.roles import holdings, queries, rules
from kepu.kernel.roles.models import Grant, Leave
from kepu.kernel.roles.rules import Seat


@transaction.atomic
def grant(
    person_id: int,
    *,
    role: str,
    path: str = "",
    zone: Zone | None = None,
    organisation: Organisation | None = None,
    post: str = "A",
    valid_from: datetime | None = None,
    until: datetime | None = None,
    by: User | None,
    now: datetime,
) -> Grant:
    """Give a person a role at a path, a zone or an organisation; `by` is None at installation.

    `post` "B" is a deputy, who acts while every A of the same role and place is away or there is
    none. Raises NotAllowed if `by` may not grant there or grants to oneself, and RuleBroken if
    the role is not held at such a place, is held already, or must be kept from another role.
    """
    person = _locked(person_id)
    seat, begin = Seat(path, zone, organisation), valid_from or now
    authorize(rules.why_not_grant_to(by, person))
    require(rules.why_not_hold(person, role, seat, now))
    authorize(rules.why_not_grant_at(by, [seat], now))
    require(rules.why_not_post(post) or rules.why_not_period(begin, until, now))

    made = _seat(person, role, seat, post=post, granted_by=by, valid_from=begin, valid_to=until)
    audit.record(by, "role.grant", made, now=now, person=person.pk, role=role, post=post)
    return made


@transaction.atomic
def revoke(grant_id: int, *, by: User, now: datetime) -> Grant:
    """End a role now; one that has not begun never will.

    Raises NotAllowed if `by` may not grant roles there, and RuleBroken if it has ended or is the
    last security administrator's.
    """
    held = Grant.objects.select_for_update().get(pk=grant_id)
    authorize(rules.why_not_grant_at(by, [Seat.of(held)], now))
    require(rules.why_not_revoke(held, now))

    _end(held, now)
    audit.record(by, "role.revoke", held, now=now, person=held.person_id, role=held.role)
    return held


@transaction.atomic
def take_leave(person_id: int, *, first: date, last: date, by: User, now: datetime) -> Leave:
    """Enter days on which a person is away; deputies act on them.

    Raises NotAllowed if `by` is neither the person nor may grant roles where the person holds one,
    and RuleBroken if the days are over or overlap leave entered before.
    """
    person = _locked(person_id)
    authorize(rules.why_not_enter_leave(by, person, now))
    require(rules.why_not_leave(person, first, last, now))

    leave = Leave.objects.create(person=person, first=first, last=last)
    audit.record(
        by,
        "leave.take",
        leave,
        now=now,
        person=person.pk,
        first=first.isoformat(),
        last=last.isoformat(),
    )
    return leave


@transaction.atomic
def end_leave(leave_id: int, *, by: User, now: datetime) -> None:
    """The person is back today; leave that had not begun is taken off the list.

    Raises NotAllowed as `take_leave` does, and RuleBroken if the leave is over.
    """
    leave = Leave.objects.select_for_update().get(pk=leave_id)
    authorize(rules.why_not_enter_leave(by, leave.person, now))
    require(rules.why_not_return(leave, now))

    audit.record(by, "leave.end", leave, now=now, person=leave.person_id)
    last = rules.last_day_of_return(leave, now)
    if last is None:
        leave.delete()
        return
    leave.last = last
    leave.save(update_fields=["last"])


@transaction.atomic
def hand_over(from_id: int, *, to_id: int, by: User, now: datetime) -> list[Grant]:
    """Give everything one person holds to another, in one step; returns the new grants.

    Work at a desk, with its clocks, goes with the role; what hangs on the person (see `holdings`) is
    moved in this same transaction; rooms hear of it besides. Raises NotAllowed if `by`
    may not grant roles at every place concerned or would receive them, and RuleBroken if the
    receiver is the giver, is closed, or may not hold all of it.
    """
    giver, taker = _both_locked(from_id, to_id)
    held = list(
        queries.unfinished_grants(now).select_for_update().filter(person=giver).order_by("pk")
    )
    authorize(rules.why_not_grant_to(by, taker))
    authorize(rules.why_not_grant_at(by, [Seat.of(one) for one in held], now))
    require(rules.why_not_hand_over(giver, taker, held, now))

    made = [new for one in held if (new := _pass_on(one, taker, by, now))]
    moved = holdings.move_all(giver, taker, by=by, now=now)
    audit.record(
        by,
        "post.hand_over",
        giver,
        now=now,
        to=taker.pk,
        ended=[one.pk for one in held],
        begun=[one.pk for one in made],
        moved=moved,
    )
    facts.publish(PostHandedOver(at=now, from_id=giver.pk, to_id=taker.pk))
    return made


def _locked(person_id: int) -> User:
    """The person's row, locked: two grants at once cannot make one person two administrators."""
    return User.objects.select_for_update().get(pk=person_id)


def _both_locked(from_id: int, to_id: int) -> tuple[User, User]:
    """Both people, locked in one order, so that crossing handovers never wait for each other."""
    rows = {row.pk: row for row in _in_order({from_id, to_id})}
    if missing := {from_id, to_id} - rows.keys():
        raise User.DoesNotExist(f"no person {missing}")
    return rows[from_id], rows[to_id]


def _in_order(ids: set[int]) -> list[User]:
    return list(User.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _seat(person: User, role: str, seat: Seat, **terms: object) -> Grant:
    return Grant.objects.create(
        person=person,
        role=role,
        path=seat.path,
        zone=seat.zone,
        organisation=seat.organisation,
        **terms,
    )


def _end(held: Grant, now: datetime) -> None:
    held.valid_to = max(now, held.valid_from)
    held.save(update_fields=["valid_to"])


def _pass_on(held: Grant, taker: User, by: User, now: datetime) -> Grant | None:
    """End one grant and begin it for the taker; one the taker holds there already is widened by it.

    Widened where the terms meet; else the taker holds both, with the break between them. None where
    the taker held all of it.
    """
    until, begin = held.valid_to, max(now, held.valid_from)
    _end(held, now)
    seat = Seat.of(held)
    same = queries.unfinished_grants(now).select_for_update(of=("self",))
    theirs = same.filter(
        person=taker, role=held.role, path=held.path, zone=held.zone, organisation=held.organisation
    )
    own = queries.to_widen(theirs, begin, until)
    if own is not None:
        return own if own.widen(begin, until, held.post) else None
    return _seat(
        taker, held.role, seat, post=held.post, granted_by=by, valid_from=begin, valid_to=until
    )
