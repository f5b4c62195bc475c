"""The verbs of the order loop, one endpoint each.

Every move takes `If-Match` with the version seen (412 version_differs) and `Idempotency-Key`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Router, Status

from kepu.kernel import clock
from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts.models import Organisation, Personal, User
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.shapes import Id
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.divisions.states import Level
from kepu.kernel.errors import Alike, BadInput
from kepu.orders import actions, likeness, urgency
from kepu.orders.api import reading, shapes
from kepu.orders.api.shapes import OrderOut
from kepu.orders.api.showing import moving, other, shown
from kepu.orders.models import Order, Service
from kepu.people import queries as people

router = Router(tags=[n_("Verbs of an order")])


# One address, one router: Django asks the first that knows the address.
@reading.router.post(
    "/orders", response={201: OrderOut}, summary=n_("Order a service, or describe a need")
)
def order(request: Asked, body: shapes.WishIn) -> Status[dict[str, Any]]:
    """Write an order down and send it; 403 not_allowed, 404 not_found, 409 rule_broken, or alike: the
    like orders under way are named, and `sure` sends it all the same.
    """
    now, by = clock.now(), request.auth
    with transaction.atomic():
        wish = _wish(body, _service(body.service_id))
        made = actions.draft(wish, for_whom=_resident(body, wish, by), by=by, now=now)
        if body.send and not body.sure:
            _warn(wish, made.resident, by, now)
        if body.send:
            actions.place(made.pk, by=by, now=now)
    return Status(201, shown(request, made.pk))


def _warn(wish: actions.Wish, resident: User, by: User, now: datetime) -> None:
    """Raise Alike when somebody near wants the same at about the same time; then nothing was written."""
    found = likeness.before(wish, likeness.wishes(resident, None, now), by, now)
    if others := [other(one, by, now) for one in (*found.own, *found.others)]:
        raise Alike(
            _("an order like this is under way nearby; send it with sure if it is another one"),
            others,
        )


def _wish(words: shapes.WordsIn, service: Service | None) -> actions.Wish:
    topic = service.topic if service else people.skills().filter(key=words.topic).first()
    if topic is None:
        raise BadInput(_("choose a topic of the list, or a service of the menu"), field="topic")
    if blocked := urgency.why_not_wish_for(words.priority):
        raise BadInput(blocked, field="priority")
    said = set(shapes.WordsIn.model_fields) - {"topic", "community", "priority"}
    plain = words.model_dump(include=said)
    return actions.Wish(**plain, topic=topic, division=_community(words.community), service=service)


def _service(service_id: int | None) -> Service | None:
    if service_id is None:
        return None
    return Service.objects.select_related("topic").get(pk=service_id, state="published")


def _community(path: str) -> Division:
    found = divisions.current().filter(path=path, level=Level.COMMUNITY).first()
    if found is None:
        raise BadInput(_("name the community or village by its path"), field="community")
    return found


def _resident(body: shapes.WishIn, wish: actions.Wish, by: User) -> User:
    """The caller, or who telephoned the caller."""
    if body.caller is None:
        return by
    if not body.caller.of_age:
        raise BadInput(_("for a child under 14 the guardian orders"), field="caller.of_age")
    personal = Personal(name=body.caller.name, phone=body.caller.phone)
    return accounts.register(
        personal, home=wish.division, by=by, now=clock.now(), of_age=settings.PRIVACY_TEXT
    )


@router.post("/orders/{order_id}/redraft", response=OrderOut, summary=n_("Write a draft anew"))
def redraft(request: Asked, order_id: Id, body: shapes.WordsIn) -> dict[str, Any]:
    """The service it was begun with stays; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        draft = Order.objects.select_related("service__topic").get(pk=order_id)
        wish = _wish(body, draft.service)
        actions.redraft(order_id, wish, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post("/orders/{order_id}/place", response=OrderOut, summary=n_("Send a draft"))
def place(request: Asked, order_id: Id) -> dict[str, Any]:
    """Send a drafted order to its community; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.place(order_id, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post("/orders/{order_id}/withdraw", response=OrderOut, summary=n_("Withdraw an order"))
def withdraw(request: Asked, order_id: Id, body: shapes.ReasonIn) -> dict[str, Any]:
    """The resident needs it no longer; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.withdraw(order_id, reason=body.reason, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post("/orders/{order_id}/cancel", response=OrderOut, summary=n_("Cancel an order"))
def cancel(request: Asked, order_id: Id, body: shapes.ReasonIn) -> dict[str, Any]:
    """An officer ends it and says why; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.cancel(order_id, reason=body.reason, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post(
    "/orders/{order_id}/merge", response=OrderOut, summary=n_("Merge an order into another")
)
def merge(request: Asked, order_id: Id, body: shapes.MergeIn) -> dict[str, Any]:
    """Join it with one for the same thing; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id, body.into_id) as hand:
        actions.merge(order_id, into_id=body.into_id, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post(
    "/orders/{order_id}/dispatch", response=OrderOut, summary=n_("Dispatch to a department")
)
def dispatch(request: Asked, order_id: Id, body: shapes.DispatchIn) -> dict[str, Any]:
    """From the desk to a department; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        to = Organisation.objects.get(pk=body.department_id)
        station = people.station(body.station_id) if body.station_id else None
        actions.dispatch(
            order_id, department=to, note=body.note, station=station, by=request.auth, now=hand.now
        )
    return shown(request, order_id)


@router.post(
    "/orders/{order_id}/accept", response=OrderOut, summary=n_("Accept for the department")
)
def accept(request: Asked, order_id: Id) -> dict[str, Any]:
    """The department takes it on; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.accept(order_id, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post(
    "/orders/{order_id}/decline", response=OrderOut, summary=n_("Decline for the department")
)
def decline(request: Asked, order_id: Id, body: shapes.ReasonIn) -> dict[str, Any]:
    """Back to the dispatcher with a reason; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.decline(order_id, reason=body.reason, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post("/orders/{order_id}/open", response=OrderOut, summary=n_("Open to teams"))
def open_to_teams(request: Asked, order_id: Id) -> dict[str, Any]:
    """Let teams claim it; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.open_to_teams(order_id, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post(
    "/orders/{order_id}/widen", response=OrderOut,
    summary=n_("Offer to neighbouring districts"),
)  # fmt: skip
def widen(request: Asked, order_id: Id) -> dict[str, Any]:
    """When nobody near has claimed it; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.widen(order_id, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post(
    "/orders/{order_id}/prioritise", response=OrderOut, summary=n_("Say how urgent an order is")
)
def prioritise(request: Asked, order_id: Id, body: shapes.PriorityIn) -> dict[str, Any]:
    """By the desk or the department, with a reason; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.prioritise(order_id, **body.model_dump(), by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post("/orders/{order_id}/offer", response=shapes.OfferOut, summary=n_("Ask one team"))
def offer(request: Asked, order_id: Id, body: shapes.OfferIn) -> Any:
    """Ask a team to take an open order; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        team, asked = people.team(body.team_id), body.model_dump(exclude={"team_id"})
        return actions.offer(order_id, team=team, **asked, by=request.auth, now=hand.now)


@router.post(
    "/orders/{order_id}/decline-offer", response=shapes.OfferOut,
    summary=n_("Say no for a team that was asked"),
)  # fmt: skip
def decline_offer(request: Asked, order_id: Id, body: shapes.RefuseIn) -> Any:
    """With a reason; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        team = people.team(body.team_id)
        return actions.decline_offer(
            order_id, team=team, reason=body.reason, by=request.auth, now=hand.now
        )


@router.post("/orders/{order_id}/claim", response=OrderOut, summary=n_("Claim for a team"))
def claim(request: Asked, order_id: Id, body: shapes.TeamIn) -> dict[str, Any]:
    """Of two at once one wins, the other is told who; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.claim(order_id, team=people.team(body.team_id), by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post(
    "/orders/{order_id}/wait", response=shapes.WaitingOut, summary=n_("Join the waiting list")
)
def wait(request: Asked, order_id: Id, body: shapes.TeamIn) -> Any:
    """For an order another team has; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        team = people.team(body.team_id)
        return actions.wait(order_id, team=team, by=request.auth, now=hand.now)


@router.post(
    "/orders/{order_id}/stop-waiting", response=shapes.WaitingOut,
    summary=n_("Leave the waiting list"),
)  # fmt: skip
def stop_waiting(request: Asked, order_id: Id, body: shapes.TeamIn) -> Any:
    """Returns the place that the team had; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        team = people.team(body.team_id)
        return actions.stop_waiting(order_id, team=team, by=request.auth, now=hand.now)


@router.post(
    "/orders/{order_id}/release", response=OrderOut, summary=n_("Let go of a claimed order")
)
def release(request: Asked, order_id: Id, body: shapes.ReasonIn) -> dict[str, Any]:
    """With a reason; the next in line is asked; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.release(order_id, reason=body.reason, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post(
    "/orders/{order_id}/hand-over", response=OrderOut, summary=n_("Hand over to another team")
)
def hand_over(request: Asked, order_id: Id, body: shapes.TeamIn) -> dict[str, Any]:
    """The other team sets the time anew; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.hand_over(order_id, to=people.team(body.team_id), by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post(
    "/orders/{order_id}/schedule", response=OrderOut, summary=n_("Set the time of the visit")
)
def schedule(request: Asked, order_id: Id, body: shapes.ScheduleIn) -> dict[str, Any]:
    """Within what the resident wanted; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.schedule(order_id, starts_at=body.starts_at, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post("/orders/{order_id}/check-in", response=shapes.ArrivalOut, summary=n_("Check in"))
def check_in(request: Asked, order_id: Id, body: shapes.CodeIn) -> Any:
    """With the code of the receiving side; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        return actions.check_in(order_id, code=body.code, by=request.auth, now=hand.now)


@router.post("/orders/{order_id}/check-out", response=shapes.ArrivalOut, summary=n_("Check out"))
def check_out(request: Asked, order_id: Id) -> Any:
    """Saying so twice keeps the first time; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        return actions.check_out(order_id, by=request.auth, now=hand.now)


@router.post("/orders/{order_id}/deliver", response=OrderOut, summary=n_("Report the visit"))
def deliver(request: Asked, order_id: Id, body: shapes.DeliverIn) -> dict[str, Any]:
    """Hours are proposed for who checked in; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.deliver(order_id, **body.model_dump(), by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post("/orders/{order_id}/no-show", response=OrderOut, summary=n_("Say that nobody came"))
def no_show(request: Asked, order_id: Id) -> dict[str, Any]:
    """Some time after the visit should have begun; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.report_no_show(order_id, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post("/orders/{order_id}/rate", response=OrderOut, summary=n_("Rate the visit"))
def rate(request: Asked, order_id: Id, body: shapes.RateIn) -> dict[str, Any]:
    """One to five stars, once; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.rate(order_id, **body.model_dump(), by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post("/orders/{order_id}/answer", response=OrderOut, summary=n_("Answer a rating"))
def answer(request: Asked, order_id: Id, body: shapes.AnswerIn) -> dict[str, Any]:
    """The team answers, once; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.answer(order_id, words=body.words, by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post("/orders/{order_id}/reopen", response=OrderOut, summary=n_("Reopen an order"))
def reopen(request: Asked, order_id: Id, body: shapes.ReopenIn) -> dict[str, Any]:
    """After nobody came or a low rating; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        actions.reopen(order_id, **body.model_dump(), by=request.auth, now=hand.now)
    return shown(request, order_id)


@router.post(
    "/orders/{order_id}/hours/certify", response=shapes.CountOut,
    summary=n_("Certify volunteer hours"),
)  # fmt: skip
def certify_hours(request: Asked, order_id: Id) -> dict[str, int]:
    """The department certifies its visit; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        return {"count": actions.certify_hours(order_id, by=request.auth, now=hand.now)}


@router.post(
    "/orders/{order_id}/hours/confirm", response=shapes.CountOut,
    summary=n_("Confirm volunteer hours"),
)  # fmt: skip
def confirm_hours(request: Asked, order_id: Id) -> dict[str, int]:
    """The receiving side confirms; 403 not_allowed, 404 not_found, 409 rule_broken."""
    with moving(request, order_id) as hand:
        return {"count": actions.confirm_hours(order_id, by=request.auth, now=hand.now)}
