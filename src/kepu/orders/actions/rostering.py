"""Who of the team goes to a visit, and who of them came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import BadInput, authorize, require
from kepu.orders import roster, rules, telling, visits
from kepu.orders.actions.moving import locked
from kepu.orders.models import Order, RosterPlace
from kepu.orders.models.delivery import Presence
from kepu.people import actions as people
from kepu.people import queries as members
from kepu.people import rules as people_rules

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


@transaction.atomic
def set_roster(
    order_id: int, *, people_ids: Iterable[int], by: User, now: datetime
) -> list[RosterPlace]:
    """A leader says anew which members of the team go to the visit; until it begins."""
    order = locked(order_id)
    authorize(rules.why_not_act_for_team(by, order.team, now))
    require(roster.why_not_set(order, now))
    wanted = set(people_ids)
    assert order.team  # noqa: S101 (the first rule has said so)
    known = set(members.members(order.team).values_list("person", flat=True))
    if not wanted <= known:
        raise BadInput(_("only active members of the team go to its visits"))

    places = roster.of(order)
    require(roster.why_not_put(wanted - set(places.values_list("person", flat=True))))
    places.filter(told_at__isnull=False, person__in=wanted).delete()  # they can come after all
    left = roster.going(order).filter(presence="").exclude(person__in=wanted)
    left_out = [place.person for place in left]
    left.delete()
    there = set(places.values_list("person", flat=True))
    RosterPlace.objects.bulk_create(
        RosterPlace(
            order=order, visit=order.visit, team=order.team, person_id=one, put_by=by, put_at=now
        )
        for one in sorted(wanted - there)
    )
    audit.record(by, "order.set_roster", order, now=now, people=len(wanted))
    telling.tell_off(order, left_out, by=by, now=now)
    made = list(roster.of(order))
    added = [place.person for place in made if place.person_id not in there]
    telling.tell_put(order, added, by=by, now=now)
    return made


def stand_down(order: Order, *, by: User | None, now: datetime) -> None:
    """The team lets go of the visit: who was put down for it and is not marked goes no more."""
    waiting = roster.unmarked(order)
    off = [place.person for place in waiting]
    waiting.delete()
    telling.tell_off(order, off, by=by, now=now)


@transaction.atomic
def cannot_come(
    order_id: int, *, by: User, now: datetime, for_whom: User | None = None
) -> RosterPlace:
    """Who is put down for a visit says beforehand that it is not possible; the place is open again.

    The guardian may say it for a ward: it binds nobody, and a child that is ill may have no telephone.
    Told early enough, the management rules excuse it at once. Told later, it stays on the roster until
    the leaders say what it was. Raises NotAllowed for everybody else, RuleBroken once it has begun.
    """
    order = locked(order_id)
    whom = for_whom or by
    place = roster.of(order).filter(person=whom).exclude(presence=Presence.CAME).first()
    authorize(roster.why_not_say_no(place, by))
    assert place  # noqa: S101 (the rule has said so)
    require(roster.why_not_say_no_now(place, order, now))

    place.told_at = now
    excused = people_rules.excused_when_told(order.starts_at, now)
    if excused:
        place.presence, place.marked_by, place.marked_at = Presence.EXCUSED, by, now
    place.save(update_fields=["told_at", "presence", "marked_by", "marked_at"])
    audit.record(by, "order.cannot_come", order, now=now, for_whom=for_whom, excused=excused)
    telling.tell_cannot_come(order, place, by=by, now=now)
    return place


@transaction.atomic
def take_off(person_id: int, *, now: datetime, team_id: int | None = None) -> None:
    """Who is not a member any more goes to no coming visit of the team, who is suspended as a
    volunteer to none of any team; the leaders hear of it.
    """
    for place in roster.still_down(person_id, now, team_id):
        order = locked(place.order_id)
        place.delete()
        audit.record(None, "order.take_off_roster", order, now=now, person=person_id)
        telling.tell([place.person], "roster_off", order, now)
        telling.tell(telling.team(order, now), "roster_shorter", order, now)


@transaction.atomic
def mark_roster(
    order_id: int,
    *,
    presences: Mapping[int, str],
    by: User,
    now: datetime,
    reasons: Mapping[int, str] | None = None,
) -> int:
    """A leader says who came and who did not; each once. Returns how many were absent.

    What was marked wrongly is put right by an answer to the absence, not by marking again: the
    volunteer reads both.
    """
    order = locked(order_id)
    authorize(rules.why_not_act_for_team(by, order.team, now))
    require(roster.why_not_mark(order, now))

    waiting = roster.unmarked(order).filter(person__in=list(presences))
    absent, marked = 0, list(waiting.order_by("person_id"))  # as hours lock volunteers
    for place in marked:
        presence = _presence(presences[place.person_id])
        if presence != Presence.CAME and (
            own := people_rules.why_not_decide_about(by, place.person)
        ):
            raise BadInput(own)
        place.presence, place.marked_by, place.marked_at = presence, by, now
        place.save(update_fields=["presence", "marked_by", "marked_at"])
        if presence != Presence.CAME:
            _state(place, order, (reasons or {}).get(place.person_id, ""), by, now)
            absent += 1
    audit.record(by, "order.mark_roster", order, now=now, absent=absent)
    uncounted = roster.without_check_in(order).filter(pk__in=[place.pk for place in marked])
    telling.tell_uncounted(order, [place.person for place in uncounted], by=by, now=now)
    return absent


def _presence(word: str) -> Presence:
    try:
        return Presence(word)
    except ValueError:
        raise BadInput(_("say of each whether they came")) from None


def _state(place: RosterPlace, order: Order, reason: str, by: User, now: datetime) -> None:
    assert order.starts_at  # noqa: S101 (scheduled: held by the database)
    people.state_absence(
        person=place.person,
        team=place.team,
        source=visits.source(order),
        source_id=order.pk,
        title=order.title,
        expected_at=order.starts_at,
        excused=place.presence == Presence.EXCUSED,
        reason=reason[:200],
        by=by,
        now=now,
    )
