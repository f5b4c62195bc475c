"""Who of the team goes to a visit, and who came."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext_noop as n_
from ninja import Query, Router
from pydantic import Field

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.shapes import Given, Id
from kepu.kernel.errors import authorize
from kepu.orders import actions, roster, rules
from kepu.orders.api.shapes import RosterOut
from kepu.orders.api.showing import found, moving
from kepu.orders.models import RosterPlace
from kepu.people.api.wards import ForWhom, ward_of

router = Router(tags=[n_("Visits")])


class RosterIn(Given):
    """Members of the team who go, by number."""

    people: list[Id] = Field(max_length=200)


class Mark(Given):
    """Whether one of them came."""

    person_id: Id
    presence: Literal["came", "excused", "absent"]
    reason: str = Field("", max_length=200)


class MarksIn(Given):
    marks: list[Mark] = Field(min_length=1, max_length=200)


@router.get(
    "/orders/{order_id}/roster", response=list[RosterOut], summary=n_("The roster of a visit")
)
def roster_of(request: Asked, order_id: Id) -> list[dict[str, Any]]:
    """For the team's leaders; 403 not_allowed, 404 not_found."""
    order = found(request, order_id)
    authorize(rules.why_not_act_for_team(request.auth, order.team, clock.now()))
    return [_out(place) for place in roster.of(order)]


@router.post(
    "/orders/{order_id}/roster", response=list[RosterOut],
    summary=n_("Say who goes to a visit"),
)  # fmt: skip
def set_roster(request: Asked, order_id: Id, body: RosterIn) -> list[dict[str, Any]]:
    """Until it begins; 403 not_allowed, 404 not_found, 409 rule_broken, 422 bad_input."""
    with moving(request, order_id) as hand:
        places = actions.set_roster(order_id, people_ids=body.people, by=request.auth, now=hand.now)
    return [_out(place) for place in places]


@router.post(
    "/orders/{order_id}/cannot-come", response=RosterOut,
    summary=n_("Say beforehand that you cannot come"),
)  # fmt: skip
def cannot_come(request: Asked, order_id: Id, wanted: Query[ForWhom]) -> dict[str, Any]:
    """By who is put down for the visit, or with `ward` by the guardian; `presence` says whether the rules
    excuse it; 403 not_allowed, 404 not_found, 409 rule_broken.
    """
    if ward := ward_of(request, wanted):
        roster.order_of_ward(ward, order_id)
        now = clock.now()
        return _out(actions.cannot_come(order_id, by=request.auth, for_whom=ward, now=now))
    with moving(request, order_id) as hand:
        return _out(actions.cannot_come(order_id, by=request.auth, now=hand.now))


@router.post(
    "/orders/{order_id}/roster/mark", response=list[RosterOut],
    summary=n_("Say who came to a visit"),
)  # fmt: skip
def mark_roster(request: Asked, order_id: Id, body: MarksIn) -> list[dict[str, Any]]:
    """Each once, after it has begun; 403 not_allowed, 404 not_found, 409 rule_broken."""
    presences = {mark.person_id: mark.presence for mark in body.marks}
    reasons = {mark.person_id: mark.reason for mark in body.marks}
    with moving(request, order_id) as hand:
        actions.mark_roster(
            order_id, presences=presences, reasons=reasons, by=request.auth, now=hand.now
        )
    return [_out(place) for place in roster.of(found(request, order_id))]


def _out(place: RosterPlace) -> dict[str, Any]:
    return {
        "person_id": place.person_id,
        "name": place.person.name,
        "presence": place.presence,
        "marked_at": place.marked_at,
        "told_at": place.told_at,
    }
