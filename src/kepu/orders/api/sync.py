"""What devices wrote down without a network, and what needs a person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as n_
from ninja import Query, Router

from kepu.kernel import clock
from kepu.kernel.api.entrance import Asked
from kepu.kernel.api.pages import Page, Paging, page
from kepu.kernel.api.shapes import Id
from kepu.kernel.cursors import Sort
from kepu.kernel.errors import BadInput, Outside
from kepu.orders import actions, stuck
from kepu.orders.actions.syncing import Sent
from kepu.orders.api.shapes import EventIn, EventOut, EventsIn, EventsOut
from kepu.orders.models import DeviceEvent

router = Router(tags=[n_("Devices")])


@router.post("/sync", response=EventsOut, summary=n_("Hand in what a device wrote down"))
def sync(request: Asked, body: EventsIn) -> dict[str, Any]:
    """Each event is kept and answered on its own; sent again, it is answered as before."""
    sent, now = [_sent(event) for event in body.events], clock.now()
    return {"events": [_out(actions.receive(one, by=request.auth, now=now)) for one in sent]}


@router.get("/events", response=Page[EventOut], summary=n_("Events that need a person"))
def events(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """Of the places the caller dispatches for, and what the caller's own device sent."""
    return page(request, stuck.shown_to(request.auth, clock.now()), _out, Sort())


@router.post(
    "/events/{event_id}/settle", response=EventOut, summary=n_("Say that it was put right by hand")
)
def settle(request: Asked, event_id: Id) -> dict[str, Any]:
    """For a dispatcher of the place; 404 not_found, 409 rule_broken."""
    event = DeviceEvent.objects.select_related("order").filter(pk=event_id).first()
    if event is None or stuck.why_not_settle_as(request.auth, event, clock.now()):
        raise Outside(_("there is no such event"))
    return _out(actions.settle(event.pk, by=request.auth, now=clock.now()))


def _sent(event: EventIn) -> Sent:
    try:
        uuid = UUID(event.uuid)
    except ValueError as error:
        raise BadInput(_("these events cannot be read")) from error
    return Sent(
        uuid=uuid,
        kind=event.kind,
        order_id=event.order_id,
        device_time=event.device_time,
        data=event.data,
        schema=event.schema_version,
    )


def _out(event: DeviceEvent) -> dict[str, Any]:
    return {
        "id": event.pk, "uuid": str(event.uuid), "outcome": event.outcome, "reason": event.reason,
    }  # fmt: skip
